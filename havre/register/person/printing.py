"""The copy as a tagged PDF, in plain words, in each of the five languages of the page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings

from havre.register.person.words import Words, words
from havre.standards.words import in_a_row

PLACE = Path(__file__).parent / "typst"
# the one place where the house keeps fonts
FONTS = Path(settings.PACKAGE) / "publishing" / "fonts"
# a value that is a day or a moment, as the copy keeps it (ISO 8601)
ISO = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}.*)?")
# what the person knows by a word; other names and the codes stay as they are kept, and the paper says so
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "reference": "field_number",
        "opened_at": "field_opened",
        "status": "field_state",
        "gender": "field_gender",
        "age_on_opening": "field_age",
        "languages": "field_languages",
        "citizenships": "field_citizenships",
        "Name": "field_name",
        "Other names": "field_other_names",
        "Born": "field_born",
        "Telephone": "field_phone",
        "Documents": "field_documents",
        "kind": "what",
        "happened_at": "when",
    }
)


def as_pdf(copy: dict[str, Any], language: str) -> bytes:
    """The copy on A4, tagged (PDF/UA-1)."""
    # loads a compiler: only a page that prints needs it
    import typst

    said = words(language)
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
    yield {"title": said["identity"], "lines": _lines({**copy["file"], **copy["you"]}, said)}
    yield {"title": said["held"], "lines": [_flat(one, said) for one in copy["entries"]] or [said["held_none"]]}
    yield {
        "title": said["agreed"],
        "lines": [
            f"{one['service']}: {said[one['answer']]}, {_day(one['from'], said)} – {_day(one['until'], said)}" for one in copy["agreed"]
        ],
    }
    yield {"title": said["shares"], "lines": [f"{one['service']}, {said.role(one['role'])}" for one in copy["may_read"] if one["open"]]}
    yield {
        "title": said["readers"],
        "lines": [f"{_day(one['at'], said)}: {one['service']}, {said.role(one['role'])}" for one in copy["read"]] or [said["read_none"]],
    }
    notes = [said["notes"]] if copy["professional_notes"] else []
    yield {"title": said["wrong_tell"], "lines": [*notes, said["copy_codes"], said["copy_left"]]}


def _day(value: str, said: Words) -> str:
    """A day or a moment of the copy in the reader's numbers; a moment is the day it was here."""
    return said.day(datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value))


def _lines(values: dict[str, Any], said: Words) -> list[str]:
    return [line for name, value in values.items() if value not in (None, "", [], {}) for line in _line(name, value, said)]


def _line(name: str, value: Any, said: Words) -> list[str]:
    if isinstance(value, dict):
        return _lines(value, said)
    shown = [_shown(one, said) for one in value] if isinstance(value, list) else [_shown(value, said)]
    return [f"{said[LABELS[name]] if name in LABELS else name}: {', '.join(shown)}"]


def _shown(value: Any, said: Words) -> str:
    text = str(value)
    return _day(text, said) if ISO.fullmatch(text) else text


def _flat(entry: dict[str, Any], said: Words) -> str:
    return in_a_row(_lines(entry, said), said.language)
