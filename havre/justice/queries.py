"""Reads of justice: whatever leaves here speaks of a pseudonym."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from havre.justice.enums import ClaimStatus, Stage
from havre.justice.enums_records import AskStatus
from havre.justice.models import Charge, CompensationClaim, NonPunishmentRequest, Proceeding
from havre.justice.workflow import ALERT, ANSWER, ENFORCE, LAWYER, LIMITATION, OPENERS, PROFESSIONALS
from havre.trust import clocks
from havre.trust.actors import Actor
from havre.trust.contracts import CaseAct, Entry, Panel, Waiting
from havre.trust.enums import Role, Section
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


def compose(actor: Actor, case: Any) -> tuple[list[Entry], list[Panel]]:
    """The thread and the panel in one reading."""
    tracks, asked = proceedings(actor, case.pk), claims(actor, case.pk)
    return list(_entries(tracks, asked)), list(_panels(tracks, asked))


def timeline(actor: Actor, case_id: UUID) -> Iterable[Entry]:
    """What justice adds to a case's timeline."""
    return _entries(proceedings(actor, case_id), claims(actor, case_id))


def panels(actor: Actor, case_id: UUID) -> Iterable[Panel]:
    """Proceedings and claims of a case, by pseudonym."""
    return _panels(proceedings(actor, case_id), claims(actor, case_id))


def acts(actor: Actor, case_id: UUID, person_id: UUID, _shown: frozenset[str]) -> Iterable[CaseAct]:
    """An inquiry, or the record that the person was told of compensation."""
    if actor.role in PROFESSIONALS:
        yield CaseAct(
            _("New proceeding") if actor.role in OPENERS else _("Compensation"), reverse("justice:new", args=[case_id, person_id]), "doc"
        )


def _entries(tracks: list[Proceeding], asked: list[CompensationClaim]) -> Iterator[Entry]:
    for one in tracks:
        marks = (
            (one.opened_at, _("Inquiry opened")),
            (one.charged_at, _("Charged")),
            (one.non_punishment_asked_at, _("Non-punishment asked for")),
            (one.judged_at, _("Judged")),
            (one.closed_at, _("Proceeding closed")),
        )
        for at, title in marks:
            if at:
                yield Entry(at, title, one.pseudonym, "doc", Section.JUSTICE)
    for claim in asked:
        yield Entry(claim.informed_at, _("Told of compensation"), claim.pseudonym, "doc", Section.JUSTICE)


def _panels(tracks: list[Proceeding], asked: list[CompensationClaim]) -> Iterator[Panel]:
    if tracks or asked:
        yield Panel("justice", _("Justice"), "justice/_panel.html", {"proceedings": tracks, "claims": asked}, Section.JUSTICE)


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


def dossier(actor: Actor, case_id: UUID) -> Iterable[tuple[str, dict[str, Any]]]:
    """What the person's own copy holds of justice."""
    for one in proceedings(actor, case_id):
        yield (
            "proceeding",
            {
                "pseudonym": one.pseudonym,
                "stage": one.status,
                "opened_at": one.opened_at,
                "interviews": one.interviews,
                "non_punishment": one.non_punishment or None,
                "verdict": one.verdict or None,
            },
        )
    for claim in claims(actor, case_id):
        yield (
            "claim",
            {"status": claim.status, "claimed": claim.claimed, "awarded": claim.awarded, "paid": claim.paid, "currency": claim.currency},
        )


def extract() -> Iterable[tuple[str, Iterable[dict[str, Any]]]]:
    """Coded columns only."""
    yield (
        "proceeding",
        (
            {
                "case_id": str(one.case_id),
                "person_id": str(one.person_id),
                "stage": one.status,
                "against": one.against,
                "verdict": one.verdict or None,
                "non_punishment": one.non_punishment or None,
                "interviews": one.interviews,
                "opened_on": one.opened_at.date(),
                "charged_on": one.charged_at.date() if one.charged_at else None,
                "judged_on": one.judged_at.date() if one.judged_at else None,
            }
            for one in Proceeding.objects.for_house("extract").order_by("pk").iterator()
        ),
    )
    yield (
        "charge",
        (
            {"case_id": str(one.case_id), "proceeding_id": str(one.proceeding_id), "iccs": one.iccs, "verdict": one.verdict or None}
            for one in Charge.objects.for_house("extract").order_by("pk").iterator()
        ),
    )
    yield (
        "claim",
        (
            {
                "case_id": str(one.case_id),
                "person_id": str(one.person_id),
                "status": one.status,
                "kind": one.kind or None,
                "currency": one.currency or None,
                "claimed": one.claimed,
                "awarded": one.awarded,
                "paid": one.paid,
                "informed_on": one.informed_at,
                "awarded_on": one.awarded_at,
                "paid_on": one.paid_at,
            }
            for one in CompensationClaim.objects.for_house("extract").order_by("pk").iterator()
        ),
    )
