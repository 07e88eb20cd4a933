"""PDF by Typst: tagged, the same bytes for the same document, fonts shipped with Havre."""

from __future__ import annotations

import json
from pathlib import Path

import typst
from django.utils import translation
from django.utils.translation import gettext as _

from havre.publishing.documents import Document

PLACE = Path(__file__).parent


def as_pdf(document: Document) -> bytes:
    """The document as tagged PDF (PDF/UA-1), on A4. No date of making is inside, so that a repeat gives identical bytes."""
    with translation.override(document.language):
        words = {
            "state": _("Some statements await a national reviewer.") if document.unconfirmed else "",
            "made": _("Edition %(code)s, facts of %(day)s") % {"code": document.code, "day": document.on.isoformat()},
        }
    data = {
        "title": document.title,
        "country": document.country_name,
        "language": document.language,
        "blocks": [{"kind": b.kind, "text": b.text, "items": list(b.items), "unconfirmed": b.unconfirmed} for b in document.blocks],
        **words,
    }
    return typst.compile(
        str(PLACE / "typst" / "leaflet.typ"),
        root=str(PLACE),
        font_paths=[str(PLACE / "fonts")],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=0,
    )
