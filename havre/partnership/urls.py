"""Addresses of the coordination: numbers, commitments and agreements. None leads to a case."""

from django.urls import path

from havre.partnership import views

app_name = "partnership"
urlpatterns = [
    path("", views.board, name="board"),
    path("detected/", views.detected_page, name="detected"),
    path("trainings/", views.trainings, name="trainings"),
    path("commitments/", views.commitments, name="commitments"),
    path("agreements/", views.agreements, name="agreements"),
]
