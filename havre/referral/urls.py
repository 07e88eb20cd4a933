"""Addresses of referral."""

from django.urls import path

from havre.referral import views

app_name = "referral"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/<uuid:case_id>/<uuid:person_id>/", views.offer, name="offer"),
    path("<uuid:pk>/", views.answer, name="answer"),
    path("sent/<uuid:pk>/", views.sent, name="sent"),
    path("sent/<uuid:pk>/<slug:name>/", views.step, name="step"),
]
