"""Reads of justice: whatever leaves here speaks of a pseudonym."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from havre.justice.enums import ClaimStatus, Stage
from havre.justice.models import Charge, CompensationClaim, Proceeding
from havre.justice.workflow import ENFORCE, LAWYER, PROFESSIONALS
from havre.trust import clocks
from havre.trust.actors import Actor
from havre.trust.contracts import CaseAct, Entry, Panel, Waiting
from havre.trust.enums import Role, Section
from havre.trust.errors import Words


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
        yield CaseAct(_("New proceeding"), reverse("justice:new", args=[case_id, person_id]), "doc")


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
    rows = Proceeding.objects.visible_to(actor).filter(against="person", status=Stage.CHARGED).order_by("charged_at")[:20]
    found = list(rows)
    due = clocks.due_by_subject([one.pk for one in found], LAWYER.name)
    for one in found:
        url = reverse("justice:proceeding", args=[one.pk])
        if one.lawyer_at is None and actor.role in {Role.LEGAL_AID, Role.PROSECUTOR}:
            yield Waiting(_("%(who)s: alert a lawyer") % {"who": one.pseudonym}, url, due.get(one.pk), LAWYER.title, urgent=True)
        if one.non_punishment_asked_at and not one.non_punishment and actor.role == Role.PROSECUTOR:
            yield Waiting(_("%(who)s: answer the request for non-punishment") % {"who": one.pseudonym}, url)


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
