"""Records of care: opened and moved through their tables; what a step changes beside its own row is in `effects`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.protection.kinds import KINDS, Kind
from havre.protection.services import effects
from havre.protection.services import words as sealed
from havre.register.models import Person
from havre.trust import audit
from havre.trust.actors import Actor
from havre.trust.errors import Invalid, Refused
from havre.trust.models import Override
from havre.trust.workflow import Checked

CODE = 24


@trust.act("care.open")
def open_record(
    *, kind: str, case_id: UUID, person_id: UUID, by: Actor, record: dict[str, Any] | None = None, words: dict[str, str] | None = None
) -> Any:
    """Make one record of a kind about one person, through the first step of its table.

    Args: kind, a key of KINDS; record, columns of that step; words, what it seals.
    Raises: Missing; Refused, with every unmet right, or when one is open already; Invalid by field. Nothing is then changed.
    """
    known = _known(kind)
    person = Person.objects.visible_to(by).select_related("case").get_or_missing(pk=person_id, case_id=case_id)
    made = known.model(case_id=case_id, person=person, by=by.user, at=by.at)
    known.write(made, known.opens, record or {})
    effects.prepare(known.code, made, by)
    checked = known.table.check(made, move=known.opens, by=by)
    made.status = checked.end
    effects.apply(known.code, made, known.opens, by)
    fields = {column.attname: getattr(made, column.attname) for column in known.model._meta.concrete_fields}
    try:
        with transaction.atomic():
            kept = known.model.objects.add(by=by, **fields)
    except IntegrityError:
        raise Refused((_("one of this kind is open already, or stands for the same: go on with that one"),)) from None
    _close(known, kept, known.opens, checked, by, words)
    return kept


@trust.act("care")
def take_step(
    *,
    kind: str,
    record_id: UUID,
    step: str,
    by: Actor,
    record: dict[str, Any] | None = None,
    words: dict[str, str] | None = None,
    override_id: UUID | None = None,
) -> Any:
    """Take one step of a record's table.

    Args: record, columns that this step writes; words, what it seals; override_id, a supervisor's waiver.
    Raises: Missing, also when the person may not see it; Refused, with every unmet condition; Invalid by field. Nothing is then changed.
    """
    known = _known(kind)
    kept = known.model.objects.visible_to(by).select_related("person").get_for_step(pk=record_id)
    if step == known.opens:
        raise Invalid(_("this step has an act of its own"))
    known.write(kept, step, record or {})
    waiver = Override.objects.visible_to(by).get_for_step(pk=override_id) if override_id else None
    checked = known.table.check(kept, move=step, by=by, override=waiver)
    kept.status = checked.end
    effects.apply(known.code, kept, step, by)
    kept.save()
    _close(known, kept, step, checked, by, words)
    return kept


def _known(kind: str) -> Kind:
    if kind not in KINDS:
        raise Invalid(_("there is no such kind of record"))
    return KINDS[kind]


def _close(kind: Kind, kept: Any, step: str, checked: Checked, by: Actor, words: dict[str, str] | None) -> None:
    """Seal the words, act beyond the row, and leave the one audit line of the step."""
    given = {name: text for name, text in (words or {}).items() if name in kind.words.get(step, ())}
    sealed.seal(
        by=by,
        case_id=kept.case_id,
        person_id=kept.person_id,
        section=kind.section,
        kind=f"{kind.code}_{step}"[:CODE],
        record_id=kept.pk,
        words=given,
    )
    effects.after(kind.code, kept, step, by)
    audit.record(event=f"{kind.table.name}.{step}", by=by, subject=kept.person_id, case_id=kept.case_id, codes=checked.codes)
