"""The coverage command at CI's size, on the real estimator and on estimators that are wrong in ways it must see."""

from dataclasses import replace

import pytest

from benchmarks.coverage import Tally, misses, page, read, run, short
from benchmarks.populations import DESIGNS, UNSEEN
from havre.evidence.stats.prevalence import estimate

BY_NAME = {design.name: design for design in (*DESIGNS, *UNSEEN)}


def classical(*given, **more):
    return estimate(*given, **more, families=("stepwise", "decomposable"))


def test_short_coverage_holds_the_truth_flags_what_cannot_be_known_and_never_misses_under_green():
    assert short() == []


def test_short_coverage_sees_an_interval_too_narrow_and_a_light_too_kind():
    def narrow(*given, **more):
        found = classical(*given, **more)
        return found if found.value is None else replace(found, low=found.value, high=found.value + 1)

    def kind(*given, **more):
        found = narrow(*given, **more)
        return replace(found, light=replace(found.light, colour="green"))

    wrong = short(narrow)
    assert any(text.startswith("independent 4: ") and "hold the truth" in text for text in wrong)
    wrong = short(kind)
    assert any("under a green light" in text for text in wrong)
    assert "disjoint: lists that hardly meet are neither red nor refused" in wrong


def test_coverage_goes_on_where_it_stopped_and_makes_its_tables_from_the_lines_alone(tmp_path):
    results, designs = tmp_path / "results.jsonl", [BY_NAME["disjoint"], BY_NAME["strata alike"]]
    how = {"resamples": 20, "sweeps": 400}
    run(designs, results, draws=1, **how)
    first = results.read_text(encoding="utf-8")
    run(designs, results, draws=2, **how)
    lines = read(results)

    assert results.read_text(encoding="utf-8").startswith(first)
    assert sorted((one["design"], one["turn"]) for one in lines) == [
        (name, turn) for name in ("disjoint", "strata alike") for turn in (0, 1)
    ]
    text = page(lines)
    assert "| disjoint † |" in text and "| strata alike | stepwise |" in text and "At most 2 populations a design" in text


def test_tally_and_misses_count_what_is_written():
    truth = BY_NAME["independent 4"].size
    intervals = [[truth, 0.9 * truth, 1.1 * truth], [truth / 2, 0.4 * truth, 0.6 * truth], None, [truth / 2, truth / 4, 0.9 * truth]]
    lines = [{"together": one, "light": light} for one, light in zip(intervals, ("green", "green", "refused", "red"), strict=True)]
    tally = Tally(truth, intervals)

    assert (tally.draws, tally.answers, list(tally.held)) == (4, 3, [True, False, False])
    assert tally.coverage == pytest.approx(1 / 3)
    assert misses(BY_NAME["independent 4"], lines) == {"green": 1, "amber": 0, "red": 1, "refused": 0, "false": 1, "short": 1}
