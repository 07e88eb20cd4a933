"""The register's pages. Neutral addresses: they say nothing of what they show."""

from django.urls import path

from havre.register import views

urlpatterns = [
    path("", views.cases, name="cases"),
    path("search/", views.search, name="search"),
    path("<str:ref>/", views.case, name="case"),
    path("<str:ref>/name/", views.case_name, name="case_name"),
    path("<str:ref>/note/", views.case_note, name="case_note"),
]
