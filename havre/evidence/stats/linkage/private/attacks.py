"""Attacks on encoded lists by someone without the key, told as shares of records found with the share that guessing alone would find.

Every attack is given more than a curious linkage unit has: the true names of the very list with their frequencies, or the whole list in the
clear in another order. Each is to succeed on its positive control (an unhardened file) before its failure says anything.
Source: Christen, Ranbaduge & Schnell 2020, ch. 7 (frequency, pattern and graph attacks); Kuzu et al. 2011.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from havre.evidence.stats.linkage.private import scoring
from havre.evidence.stats.linkage.private.encoding import Encoded
from havre.evidence.stats.linkage.private.meet import meet
from havre.evidence.stats.linkage.private.rules import RULES
from havre.evidence.stats.linkage.private.sketch import Words
from havre.evidence.stats.measure import wilson


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack's outcome: `found` of `records` named rightly; `guessing`, the share that the best blind guess names; `low`, `high`, 95 %
    bounds of the share found (Wilson).
    Source: Wilson, Probable Inference, JASA 22 (1927).
    """

    name: str
    found: int
    records: int
    guessing: float
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share of records named rightly."""
        return self.found / max(1, self.records)


def _outcome(name: str, right: Sequence[bool] | npt.NDArray[np.bool_], guessing: float) -> Attack:
    found, records = int(np.sum(right)), len(right)
    low, high = wilson(found, records)
    return Attack(name, found, records, guessing, float(low or 0.0), float(high or 0.0))


def _clusters(words: Words, reach: int) -> npt.NDArray[np.int64]:
    """Which words look like one value: each joins the first earlier word within `reach` bits, most frequent exact words first."""
    values, where, counts = np.unique(words, return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    heads = np.empty(0, dtype=np.uint64)
    home = np.empty(len(values), dtype=np.int64)
    for place in order:
        apart = np.bitwise_count(heads ^ values[place])
        if len(apart) and apart.min() <= reach:
            home[place] = int(apart.argmin())
        else:
            home[place] = len(heads)
            heads = np.append(heads, values[place])
    return home[where]


def by_frequency(words: Words, truth: Sequence[str], *, reach: int = 13, name: str = "frequency of a name") -> Attack:
    """Rank what looks like one value by how many records have it, rank the true values likewise, and lay one on the other.

    Args: words, one word a record, as the linkage unit sees it; truth, the record's value, from which the attacker has the frequencies.
    Source: Kuzu and others, A Constraint Satisfaction Cryptanalysis of Bloom Filters in Private Record Linkage, PETS 2011.
    """
    home = _clusters(words, reach)
    seen = [cluster for cluster, _ in Counter(home.tolist()).most_common()]
    known = [value for value, _ in sorted(Counter(truth).items(), key=lambda item: (-item[1], item[0]))]
    guess = dict(zip(seen, known, strict=False))
    right = [guess.get(int(cluster)) == value for cluster, value in zip(home, truth, strict=True)]
    return _outcome(name, right, Counter(truth).most_common(1)[0][1] / len(truth))


def _degrees(made: Encoded, weights: scoring.Weights | None, floor: float) -> npt.NDArray[np.int32]:
    """For each record and rule, how many other records of its list look like sharing a block (shape records × rules)."""
    table = weights.bits if weights is not None else np.zeros((11, 256), dtype=np.float32)
    found = meet(made, made, table, floor=floor)
    other = found.a != found.b
    pairs = np.unique(np.stack([found.a[other], found.b[other], found.rule[other].astype(np.int64)], axis=1), axis=0)
    out = np.zeros((len(made.pseudonym), len(RULES)), dtype=np.int32)
    np.add.at(out, (pairs[:, 0], pairs[:, 2]), 1)
    return out


def by_block_frequency(
    made: Encoded, rule: int, truth: Sequence[frozenset[str]], *, merged: bool, flip: float, name: str = "frequency of a compound"
) -> Attack:
    """Rank the blocks of one rule by size, rank the true compounds likewise, and lay one on the other.

    Args: rule, its number; truth, each record's true compounds, from which the attacker has the frequencies (empty for a dummy); merged,
    whether blocks hide in buckets, so that the attacker joins what looks alike.
    Source: Christen, Ranbaduge and Schnell, Linking Sensitive Data (2020), ch. 7.
    """
    table = scoring.weights(made.chance, flip=flip).bits if merged else np.zeros((11, 256), dtype=np.float32)
    found = meet(made, made, table, floor=4.0 if merged else -np.inf)
    mine = found.rule == rule
    size = len(made.pseudonym)
    graph = coo_array((np.ones(int(mine.sum())), (found.a[mine], found.b[mine])), shape=(size, size))
    _, home = connected_components(graph, directed=False)
    seen = [cluster for cluster, _ in Counter(home.tolist()).most_common()]
    counts = Counter(value for values in truth for value in values)
    guess = dict(zip(seen, [value for value, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))], strict=False))
    right = [guess.get(int(home[place])) in values for place, values in enumerate(truth) if values]
    return _outcome(name, right, counts.most_common(1)[0][1] / max(1, len(right)))


def by_pattern(
    made: Encoded, plain: Encoded, same: npt.NDArray[np.int64], *, merged: bool, flip: float, name: str = "pattern of blocks"
) -> Attack:
    """Give each encoded record the record of the clear list whose numbers of block-mates, rule by rule, are nearest.

    Args: made, the file under attack; plain, the attacker's own encoding of the same list in the clear, one block one bucket; same, for each
    record of `made` its index in `plain`, -1 for a dummy; merged, whether blocks hide in buckets, so that the attacker goes by likeness.
    Source: Christen, Ranbaduge and Schnell, Linking Sensitive Data (2020), ch. 7.
    """
    weights = scoring.weights(made.chance, flip=flip) if merged else None
    seen = _degrees(made, weights, 4.0 if merged else -np.inf).astype(np.float32)
    known = _degrees(plain, None, -np.inf).astype(np.float32)
    right = []
    for row, truth in zip(np.log1p(seen), same, strict=True):
        if truth < 0:
            continue
        apart = np.abs(np.log1p(known) - row).sum(axis=1)
        best = np.flatnonzero(apart <= apart.min() + 1e-6)
        # among equals the attacker can only draw: counted as a hit when the draw would be right, by a fixed draw
        right.append(bool(best[int(truth) % len(best)] == truth))
    return _outcome(name, right, 1 / max(1, len(known)))


def by_dictionary(made: Encoded, guessed: Encoded, same: npt.NDArray[np.int64], *, flip: float, name: str = "dictionary") -> Attack:
    """Encode the whole list under a guessed key, compare it as the linkage unit would, and name every record by its best match.

    Args: guessed, the clear list under the attacker's key; same, for each record of `made` its index in `guessed`, -1 for a dummy.
    Source: Christen, Ranbaduge and Schnell, Linking Sensitive Data (2020), ch. 7.
    """
    weights = scoring.weights(made.chance, flip=flip)
    found = scoring.once(meet(made, guessed, weights.bits, floor=8.0), weights)
    best: dict[int, tuple[float, int]] = {}
    for one, other, weight in zip(found.a.tolist(), found.b.tolist(), found.weight.tolist(), strict=True):
        best[one] = max(best.get(one, (-1.0, -1)), (weight, other))
    right = [best.get(place, (0.0, -2))[1] == truth for place, truth in enumerate(same.tolist()) if truth >= 0]
    return _outcome(name, right, 1 / max(1, len(guessed.pseudonym)))
