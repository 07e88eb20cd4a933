"""Services: the emergency access. It exists, or people share passwords; it is short, seen by others at once, and reviewed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from havre.trust import audit, grants, policy
from havre.trust.actors import Actor
from havre.trust.acts import act
from havre.trust.contracts import contracts
from havre.trust.enums import Act, Basis, Role, Section
from havre.trust.errors import Missing, Refused
from havre.trust.models import BreakGlass, Conflict, Seal, User
from havre.trust.models.accounts import person_holder

LASTS = timedelta(minutes=60)
REVIEWED_WITHIN = timedelta(hours=72)


class Emergency(models.TextChoices):
    """Why the glass may be broken. A code: the words of it belong into the case."""

    DANGER_TO_LIFE = "danger_to_life", _("Danger to life or safety")
    MEDICAL = "medical_emergency", _("Medical emergency")
    CHILD_AT_RISK = "child_at_risk", _("A child at immediate risk")
    MISSING_PERSON = "missing_person", _("The person has disappeared")


class Verdict(models.TextChoices):
    """What the data-protection officer found."""

    JUSTIFIED = "justified", _("Justified")
    NOT_JUSTIFIED = "not_justified", _("Not justified")


def sections_in_emergency(role: Role) -> Section:
    """What the policy opens to this role on a break-glass, as bits; none for a role that may not break the glass."""
    found = Section(0)
    for (what, section, whose), rule in policy.POLICY.rules.items():
        if what == Act.READ and whose == role and Basis.BREAK_GLASS in rule.bases:
            found |= section
    return found


def find_case(by: Actor, case_ref: str) -> UUID:
    """The case of this reference or id. Raises: Missing, also when it is sealed or when a conflict of interest keeps `by` out of it."""
    case_id = next((found for contract in contracts() if (found := contract.find_case(case_ref)) is not None), None)
    if case_id is None:
        raise Missing
    sealed = Seal.objects.filter(case_id=case_id, ended_at=None).exists()
    if sealed or Conflict.objects.filter(case_id=case_id, holder_id__in=by.holders).exists():
        raise Missing
    return case_id


def reasons_against(by: Actor) -> list[object]:
    """Everything that keeps this actor from breaking the glass now; empty when nothing does."""
    reasons: list[object] = []
    user = User.objects.get(pk=by.user.pk)
    if not policy.may_in_house(by, Act.BREAK_GLASS):
        reasons.append(_("Your role has no emergency access."))
    if user.reduced_until is not None and user.reduced_until > by.at:
        reasons.append(_("Your rights are reduced after a lost second factor."))
    elif not by.factor_is_fresh:
        reasons.append(_("Give your second factor again first."))
    late = BreakGlass.objects.filter(user=user, reviewed_at=None, review_by__lte=by.at).exists()
    if user.suspended_from_break_glass or late:
        reasons.append(
            _("An earlier emergency access was not reviewed in time or not found justified: your data-protection officer decides.")
        )
    return reasons


@act("break_glass")
def break_glass(*, by: Actor, case_ref: str, reason: str) -> BreakGlass:
    """Open one case for 60 minutes to this person, in this role and for this purpose; the team and the officer see it at once.

    Args: case_ref, a reference or a case's id; reason, a code of Emergency. A second call while one is open gives the open one.
    Raises: Refused (403), with every reason; Missing for a case that is not there, sealed, or in conflict: the three look the same.
    Source: Convention 108+ art. 5(2), vital interest.
    """
    reasons = reasons_against(by)
    if reason not in Emergency.values:
        reasons.append(_("Choose why: danger to life, a medical emergency, a child at risk, or a person who has disappeared."))
    if reasons:
        raise Refused(reasons, status=403)  # type: ignore[arg-type]
    case_id = find_case(by, case_ref)
    opened = BreakGlass.objects.filter(user=by.user, case_id=case_id, ends_at__gt=by.at, holder_id=by.personal_id).first()
    if opened is not None:
        return opened
    made = BreakGlass.objects.create(
        case_id=case_id,
        user=by.user,
        holder=person_holder(by.user.pk),
        reason=reason,
        starts_at=by.at,
        ends_at=by.at + LASTS,
        review_by=by.at + REVIEWED_WITHIN,
    )
    grants.give(
        holder=made.holder,
        role=by.role,
        case_id=case_id,
        sections=sections_in_emergency(by.role),
        purpose=by.purpose,
        basis=Basis.BREAK_GLASS,
        source_id=made.pk,
        starts_at=by.at,
        ends_at=made.ends_at,
    )
    audit.record(event="break_glass", by=by, subject=made.pk, case_id=case_id, reason=reason)
    return made


@act("break_glass.close")
def close(*, by: Actor, break_glass_id: UUID) -> BreakGlass:
    """End one's own emergency access before its hour. Raises: Missing."""
    mine = BreakGlass.objects.select_for_update(of=("self",)).filter(pk=break_glass_id, user=by.user, ends_at__gt=by.at).first()
    if mine is None:
        raise Missing
    grants.end(at=by.at, source_id=mine.pk)
    mine.ends_at = by.at
    mine.save(update_fields=["ends_at"])
    audit.record(event="break_glass.close", by=by, subject=mine.pk, case_id=mine.case_id)
    return mine


