"""The demonstration country: made-up services, one account per role, made-up sheets imported like anybody's, and the whole line run once.

Nothing here can be taken for real: every record carries `made_up`, every name says Example.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.utils import timezone

from havre import trust
from havre.protection import indicators
from havre.protection.models import Identification
from havre.protection.services import assistance, identification
from havre.protection.services import screening as screenings
from havre.referral import services as referrals
from havre.register import demonstration as sheets
from havre.register import services as register
from havre.register.enums import ConsentState
from havre.register.models import Person
from havre.trust.actors import Actor
from havre.trust.enums import ALL_SECTIONS, Purpose, Role, Section
from havre.trust.middleware import actor_of
from havre.trust.models import Agreement, Membership, Organisation, User

# role -> the made-up service it works in
SERVICES: dict[str, tuple[str, str, tuple[Role, ...]]] = {
    "demo-border": ("Example border service", "Government", (Role.FIRST_RESPONDER, Role.CASE_MANAGER)),
    "demo-line": ("Example helpline", "NGO", (Role.HELPLINE, Role.INTERPRETER)),
    "demo-team": ("Example multidisciplinary team", "Government", (Role.IDENTIFICATION_AUTHORITY, Role.SECOND_REVIEWER)),
    "demo-shelter": ("Example shelter", "NGO", (Role.SHELTER,)),
    "demo-clinic": ("Example clinic", "Health", (Role.HEALTH,)),
    "demo-lawyers": ("Example legal aid", "NGO", (Role.LEGAL_AID, Role.GUARDIAN)),
    "demo-police": ("Example police unit", "Police", (Role.INVESTIGATOR,)),
    "demo-court": ("Example prosecution", "CourtOrProsecution", (Role.PROSECUTOR, Role.COMPENSATION_FUND)),
    "demo-labour": ("Example labour inspection", "Government", (Role.LABOUR_INSPECTOR,)),
    "demo-children": ("Example child protection", "Government", (Role.CHILD_PROTECTION,)),
    "demo-secretariat": (
        "Example secretariat",
        "Government",
        (Role.COORDINATOR, Role.RAPPORTEUR, Role.TRAINER, Role.DATA_PROTECTION_OFFICER, Role.ADMINISTRATOR),
    ),
}
PASSPHRASE_FILE = "demonstration-accounts.txt"
Progress = Callable[[str, int, int], None]


def make_accounts(home: Path) -> list[tuple[str, str]]:
    """One account per role, each with a passphrase and a second factor of its own, written to a 0600 file in the instance's folder."""
    lines, made = [], []
    for code, (name, kind, roles) in SERVICES.items():
        organisation, _new = Organisation.objects.get_or_create(
            code=code, defaults={"name": name, "kind": kind, "country": settings.HAVRE_COUNTRY.upper(), "made_up": True}
        )
        for role in roles:
            user = User.objects.filter(username=role.value).first()
            if user is None:
                phrase, secret = "-".join(secrets.token_hex(2) for _ in range(4)), totp.generate_totp_secret()
                user = User.objects.create_user(role.value, phrase, name=f"Example {role.label}", made_up=True)
                totp.TOTP.activate(user, secret)
                lines.append(f"{role.value}\t{phrase}\t{secret}\n")
            Membership.objects.get_or_create(user=user, organisation=organisation, role=role, ended_at=None, defaults={"supervisor": True})
            made.append((role.value, str(organisation)))
    if lines:
        path = home / PASSPHRASE_FILE
        path.touch(mode=0o600)
        path.write_text("".join(lines))
    return made


def accounts(home: Path) -> Iterator[tuple[str, str, str]]:
    """(name, passphrase, secret of the second factor) of each demonstration account."""
    for line in (home / PASSPHRASE_FILE).read_text().splitlines():
        name, phrase, secret = line.split("\t")
        yield name, phrase, secret


def code_now(secret: str) -> str:
    """The six digits that an authenticator would show now."""
    return totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))


def make_agreements(today: datetime) -> None:
    """Sharing agreements between the border service and everybody it refers to."""
    border = Organisation.objects.get(code="demo-border")
    for other in Organisation.objects.filter(code__startswith="demo-").exclude(pk=border.pk):
        Agreement.objects.get_or_create(
            first=border,
            second=other,
            reference=f"EXAMPLE-{other.code}",
            defaults={
                "sections": int(ALL_SECTIONS),
                "starts_on": today.date() - timedelta(days=365),
                "ends_on": today.date() + timedelta(days=365),
            },
        )


def actor(role: Role, at: datetime, purpose: Purpose | None = None) -> Actor:
    """The demonstration's account of this role, its second factor just given."""
    membership = Membership.objects.select_related("user", "organisation").get(user__username=role.value, ended_at=None)
    return actor_of(membership, at=at, purpose=purpose, factor_at=at)


@contextmanager
def as_role(role: Role, at: datetime, purpose: Purpose | None = None) -> Iterator[Actor]:
    by = actor(role, at, purpose)
    with trust.acting(by):
        yield by


def run_line(persons: int, *, now: datetime, seed: int = 2026, progress: Progress = lambda _name, _done, _all: None) -> int:
    """Take `persons` made-up persons down the whole line, each at its own pace over the last ninety days. Gives how many were decided."""
    draw = random.Random(seed)
    decided = 0
    for number in range(persons):
        decided += _one(draw, now - timedelta(days=draw.randrange(2, 90), hours=draw.randrange(12)), now)
        progress("line", number + 1, persons)
    return decided


