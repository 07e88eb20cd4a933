"""What an import had to say, row by row: on a page, as CSV, and the rejected rows themselves, ready to be mended and sent again."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from havre.register.exchange.importing import CHUNK_KIND
from havre.register.exchange.problems import KINDS, Problem
from havre.register.exchange.tables import harmless
from havre.register.models import ImportBatch
from havre.trust import audit, identity, policy
from havre.trust.actors import Actor
from havre.trust.context import require
from havre.trust.enums import Act
from havre.trust.errors import Missing, Refused, Words
from havre.trust.models import Receipt
from havre.trust.policy.rows import When

# the two columns that a list of rejected rows adds; the importer passes them over
ROW_COLUMN, WHY_COLUMN = "havre_row", "havre_problem"


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows have one kind of problem."""

    code: str
    rejects: bool
    what: Words
    mend: Words
    rows: int


def counts(found: Counter[str] | dict[str, int]) -> list[Count]:
    """By gravity, then by number."""
    made = [Count(code, KINDS[code].gravity == "error", KINDS[code].what, KINDS[code].mend, rows) for code, rows in found.items()]
    return sorted(made, key=lambda count: (not count.rejects, -count.rows, count.code))


def as_csv(problems: Iterable[Problem]) -> str:
    """Row, column, value, what is wrong, how to mend: UTF-8 with a mark that spreadsheets know; no cell that one would run."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([_("Row"), _("Column"), _("Value"), _("Rejected"), _("What is wrong"), _("How to mend it")])
    for problem in problems:
        cells = (str(problem.row), problem.column, problem.value, _("yes") if problem.rejects else _("no"))
        writer.writerow([harmless(str(cell)) for cell in (*cells, problem.what, problem.mend)])
    return "\ufeff" + out.getvalue()


def batch_of(*, by: Actor, batch_id: UUID) -> ImportBatch:
    """One import of the actor's own organisation. Raises: Refused without the right to import; Missing."""
    policy.require_in_house(by, Act.IMPORT)
    found = ImportBatch.objects.of(by).exclude(state="staged").filter(pk=batch_id).first()
    if found is None:
        raise Missing
    return found


def finished(*, by: Actor) -> ImportBatch | None:
    """What this very request did already, when its button was pressed twice; None the first time."""
    context = require(by)
    receipt = context.once and Receipt.objects.filter(key=context.once, event="import.finish", user=by.user).first()
    return ImportBatch.objects.of(by).filter(pk=receipt.result_id).first() if receipt else None


@dataclass(frozen=True, slots=True)
class Opened:
    """The problems of an import with their values, and the rejected rows as they stood, under their header."""

    header: Sequence[str]
    problems: Sequence[Problem]
    rejected: Sequence[Sequence[str]]


def opened(*, by: Actor, batch_id: UUID) -> Opened:
    """What the sealed chunks of an import hold; it leaves a reading.

    Raises: Refused (403) without a fresh second factor; Missing; KeyFault. Empty after the 30 days in which rejected rows are kept.
    """
    batch = batch_of(by=by, batch_id=batch_id)
    if not by.factor_is_fresh:
        raise Refused((When.FACTOR_STALE.words,), status=403)
    ids = list(batch.chunks.order_by("first_row").values_list("pk", flat=True))
    bodies = identity.read_records(by=by, kind=CHUNK_KIND, record_ids=ids)
    found = [bodies[pk] for pk in ids if pk in bodies]
    audit.record(event="import.read", by=by, subject=batch.pk)
    return Opened(
        next((body["header"] for body in found), []),
        [Problem(*problem) for body in found for problem in body["problems"]],
        [row for body in found for row in body["rejected"]],
    )


def rejected_csv(found: Opened) -> str:
    """The rejected rows under their own header, with the number and the problems of each; mended, the file is imported again."""
    why: dict[int, list[str]] = {}
    for problem in found.problems:
        if problem.rejects:
            why.setdefault(problem.row, []).append(f"{problem.column}: {problem.what}")
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*found.header, ROW_COLUMN, WHY_COLUMN])
    width = len(found.header)
    for number, *cells in found.rejected:
        padded = [*cells[:width], *([""] * (width - len(cells)))]
        writer.writerow([harmless(str(cell)) for cell in (*padded, number, " / ".join(why.get(int(number), ())))])
    return "\ufeff" + out.getvalue()
