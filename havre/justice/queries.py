"""Reads of justice: whatever leaves here speaks of a pseudonym."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from havre.justice.enums import ClaimStatus, Stage
from havre.justice.enums_records import AskStatus
from havre.justice.models import CompensationClaim, NonPunishmentRequest, Proceeding
from havre.justice.workflow import ALERT, ANSWER, ENFORCE, LAWYER, LIMITATION, OPENERS, PROFESSIONALS
from havre.trust import clocks
from havre.trust.actors import Actor
from havre.trust.contracts import CaseAct, Waiting
from havre.trust.enums import Role
from havre.trust.errors import Words

# days after an award: it is said again
REMINDERS = (30, 90, 180)


def proceedings(actor: Actor, case_id: UUID | None = None) -> list[Proceeding]:
    """The proceedings this actor may read, newest first, at most two hundred."""
    mine = Proceeding.objects.visible_to(actor)
    return list((mine.filter(case_id=case_id) if case_id else mine).order_by("-opened_at")[:200])


def claims(actor: Actor, case_id: UUID | None = None) -> list[CompensationClaim]:
    """The claims this actor may read, newest first, at most two hundred."""
    mine = CompensationClaim.objects.visible_to(actor)
    return list((mine.filter(case_id=case_id) if case_id else mine).order_by("-informed_at")[:200])


def acts(actor: Actor, case_id: UUID, person_id: UUID, _shown: frozenset[str]) -> Iterable[CaseAct]:
    """An inquiry, or the record that the person was told of compensation."""
    if actor.role in PROFESSIONALS:
        yield CaseAct(
            _("New proceeding") if actor.role in OPENERS else _("Compensation"), reverse("justice:new", args=[case_id, person_id]), "doc"
        )


# whose step it is: role -> (model, states, words)
_TURNS: dict[Role, tuple[tuple[Any, tuple[str, ...], Words], ...]] = {
    Role.INVESTIGATOR: ((Proceeding, (Stage.INQUIRY,), _("%(who)s: the inquiry goes on")),),
    Role.PROSECUTOR: (
        (Proceeding, (Stage.INQUIRY,), _("%(who)s: decide whether to charge")),
        (Proceeding, (Stage.CHARGED,), _("%(who)s: open the trial")),
        (Proceeding, (Stage.TRIED,), _("%(who)s: record the judgment")),
    ),
    Role.LEGAL_AID: ((CompensationClaim, (ClaimStatus.INFORMED,), _("%(who)s: ask whether the person claims")),),
    Role.COMPENSATION_FUND: (
        (CompensationClaim, (ClaimStatus.CLAIMED,), _("%(who)s: decide on the claim")),
        (CompensationClaim, (ClaimStatus.AWARDED, ClaimStatus.PART_PAID), _("%(who)s: pay what was awarded")),
    ),
}


def _steps_waiting(actor: Actor) -> Iterable[Waiting]:
    """The next step of each proceeding or claim whose turn is this role's, ten of a kind; an award has its date of payment."""
    for model, states, words in _TURNS.get(actor.role, ()):
        order = "opened_at" if model is Proceeding else "informed_at"
        rows = model.objects.visible_to(actor).filter(status__in=states).order_by(order)
        # what is held against the person concerned has lines of its own, below
        found = list((rows.exclude(against="person", status=Stage.CHARGED) if model is Proceeding else rows)[:10])
        due = clocks.due_by_subject([one.pk for one in found], ENFORCE.name) if model is CompensationClaim else {}
        name = "justice:proceeding" if model is Proceeding else "justice:claim"
        for one in found:
            yield Waiting(words % {"who": one.pseudonym}, reverse(name, args=[one.pk]), due_at=due.get(one.pk))


