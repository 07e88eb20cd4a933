"""How a count of the whole instance is shown, on the coordinator's board and beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from havre.trust.counting import STEP, K, shown

COUNTS = st.integers(0, 200)


@pytest.mark.parametrize(("count", "seen"), [(0, None), (1, None), (10, None), (11, 15), (15, 15), (16, 20), (100, 100), (101, 105)])
def test_count_below_eleven_is_hidden_and_others_rounded_up(count, seen):
    assert shown(count) == seen


@given(COUNTS, COUNTS)
def test_part_hidden_beside_its_total_and_the_other_part_is_never_exact(part, other):
    """Everything that a reader can work out from total, part and other part leaves several values for a hidden part."""
    seen = (shown(part), shown(other), shown(part + other))
    fitting = {a for a in range(K) for b in range(max(0, other - STEP), other + STEP) if (shown(a), shown(b), shown(a + b)) == seen}
    if part < K:
        assert part in fitting
        assert len(fitting) > 1


@given(COUNTS)
def test_shown_count_stands_for_five_or_more_counts(count):
    assert len([other for other in range(300) if shown(other) == shown(count)]) >= STEP
