"""Neutral paths: a bystander who reads the address bar learns nothing."""

from django.urls import path

from havre.publishing import views, views_desk

urlpatterns = [
    path("i/c/<slug:code>/", views.code, name="paper_code"),
    path("i/<slug:address>/<slug:country>/<slug:language>/", views.leaflet, name="leaflet"),
    path("i/<slug:address>/<slug:country>/<slug:language>.pdf", views.leaflet_pdf, name="leaflet_pdf"),
    path("publications/", views.editions, name="editions"),
    path("publications/publish/", views_desk.publish, name="publish"),
    path("publications/preview/", views_desk.preview, name="publication_preview"),
    path("publications/file/", views_desk.publication_file, name="publication_file"),
    path("publications/words/", views_desk.publication_words, name="publication_words"),
    path("publications/words/sign/", views_desk.publication_sign, name="publication_sign"),
]
