"""Neutral paths: a bystander who reads the address bar learns nothing."""

from django.urls import path

from havre.publishing import trainings, views, views_public

urlpatterns = [
    path("i/", views_public.languages, name="public_languages"),
    path("i/c/<slug:code>/", views_public.code, name="paper_code"),
    path("i/<slug:language>/", views_public.public, name="public"),
    path("i/<slug:address>/<slug:country>/<slug:language>/", views_public.leaflet, name="leaflet"),
    path("i/<slug:address>/<slug:country>/<slug:language>.pdf", views_public.leaflet_pdf, name="leaflet_pdf"),
    path("trainings/", trainings.trainings, name="trainings"),
    path("publications/", views.editions, name="editions"),
]
