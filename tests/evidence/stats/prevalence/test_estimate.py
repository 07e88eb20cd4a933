"""The front door: refusals as results, the light, the checks, strata, linkage error, the report and the command."""

import json

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from havre.evidence.estimate_command import estimate as command
from havre.evidence.stats.prevalence import (
    FAMILIES,
    Overlaps,
    by_stratum,
    consistency,
    estimate,
    least_bic,
    over_links,
    sensitivity,
    stepwise,
)
from havre.evidence.stats.prevalence.bootstrap import GRID, acceleration, adjusted, jackknife
from havre.evidence.stats.prevalence.existence import Cells
from havre.evidence.stats.prevalence.heterogeneity import with_heterogeneity
from havre.evidence.stats.prevalence.words import CHANGES, FAMILY_NAMES, HEADINGS, REASONS, reason
from tests.evidence.stats.prevalence.published import ARTIFICIAL, KOREA, KOSOVO, UK5, WESTERN

QUICK = {"resamples": 40, "sweeps": 1500}
CLASSICAL = ("stepwise", "least_bic", "decomposable", "heterogeneous")


def frame(table: Overlaps, **more) -> pl.DataFrame:
    rows = [[*(history >> i & 1 for i in range(len(table.lists))), people] for history, people in table.cells]
    return pl.DataFrame(rows, schema=[*table.lists, "n"], orient="row").select(*(pl.lit(v).alias(k) for k, v in more.items()), pl.all())


@pytest.mark.parametrize(
    ("table", "code", "values"),
    [
        (Overlaps.of("ab", {"a": 40, "b": 30, "ab": 6}), "few_lists", {"count": 2}),
        (Overlaps.of("abc", {"a": 40, "b": 30, "c": 20}), "no_overlap", {}),
    ],
)
def test_estimate_without_ground_is_refused_with_its_reason_and_what_would_help(table, code, values):
    found = estimate(table, **QUICK)

    assert (found.refused, found.value, found.families) == (True, None, ())
    assert reason(code, **values) in found.light.reasons
    assert found.light.helps
    assert "No defensible estimate" in found.sentence("en") and "Aucune estimation" in found.sentence("fr")


def test_estimate_when_no_family_answers_is_a_refusal_that_names_every_reason():
    # two lists meet once in a table where every resample breaks
    found = estimate(Overlaps.of("abcd", {"a": 1, "b": 1, "c": 1, "d": 1, "ab": 1}), families=("stepwise", "least_bic"), **QUICK)

    assert found.refused
    assert found.light.reasons[0] == reason("no_family")
    json.dumps(found.as_json())


def test_estimate_of_uk_five_lists_is_not_green_and_shows_the_spread():
    found = estimate(UK5, families=CLASSICAL, resamples=20, checks=False)

    assert found.light.colour == "red"
    assert found.spread == pytest.approx(25311.29 / 11312.99, abs=0.001)
    assert found.low < 11312.99
    assert found.high > 25311.29


def test_estimate_with_three_lists_is_never_green():
    draw = np.random.default_rng(3)
    seen = draw.random((3000, 3)) < 0.3
    counts = np.bincount((seen * [1, 2, 4]).sum(axis=1), minlength=8)
    found = estimate(Overlaps.from_masks("abc", dict(enumerate(counts))), families=CLASSICAL, resamples=60)

    assert reason("three_lists") in found.light.reasons
    assert found.light.colour != "green"
    assert found.low < 3000 < found.high


def test_estimate_given_the_same_seed_is_the_same_and_its_json_is_plain():
    one, two = (estimate(WESTERN, seed=5, families=("stepwise", "decomposable", "latent_class"), **QUICK) for _ in range(2))
    plain = json.loads(str(one))

    assert plain == json.loads(str(two))
    assert plain["fingerprint"] == WESTERN.fingerprint and plain["seed"] == 5
    assert plain["numerator"] == 345 and plain["denominator"] == plain["value"]
    assert {family["family"] for family in plain["families"]} == {"stepwise", "decomposable", "latent_class"}
    assert all(text["fr"] != text["en"] for text in plain["assumptions"])


def test_estimate_of_latent_classes_whose_chains_do_not_meet_gives_no_figure_but_keeps_its_traces():
    family = estimate(UK5, families=("stepwise", "latent_class"), resamples=20, sweeps=400, checks=False).family("latent_class")

    assert (family.outcome, family.value, family.answers) == ("no answer", None, False)
    assert not family.gates.hold and family.traces.shape[0] == 4


