"""Signing a waiver: the one way past a block, for a named supervisor, with a reason from the list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from havre.trust import audit, policy
from havre.trust.actors import Actor
from havre.trust.acts import act
from havre.trust.enums import Act, Section
from havre.trust.errands import as_house
from havre.trust.errors import Invalid, Refused
from havre.trust.models import Membership, Override

LASTS = timedelta(hours=24)


class OverrideReason(models.TextChoices):
    """Why a block is waived. The words, if any, are a sealed section of the case."""

    DANGER = "danger", _("Waiting would put the person in danger")
    RECORD_ELSEWHERE = "record_elsewhere", _("The record exists on paper or in another service")
    IMPOSSIBLE = "impossible", _("The record cannot be made (person unreachable, interpreter not found)")
    PERSON_ASKS = "person_asks", _("The person asks for the step in full knowledge")
    COURT_ORDER = "court_order", _("A court orders the step")


@act("override")
def give(*, case_id: UUID, subject_id: UUID, workflow: str, step: str, gates: Iterable[str], reason: str, by: Actor) -> Override:
    """Waive the named blocks for one step of one record, within 24 hours, for somebody else's act.

    Raises: Refused (403) unless `by` is supervisor in the acting job and may read the case; Invalid without a listed reason or a gate.
    """
    named = sorted(set(gates))
    if reason not in OverrideReason.values or not named:
        raise Invalid({"reason": [_("choose a reason from the list, and the conditions that are waived")]})
    membership = Membership.objects.filter(
        user=by.user, organisation_id=by.organisation_id, role=by.role, supervisor=True, ended_at=None
    ).first()
    if membership is None:
        raise Refused((_("only a person named as supervisor of the service may waive a condition"),), status=403)
    policy.require(by, Act.READ, Section.CASE, case_id)
    override = Override(
        case_id=case_id,
        subject_id=subject_id,
        workflow=workflow,
        step=step,
        gates=named,
        reason=reason,
        given_by=by.user,
        membership=membership,
        given_at=by.at,
        ends_at=by.at + LASTS,
    )
    # a supervisor of a service that reads the case and writes none of it: decided above, row-level security cannot
    with as_house():
        override.save(force_insert=True)
    audit.record(event="override.given", by=by, subject=subject_id, case_id=case_id, reason=reason, codes={"gates": ",".join(named)})
    return override


def signed(*, subject_id: UUID, workflow: str, step: str, by: Actor) -> Override | None:
    """The newest waiver that still serves this very step of this record, signed by another, locked for its use; None without one."""
    live = {"membership__supervisor": True, "membership__ended_at": None, "membership__organisation_id": by.organisation_id}
    mine = Override.objects.visible_to(by).filter(
        subject_id=subject_id, workflow=workflow, step=step, used_at=None, given_at__lte=by.at, ends_at__gt=by.at, **live
    )
    newest = mine.exclude(given_by=by.user).order_by("-given_at").values_list("pk", flat=True).first()
    return Override.objects.visible_to(by).get_for_step(pk=newest) if newest else None
