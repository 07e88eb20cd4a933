"""What benchmarks.step does within its house, each in a process of its own: make it, change a fact, order, ask a code.

    make | fact NAME VALUE | order | last | codes CODE ...

VALUE is JSON. `order` prints how many were ordered, `last` how many of them were made and how many refused; `codes` prints of each code
what its page says.
"""

from __future__ import annotations

import html
import json
import os
import sys
from typing import Any


def make() -> None:
    """Tables, what pages load, and the persons of the house: two who put facts in force, one who publishes."""
    from django.conf import settings
    from django.core.management import call_command

    from havre.site.operations import migrating
    from havre.trust.enums import Role
    from havre.trust.models import Membership, Organisation, User

    migrating.migrate_all()
    call_command("collectstatic", verbosity=0, interactive=False)
    country = settings.HAVRE_COUNTRY.upper()
    place = Organisation.objects.create(code="bench", name="Example service", kind="GOVERNMENT", country=country, made_up=True)
    for role in (Role.COORDINATOR, Role.LEGAL_AID, Role.TRAINER):
        user = User.objects.create_user(f"bench-{role}".lower(), name="Example officer", made_up=True)
        Membership.objects.create(user=user, organisation=place, role=role)


def actor(role: Any) -> Any:
    """Whoever has this role, now."""
    from django.utils import timezone

    from havre.trust.middleware import actor_of
    from havre.trust.models import Membership

    return actor_of(Membership.objects.get(role=role), at=timezone.now(), factor_at=timezone.now())


def put_in_force(fact: str, value: Any) -> None:
    """A fact from today on: proposed by one, read and put in force by another."""
    from django.utils import timezone

    from havre.site.facts import services
    from havre.trust.enums import Role

    author, reader, today = actor(Role.COORDINATOR), actor(Role.LEGAL_AID), timezone.localdate()
    revision = services.propose(fact=fact, value=value, valid_from=today, source="Act 999, s. 3", confidence="high", by=author)
    services.accept(revision_id=revision.pk, by=reader)
    services.put_in_force(revision_id=revision.pk, valid_from=today, by=reader)


def order() -> None:
    """Order what no longer holds, as the page does. The background works it off."""
    from havre.publishing import runs
    from havre.trust.enums import Role

    print(runs.ask_changed(address="example.org/i/c/", by=actor(Role.TRAINER)).total)


def last() -> None:
    """What came of the last order."""
    from havre.publishing.models import PublishRun

    run = PublishRun.objects.all()[0]
    print(len(run.made), len(run.refused))


def codes(asked: list[str]) -> None:
    """The page of each code, as somebody who holds the paper reads it: what the words of its language say."""
    from django.test import Client
    from django.urls import reverse

    from havre.publishing.models import Artefact
    from havre.publishing.terms import term

    reader = Client(SERVER_NAME="localhost")
    for code in asked:
        page = html.unescape(reader.get(reverse("paper_code", args=[code])).content.decode())
        language = Artefact.objects.filter(code=code).values_list("language", flat=True)[0]
        told = [word for word in ("current", "superseded") if term(word, language) in page]
        print(code, *told)


def main() -> None:
    """One of the five, by the first argument of the process; the rest are its own."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "havre.site.settings")
    import django

    django.setup()
    what, *rest = sys.argv[1:]
    if what == "fact":
        put_in_force(rest[0], json.loads(rest[1]))
    elif what == "codes":
        codes(rest)
    else:
        {"make": make, "order": order, "last": last}[what]()
