"""Addresses of publications. A published table is public; everything else asks who acts."""

from django.urls import path

from havre.release import views

app_name = "release"
urlpatterns = [
    path("", views.releases, name="releases"),
    path("<uuid:pk>/", views.release, name="release"),
    path("<uuid:pk>/<slug:step>/", views.act, name="act"),
    path("<uuid:pk>/table/<int:number>/", views.table, name="table"),
    path("<uuid:pk>/table/<int:number>.csv", views.table_csv, name="table_csv"),
]
