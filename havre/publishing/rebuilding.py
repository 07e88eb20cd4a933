"""Remaking exactly what no longer holds: the same documents, languages, formats and shapes as were made before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from havre.publishing import services, stepping
from havre.publishing.outputs import FORMATS, Output
from havre.publishing.stepping import Superseded


def remade(*, on: date, edition: str = "", address: str = "") -> Iterator[tuple[Superseded, Output | None]]:
    """Every artefact that no longer holds, beside what stands for it from now on; None where a check refuses it."""
    for one in list(stepping.superseded(on=on, edition=edition)):
        yield one, None if one.problems else _again(one, address)


def _again(one: Superseded, address: str) -> Output | None:
    row = one.artefact
    maker = FORMATS.get(row.format)
    outputs = maker[0](one.now, address) if maker else ()
    return next((output for output in outputs if output.shape == row.shape), None)


def rebuild(folder: Path, *, on: date, at: datetime, tell: services.Progress, edition: str = "", address: str = "") -> tuple[int, int]:
    """Write what changed to a folder and into the table. Gives how many artefacts were remade, and how many are refused until mended."""
    made = refused = 0
    for one, output in remade(on=on, edition=edition, address=address):
        row = one.artefact
        tell(
            f"{row.edition}/{row.document} {row.country} {row.language} {row.format} {row.shape}: {row.code}, {one.change}: {'; '.join(one.changed)}"
        )
        if output is None:
            refused += 1
            for problem in one.problems:
                tell(f"  refused: {problem}")
            continue
        services.write([output], folder, at=at, tell=tell)
        made += 1
    return made, refused
