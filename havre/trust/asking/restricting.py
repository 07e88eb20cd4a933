"""Services: one person's restriction list (community.dhis2.org/t/5302). Read by the policy in lists, single rows and row-level security."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from havre.trust import audit, grants, policy
from havre.trust.actors import Actor
from havre.trust.acts import act
from havre.trust.asking.queries import persons
from havre.trust.enums import Act, Basis, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import Grant, Holder, Membership, Restriction
from havre.trust.models.accounts import person_holder
from havre.trust.models.grants import RestrictionReason


def require(by: Actor, case_id: UUID) -> None:
    """Whoever may seal the case may close a part of it to somebody. Raises: Missing when the case is not there; Refused (403)."""
    if not policy.decide(by, Act.READ, Section.CASE, case_id).allowed:
        raise Missing
    policy.require(by, Act.SEAL, Section.CASE, case_id)


@act("restriction.place")
def place(*, by: Actor, case_id: UUID, person_id: UUID, holder_id: int, sections: Section, reason: str) -> Restriction:
    """Close sections of one person to a job or a colleague that may read the case; a name granted to that colleague closes at once.

    Raises: Missing; Refused (403, or when it would close the person to oneself); Invalid by field. Source: Convention 108+ art. 7, 9(1)(d).
    """
    require(by, case_id)
    if person_id not in persons(case_id):
        raise Missing
    holder = Holder.objects.filter(pk__in=candidates(by, case_id), pk=holder_id).first()
    problems: dict[str, list[object]] = {}
    if holder is None:
        problems["holder"] = [_("Choose a job that has access to the case, or somebody who holds such a job.")]
    if not sections or sections & Section.CASE:
        problems["sections"] = [_("Choose one section or more. Who must not know of the case at all has a conflict of interest.")]
    if reason not in RestrictionReason.values:
        problems["reason"] = [_("Choose why from the list.")]
    if problems or holder is None:
        raise Invalid(problems)  # type: ignore[arg-type]
    if holder.pk in by.holders:
        raise Refused((_("you would close it to yourself: a colleague with another job places this line"),))
    if Restriction.objects.filter(person_id=person_id, holder=holder, lifted_at=None).exists():
        raise Refused((_("this job or colleague is on the list already: lift that line first, then place it anew"),))
    made = Restriction.objects.create(
        case_id=case_id,
        person_id=person_id,
        holder=holder,
        sections=int(sections),
        reason=reason,
        placed_by=by.user,
        placed_at=by.at,
    )
    if sections & Section.IDENTITY and holder.user_id:
        grants.end(at=by.at, case_id=case_id, person_id=person_id, holder=holder, basis=Basis.IDENTITY_REQUEST)
    codes: dict[str, str | int] = {"sections": int(sections), "holder": holder.pk}
    audit.record(event="restriction.place", by=by, subject=person_id, case_id=case_id, reason=reason, codes=codes)
    return made


@act("restriction.lift")
def lift(*, by: Actor, restriction_id: UUID) -> Restriction:
    """Take one line off a person's list. Raises: Missing; Refused (403), for whoever it was placed against too."""
    found = Restriction.objects.select_for_update(of=("self",)).filter(pk=restriction_id, lifted_at=None).first()
    if found is None:
        raise Missing
    require(by, found.case_id)
    if found.holder_id in by.holders:
        raise Refused((_("this line closes a section to you: a colleague lifts it"),), status=403)
    found.lifted_at, found.lifted_by = by.at, by.user
    found.save(update_fields=["lifted_at", "lifted_by"])
    codes: dict[str, str | int] = {"holder": found.holder_id}
    audit.record(event="restriction.lift", by=by, subject=found.person_id, case_id=found.case_id, codes=codes)
    return found


def of_case(case_id: UUID) -> list[Restriction]:
    """The lines in force in one case, oldest first. One query."""
    rows = Restriction.objects.filter(case_id=case_id, lifted_at=None).select_related("holder__organisation", "holder__user", "placed_by")
    return list(rows.order_by("placed_at"))


def candidates(by: Actor, case_id: UUID) -> list[int]:
    """The holders that a line may name: every job with a live access to the case, and whoever holds such a job."""
    jobs = _jobs(by, case_id)
    for user_id in Membership.objects.filter(_held(jobs), ended_at=None, user__is_active=True).values_list("user_id", flat=True).distinct():
        person_holder(user_id)
    people = Membership.objects.filter(_held(jobs), ended_at=None, user__is_active=True).values("user_id")
    return [job.pk for job in jobs] + list(Holder.objects.filter(user_id__in=people).values_list("pk", flat=True))


def choices(by: Actor, case_id: UUID) -> list[tuple[str, str]]:
    """The same with their words, jobs first."""
    found = Holder.objects.filter(pk__in=candidates(by, case_id)).exclude(pk__in=by.holders).select_related("organisation", "user")
    return [(str(holder.pk), str(holder)) for holder in sorted(found, key=lambda one: (one.user_id is not None, str(one)))]


def _jobs(by: Actor, case_id: UUID) -> list[Holder]:
    live = Grant.objects.filter(case_id=case_id, starts_at__lte=by.at, ends_at__gt=by.at)
    return list(Holder.objects.filter(pk__in=live.values("holder_id"), user=None))


def _held(jobs: list[Holder]) -> Q:
    found = Q(pk=None)
    for job in jobs:
        found |= Q(organisation_id=job.organisation_id, role=job.role)
    return found
