"""The line of the demonstration: made-up persons taken from screening to judgment, by the services that do it for anybody.

Each act is done by the account whose job it is, at its own moment over the last ninety days; a step that lies in the future waits.
"""

from __future__ import annotations

import random
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from havre.justice import services as proceedings
from havre.justice.models import CompensationClaim, Proceeding
from havre.protection import indicators
from havre.protection.models import AssistancePlan, Identification
from havre.protection.services import assistance, care, identification
from havre.protection.services import screening as screenings
from havre.referral import services as referrals
from havre.register import notes
from havre.register import services as register
from havre.register.enums import ConsentGiver, ConsentState, Explained
from havre.site.demonstration import as_role
from havre.trust.enums import Purpose, Role, Section
from havre.trust.models import Membership, Organisation

Progress = Callable[[str, int, int], None]
# who meets the persons, in turn; the border service goes on with its own, the others ask its case managers
OTHER_DOORS = {6: Role.HELPLINE, 13: Role.LABOUR_INSPECTOR}
GIVEN_NAMES = ("Ama", "Kofi", "Esi", "Yaw", "Abena", "Kwame")
CHILD = {"best_interests_at", "child_heard_at", "guardian_named_at"}


@dataclass(slots=True)
class Walk:
    """One person on the way: when it began, what came of it."""

    draw: random.Random
    number: int
    start: datetime
    now: datetime
    done: Counter[str]
    child: bool = False
    case_id: UUID | None = None
    person_id: UUID | None = None

    def at(self, **span: float) -> datetime | None:
        """A moment after the beginning, or None when it is still to come."""
        moment = self.start + timedelta(**span)
        return moment if moment < self.now else None

    @property
    def who(self) -> dict[str, Any]:
        return {"case_id": self.case_id, "person_id": self.person_id}

    def child_record(self, at: datetime) -> dict[str, Any]:
        """What the steps on a child rest on (RG13)."""
        return dict.fromkeys(CHILD, at) if self.child else {}


def run(persons: int, *, now: datetime, seed: int = 2026, progress: Progress = lambda _name, _done, _all: None) -> Counter[str]:
    """Take `persons` made-up persons down the whole line. Gives how many took each step, by its name."""
    draw, done = random.Random(seed), Counter[str]()
    for number in range(persons):
        # some arrived in the last two days: their answers are still awaited
        days = 0 if number % 5 == 4 else draw.randrange(2, 150)
        start = now - timedelta(days=days, hours=draw.randrange(26, 44))
        take(Walk(draw, number, start, now, done, child=number % 7 == 3))
        progress("line", number + 1, persons)
    return done


def take(walk: Walk) -> None:
    """One person, as far as the calendar allows."""
    door = OTHER_DOORS.get(walk.number % 14, Role.FIRST_RESPONDER)
    found = _screen(walk, door)
    if found is None:
        return
    if door != Role.FIRST_RESPONDER:
        _ask_case_managers(walk, door)
        return
    _identify(walk, found)
    plan = _help(walk)
    if plan is None:
        return
    _shelter(walk)
    _plan(walk, plan)
    if walk.number % 3 == 0:
        _health(walk)
    if walk.child:
        _guardian(walk)
    elif walk.number % 2 == 0:
        _justice(walk)


def _conditions(at: datetime) -> dict[str, Any]:
    return {
        "information_given_at": at,
        "language": "eng",
        "interpreter": False,
        "privacy_confirmed": True,
        "safety_level": "low",
        "medical_need": False,
    }


