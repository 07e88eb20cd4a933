"""What has been published of the country's figures: tables that passed their attacks and two signatures, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from havre.publishing import tables
from havre.publishing.binding import Binding
from havre.publishing.texts import worded
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

    def words(self, say: Callable[[str], str]) -> list[tuple[str, ...]]:
        """The codes in words. Args: say, the words of one code (Labels.code)."""
        return [tuple(map(say, row)) for row in self.codes]


class Labels:
    """The words of columns, values and countries in one block of one document.

    English and French are those of the standards and of the statistics; the others lie in `source/data/figures`. A code that has no words
    anywhere, a range of ages, stands as it is; one that has none in the language is a problem of the block.
    """

    def __init__(self, binding: Binding, block: str) -> None:
        self.binding, self.block = binding, block

    def code(self, code: str) -> str:
        """A country's name, else the words of a column or of a value."""
        row = tables.row_of_code(code)
        if row is None:
            return code
        text = worded(tables.FIGURES, row, self.binding.language)
        return self.binding.noted(text, f"{tables.FIGURES} {row}", self.block).value


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
