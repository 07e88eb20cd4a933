"""Neutral paths: a bystander who reads the address bar learns nothing."""

from django.urls import path

from havre.publishing import views

urlpatterns = [
    path("i/c/<slug:code>/", views.code, name="paper_code"),
    path("i/<slug:address>/<slug:country>/<slug:language>/", views.leaflet, name="leaflet"),
    path("i/<slug:address>/<slug:country>/<slug:language>.pdf", views.leaflet_pdf, name="leaflet_pdf"),
    path("publications/", views.editions, name="editions"),
]
