"""What a drill needs from inside a house: people who can sign in, cases, the plain words of notes, the trail as a file.

`python -m tests.drills.errands NAME ...` with HAVRE_HOME set; the last line printed is the answer, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "havre.site.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from havre import trust  # noqa: E402
from havre.register import services  # noqa: E402
from havre.register.enums import Channel  # noqa: E402
from havre.register.models import Case, Note, Person  # noqa: E402
from havre.trust import identity, vault  # noqa: E402
from havre.trust.audit.exporting import export_to  # noqa: E402
from havre.trust.enums import Role  # noqa: E402
from havre.trust.middleware import actor_of  # noqa: E402
from havre.trust.models import Membership, User  # noqa: E402
from havre.trust.vault.unlocking import passphrase_from_file  # noqa: E402
from tests.factories import OrganisationFactory  # noqa: E402
from tests.factories_accounts import PASSPHRASE, SECRET, person  # noqa: E402


def actor_for(job: Membership):
    return actor_of(job, at=timezone.now(), factor_at=timezone.now())


def seed(managers: str, cases_each: str, identity_json: str = "{}") -> dict:
    """Case managers with cases of their own, a data-protection officer and a rapporteur."""
    vault.unlock(passphrase_from_file())
    service = OrganisationFactory(code="drill", name="Example service for drills")
    people = []
    for number in range(int(managers)):
        job = person(Role.CASE_MANAGER, organisation=service, user__username=f"manager-{number}")
        cases = [_open(job, json.loads(identity_json)) for _n in range(int(cases_each))]
        people.append({"username": job.user.username, "id": job.user.pk.hex, "cases": cases})
    for role in (Role.DATA_PROTECTION_OFFICER, Role.RAPPORTEUR):
        person(role, organisation=service, user__username=role.value)
    return {"people": people, "passphrase": PASSPHRASE, "secret": SECRET}


def _open(job: Membership, body: dict) -> dict:
    by = actor_for(job)
    found = {"gender": "Female", "age_on_opening": 24, "languages": ["eng"]}
    with trust.acting(by):
        case = services.open_case(
            by=by,
            person=found,
            channel=Channel.HELPLINE,
            happened_at=timezone.now() - timedelta(hours=1),
            identity=body or None,
            made_up=True,
        )
        concerned = Person.objects.visible_to(by).get(case=case)
    return {"ref": case.ref, "id": case.pk.hex, "person": str(concerned.pk)}


def words() -> dict:
    """The plain words of every note, by the note's id: what a reader of the pages would see."""
    vault.unlock(passphrase_from_file())
    found: dict[str, str] = {}
    for user in User.objects.filter(username__startswith="manager-").order_by("username"):
        by = actor_for(Membership.objects.get(user=user))
        with trust.acting(by), transaction.atomic():
            for case in Case.objects.visible_to(by):
                ids = list(Note.objects.visible_to(by).filter(case=case).values_list("pk", flat=True))
                for start in range(0, len(ids), 100):
                    opened = identity.read_records(by=by, kind="note", record_ids=ids[start : start + 100])
                    found.update({pk.hex: body["words"] for pk, body in opened.items()})
    return found


def trail(to: str) -> int:
    """The audit trail as a file, for the stand-alone verifier."""
    return export_to(Path(to))


if __name__ == "__main__":
    assert not settings.TESTING, "a drill runs the product as it is served"
    print(json.dumps({"seed": seed, "words": words, "trail": trail}[sys.argv[1]](*sys.argv[2:])))
