"""Two levels of one thing, and cells that an earlier table hid: a later table gives neither away."""

import itertools

import polars as pl
import pytest
from scipy.optimize import linprog

from havre.release.stats.cells import Layout, tabulate
from havre.release.stats.errors import BadTable, CannotProtect
from havre.release.stats.nesting import knowing_nesting, nesting_of
from havre.release.stats.protect import protect

K = 5
DOMAINS = {"district": ("n1", "n2", "s1", "s2"), "region": ("n", "s"), "sex": ("f", "m")}
# seed of the places, so that small districts stand beside large ones
COUNTS = [
    {("n1", "f"): 30, ("n1", "m"): 12, ("n2", "f"): 1, ("n2", "m"): 9, ("s1", "f"): 22, ("s1", "m"): 8, ("s2", "f"): 14, ("s2", "m"): 2},
    {("n1", "f"): 30, ("n1", "m"): 22, ("n2", "f"): 2, ("n2", "m"): 1, ("s1", "f"): 22, ("s1", "m"): 18, ("s2", "f"): 14, ("s2", "m"): 12},
    {("n1", "f"): 9, ("n1", "m"): 11, ("n2", "f"): 8, ("n2", "m"): 3, ("s1", "f"): 40, ("s1", "m"): 1, ("s2", "f"): 4, ("s2", "m"): 40},
]


def rows(counts):
    return pl.DataFrame([{"district": d, "region": d[0], "sex": s} for (d, s), number in counts.items() for _ in range(number)])


def greatest(shown, key):
    """What an outsider who knows the map finds for a cell: the most it can hold, from figures alone."""
    finest = [(d, s) for d, s in itertools.product(DOMAINS["district"], DOMAINS["sex"])]

    def holds(cell):
        wanted = dict(cell)
        return [
            float(wanted.get("district", d) == d and wanted.get("region", d[0]) == d[0] and wanted.get("sex", s) == s) for d, s in finest
        ]

    found = linprog(
        [-one for one in holds(key)], A_eq=[holds(cell) for cell in shown], b_eq=[float(value) for value in shown.values()], method="highs"
    )
    return float("inf") if found.x is None else -found.fun


@pytest.mark.parametrize("counts", COUNTS)
@pytest.mark.parametrize("order", [("district", "region"), ("region", "district")])
def test_table_of_regions_tells_no_small_district_of_an_earlier_table(counts, order):
    frame, shown, past = rows(counts), {}, []
    for level in order:
        table = (level, "sex")
        try:
            made = protect(frame, Layout((table,), DOMAINS, past=tuple(past)), k=K, earlier=[shown] if shown else [])
        except CannotProtect:
            break  # refused: then nothing more is told
        assert made.holds
        past.append(table)
        shown |= made.shown
    truth = tabulate(frame, Layout((("district", "sex"), ("region", "sex")), DOMAINS))
    small = [key for key, value in zip(truth.cells, truth.values, strict=True) if 0 < value < K and not truth.latent[truth.at(key)]]
    assert len(past) >= 1
    assert [key for key in small if greatest(shown, key) < K - 1e-6] == []


def test_nesting_is_read_from_the_rows_and_a_code_elsewhere_is_known_to_be_empty():
    frame = rows(COUNTS[0])
    layout = Layout((("district", "region", "sex"),), DOMAINS)
    nesting = nesting_of(frame, layout)
    assert set(nesting) == {("district", "region")}
    system = knowing_nesting(tabulate(frame, layout), layout, nesting)
    known = set(system.keys(system.structural))
    assert (("district", "n1"), ("region", "s")) in known
    assert (("district", "n1"), ("region", "n")) not in known


def test_nested_levels_too_large_to_attack_together_are_refused():
    frame = rows(COUNTS[0])
    layout = Layout((("district", "sex"),), DOMAINS, past=(("region", "sex"),))
    with pytest.raises(BadTable, match="publish one of the two levels"):
        knowing_nesting(tabulate(frame, layout, joint=False), layout, nesting_of(frame, layout))