def _screen(walk: Walk, door: Role) -> Identification | None:
    draw, at = walk.draw, walk.start
    profile = "child_labour" if walk.child else "adult_labour"
    situation = "workplace" if door == Role.LABOUR_INSPECTOR else "first_contact"
    put = indicators.cards(situation, profile)
    answers = [
        screenings.Given(one.code, draw.choice(["yes", "yes", "no", "not_recorded"]), "said")
        for one in draw.sample(list(put), min(6, len(put)))
    ]
    age = draw.randrange(12, 18) if walk.child else draw.randrange(19, 55)
    purpose = None if door == Role.HELPLINE else Purpose.IDENTIFICATION
    with as_role(door, at, purpose) as by:
        made = screenings.screen(
            by=by,
            situation=situation,
            profile=profile,
            answers=answers,
            conditions=_conditions(at),
            person={"gender": draw.choice(["Feminine", "Masculine"]), "age_on_opening": age, "age_basis": "stated", "languages": ["eng"]},
            happened_at=at,
            kept_because="agreed",
            identity={"prs_FirstName": draw.choice(GIVEN_NAMES), "prs_SecondName": f"Example-{secrets.token_hex(2)}"},
            urgent=walk.number % 9 == 4,
        )
        walk.case_id, walk.person_id = made.case_id, made.person_id
        walk.done["screened"] += 1
        presumed = walk.number % 4 != 1
        outcome = "presumed_victim_reasonable_grounds" if presumed else made.suggested
        if walk.number % 11 == 10:
            # left for the officer to confirm
            return None
        screenings.confirm(screening_id=made.pk, outcome=outcome, by=by)
        found = Identification.objects.visible_to(by).filter(case_id=made.case_id).first()
        if found is None or not presumed:
            return None
        if door == Role.FIRST_RESPONDER:
            identification.move(identification_id=found.pk, step="presume", by=by, anyway="urgent")
            walk.done["presumed"] += 1
        return found


def _ask_case_managers(walk: Walk, door: Role) -> None:
    """A front line without case managers of its own asks those of the border service, and the answer is awaited."""
    at = walk.now - timedelta(hours=3)
    purpose = Purpose.PROTECTION if door == Role.HELPLINE else Purpose.IDENTIFICATION
    with as_role(door, at, purpose) as by:
        receiver = Organisation.objects.get(code="demo-border")
        _refer(walk, by, at, receiver, Role.CASE_MANAGER, purpose, Section.SCREENING | Section.FACTS, "social", urgent=True)


def _identify(walk: Walk, found: Identification) -> None:
    at = walk.at(days=1)
    if at is None:
        return
    with as_role(Role.IDENTIFICATION_AUTHORITY, at) as by:
        answer = walk.draw.choice(["accepted", "accepted", "refused"])
        record = {"foreign_national": False, "recovery_offered_at": at, "recovery_answer": answer}
        identification.move(identification_id=found.pk, step="open_recovery", by=by, record=record)
    at = walk.at(days=walk.draw.randrange(35, 70))
    if at is None:
        return
    declines = walk.number % 8 == 7
    members = [
        {"organisation": str(Organisation.objects.get(code=code).pk), "profession": profession}
        for code, profession in (("demo-team", "social"), ("demo-police", "police"))
    ]
    record = {
        "body": "multidisciplinary_team",
        "members": members,
        "trained_member": True,
        "reason": "no_exploitation" if declines else "indicators",
        "notice_at": at,
        **walk.child_record(at),
    }
    with as_role(Role.IDENTIFICATION_AUTHORITY, at) as by:
        for element in ("act", "means", "purpose"):
            piece = {"element": element, "speaks": "nothing" if declines else "for", "source": "account"}
            care.open_record(kind="evidence", **walk.who, record=piece, by=by)
        identification.move(identification_id=found.pk, step="decline" if declines else "confirm", by=by, record=record)
    walk.done["decided"] += 1
    if declines and (at := _later(at, walk.now, days=3)):
        with as_role(Role.CASE_MANAGER, at, Purpose.PROTECTION) as by:
            identification.move(identification_id=found.pk, step="ask_review", by=by)


def _later(moment: datetime, now: datetime, **span: float) -> datetime | None:
    after = moment + timedelta(**span)
    return after if after < now else None


