"""Drill 5: an invented person goes through the real house; afterwards no file of it may hold what was typed, in any form.

The drill plants three leaks of its own and is void when the scan misses one. At the end the person is erased, and the key's bytes are
looked for in every file.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import secrets
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pyrage
import pytest

from tests.drills.browser import Browser
from tests.drills.forms import scan
from tests.drills.house import House

pytestmark = pytest.mark.drill

WINDOW = 16


def invented() -> dict[str, str]:
    """A person whom nobody could guess; accents, so that every way of writing them is tried."""
    mark = "".join(secrets.choice("bcdfghjklmnprstvz") + secrets.choice("aeiou") for _n in range(5))
    return {
        "first": f"Zé{mark}ïne",
        "last": f"Ölo{mark[::-1]}vrâx",
        "alias": f"quonk{mark}",
        "phone": f"+233{secrets.randbelow(10**9):09d}",
        "document": f"GX{secrets.randbelow(10**10):010d}",
        "words": f"sleeps near the {mark} kiosk",
    }


@pytest.fixture
def house(tmp_path):
    found = House(tmp_path)
    yield found
    found.close()


def test_invented_person_leaves_no_trace_outside_the_vault(house, tmp_path):
    who = invented()
    house.must("init")
    body = {
        "prs_FirstName": who["first"],
        "prs_LastName": who["last"],
        "aliases": [who["alias"]],
        "phones": [who["phone"]],
        "documents": [who["document"]],
    }
    seeded = house.errand("seed", "1", "1", json.dumps(body))
    house.start()
    use(house, seeded, who)
    opened = back_up(house, tmp_path)
    house.kill()

    folders = [house.home, house.logs, tmp_path / "backups", opened]
    plants = plant(house, who)
    hits, files, size = scan(folders, who.values())
    missed = [path for path in plants if not any(path.name in hit.place for hit in hits)]
    assert not missed, f"void: the scan missed its own plants {missed}"
    leaks = [hit for hit in hits if not any(path.name in hit.place for path in plants)]
    print(
        f"\ncanary drill: {len(who)} values, {files} files, {size:,} bytes, {len(plants)} of {len(plants)} plants found, leaks {len(leaks)}"
    )
    assert not leaks, sorted({(hit.place, hit.form) for hit in leaks})
    for path in plants:
        path.unlink()
    erased(house, seeded)


def use(house: House, seeded: dict, who: dict[str, str]) -> None:
    """Everything that a person at a desk does with a name, and everything that can go wrong with it."""
    manager = seeded["people"][0]
    case = manager["cases"][0]
    browser = Browser(house.port)
    # a name typed where the account's belongs
    browser.get("/accounts/login/")
    browser.post("/accounts/login/", {"login": who["first"], "password": who["last"]})
    browser.sign_in(manager["username"], seeded["passphrase"], seeded["secret"])
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M")
    note = {"section": "32", "person": case["person"], "words": " ".join(who.values()), "happened_at": at, "once": str(uuid4())}
    address = f"/d/{case['ref']}/"
    assert browser.post(f"{address}note/", note).status == 302
    assert who["alias"] in browser.get(address).body
    # errors: a bad moment, a NUL, a missing token, a name in an address, a method that is not there
    assert browser.post(f"{address}note/", {**note, "happened_at": who["last"]}).status == 422
    assert browser.post(f"{address}note/", {**note, "words": who["first"] + "\x00"}).status == 422
    assert browser.post(f"{address}note/", {**note, "csrfmiddlewaretoken": who["document"]}).status == 403
    assert browser.get(f"/d/{who['alias']}/").status == 404
    assert browser.get(f"/nowhere/{who['alias']}").status == 404
    browser.get(f"/d/?ref={who['alias']}&since={who['document']}")
    browser.get(f"/d/search/?name={who['alias']}&ref={who['document']}")
    found = browser.post("/d/search/", {"name": who["alias"], "ref": ""})
    assert case["ref"] in found.body, found.status
    shown = browser.post(f"{address}name/", {"person": case["person"], "reason": "contact"})
    assert who["phone"] in shown.body, shown.status
    count(house, seeded)


def count(house: House, seeded: dict) -> None:
    """The extract for statistics, made by the worker in a process of its own."""
    browser = Browser(house.port)
    browser.sign_in("rapporteur", seeded["passphrase"], seeded["secret"])
    assert browser.post("/figures/extract/", {}).status == 302
    end = time.monotonic() + 120
    while not list(house.home.rglob("*.parquet")):
        assert time.monotonic() < end, f"no extract came: {house.log()[-2000:]}"
        time.sleep(0.5)
    time.sleep(2)


def back_up(house: House, place: Path) -> Path:
    """A backup while the house serves; gives a folder with the backup opened, as whoever holds the identity sees it."""
    identity = pyrage.x25519.Identity.generate()
    folder = Path(house.must("backup", "--to", str(place / "backups"), "--recipient", str(identity.to_public())).strip())
    opened = place / "opened"
    opened.mkdir(mode=0o700)
    for sealed in folder.glob("*.age"):
        pyrage.decrypt_file(str(sealed), str(opened / sealed.stem), [identity])
    return opened


def plant(house: House, who: dict[str, str]) -> list[Path]:
    """Three leaks: upper case in a log line, a digest in a gzip file, base64 in JSON."""
    log, packed, message = house.logs / "planted.log", house.home / "planted-digest.gz", house.home / "planted-message.json"
    log.write_text(f"2026-01-01 WARNING person {who['last'].upper()} not found\n")
    packed.write_bytes(gzip.compress(hashlib.sha256(who["first"].encode()).hexdigest().encode()))
    message.write_text(json.dumps({"body": base64.b64encode(f"to: {who['phone']}, hello".encode()).decode()}))
    return [log, packed, message]


def erased(house: House, seeded: dict) -> None:
    """`havre erase`, and a search for the key's bytes that asks nothing of the product."""
    person = seeded["people"][0]["cases"][0]["person"]
    with closing(sqlite3.connect(house.home / "keys.sqlite3")) as keys:
        wrapped = bytes(keys.execute("SELECT wrapped FROM trust_personkey WHERE person_id = ?", (person.replace("-", ""),)).fetchone()[0])
    windows = {wrapped[start : start + WINDOW] for start in range(0, len(wrapped) - WINDOW + 1, 4)}
    assert holding(house.home, windows), "void: the key is not found even where it is"
    words = house.must("erase", person, "--reason", "asked", "--as", "data_protection_officer", typed=seeded["passphrase"] + "\n")
    assert "ERASED. Proof" in words
    left = holding(house.home, windows)
    print(f"erased: {len(windows)} windows of the wrapped key, {len(left)} files that still hold one")
    assert not left, left


def holding(home: Path, windows: set[bytes]) -> list[str]:
    found = []
    for path in home.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            if any(window in data for window in windows):
                found.append(path.name)
    return found
