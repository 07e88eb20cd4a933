"""Does the release tell the attacker an attribute of the persons behind it better than of anybody else?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from havre.release.stats.attacks.rates import Attack, Reading, reading
from havre.release.stats.attacks.sides import Codes, Sides, distances, keys

NAME = "attribute inference"
CHUNK = 200


def inference(sides: Sides, *, seed: int, tries: int = 4_000, secrets: tuple[str, ...] | None = None) -> Attack:
    """Guess each secret column from all others by the nearest released rows; among ties the commonest row.

    What holds of strangers too is knowledge about a population, not about a person: the excess over the holdout is the leak. The largest
    of several columns is a maximum, so the verdict's limits hold for all columns together. The last reading takes one secret a person, by
    the seed, over all columns together: many small gains that no single column shows.
    Source: Giomi et al. 2023, PoPETs 2023(2), section 4.3; Article 29 Working Party 2014, WP216.
    """
    chosen = secrets if secrets is not None else sides.columns
    places = [sides.columns.index(column) for column in chosen]
    if len(sides.columns) < 2:
        return Attack(NAME, tries, seed, (), (), "one column has nothing to be guessed from")
    return Attack(NAME, tries, seed, _run(sides, seed, tries, places), _run(sides.control, seed, tries, places))


def _run(sides: Sides, seed: int, tries: int, places: list[int]) -> tuple[Reading, ...]:
    chance = np.random.default_rng(seed)
    rows, weight = np.unique(sides.released, axis=0, return_counts=True)
    right: dict[str, NDArray[np.bool_]] = {}
    one: dict[str, tuple[int, int]] = {}
    for side, block in (("members", sides.members), ("strangers", sides.strangers)):
        targets = block[chance.permutation(len(block))[:tries]]
        right[side] = np.column_stack([_guessed(targets, rows, weight, sides.sizes, place) for place in places])
        own = right[side][np.arange(len(targets)), chance.integers(len(places), size=len(targets))]
        one[side] = int(own.sum()), len(own)
    readings = [
        reading(sides.columns[place], _tally(right["members"], number), _tally(right["strangers"], number), readings=len(places) + 1)
        for number, place in enumerate(places)
    ]
    return (*readings, reading("one secret a person", one["members"], one["strangers"], readings=len(places) + 1))


def _tally(right: NDArray[np.bool_], number: int) -> tuple[int, int]:
    return int(right[:, number].sum()), len(right)


def _guessed(targets: Codes, rows: Codes, weight: Codes, sizes: tuple[int, ...], place: int) -> NDArray[np.bool_]:
    """Whether the nearest rows, by all columns but `place`, give the target's value there: the commonest of the nearest."""
    others = [column for column in range(rows.shape[1]) if column != place]
    ours, theirs = keys((targets, rows), sizes, others)
    # released rows by key, the commonest first: rows alike in all other columns
    order = np.lexsort((-weight, theirs))
    values, first = np.unique(theirs[order], return_index=True)
    spot = np.minimum(np.searchsorted(values, ours), len(values) - 1)
    same = (values[spot] == ours) & (ours >= 0)
    guess = rows[order[first[spot]], place]
    for start in range(0, int((~same).sum()), CHUNK):
        few = np.flatnonzero(~same)[start : start + CHUNK]
        rank = distances(targets[few], rows, others).astype(np.int64) * (int(weight.max()) + 1) - weight
        guess[few] = rows[rank.argmin(axis=1), place]
    return guess == targets[:, place]