def test_estimate_of_ten_lists_runs_and_a_family_that_stops_earlier_says_so():
    draw = np.random.default_rng(1)
    seen = draw.random((600, 10)) < 0.12
    counts = np.bincount((seen * (1 << np.arange(10))).sum(axis=1), minlength=1024)
    table = Overlaps.from_masks([f"L{i}" for i in range(10)], dict(enumerate(counts)))
    found = estimate(table, families=("stepwise", "decomposable", "heterogeneous"), resamples=20, checks=False)

    assert found.family("decomposable").outcome == "not offered"
    assert found.low < 600 < found.high


def test_interval_weights_the_jackknife_by_the_people_of_a_cell():
    values, weights = jackknife(KOREA, lambda counts: counts.sum())

    assert list(weights) == [people for _, people in KOREA.cells]
    assert set(values) == {2 * (KOREA.people - 1)}
    assert acceleration(np.array([1.0, 2.0]), np.array([1.0, 3.0])) == pytest.approx(
        (0.75**3 + 3 * (-0.25) ** 3) / (6 * (0.75**2 + 3 * 0.25**2) ** 1.5)
    )
    # no bias, no acceleration: the percentile interval
    held = np.arange(1001.0)
    assert adjusted(held, GRID, 0.0, 0.0) == pytest.approx(1000 * GRID, abs=1e-6)


def test_interval_with_too_many_failed_resamples_is_not_given():
    found = stepwise(Overlaps.of("abc", {"a": 9, "b": 9, "c": 9, "ab": 1}), resamples=200)

    assert found.failed > 0.05
    assert (found.low, found.curve) == (None, None)
    assert found.value == pytest.approx(27 + 1 + 9 * 9 + 9 * 9 * 2, rel=2)


def test_heterogeneity_is_held_at_zero_where_lists_avoid_one_another():
    apart = Overlaps.of("abcd", {"a": 90, "b": 90, "c": 90, "d": 90, "ab": 9, "cd": 9, "ac": 9, "bd": 9, "ad": 9, "bc": 9, "abc": 1})
    together = Overlaps.of("abcd", {"a": 90, "b": 90, "c": 90, "d": 90, "ab": 9, "cd": 9, "ac": 9, "bd": 9, "abc": 9, "bcd": 9, "abcd": 9})

    assert with_heterogeneity(Cells.of(apart), ())[1] == 0.0
    assert with_heterogeneity(Cells.of(together), ())[1] > 0.5


def test_sensitivity_drops_merges_and_changes_everything_asked_for():
    found = sensitivity(KOSOVO, FAMILIES)
    kinds = {kind: sum(change.kind == kind for change in found) for kind in CHANGES}

    assert kinds == {"drop": 4 * 3, "merge": 6 * 3, "threshold": 6, "prior": 6, "overlap": 0}
    assert {change.what for change in found if change.kind == "drop"} == set(KOSOVO.lists)
    korea = sensitivity(KOREA, ("stepwise",))
    assert {change.kind for change in korea} == {"threshold"}
    western = [change for change in sensitivity(WESTERN, ("stepwise",)) if change.kind == "overlap"]
    assert len(western) == 2 * sum(history.bit_count() > 1 and people <= 4 for history, people in WESTERN.cells)


def test_consistency_compares_every_list_with_its_known_size():
    found = consistency(KOSOVO, seed=1, resamples=40)

    assert [(check.list, check.known) for check in found] == [(name, KOSOVO.on(name)) for name in KOSOVO.lists]
    assert any(check.hit for check in found)
    assert [check.hit for check in consistency(ARTIFICIAL, seed=1)] == [None, None, None]


def test_strata_borrow_what_they_lack_and_the_gap_is_shown_not_closed():
    small = Overlaps.of(KOSOVO.lists, {("EXH",): 12, ("ABA",): 9, ("OSCE",): 7})
    found = by_stratum("area", {"north": KOSOVO, "south": KOSOVO, "east": small}, 30_000.0, resamples=40, populations={"north": 100_000})
    north, _, east = found.rows

    assert (east.value, east.weight) == (None, 0.0)
    assert east.pooled > east.people and east.reasons
    assert 0 <= north.weight <= 1 and north.rate == pytest.approx(north.pooled)
    assert found.gap == pytest.approx(found.total - 30_000)


