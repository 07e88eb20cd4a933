"""`make bench` is one command: every benchmark is in it, and one that fails is named and stops no other."""

import re
import sys
from pathlib import Path

import pytest

import benchmarks.__main__ as bench
from benchmarks.__main__ import PARTS, Part, run

FOLDER = Path(bench.__file__).parent
# run by hand: they train what is shipped, and take hours or a peer's environment
BY_HAND = {"linkage_training", "linkage_private_training", "speller", "__main__"}


def test_every_benchmark_is_part_of_the_one_command():
    known = {path.stem for path in FOLDER.glob("*.py") if '__name__ == "__main__"' in path.read_text(encoding="utf-8")}
    assert {part.name for part in PARTS} == known - BY_HAND
    assert all(part.size for part in PARTS)


def test_part_that_fails_or_outlives_its_time_says_so():
    assert run(Part("no_such_benchmark", (), "")) == "ended with status 1"
    assert run(Part("coverage", ("--short",), ""), patience=0.2) == "not done after 0.2 s"


def test_failing_part_stops_no_other_and_ends_in_status_1(monkeypatch, capfd):
    parts = (Part("no_such_benchmark", (), "nothing"), Part("media", (), "all texts"))
    monkeypatch.setattr(bench, "PARTS", parts)
    monkeypatch.setattr(sys, "argv", ["benchmarks"])
    with pytest.raises(SystemExit) as ended:
        bench.main()
    told = capfd.readouterr().out
    assert ended.value.code == 1
    assert re.findall(r"^(\w+) +[\d.]+ s  (.+)$", told, re.MULTILINE) == [("no_such_benchmark", "ended with status 1"), ("media", "done")]
    assert "seventh_fr.yaml" in told
