"""Remaking exactly what no longer holds: the same documents, languages, formats and shapes as were made before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import groupby
from pathlib import Path

from django.utils.translation import gettext as _

from havre.publishing import documents, services, stepping
from havre.publishing.ahead import in_order
from havre.publishing.nodes import Document
from havre.publishing.outputs import FORMATS, OF_DRAFTS, SET, Output, made_in
from havre.publishing.stepping import Superseded
from havre.trust.errors import Invalid


@dataclass(frozen=True, slots=True)
class Again:
    """An artefact that no longer holds, and what stands for it from now on; None where it is withdrawn until the `problems` are mended."""

    old: Superseded
    output: Output | None
    problems: tuple[str, ...] = ()


def remade(*, on: date, edition: str = "", address: str = "") -> Iterator[Again]:
    """Every artefact that no longer holds, beside what stands for it from now on. Each document is checked once and each format made once."""
    for ones, (outputs, problems) in in_order(_jobs(list(stepping.superseded(on=on, edition=edition)), address)):
        for one in ones:
            output = outputs.get(one.artefact.shape)
            gone = (_("it is not made in this format or shape any more"),)
            yield Again(one, output, () if output else problems or gone)


Made = tuple[Mapping[str, Output], tuple[str, ...]]


def _jobs(found: list[Superseded], address: str) -> Iterator[tuple[list[Superseded], Callable[[], Made], bool]]:
    """Every document in a format that no longer holds, with what makes it again."""
    stops: dict[str, tuple[str, ...]] = {}
    for key, group in groupby(found, key=lambda one: (one.artefact.edition, *one.key)):
        ones, format = list(group), key[-1]
        now = ones[0].now
        # what goes to translators goes whatever is wrong in it
        problems = () if format in OF_DRAFTS else stops.get(now.code)
        if problems is None:
            problems = stops[now.code] = _stops(now)
        make = partial(_refused, problems) if problems else partial(_made, now, format, address)
        yield ones, make, format in SET and not problems


def _refused(problems: tuple[str, ...]) -> Made:
    return {}, problems


def _stops(now: Document) -> tuple[str, ...]:
    """Why a document may not go out; whether it fits its paper shows when the paper is made."""
    return tuple(dict.fromkeys(str(one) for one in documents.findings(now, paper=False) if one.stops))


def _made(now: Document, format: str, address: str) -> Made:
    """The outputs of a format by shape, or why there is none."""
    promised = documents.source(now.edition, now.id).formats
    if format not in FORMATS or (format not in promised and format not in OF_DRAFTS):
        return {}, ()
    try:
        return {output.shape: output for output in made_in(now, format, address)}, ()
    except Invalid as invalid:
        return {}, tuple(map(str, invalid.problems["blocks"]))


def told(one: Superseded) -> str:
    """One artefact that no longer holds, in a line: what it is, its code, and what changed."""
    row = one.artefact
    name = " ".join(filter(None, (f"{row.edition}/{row.document}", row.country, row.language, row.format, row.shape)))
    return f"{name}: {row.code}, {one.change}: {'; '.join(one.changed)}"


def rebuild(folder: Path, *, on: date, at: datetime, tell: services.Progress, edition: str = "", address: str = "") -> tuple[int, int]:
    """Write what changed to a folder and into the table. Gives how many artefacts were remade, and how many are refused until mended."""
    made = refused = 0
    for again in remade(on=on, edition=edition, address=address):
        tell(told(again.old))
        if again.output is None:
            refused += 1
            for problem in again.problems:
                tell(f"  refused: {problem}")
            continue
        services.write([again.output], folder, at=at, tell=tell)
        made += 1
    return made, refused
