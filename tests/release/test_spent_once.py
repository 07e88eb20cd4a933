"""Ways to draw noise twice for the price of one, each refused: answers taken away, a ledger put back or written anew, two at once."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from havre.release.command import release
from havre.release.stats.ledger import Head, Ledger
from havre.release.stats.ledger_file import create, read
from tests.release.test_bundle_command import TABLES, place, words

__all__ = ["place"]


def made(place, out, *more):
    asked = [word if word != str(place / "out") else str(place / out) for word in words(place, *TABLES, *more)]
    return CliRunner().invoke(release, asked)


@pytest.mark.parametrize("meddle", ["gone", "changed"])
def test_answers_taken_away_or_changed_after_a_run_end_it(place, meddle):
    assert made(place, "out", "--run", "one").exit_code == 0
    kept = next((place / ".havre-run-one").glob("*.answers"))
    if meddle == "gone":
        kept.unlink()
    else:
        kept.write_bytes(kept.read_bytes()[:-8] + b"\1\0\0\0\0\0\0\0")
    again = made(place, "other", "--run", "one")
    assert (again.exit_code, (place / "other").exists()) == (1, False)
    assert "gone; a second draw would be a second spend" in again.output or "damaged" in again.output


def older(place):
    (place / "ledger").write_text((place / "ledger").read_text().splitlines(keepends=True)[0])


def begun_again(place):
    (place / "ledger").unlink()
    create(place / "ledger", Head("test", 1.5, 1e-6))


def larger_budget(place):
    """The budget raised, and every digest made anew."""
    known = read(place / "ledger")
    ledger = Ledger(Head("test", 15.0, 1e-6))
    for line in known.lines:
        told = {"release": line.release, "by": line.by, "at": line.at}
        ledger = ledger.reserve(line.charges, dataset=line.dataset, **told) if line.act == "reserve" else ledger.draw(**told)
    (place / "ledger").write_text(ledger.to_text())


@pytest.mark.parametrize("meddle", [older, begun_again, larger_budget])
def test_ledger_that_lost_a_spend_is_refused_by_the_runs_beside_it(place, meddle):
    assert made(place, "out", "--run", "one").exit_code == 0
    meddle(place)
    before = (place / "ledger").read_text()
    refused = made(place, "other", "--run", "two")
    assert (refused.exit_code, (place / "other").exists()) == (1, False)
    assert "has lost spends that were made (one)" in refused.output
    assert (place / "ledger").read_text() == before


def test_run_that_another_process_works_on_waits_for_nobody(place):
    folder = place / ".havre-run-one"
    folder.mkdir()
    held = "import fcntl, sys; f = open(sys.argv[1], 'ab'); fcntl.lockf(f, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", held, str(folder / "lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "held\n"
        refused = made(place, "out", "--run", "one")
        other.stdin.close()
    assert "another process works on run 'one'" in refused.output
    assert read(place / "ledger").lines == ()
    assert made(place, "out", "--run", "one").exit_code == 0
