"""Every address of the house. A new one needs its row in a contract's `urls`, or the matrix test fails."""

from django.urls import include, path

from havre.site import views
from havre.site.operations.views import operations

handler400 = "havre.site.views.bad_request"
handler403 = "havre.site.views.forbidden"
handler404 = "havre.site.views.not_found"
handler500 = "havre.site.views.broken"

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("havre.trust.accounts.urls")),
    path("help/accessibility/", views.accessibility, name="accessibility"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("instance/", operations, name="operations"),
    path("d/", include("havre.register.urls")),
    path("m/", include("havre.register.person.urls")),
    path("sheets/", include("havre.register.urls_exchange")),
    path("", include("havre.publishing.urls")),
    path("readers/", include("havre.trust.history.urls")),
    path("terms/", include("havre.trust.retention.urls")),
    path("impact/", include("havre.trust.assessment.urls")),
    path("names/", include("havre.trust.asking.urls")),
    path("p/", include("havre.protection.urls")),
    path("facts/", include("havre.site.facts.urls")),
    path("figures/", include("havre.evidence.urls")),
    path("releases/", include("havre.release.urls")),
    path("o/", include("havre.referral.urls")),
    path("j/", include("havre.justice.urls")),
    path("coordination/", include("havre.partnership.urls")),
]
