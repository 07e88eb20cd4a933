"""Neutral paths: a bystander who reads the address bar learns nothing."""

from django.urls import path

from havre.publishing import views, views_desk, views_public, views_trainings

urlpatterns = [
    path("i/", views_public.languages, name="public_languages"),
    path("i/c/<slug:code>/", views_public.code, name="paper_code"),
    path("i/<slug:language>/", views_public.public, name="public"),
    path("i/<slug:address>/<slug:country>/<slug:language>/", views_public.leaflet, name="leaflet"),
    path("i/<slug:address>/<slug:country>/<slug:language>.pdf", views_public.leaflet_pdf, name="leaflet_pdf"),
    path("trainings/", views_trainings.trainings, name="trainings"),
    path("publications/", views.editions, name="editions"),
    path("publications/publish/", views_desk.publish, name="publish"),
    path("publications/changed/", views_desk.changed, name="publication_changed"),
    path("publications/preview/", views_desk.preview, name="publication_preview"),
    path("publications/file/", views_desk.publication_file, name="publication_file"),
    path("publications/words/", views_desk.publication_words, name="publication_words"),
    path("publications/words/sign/", views_desk.publication_sign, name="publication_sign"),
]
