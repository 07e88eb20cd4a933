"""What justice puts on a case's timeline: proceedings and what hangs on them, by pseudonym, each for those alone who may open its page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from havre.justice.models import (
    Charge,
    CompensationClaim,
    Custody,
    Proceeding,
    Sentence,
    WageCalculation,
)
from havre.justice.services.records import KINDS
from havre.justice.workflow import CUSTODIANS, PROFESSIONALS
from havre.trust.contracts import Panel
from havre.trust.enums import Section
from havre.trust.errors import Words
from havre.trust.moments import Line, Mark, Moment, Reading


def _hearing(one: Moment) -> str:
    """What a hearing is for, where it stands, and whether something protects the person there: what it is stands on its own page."""
    said = [str(one.said("purpose")), str(one.said("status"))]
    return ", ".join([*said, gettext("with protection measures")] if one.measures else said)


def _protected(one: Moment) -> Words:
    return _("Protection measures for the person") if one.measures else ""


def _of(code: str, icon: str, *marks: Mark, facts: tuple[str, ...] = ()) -> Line:
    """A record of a proceeding, for the readers of its kind; it leads to the page of its kind of that proceeding."""
    kind = KINDS[code]
    return Line(kind.model, icon, marks, facts=facts, roles=kind.readers, page=f"justice:{code}", of="proceeding_id")


LINES: tuple[Line, ...] = (
    Line(
        Proceeding, "doc",
        (
            Mark("opened_at", _("Inquiry opened"), ("pseudonym",)),
            Mark("informed_at", _("The person was told of their rights in the proceedings"), ("pseudonym",)),
            Mark("threats_assessed_at", _protected, ("pseudonym",)),
            Mark("lawyer_at", _("Lawyer alerted"), ("pseudonym",)),
            Mark("charged_at", _("Charged"), ("pseudonym",)),
            Mark("non_punishment_asked_at", _("Non-punishment asked for"), ("pseudonym",)),
            Mark("judged_at", _("Judged"), ("pseudonym", "verdict")),
            Mark("closed_at", _("Proceeding closed"), ("pseudonym", "close_reason")),
        ),
        facts=("status", "measures"), page="justice:proceeding",
    ),
    Line(Charge, "doc", (Mark("charged_on", _("Offence added"), ("article", "verdict")),), page="justice:proceeding", of="proceeding_id"),
    Line(
        CompensationClaim, "doc",
        (
            Mark("informed_at", _("Told of compensation"), ("pseudonym",)),
            Mark("wanted_at", _("The person wants to claim"), ("pseudonym", "kind")),
            Mark("rejected_at", _("Claim rejected"), ("pseudonym", "rejected_because")),
            Mark("awarded_at", _("Compensation awarded"), ("pseudonym", "awarded", "currency")),
            Mark("paid_at", _("Compensation paid"), ("pseudonym", "paid", "currency")),
        ),
        facts=("status",), page="justice:claim",
    ),
    Line(
        WageCalculation, "chart", (Mark("made_at", _("Lost wages calculated"), ("total", "currency")),),
        roles=PROFESSIONALS, page="justice:wages", of="claim_id",
    ),
    Line(Sentence, "doc", (Mark("imposed_on", _("Penalty"), ("kind",)),), page="justice:proceeding", of="proceeding_id"),
    _of("suspects", "person", Mark("recorded_at", _("Suspect added"), ("pseudonym", "role", "status")),
        Mark("detained_at", _("Suspect detained"), ("pseudonym",)), Mark("decided_on", _("Suspect: decision"), ("pseudonym", "status"))),
    _of("hearings", "clock", Mark("starts_at", pgettext_lazy("before a court", "Hearing"), _hearing), facts=("purpose", "status", "measures")),
    _of("assets", "doc", Mark("recorded_at", _("Asset added"), ("kind", "status")), Mark("frozen_on", _("Asset frozen"), ("kind",)),
        Mark("confiscated_on", _("Asset confiscated"), ("kind",))),
    _of("requests", "warn", Mark("flagged_at", _("May not be punished: flagged"), ("ground",)),
        Mark("asked_at", _("Non-punishment: put to the prosecutor"), ("ground",)), Mark("answered_at", _("Non-punishment: answer"), ("status",)),
        Mark("reviewed_at", _("Non-punishment: review decided"), ("status",))),
    _of("assistance", "out", Mark("recorded_at", _("Request abroad prepared"), ("kind", "country")),
        Mark("sent_on", _("Request abroad sent"), ("kind", "country")), Mark("answered_on", _("Request abroad answered"), ("kind", "status"))),
    _of("exhibits", "lock", Mark("taken_at", _("Exhibit taken into custody"), ("number", "kind", "status"))),
    Line(Custody, "swap", (
        Mark("starts_at", _("Exhibit: held by"), ("exhibit__number", "organisation__name")),
        Mark("offered_at", _("Exhibit: handed over to"), ("exhibit__number", "offered_to__name")),
    ), roles=CUSTODIANS),
    _of("links", "board", Mark("recorded_at", _("A link of the network noted"), ("kind", "status")),
        Mark("judged_at", _("A link of the network judged"), ("kind", "status"))),
)  # fmt: skip


def lines() -> Iterable[Line]:
    """Proceedings, offences, claims, and each kind of record of a proceeding."""
    return LINES


def sheets(reading: Reading) -> Iterator[Panel]:
    """Proceedings and claims of a case, by pseudonym."""
    tracks = sorted(reading.moments_of(Proceeding), key=lambda one: one.opened_at, reverse=True)
    asked = sorted(reading.moments_of(CompensationClaim), key=lambda one: one.informed_at, reverse=True)
    if tracks or asked:
        yield Panel("justice", _("Justice"), "justice/_panel.html", {"proceedings": tracks, "claims": asked}, Section.JUSTICE)
