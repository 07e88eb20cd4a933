"""Drill: a worker is killed in the middle of a withdrawal. Nothing of it stands, or all of it; every notice is there once.

The withdrawal is stopped before a statement and the process killed (SIGKILL) from outside, for statements spread over the whole act, at its
commit, and after it, before it is answered. Then it is asked for again, as the person would. HAVRE_DRILL_WITHDRAWAL=full kills before every
statement; HAVRE_DRILL_DATABASE_URL runs it on PostgreSQL as well, in a database made for it there.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.drills.house import ROOT, House
from tests.drills.looking import furnished, unscratch

pytestmark = pytest.mark.drill

POSTGRESQL = os.environ.get("HAVRE_DRILL_DATABASE_URL", "")
FULL = os.environ.get("HAVRE_DRILL_WITHDRAWAL") == "full"
SHARES, SPREAD = 6, 10
AT_COMMIT, ANSWERED, NOWHERE = -1, -2, 0


class Worker:
    """The process that withdraws, seen from the drill."""

    def __init__(self, house: House) -> None:
        self.log = (house.logs / "withdrawing.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.drills.withdrawing"],
            cwd=ROOT, env=house.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
        )  # fmt: skip
        self.kills = self.seeds = 0

    def ask(self, what: str, *, kill: bool = False, **more: Any) -> dict[str, Any]:
        """One request, done by a child; with `kill`, the child dies by SIGKILL as soon as it says where it has stopped."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"what": what, **more}) + "\n")
        self.process.stdin.flush()
        pid, answer = self._line()["pid"], self._line()
        assert "ended" not in answer and kill is ("stopped" in answer), (what, answer, Path(self.log.name).read_text()[-2000:])
        if kill:
            os.kill(pid, signal.SIGKILL)
        ended = self._line()["ended"]
        assert ended == (signal.SIGKILL if kill else 0), (what, ended)
        self.kills += kill
        return answer

    def seed(self) -> dict[str, str]:
        """Another case with its consent and shares."""
        self.seeds += 1
        return self.ask("seed", number=self.seeds, shares=SHARES)

    def _line(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the worker is gone: {self.log.name}"
        return json.loads(line)

    def close(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()
        self.log.close()


def sound(state: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> str:
    """Whether nothing or all of a withdrawal stands; `partly` is the breach."""
    return "nothing" if state == before else "everything" if state == after else "partly"


def drill(house: House, kind: str) -> None:
    began = time.monotonic()
    house.settle()
    worker = Worker(house)
    try:
        ids = worker.seed()
        before = worker.ask("look", **ids)
        statements = worker.ask("withdraw", **ids, stop=NOWHERE, commits=False)["done"]
        after = worker.ask("look", **ids)
        places = range(1, statements + 1) if FULL else sorted({1 + n * (statements - 1) // (SPREAD - 1) for n in range(SPREAD)})
        stood: dict[str, int] = {"nothing": 0, "everything": 0, "partly": 0}
        wrong, proofs = [], set()
        for place in [*places, AT_COMMIT, ANSWERED]:
            ids = worker.seed()
            assert worker.ask("look", **ids) == before
            worker.ask("withdraw", kill=True, **ids, stop=place, commits=False)
            verdict = sound(worker.ask("look", **ids), before, after)
            stood[verdict] += 1
            expected = "everything" if place == ANSWERED else "nothing"
            # asked for again: the whole of it, and nothing twice
            worker.ask("withdraw", **ids, stop=NOWHERE, commits=False)
            again = worker.ask("look", **ids)
            if verdict != expected or again != after:
                wrong.append((place, verdict, again))
            proofs.add(json.dumps(worker.ask("proof", **ids)))
        planted = _planted(worker, before, after, statements)
        killed = worker.kills
    finally:
        worker.close()
        house.close()
    print(
        f"\nwithdrawal drill on {kind}: {statements} statements, {SHARES} shares and an accepted referral; killed {killed} times"
        f" (SIGKILL); {stood['nothing']} left nothing, {stood['everything']} everything, {stood['partly']} a part; asked again, closed whole"
        f" with every notice once: {sum(stood.values()) - len(wrong)} of {sum(stood.values())}; the proof: {sorted(proofs)}; planted fault"
        f" seen: {planted}; {time.monotonic() - began:.0f} s\nbefore {before}\nafter  {after}"
    )
    assert not wrong, wrong
    assert planted == "partly"
    assert after["open shares"] < before["open shares"] - SHARES
    assert after["lines of an ended share"] == after["notices of an ended share"] == before["open shares"] - after["open shares"]
    # to the sender and to the receiver of the referral, one each
    assert after["notices of a referral"] - before["notices of a referral"] == 2
    assert (after["acts"], after["steps in the ledger"] - before["steps in the ledger"]) == (1, 1)
    assert [json.loads(one) for one in proofs] == [{"shares": after["lines of an ended share"], "holds": True}]


def _planted(worker: Worker, before: dict[str, Any], after: dict[str, Any], statements: int) -> str:
    """The judge must see a withdrawal that is cut in two transactions: the first half stands."""
    ids = worker.seed()
    worker.ask("withdraw", kill=True, **ids, stop=statements // 2, commits=True)
    return sound(worker.ask("look", **ids), before, after)


def test_withdrawal_killed_in_the_middle_leaves_nothing_or_everything(tmp_path):
    drill(House(tmp_path), "SQLite")


@pytest.mark.skipif(not POSTGRESQL, reason="HAVRE_DRILL_DATABASE_URL names no PostgreSQL server")
def test_withdrawal_killed_in_the_middle_on_postgresql_leaves_nothing_or_everything(tmp_path):
    name = f"havre_drill_{uuid4().hex[:12]}"
    database = furnished(POSTGRESQL, name)
    try:
        drill(House(tmp_path, database=database), "PostgreSQL")
    finally:
        unscratch(POSTGRESQL, name)
