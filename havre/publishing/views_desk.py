"""The desk of those who publish: order, preview, files, and the words of every text beside their English."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from havre import standards
from havre.publishing import documents, revisions, runs, stepping, web
from havre.publishing.forms import PublishForm, WordsForm
from havre.publishing.languages import NAMES
from havre.publishing.models import PublishRun
from havre.publishing.nodes import Document
from havre.publishing.outputs import FORMATS, Output
from havre.publishing.preview import filled
from havre.publishing.sources import editions
from havre.trust import policy
from havre.trust.enums import Act
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.middleware import ActorRequest

SHOWN = 10
# what is said after saving and signing: of a translation, and of the English
SAVED = {
    "": _("Saved. The words are shown from now on, and await a native reviewer."),
    "en": _("Saved. The words are printed once another person has signed them; until then the former ones are."),
}
SIGNED = {
    "": _("Signed. “Awaits native review” goes from this text."),
    "en": _("Signed. The words are printed from now on, and every translation of them is to be read again."),
}


@login_required
@require_http_methods(["GET", "POST"])
def publish(request: ActorRequest) -> HttpResponse:
    """Order documents, and see what came of the last orders."""
    policy.require_in_house(request.actor, Act.PUBLISH)
    edition = request.GET.get("edition")
    form = PublishForm(request.POST or None, initial={"edition": edition, "documents": request.GET.getlist("document")})
    reasons: tuple[Any, ...] = ()
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            runs.ask(by=request.actor, address=_address(request), **form.cleaned_data)
        except Invalid as invalid:
            for name, words in invalid.problems.items():
                form.add_error(name if name in form.fields else None, [str(word) for word in words])
        except Refused as refused:
            if refused.status == 403:
                raise
            reasons, status = refused.reasons, 409
        else:
            messages.success(request, _("The order is taken. What is made appears below: open this page again to see it."))
            return redirect("publish")
    context = {"form": form, "reasons": reasons, "runs": PublishRun.objects.all()[:SHOWN]}
    return render(request, "publishing/publish.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def changed(request: ActorRequest) -> HttpResponse:
    """What was made and no longer holds, with what changed in words; and the order to make exactly that again."""
    policy.require_in_house(request.actor, Act.PUBLISH)
    reasons: tuple[Any, ...] = ()
    if request.method == "POST":
        try:
            runs.ask_changed(by=request.actor, address=_address(request))
        except Refused as refused:
            if refused.status == 403:
                raise
            reasons = refused.reasons
        else:
            messages.success(request, _("The order is taken. What is made appears below: open this page again to see it."))
            return redirect("publish")
    on, reader = timezone.localdate(), (get_language() or "en")[:2]
    found = list(stepping.superseded(on=on))
    # one row a document and language: its formats and shapes are remade together
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    for one in found:
        row = one.artefact
        words = stepping.in_words(one.changed, country=row.country, language=reader, on=on)
        shown = {"row": row, "now": one.now, "kind": stepping.WORDS[one.change], "words": words, "formats": []}
        key = (row.edition, row.document, row.country, row.language, row.code)
        rows.setdefault(key, shown)["formats"].append(f"{row.format} {row.shape}".strip())
    context = {"rows": list(rows.values()), "artefacts": len(found), "reasons": reasons}
    return render(request, "publishing/changed.html", context, status=409 if reasons else 200)


def _address(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("paper_code", args=["-"])).removesuffix("-/").partition("://")[2]


def _draft(request: ActorRequest) -> Document:
    """The document that the query names, as it stands; the first of the list, here and in English, where it names none. Raises: Missing."""
    first = next(one for one in editions().values() if one.documents)
    usual = {"edition": first.id, "document": first.documents[0], "country": _country(), "language": "en"}
    asked = {name: request.GET.get(name, value) for name, value in usual.items()}
    return documents.draft(
        asked["edition"], asked["document"], country=asked["country"], language=asked["language"], on=timezone.localdate()
    )


@login_required
@require_GET
def preview(request: ActorRequest) -> HttpResponse:
    """A document as it stands, whatever is wrong with it, with everything that keeps it from going out."""
    policy.require_in_house(request.actor, Act.PUBLISH)
    made = _draft(request)
    found = documents.findings(made)
    source = documents.source(made.edition, made.id)
    context = {
        **web.context(made, trainer=True),
        "stops": [one for one in found if one.stops],
        "waits": [one for one in found if not one.stops],
        "query": urlencode({"edition": made.edition, "document": made.id, "country": made.country, "language": made.language}),
        "shapes": made.print if "pdf" in source.formats else (),
    }
    return render(request, "publishing/preview.html", context)


@login_required
@require_GET
def publication_file(request: ActorRequest) -> HttpResponse:
    """One artefact to take away: as it is made today; `draft` shows a paper that may not go out yet, and does not record it."""
    policy.require_in_house(request.actor, Act.PUBLISH)
    made = _draft(request)
    format, shape = request.GET.get("format", "pdf"), request.GET.get("shape", "")
    if format not in FORMATS or format not in documents.source(made.edition, made.id).formats:
        raise Missing
    if "draft" not in request.GET:
        wrong = [str(one) for one in documents.findings(made) if one.stops]
        if wrong:
            raise Refused(tuple(wrong))
    outputs = FORMATS[format][0](made, _address(request))
    output = next((one for one in outputs if not shape or one.shape == shape), None)
    if output is None:
        raise Missing
    return _as_file(output)


def _as_file(output: Output) -> HttpResponse:
    ending = FORMATS[output.format][1]
    if set(output.files) == {""}:
        kind = {".pdf": "application/pdf", ".epub": "application/epub+zip"}.get(ending, "application/zip")
        answer = HttpResponse(output.files[""], content_type=kind)
        answer["Content-Disposition"] = f'attachment; filename="{output.name}{ending}"'
        return answer
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(output.files.items()):
            archive.writestr(zipfile.ZipInfo(name), content)
    answer = HttpResponse(packed.getvalue(), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{output.name}.zip"'
    return answer


@login_required
@require_http_methods(["GET", "POST"])
def publication_words(request: ActorRequest) -> HttpResponse:
    """The texts of one source in a language; with `unit`, one of them to change, with its preview and what is wrong with it."""
    policy.require_in_house(request.actor, Act.PUBLISH)
    file, language, unit = (request.GET.get(name, "") for name in ("file", "language", "unit"))
    if not file:
        context = {"files": [(one, [(code, NAMES[code]) for code in revisions.languages_of(one)]) for one in revisions.files()]}
        return render(request, "publishing/files.html", context)
    if not unit:
        return render(
            request,
            "publishing/words.html",
            {"file": file, "tongue": language, "name": NAMES.get(language), "pairs": revisions.pairs_of(file, language)},
        )
    return _one(request, file, unit, language)


def _one(request: ActorRequest, file: str, id: str, language: str) -> HttpResponse:
    unit = revisions.unit_of(file, id, language)
    stands = revisions.standing(unit, file, language)
    form, seen, status = WordsForm(request.POST or None, initial={"text": stands}), request.POST.get("seen", stands), 200
    form.fields["text"].widget.attrs["lang"] = language
    reasons: tuple[Any, ...] = ()
    if request.method == "POST":
        status = 200 if "preview" in request.POST and form.is_valid() else 422
        if form.is_valid() and "preview" not in request.POST:
            try:
                revisions.write(file=file, unit=id, language=language, text=form.cleaned_data["text"], seen=seen, by=request.actor)
            except Invalid as invalid:
                form.add_error("text", [str(word) for word in invalid.problems["text"]])
            except Refused as refused:
                if refused.status == 403:
                    raise
                # what another saved is shown beside: whoever saves now has seen it
                reasons, seen, status = refused.reasons, stands, 409
            else:
                messages.success(request, SAVED["en" if language == "en" else ""])
                return _back(file, language, id)
    words = form.cleaned_data.get("text", stands) if form.is_bound and form.is_valid() else form["text"].value() or ""
    wrong = revisions.faults(unit, words, language, file) if words and "text" not in form.errors else []
    # `language` is the reader's, in every page of the house: that of the words has a name of its own
    context = {
        "unit": unit, "pair": next(one for one in revisions.pairs_of(file, language) if one.id == id), "seen": seen, "reasons": reasons,
        "stands": stands, "file": file, "tongue": language, "name": NAMES[language], "form": form, "wrong": wrong,
        "last": revisions.newest(file, id, language), "preview": _preview(words, language), "country": standards.profile(_country()).name,
    }  # fmt: skip
    return render(request, "publishing/word.html", context, status=status)


def _preview(words: str, language: str) -> str:
    return filled(words, country=_country(), language=language, on=timezone.localdate())


def _country() -> str:
    return settings.HAVRE_COUNTRY.lower()


def _back(file: str, language: str, unit: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('publication_words')}?{urlencode({'file': file, 'language': language, 'unit': unit})}")


@login_required
@require_POST
def publication_sign(request: ActorRequest) -> HttpResponse:
    """Stand for the words of one text as their native reviewer."""
    policy.require_in_house(request.actor, Act.PUBLISH)
    file, language, unit = (request.POST.get(name, "") for name in ("file", "language", "unit"))
    try:
        revisions.sign(file=file, unit=unit, language=language, seen=request.POST.get("seen", ""), by=request.actor)
    except Refused as refused:
        if refused.status == 403:
            raise
        for reason in refused.reasons:
            messages.error(request, str(reason))
    else:
        messages.success(request, SIGNED["en" if language == "en" else ""])
    return _back(file, language, unit)