def test_estimate_by_strata_sums_the_table_and_reads_each(tmp_path):
    both = pl.concat([frame(KOSOVO, sex="F"), frame(KOSOVO, sex="M")])
    found = estimate(both, strata="sex", families=("stepwise",), resamples=20, checks=False)

    assert found.numerator == 2 * KOSOVO.people
    assert [(row.name, row.people) for row in found.strata.rows] == [("F", KOSOVO.people), ("M", KOSOVO.people)]


def test_linkage_error_widens_the_interval_and_both_are_printed():
    draw = np.random.default_rng(2)
    drawn = []
    for _ in range(6):
        # each drawn table misses some links: a person on two lists becomes two people
        counts = dict(KOSOVO.cells)
        for history in list(counts):
            if history.bit_count() == 2:
                lost = int(draw.binomial(counts[history], draw.uniform(0, 0.4)))
                counts[history] -= lost
                for bit in (1, 2, 4, 8):
                    if history & bit:
                        counts[bit] = counts.get(bit, 0) + lost
        drawn.append(Overlaps.from_masks(KOSOVO.lists, counts))
    found = over_links(KOSOVO, drawn, resamples=240)

    assert found.tables == 6
    assert found.high > found.without_high
    assert found.wider > 0


def test_report_in_both_languages_holds_every_part_and_no_small_overlap(tmp_path):
    found = estimate(WESTERN, population=50_000, families=FAMILIES, **QUICK)
    pages = found.report(tmp_path / "new" / "folder")
    texts = [page.read_text(encoding="utf-8") for page in pages]

    for text, language in zip(texts, ("fr", "en"), strict=True):
        assert f'<html lang="{language}">' in text and "<script" not in text and "style=" not in text
        for part in ("families", "sensitivity", "consistency", "assumptions", "critics", "table", "models", "how"):
            assert HEADINGS[part].words(language).replace("'", "&#x27;") in text
        assert "Whitehead" in text and WESTERN.fingerprint in text and "<svg" in text
        assert "100\u202f000" in text if language == "fr" else "per 100,000" in text
    # A:C is 4 people, B:C is 6: the first is masked, the second is not
    assert "<td>A:C</td><td class=n>✱</td>" in texts[1] and "<td>B:C</td><td class=n>6</td>" in texts[1]
    assert {"prevalence.json", "prevalence.css", "families.fr.svg", "sensitivity.en.svg"} <= {one.name for one in pages[0].parent.iterdir()}


def test_report_of_a_refusal_is_a_page_of_its_own(tmp_path):
    page = estimate(Overlaps.of("ab", {"a": 4, "b": 3, "ab": 6})).report(tmp_path)[0].read_text(encoding="utf-8")

    assert "Aucune estimation défendable" in page and "Ce qui aiderait" in page


def test_command_prints_the_result_writes_the_report_and_explains_a_bad_table(tmp_path):
    path = tmp_path / "korea.csv"
    frame(KOREA).write_csv(path)
    quick = ["--resamples", "20", "--sweeps", "400"]
    done = CliRunner().invoke(command, [str(path), "--json", "--report", str(tmp_path / "out"), *quick])
    assert done.exit_code == 0
    assert json.loads(done.output)["numerator"] == 123
    assert (tmp_path / "out" / "prevalence.fr.html").exists()
    shown = CliRunner().invoke(command, [str(path), "--language", "fr", *quick]).output
    assert FAMILY_NAMES["least_bic"].fr in shown and "rouge" in shown
    path.write_text("a,b,c,n\n1,0,0,-4\n")
    broken = CliRunner().invoke(command, [str(path), "--language", "fr"])
    assert broken.exit_code == 1 and "négatif" in broken.output


def test_every_reason_has_the_same_fields_in_both_languages():
    import re

    for fr, en in REASONS.values():
        assert sorted(re.findall(r"{\w+}", fr)) == sorted(re.findall(r"{\w+}", en))


def test_least_bic_counts_its_searches_beyond_five_lists():
    wide = Overlaps.from_masks("abcdef", {1: 40, 2: 40, 4: 40, 8: 40, 16: 40, 32: 40, 3: 5, 12: 4, 48: 6, 33: 3, 18: 4})
    found = least_bic(wide, resamples=20)

    assert sum(found.searches.values()) >= 3
