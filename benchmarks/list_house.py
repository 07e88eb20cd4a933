"""A house with many cases and four officers who hold different shares of them."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from benchmarks.sheets import sheet
from havre.register.exchange import importing
from havre.site.operations import migrating
from havre.trust import vault
from havre.trust.actors import Actor
from havre.trust.enums import Role
from havre.trust.middleware import SESSION_FACTOR, actor_of
from havre.trust.models import Grant, Membership, Organisation, User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SHARES = (0, 1, 20, 100)


@dataclass(frozen=True)
class Officer:
    """Somebody who holds `share` per cent of the cases: the actor, a signed-in session's cookie, and the client it belongs to.

    `share` in per cent of the cases.
    """

    share: int
    actor: Actor
    client: Client
    cookie: str


def build(home: Path, cases: int) -> list[Officer]:
    """Migrate, unlock, import, hand out. Prints what it took.

    Args: home, an empty folder; cases, how many. Gives one Officer a share.
    """
    migrating.make_home()
    phrase = secrets.token_hex(16)
    place = home / "passphrase"
    place.touch(mode=0o600)
    place.write_text(phrase)
    migrating.migrate_all()
    vault.make(phrase)
    call_command("collectstatic", verbosity=0, interactive=False)
    jobs = {share: _job(share) for share in SHARES}
    started = time.perf_counter()
    batch = importing.run(by=actor_of(jobs[100], at=timezone.now()), source=sheet(cases), made_up=True)
    print(f"{connection.vendor}: {batch.created:,} persons imported in {time.perf_counter() - started:.0f} s", flush=True)
    for share in SHARES[1:-1]:
        _hand_out(jobs[100], jobs[share], share)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return [_officer(share, jobs[share]) for share in SHARES]


def _job(share: int) -> Membership:
    organisation = Organisation.objects.create(
        code=f"bench-{share}", name=f"Example service {share}", kind="NGO", country=settings.HAVRE_COUNTRY.upper(), made_up=True
    )
    user = User.objects.create_user(f"bench-{share}", name=f"Example officer {share}", made_up=True)
    user.set_password(secrets.token_hex(16))
    user.save()
    return Membership.objects.create(user=user, organisation=organisation, role=Role.CASE_MANAGER)


def _hand_out(owner: Membership, other: Membership, share: int) -> None:
    """Give `other` the same grants on `share` per cent of the owner's cases, spread evenly."""
    now = timezone.now()
    mine, theirs = actor_of(owner, at=now), actor_of(other, at=now)
    step = 100 // share
    rows = Grant.objects.filter(holder_id=mine.holder_id).order_by("pk")
    copies = []
    for number, grant in enumerate(rows.iterator(10_000)):
        if number % step == 0:
            grant.pk, grant.holder_id = None, theirs.holder_id
            copies.append(grant)
    Grant.objects.bulk_create(copies, batch_size=2_000)


def _officer(share: int, job: Membership) -> Officer:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(job.user, backend=BACKEND)
    session = client.session
    session["membership"] = str(job.pk)
    session[SESSION_FACTOR] = timezone.now().isoformat()
    session.save()
    actor = actor_of(job, at=timezone.now(), factor_at=timezone.now())
    return Officer(share, actor, client, client.cookies[settings.SESSION_COOKIE_NAME].value)
