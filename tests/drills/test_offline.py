"""Drill of the phone: talks are saved without a network while the browser is killed and the network loses, doubles and delays.

HAVRE_DRILL_SAVES (8; the full form is 200 or more) talks that the page said were saved; HAVRE_DRILL_SEED for the chances;
HAVRE_DRILL_DATABASE_URL runs it on PostgreSQL as well, in a database made for it there.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Error, sync_playwright

from tests.drills.browser import Browser
from tests.drills.field import CHROMIUM, Field, Phone, Weather
from tests.drills.forms import scan
from tests.drills.house import House
from tests.drills.looking import Ask, furnished, opened, plain, unscratch

pytestmark = [pytest.mark.drill, pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no browser: set HAVRE_CHROMIUM")]

SAVES = int(os.environ.get("HAVRE_DRILL_SAVES", "8"))
POSTGRESQL = os.environ.get("HAVRE_DRILL_DATABASE_URL", "")
SEED = int(os.environ.get("HAVRE_DRILL_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
PAGE = "/p/pocket/"
STORM = {"lose_request": 0.2, "lose_answer": 0.25, "double": 0.3, "late": 0.2}
SKEWS = (0, 0, 3 * 86_400_000, -400 * 86_400_000, 40 * 60_000)
FIRST, AGAIN = 150_000, 5_000
# what an answer looks like where it lies in plain words
PLAIN = ('"kept":"agreed"', '","a":"', '"answers":[')
# a whole talk on the page's own buttons and fields; ends with the touch that keeps it
TALK = """async ([mark, answers]) => {
  const tick = () => new Promise((done) => setTimeout(done, 0));
  const set = (name, value) => { const one = document.getElementById("f-" + name);
    if (one.type === "checkbox") { one.checked = value; } else { one.value = value; }
    one.dispatchEvent(new Event("change")); };
  while (!document.getElementById("begin")) { await tick(); }
  document.getElementById("begin").click(); await tick();
  for (const [name, value] of Object.entries({ situation: "border", profile: "adult_labour", place: "border", language: "tet", informed: true,
    private: true, danger: "low", care: "false", gender: mark, age: "31", age_basis: "stated" })) { set(name, value); }
  document.getElementById("cards").click(); await tick();
  for (const answer of answers) { document.querySelector(`[data-answer=${answer}]`).click(); await tick(); }
  document.getElementById("finish")?.click(); await tick();
  set("kept", "agreed");
  document.getElementById("keep").click();
}"""
# a parcel that no key opens, put into the phone's store as if a page had been spoilt
POISON = """(id) => new Promise((done, fail) => { const ask = indexedDB.open("pocket"); ask.onerror = fail; ask.onsuccess = () => {
  const act = ask.result.transaction("sealed", "readwrite", { durability: "strict" });
  act.objectStore("sealed").put({ id: id, body: crypto.getRandomValues(new Uint8Array(300)).buffer, saved: 0 });
  act.oncomplete = () => { ask.result.close(); done(true); }; act.onabort = fail; }; })"""


@dataclass(slots=True)
class Told:
    """What the page said: saved number → mark; and every mark that was typed at all."""

    saved: dict[str, str] = field(default_factory=dict)
    tried: dict[str, list[str]] = field(default_factory=dict)
    poisons: set[str] = field(default_factory=set)


@dataclass(slots=True)
class There:
    """What lies in the house: parcels (number → state, screening), and of each screening the mark and the answers."""

    parcels: list[tuple[str, str, str]]
    screenings: dict[str, tuple[str, Counter[str]]]


def look(house: House) -> There:
    if house.database:
        import psycopg

        # as the owner of the tables, past row-level security: what lies there, not what somebody may see
        with psycopg.connect(house.database) as shared:
            return _look(lambda query: shared.execute(query).fetchall())  # type: ignore[arg-type]
    with closing(opened(house.home / "havre.sqlite3")) as base:
        return _look(lambda query: base.execute(query).fetchall())


def _look(ask: Ask) -> There:
    parcels = ask("SELECT number, state, screening_id FROM protection_parcel")
    marks = ask("SELECT s.id, p.gender FROM protection_screening s JOIN register_person p ON p.id = s.person_id")
    answers: dict[str, Counter[str]] = {}
    for screening, answer in ask("SELECT screening_id, answer FROM protection_screeninganswer"):
        answers.setdefault(plain(screening), Counter())[answer] += 1
    return There(
        [(str(UUID(str(number))), state, plain(screening) if screening else "") for number, state, screening in parcels],
        {plain(one): (mark, answers.get(plain(one), Counter())) for one, mark in marks},
    )


def judge(told: Told, there: There) -> Counter[str]:
    """Every breach by its kind: lost, doubled, mixed, invented, aside."""
    found: Counter[str] = Counter()
    by_number = {number: (state, screening) for number, state, screening in there.parcels}
    for number, mark in told.saved.items():
        state, screening = by_number.get(number, ("", ""))
        if state == "aside":
            found["aside"] += 1
        elif screening not in there.screenings:
            found["lost"] += 1
        elif there.screenings[screening][0] != mark or not _same(told.tried[mark], there.screenings[screening][1]):
            found["mixed"] += 1
    found["poison not set aside"] += sum(by_number.get(number, ("", ""))[0] != "aside" for number in told.poisons)
    times = Counter(mark for mark, _answers in there.screenings.values())
    found["doubled"] += sum(count - 1 for count in times.values())
    found["doubled"] += len(there.screenings) - len({screening for _n, _s, screening in there.parcels if screening in there.screenings})
    found["invented"] += sum(mark not in told.tried for mark in times)
    return +found


def _same(pressed: list[str], kept: Counter[str]) -> bool:
    rest = kept - Counter(pressed)
    # cards that were not put are there as "not asked", and as nothing else
    return not (Counter(pressed) - kept) and set(rest) <= {"not_asked"}


class Drill:
    """One phone, one officer, one house between them the weather."""

    def __init__(self, house: House, base: Path, play) -> None:
        self.began, self.chance, self.told = time.monotonic(), random.Random(SEED), Told()
        self.house, self.play, self.base = house, play, base
        self.secret = "".join(self.chance.choice("bcdfghjklmnpqrstvwxz") for _n in range(14))
        self.kills = self.skewed = self.count = 0
        self.searched: list[int] = []
        house.settle()
        house.keep_warm()
        self.seeded = house.errand("seed", "1", "0")
        house.start()
        self.field = Field(house.port, self.chance)
        self.phone = Phone(base / "profile")
        self.url = f"http://127.0.0.1:{self.field.port}{PAGE}"
        browser = Browser(house.port)
        browser.sign_in(self.seeded["people"][0]["username"], self.seeded["passphrase"], self.seeded["secret"])
        self.session = [
            {"name": name, "value": value, "url": f"http://127.0.0.1:{self.field.port}", "httpOnly": True}
            for name, value in browser.cookies.items()
        ]

    def open(self, *, skew_ms: int = 0, signed_in: bool = True):
        self.skewed += bool(skew_ms)
        page = self.phone.start(self.play, skew_ms=skew_ms, cookies=self.session if signed_in else None)
        page.goto(self.url)
        page.wait_for_selector("#content[data-ready]")
        return page

    def bytes_of_two_loads(self) -> tuple[int, int]:
        """What the network gave a phone that had never been here, and then once more."""
        self.field.weather = Weather()
        page = self.open(signed_in=False)
        # ready when the worker has put away everything that it names
        assert page.evaluate("navigator.serviceWorker.ready.then((one) => one.active.state !== 'installing')")
        page.wait_for_timeout(500)
        first, self.field.weather = dict(self.field.weather.bytes), Weather()
        page.reload()
        page.wait_for_selector("#content[data-ready]")
        page.wait_for_timeout(500)
        # the browser looks for a new worker when it pleases: counted here, so that the figure does not hang on its mood
        if not any(name.endswith("worker.js") for name in self.field.weather.bytes):
            page.evaluate("navigator.serviceWorker.ready.then((one) => one.update())")
            page.wait_for_timeout(500)
        again = dict(self.field.weather.bytes)
        assert any(name.endswith("worker.js") for name in first) and any("pictures" in name for name in first), "void: not all was loaded"
        print(f"\nfirst load, bytes with headers: {first}\nrepeat: {again}")
        self.phone.kill()
        return sum(first.values()), sum(again.values())

    def talk(self, page, *, wait: bool) -> None:
        """One talk; `wait` until the page says that it is saved, or leave at once."""
        self.count += 1
        mark = f"{self.secret}{self.count}"
        answers = [self.chance.choice(("yes", "no", "not_recorded", "refused", "not_asked")) for _n in range(self.chance.randrange(3, 9))]
        self.told.tried[mark] = answers
        before = page.evaluate("document.getElementById('content').dataset.saved || ''")
        page.evaluate(TALK, [mark, answers])
        if wait:
            page.wait_for_function("(before) => (document.getElementById('content').dataset.saved || '') !== before", arg=before)
            self.told.saved[page.evaluate("document.getElementById('content').dataset.saved")] = mark

    def round(self) -> None:
        """Talks in bad weather, some with no network or nobody signed in, and a kill at a moment that nobody chose."""
        kind = self.chance.choice(("storm", "storm", "cut", "signed out"))
        page = self.open(skew_ms=self.chance.choice(SKEWS), signed_in=kind != "signed out")
        if self.kills % 3 == 0:
            # sorts before every other number: whatever it holds up would be everything
            poison = f"00000000-0000-7000-8000-{self.kills:012d}"
            page.evaluate(POISON, poison)
            self.told.poisons.add(poison)
        counts = self.field.weather.counts
        self.field.weather = Weather(**STORM, counts=counts)
        self.field.weather.cut = kind == "cut"
        for _n in range(self.chance.randrange(2, 8) if SAVES >= 50 else 3):
            self.talk(page, wait=True)
            if self.chance.random() < 0.3:
                self.field.bring_late()
        if self.chance.random() < 0.5:
            self.talk(page, wait=False)
        else:
            page.evaluate("() => { document.getElementById('send')?.click(); }")
        time.sleep(self.chance.uniform(0.0, 0.4))
        self.phone.kill()
        self.kills += 1
        self.field.weather.cut = False

    def drain(self) -> None:
        """A good day: everything that waits goes."""
        self.field.bring_late()
        self.field.weather = Weather(counts=self.field.weather.counts)
        page = self.open()
        end = time.monotonic() + 120
        while page.locator("#count").inner_text() != "0":
            assert time.monotonic() < end, "what waited did not go"
            page.click("#send")
            page.wait_for_timeout(300)

    def leaks(self, folder: Path) -> int:
        hits, *self.searched = scan([folder], [self.secret, *PLAIN])
        return len(hits)


def test_talks_saved_without_a_network_arrive_once_and_leave_no_plain_word_on_the_phone(tmp_path):
    drill(House(tmp_path), tmp_path, "SQLite")


@pytest.mark.skipif(not POSTGRESQL, reason="HAVRE_DRILL_DATABASE_URL names no PostgreSQL server")
def test_talks_saved_without_a_network_arrive_once_on_postgresql_too(tmp_path):
    name = f"havre_drill_{uuid4().hex[:12]}"
    database = furnished(POSTGRESQL, name)
    try:
        drill(House(tmp_path, database=database), tmp_path, "PostgreSQL")
    finally:
        unscratch(POSTGRESQL, name)


def drill(house: House, base: Path, kind: str) -> None:
    with sync_playwright() as play:
        run = Drill(house, base, play)
        try:
            first, again = run.bytes_of_two_loads()
            with pytest.raises(Error):
                run.play.chromium.connect_over_cdp(f"http://127.0.0.1:{run.phone.port}", timeout=1000)
            while len(run.told.saved) < SAVES:
                run.round()
            on_phone = run.leaks(run.phone.profile)
            run.drain()
            run.phone.kill()
            after = run.leaks(run.phone.profile)
            files, size = run.searched
            there = look(house)
            breaches = judge(run.told, there)
            seen = planted(run, there) + planted_page(run)
        finally:
            run.phone.kill()
            run.field.close()
            house.close()
    counts = run.field.weather.counts
    print(
        f"offline drill on {kind}: seed {SEED}, saves acknowledged {len(run.told.saved)} of {run.count} tried, kills {run.kills}, wrong clocks"
        f" {run.skewed}, {counts}, screenings {len(there.screenings)}, lost {breaches['lost']}, doubled {breaches['doubled']}, mixed"
        f" {breaches['mixed']}, set aside {breaches['aside']}, poisons set aside {len(run.told.poisons)}, plain words"
        f" in the profile {on_phone} before and {after} after sending"
        f" ({files} files, {size:,} bytes), planted faults seen {seen}, first load {first:,} bytes, repeat {again:,},"
        f" {time.monotonic() - run.began:.0f} s"
    )
    assert breaches == Counter()
    assert (on_phone, after) == (0, 0)
    assert seen == ["lost", "doubled", "mixed", "plain file", "plain page"]
    assert first <= FIRST and again <= AGAIN
    assert len(run.told.saved) >= SAVES


def planted(run: Drill, there: There) -> list[str]:
    """Faults put into a copy of what was found: the judge must see each, or it saw nothing before."""
    number, _state, screening = next(row for row in there.parcels if row[2])
    mark, answers = there.screenings[screening]
    run.told.saved.setdefault(number, mark)
    seen = []
    for kind, faulty in (
        ("lost", {s: row for s, row in there.screenings.items() if s != screening}),
        ("doubled", {**there.screenings, "another": (mark, answers)}),
        ("mixed", {**there.screenings, screening: (mark, Counter({"yes": 99}))}),
    ):
        if judge(run.told, There(there.parcels, faulty))[kind]:
            seen.append(kind)
    return seen


def planted_page(run: Drill) -> list[str]:
    """A file and a page that keep plain words: the search must find both."""
    seen = []
    folder = run.base / "planted"
    folder.mkdir()
    (folder / "history").write_bytes(f"x{run.secret}y".encode("utf-16-le"))
    if run.leaks(folder):
        seen.append("plain file")
    shutil.rmtree(folder)
    profile, run.phone.profile = run.phone.profile, folder
    honest = run.field.forward

    def faulty(method, path, headers, body):
        status, found, text = honest(method, path, {**headers, "Accept-Encoding": "identity"}, body)
        sealed, plain = b"body = await seal(id, told(await place()))", b"body = new TextEncoder().encode(told(await place())).buffer"
        return status, found, text.replace(sealed, plain)

    run.field.forward = faulty
    try:
        page = run.open(signed_in=False)
        run.talk(page, wait=True)
    finally:
        run.phone.kill()
        run.field.forward = honest
    run.told.saved.popitem()
    if run.leaks(folder):
        seen.append("plain page")
    run.phone.profile = profile
    return seen
