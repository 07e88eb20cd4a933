"""Can two halves of what is known about a person be put together through the release?"""

from __future__ import annotations

import numpy as np

from havre.release.stats.attacks.rates import Attack, Reading, reading
from havre.release.stats.attacks.sides import Codes, Sides, distances

NAME = "linkability"
CHUNK = 200


def linkability(sides: Sides, *, seed: int, tries: int = 2_000, crowd: int = 50, splits: int = 4) -> Attack:
    """Two agencies each hold half of the columns; the attacker links them where the nearest released rows of both halves meet.

    A claim is made only where each half's nearest rows (Hamming, all ties) are at most `crowd`; a hit is one row common to both. Claims
    are the denominator. The columns are cut in two `splits` times, by the seed, each time for other persons.
    Source: Giomi et al. 2023, PoPETs 2023(2), section 4.2, with ties kept rather than drawn.
    """
    if len(sides.columns) < 2:
        return Attack(NAME, tries, seed, (), (), "one column has no two halves to link")
    release, control = _run(sides, seed, tries, crowd, splits), _run(sides.control, seed, tries, crowd, splits)
    note = f"{release.members.tries} claims about members, {release.strangers.tries} about strangers, of {tries} persons looked at"
    return Attack(NAME, tries, seed, (release,), (control,), note)


def _run(sides: Sides, seed: int, tries: int, crowd: int, splits: int) -> Reading:
    chance = np.random.default_rng(seed)
    rows, weight = np.unique(sides.released, axis=0, return_counts=True)
    totals = {"members": np.zeros(2, dtype=int), "strangers": np.zeros(2, dtype=int)}
    blocks = {"members": sides.members, "strangers": sides.strangers}
    shares = {side: np.array_split(chance.permutation(len(block))[:tries], splits) for side, block in blocks.items()}
    for split in range(splits):
        order = chance.permutation(len(sides.columns))
        halves = order[: len(order) // 2], order[len(order) // 2 :]
        for side, block in blocks.items():
            targets = block[shares[side][split]]
            for start in range(0, len(targets), CHUNK):
                totals[side] += _claims(targets[start : start + CHUNK], rows, weight, halves, crowd)
    (hits, claims), (baseline, others) = totals["members"], totals["strangers"]
    return reading("two halves of the columns", (int(hits), int(claims)), (int(baseline), int(others)))


def _claims(targets: Codes, rows: Codes, weight: Codes, halves: tuple[Codes, Codes], crowd: int) -> tuple[int, int]:
    near = []
    for half in halves:
        away = distances(targets, rows, half.tolist())
        near.append(away == away.min(axis=1, keepdims=True))
    claimed = (near[0] @ weight <= crowd) & (near[1] @ weight <= crowd)
    hits = claimed & (near[0] & near[1]).any(axis=1)
    return int(hits.sum()), int(claimed.sum())