def waiting(actor: Actor) -> Iterable[Waiting]:
    """Charges against a person who may be a victim: the lawyer, and the request that has no answer."""
    if actor.role not in PROFESSIONALS:
        return
    yield from _steps_waiting(actor)
    yield from _requests_waiting(actor)
    yield from _claims_waiting(actor)
    rows = Proceeding.objects.visible_to(actor).filter(against="person", status=Stage.CHARGED).order_by("charged_at")[:20]
    found = list(rows)
    due = clocks.due_by_subject([one.pk for one in found], LAWYER.name)
    for one in found:
        url = reverse("justice:proceeding", args=[one.pk])
        if one.lawyer_at is None and actor.role in {Role.LEGAL_AID, Role.PROSECUTOR}:
            yield Waiting(_("%(who)s: alert a lawyer") % {"who": one.pseudonym}, url, due.get(one.pk), LAWYER.title, urgent=True)
        if one.non_punishment_asked_at and not one.non_punishment and actor.role == Role.PROSECUTOR:
            yield Waiting(_("%(who)s: answer the request for non-punishment") % {"who": one.pseudonym}, url)


def _requests_waiting(actor: Actor) -> Iterable[Waiting]:
    """Non-punishment: the alert of the day of the flag for lawyer and prosecutor, then the answer before the next hearing."""
    if actor.role not in {Role.LEGAL_AID, Role.PROSECUTOR}:
        return
    lawyer = actor.role == Role.LEGAL_AID
    mine = NonPunishmentRequest.objects.visible_to(actor).select_related("proceeding").order_by("flagged_at")
    unseen = mine.filter(status=AskStatus.FLAGGED, **{"lawyer_alerted_at" if lawyer else "prosecutor_alerted_at": None})
    for one in unseen[:10]:
        due = clocks.due_by_subject([one.pk], ALERT.name).get(one.pk)
        words = _("%(who)s: may not be punished, look at it today") % {"who": one.proceeding.pseudonym}
        yield Waiting(words, reverse("justice:requests", args=[one.proceeding_id]), due, ALERT.title, urgent=True)
    if not lawyer:
        asked = list(mine.filter(status__in=[AskStatus.ASKED, AskStatus.REVIEWED])[:10])
        due_at = clocks.due_by_subject([one.pk for one in asked], ANSWER.name)
        for one in asked:
            words = _("%(who)s: answer the request for non-punishment") % {"who": one.proceeding.pseudonym}
            yield Waiting(words, reverse("justice:requests", args=[one.proceeding_id]), due_at.get(one.pk), ANSWER.title, urgent=True)


# how long before the last day to claim it is said
SOON = timedelta(days=60)


def _claims_waiting(actor: Actor) -> Iterable[Waiting]:
    """Claims whose last day comes near, and awards that nobody has paid after 30, 90 and 180 days."""
    if actor.role == Role.LEGAL_AID:
        near = actor.at.date() + SOON
        mine = CompensationClaim.objects.visible_to(actor).filter(status=ClaimStatus.INFORMED, limitation_on__lte=near)
        found = list(mine.order_by("limitation_on")[:10])
        due = clocks.due_by_subject([one.pk for one in found], LIMITATION.name)
        for one in found:
            words = _("%(who)s: the claim ends with its last day") % {"who": one.pseudonym}
            yield Waiting(words, reverse("justice:claim", args=[one.pk]), due.get(one.pk), LIMITATION.title, urgent=True)
    if actor.role in {Role.LEGAL_AID, Role.PROSECUTOR, Role.COMPENSATION_FUND}:
        unpaid = CompensationClaim.objects.visible_to(actor).filter(
            status__in=[ClaimStatus.AWARDED, ClaimStatus.PART_PAID], awarded_at__lte=actor.at - timedelta(days=REMINDERS[0])
        )
        for one in unpaid.order_by("awarded_at")[:10]:
            days = (actor.at - one.awarded_at).days
            passed = max(limit for limit in REMINDERS if limit <= days)
            words = _("%(who)s: awarded and not paid for more than %(days)s days") % {"who": one.pseudonym, "days": passed}
            yield Waiting(words, reverse("justice:claim", args=[one.pk]), urgent=passed > REMINDERS[0])
