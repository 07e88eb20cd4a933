"""The addresses of the house, and two pages that read a case."""

from django.http import HttpResponse
from django.urls import path

from havre.register.models import Case, PersonFacts
from havre.site.urls import urlpatterns as house
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


urlpatterns = [
    *house,
    path("read/<uuid:pk>/", read_case, name="read.case"),
    path("refuse/<uuid:pk>/", read_and_refuse, name="refuse.case"),
]
