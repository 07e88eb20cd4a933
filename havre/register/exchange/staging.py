"""A sheet that was uploaded and not imported yet: it waits sealed in the vault, never as a file, while somebody says what its columns hold."""

from __future__ import annotations

import io
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, BinaryIO
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.register.exchange import importing
from havre.register.exchange.duplicates import Fingerprints
from havre.register.exchange.importing import Trial
from havre.register.exchange.mapping import Options
from havre.register.exchange.packages import unpack
from havre.register.exchange.sheets import open_book
from havre.register.exchange.values import text_of
from havre.register.models import ImportBatch, ImportChunk, SavedMapping
from havre.register.models.exchange import ImportState
from havre.trust import audit, grants, identity, policy
from havre.trust.actors import Actor
from havre.trust.enums import ROLE_PURPOSES, Act, Basis, Section
from havre.trust.errors import Invalid, Missing, Words
from havre.trust.identity import Plain
from havre.trust.ids import new_id
from havre.trust.models import Grant, SealedSection
from havre.trust.models.accounts import job_holder

# what a page takes; bigger sheets go through `havre import`, which reads them from their place
UPLOAD_BYTES, UPLOAD_ROWS = 8 * 1024 * 1024, 5_000
WAITS = timedelta(days=1)
KIND = "upload"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a waiting sheet looks like: its sheets, its header, what stands in the first rows below."""

    sheets: tuple[str, ...]
    header: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]


def too_big() -> Words:
    """What to do with a file that a page does not take."""
    words = _("The file has more than %(most)s MB. Use the command `havre import` on the server, or cut the file into several.")
    return words % {"most": UPLOAD_BYTES // 1_048_576}


@trust.act("import.stage")
def stage(*, by: Actor, content: bytes) -> ImportBatch:
    """Seal an uploaded sheet for a day. Raises: Refused without the right to import; Invalid when it is too big for a page."""
    policy.require_in_house(by, Act.IMPORT)
    if len(content) > UPLOAD_BYTES:
        raise Invalid({"file": [too_big()]})
    open_book(unpack(io.BytesIO(content))[0])
    sweep(at=by.at)
    pk = new_id()
    for purpose in ROLE_PURPOSES[by.role]:
        grants.give(
            holder=job_holder(by.organisation_id, by.role),
            case_id=pk,
            sections=Section.IDENTITY,
            purpose=purpose,
            basis=Basis.OWN_CASE,
            starts_at=by.at,
            ends_at=by.at + WAITS,
        )
    batch = ImportBatch.objects.create(
        pk=pk,
        organisation_id=by.organisation_id,
        by=by.user,
        state=ImportState.STAGED,
        file_key=Fingerprints().of_bytes(pk.bytes),
        options_key="",
        size=len(content),
        started_at=by.at,
        touched_at=by.at,
    )
    identity.write_batch(by=by, rows=[Plain(pk, pk, Section.IDENTITY, KIND, pk, {"file": b64encode(content).decode()})])
    audit.record(event="import.stage", by=by, subject=pk, codes={"size": len(content)})
    return batch


def waiting(*, by: Actor, batch_id: UUID) -> ImportBatch:
    """One waiting sheet of the actor's organisation. Raises: Missing."""
    found = ImportBatch.objects.of(by).filter(pk=batch_id, state=ImportState.STAGED).first()
    if found is None:
        raise Missing
    return found


def content_of(*, by: Actor, batch_id: UUID) -> BinaryIO:
    """The sheet itself, opened. Raises: Missing; Refused (403) without a fresh second factor, or when its day is over."""
    waiting(by=by, batch_id=batch_id)
    body = identity.read_one(by=by, case_id=batch_id, person_id=batch_id, section=Section.IDENTITY, kind=KIND)
    if body is None:
        raise Missing
    return io.BytesIO(b64decode(body["file"]))


def shape_of(source: BinaryIO, options: Options) -> Shape:
    """Its sheets, and the header and three rows of the one that is read."""
    book = open_book(unpack(source)[0])
    sheet = options.sheet or (book.sheets[0] if book.sheets else "")
    rows = [tuple(text_of(cell) for cell in cells) for _number, cells in islice(book.rows(sheet), 4)]
    return Shape(book.sheets, rows[0] if rows else (), tuple(rows[1:]))


def check(*, by: Actor, batch_id: UUID) -> Trial:
    """The dry run of a waiting sheet. Raises: as importing.check; Invalid with more rows than a page takes."""
    batch = waiting(by=by, batch_id=batch_id)
    trial = importing.check(by=by, source=content_of(by=by, batch_id=batch_id), options=Options.of(batch.options))
    if trial.rows > UPLOAD_ROWS:
        words = _("The sheet has %(rows)s rows; a page takes %(most)s. Use the command `havre import`, or cut the sheet into several.")
        raise Invalid({"file": [words % {"rows": trial.rows, "most": UPLOAD_ROWS}]})
    return trial


@trust.act("import.map")
def set_options(*, by: Actor, batch_id: UUID, options: Mapping[str, Any], save_as: str = "") -> ImportBatch:
    """Say how a waiting sheet is read; under a name the mapping is kept for the next one. Raises: Missing; Invalid."""
    batch = waiting(by=by, batch_id=batch_id)
    said = Options.of(options).as_json()
    batch.options = said
    batch.save(update_fields=["options"])
    if save_as.strip():
        SavedMapping.objects.update_or_create(
            organisation_id=by.organisation_id, name=save_as.strip(), defaults={"options": said, "by": by.user, "saved_at": by.at}
        )
    audit.record(event="import.map", by=by, subject=batch.pk)
    return batch


def run(*, by: Actor, batch_id: UUID) -> ImportBatch:
    """Import a waiting sheet, then forget the upload. Raises: as importing.run; the sheet then still waits."""
    batch = waiting(by=by, batch_id=batch_id)
    check(by=by, batch_id=batch_id)
    done = importing.run(by=by, source=content_of(by=by, batch_id=batch_id), options=Options.of(batch.options))
    forget(by=by, batch_id=batch_id)
    return done


@trust.act("import.forget")
def forget(*, by: Actor, batch_id: UUID) -> None:
    """Remove a waiting sheet and whatever opened it."""
    batch = waiting(by=by, batch_id=batch_id)
    SealedSection.objects.for_house("import").filter(person_id=batch.pk, kind=KIND).delete()
    Grant.objects.filter(case_id=batch.pk, ends_at__gt=by.at).update(ends_at=by.at)
    audit.record(event="import.forget", by=by, subject=batch.pk)
    batch.delete()


def sweep(*, at: datetime) -> int:
    """Remove the sheets whose day is over and the rejected rows whose 30 days are; gives how many imports that touched.

    Called at each upload, and meant for the nightly work. Their keys, left without a section, go with the vault's own sweep.
    """
    sealed = SealedSection.objects.for_house("import")
    late = list(ImportBatch.objects.filter(state=ImportState.STAGED, started_at__lt=at - WAITS).values_list("pk", flat=True))
    sealed.filter(person_id__in=late, kind=KIND).delete()
    ImportBatch.objects.filter(pk__in=late).delete()
    old = ImportChunk.objects.filter(batch__started_at__lt=at - importing.KEEP)
    batches = set(old.values_list("batch_id", flat=True))
    for chunk in list(old.values_list("pk", flat=True)):
        sealed.filter(record_id=chunk, kind=importing.CHUNK_KIND).delete()
    old.delete()
    return len(late) + len(batches)
