"""The model of least BIC: exhaustive to five lists, downhill from several starts beyond.

Source: Silverman, Chan & Vincent, Statistics and Computing 34 (2024); score tests: Rao, Proc. Cambridge Phil. Soc. 44 (1948).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations

import numpy as np

from havre.evidence.stats.prevalence.existence import EXISTS, Cells, Fit, fit, fitted
from havre.evidence.stats.prevalence.stepwise import stepwise_terms
from havre.evidence.stats.prevalence.table import pairs

EXHAUSTIVE_TO = 5
# above this many lists a downhill step fits only the neighbours that a score test ranks first
_SCREEN_ABOVE = 6
_SCREENED = 4


def highest_order(lists: int) -> int:
    """The largest interaction admitted: pairs at three lists and above six, triples at four to six.

    Args: lists, how many (2 or more). Gives 1, 2 or 3, the number of lists in a term.
    Source: hierarchical models, Bishop, Fienberg & Holland, Discrete Multivariate Analysis, 1975; the bound as Silverman, Chan & Vincent 2024.
    """
    return 3 if 4 <= lists <= 6 else 2


@lru_cache(maxsize=8)
def hierarchical(lists: int, order: int) -> tuple[tuple[int, ...], ...]:
    """Every hierarchical model of pairs and, with order 3, triples whose three pairs are in. 8, 113, 6,212 for three, four, five lists.

    Args: lists, 2 to 5; order, the largest term. Gives tuples of terms, each term a bit mask of lists; main effects are never written.
    Source: Bishop, Fienberg & Holland, Discrete Multivariate Analysis, 1975.

    >>> [len(hierarchical(t, highest_order(t))) for t in (3, 4, 5)]
    [8, 113, 6212]
    """
    twos = pairs(lists)
    threes = [sum(1 << i for i in three) for three in combinations(range(lists), 3)] if order >= 3 else []
    inside = {three: {two for two in twos if two & three == two} for three in threes}
    found = []
    for size in range(len(twos) + 1):
        for chosen in combinations(twos, size):
            full = [three for three in threes if inside[three] <= set(chosen)]
            extras = chain.from_iterable(combinations(full, more) for more in range(len(full) + 1))
            found += [tuple(sorted((*chosen, *extra))) for extra in extras]
    return tuple(found)


def ranked(cells: Cells, models: Iterable[tuple[int, ...]]) -> list[Fit]:
    """The models that have an estimate, least BIC first.

    Args: models, tuples of masks. Gives one Fit a model, its `missing` in people; a model without an estimate is left out, so the list may be empty.
    Source: Silverman, Chan & Vincent, Statistics and Computing 34 (2024); BIC: Schwarz, Annals of Statistics 6 (1978).
    """
    fits = [found for model in models if (found := fit(cells, model)).outcome == EXISTS]
    return sorted(fits, key=lambda one: (one.bic, len(one.terms), one.terms))


def neighbours(lists: int, model: tuple[int, ...], order: int) -> tuple[list[int], list[int]]:
    """Terms that may enter and terms that may leave with the hierarchy kept.

    Gives two lists of masks: those that may enter, with at most `order` lists each, and those that may leave.
    Source: Bishop, Fienberg & Holland, Discrete Multivariate Analysis, 1975 (the principle of hierarchy).
    """
    inside = set(model)
    enter = [two for two in pairs(lists) if two not in inside]
    if order >= 3:
        for three in combinations(range(lists), 3):
            mask = sum(1 << i for i in three)
            if mask not in inside and all((1 << i) | (1 << j) in inside for i, j in combinations(three, 2)):
                enter.append(mask)
    leave = [term for term in model if not any(term != other and term & other == term for other in model)]
    return enter, leave


@dataclass(frozen=True, slots=True)
class Descent:
    """One downhill search: from which start to which model.

    `start` a key of `starts`; `end` the fit where no neighbour is better.
    Source: Silverman, Chan & Vincent, Statistics and Computing 34 (2024).
    """

    start: str
    end: Fit


def downhill(cells: Cells, start: tuple[int, ...], *, order: int, memory: dict[tuple[int, ...], Fit] | None = None) -> Fit:
    """From one model, one term more or less at a time, to the neighbour of least BIC, until none is better.

    Above six lists only the terms that a score test ranks first are tried: the path may differ from that of all neighbours.
    Args: start, masks; order, the largest term; memory, fits already made, filled as the search goes. Gives the last fit, which may have no
    estimate when the start has none.
    Source: Silverman, Chan & Vincent, Statistics and Computing 34 (2024); score tests: Rao, Proc. Cambridge Phil. Soc. 44 (1948).
    """
    known: dict[tuple[int, ...], Fit] = {} if memory is None else memory

    def fit_of(model: tuple[int, ...]) -> Fit:
        if model not in known:
            known[model] = fit(cells, model)
        return known[model]

    here = fit_of(start)
    while True:
        enter, leave = neighbours(cells.lists, here.terms, order)
        if cells.lists > _SCREEN_ABOVE and here.outcome == EXISTS:
            enter = _promising(cells, here.terms, enter)
        tried = [tuple(sorted((*here.terms, term))) for term in enter]
        tried += [tuple(each for each in here.terms if each != term) for term in leave]
        best = min((fit_of(model) for model in tried), key=lambda one: (one.outcome != EXISTS, one.bic), default=here)
        if best.outcome != EXISTS or (here.outcome == EXISTS and best.bic >= here.bic - 1e-9):
            return here
        here = best


def _promising(cells: Cells, terms: tuple[int, ...], enter: list[int]) -> list[int]:
    means = fitted(cells, terms)
    if means is None or len(enter) <= _SCREENED:
        return enter
    seen = cells.margin[enter]
    masks = np.arange(1, 1 << cells.lists)
    expected = np.array([means[masks[(masks & term) == term]].sum() for term in enter])
    gain = np.where(seen > 0, 2 * (seen * np.log(np.maximum(seen, 1) / np.maximum(expected, 1e-12)) - seen + expected), 2 * expected)
    return [enter[place] for place in np.argsort(-gain)[:_SCREENED]]


def starts(cells: Cells, *, seed: int, order: int, random: int = 12) -> dict[str, tuple[int, ...]]:
    """Where searches begin: no pairs, all pairs with an estimate, the stepwise choice, and random sets of pairs.

    Args: seed of the random sets; random, how many. Gives a name of each start and its masks.
    Source: random restarts of a local search, as Hoos & Stützle, Stochastic Local Search, 2004.
    """
    found: dict[str, tuple[int, ...]] = {"none": ()}
    twos = tuple(sorted(pairs(cells.lists)))
    if fit(cells, twos).outcome == EXISTS:
        found["all"] = twos
    else:
        admitted: tuple[int, ...] = ()
        for two in sorted(twos, key=lambda term: -cells.margin[term]):
            if fit(cells, tuple(sorted((*admitted, two)))).outcome == EXISTS:
                admitted = tuple(sorted((*admitted, two)))
        found["all admitted"] = admitted
    if (step := stepwise_terms(cells)) is not None:
        found["stepwise"] = step[0]
    draw = np.random.default_rng(seed)
    for turn in range(random):
        model = tuple(two for two in twos if draw.random() < 0.15 + 0.5 * turn / max(1, random))
        if fit(cells, model).outcome == EXISTS:
            found[f"random {turn + 1}"] = model
    return found


def descents(cells: Cells, *, seed: int, order: int, random: int = 12, memory: dict[tuple[int, ...], Fit] | None = None) -> list[Descent]:
    """All searches of one table; the best end is the family's answer, and how many end where is reported.

    Args: as `starts` and `downhill`. Gives one Descent a start, in the order of `starts`.
    Source: Silverman, Chan & Vincent, Statistics and Computing 34 (2024).
    """
    memory = {} if memory is None else memory
    found = []
    for name, start in starts(cells, seed=seed, order=order, random=random).items():
        end = downhill(cells, start, order=order, memory=memory)
        if end.outcome == EXISTS:
            found.append(Descent(name, end))
    return sorted(found, key=lambda one: one.end.bic)
