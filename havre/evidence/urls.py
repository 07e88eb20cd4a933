"""The analyst's addresses: sources and jobs, and one profile a page."""

from django.urls import path

from havre.evidence import views

app_name = "evidence"
urlpatterns = [
    path("", views.figures, name="figures"),
    path("extract/", views.extract, name="extract"),
    path("profile/", views.profile, name="profile"),
    path("profile/<uuid:pk>/", views.profile_page, name="profile_page"),
]
