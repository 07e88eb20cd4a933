"""Leaflets for everybody, and the list of editions for those who publish."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from havre.publishing.documents import EDITIONS, LANGUAGES, build
from havre.publishing.printing import as_pdf
from havre.trust import policy
from havre.trust.enums import Act
from havre.trust.middleware import ActorRequest


def leaflet(request: HttpRequest, edition: str, country: str, language: str) -> HttpResponse:
    """One leaflet as a page. Public, no cookie, nothing recorded."""
    document = build(edition, country=country, language=language, on=timezone.localdate())
    with translation.override(language):
        languages = [(code, translation.get_language_info(code)["name_local"]) for code in LANGUAGES]
        return render(request, "publishing/leaflet.html", {"document": document, "languages": languages})


def leaflet_pdf(request: HttpRequest, edition: str, country: str, language: str) -> HttpResponse:
    """The same on paper. The file's name says nothing of the subject."""
    document = build(edition, country=country, language=language, on=timezone.localdate())
    answer = HttpResponse(as_pdf(document), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="info-{document.language}.pdf"'
    return answer


@login_required
def editions(request: ActorRequest) -> HttpResponse:
    """Every edition of this country, with its state."""
    policy.require_in_house(request.actor, Act.PUBLISH)
    today = timezone.localdate()
    documents = [
        build(edition, country=settings.HAVRE_COUNTRY, language=language, on=today) for edition in EDITIONS for language in LANGUAGES
    ]
    return render(request, "publishing/editions.html", {"documents": documents})
