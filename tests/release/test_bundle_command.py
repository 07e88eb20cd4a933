"""One spend a run, whatever kills it; and the bundle that the commands pack."""

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest
from click.testing import CliRunner

from havre.release.command import release
from havre.release.stats.bundle.packing import new_key
from havre.release.stats.ledger import Head
from havre.release.stats.ledger_file import create, read

BOOK = {"gender": ["Female", "Male"], "age": ["child", "adult"], "work": ["farm", "sea", "home"]}
# the command, in a process that kills itself for good right after its n-th write has reached the disk, or before the folder is put in place
KILLED = """
import os, signal, sys
n, calls, sync, put = sys.argv.pop(1), [], os.fsync, os.replace
def die():
    os.kill(os.getpid(), signal.SIGKILL)
def fsync(number):
    sync(number)
    calls.append(1)
    if n == str(len(calls)):
        die()
def replace(source, target):
    if n == "folder" and str(target).endswith("out"):
        die()
    put(source, target)
os.fsync, os.replace = fsync, replace
from havre.release.command import release
release(sys.argv[1:])
"""


@pytest.fixture
def place(tmp_path):
    lines = [f"{('Female', 'Male')[i % 3 == 0]},{('child', 'adult')[i % 4 == 0]},{('farm', 'sea', 'home')[i % 7 % 3]}" for i in range(600)]
    (tmp_path / "rows.csv").write_text("gender,age,work\n" + "\n".join(lines) + "\n")
    (tmp_path / "book.json").write_text(json.dumps(BOOK))
    create(tmp_path / "ledger", Head("test", 1.5, 1e-6))
    new_key(tmp_path / "key.pem")
    (tmp_path / "about.json").write_text(
        json.dumps({"title": "Rows", "publisher": "House", "contact": "c@example.org", "issued": "2026-11-28"})
    )
    return tmp_path


def words(place, command, *more):
    paths = ("--codebook", place / "book.json", "--ledger", place / "ledger", "--out", place / "out")
    return [command, str(place / "rows.csv"), "--delta", "0.000001", *map(str, paths), *more]


ROWS, TABLES = ("synthetic",), ("dp", "--tables", "gender,age;work")
# 1 the run begins, 2 it is reserved, 3 noise may be drawn, 4 and on an answer is kept
KILLS = [(ROWS, "1"), (ROWS, "2"), (ROWS, "3"), (ROWS, "5"), (ROWS, "folder"), (TABLES, "2"), (TABLES, "4"), (TABLES, "folder")]


@pytest.mark.parametrize(("command", "moment"), KILLS, ids=lambda value: value if isinstance(value, str) else value[0])
def test_killed_run_leaves_no_half_product_and_is_charged_once_when_taken_up_again(place, command, moment):
    asked = words(place, *command)
    done = subprocess.run([sys.executable, "-c", KILLED, moment, *asked], check=False, capture_output=True, env=os.environ)
    spent = len(read(place / "ledger").counting)

    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert not (place / "out").exists()
    assert spent == (0 if moment == "1" else 1)

    answers = {path.name: path.read_bytes() for path in (place / ".havre-run-out").glob("*.answers")}
    again = CliRunner().invoke(release, asked)
    ledger = read(place / "ledger")

    assert again.exit_code == 0, again.output
    assert (place / "out" / "proof.json").exists()
    assert [line.release for line in ledger.counting] == ["out"]
    assert ledger.states == {"out": "draw"}
    assert ledger.total.epsilon <= 1.0
    # what had been drawn is read, not drawn again
    assert {name: (place / ".havre-run-out" / name).read_bytes() for name in answers} == answers
    assert not (place / ".out.part").exists()


def test_run_whose_answers_are_gone_is_refused_since_it_would_draw_twice_for_one_spend(place):
    first = CliRunner().invoke(release, words(place, *TABLES))
    shutil.rmtree(place / "out")
    shutil.rmtree(place / ".havre-run-out")
    again = CliRunner().invoke(release, words(place, *TABLES))

    assert first.exit_code == 0, first.output
    assert "second spend" in again.output
    assert not (place / "out").exists()


@pytest.mark.parametrize("command", [ROWS, TABLES, (*ROWS, "--method", "k-anonymous")], ids=["rows", "tables", "k"])
def test_bundle_holds_by_the_stand_alone_check(place, command):
    more = ("--bundle", str(place / "bundle"), "--key", str(place / "key.pem"), "--about", str(place / "about.json"))
    made = CliRunner().invoke(release, words(place, *command, *more))
    public, internal = place / "bundle" / "out.public.zip", place / "bundle" / "out.internal.zip"
    found = CliRunner().invoke(release, ["verify", str(public), "--public-key", str(place / "key.pub.pem"), "--internal", str(internal)])

    assert made.exit_code == 0, made.output
    assert found.exit_code == 0, found.output


@pytest.mark.parametrize("lacking", ["--key", "--about", "--ledger"])
def test_bundle_without_what_it_needs_is_refused_before_anything_is_spent(place, lacking):
    given = {"--key": "key.pem", "--about": "about.json", "--ledger": "ledger", "--codebook": "book.json", "--out": "out", "--bundle": "b"}
    options = [word for name, value in given.items() if name != lacking for word in (name, str(place / value))]
    refused = CliRunner().invoke(release, ["dp", str(place / "rows.csv"), "--tables", "gender", *options])

    assert refused.exit_code == 2
    assert lacking in refused.output
    assert read(place / "ledger").lines == ()
    assert not (place / "out").exists()
