"""The case page with a long thread, under load, in a house with many cases.

    python -m benchmarks.case_page [cases] [seconds] [--home FOLDER] [--build]

SQLite in a folder of its own, or the PostgreSQL database that HAVRE_DATABASE_URL names (empty, and owned by the user of that address). One
case gets 300 lines in its thread, of every kind that a case manager sees (notes with sealed words, needs, services, risks, day log, tasks,
safety measures, an identification, a plan, proceedings); then fifty users, each with a session, open it or another case every five seconds
on the served product (`havre serve`, its worker and sealer running). Prints the lines, the queries a page (goal: 15), the processor time of
one page alone, p50 and p95 (goal: 300 ms), what failed, and the load of the machine before and after. With --home the house is kept in that
folder and used again where it stands built there; --build builds it and measures nothing.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

LINES, USERS, EVERY, QUERIES, LIMIT, NOTES = 300, 50, 5.0, 15, 300, 120
BUILT = "built-for-the-case-page"


def main() -> None:
    asked = _asked()
    kept = asked.home is not None
    home = Path(asked.home or tempfile.mkdtemp(prefix="havre-case-page-"))
    home.mkdir(parents=True, exist_ok=True)
    os.environ["HAVRE_HOME"] = str(home)
    os.environ["HAVRE_DEMO"] = "1"
    os.environ["HAVRE_PASSPHRASE_FILE"] = str(home / "passphrase")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "havre.site.settings")
    import django

    django.setup()
    try:
        officer, refs = _house(home, asked.cases)
        if not asked.build:
            _count(officer, refs[0])
            _serve(officer, refs, asked.seconds)
    finally:
        if not kept:
            shutil.rmtree(home, ignore_errors=True)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.case_page")
    parser.add_argument("cases", nargs="?", type=int, default=5_000)
    parser.add_argument("seconds", nargs="?", type=int, default=30)
    parser.add_argument("--home", help="keep the house here, and use it again")
    parser.add_argument("--build", action="store_true", help="build the house and measure nothing")
    return parser.parse_args()


def _house(home: Path, cases: int):  # type: ignore[no-untyped-def]
    """The officer who holds every case, and references, the long case's first; built now, or as it stands built in this folder.

    A folder of another benchmark's house (`list_house.build`) is taken as it is and brought to the tables of today.
    """
    from django.core.management import call_command

    from benchmarks import list_house
    from havre.site.operations import migrating
    from havre.trust import vault
    from havre.trust.audit import sealing
    from havre.trust.models import Membership

    mark = home / BUILT
    if (home / "root.key").exists():
        if not mark.exists():
            migrating.migrate_all()
            call_command("collectstatic", verbosity=0, interactive=False)
        vault.unlock((home / "passphrase").read_text(encoding="ascii"))
        officer = list_house._officer(100, Membership.objects.get(user__username="bench-100"))
        if mark.exists():
            # what was read before the house was left is put in the chain: pages of identity close when it is long behind
            sealing.seal_pending()
            return officer, mark.read_text(encoding="ascii").split("\n")
    else:
        officer = list_house.build(home, cases)[-1]
    refs = _references(officer)
    _lengthen(officer, refs[0])
    mark.write_text("\n".join(refs), encoding="ascii")
    return officer, refs


def _references(officer):  # type: ignore[no-untyped-def]
    from benchmarks.list_load import _some_references

    return _some_references(officer, 400)


def _lengthen(officer, ref: str) -> None:  # type: ignore[no-untyped-def]
    """Give one case a thread of 300 lines: notes first, which are the dearest, then everything else that it may hold."""
    from django.utils import timezone

    from havre import trust
    from havre.protection.services import assistance
    from havre.register import notes
    from havre.register.models import Case, Person
    from havre.trust.enums import Section

    now = timezone.now()
    actor = replace(officer.actor, at=now, factor_at=now)
    with trust.acting(actor):
        case = Case.objects.visible_to(actor).get_or_missing(ref=ref)
        person = Person.objects.visible_to(actor).filter(case=case).first()
        for number in range(NOTES):
            section = (Section.PROTECTION, Section.FACTS)[number % 2]
            at = now - timedelta(hours=number + 1)
            notes.add(case_id=case.pk, person_id=person.pk, section=section, happened_at=at, words=f"seen, line {number}", by=actor)
        plan = assistance.start_help(case_id=case.pk, person_id=person.pk, needs=["medical", "legal"], by=actor)
    # the others are written as the owner of the tables: a benchmark's house, not a step of anybody's work
    for row in _others(officer.actor, case, person, plan, now):
        row.save(force_insert=True)


def _others(actor, case, person, plan, now):  # type: ignore[no-untyped-def]
    """Rows until the thread holds 300 lines: care of several kinds, an identification, a proceeding with its offences, a claim."""
    from havre.justice.models import Charge, CompensationClaim, Proceeding
    from havre.protection.enums import ServiceKind
    from havre.protection.models import AssistanceService, DayLog, Evidence, Identification, RiskAssessment, SafetyMeasure, Task

    who, day = {"case": case, "person": person}, now.date()
    found = Identification(**who, opened_at=now - timedelta(days=9), presumed_at=now, presumed_by=actor.user, status="presumed")
    track = Proceeding(**who, against="trafficker", opened_at=now, organisation_id=actor.organisation_id)
    rows = [found, track, CompensationClaim(**who, informed_at=now, language="eng")]
    rows += [
        Charge(case=case, proceeding=track, iccs="02042", article=f"s. {number}", charged_on=day, by=actor.user) for number in range(10)
    ]
    kinds = ServiceKind.values
    for number in range(LINES - NOTES - len(rows) - 4):
        by = {**who, "by": actor.user, "at": now - timedelta(hours=200 + number)}
        rows.append((
            DayLog(**by, kind="night", happened_at=by["at"]),
            Task(**by, kind="call", owner=actor.user, due_at=now),
            SafetyMeasure(**by, measure="phone", owner="worker", by_when=day),
            RiskAssessment(**by, level="low", with_person=True),
            Evidence(**by, identification=found, element="act", speaks="for", source="account"),
            AssistanceService(
                case=case, plan=plan, kind=kinds[number % len(kinds)], need="medical", proposed_at=by["at"], by=actor.user
            ),
        )[number % 6])  # fmt: skip
    return rows


def _count(officer, ref: str) -> None:  # type: ignore[no-untyped-def]
    from collections import Counter

    from django.db import connection
    from django.urls import reverse
    from django.utils import timezone

    from benchmarks.list_load import counting
    from havre import trust
    from havre.register.models import Case
    from havre.trust.contracts import contracts
    from havre.trust.moments import Reading

    actor = replace(officer.actor, at=timezone.now())
    with trust.acting(actor):
        case = Case.objects.visible_to(actor).get_or_missing(ref=ref)
        read = Reading.of(actor, case.pk, [line for contract in contracts() for line in contract.lines()])
        lines = sum(len(list(moment.told())) for moment in read.moments)
    address = reverse("case", args=[ref])
    officer.client.get(address)
    seen: Counter[str] = Counter()
    with counting(seen):
        answer = officer.client.get(address)
    print(
        f"{connection.vendor}, {Case.objects.for_house('tests').count():,} cases; case page of {lines} lines: {sum(seen.values())} queries"
        f" {dict(seen)} (goal {QUERIES}), status {answer.status_code}",
        flush=True,
    )
    for name, path in (("thread", address), ("tab", address + "?part=assistance")):
        spent = time.process_time()
        for _turn in range(20):
            officer.client.get(path)
        print(f"  one page alone, {name}: {1000 * (time.process_time() - spent) / 20:.0f} ms of processor time", flush=True)


def _serve(officer, refs: list[str], seconds: int) -> None:  # type: ignore[no-untyped-def]
    import socket

    from django.db import connections

    for each in connections.all():
        each.close()
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    house = subprocess.Popen(
        [sys.executable, "-m", "havre.site.command", "serve", "--port", str(port)], stdout=subprocess.DEVNULL, env=dict(os.environ)
    )
    try:
        _wait(port)
        users = Users(port, officer, refs)
        users.run(5)
        users.times = {"long": [], "other": []}
        before = os.getloadavg()
        users.run(seconds)
        users.report()
        print(f"  load of the machine over a minute: {before[0]:.1f} before, {os.getloadavg()[0]:.1f} after", flush=True)
    finally:
        house.send_signal(signal.SIGTERM)
        house.wait(20)


def _wait(port: int, seconds: int = 180) -> None:
    """Until the house answers: on a machine that does other work besides it takes a while to look at its four databases."""
    import http.client

    last = time.monotonic() + seconds
    while time.monotonic() < last:
        try:
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            link.request("GET", "/accounts/login/")
            link.getresponse().read()
            return
        except OSError:
            time.sleep(0.5)
    raise SystemExit(f"the house did not come up within {seconds} s")


class Users:
    """Fifty people, each opening a page every five seconds at a moment of their own; every third time the long case."""

    def __init__(self, port: int, officer, refs: list[str]) -> None:  # type: ignore[no-untyped-def]
        from benchmarks.list_load import Load

        self.load = Load(port, [officer], [refs])
        self.officer, self.refs = officer, refs
        self.times: dict[str, list[float]] = {"long": [], "other": []}
        self.failed = 0

    def run(self, seconds: int) -> None:
        threads = [threading.Thread(target=self._user, args=(number, seconds)) for number in range(USERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _user(self, number: int, seconds: int) -> None:
        dice = random.Random(number)
        begun = time.perf_counter() + dice.random() * EVERY
        for turn in range(int(seconds / EVERY)):
            due = begun + turn * EVERY
            time.sleep(max(0.0, due - time.perf_counter()))
            kind = "long" if (turn + number) % 3 == 0 else "other"
            ref = self.refs[0] if kind == "long" else dice.choice(self.refs[1:])
            try:
                status, _page, _token = self.load._ask(self.officer, "GET", f"/d/{ref}/")
            except OSError:
                status = 0
            self.times[kind].append(1000 * (time.perf_counter() - due))
            self.failed += status != 200

    def report(self) -> None:
        from benchmarks.list_load import p95

        every = [value for values in self.times.values() for value in values]
        print(f"served, {USERS} users, a page each {EVERY:.0f} s, {len(every)} pages: p95 {p95(every):.0f} ms (goal {LIMIT})")
        for kind, values in self.times.items():
            print(f"  {kind:6} {len(values):5} pages  p50 {sorted(values)[len(values) // 2]:6.0f} ms  p95 {p95(values):6.0f} ms")
        print(f"  failed: {self.failed}", flush=True)


if __name__ == "__main__":
    main()
