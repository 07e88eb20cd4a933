"""The demonstration country: made-up services, one account per role, agreements between them. The line is run by `havre.site.line`.

Nothing here can be taken for real: every record carries `made_up`, every name says Example.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.utils import timezone

from havre import trust
from havre.register import demonstration as sheets
from havre.register.models import Person
from havre.trust.actors import Actor
from havre.trust.enums import ALL_SECTIONS, Purpose, Role
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
# days left of the agreements that are to be renewed
ENDING = {"demo-clinic": 12, "demo-labour": 25}
PASSPHRASE_FILE = "demonstration-accounts.txt"


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
    """Sharing agreements between the border service and everybody it refers to; two of them end within the month."""
    border = Organisation.objects.get(code="demo-border")
    for other in Organisation.objects.filter(code__in=SERVICES).exclude(pk=border.pk):
        Agreement.objects.get_or_create(
            first=border,
            second=other,
            reference=f"EXAMPLE-{other.code}",
            defaults={
                "sections": int(ALL_SECTIONS),
                "starts_on": today.date() - timedelta(days=365),
                "ends_on": today.date() + timedelta(days=ENDING.get(other.code, 365)),
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


def main_case(at: datetime | None = None) -> str:
    """The reference of one case that the case manager holds, for whoever looks around."""
    with as_role(Role.CASE_MANAGER, at or timezone.now()) as by:
        person = Person.objects.visible_to(by).select_related("case").order_by("-pk").first()
        return str(person.case) if person else ""


__all__ = ["SERVICES", "accounts", "code_now", "main_case", "make_accounts", "make_agreements", "sheets"]
