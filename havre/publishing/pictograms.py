"""Pictograms of Havre's own drawing: one SVG a file in `source/pictograms/`, one colour, no text in it, free to reuse (CC BY 4.0)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from havre.publishing.sources import SOURCE

PLACE = SOURCE / "pictograms"


def names() -> tuple[str, ...]:
    """Every pictogram there is."""
    return tuple(sorted(path.stem for path in PLACE.glob("*.svg")))


@cache
def drawing(name: str) -> str:
    """One pictogram as SVG. Raises: KeyError for a name that is not drawn."""
    path = Path(PLACE / f"{name}.svg")
    if name not in names():
        raise KeyError(name)
    return path.read_text(encoding="utf-8").strip()
