"""Addresses of the access history; `site` gives them their place. No word in them says what the file is about."""

from django.urls import path

from havre.trust.history import views

app_name = "history"
urlpatterns = [
    path("", views.find, name="find"),
    path("refused/", views.refused, name="refused"),
    path("<uuid:case_id>/", views.case, name="case"),
    path("<uuid:case_id>/paper/", views.paper, name="paper"),
]
