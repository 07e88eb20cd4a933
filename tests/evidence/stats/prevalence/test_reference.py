"""The values that the literature and its software give for published tables (notes on prevalence, sections 1 and 6)."""

import pytest

from havre.evidence.stats.prevalence import decomposable_average, least_bic, stepwise
from havre.evidence.stats.prevalence.bic import descents, downhill, hierarchical, highest_order, ranked
from havre.evidence.stats.prevalence.existence import ABSENT, EXISTS, UNIDENTIFIED, Cells, fit
from havre.evidence.stats.prevalence.graphs import average
from havre.evidence.stats.prevalence.stepwise import stepwise_terms
from tests.evidence.stats.prevalence.published import ARTIFICIAL, KOREA, KOSOVO, UK, UK5, table


def named(overlaps, terms):
    return {overlaps.name(term) for term in terms}


@pytest.mark.parametrize(
    ("overlaps", "pairs", "value"),
    [
        (ARTIFICIAL, "", 539.09),
        (KOREA, "b:c", 268.78),
        (KOSOVO, "EXH:ABA EXH:OSCE ABA:OSCE EXH:HRW OSCE:HRW", 14341.66),
        (UK5, "LA:NG NG:GP PFNCA:GP LA:PFNCA GO:GP NG:GO", 11312.99),
        (UK, "PF:NCA LA:NG NG:GP LA:PF PF:GP GO:GP NG:GO", 11417.99),
    ],
)
def test_stepwise_on_a_published_table_selects_its_pairs_and_estimate(overlaps, pairs, value):
    chosen, missing = stepwise_terms(Cells.of(overlaps))

    # a pair is written in the order of the lists
    assert named(overlaps, chosen) == set(pairs.split())
    assert overlaps.people + missing == pytest.approx(value, abs=0.01)


@pytest.mark.parametrize(
    ("overlaps", "admitted", "all_of_them", "best"),
    [
        (ARTIFICIAL, 4, 8, (539.09,)),
        (KOREA, 6, 8, (157.17, 268.78)),
        (KOSOVO, 113, 113, (10356.52, 12740.97)),
        (UK5, 6084, 6212, (25311.29,)),
    ],
)
def test_least_bic_on_a_published_table_admits_and_ranks_the_known_models(overlaps, admitted, all_of_them, best):
    lists = len(overlaps.lists)
    models = hierarchical(lists, highest_order(lists))
    fits = ranked(Cells.of(overlaps), models)

    assert (len(fits), len(models)) == (admitted, all_of_them)
    assert [overlaps.people + one.missing for one in fits[: len(best)]] == pytest.approx(list(best), abs=0.01)


def test_least_bic_of_kosovo_and_of_uk_has_the_published_figures_and_terms():
    kosovo = ranked(Cells.of(KOSOVO), hierarchical(4, 3))
    assert [one.bic for one in kosovo[:2]] == pytest.approx([203.0296, 203.1134], abs=1e-4)
    fits = ranked(Cells.of(UK5), hierarchical(5, 3))
    pairs_only = next(one for one in fits if all(term.bit_count() == 2 for term in one.terms))

    assert named(UK5, fits[0].terms) == {"LA:NG", "LA:PFNCA", "NG:PFNCA", "LA:NG:PFNCA", "NG:GP", "PFNCA:GO"}
    assert fits[0].bic == pytest.approx(195.88, abs=0.01)
    assert UK5.people + pairs_only.missing == pytest.approx(22991.33, abs=0.01)


def test_existence_of_the_small_artificial_table_has_three_absent_and_one_unidentified():
    outcomes = [fit(Cells.of(ARTIFICIAL), model).outcome for model in hierarchical(3, 2)]

    assert {outcome: outcomes.count(outcome) for outcome in outcomes} == {EXISTS: 4, ABSENT: 3, UNIDENTIFIED: 1}


@pytest.mark.parametrize(("overlaps", "value"), [(UK, 12349.59), (UK5, 12262.41)])
def test_downhill_from_main_effects_ends_at_the_published_local_minimum(overlaps, value):
    end = downhill(Cells.of(overlaps), (), order=3)

    assert overlaps.people + end.missing == pytest.approx(value, abs=0.01)
    assert "NG:GO" not in named(overlaps, end.terms)


def test_several_starts_on_uk_five_lists_find_the_lower_minimum_that_one_start_misses():
    ends = descents(Cells.of(UK5), seed=1, order=3)

    assert UK5.people + ends[0].end.missing == pytest.approx(25311.29, abs=0.01)
    assert UK5.people + next(one for one in ends if one.start == "none").end.missing == pytest.approx(12262.41, abs=0.01)


@pytest.mark.parametrize(
    ("overlaps", "mean", "median", "low", "high", "edge"),
    [
        (ARTIFICIAL, 450.1, 319, 98, 1970, 0.0055),
        (KOREA, 207.8, 163, 127, 468, 0.0004),
        (KOSOVO, 12749.4, 12592, 9826, 16546, 0.0),
        (UK5, 21282.2, 22992, 10389, 33509, 4e-7),
    ],
)
def test_decomposable_average_has_the_values_of_the_reference_software(overlaps, mean, median, low, high, edge):
    found = average(overlaps, double=False)

    assert found.mean == pytest.approx(mean, abs=0.1)
    assert [found.median, found.low, found.high] == pytest.approx([median, low, high], abs=1)
    assert found.edge == pytest.approx(edge, abs=5e-5)


def test_uk_table_of_five_lists_is_that_of_six_with_two_merged():
    assert UK.merged(2, 5) == table("LA NG PF+NCA GO GP", {}).__class__(("LA", "NG", "PF+NCA", "GO", "GP"), UK5.cells)


def test_interval_of_korea_with_selection_repeated_matches_what_was_measured():
    # 1,000 resamples elsewhere gave 123-440 (stepwise) and 128-349 (BIC); the resamples jump between models
    step = stepwise(KOREA, resamples=400, seed=7)
    bic = least_bic(KOREA, resamples=400, seed=7)

    assert step.low == pytest.approx(123, rel=0.03) and step.high == pytest.approx(440, rel=0.12)
    assert bic.low == pytest.approx(128, rel=0.03) and bic.high == pytest.approx(349, rel=0.15)


def test_graph_average_at_the_edge_of_its_grid_says_so():
    assert "edge" in decomposable_average(ARTIFICIAL).flags
    assert "edge" not in decomposable_average(KOSOVO).flags
