"""What has been published of the country's figures: tables that passed their attacks and two signatures, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import translation

from havre import standards
from havre.evidence.labels import label_of
from havre.release.models import Release, ReleaseState
from havre.release.tables import HIDDEN, TOTAL, lines


@dataclass(frozen=True, slots=True)
class Shown:
    """One published table of one or two columns. `rows`: words of the codes and the count, None where it is hidden; totals are apart."""

    release: Release
    columns: tuple[str, ...]
    codes: tuple[tuple[str, ...], ...]
    counts: tuple[int | None, ...]
    total: int | None

    def words(self, language: str) -> list[tuple[str, ...]]:
        """The codes in words."""
        with translation.override(language):
            return [tuple(named(code, language) for code in row) for row in self.codes]


def named(code: str, language: str) -> str:
    """A code in words: a country's name, else the standard's word."""
    try:
        return standards.countries().label(code).text(language)
    except KeyError:
        return label_of(code)


def newest(columns: Sequence[str]) -> Shown | None:
    """The newest published release that has a table of exactly these columns; None when there is none."""
    for release in Release.objects.filter(state=ReleaseState.PUBLISHED).order_by("-published_at"):
        table = next((table for table in release.tables if list(table) == list(columns)), None)
        if table is not None:
            return _shown(release, table)
    return None


def _shown(release: Release, table: list[str]) -> Shown:
    cells, total = [], None
    for line in lines(release.shown, table):
        count = None if line["persons"] == HIDDEN else int(line["persons"])
        if all(code == TOTAL for code in line["codes"]):
            total = count
        elif TOTAL not in line["codes"]:
            cells.append((tuple(line["codes"]), count))
    return Shown(release, tuple(table), tuple(codes for codes, _count in cells), tuple(count for _codes, count in cells), total)
