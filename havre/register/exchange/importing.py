"""Importing a sheet: read, judge, write in batches that stand or fall whole, go on after a stop, change nothing the second time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from itertools import islice
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, OperationalError
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.register.exchange.building import Rows, Target, add, batches
from havre.register.exchange.duplicates import HALF, Ledger, already_ours, known
from havre.register.exchange.mapping import Options, Plan, plan
from havre.register.exchange.packages import Sidecar, unpack
from havre.register.exchange.problems import Problem
from havre.register.exchange.records import Draft, Reader
from havre.register.exchange.sheets import Book, digest_of, open_book
from havre.register.exchange.values import text_of
from havre.register.models import ImportBatch, ImportChunk, ImportProblem
from havre.register.models.exchange import ImportState
from havre.trust import audit, grants, identity, policy
from havre.trust.actors import Actor
from havre.trust.bulk import insert
from havre.trust.enums import ROLE_PURPOSES, Act, Basis, Section
from havre.trust.errors import Refused, Unavailable, Words
from havre.trust.identity import Plain, keys_in_use
from havre.trust.models.accounts import job_holder

BATCH = 1_000
# rejected rows can be read and mended this long; then the grant on them is over and retention removes them
KEEP = timedelta(days=30)
SHOWN = 5_000
CHUNK_KIND = "import"


class Interrupted(Unavailable):
    """An import stopped for want of disk or of the database. What was acknowledged stays; the same file again goes on behind it."""

    def __init__(self, words: Words, done_through: int) -> None:
        self.done_through = done_through
        super().__init__(str(words))


@dataclass
class Incoming:
    """One opened sheet and how it is read. Making it reads the whole file once, so that a broken one is refused before any write."""

    source: BinaryIO
    options: Options
    by: Actor
    book: Book = field(init=False)
    plan: Plan = field(init=False)
    rows: int = field(init=False)

    sidecar: Sidecar = field(default_factory=Sidecar)

    def __post_init__(self) -> None:
        table, sidecar = unpack(self.source)
        self.sidecar = sidecar or self.sidecar
        self.book = open_book(table)
        self.plan = plan(list(islice(self.book.rows(self.options.sheet), 2)), self.options)
        self.rows = self.book.count(self.options.sheet)

    @cached_property
    def digest(self) -> bytes:
        return digest_of(self.source)

    @cached_property
    def header(self) -> list[str]:
        return [column.header for column in self.plan.columns]

    def drafts(self) -> Iterator[Draft]:
        """Every row that says something."""
        reader = Reader(self.plan, today=self.by.at.date(), whole_rows=self.book.kind == "csv")
        for row, cells in self.book.rows(self.options.sheet):
            if row >= self.plan.first and (draft := reader.read(row, cells)) is not None:
                self.sidecar.complete(draft)
                yield draft


@dataclass
class Trial:
    """What an import would do. `problems` holds the first 5,000, `counts` all of them by code."""

    layout: str
    header: list[str]
    rows: int = 0
    new: int = 0
    unchanged: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def note(self, problems: Sequence[Problem]) -> None:
        self.counts.update(problem.code for problem in problems)
        self.problems.extend(problems[: max(0, SHOWN - len(self.problems))])


def check(*, by: Actor, source: BinaryIO, options: Options | None = None) -> Trial:
    """A dry run: reads and judges every row, writes nothing.

    Raises: Refused without the right to import; Invalid when the file cannot be read as a whole (see sheets and mapping).
    """
    with trust.acting(by):
        policy.require_in_house(by, Act.IMPORT)
        incoming = Incoming(source, options or Options(), by)
        trial = Trial(incoming.plan.layout, incoming.header)
        trial.note(incoming.plan.notes)
        ledger = Ledger()
        for group in batches(incoming.drafts(), BATCH):
            judged = judge(group, ledger, by.organisation_id)
            trial.rows += len(group)
            trial.new += len(judged.new)
            trial.unchanged += judged.unchanged
            trial.rejected += len(judged.rejected)
            trial.note(judged.problems)
        return trial


@dataclass
class Judged:
    """A group of rows, each with its fate."""

    new: list[tuple[Draft, str]] = field(default_factory=list)
    rejected: list[Draft] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)


def judge(group: Sequence[Draft], ledger: Ledger, organisation_id: UUID) -> Judged:
    """New, unchanged or rejected: within the file by its ledger, against what is here by the source keys."""
    return against(organisation_id, [(draft, *ledger.key(draft)) for draft in group])


def against(organisation_id: UUID, keyed: Sequence[tuple[Draft, str, bool]]) -> Judged:
    """The fate of drafts whose keys are known."""
    here = known(organisation_id, [key for _draft, key, _repeated in keyed])
    own = already_ours(organisation_id, [draft.person_ref for draft, _key, _repeated in keyed if draft.person_ref])
    judged = Judged()
    for draft, key, repeated in keyed:
        content = here.get(key[:HALF])
        changed = content is not None and content != key[HALF:] and draft.person_ref not in own
        if changed and not draft.rejected:
            draft.problems.append(Problem(draft.row, "havre_RecordId", "havre_RecordId", draft.record_id, "id_reused"))
        if draft.rejected:
            judged.rejected.append(draft)
        elif repeated or content is not None or draft.person_ref in own:
            judged.unchanged += 1
            continue
        else:
            judged.new.append((draft, key))
        judged.problems.extend(draft.problems)
    return judged


def run(
    *,
    by: Actor,
    source: BinaryIO,
    options: Options | None = None,
    country: str = "",
    made_up: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> ImportBatch:
    """Import a sheet. A row becomes a case, a person and a detection; a row that cannot is kept, sealed, with its reasons.

    Args: country, alpha-2, the instance's where left out; progress, told (rows done, rows in all) after each batch.
    Raises: Refused; Invalid, before anything is written; Interrupted or KeyFault, after which the same call goes on where it stopped.
    """
    batch: ImportBatch | None = None
    with keys_in_use(), trust.acting(by), _plainly(lambda: batch):
        policy.require_in_house(by, Act.IMPORT)
        incoming = Incoming(source, options or Options(), by)
        ledger = Ledger()
        batch = _begin(by=by, incoming=incoming, ledger=ledger, made_up=made_up)
        if batch.state == ImportState.DONE:
            return batch
        target = Target.of(batch_id=batch.pk, by=by, country=country or settings.HAVRE_COUNTRY.upper(), made_up=made_up)
        for group in batches(incoming.drafts(), BATCH):
            keyed = [(draft, *ledger.key(draft)) for draft in group]
            behind = batch.done_through
            if group[-1].row > behind:
                _twice(batch=batch, by=by, keyed=[one for one in keyed if one[0].row > behind], target=target, header=incoming.header)
            progress(group[-1].row, incoming.rows)
        return _finish(by=by, batch_id=batch.pk)


@trust.act("import.begin")
def _begin(*, by: Actor, incoming: Incoming, ledger: Ledger, made_up: bool) -> ImportBatch:
    """The batch of this file, or the one that a stop left behind, or the one that is done already."""
    options_key = ledger.fingerprints.of(json.dumps(incoming.options.as_json(), sort_keys=True))
    file_key = ledger.fingerprints.of_bytes(incoming.digest)
    mine = ImportBatch.objects.of(by).exclude(state=ImportState.STAGED)
    found = mine.filter(file_key=file_key, options_key=options_key).first()
    if found is not None:
        return found
    batch = ImportBatch.objects.create(
        organisation_id=by.organisation_id,
        by=by.user,
        layout=incoming.plan.layout,
        file_key=file_key,
        options_key=options_key,
        options=incoming.options.as_json(),
        size=incoming.source.seek(0, 2),
        rows=incoming.rows,
        made_up=made_up,
        started_at=by.at,
        touched_at=by.at,
    )
    for purpose in ROLE_PURPOSES[by.role]:
        # what was rejected is read under the same policy as any identity, by the importer's own job
        grants.give(
            holder=job_holder(by.organisation_id, by.role),
            case_id=batch.pk,
            sections=Section.IDENTITY,
            purpose=purpose,
            basis=Basis.OWN_CASE,
            starts_at=by.at,
            ends_at=by.at + KEEP,
        )
    _note(batch, incoming.plan.notes)
    audit.record(event="import.begin", by=by, subject=batch.pk, codes={"rows": incoming.rows, "layout": incoming.plan.layout})
    return batch


@contextmanager
def _plainly(batch_of: Callable[[], ImportBatch | None]) -> Iterator[None]:
    """Say in plain words why the database could not go on, and up to where the file stands."""
    try:
        yield
    except OperationalError as error:
        batch = batch_of()
        # what this process remembers of a batch that was rolled back is not what is on disk
        standing = ImportBatch.objects.filter(pk=batch.pk).values_list("done_through", flat=True).first() if batch else None
        raise Interrupted(_why(error) % {"row": standing or 0}, standing or 0) from error


def _twice(**arguments: Any) -> None:
    """Write one batch; judge it again when somebody else of the organisation imported one of its rows in this very moment."""
    try:
        _write(**arguments)
    except IntegrityError:
        arguments["batch"].refresh_from_db()
        _write(**arguments)


def _why(error: OperationalError) -> Words:
    words = str(error)
    if "full" in words or "No space" in words:
        return _("The disk is full. Rows up to %(row)s are safely recorded, and nothing half-written stays. Free some space, then import the same file again: it goes on from there.")  # fmt: skip # noqa: E501
    if "locked" in words or "lock timeout" in words:
        return _("The database is busy with something else. Rows up to %(row)s are safely recorded. Wait a little, then import the same file again: it goes on from there.")  # fmt: skip # noqa: E501
    return _("The database stopped answering. Rows up to %(row)s are safely recorded. When it is back, import the same file again: it goes on from there.")  # fmt: skip # noqa: E501


@trust.act("import.batch")
def _write(*, by: Actor, batch: ImportBatch, keyed: Sequence[tuple[Draft, str, bool]], target: Target, header: list[str]) -> None:
    """One batch: its cases, its problems, its place and its audit row, all or nothing."""
    judged = against(by.organisation_id, keyed)
    rows = Rows()
    for draft, key in judged.new:
        add(rows, draft, key, target)
    rows.sealed.extend(_chunk(batch, judged, header, keyed))
    first, last = keyed[0][0].row, keyed[-1][0].row
    counts = {
        "created": batch.created + len(judged.new),
        "unchanged": batch.unchanged + judged.unchanged,
        "rejected": batch.rejected + len(judged.rejected),
    }
    moved = ImportBatch.objects.filter(pk=batch.pk, done_through=batch.done_through, state=ImportState.RUNNING).update(
        done_through=last, touched_at=by.at, **counts
    )
    if not moved:
        raise Refused((_("this file is being imported by somebody else at this moment: wait until they have finished"),))
    rows.write()
    if rows.sealed:
        identity.write_batch(by=by, rows=rows.sealed)
    _note(batch, judged.problems)
    codes: dict[str, str | int] = {"first": first, "last": last, "new": len(judged.new), "rejected": len(judged.rejected)}
    audit.record(event="import.batch", by=by, subject=batch.pk, codes=codes)
    batch.done_through = last
    batch.created, batch.unchanged, batch.rejected = counts["created"], counts["unchanged"], counts["rejected"]


def _chunk(batch: ImportBatch, judged: Judged, header: list[str], keyed: Sequence[tuple[Draft, str, bool]]) -> list[Plain]:
    if not judged.problems:
        return []
    chunk = ImportChunk.objects.create(batch=batch, first_row=keyed[0][0].row, last_row=keyed[-1][0].row)
    body = {
        "header": header,
        "problems": [list(problem) for problem in judged.problems],
        "rejected": [[draft.row, *(text_of(cell) for cell in draft.cells)] for draft in judged.rejected],
    }
    return [Plain(batch.pk, batch.pk, Section.IDENTITY, CHUNK_KIND, chunk.pk, body)]


def _note(batch: ImportBatch, problems: Sequence[Problem]) -> None:
    insert(
        ImportProblem,
        [{"batch_id": batch.pk, "row": p.row, "field": p.field, "code": p.code, "rejects": p.rejects} for p in problems],
    )


@trust.act("import.finish")
def _finish(*, by: Actor, batch_id: UUID) -> ImportBatch:
    batch = ImportBatch.objects.of(by).get(pk=batch_id)
    batch.state, batch.finished_at = ImportState.DONE, by.at
    batch.save(update_fields=["state", "finished_at"])
    codes: dict[str, str | int] = {"new": batch.created, "unchanged": batch.unchanged, "rejected": batch.rejected}
    audit.record(event="import.finish", by=by, subject=batch.pk, codes=codes)
    return batch
