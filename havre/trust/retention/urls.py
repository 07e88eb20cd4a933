"""Addresses of retention; `site` gives them their place."""

from django.urls import path

from havre.trust.retention import views

urlpatterns = [
    path("", views.board, name="retention"),
    path("hold/", views.hold, name="retention_hold"),
    path("hold/<uuid:pk>/lift/", views.lift, name="retention_lift"),
]
