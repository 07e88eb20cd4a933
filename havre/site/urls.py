"""Every address of the house. A new one needs its row in a contract's `urls`, or the matrix test fails."""

from django.urls import include, path

from havre.site import views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("havre.trust.accounts.urls")),
]
