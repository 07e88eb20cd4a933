"""Custody of exhibits: given by one side, received by the other; what lies between is shown as a gap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from havre.justice.models import Custody, Exhibit
from havre.justice.models.exhibits import TOLERATED
from havre.trust.actors import Actor
from havre.trust.errors import Invalid
from havre.trust.models import Organisation

__all__ = ["Exhibit", "Gap", "after", "before", "gaps"]


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which nobody is written down as holding the exhibit, or its seal was found broken."""

    number: int
    lasted: timedelta
    seal_broken: bool = False


def gaps(chain: Iterable[Any]) -> list[Gap]:
    """What is missing in a chain of custody, in its order: times of more than an hour without a holder, and broken seals.

    Args: chain, rows with number, starts_at, ends_at, seal_whole.
    """
    found, last = [], None
    for link in sorted(chain, key=lambda one: one.number):
        between = timedelta(0) if last is None or last.ends_at is None else link.starts_at - last.ends_at
        if between > TOLERATED or link.seal_whole is False:
            found.append(Gap(link.number, max(between, timedelta(0)), link.seal_whole is False))
        last = link
    return found


def before(row: Exhibit, step: str, record: dict[str, Any], by: Actor) -> None:
    """Look up who holds the exhibit, and write the offer that the table then judges. Raises: Invalid, Missing."""
    if step == "seize":
        _take(row, by)
        return
    row.holder = Custody.objects.visible_to(by).filter(exhibit=row, ends_at=None).first()  # type: ignore[attr-defined]
    if step != "hand_over" or row.holder is None:  # type: ignore[attr-defined]
        return
    asked = record.get("offered_to")
    to = Organisation.objects.filter(pk=asked, active=True).first() if asked else None
    if to is not None and to.pk == by.organisation_id:
        raise Invalid({"offered_to": [_("this is your own service: choose the one that receives")]})
    given = record.get("given_at") or by.at
    if given > by.at or given < row.holder.starts_at:  # type: ignore[attr-defined]
        raise Invalid({"given_at": [_("give a moment after it was received here and not in the future")]})
    row.holder.offered_to, row.holder.offered_at = to, given if to else None  # type: ignore[attr-defined]


def _take(row: Exhibit, by: Actor) -> None:
    if row.taken_at is None or row.taken_at > by.at:
        raise Invalid({"taken_at": [_("give the moment at which it was taken, not one to come")]})
    if row.attachment is not None:
        if row.sha256 and row.sha256 != row.attachment.sha256:
            raise Invalid({"sha256": [_("this is not the hash of the file that is kept: it was changed on the way")]})
        row.sha256 = row.attachment.sha256
    if row.kind == "data_copy" and not row.sha256:
        raise Invalid({"sha256": [_("a copy of data needs its hash, made when it was taken")]})


def after(row: Exhibit, step: str, record: dict[str, Any], by: Actor) -> None:
    """Write the chain: one holder ends, the next begins, and both sides have said so."""
    if step == "seize":
        _hold(row, 1, row.taken_at, by, seal_number=row.seal_number)
        return
    holder: Any = row.holder  # type: ignore[attr-defined]
    if step == "receive":
        taken = record.get("received_at") or by.at
        if taken > by.at or taken < holder.offered_at:
            raise Invalid({"received_at": [_("give a moment after it was handed over and not in the future")]})
        holder.ends_at = holder.offered_at
        holder.held_for_step = True
        holder.save()
        seal = record.get("seal_number") or holder.seal_number
        _hold(row, holder.number + 1, taken, by, seal_number=seal, seal_whole=record.get("seal_whole"))
        row.seal_number = seal
        return
    if step == "take_back":
        holder.offered_to, holder.offered_at = None, None
    elif step in {"give_back", "destroy"}:
        holder.ends_at = by.at
    holder.held_for_step = True
    holder.save()


def _hold(row: Exhibit, number: int, starts_at: Any, by: Actor, **fields: Any) -> None:
    Custody.objects.add(
        by=by, case_id=row.case_id, exhibit=row, number=number, organisation_id=by.organisation_id, keeper_id=by.user.pk,
        starts_at=starts_at, **fields,
    )  # fmt: skip
