"""The only way to what is sealed: each reading asks the policy and leaves its trace before anything is shown.

A reading is committed to the trail when the request's `acting` ends, that is before the response leaves; if that fails the page is a 503.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from havre.trust import audit, policy
from havre.trust.actors import Actor
from havre.trust.context import require
from havre.trust.enums import SECTION_LABELS, Act, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import BlindIndex, SealedSection
from havre.trust.vault import blind, sealing
from havre.trust.vault.sealing import Plain

IDENTITY = "identity"
Body = dict[str, Any]


def read(
    *, by: Actor, case_id: UUID, person_id: UUID, section: Section, kinds: Collection[str] | None = None
) -> dict[tuple[str, UUID], Body]:
    """What is sealed of one person in one section of a case, by (kind, record).

    Args: kinds, codes to keep; None keeps all. Empty when nothing was recorded.
    Raises: Missing when the case is not there for this actor; Refused (403) when the section is not; Unscoped outside `acting(by)`;
    KeyFault when the vault is locked.
    """
    context = require(by)
    _allow(by, Act.READ, section, case_id)
    rows = SealedSection.objects.visible_to(by).filter(case_id=case_id, person_id=person_id, section_bit=int(section))
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    found = list(rows.order_by("updated_at", "id"))
    if found:
        context.log.add(section, [person_id], opened=True)
    return {(row.kind, row.record_id): body for row, body in zip(found, sealing.open_many(found), strict=True)}


def read_one(
    *, by: Actor, case_id: UUID, person_id: UUID, section: Section, kind: str = IDENTITY, record_id: UUID | None = None
) -> Body | None:
    """One sealed body, None when it was not recorded. `record_id` is the person's id where it is left out. Raises: as `read`."""
    found = read(by=by, case_id=case_id, person_id=person_id, section=section, kinds=[kind])
    return found.get((kind, record_id or person_id))


def read_records(*, by: Actor, kind: str, record_ids: Iterable[UUID]) -> dict[UUID, Body]:
    """The sealed words of several records of one kind, for a list: two queries for any number of rows.

    A record that this actor may not read is absent, as it is when it does not exist. Raises: Unscoped, KeyFault.
    """
    context = require(by)
    found = list(SealedSection.objects.visible_to(by).filter(kind=kind, record_id__in=list(record_ids)))
    for row in found:
        context.log.add(Section(row.section_bit), [row.person_id], opened=True)
    return {row.record_id: body for row, body in zip(found, sealing.open_many(found), strict=True)}


def write(
    *,
    by: Actor,
    case_id: UUID,
    person_id: UUID,
    section: Section,
    kind: str,
    body: Body,
    record_id: UUID | None = None,
    schema_version: int = 1,
) -> SealedSection:
    """Seal one body, in place of what stood under the same kind and record; an identity also renews its blind indexes.

    Its audit row is written in the same transaction. Nothing that was sealed before is opened.
    Raises: Missing, Refused as `read`, for writing; Missing when the record or the person belongs to another case; Invalid; KeyFault.
    """
    require(by)
    _allow(by, Act.WRITE, section, case_id)
    plain = Plain(person_id, case_id, section, kind, record_id or person_id, body, schema_version)
    _check(plain)
    with transaction.atomic():
        before = _standing(plain)
        (row,) = sealing.seal([plain])
        if before is not None:
            row.pk = before.pk
        row.save(force_insert=before is None, force_update=before is not None)
        if _is_identity(plain):
            _all(BlindIndex).filter(person_id=person_id).delete()
            _insert(BlindIndex, blind.rows([(person_id, case_id, body)]))
        codes: dict[str, str | int] = {"section": section.code, "kind": kind}
        audit.record(event="identity.write", by=by, subject=person_id, case_id=case_id, codes=codes)
    return row


def write_batch(*, by: Actor, rows: Sequence[Plain]) -> int:
    """Seal what an import brings, all new: one check of the right to import, one audit row. Gives how many rows were written.

    Raises: Refused (403) without the right to import; Invalid when a record is there already; KeyFault. Nothing is then written.
    """
    policy.require_in_house(by, Act.IMPORT)
    for plain in rows:
        _check(plain)
    try:
        with transaction.atomic():
            _no_stranger(rows)
            _insert(SealedSection, sealing.seal(rows))
            _insert(BlindIndex, blind.rows((p.person_id, p.case_id, p.body) for p in rows if _is_identity(p)))
            audit.record(event="identity.import", by=by, codes={"rows": len(rows)})
    except IntegrityError:
        raise Invalid(_("a record of this batch was sealed before: leave out what was imported already")) from None
    return len(rows)


def _allow(by: Actor, act: Act, section: Section, case_id: UUID) -> None:
    """Ask the policy; a refusal leaves its row. A case that is not there for the actor is missing, not refused."""
    decision = policy.decide(by, act, section, case_id)
    if decision.allowed:
        return
    audit.refuse(event=f"identity.{act.value}", by=by, subject=case_id, rows=decision.rows)
    if not policy.decide(by, Act.READ, Section.CASE, case_id).allowed:
        raise Missing
    label = SECTION_LABELS[section]
    reasons = tuple(_("%(section)s: %(reason)s") % {"section": label, "reason": reason} for reason in decision.reasons)
    raise Refused(reasons, status=403, rows=decision.rows)


def _is_identity(plain: Plain) -> bool:
    return plain.kind == IDENTITY and plain.section is Section.IDENTITY


def _check(plain: Plain) -> None:
    if plain.section not in tuple(Section):
        raise Invalid(_("a sealed body belongs to exactly one section"))
    if not plain.kind or len(plain.kind) > SealedSection._meta.get_field("kind").max_length:
        raise Invalid(_("a sealed body needs a kind of 1 to 24 characters"))
    if plain.kind == IDENTITY and plain.record_id != plain.person_id:
        raise Invalid(_("a person has one identity: its record is the person"))


def _standing(plain: Plain) -> SealedSection | None:
    """The row that this one replaces. Raises: Missing when it, or the person, is another case's."""
    _no_stranger([plain])
    before = _all(SealedSection).select_for_update().filter(kind=plain.kind, record_id=plain.record_id).first()
    if before is None:
        return None
    if (before.case_id, before.person_id, before.section_bit) != (plain.case_id, plain.person_id, int(plain.section)):
        raise Missing
    return before


def _no_stranger(rows: Sequence[Plain]) -> None:
    """A person's sealed sections stand in one case: nobody seals, under a case of their own, for somebody in another."""
    cases = {plain.person_id: plain.case_id for plain in rows}
    if any(cases[plain.person_id] != plain.case_id for plain in rows):
        raise Invalid(_("a batch names one person in two cases"))
    persons = list(cases)
    for start in range(0, len(persons), 10_000):
        chunk = persons[start : start + 10_000]
        for person, case in _all(SealedSection).filter(person_id__in=chunk).values_list("person_id", "case_id").distinct():
            if cases[person] != case:
                raise Missing


def _all(model: Any) -> Any:
    return model.objects.for_house("vault")


def _insert(model: Any, rows: list[Any]) -> None:
    _all(model).bulk_create(rows, batch_size=1000)
