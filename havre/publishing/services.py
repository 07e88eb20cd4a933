"""Publishing: make what is asked for, write it down with its manifest, and answer whether a paper still holds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from time import perf_counter

from havre.publishing import documents
from havre.publishing.ahead import in_order
from havre.publishing.models import Artefact
from havre.publishing.nodes import Document
from havre.publishing.outputs import FORMATS, OF_DRAFTS, SET, Output, made_in
from havre.publishing.sources import editions
from havre.trust.errors import Missing

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What to make: an edition, all or some of its documents, for these countries, languages and formats. `address`: where codes are answered."""

    edition: str
    countries: tuple[str, ...]
    documents: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    address: str = ""


def wanted(asked: Asked) -> Iterator[tuple[str, str, str, str]]:
    """Document, country, language and format of everything that is promised and asked for. Raises: Missing for an edition that is not there."""
    if asked.edition not in editions():
        raise Missing
    for id in asked.documents or editions()[asked.edition].documents:
        written = documents.source(asked.edition, id)
        for country in asked.countries:
            for language in asked.languages or written.languages:
                for format in asked.formats or written.formats:
                    if language in written.languages and (format in written.formats or format in OF_DRAFTS):
                        yield id, country, language, format


def make(asked: Asked, *, on: date) -> Iterator[Output]:
    """Every artefact, one after the other. Raises: Missing; Invalid with each block that may not go out, before anything of it is made."""
    for _what, outputs in in_order(_jobs(asked, on)):
        yield from outputs


def _jobs(asked: Asked, on: date) -> Iterator[tuple[None, Callable[[], tuple[Output, ...]], bool]]:
    built: dict[tuple[str, str, str], Document] = {}
    known: documents.Known = {}
    for id, country, language, format in wanted(asked):
        if format in OF_DRAFTS:
            draft = documents.draft(asked.edition, id, country=country, language=language, on=on, known=known)
            yield None, partial(made_in, draft, format, ""), False
            continue
        key = (id, country, language)
        if key not in built:
            built[key] = documents.build(asked.edition, id, country=country, language=language, on=on, known=known)
        yield None, partial(made_in, built[key], format, asked.address), format in SET


def record(output: Output, *, at: datetime) -> Artefact:
    """Write an artefact down, once however often it is made. What was superseded and holds again, as when a number is put back, is the newest."""
    whole = hashlib.sha256()
    for name, content in sorted(output.files.items()):
        whole.update(name.encode() + b"\0" + content)
    made, document = output.manifest, output.document
    fields = {
        "edition": document.edition,
        "document": document.id,
        "country": document.country,
        "language": document.language,
        "manifest": made,
        "size": sum(map(len, output.files.values())),
        "made_at": at,
    }
    key = {"code": document.code, "format": output.format, "shape": output.shape, "sha256": whole.hexdigest()}
    row, is_new = Artefact.objects.get_or_create(**key, defaults=fields)
    names = ("edition", "document", "country", "language", "format", "shape")
    later = Artefact.objects.filter(**{name: getattr(row, name) for name in names}, made_at__gt=row.made_at)
    if not is_new and later.exists():
        row.made_at = at
        row.save(update_fields=["made_at"])
    return row


def write(outputs: Iterable[Output], folder: Path, *, at: datetime, tell: Progress) -> list[Path]:
    """Write artefacts to a folder and into the table; gives the paths."""
    found, began = [], perf_counter()
    for output in outputs:
        ending = FORMATS[output.format][1]
        target = folder / output.document.edition / output.format / f"{output.name}{ending}"
        for name, content in output.files.items():
            path = target / name if name else target
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        row = record(output, at=at)
        found.append(target)
        tell(f"{target.relative_to(folder)} {row.size:,} bytes, {perf_counter() - began:.2f} s, edition {row.code}")
        began = perf_counter()
    return found
