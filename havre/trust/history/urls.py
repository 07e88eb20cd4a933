"""Addresses of the access history; `site` gives them their place. No word in them says what the file is about."""

from django.urls import path

from havre.trust.history import views

urlpatterns = [
    path("", views.find, name="history_find"),
    path("refused/", views.refused, name="history_refused"),
    path("account/", views.breach, name="history_breach"),
    path("processing/", views.processing, name="history_processing"),
    path("<uuid:case_id>/", views.case, name="history_case"),
    path("<uuid:case_id>/paper/", views.paper, name="history_paper"),
]
