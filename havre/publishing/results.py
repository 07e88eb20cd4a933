"""Results of one group as a learning platform exports them: read for their numbers, and forgotten. Nothing of the file is kept.

One row an attempt, columns by name. `learner` tells attempts of one person apart and is needed for nothing else. What came of an attempt
stands under the names that the packages report with: SCORM 1.2 `cmi.core.lesson_status`; SCORM 2004 `cmi.completion_status` and
`cmi.success_status`; cmi5 a `verb` a row. A column may be called by the last part of its name alone.
Source: SCORM 1.2 RTE 3.4.2 (cmi.core.lesson_status), SCORM 2004 4th RTE 4.2.4 and 4.2.22, cmi5 section 9.3.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from havre.trust.errors import Invalid, Words

LARGEST, MOST, SHOWN = 2_000_000, 10_000, 5
LEARNER = "learner"
STATUS, COMPLETION, SUCCESS, VERB = "lesson_status", "completion_status", "success_status", "verb"
# column → what may stand in it, and what each says: how far that attempt went (0 begun, 1 to the end, 2 passed)
BEGUN, ENDED, PASSED = 0, 1, 2
VALUES: Mapping[str, Mapping[str, int]] = {
    STATUS: {
        **{"passed": PASSED, "failed": ENDED, "completed": ENDED},
        **{"incomplete": BEGUN, "browsed": BEGUN, "not attempted": BEGUN},
    },
    COMPLETION: {"completed": ENDED, "incomplete": BEGUN, "not attempted": BEGUN, "unknown": BEGUN},
    SUCCESS: {"passed": PASSED, "failed": ENDED, "unknown": BEGUN},
    VERB: {
        **{"passed": PASSED, "failed": ENDED, "completed": ENDED},
        **dict.fromkeys(("launched", "initialized", "answered", "terminated", "abandoned", "satisfied", "waived"), BEGUN),
    },
}


@dataclass(frozen=True, slots=True)
class Counts:
    """Persons of one group: whoever is in the file enrolled; whoever failed or completed attended to the end; passed once is passed."""

    enrolled: int
    attended: int
    passed: int


def counted(content: bytes) -> Counts:
    """The numbers in a platform's file: UTF-8, commas, semicolons or tabs, at most 2 MB and 10,000 rows.

    Raises: Invalid for the field `file`, with line, column and mend. A message never repeats what stands in a cell: it may be a name.
    """
    rows = _rows(content)
    columns = [name.rpartition(".")[2] for name in (cell.strip().lower() for cell in rows[0])]
    _fits(columns)
    best: dict[str, int] = {}
    problems: list[Words] = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = dict(zip(columns, (cell.strip() for cell in row), strict=False))
        learner, found = cells.get(LEARNER, ""), _reached(cells, number, problems)
        if len(row) != len(columns):
            words = _("line %(line)s has %(found)s fields, the first line %(wanted)s: export the file again")
            problems.append(words % {"line": number, "found": len(row), "wanted": len(columns)})
        elif not learner:
            problems.append(
                _("line %(line)s: the column learner is empty, fill it with any sign that tells learners apart") % {"line": number}
            )
        else:
            best[learner] = max(best.get(learner, BEGUN), found)
    if problems or not best:
        raise Invalid({"file": problems[:SHOWN] or [_("the file has no row under its first line: export it once somebody has begun")]})
    levels = list(best.values())
    return Counts(len(levels), sum(one >= ENDED for one in levels), sum(one == PASSED for one in levels))


def _rows(content: bytes) -> list[list[str]]:
    if len(content) > LARGEST:
        raise Invalid({"file": [_("the file is larger than 2 MB: export one group and one training at a time")]})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid({"file": [_("the file is not UTF-8: choose CSV, UTF-8, when you export it")]}) from None
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise Invalid(
            {"file": [_("the file is no CSV: a quotation mark is left open, or it holds something else; export it again")]}
        ) from None
    if not rows:
        raise Invalid({"file": [_("the file is empty: export it again")]})
    if len(rows) > MOST + 1:
        raise Invalid({"file": [_("the file has more than 10,000 rows: export one group and one training at a time")]})
    return rows


def _fits(columns: list[str]) -> None:
    """Raises: Invalid when the columns that are needed are not there, or one is there twice."""
    problems: list[Words] = []
    if LEARNER not in columns:
        problems.append(_("there is no column learner: name so the column that tells learners apart"))
    if not {STATUS, SUCCESS, VERB} & set(columns):
        words = _("there is no column with results: name it %(names)s, as the package reports it")
        problems.append(words % {"names": ", ".join((STATUS, f"{COMPLETION} + {SUCCESS}", VERB))})
    problems += [
        _("the column %(name)s is there twice: keep one") % {"name": name} for name in (LEARNER, *VALUES) if columns.count(name) > 1
    ]
    if problems:
        raise Invalid({"file": problems})


def _reached(cells: Mapping[str, str], number: int, problems: list[Words]) -> int:
    """How far one attempt went: the furthest that any of its columns says."""
    found = BEGUN
    for name, known in VALUES.items():
        value = cells.get(name, "").lower().replace("_", " ").rpartition("/")[2]
        if not value:
            continue
        if value not in known:
            words = _("line %(line)s, column %(name)s: this is none of %(known)s")
            problems.append(words % {"line": number, "name": name, "known": ", ".join(known)})
            continue
        found = max(found, known[value])
    return found
