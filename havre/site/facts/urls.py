"""Addresses of the fact pages; included under `facts/`."""

from django.urls import path

from havre.site.facts import views

urlpatterns = [
    path("", views.facts, name="facts"),
    path("revisions/<uuid:revision>/accept/", views.accept, name="fact_accept"),
    path("revisions/<uuid:revision>/in-force/", views.in_force, name="fact_in_force"),
    path("revisions/<uuid:revision>/set-aside/", views.set_aside, name="fact_set_aside"),
    path("<str:id>/", views.fact, name="fact"),
    path("<str:id>/propose/", views.propose, name="fact_propose"),
]
