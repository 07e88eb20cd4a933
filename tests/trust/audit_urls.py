"""Addresses for the tests of the audit trail: the pages' frame, the history of readings, and one page that reads a case."""

from django.http import HttpResponse
from django.urls import include, path

from havre.register.models import Case, PersonFacts
from havre.trust.errors import Refused


def read_case(request, pk):
    """A page that reads a case and its facts, three times over."""
    for _ in range(3):
        case = Case.objects.visible_to(request.actor).get_or_missing(pk=pk)
        list(PersonFacts.objects.visible_to(request.actor).filter(case=case))
    return HttpResponse(f"secret-of {case.ref}")


def read_and_refuse(request, pk):
    Case.objects.visible_to(request.actor).get_or_missing(pk=pk)
    raise Refused(["not yet"])


def elsewhere(request):
    """What the frame links to, and these tests are not about."""
    return HttpResponse("elsewhere")


urlpatterns = [
    path("", elsewhere, name="home"),
    path("accounts/", include("allauth.urls")),
    path("language/", elsewhere, name="set_language"),
    path("help/accessibility/", elsewhere, name="accessibility"),
    path("styleguide/", elsewhere, name="styleguide"),
    path("search/", elsewhere, name="search"),
    path("read/<uuid:pk>/", read_case, name="read.case"),
    path("refuse/<uuid:pk>/", read_and_refuse, name="refuse.case"),
]
