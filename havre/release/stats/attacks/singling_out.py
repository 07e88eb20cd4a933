"""Can a description that fits one released row be true of exactly one person?"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from havre.release.stats.attacks.rates import Attack, Reading, reading, together
from havre.release.stats.attacks.sides import Sides, keys, lone

NAME = "singling out"
# no more than this share of the tries comes from one column subset, so that one column does not decide the result
LARGEST_SHARE = 50
MOST_SUBSETS = 20_000


def singling_out(sides: Sides, *, seed: int, tries: int = 1_000, widths: tuple[int, ...] = (2, 3, 4)) -> Attack:
    """Predicates "these columns have these values" true of exactly one released row; a hit is true of exactly one person.

    A predicate is the set of its (column, value) pairs in column order, so that no predicate counts twice. The holdout says how often a
    predicate isolates somebody by chance.
    Several predicates may isolate one person; the interval of the excess counts them for one, or chance would look like a leak.
    Args: tries asked for; fewer may exist, and then fewer are the denominator. widths, numbers of columns in a predicate.
    Source: Cohen & Nissim 2020, PNAS 117(15) 8344-8352; Article 29 Working Party 2014, WP216; the holdout after Giomi et al. 2023, PoPETs.
    """
    release = _run(sides, seed, tries, widths)
    control = _run(sides.control, seed, tries, widths)
    found = release.members.tries
    note = "" if found == tries else f"{found} predicates found of {tries} asked for"
    return Attack(NAME, tries, seed, (release, _reproduced(sides)), (control, _reproduced(sides.control)), note)


def _run(sides: Sides, seed: int, tries: int, widths: tuple[int, ...]) -> Reading:
    chance = np.random.default_rng(seed)
    subsets = [subset for width in widths for subset in combinations(range(len(sides.columns)), width)]
    cap = max(1, tries // LARGEST_SHARE)
    found, members, strangers = 0, list[int](), list[int]()
    for place in chance.permutation(len(subsets))[:MOST_SUBSETS]:
        one, two, three = keys((sides.released, sides.members, sides.strangers), sides.sizes, subsets[place])
        predicates = chance.permutation(lone(one))[: min(cap, tries - found)]
        found += len(predicates)
        members += _isolated(predicates, two)
        strangers += _isolated(predicates, three)
        if found >= tries:
            break
    clusters = together(members), together(strangers)
    return reading("predicates of 2 to 4 columns", (len(members), found), (len(strangers), found), readings=2, clusters=clusters)


def _isolated(predicates: NDArray[np.int64], key: NDArray[np.int64]) -> list[int]:
    """Whom the predicates are true of, each of one person alone."""
    order = np.argsort(key, kind="stable")
    alone = predicates[np.isin(predicates, lone(key), assume_unique=True)]
    return [int(person) for person in order[np.searchsorted(key, alone, sorter=order)]]


def _reproduced(sides: Sides) -> Reading:
    """Of the members unlike every other member, how many appear whole in the release; the same for strangers."""
    every = range(len(sides.columns))
    one, two, three = keys((sides.released, sides.members, sides.strangers), sides.sizes, every)
    own, theirs = lone(two), lone(three)
    hits, baseline = int(np.isin(own, one).sum()), int(np.isin(theirs, one).sum())
    return reading("unique rows reproduced", (hits, len(own)), (baseline, len(theirs)), readings=2)
