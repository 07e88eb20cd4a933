"""Pages for everybody: languages, what there is to read, one document, and whether a paper still holds. No cookie, nothing recorded."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.gzip import gzip_page

from havre.publishing import documents, queries, services, web
from havre.publishing.nodes import Document
from havre.publishing.outputs import FORMATS
from havre.publishing.site_words import own_names, site_words
from havre.publishing.sources import LANGUAGES
from havre.publishing.terms import every_term
from havre.standards.queries import fact
from havre.trust.errors import Invalid, Missing

# which documents stand under which heading of the list
SHELVES = (("for_you", ("person",)), ("for_staff", ("frontline", "learner", "trainer")), ("figures", ("public",)))


def for_everybody(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for whoever comes: packed for a poor network, in a language that it says. What is not there, or may not go out, is said in the
    reader's language on a page like the others: that of the staff speaks two languages, of work, and sets a cookie."""

    @gzip_page
    @wraps(view)
    def shown(request: HttpRequest, **named: str) -> HttpResponse:
        language = named["language"] if named.get("language") in LANGUAGES else _spoken(request)
        try:
            answer = view(request, **named)
        except (Invalid, Missing):
            frame = _frame(language, {code: reverse("public", args=[code]) for code in LANGUAGES})
            answer = render(request, "publishing/nothing.html", frame, status=404)
        answer.headers.setdefault("Content-Language", language)
        return answer

    return shown


def _spoken(request: HttpRequest) -> str:
    """The first language of the browser that the public pages have, of five: the software itself speaks two."""
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", "")[:200].lower())
    tongues = (tag.partition("-")[0] for tag, _weight in asked)
    return next((one for one in tongues if one in LANGUAGES), "en")


def _frame(language: str, addresses: dict[str, str]) -> dict[str, Any]:
    """What every public page has: its words, and the same page in the other languages."""
    named = [(code, name, addresses[code]) for code, name in own_names(tuple(addresses))]
    return {"language": language, "site": site_words(language), "words": every_term(language), "languages": named}


@for_everybody
def languages(request: HttpRequest) -> HttpResponse:
    """Which language to read in: each is named as its speakers do, and nothing is kept."""
    language = _spoken(request)
    return render(request, "publishing/languages.html", _frame(language, {code: reverse("public", args=[code]) for code in LANGUAGES}))


@for_everybody
def public(request: HttpRequest, language: str) -> HttpResponse:
    """What there is to read in a language: numbers that somebody dialled, documents that may go out."""
    if language not in LANGUAGES:
        raise Missing
    today, country = timezone.localdate(), settings.HAVRE_COUNTRY
    found = list(queries.readable(country, language, on=today))
    frame = _frame(language, {code: reverse("public", args=[code]) for code in LANGUAGES})
    shelves = [
        (frame["site"][name], [(one, source.address) for one, source in found if source.audience in audiences])
        for name, audiences in SHELVES
    ]
    numbers = fact("helplines", on=today, country=country).printable_numbers
    return render(request, "publishing/home.html", {**frame, "numbers": numbers, "shelves": shelves})


def _document(address: str, country: str, language: str) -> Document:
    edition, id = documents.addressed(address)
    return documents.build(edition, id, country=country, language=language, on=timezone.localdate())


@for_everybody
def leaflet(request: HttpRequest, address: str, country: str, language: str) -> HttpResponse:
    """One document as a page."""
    document = _document(address, country, language)
    promised = documents.source(document.edition, document.id).languages
    frame = _frame(language, {code: reverse("leaflet", args=[address, country, code]) for code in promised})
    return render(request, "publishing/leaflet.html", {**web.context(document), **frame, "address": address})


@for_everybody
def leaflet_pdf(request: HttpRequest, address: str, country: str, language: str) -> HttpResponse:
    """The same on paper. The file's name says nothing of the subject; the code on it is answered from now on."""
    document = _document(address, country, language)
    asked = request.build_absolute_uri(reverse("paper_code", args=["-"])).removesuffix("-/").partition("://")[2]
    shape = request.GET.get("shape", document.print[0] if document.print else "")
    output = next((one for one in FORMATS["pdf"][0](document, asked) if one.shape == shape), None)
    if output is None:
        raise Missing
    services.record(output, at=timezone.now())
    answer = HttpResponse(output.files[""], content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="info-{document.language}.pdf"'
    return answer


@for_everybody
def code(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a paper still holds; a code that no paper has is answered in the reader's language."""
    found = queries.standing(code.upper(), on=timezone.localdate())
    language = found.language if found else _spoken(request)
    frame = {**_frame(language, {language: request.path}), "code": code.upper(), "found": found}
    if found and found.now:
        frame = {**web.context(found.now), **frame, "address": documents.source(found.now.edition, found.now.id).address}
    answer = render(request, "publishing/code.html", frame, status=200 if found else 404)
    answer["Content-Language"] = language
    return answer
