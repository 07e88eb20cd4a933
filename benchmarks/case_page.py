"""The case page with a long thread, under load, in a house with many cases.

    python -m benchmarks.case_page [cases] [seconds]

SQLite in a folder of its own, or an empty PostgreSQL database that HAVRE_DATABASE_URL names. One case gets 300 lines in its thread
(notes in two sections); then fifty users, each with a session, open it or another case every five seconds on the served product
(`havre serve`, its worker and sealer running). Prints queries a page (goal: 15), p50 and p95 (goal: 300 ms), and what failed.
"""

from __future__ import annotations

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

_HOME = Path(tempfile.mkdtemp(prefix="havre-case-page-"))
os.environ["HAVRE_HOME"] = str(_HOME)
os.environ["HAVRE_DEMO"] = "1"
os.environ["HAVRE_PASSPHRASE_FILE"] = str(_HOME / "passphrase")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "havre.site.settings")
LINES, USERS, EVERY, QUERIES, LIMIT = 300, 50, 5.0, 15, 300


def main() -> None:
    import django

    django.setup()
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    from benchmarks import list_house

    try:
        officer = list_house.build(_HOME, cases)[-1]
        refs = _references(officer)
        _lengthen(officer, refs[0])
        _count(officer, refs[0])
        _serve(officer, refs, seconds)
    finally:
        shutil.rmtree(_HOME, ignore_errors=True)


def _references(officer):  # type: ignore[no-untyped-def]
    from benchmarks.list_load import _some_references

    return _some_references(officer, 400)


def _lengthen(officer, ref: str) -> None:  # type: ignore[no-untyped-def]
    """Give one case a thread of 300 notes."""
    from django.utils import timezone

    from havre import trust
    from havre.register import notes
    from havre.register.models import Case, Person
    from havre.trust.enums import Section

    now = timezone.now()
    actor = replace(officer.actor, at=now, factor_at=now)
    with trust.acting(actor):
        case = Case.objects.visible_to(actor).get_or_missing(ref=ref)
        person = Person.objects.visible_to(actor).filter(case=case).first()
        for number in range(LINES):
            section = (Section.PROTECTION, Section.FACTS)[number % 2]
            at = now - timedelta(hours=number + 1)
            notes.add(case_id=case.pk, person_id=person.pk, section=section, happened_at=at, words=f"seen, line {number}", by=actor)


def _count(officer, ref: str) -> None:  # type: ignore[no-untyped-def]
    from collections import Counter

    from django.urls import reverse

    from benchmarks.list_load import counting

    seen: Counter[str] = Counter()
    with counting(seen):
        answer = officer.client.get(reverse("case", args=[ref]))
    print(f"case page of {LINES} lines: {sum(seen.values())} queries {dict(seen)} (goal {QUERIES}), status {answer.status_code}", flush=True)


def _serve(officer, refs: list[str], seconds: int) -> None:  # type: ignore[no-untyped-def]
    import socket

    from django.db import connections

    from benchmarks import list_load

    for each in connections.all():
        each.close()
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    house = subprocess.Popen(
        [sys.executable, "-m", "havre.site.command", "serve", "--port", str(port)], stdout=subprocess.DEVNULL, env=dict(os.environ)
    )
    try:
        list_load._wait(port)
        users = Users(port, officer, refs)
        users.run(5)
        users.times = {"long": [], "other": []}
        users.run(seconds)
        users.report()
    finally:
        house.send_signal(signal.SIGTERM)
        house.wait(20)


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
