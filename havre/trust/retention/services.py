"""Acts of retention: holding a case, lifting a hold, ordering what is over its term to go, and carrying an order out."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.trust import audit, erasure, policy
from havre.trust.actors import Actor
from havre.trust.acts import act
from havre.trust.enums import Act, Role, Section
from havre.trust.errors import Invalid, Missing, Refused, Words
from havre.trust.middleware import actor_of
from havre.trust.models import LegalHold, Membership, RetentionOrder, Seal, SealedSection
from havre.trust.models.retention import HoldReason
from havre.trust.models.vault import ErasureReason
from havre.trust.retention.planning import Line, Plan, plan

# one order is what one person can read through
MOST = 200


@act("retention.hold")
def hold(*, case_id: UUID, reason: str, review_on: date, by: Actor) -> LegalHold:
    """Keep everything of a case whatever its terms say, until the hold is lifted.

    Args: case_id, of a case that the officer came to by its reference; review_on, when to ask whether it must still be held, at most two
    years away. Raises: Refused (403) without the right to erase, (409) when it is held for that reason already; Invalid; Missing for a
    sealed case, as for none.
    """
    policy.require_in_house(by, Act.ERASE)
    if Seal.objects.filter(case_id=case_id, ended_at=None).exists():
        raise Missing
    problems: dict[str, list[Words]] = {}
    if reason not in HoldReason.values:
        problems["reason"] = [_("choose a reason from the list")]
    today = timezone.localdate(by.at)
    if not today < review_on <= date(today.year + 2, today.month, 1):
        problems["review_on"] = [_("give a day within the next two years: a hold without an end would be a file for ever")]
    if problems:
        raise Invalid(problems)
    try:
        with transaction.atomic():
            made = LegalHold.objects.create(case_id=case_id, reason=reason, review_on=review_on, placed_by=by.user, placed_at=by.at)
    except IntegrityError:
        raise Refused((_("this case is held for that reason already"),)) from None
    audit.record(event="retention.hold", by=by, subject=made.pk, case_id=case_id, reason=reason)
    return made


@act("retention.lift")
def lift(*, hold_id: UUID, by: Actor) -> LegalHold:
    """End a hold; the terms count again.

    Raises: Refused (403) without the right to erase; Missing when it is lifted, was never there, or its case is sealed.
    """
    policy.require_in_house(by, Act.ERASE)
    sealed = Seal.objects.filter(ended_at=None).values("case_id")
    found = LegalHold.objects.select_for_update().filter(pk=hold_id, lifted_at=None).exclude(case_id__in=sealed).first()
    if found is None:
        raise Missing
    found.lifted_by, found.lifted_at = by.user, by.at
    found.save(update_fields=["lifted_by", "lifted_at"])
    audit.record(event="retention.lift", by=by, subject=found.pk, case_id=found.case_id, reason=found.reason)
    return found


@act("retention.order")
def order(*, digest: str, by: Actor) -> RetentionOrder:
    """Let the lines of the dry run that the officer has just read go, the first 200 of them.

    Args: digest, of the dry run as it was shown. Raises: Refused (403) without the right to erase, (409) with an old second factor, when
    the list is no longer what was read, when it is empty, or while an order is being carried out.
    """
    policy.require_in_house(by, Act.ERASE)
    reasons = []
    if not by.factor_is_fresh:
        reasons.append(_("Give your second factor again first."))
    if RetentionOrder.objects.filter(ended_at=None).exists():
        reasons.append(_("an order is still being carried out: wait until it has ended"))
    standing = first_of(plan(by.at))
    if not standing.going:
        reasons.append(_("nothing is over its term"))
    elif standing.digest != digest:
        reasons.append(_("the list has changed since you read it: read it again"))
    if reasons:
        raise Refused(reasons)
    job = Membership.objects.get(user=by.user, organisation_id=by.organisation_id, role=by.role, ended_at=None)
    made = RetentionOrder.objects.create(ordered_by=job, ordered_at=by.at, digest=digest, lines=[line.key for line in standing.going])
    audit.record(event="retention.order", by=by, subject=made.pk, codes={"lines": len(made.lines)})
    return made


def first_of(found: Plan) -> Plan:
    """As much of a dry run as one order takes: the held lines are only counted in it."""
    return Plan(found.at, found.going[:MOST])


def carry_out(now: datetime) -> int:
    """Carry out what is ordered, line by line; a line that is held, sealed or gone meanwhile stays. Gives how many lines went.

    An errand of the worker, in the name of the officer who ordered it: whoever no longer has that job has no standing order. Cut off in
    the middle, the next run goes on: what went is no longer in the dry run.
    """
    went = 0
    for ordered in RetentionOrder.objects.filter(ended_at=None).select_related("ordered_by__user"):
        job = ordered.ordered_by
        if job.ended_at is None and job.user.is_active and job.role == Role.DATA_PROTECTION_OFFICER:
            went += _carry_out(ordered, actor_of(job, at=now))
        ordered.refresh_from_db()
        ordered.kept, ordered.ended_at = len(ordered.lines) - ordered.done, now
        ordered.save(update_fields=["kept", "ended_at"])
    return went


def _carry_out(ordered: RetentionOrder, by: Actor) -> int:
    wanted = {tuple(key) for key in ordered.lines}
    due = [line for line in plan(by.at).going if tuple(line.key) in wanted]
    for line in due:
        if line.section is None:
            reason = ErasureReason.NOT_IDENTIFIED if line.rule.outcome == "not_confirmed" else ErasureReason.RETENTION
            erasure.erase(person_id=line.person_id, by=by, reason=reason)
            _count(ordered)
        else:
            _remove(line=line, ordered=ordered, by=by)
    return len(due)


def _count(ordered: RetentionOrder) -> None:
    RetentionOrder.objects.filter(pk=ordered.pk).update(done=F("done") + 1)


@act("retention.section")
def _remove(*, line: Line, ordered: RetentionOrder, by: Actor) -> int:
    policy.require_in_house(by, Act.ERASE)
    section = Section(line.section or 0)
    rows = SealedSection.objects.for_house("retention").filter(case_id=line.case_id, person_id=line.person_id, section_bit=int(section))
    removed = rows.delete()[0]
    _count(ordered)
    codes: dict[str, str | int] = {"section": section.code, "rule": line.rule.id, "rows": removed}
    audit.record(event="retention.section", by=by, subject=line.person_id, case_id=line.case_id, codes=codes)
    return removed


def holds() -> list[LegalHold]:
    """The holds in force on cases that are not sealed, the next review first."""
    sealed = Seal.objects.filter(ended_at=None).values("case_id")
    return list(
        LegalHold.objects.filter(lifted_at=None).exclude(case_id__in=sealed).select_related("placed_by").order_by("review_on", "pk")
    )
