"""Addresses of justice."""

from django.urls import path

from havre.justice import views

app_name = "justice"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/<uuid:case_id>/<uuid:person_id>/", views.new, name="new"),
    path("<uuid:pk>/", views.proceeding, name="proceeding"),
    path("<uuid:pk>/charge/", views.charge, name="charge"),
    path("claim/<uuid:pk>/", views.claim, name="claim"),
]
