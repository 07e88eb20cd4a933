"""Drill 5: an invented person goes through the real house; afterwards no file of it may hold what was typed, in any form.

The drill plants leaks in every kind of place and is void when the scan misses one. At the end the person is erased, and the key's bytes are
looked for in every file.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import re
import secrets
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pyrage
import pytest

from tests.drills.browser import Browser, code
from tests.drills.forms import Hit, forms_of, scan
from tests.drills.house import House
from tests.drills.looking import furnished, unscratch

pytestmark = pytest.mark.drill

WINDOW = 16
CHROMIUM = os.environ.get("HAVRE_CHROMIUM", "/usr/bin/chromium")


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


POSTGRESQL = os.environ.get("HAVRE_DRILL_DATABASE_URL", "")
SETTINGS = "tests.drills.canary_settings"


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.skipif(not POSTGRESQL, reason="HAVRE_DRILL_DATABASE_URL names no PostgreSQL server")),
    ]
)
def house(request, tmp_path):
    name = f"havre_drill_{uuid4().hex[:12]}"
    shared = request.param == "postgresql"
    found = House(tmp_path, database=furnished(POSTGRESQL, name) if shared else "", settings=SETTINGS)
    (tmp_path / "mails").mkdir()
    yield found
    found.close()
    if shared:
        unscratch(POSTGRESQL, name)


def test_invented_person_leaves_no_trace_outside_the_vault(house, tmp_path):
    who = invented()
    house.settle()
    body = {
        "prs_FirstName": who["first"],
        "prs_LastName": who["last"],
        "aliases": [who["alias"]],
        "phones": [who["phone"]],
        "documents": [who["document"]],
    }
    seeded = house.errand("seed", "2", "1", json.dumps(body))
    since = log_position(house)
    house.start()
    shown = tmp_path / "shown"
    shown.mkdir()
    use(house, seeded, who)
    break_it(house, seeded, who)
    publish(house, seeded, shown)
    browsed = look_with_chromium(house, seeded, who, tmp_path / "profile")
    opened = back_up(house, tmp_path)
    hand_out(house, shown)
    house.kill()
    if house.database:
        plant_in_database(house, who)
        copy_database(house, since, tmp_path / "cluster")

    folders = {
        "home": house.home,
        "logs": house.logs,
        "mails": tmp_path / "mails",
        "backups": tmp_path / "backups",
        "opened backup": opened,
        "outputs": shown,
        **({"browser profile": tmp_path / "profile"} if browsed else {}),
        **({"database": tmp_path / "cluster"} if house.database else {}),
    }
    plants = plant(house, who, folders)
    hits, files, size = scan(folders.values(), who.values())
    missed = [name for name in plants if not any(name in hit.place for hit in hits)]
    assert not missed, f"void: the scan missed its own plants {missed}"
    if house.database:
        assert any(hit.place.startswith("cluster") for hit in hits), "void: the plant in the database is not found in the cluster's files"
    leaks = [hit for hit in hits if not any(name in hit.place for name in plants) and not planted_row(hit, who)]
    surfaces = ", ".join(f"{name} {sum(path.is_file() for path in folder.rglob('*'))}" for name, folder in folders.items())
    count = len(plants) + bool(house.database)
    kind = "PostgreSQL" if house.database else "SQLite"
    print(
        f"\ncanary drill on {kind}: {len(who)} values in {sum(len(forms_of(value)) for value in who.values()):,} forms, {files} files"
        f" ({surfaces}), {size:,} bytes, {count} of {count} plants found, leaks {len(leaks)}"
    )
    assert not leaks, sorted({(hit.place, hit.form) for hit in leaks})
    for path in plants.values():
        path.unlink()
    if not house.database:
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


def break_it(house: House, seeded: dict, who: dict[str, str]) -> None:
    """A page that fails with the person's words in its variables and its exceptions; the log must say where, and nothing more."""
    browser = Browser(house.port)
    browser.sign_in(seeded["people"][1]["username"], seeded["passphrase"], seeded["secret"])
    page = browser.post("/broken/", {"words": f"{who['first']} {who['last']}"})
    assert (page.status, who["first"] in page.body) == (500, False)
    assert "builtins.RuntimeError" in house.log(), "void: the failure was not logged with its traceback"
    assert "in broken" in house.log()


def publish(house: House, seeded: dict, shown: Path) -> None:
    """A profile and a publication of the extract, with the pages and tables that come of them."""
    browser = Browser(house.port)
    # the code of the last sign-in is used up
    time.sleep(31 - time.time() % 30)
    browser.sign_in("rapporteur", seeded["passphrase"], seeded["secret"])
    figures = browser.get("/figures/").body
    (shown / "figures.html").write_text(figures)
    sources = re.findall(r'<option value="([^"]+)"', figures) + re.findall(r'name="source" value="([^"]+)"', figures)
    assert sources, "no source of figures is offered after the extract"
    assert browser.post("/figures/profile/", {"source": sources[0]}).status == 302
    drafted = browser.post("/releases/", {"title": "Drill", "source": sources[0], "tables": "gender, age_group\ngender", "k": "3"})
    assert drafted.status == 302, drafted.body[-3000:]
    assert browser.post(f"{drafted.location}check/", {}).status in (302, 200)
    time.sleep(20)
    for name, address in (("release", drafted.location), ("table", f"{drafted.location}table/0.csv"), ("profiles", "/figures/")):
        (shown / f"{name}.html").write_text(browser.get(address).body)


