"""Services: proposing, approving and carrying out the merger of two organisations."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre.trust import audit, policy
from havre.trust.accounts import rules
from havre.trust.actors import Actor
from havre.trust.acts import act
from havre.trust.contracts import contracts
from havre.trust.enums import Act
from havre.trust.errors import Invalid, Missing, Refused, Words
from havre.trust.merging import moving
from havre.trust.merging.moving import Moved
from havre.trust.models import Conflict, Grant, Holder, Membership, Merger, MergerApproval, Organisation
from havre.trust.models.mergers import MergerState
from havre.trust.policy.rows import When

# a proposal that nobody approves is dropped after this long (project default)
LASTS = timedelta(days=30)


@act("organisation.merge_propose")
def propose(*, by: Actor, first_id: UUID, second_id: UUID) -> Merger:
    """Propose that the first organisation goes on in the second. Nothing moves before two other persons have approved.

    Raises: Missing; Refused (403) unless `by` administers one of the two; Refused with every reason against it; Invalid.
    """
    policy.require_in_house(by, Act.ADMINISTER)
    first, second = _active(first_id), _active(second_id)
    if first.pk == second.pk:
        raise Invalid({"second": [_("Choose another organisation than the one that goes.")]})
    if not any(rules.administers(by, one) for one in (first, second)):
        raise Refused((_("You administer neither of the two organisations."),), status=403)
    reasons = against(first, second, by)
    if Merger.objects.filter(state=MergerState.PROPOSED, first__in=(first, second)).exists():
        reasons.append(_("a merger of one of the two is proposed already: approve it or drop it first"))
    if reasons:
        raise Refused(reasons)
    made = Merger.objects.create(first=first, second=second, proposed_by=by.user, proposed_at=by.at)
    audit.record(event="organisation.merge_propose", by=by, subject=first.pk, codes={"second": str(second.pk)})
    return made


@act("organisation.merge_approve")
def merge_organisations(*, by: Actor, merger_id: UUID) -> Merger:
    """Approve a proposed merger for one of its sides; with the second side's approval it is carried out, all of it in this transaction.

    One head of each organisation approves (another administrator where it has no head), two different persons, the proposer not among them.
    Jobs, accesses, leads, agreements, running periods and offers go on under the second; what happened stays with the first, which is kept
    as merged, and nobody acts in it any more. No key belongs to an organisation: what is sealed stays sealed under each person's own key,
    and opens by the accesses that moved.
    Raises: Missing; Refused with every reason, also when a conflict of interest was recorded since; nothing has then moved.
    """
    found = _open(merger_id)
    side = side_of(found, by)
    if side is None:
        raise Missing
    reasons = list(against(found.first, found.second, by))
    if not by.factor_is_fresh:
        reasons.append(When.FACTOR_STALE.words)
    if by.at - found.proposed_at > LASTS:
        reasons.append(_("the proposal is older than 30 days: drop it and propose it anew"))
    if reasons:
        raise Refused(reasons)
    MergerApproval.objects.create(merger=found, organisation=side, by=by.user, at=by.at)
    audit.record(event="organisation.merge_approve", by=by, subject=found.first_id, codes={"second": str(found.second_id)})
    if found.approvals.count() == 2:
        _carry_out(found, by)
    return found


@act("organisation.merge_drop")
def drop(*, by: Actor, merger_id: UUID) -> Merger:
    """Drop a proposal: by its proposer, or by whoever might approve it. Raises: Missing."""
    found = _open(merger_id)
    if by.user.pk != found.proposed_by_id and side_of(found, by, answered=True) is None:
        raise Missing
    found.state, found.ended_at = MergerState.DROPPED, by.at
    found.save(update_fields=["state", "ended_at"])
    audit.record(event="organisation.merge_drop", by=by, subject=found.first_id, codes={"second": str(found.second_id)})
    return found


def against(first: Organisation, second: Organisation, by: Actor) -> list[Words]:
    """Everything that stands in the way now; empty when nothing does."""
    reasons: list[Words] = []
    if not first.active or not second.active:
        reasons.append(_("one of the two is closed, or was merged already"))
    if first.country != second.country:
        reasons.append(_("the two belong to two countries: an instance merges organisations of one country"))
    barred = 0
    for holder in Holder.objects.filter(organisation=first, user=None):
        held = Grant.objects.filter(holder=holder, ends_at__gt=by.at)
        kept_out = Conflict.objects.filter(holder__organisation=second, holder__role=holder.role, case_id__in=held.values("case_id"))
        barred += kept_out.values("case_id").distinct().count()
    if barred:
        words = _("in %(count)s of its cases a conflict of interest keeps the receiving service out: transfer those elsewhere first")
        reasons.append(words % {"count": barred})
    return reasons


def side_of(merger: Merger, by: Actor, *, answered: bool = False) -> Organisation | None:
    """For which side this actor may approve it; None for the proposer, for a stranger, and once that side or this person has approved."""
    if by.user.pk == merger.proposed_by_id:
        return None
    given = list(merger.approvals.all())
    if not answered and any(one.by_id == by.user.pk for one in given):
        return None
    for side in (merger.first, merger.second):
        open_side = answered or not any(one.organisation_id == side.pk for one in given)
        if open_side and rules.may_second(by, organisation_id=side.pk, person=merger.proposed_by, first_id=merger.proposed_by_id):
            return side
    return None


def _carry_out(merger: Merger, by: Actor) -> None:
    first, second = merger.first, merger.second
    people = list(Membership.objects.filter(organisation=first, ended_at=None).values_list("user_id", flat=True).distinct())
    first.active, first.merged_into, first.merged_at = False, second, by.at
    first.save(update_fields=["active", "merged_into", "merged_at"])
    lines: list[Moved] = [*moving.jobs(first, second, by), *moving.accesses(first, second, people, by), *moving.papers(first, second, by)]
    for contract in contracts():
        lines.extend(Moved(*line) for line in contract.merge(first.pk, second.pk, by))
    merger.report = [asdict(line) for line in lines if line.moved or line.left]
    merger.state, merger.ended_at = MergerState.DONE, by.at
    merger.save(update_fields=["report", "state", "ended_at"])
    codes: dict[str, str | int] = {"second": str(second.pk), "people": len(people)}
    for line in lines:
        if line.moved or line.left:
            codes |= {f"{line.what}_moved": line.moved, f"{line.what}_left": line.left}
    audit.record(event="organisation.merge", by=by, subject=first.pk, codes=codes)


def _active(organisation_id: UUID) -> Organisation:
    found = Organisation.objects.select_for_update().filter(pk=organisation_id, active=True).first()
    if found is None:
        raise Missing
    return found


def _open(merger_id: UUID) -> Merger:
    found = Merger.objects.select_for_update(of=("self",)).filter(pk=merger_id, state=MergerState.PROPOSED)
    merger = found.select_related("first", "second", "proposed_by").first()
    if merger is None:
        raise Missing
    # two mergers at once wait for each other on the organisations' rows
    list(Organisation.objects.select_for_update().filter(pk__in=(merger.first_id, merger.second_id)).order_by("pk"))
    return merger
