"""Jobs of which some run beside: taken in their order, with their errors in their turn and in the language of whoever asked."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from django.utils import translation
from django.utils.translation import gettext
from hypothesis import given
from hypothesis import strategies as st

from havre.publishing.ahead import MOST, in_order


@given(st.lists(st.booleans(), max_size=20))
def test_what_is_made_comes_in_the_order_of_the_jobs(beside):
    jobs = [(place, partial(str, place), sets) for place, sets in enumerate(beside)]
    assert list(in_order(jobs)) == [(place, str(place)) for place in range(len(beside))]


def test_work_of_the_typesetter_runs_in_a_thread_of_its_own_and_the_rest_does_not():
    jobs = [("", threading.get_ident, sets) for sets in (True, False, True)]
    first, here, second = (made for _what, made in in_order(jobs))
    assert first == second != here == threading.get_ident()


@pytest.mark.parametrize("sets", [True, False])
def test_error_is_raised_in_its_turn(sets):
    def wrong():
        raise ValueError("second")

    taken = in_order([("first", partial(int, 1), sets), ("second", wrong, sets), ("third", partial(int, 3), sets)])
    assert next(taken) == ("first", 1)
    with pytest.raises(ValueError, match="second"):
        next(taken)


def test_words_beside_are_in_the_language_of_whoever_asked():
    with translation.override("fr"):
        ((_what, said),) = in_order([("", partial(gettext, "at most %(most)s letters"), True)])
    assert said == "%(most)s lettres au plus"


def test_no_more_is_begun_than_is_soon_taken():
    begun: list[int] = []

    def jobs():
        for place in range(50):
            begun.append(place)
            yield place, partial(int, place), True

    taken = in_order(jobs())
    next(taken)
    assert len(begun) == MOST + 1
    taken.close()