@act("break_glass.review")
def review(*, by: Actor, break_glass_id: UUID, verdict: str) -> BreakGlass:
    """The data-protection officer judges an emergency access. Not justified: the right is suspended; justified: a suspension for
    lateness alone is lifted.

    Raises: Refused (403) without the right to review, and for one's own; Missing when there is none or it was judged.
    """
    policy.require_in_house(by, Act.REVIEW)
    found = BreakGlass.objects.select_for_update(of=("self",)).filter(pk=break_glass_id, reviewed_at=None).select_related("user").first()
    if found is None:
        raise Missing
    if found.user_id == by.user.pk:
        raise Refused((_("Nobody reviews his or her own emergency access: another officer does."),), status=403)
    if verdict not in Verdict.values:
        raise Refused((_("Say whether it was justified."),))
    found.reviewed_at, found.reviewed_by, found.verdict = by.at, by.user, verdict
    found.save(update_fields=["reviewed_at", "reviewed_by", "verdict"])
    audit.record(event="break_glass.review", by=by, subject=found.pk, case_id=found.case_id, reason=verdict)
    _settle(found.user, at=by.at)
    return found


@act("break_glass.restore")
def restore(*, by: Actor, user_id: UUID) -> User:
    """Give somebody the right back after a talk: every earlier access must be reviewed. Raises: Refused (403), Missing."""
    policy.require_in_house(by, Act.REVIEW)
    user = User.objects.filter(pk=user_id, suspended_from_break_glass=True).first()
    if user is None:
        raise Missing
    reasons = []
    if user.pk == by.user.pk:
        reasons.append(_("Nobody restores his or her own right."))
    if BreakGlass.objects.filter(user=user, reviewed_at=None, review_by__lte=by.at).exists():
        reasons.append(_("An emergency access is still to be reviewed: review it first."))
    if reasons:
        raise Refused(reasons, status=403)
    user.suspended_from_break_glass = False
    user.save(update_fields=["suspended_from_break_glass"])
    audit.record(event="break_glass.restore", by=by, subject=user.pk)
    return user


def suspend_unreviewed(now: datetime) -> int:
    """Suspend whoever has an emergency access that nobody reviewed within 72 hours. The sweep runs it; gives how many were suspended.

    `break_glass` asks the same question itself, so a worker that stands still lets nobody through.
    """
    late = BreakGlass.objects.filter(reviewed_at=None, review_by__lte=now).values("user_id")
    return User.objects.filter(pk__in=late, suspended_from_break_glass=False).update(suspended_from_break_glass=True)


def _settle(user: User, *, at: datetime) -> None:
    """Suspended as long as the last verdict was against the person or an access is still late."""
    mine = BreakGlass.objects.filter(user=user)
    last = mine.exclude(verdict="").order_by("-reviewed_at", "-id").first()
    late = mine.filter(reviewed_at=None, review_by__lte=at).exists()
    against = last is not None and last.verdict == Verdict.NOT_JUSTIFIED
    User.objects.filter(pk=user.pk).update(suspended_from_break_glass=late or against)


def to_tell(actor: Actor) -> Iterable[BreakGlass]:
    """Emergency accesses of the last 72 hours that this actor must hear of: on cases of the team, never his own."""
    recent = BreakGlass.objects.filter(starts_at__gt=actor.at - REVIEWED_WITHIN, starts_at__lte=actor.at).exclude(user=actor.user)
    for glass in recent.select_related("user").order_by("-starts_at"):
        if policy.decide(actor, Act.READ, Section.CASE, glass.case_id).allowed:
            yield glass


def visible(actor: Actor, break_glass_id: UUID) -> BreakGlass:
    """One emergency access, for its user, its reviewer and the case's team. Raises: Missing."""
    glass = BreakGlass.objects.filter(pk=break_glass_id).select_related("user", "reviewed_by").first()
    if glass is None:
        raise Missing
    mine = glass.user_id == actor.user.pk or policy.may_in_house(actor, Act.REVIEW)
    if not mine and not policy.decide(actor, Act.READ, Section.CASE, glass.case_id).allowed:
        raise Missing
    return glass
