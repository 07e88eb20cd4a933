"""The copy as a tagged PDF, in plain words. Thai has no font in the house yet: its reader gets the page's own print, or English."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from havre.register.person.words import Words, words

PLACE = Path(__file__).parent / "typst"
# the one place where the house keeps fonts
FONTS = Path(settings.PACKAGE) / "publishing" / "fonts"
NO_FONT = frozenset({"th"})


def as_pdf(copy: dict[str, Any], language: str) -> bytes:
    """The copy on A4, tagged (PDF/UA-1)."""
    # loads a compiler: only a page that prints needs it
    import typst

    said = words("en" if language in NO_FONT else language)
    data = {"title": said["copy"], "language": said.language, "foot": said["copy_safe"], "parts": list(_parts(copy, said))}
    return typst.compile(
        str(PLACE / "copy.typ"),
        root=str(PLACE),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=0,
    )


def _parts(copy: dict[str, Any], said: Words) -> Iterator[dict[str, Any]]:
    yield {"title": said["identity"], "lines": _lines({**copy["file"], **copy["you"]})}
    yield {"title": said["held"], "lines": [_flat(one) for one in copy["entries"]] or [said["held_none"]]}
    yield {
        "title": said["agreed"],
        "lines": [f"{one['service']}: {said[one['answer']]}, {one['from'][:10]} – {one['until'][:10]}" for one in copy["agreed"]],
    }
    yield {"title": said["shares"], "lines": [f"{one['service']}, {said.role(one['role'])}" for one in copy["may_read"] if one["open"]]}
    yield {
        "title": said["readers"],
        "lines": [f"{one['at'][:10]}: {one['service']}, {said.role(one['role'])}" for one in copy["read"]] or [said["read_none"]],
    }
    notes = [said["notes"]] if copy["professional_notes"] else []
    yield {"title": said["wrong_tell"], "lines": [*notes, said["copy_left"]]}


def _lines(values: dict[str, Any]) -> list[str]:
    return [line for name, value in values.items() if value not in (None, "", [], {}) for line in _line(name, value)]


def _line(name: str, value: Any) -> list[str]:
    if isinstance(value, dict):
        return _lines(value)
    return [f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}"]


def _flat(entry: dict[str, Any]) -> str:
    return "; ".join(_lines(entry))
