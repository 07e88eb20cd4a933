"""Addresses of justice."""

from django.urls import path

from havre.justice import views, views_records
from havre.justice.services.records import KINDS

app_name = "justice"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/<uuid:case_id>/<uuid:person_id>/", views.new, name="new"),
    path("<uuid:pk>/", views.proceeding, name="proceeding"),
    path("<uuid:pk>/charge/", views.charge, name="charge"),
    path("claim/<uuid:pk>/", views.claim, name="claim"),
    path("claim/<uuid:pk>/wages/", views_records.wages, name="wages"),
    path("exhibit/<uuid:pk>/", views_records.exhibit, name="exhibit"),
    path("exhibit/<uuid:pk>/original/", views_records.exhibit_original, name="exhibit_original"),
    *(path(f"<uuid:pk>/{code}/", views_records.page, {"kind": code}, name=code) for code in KINDS),
]
