"""Addresses of the assessment; `site` gives them their place."""

from django.urls import path

from havre.trust.assessment import views

urlpatterns = [
    path("", views.board, name="assessment"),
    path("paper/", views.paper, name="assessment_paper"),
]
