"""Drill 1: the whole house is killed while people save and read; what they were told must hold, once.

HAVRE_DRILL_ROUNDS (20) kills that met at least one acknowledgement; HAVRE_DRILL_SEED for the moments of the kills;
HAVRE_DRILL_DATABASE_URL runs it on PostgreSQL as well, in a database made for it there.
"""

from __future__ import annotations

import os
import random
import threading
import time
from datetime import UTC, datetime
from http.client import HTTPException
from uuid import UUID, uuid4

import pytest

from tests.drills.browser import Browser
from tests.drills.house import House
from tests.drills.judge import Breach, History, State, judge
from tests.drills.looking import furnished, look, plain, unscratch
from tests.drills.planting import FAULTS, seen

pytestmark = pytest.mark.drill

ROUNDS = int(os.environ.get("HAVRE_DRILL_ROUNDS", "20"))
SEED = int(os.environ.get("HAVRE_DRILL_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
POSTGRESQL = os.environ.get("HAVRE_DRILL_DATABASE_URL", "")
PEOPLE, CASES = 4, 6
# how long a round waits for its first acknowledgement (seconds)
PATIENCE = 20.0
PROTECTION = "32"


class Visitor:
    """One person at work: saves notes and reads case pages until the house dies."""

    def __init__(self, browser: Browser, who: dict, told: History, lock: threading.Lock, chance: random.Random) -> None:
        self.browser, self.who, self.told, self.lock, self.chance = browser, who, told, lock, chance
        # key -> case: sent, and no whole answer came
        self.pending: dict[str, dict] = {}
        self.surprises: list[str] = []

    def work(self) -> None:
        while True:
            case = self.chance.choice(self.who["cases"])
            try:
                if self.chance.random() < 0.7:
                    self.save(str(uuid4()), case)
                else:
                    self.read(case)
            except (OSError, HTTPException):
                return

    def save(self, key: str, case: dict) -> None:
        with self.lock:
            self.pending[key] = case
            self.told.unanswered.add(plain(key))
        form = {"section": PROTECTION, "person": case["person"], "words": plain(key), "once": key}
        moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M")
        page = self.browser.post(f"/d/{case['ref']}/note/", {**form, "happened_at": moment})
        with self.lock:
            if (page.status, page.location) == (302, f"/d/{case['ref']}/"):
                del self.pending[key]
                self.told.unanswered.discard(plain(key))
                self.told.acknowledged.append(plain(key))
            else:
                self.surprises.append(f"note: {page.status} {page.location}")

    def read(self, case: dict) -> None:
        pair = (self.who["id"], plain(case["person"]))
        with self.lock:
            self.told.unread.append(pair)
        page = self.browser.get(f"/d/{case['ref']}/")
        with self.lock:
            if page.status == 200 and case["ref"] in page.body:
                self.told.unread.remove(pair)
                self.told.read.append(pair)
            else:
                self.surprises.append(f"page: {page.status} {page.location}")

    def send_again(self) -> None:
        for key, case in list(self.pending.items()):
            self.save(key, case)


class Drill:
    """The rounds, and the figures that they give."""

    def __init__(self, house: House, seed: int) -> None:
        self.began = time.monotonic()
        self.house, self.chance, self.told, self.lock = house, random.Random(seed), History(), threading.Lock()
        self.kills = self.empty = self.again = self.processes = self.verified = self.sections = self.links = 0
        self.breaches: list[Breach] = []
        self.planted: list[str] = []
        house.settle()
        house.keep_warm()
        seeded = house.errand("seed", str(PEOPLE), str(CASES))
        house.start()
        self.visitors = []
        for who in seeded["people"]:
            browser = Browser(house.port)
            browser.sign_in(who["username"], seeded["passphrase"], seeded["secret"])
            self.visitors.append(Visitor(browser, who, self.told, self.lock, random.Random(self.chance.random())))

    def round(self) -> bool:
        """Traffic, a kill, a start, what was unanswered sent again, judgement. False when nothing had been acknowledged."""
        before = len(self.told.acknowledged)
        threads = [threading.Thread(target=visitor.work) for visitor in self.visitors]
        for thread in threads:
            thread.start()
        self.wait(before)
        self.processes += self.house.kill()
        for thread in threads:
            thread.join()
        counted = len(self.told.acknowledged) > before
        self.house.start()
        for visitor in self.visitors:
            self.again += len(visitor.pending)
            visitor.send_again()
        self.judge(look(self.house))
        self.kills += counted
        self.empty += not counted
        return counted

    def wait(self, before: int) -> None:
        """A moment that nobody chose; on a slow machine it is counted from the first acknowledgement, so that few rounds are empty."""
        end = time.monotonic() + PATIENCE
        while len(self.told.acknowledged) == before and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(self.chance.uniform(0.0, 1.5))

    def judge(self, state: State) -> None:
        self.verified, self.links, self.sections = self.verified + 1, state.links, self.sections + len(state.sections)
        self.breaches.extend(judge(self.told, state))

    def finish(self) -> None:
        """A clean stop, every note opened again, then the faults that the judge must see."""
        assert self.house.stop() == 0
        state = look(self.house)
        state.words = dict(self.house.errand("words"))
        self.judge(state)
        if not self.breaches:
            self.planted = seen(self.house, self.told, self.house.logs)

    def report(self, kind: str) -> str:
        return (
            f"kill drill on {kind}: seed {SEED}, kills {self.kills} (and {self.empty} with nothing acknowledged), processes killed"
            f" {self.processes}, acknowledged {len(self.told.acknowledged)}, sent again {self.again}, pages read {len(self.told.read)},"
            f" lost {self.count('lost')}, doubled {self.count('doubled')}, sections without key {self.count('keyless')} (of {self.sections}"
            f" looked at), other breaches {self.others()}, chain verified {self.verified} times (at last {self.links} links), planted faults"
            f" seen {len(self.planted)} of {len(FAULTS)}, {time.monotonic() - self.began:.0f} s"
        )

    def count(self, kind: str) -> int:
        return len({breach.words for breach in self.breaches if breach.kind == kind})

    def others(self) -> int:
        return len({breach for breach in self.breaches if breach.kind not in ("lost", "doubled", "keyless")})


def drill(house: House, kind: str) -> None:
    try:
        run = Drill(house, SEED)
        while run.kills < ROUNDS and run.empty <= ROUNDS:
            run.round()
        run.finish()
    finally:
        house.close()
    print("\n" + run.report(kind))
    surprises = [words for visitor in run.visitors for words in visitor.surprises]
    assert not run.breaches, run.breaches[:20]
    assert not surprises, surprises[:20]
    assert run.planted == list(FAULTS), run.planted
    assert run.kills >= ROUNDS
    assert {len(str(UUID(key))) for key in run.told.acknowledged} == {36}


def test_house_killed_at_work_keeps_every_acknowledged_note_once(tmp_path):
    drill(House(tmp_path), "SQLite")


@pytest.mark.skipif(not POSTGRESQL, reason="HAVRE_DRILL_DATABASE_URL names no PostgreSQL server")
def test_house_on_postgresql_killed_at_work_keeps_every_acknowledged_note_once(tmp_path):
    name = f"havre_drill_{uuid4().hex[:12]}"
    database = furnished(POSTGRESQL, name)
    try:
        drill(House(tmp_path, database=database), "PostgreSQL")
    finally:
        unscratch(POSTGRESQL, name)
