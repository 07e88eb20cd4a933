"""Every address of the house. A new one needs its row in a contract's `urls`, or the matrix test fails."""

from django.urls import include, path

from havre.site import views

urlpatterns = [
    path("", views.home, name="home"),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("p/", include("havre.protection.urls")),
    path("o/", include("havre.referral.urls")),
    path("j/", include("havre.justice.urls")),
]
