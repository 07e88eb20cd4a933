"""Who was trained in a period: the register of trainings (havre.publishing) in words and as a file, for the action plan. Numbers alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from havre.partnership.counting import Period
from havre.publishing.queries_trainings import DIMENSIONS, Trained, audience_words, trained
from havre.publishing.titles import title_of

HIDDEN = "x"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: what it is of, in the reader's words, and its numbers."""

    title: str
    found: Trained


def lines(period: Period, by: Sequence[str]) -> list[Line]:
    """The lines of one breakdown."""
    return [Line(", ".join(map(_words, by, one.of)), one) for one in trained(period.first, period.last, by=by)]


def _words(dimension: str, code: str) -> str:
    if dimension == "audience":
        return audience_words(code)
    return title_of(code) if dimension == "edition" else code


def as_csv(period: Period) -> str:
    """Every combination that occurs, one line a result: UTF-8, codes as kept, `x` for a count below the threshold.

    Columns: period_first, period_last (both days included), audience, region, edition, trainings, result (enrolled, attended, passed), persons.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["period_first", "period_last", *DIMENSIONS, "trainings", "result", "persons"])
    for one in trained(period.first, period.last):
        for result, persons in one.results:
            writer.writerow([period.first, period.last, *one.of, one.trainings, result, HIDDEN if persons is None else persons])
    return out.getvalue()
