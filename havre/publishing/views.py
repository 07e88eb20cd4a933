"""Leaflets for everybody, the page that says whether a paper still holds, and the list of editions for those who publish."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation

from havre.publishing import documents, queries, services, web
from havre.publishing.nodes import Document
from havre.publishing.outputs import FORMATS
from havre.trust import policy
from havre.trust.enums import Act
from havre.trust.errors import Missing
from havre.trust.middleware import ActorRequest


def _document(address: str, country: str, language: str) -> Document:
    edition, id = documents.addressed(address)
    return documents.build(edition, id, country=country, language=language, on=timezone.localdate())


def leaflet(request: HttpRequest, address: str, country: str, language: str) -> HttpResponse:
    """One document as a page. Public, no cookie, nothing recorded."""
    document = _document(address, country, language)
    with translation.override(language):
        promised = documents.source(document.edition, document.id).languages
        languages = [(code, translation.get_language_info(code)["name_local"]) for code in promised]
        return render(request, "publishing/leaflet.html", {**web.context(document), "languages": languages, "address": address})


def leaflet_pdf(request: HttpRequest, address: str, country: str, language: str) -> HttpResponse:
    """The same on paper. The file's name says nothing of the subject; the code on it is answered from now on."""
    document = _document(address, country, language)
    asked = request.build_absolute_uri(reverse("paper_code", args=["-"])).removesuffix("-/").partition("://")[2]
    output = next(one for one in FORMATS["pdf"][0](document, asked) if one.shape == request.GET.get("shape", document.print[0]))
    services.record(output, at=timezone.now())
    answer = HttpResponse(output.files[""], content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="info-{document.language}.pdf"'
    return answer


def code(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a paper still holds. Public, no cookie, nothing recorded."""
    found = queries.standing(code.upper(), on=timezone.localdate())
    if found is None:
        raise Missing
    address = documents.source(found.now.edition, found.now.id).address
    with translation.override(found.now.language):
        return render(request, "publishing/code.html", {"found": found, "address": address, **web.context(found.now)})


@login_required
def editions(request: ActorRequest) -> HttpResponse:
    """Every document of this country in every language, with its state."""
    policy.require_in_house(request.actor, Act.PUBLISH)
    rows = list(queries.board(settings.HAVRE_COUNTRY.lower(), on=timezone.localdate()))
    return render(request, "publishing/editions.html", {"rows": rows})
