"""The files of a case: a list and an upload, a clean copy to read, the original for evidence."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from havre.register import queries
from havre.register.attachments import keeping
from havre.register.attachments.kinds import MOST_BYTES, REFUSED
from havre.register.forms_attachments import FileForm, too_big
from havre.register.views import case_of, confirm_url, for_case_holders
from havre.trust.enums import SECTION_LABELS, Section
from havre.trust.errors import Invalid
from havre.trust.forms import tell
from havre.trust.middleware import ActorRequest


@for_case_holders
@require_http_methods(["GET", "POST"])
def case_files(request: ActorRequest, ref: str) -> HttpResponse:
    """The files of a case that the actor may read, and the way in for a new one."""
    found = case_of(request, ref)
    sections = queries.sections_for_notes(request.actor, found.pk)
    form = FileForm(
        request.POST or None, request.FILES or None, sections=sections, persons=queries.persons_of(request.actor, found)
    )  # fmt: skip
    status = 200
    if request.method == "POST":
        status = 422
        if too_big(request.META.get("CONTENT_LENGTH")) and not request.FILES:
            form.is_valid()
            form.errors.pop("file", None)
            form.add_error("file", str(REFUSED["size"] % {"most": MOST_BYTES // 1_048_576}))
        elif form.is_valid() and _kept(request, found.pk, form):
            messages.success(request, _("The file is kept: a clean copy for reading, the original sealed."))
            return redirect("case_files", ref=found.ref)
    files = keeping.of_case(request.actor, found.pk)
    names = keeping.names_of(request.actor, files)
    context = {
        "case": found,
        "form": form if sections else None,
        "files": [{"row": one, "name": names.get(one.pk, ""), "section": SECTION_LABELS[Section(one.section_bit)]} for one in files],
    }
    return render(request, "register/files.html", context, status=status)


def _kept(request: ActorRequest, case_id: UUID, form: FileForm) -> bool:
    data = form.cleaned_data
    try:
        keeping.add(
            case_id=case_id,
            person_id=data["person"].pk,
            section=data["section"],
            data=data["file"].read(),
            name=data["file"].name,
            by=request.actor,
        )
    except Invalid as invalid:
        tell(form, invalid)
        return False
    return True


@for_case_holders
@require_GET
def case_file(request: ActorRequest, ref: str, pk: UUID) -> HttpResponse:
    """The clean copy of one file."""
    case_of(request, ref)
    return handed_out(keeping.read(attachment_id=pk, by=request.actor))


@for_case_holders
@require_GET
def case_file_original(request: ActorRequest, ref: str, pk: UUID) -> HttpResponse:
    """The original of one file, with a fresh second factor."""
    case_of(request, ref)
    if not request.actor.factor_is_fresh:
        return redirect(confirm_url(request.get_full_path()))
    return handed_out(keeping.read_original(attachment_id=pk, by=request.actor))


def handed_out(opened: keeping.Opened) -> HttpResponse:
    """Bytes as a download under a neutral name, with headers that let no browser run, guess or keep them."""
    headers: dict[str, Any] = {
        "Content-Disposition": f'attachment; filename="{opened.name}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
        # of the bytes that follow (RFC 9530 gives base64; a court reads hexadecimal)
        "X-Content-SHA256": opened.sha256,
    }
    kind = f"{opened.content_type}; charset=utf-8" if opened.content_type.startswith("text/") else opened.content_type
    return HttpResponse(opened.content, content_type=kind, headers=headers)
