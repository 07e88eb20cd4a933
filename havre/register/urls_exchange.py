"""Addresses of exchange: sheets in, copies out, published data."""

from django.urls import path

from havre.register import views_exchange as views

app_name = "exchange"
urlpatterns = [
    path("", views.imports, name="imports"),
    path("copies/", views.exports, name="exports"),
    path("published/", views.datasets, name="datasets"),
    path("<uuid:pk>/check/", views.check, name="check"),
    path("<uuid:pk>/check/list/", views.check_list, name="check_list"),
    path("<uuid:pk>/run/", views.run, name="run"),
    path("<uuid:pk>/forget/", views.forget, name="forget"),
    path("<uuid:pk>/", views.report, name="report"),
    path("<uuid:pk>/list/", views.report_list, name="report_list"),
    path("<uuid:pk>/rows/", views.rejected, name="rejected"),
]