def _help(walk: Walk) -> AssistancePlan | None:
    """Urgent help, with what the person needs, in the person's own order."""
    at = walk.at(hours=20)
    if at is None:
        return None
    with as_role(Role.CASE_MANAGER, at, Purpose.PROTECTION) as by:
        plan = assistance.start_help(**walk.who, needs=["safe_housing", "medical"], by=by)
        assistance.assess_risk(**walk.who, level="medium", threats=["trafficker_near", "debt"], with_person=True, by=by)
        assistance.offer_service(plan_id=plan.pk, kind="SocialCare", need="safe_housing", informed=True, by=by)
        assistance.offer_service(plan_id=plan.pk, kind="Health", need="medical", informed=True, by=by)
        words = "Made-up note. Safe for tonight; wants to speak to a lawyer before anything else."
        notes.add(**walk.who, section=Section.PROTECTION, happened_at=at, words=words, by=by)
    walk.done["helped"] += 1
    return plan


def _plan(walk: Walk, plan: AssistancePlan) -> None:
    """The plan is proposed, accepted, and its services begin; the oldest go over to follow-up."""
    at = walk.at(days=3)
    if at is None:
        return
    with as_role(Role.CASE_MANAGER, at, Purpose.PROTECTION) as by:
        assistance.offer_service(plan_id=plan.pk, kind="Legal", need="legal", informed=True, by=by)
        assistance.move_plan(plan_id=plan.pk, step="propose", record={"informed_at": at, "free_to_come_and_go": True}, by=by)
        record = {"answered_at": at, **walk.child_record(at)}
        assistance.move_plan(plan_id=plan.pk, step="accept", record=record, by=by)
        for service in list(plan.services.visible_to(by).order_by("proposed_at", "pk")):
            if service.need == "legal" and walk.number % 4 == 0:
                assistance.move_service(service_id=service.pk, step="refuse", reason="person_choice", by=by)
                continue
            assistance.move_service(service_id=service.pk, step="accept", by=by)
            assistance.move_service(service_id=service.pk, step="begin", by=by)
    walk.done["plans accepted"] += 1
    at = walk.at(days=32)
    if at is None:
        return
    with as_role(Role.CASE_MANAGER, at, Purpose.PROTECTION) as by:
        record = {"free_to_come_and_go": True, "threats_reviewed_at": at}
        assistance.move_plan(plan_id=plan.pk, step="review", record=record, by=by)
        if walk.start < walk.now - timedelta(days=75):
            record = {"exit_plan_at": at, **walk.child_record(at)}
            assistance.move_plan(plan_id=plan.pk, step="follow_up", record=record, by=by)


def _refer(
    walk: Walk,
    by: Any,
    at: datetime,
    receiver: Organisation,
    role: Role,
    purpose: Purpose,
    sections: Section,
    need: str,
    *,
    urgent: bool = False,
) -> UUID:
    """Ask the person, write their answer down, and offer the referral."""
    consent = register.record_consent(
        by=by,
        **walk.who,
        state=ConsentState.GIVEN,
        purpose=purpose,
        recipient_id=receiver.pk,
        recipient_role=role,
        sections=sections | Section.CASE,
        ends_at=at + timedelta(days=180),
        language="eng",
        given_by=ConsentGiver.GUARDIAN if walk.child else ConsentGiver.PERSON,
        child_heard=walk.child,
        explained=[Explained.HELP_STAYS, Explained.MAY_WITHDRAW, Explained.WHO_READS, Explained.HOW_LONG],
    )
    sent = referrals.prepare(
        **walk.who,
        receiver_id=receiver.pk,
        receiver_role=role,
        purpose=purpose,
        sections=sections,
        need=need,
        asked_until=at + timedelta(days=150),
        urgent=urgent,
        by=by,
        consent_id=consent.pk,
        child=walk.child_record(at),
    )
    referrals.offer(referral_id=sent.pk, by=by)
    walk.done["referred"] += 1
    return sent.pk


def _sent(walk: Walk, at: datetime, role: Role, purpose: Purpose, sections: Section, need: str) -> UUID:
    """A referral by the case manager to the service whose account has this role."""
    place = Membership.objects.select_related("organisation").get(user__username=role.value, ended_at=None).organisation
    with as_role(Role.CASE_MANAGER, at, Purpose.PROTECTION) as by:
        return _refer(walk, by, at, place, role, purpose, sections, need)


