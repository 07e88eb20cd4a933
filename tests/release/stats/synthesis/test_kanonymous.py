"""k-anonymous rows: nothing that fewer than k persons share is shown, counted apart from the product."""

from collections import Counter
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havre.release.stats.errors import BadTable
from havre.release.stats.private.codebook import declared_public
from havre.release.stats.private.noise import Cancelled
from havre.release.stats.synthesis.kanonymous import synthesise_k
from havre.release.stats.synthesis.metrics import compare

person = st.tuples(*(st.sampled_from(codes) for codes in ("ab", "abc", "abcd", "ab")))


def shown_rare(original: pl.DataFrame, synthetic: pl.DataFrame, *, k: int, length: int, withheld: str) -> set:
    rare = set()
    for way in range(1, length + 1):
        for names in combinations(original.columns, way):
            true = Counter(original.select(names).iter_rows())
            rare |= {row for row in synthetic.select(names).iter_rows() if withheld not in row and true[row] < k}
    return rare


@settings(max_examples=25, deadline=None)
@given(st.lists(person, min_size=12, max_size=120), st.integers(2, 6), st.integers(1, 4))
def test_synthesise_k_any_rows_show_no_rare_combination(people, k, length):
    frame = pl.DataFrame(people, schema=["w", "x", "y", "z"], orient="row")
    try:
        found = synthesise_k(frame, declared_public(frame), k=k, length=length)
    except BadTable:
        assert max(max(Counter(frame[name]).values()) for name in frame.columns) < k
        return

    assert shown_rare(frame, found.rows, k=k, length=length, withheld=found.withheld) == set()


def test_shown_rare_finds_what_a_copy_shows():
    frame = pl.DataFrame({"a": ["x"] * 5 + ["y"], "b": ["1"] * 6})

    assert ("y",) in shown_rare(frame, frame, k=2, length=2, withheld="?")


def test_synthesise_k_keeps_nearly_all_publishable_combinations():
    frame = pl.DataFrame({"a": ["x", "y"] * 60, "b": ["1", "2", "3"] * 40, "c": ["p"] * 100 + ["q"] * 20})
    found = synthesise_k(frame, declared_public(frame), k=11)

    assert compare(frame, found.rows, withheld=found.withheld).way(3).suppressed_publishable <= 0.1


@pytest.mark.parametrize(("k", "words"), [(1, "protects nobody"), (7, "more than the 6 rows"), (6, "nothing can be shown")])
def test_synthesise_k_impossible_k_is_refused(k, words):
    frame = pl.DataFrame({"a": list("aabbcc")})

    with pytest.raises(BadTable, match=words):
        synthesise_k(frame, declared_public(frame), k=k)


def test_synthesise_k_cancelled_stops():
    frame = pl.DataFrame({"a": ["x"] * 20, "b": ["y"] * 20})

    with pytest.raises(Cancelled):
        synthesise_k(frame, declared_public(frame), cancelled=lambda: True)