def hand_out(house: House, shown: Path) -> None:
    """What leaves the house unsealed by command: the audit trail and the reference pages, the policy book among them."""
    house.must("audit", "export", str(shown / "trail.jsonl"))
    house.must("reference", "--out", str(shown / "reference"))
    book = (shown / "reference" / "policy-book.en.md").read_text()
    assert "A01" in book


def look_with_chromium(house: House, seeded: dict, who: dict[str, str], profile: Path) -> bool:
    """A real browser opens the case, writes a note and opens the name; its folder stays behind. False where there is no browser."""
    if not Path(CHROMIUM).exists():
        return False
    from playwright.sync_api import sync_playwright

    manager, case = seeded["people"][0], seeded["people"][0]["cases"][0]
    with sync_playwright() as play:
        context = play.chromium.launch_persistent_context(profile, executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = context.new_page()
        base = f"http://127.0.0.1:{house.port}"
        page.goto(f"{base}/accounts/login/")
        page.fill("[name=login]", manager["username"])
        page.fill("[name=password]", seeded["passphrase"])
        page.click("main button[type=submit]")
        time.sleep(31 - time.time() % 30)
        page.fill("[name=code]", code(seeded["secret"]))
        page.click("main button[type=submit]")
        page.goto(f"{base}/d/{case['ref']}/")
        assert who["alias"] in page.content(), "void: the browser did not see the case's note"
        page.goto(f"{base}/d/{case['ref']}/name/")
        page.check("[name=reason][value=contact]")
        page.click("main button[type=submit]")
        assert who["phone"] in page.content(), "void: the browser did not see the name"
        page.goto(f"{base}/")
        context.close()
    return True


def log_position(house: House) -> str:
    """Where PostgreSQL's log of writes stands, "" on SQLite."""
    if not house.database:
        return ""
    import psycopg

    with psycopg.connect(house.database) as shared:
        return shared.execute("SELECT pg_current_wal_lsn()::text").fetchone()[0]


def plant_in_database(house: House, who: dict[str, str]) -> None:
    import psycopg

    with psycopg.connect(house.database) as shared:
        shared.execute("CREATE TABLE planted (words text)")
        shared.execute("INSERT INTO planted VALUES (%s)", (who["alias"].upper(),))


def planted_row(hit: Hit, who: dict[str, str]) -> bool:
    """The one value that was planted in the database lies in its files, its log of writes and its dump."""
    return hit.place.startswith("cluster") and hit.value == who["alias"] and hit.form.startswith("raw")


def copy_database(house: House, since: str, to: Path) -> None:
    """The files of the cluster that belong to this database, its log of writes since `since`, and a dump."""
    import psycopg

    to.mkdir()
    with psycopg.connect(house.database, autocommit=True) as shared:
        shared.execute("CHECKPOINT")
        folder, oid = shared.execute(
            "SELECT current_setting('data_directory'), (SELECT oid::text FROM pg_database WHERE datname = current_database())"
        ).fetchone()
        first, last = shared.execute("SELECT pg_walfile_name(%s::pg_lsn), pg_walfile_name(pg_current_wal_lsn())", (since,)).fetchone()
    found = urlsplit(house.database)
    dump = subprocess.run(
        ["pg_dump", "--inserts", "-h", str(found.hostname), "-p", str(found.port), "-U", str(found.username), found.path[1:]],
        capture_output=True,
        check=True,
    )
    (to / "dump.sql").write_bytes(dump.stdout)
    files = Path(folder) / "base" / oid
    if os.access(files, os.R_OK):
        shutil.copytree(files, to / "base")
        (to / "wal").mkdir()
        for path in (Path(folder) / "pg_wal").iterdir():
            if path.is_file() and first <= path.name <= last:
                shutil.copy(path, to / "wal")
    print(f"cluster files {'read' if (to / 'base').exists() else 'not readable here: dump only'}, log segments {first} to {last}")


def plant(house: House, who: dict[str, str], folders: dict[str, Path]) -> dict[str, Path]:
    """One leak in each kind of place: upper case in a log line, a digest in a gzip file, base64 in JSON and in a mail, a name in UTF-16."""
    leaks = {
        "planted.log": (house.logs, f"2026-01-01 WARNING person {who['last'].upper()} not found\n".encode()),
        "planted-digest.gz": (house.home, gzip.compress(hashlib.sha256(who["first"].encode()).hexdigest().encode())),
        "planted-message.json": (
            house.home,
            json.dumps({"body": base64.b64encode(f"to: {who['phone']}, hello".encode()).decode()}).encode(),
        ),
        "planted-mail.log": (folders["mails"], base64.b64encode(f"Subject: about {who['alias']}".encode())),
        "planted-table.csv": (folders["outputs"], f"gender,{who['document']}\n".encode()),
    }
    if "browser profile" in folders:
        leaks["planted-history"] = (folders["browser profile"], f"x{who['first']}".encode("utf-16-le"))
    made = {}
    for name, (folder, content) in leaks.items():
        made[name] = folder / name
        made[name].write_bytes(content)
    return made


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
