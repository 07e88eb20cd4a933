"""The breach exercise on a large house: an account has leaked, who was affected? Prints the seconds; fails over five minutes or on a wrong name.

    python -m benchmarks.breach [CASES] [READINGS]

Made-up cases of twenty services, and readings of forty accounts over a month: pages of one case, and lists of fifty. One account, which read
a tenth of all, leaked for ten days of it; what it read is known from the making, and the answer must be exactly that, sealed cases left out.
Times are of this machine and this run.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

GOAL = 300.0
SERVICES, ACCOUNTS, LIST, SEALED = 20, 40, 50, 25
# the share of all readings that are the leaked account's: it was used to read as much as could be
BUSY = 0.1
BATCH = 5_000


def prepare(home: Path) -> None:
    """Django on an empty home, with only the tables that the exercise reads.

    Args: home, an empty folder.
    """
    os.environ["HAVRE_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "havre.site.settings")
    os.environ.pop("HAVRE_DATABASE_URL", None)
    import django

    django.setup()
    from django.db import connections

    from havre.register.models import Case, Person
    from havre.trust.models import Grant, Holder, Membership, Organisation, Reading, Seal, User

    for alias, models in (("default", (User, Organisation, Membership, Holder, Grant, Seal, Case, Person)), ("access", (Reading,))):
        connections[alias].disable_constraint_checking()
        with connections[alias].schema_editor() as editor:
            for model in models:
                editor.create_model(model)


def make_cases(cases: int, now: datetime) -> tuple[list[Any], list[Any], set[Any]]:
    """Cases with a person and an own grant each. Gives the ids of the cases, of their persons, and of what is sealed."""
    from havre.register.models import Case, Person
    from havre.trust.enums import ALL_SECTIONS, Basis, Purpose, Role
    from havre.trust.models import Grant, Organisation, Seal, User
    from havre.trust.models.accounts import job_holder

    clerk = User.objects.create(username="bench", name="Example officer", made_up=True)
    places = [
        Organisation.objects.create(code=f"bench-{n}", name=f"Example service {n}", kind="NGO", country="GH", made_up=True)
        for n in range(SERVICES)
    ]
    holders = [job_holder(place.pk, Role.CASE_MANAGER) for place in places]
    made = [
        Case(country="GH", lead=places[n % SERVICES], opened_at=now, opened_by=clerk, made_up=True, ref=f"B-{n:06}") for n in range(cases)
    ]
    Case.objects.for_house("tests").bulk_create(made, batch_size=BATCH)
    people = [Person(case=one, gender="Female", age_on_opening=24, languages=["eng"]) for one in made]
    Person.objects.for_house("tests").bulk_create(people, batch_size=BATCH)
    Grant.objects.bulk_create(
        [
            Grant(
                holder=holders[n % SERVICES], case_id=one.pk, sections=int(ALL_SECTIONS), purpose=Purpose.PROTECTION,
                basis=Basis.OWN_CASE, starts_at=now - timedelta(days=60), ends_at=now + timedelta(days=900), role=Role.CASE_MANAGER,
            )
            for n, one in enumerate(made)
        ],
        batch_size=BATCH,
    )  # fmt: skip
    for one in made[:SEALED]:
        Seal.objects.create(case_id=one.pk, reason="threat", starts_at=now, review_on=now.date(), by=clerk)
    hidden = {one.pk for one in made[:SEALED]} | {one.pk for one in people[:SEALED]}
    return [one.pk for one in made], [one.pk for one in people], hidden


def make_readings(readings: int, cases: list[Any], people: list[Any], now: datetime) -> tuple[Any, datetime, datetime, set[Any]]:
    """Readings of a month. Gives the leaked account, the two moments, and every subject that it read between them."""
    from havre.trust.ids import new_id
    from havre.trust.models import Reading
    from havre.trust.models.audit import Outcome, ReadingKind

    chance = random.Random(1)
    accounts, organisation = [new_id() for _ in range(ACCOUNTS)], new_id()
    leaked, since, until = accounts[0], now - timedelta(days=20), now - timedelta(days=10)
    truth: set[Any] = set()
    rows: list[Any] = []
    for _ in range(readings):
        who = leaked if chance.random() < BUSY else chance.choice(accounts)
        at = now - timedelta(seconds=chance.randrange(30 * 86_400))
        places = [chance.randrange(len(cases)) for _ in range(LIST if chance.random() < 0.2 else 1)]
        subjects = {cases[n] for n in places} | {people[n] for n in places if len(places) == 1}
        if who == leaked and since <= at < until:
            truth |= subjects
        rows.append(
            Reading(
                at=at, user_id=who, organisation_id=organisation, role="case_manager", purpose="protection", kind=ReadingKind.READING,
                outcome=Outcome.SHOWN, sections=1, subjects=sorted(map(str, subjects)), count=len(subjects), route="case",
            )
        )  # fmt: skip
        if len(rows) == BATCH:
            Reading.objects.bulk_create(rows)
            rows.clear()
    Reading.objects.bulk_create(rows)
    return leaked, since, until, truth


def exercise(cases: int, readings: int) -> bool:
    """Make the house, ask, compare, print. Gives whether the answer was right and in time."""
    from django.utils import timezone

    from havre.trust.history.breach import affected

    now = timezone.now()
    begun = time.perf_counter()
    ids, people, hidden = make_cases(cases, now)
    leaked, since, until, truth = make_readings(readings, ids, people, now)
    print(f"made {cases:,} cases and {readings:,} readings of {ACCOUNTS} accounts in {time.perf_counter() - begun:.0f} s", flush=True)
    begun = time.perf_counter()
    found = affected(user_id=leaked, since=since, until=until)
    seconds = time.perf_counter() - begun
    named = {one.subject for one in (*found.files, *found.persons)}
    right = named == truth - hidden
    print(
        f"breach exercise: {found.readings:,} readings of the account in ten days, {len(found.files):,} files and {len(found.persons):,} persons"
        f" named, {len(found.services)} services to call, {len(truth & hidden)} of a sealed case left out: {seconds:.2f} s"
        f" (goal under {GOAL:.0f} s); exactly those that it read: {'yes' if right else 'NO'}"
    )
    return right and seconds < GOAL


def main(arguments: list[str]) -> int:
    """Run the exercise in a folder of its own. Gives the status."""
    cases, readings = (int(text.replace(",", "")) for text in (*arguments, *("20000", "40000")[len(arguments) :]))
    with tempfile.TemporaryDirectory(prefix="havre-breach-") as home:
        prepare(Path(home))
        return 0 if exercise(cases, readings) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