def _accepted(walk: Walk, sent: UUID, role: Role, at: datetime | None, purpose: Purpose | None = None) -> bool:
    """The receiver sees it, accepts and starts, when its moment has come."""
    if at is None:
        return False
    with as_role(role, at, purpose) as by:
        referrals.acknowledge(referral_id=sent, by=by)
        referrals.accept(referral_id=sent, no_conflict=True, by=by)
        referrals.start(referral_id=sent, by=by)
    walk.done["referrals accepted"] += 1
    return True


def _shelter(walk: Walk) -> None:
    sent = _sent(walk, walk.start + timedelta(hours=21), Role.SHELTER, Purpose.PROTECTION, Section.PROTECTION | Section.IDENTITY, "shelter")
    answer = walk.at(hours=21 + walk.draw.randrange(3, 20))
    if answer is None:
        return
    if walk.number % 10 == 2:
        with as_role(Role.SHELTER, answer) as by:
            referrals.acknowledge(referral_id=sent, by=by)
            referrals.decline(referral_id=sent, reason="full", by=by)
        return
    _accepted(walk, sent, Role.SHELTER, answer)
    if (at := walk.at(days=45)) is None:
        return
    with as_role(Role.SHELTER, at) as by:
        referrals.complete(referral_id=sent, outcome="help_given", by=by)
    walk.done["outcomes back at the sender"] += 1
    if walk.number % 3 and (told := _later(at, walk.now, days=2)):
        with as_role(Role.CASE_MANAGER, told, Purpose.PROTECTION) as by:
            referrals.tell_person(referral_id=sent, by=by)


def _health(walk: Walk) -> None:
    if (at := walk.at(hours=26)) is None:
        return
    sections = Section.PROTECTION | Section.HEALTH
    sent = _sent(walk, at, Role.HEALTH, Purpose.PROTECTION, sections, "medical")
    if _accepted(walk, sent, Role.HEALTH, answer := walk.at(hours=30)) and answer:
        with as_role(Role.HEALTH, answer) as by:
            words = "Made-up note. Examined at the person's own wish; to come back in a week."
            notes.add(**walk.who, section=Section.HEALTH, happened_at=answer, words=words, by=by)


def _guardian(walk: Walk) -> None:
    for hours, role in ((27, Role.GUARDIAN), (28, Role.CHILD_PROTECTION)):
        if (at := walk.at(hours=hours)) is None:
            return
        sections = Section.PROTECTION | Section.FACTS if role == Role.CHILD_PROTECTION else Section.PROTECTION
        sent = _sent(walk, at, role, Purpose.PROTECTION, sections, "child")
        _accepted(walk, sent, role, walk.at(hours=hours + 8))


def _justice(walk: Walk) -> None:
    """With the person's consent: a lawyer, a complaint, the prosecution, the court; and the claim for compensation."""
    if (at := walk.at(days=4)) is None:
        return
    sections = Section.FACTS | Section.PROTECTION | Section.JUSTICE
    sent = _sent(walk, at, Role.LEGAL_AID, Purpose.JUSTICE, sections, "legal")
    if not _accepted(walk, sent, Role.LEGAL_AID, advised := walk.at(days=5), Purpose.JUSTICE) or advised is None:
        return
    claim = _told(walk, advised)
    if (at := walk.at(days=6)) is None:
        return
    sent = _sent(walk, at, Role.INVESTIGATOR, Purpose.JUSTICE, Section.FACTS | Section.JUSTICE, "justice")
    if not _accepted(walk, sent, Role.INVESTIGATOR, at := walk.at(days=7)) or at is None:
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
    sent = _sent(walk, at, Role.COMPENSATION_FUND, Purpose.JUSTICE, Section.JUSTICE, "justice")
    if not _accepted(walk, sent, Role.COMPENSATION_FUND, walk.at(days=17)):
        return
    for days, step, paid in ((35, "award", {"awarded": Decimal("3600.00")}), (50, "pay_part", {"paid": Decimal("1200.00")})):
        if (at := walk.at(days=days)) is None:
            return
        with as_role(Role.COMPENSATION_FUND, at) as by:
            proceedings.move_claim(claim_id=claim.pk, step=step, record=paid, by=by)
        walk.done[{"award": "compensation awarded", "pay_part": "compensation paid in part"}[step]] += 1