def _one(draw: random.Random, start: datetime, now: datetime) -> int:
    case, person, found = _screen(draw, start)
    if found is None:
        return 0
    decided = _identify(draw, found, start, now)
    _assist(draw, case, person, start + timedelta(hours=20), now)
    return decided


def _screen(draw: random.Random, at: datetime) -> tuple[Any, Any, Identification | None]:
    profile = "adult_labour"
    put = indicators.cards("first_contact", profile)
    answers = [
        screenings.Given(one.code, draw.choice(["yes", "yes", "no", "not_recorded"]), "said")
        for one in draw.sample(list(put), min(6, len(put)))
    ]
    first, family = draw.choice(["Ama", "Kofi", "Esi", "Yaw", "Abena"]), "Example"
    with as_role(Role.FIRST_RESPONDER, at, Purpose.IDENTIFICATION) as by:
        made = screenings.screen(
            by=by,
            situation="first_contact",
            profile=profile,
            answers=answers,
            conditions={
                "information_given_at": at,
                "language": "eng",
                "interpreter": False,
                "privacy_confirmed": True,
                "safety_level": "low",
                "medical_need": False,
            },
            person={
                "gender": draw.choice(["Female", "Male"]),
                "age_on_opening": draw.randrange(19, 55),
                "age_basis": "stated",
                "languages": ["eng"],
            },
            happened_at=at,
            kept_because="agreed",
            identity={"prs_FirstName": first, "prs_SecondName": f"{family}-{secrets.token_hex(2)}"},
        )
        outcome = made.suggested if draw.random() < 0.4 else "presumed_victim_reasonable_grounds"
        screenings.confirm(screening_id=made.pk, outcome=outcome, by=by)
        found = Identification.objects.visible_to(by).filter(case_id=made.case_id).first()
        if found is not None and outcome == "presumed_victim_reasonable_grounds":
            identification.move(identification_id=found.pk, step="presume", by=by)
            return made.case_id, made.person_id, found
    return made.case_id, made.person_id, None


def _identify(draw: random.Random, found: Identification, start: datetime, now: datetime) -> int:
    at = start + timedelta(days=1)
    if at > now:
        return 0
    with as_role(Role.IDENTIFICATION_AUTHORITY, at) as by:
        record = {"foreign_national": False, "recovery_offered_at": at, "recovery_answer": draw.choice(["accepted", "accepted", "refused"])}
        identification.move(identification_id=found.pk, step="open_recovery", by=by, record=record)
    at = start + timedelta(days=draw.randrange(35, 70))
    if at > now:
        return 0
    with as_role(Role.IDENTIFICATION_AUTHORITY, at) as by:
        members = [
            {"organisation": str(Organisation.objects.get(code=code).pk), "profession": profession}
            for code, profession in (("demo-team", "social"), ("demo-police", "police"))
        ]
        record = {
            "body": "multidisciplinary_team",
            "members": members,
            "trained_member": True,
            "reason": "indicators",
            "notice_at": at,
        }
        identification.move(identification_id=found.pk, step="confirm", by=by, record=record)
    return 1


def _assist(draw: random.Random, case_id: Any, person_id: Any, at: datetime, now: datetime) -> None:
    if at > now:
        return
    receiver = Membership.objects.select_related("organisation").get(user__username=Role.SHELTER.value, ended_at=None)
    with as_role(Role.CASE_MANAGER, at, Purpose.PROTECTION) as by:
        assistance.start_help(case_id=case_id, person_id=person_id, needs=["safe_housing"], by=by)
        consent = register.record_consent(
            by=by,
            case_id=case_id,
            person_id=person_id,
            state=ConsentState.GIVEN,
            purpose=Purpose.PROTECTION,
            recipient_id=receiver.organisation_id,
            sections=Section.PROTECTION | Section.CASE,
            ends_at=at + timedelta(days=120),
            language="eng",
        )
        sent = referrals.prepare(
            case_id=case_id,
            person_id=person_id,
            receiver_id=receiver.organisation_id,
            receiver_role=Role.SHELTER,
            purpose=Purpose.PROTECTION,
            sections=Section.PROTECTION,
            need="shelter",
            asked_until=at + timedelta(days=90),
            by=by,
            consent_id=consent.pk,
        )
        referrals.offer(referral_id=sent.pk, by=by)
    answer = at + timedelta(hours=draw.randrange(2, 60))
    if answer > now:
        return
    with as_role(Role.SHELTER, answer) as by:
        if draw.random() < 0.15:
            referrals.decline(referral_id=sent.pk, reason="full", by=by)
            return
        referrals.accept(referral_id=sent.pk, no_conflict=True, by=by)
        referrals.start(referral_id=sent.pk, by=by)


def main_case(at: datetime | None = None) -> str:
    """The reference of one case that the case manager holds, for whoever looks around."""
    with as_role(Role.CASE_MANAGER, at or timezone.now()) as by:
        person = Person.objects.visible_to(by).select_related("case").order_by("-pk").first()
        return str(person.case) if person else ""


__all__ = ["SERVICES", "accounts", "code_now", "main_case", "make_accounts", "make_agreements", "run_line", "sheets"]
