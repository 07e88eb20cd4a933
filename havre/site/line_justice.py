"""The justice of the demonstration's line, with the person's consent: advice, inquiry, charge, judgment, compensation."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from havre.justice import services as proceedings
from havre.justice.models import CompensationClaim, Proceeding
from havre.site.demonstration import as_role
from havre.site.line_walk import Walk, accepted, send_on
from havre.trust.enums import Purpose, Role, Section


def run(walk: Walk) -> None:
    """With the person's consent: a lawyer, a complaint, the prosecution, the court; and the claim for compensation."""
    if (at := walk.at(days=4)) is None:
        return
    sections = Section.FACTS | Section.PROTECTION | Section.JUSTICE
    sent = send_on(walk, at, Role.LEGAL_AID, Purpose.JUSTICE, sections, "legal")
    if not accepted(walk, sent, Role.LEGAL_AID, advised := walk.at(days=5), Purpose.JUSTICE) or advised is None:
        return
    claim = _told(walk, advised)
    if (at := walk.at(days=6)) is None:
        return
    sent = send_on(walk, at, Role.INVESTIGATOR, Purpose.JUSTICE, Section.FACTS | Section.JUSTICE, "justice")
    if not accepted(walk, sent, Role.INVESTIGATOR, at := walk.at(days=7)) or at is None:
        return
    _prosecute(walk, _investigate(walk, at, advised))
    _compensate(walk, claim, advised)


def _told(walk: Walk, at: datetime) -> CompensationClaim:
    with as_role(Role.LEGAL_AID, at, Purpose.JUSTICE) as by:
        walk.done["told of compensation"] += 1
        return proceedings.inform(**walk.who, language="eng", by=by)


def _investigate(walk: Walk, at: datetime, advised: datetime) -> Proceeding:
    record: dict[str, Any] = {
        "against": "trafficker",
        "measures": ["pseudonym", "support_person", "no_contact"],
        "threats_assessed_at": at,
        "lawyer_at": advised,
    }
    with as_role(Role.INVESTIGATOR, at) as by:
        opened = proceedings.open_proceeding(**walk.who, record=record, by=by)
        walk.done["inquiries"] += 1
    heard = walk.at(days=9)
    if heard is None:
        return opened
    record = {"informed_at": heard, "language": "eng", "privacy_confirmed": True, "interview_recorded": True}
    with as_role(Role.INVESTIGATOR, heard) as by:
        proceedings.move(proceeding_id=opened.pk, step="interview", record=record, by=by)
    if sent := walk.at(days=14):
        with as_role(Role.INVESTIGATOR, sent) as by:
            opened = proceedings.move(proceeding_id=opened.pk, step="refer", by=by)
        walk.done["referred to the prosecution"] += 1
    return opened


def _prosecute(walk: Walk, opened: Proceeding) -> None:
    steps: tuple[tuple[int, str, dict[str, Any]], ...] = (
        (20, "charge", {}),
        (40, "hear", {"hearing_mode": "closed", "hearing_on": (walk.start + timedelta(days=40)).date()}),
        (60, "judge", {"verdict": "convicted"}),
    )
    for days, step, record in steps:
        if (at := walk.at(days=days)) is None:
            return
        with as_role(Role.PROSECUTOR, at) as by:
            if step == "charge":
                proceedings.add_charge(proceeding_id=opened.pk, iccs="02042", article="Example article 1", by=by)
            proceedings.move(proceeding_id=opened.pk, step=step, record=record, by=by)
        walk.done[{"charge": "charged", "hear": "tried", "judge": "judged"}[step]] += 1


def _compensate(walk: Walk, claim: CompensationClaim, advised: datetime) -> None:
    """Claimed by the lawyer at the person's wish; the fund reads the claim with their consent, awards, and pays in part."""
    if (at := walk.at(days=15)) is None:
        return
    record = {"wanted_at": at, "lawyer_at": advised, "kind": "fund", "claimed": Decimal("4800.00"), "currency": "GHS"}
    with as_role(Role.LEGAL_AID, at, Purpose.JUSTICE) as by:
        proceedings.move_claim(claim_id=claim.pk, step="claim", record=record, by=by)
    walk.done["compensation claimed"] += 1
    sent = send_on(walk, at, Role.COMPENSATION_FUND, Purpose.JUSTICE, Section.JUSTICE, "justice")
    if not accepted(walk, sent, Role.COMPENSATION_FUND, walk.at(days=17)):
        return
    for days, step, paid in ((35, "award", {"awarded": Decimal("3600.00")}), (50, "pay_part", {"paid": Decimal("1200.00")})):
        if (at := walk.at(days=days)) is None:
            return
        with as_role(Role.COMPENSATION_FUND, at) as by:
            proceedings.move_claim(claim_id=claim.pk, step=step, record=paid, by=by)
        walk.done[{"award": "compensation awarded", "pay_part": "compensation paid in part"}[step]] += 1
