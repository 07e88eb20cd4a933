"""The line of the demonstration: made-up persons taken from screening to judgment, by the services that do it for anybody.

Each act is done by the account whose job it is, at its own moment over the last ninety days; a step that lies in the future waits.
"""

from __future__ import annotations

import random
import secrets
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from havre.protection import indicators
from havre.protection.models import AssistancePlan, Identification
from havre.protection.services import assistance, care, identification
from havre.protection.services import screening as screenings
from havre.referral import services as referrals
from havre.register import notes
from havre.site import line_justice
from havre.site.demonstration import as_role
from havre.site.line_walk import Walk, accepted, later, refer, send_on
from havre.trust.enums import Purpose, Role, Section
from havre.trust.models import Organisation

Progress = Callable[[str, int, int], None]
# who meets the persons, in turn; the border service goes on with its own, the others ask its case managers
OTHER_DOORS = {6: Role.HELPLINE, 13: Role.LABOUR_INSPECTOR}
GIVEN_NAMES = ("Ama", "Kofi", "Esi", "Yaw", "Abena", "Kwame")


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
        line_justice.run(walk)


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
        refer(walk, by, at, receiver, Role.CASE_MANAGER, purpose, Section.SCREENING | Section.FACTS, "social", urgent=True)


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
    if declines and (at := later(at, walk.now, days=3)):
        with as_role(Role.CASE_MANAGER, at, Purpose.PROTECTION) as by:
            identification.move(identification_id=found.pk, step="ask_review", by=by)


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


def _shelter(walk: Walk) -> None:
    sent = send_on(
        walk, walk.start + timedelta(hours=21), Role.SHELTER, Purpose.PROTECTION, Section.PROTECTION | Section.IDENTITY, "shelter"
    )
    answer = walk.at(hours=21 + walk.draw.randrange(3, 20))
    if answer is None:
        return
    if walk.number % 10 == 2:
        with as_role(Role.SHELTER, answer) as by:
            referrals.acknowledge(referral_id=sent, by=by)
            referrals.decline(referral_id=sent, reason="full", by=by)
        return
    accepted(walk, sent, Role.SHELTER, answer)
    if (at := walk.at(days=45)) is None:
        return
    with as_role(Role.SHELTER, at) as by:
        referrals.complete(referral_id=sent, outcome="help_given", by=by)
    walk.done["outcomes back at the sender"] += 1
    if walk.number % 3 and (told := later(at, walk.now, days=2)):
        with as_role(Role.CASE_MANAGER, told, Purpose.PROTECTION) as by:
            referrals.tell_person(referral_id=sent, by=by)


def _health(walk: Walk) -> None:
    if (at := walk.at(hours=26)) is None:
        return
    sections = Section.PROTECTION | Section.HEALTH
    sent = send_on(walk, at, Role.HEALTH, Purpose.PROTECTION, sections, "medical")
    if accepted(walk, sent, Role.HEALTH, answer := walk.at(hours=30)) and answer:
        with as_role(Role.HEALTH, answer) as by:
            words = "Made-up note. Examined at the person's own wish; to come back in a week."
            notes.add(**walk.who, section=Section.HEALTH, happened_at=answer, words=words, by=by)


def _guardian(walk: Walk) -> None:
    for hours, role in ((27, Role.GUARDIAN), (28, Role.CHILD_PROTECTION)):
        if (at := walk.at(hours=hours)) is None:
            return
        sections = Section.PROTECTION | Section.FACTS if role == Role.CHILD_PROTECTION else Section.PROTECTION
        sent = send_on(walk, at, role, Purpose.PROTECTION, sections, "child")
        accepted(walk, sent, role, walk.at(hours=hours + 8))
