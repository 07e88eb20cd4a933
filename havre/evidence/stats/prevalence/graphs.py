"""Average over decomposable graphs: every chordal graph on the lists and every number of missing people, weighted by their evidence.

Sources: Madigan & York, Biometrika 84 (1997); Dawid & Lauritzen, Annals of Statistics 21 (1993).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import gammaln

from havre.evidence.stats.prevalence.table import Overlaps, margins, pairs

MOST_LISTS = 6
GRID_POINTS = 20_000
# share of the mass in the last tenth of the grid above which the upper end is an artefact
EDGE = 0.001
# graphs this many log units under the best carry less than 2e-6 of the mass together
_NEGLIGIBLE = 23.0


@dataclass(frozen=True, slots=True)
class Average:
    """Posterior of the population size over graphs. `edge` the mass in the grid's last tenth; `moved` the relative change of the upper end
    when the grid is doubled; `graphs` (edges as pair masks, posterior weight), heaviest first; `curve` quantiles on bootstrap.GRID.
    `median`, `mean`, `low`, `high` and `curve` are people at `level`; `edge` and `moved` are shares.
    Source: Madigan & York, Biometrika 84 (1997).
    """

    median: float
    mean: float
    low: float
    high: float
    level: float
    edge: float
    moved: float
    graphs: tuple[tuple[tuple[int, ...], float], ...]
    curve: tuple[float, ...]

    @property
    def at_edge(self) -> bool:
        """Whether the upper end depends on where the grid stops."""
        return self.edge > EDGE or self.moved > 0.05


def _cliques(adjacent: list[int], lists: int) -> list[tuple[int, int]] | None:
    """(clique, separator) pairs of a chordal graph by maximum cardinality search, None when it is not chordal. Source: Tarjan 1984."""
    left, order = (1 << lists) - 1, []
    weight = [0] * lists
    seen = 0
    blocks: list[tuple[int, int]] = []
    previous = -1
    while left:
        vertex = max((v for v in range(lists) if left >> v & 1), key=lambda v: weight[v])
        before = adjacent[vertex] & seen
        # the earlier neighbours must be complete
        rest = before
        while rest:
            each = (rest & -rest).bit_length() - 1
            rest &= rest - 1
            if before & ~(1 << each) & ~adjacent[each]:
                return None
        if before.bit_count() <= previous or not blocks:
            blocks.append((before | 1 << vertex, before))
        else:
            blocks[-1] = (before | 1 << vertex, blocks[-1][1])
        previous = before.bit_count()
        seen |= 1 << vertex
        left &= ~(1 << vertex)
        order.append(vertex)
        for other in range(lists):
            if adjacent[vertex] >> other & 1:
                weight[other] += 1
    return blocks


@lru_cache(maxsize=8)
def decomposable(lists: int) -> tuple[tuple[tuple[int, ...], ...], np.ndarray]:
    """Every chordal graph on the lists: its edges, and the multiplicity of each set in its cliques less separators.

    Args: lists, 2 to 6. Gives G graphs as tuples of pair masks, and a matrix G × 2**lists of -1, 0 and 1.
    Source: Dawid & Lauritzen, Annals of Statistics 21 (1993).

    >>> [len(decomposable(t)[0]) for t in (3, 4, 5)]
    [8, 61, 822]
    """
    twos = pairs(lists)
    ends = [tuple(i for i in range(lists) if two >> i & 1) for two in twos]
    edges, rows = [], []
    for code in range(1 << len(twos)):
        adjacent = [0] * lists
        chosen = [place for place in range(len(twos)) if code >> place & 1]
        for place in chosen:
            i, j = ends[place]
            adjacent[i] |= 1 << j
            adjacent[j] |= 1 << i
        blocks = _cliques(adjacent, lists)
        if blocks is None:
            continue
        row = np.zeros(1 << lists, dtype=np.int8)
        for clique, separator in blocks:
            row[clique] += 1
            row[separator] -= 1
        row[0] = 0
        edges.append(tuple(twos[place] for place in chosen))
        rows.append(row)
    return tuple(edges), np.array(rows)


def _evidence(dense: np.ndarray, lists: int, missing: np.ndarray, delta: float) -> np.ndarray:
    """h(A) for every set of lists A and every number of missing people: 2**t × grid."""
    full = (1 << lists) - 1
    margin = margins(dense)
    people = dense.sum()
    found = np.zeros((1 << lists, len(missing)))
    total = gammaln(1.0) - gammaln(2**lists * delta + people + missing)
    for subset in range(1, full + 1):
        prior = delta * 2 ** (lists - subset.bit_count())
        counts = [_exactly(margin, subset, inside) for inside in _subsets(subset)]
        constant = sum(gammaln(prior + n) - gammaln(prior) for n in counts[1:])
        nobody = counts[0] + missing
        found[subset] = total + gammaln(2**lists * delta) + constant + gammaln(prior + nobody) - gammaln(prior)
    return found


def _subsets(mask: int) -> list[int]:
    found, inside = [0], mask
    while inside:
        found.append(inside)
        inside = (inside - 1) & mask
    return found


def _exactly(margin: np.ndarray, subset: int, inside: int) -> float:
    """People on the lists `inside` and on no other list of `subset` (the seen people only)."""
    return float(sum((-1) ** extra.bit_count() * margin[inside | extra] for extra in _subsets(subset & ~inside)))


def average(
    table: Overlaps,
    *,
    delta: float | None = None,
    reach: float = 30.0,
    prior: float = 1.0,
    level: float = 0.95,
    points: np.ndarray | None = None,
    double: bool = True,
    grid: int = GRID_POINTS,
) -> Average:
    """Posterior of the population size, averaged over all decomposable graphs of up to six lists.

    Args: delta, the prior weight of a cell (2^-t); reach, the grid's end as a multiple of the people seen; prior, the power k of the prior
    1/N^k; points, where the quantiles of `curve` are taken (length as you like).
    Raises: ValueError above six lists. The grid is 1..reach·n, at most 20,000 evenly spaced points.
    In people, those seen included.
    Source: Madigan & York, Biometrika 84 (1997); Dawid & Lauritzen, Annals of Statistics 21 (1993).
    """
    lists = len(table.lists)
    if lists > MOST_LISTS:
        raise ValueError(f"{lists} lists: decomposable graphs are averaged up to {MOST_LISTS}")
    delta = 2.0**-lists if delta is None else delta
    end = max(2, int(reach * table.people))
    missing = np.arange(1.0, end + 1) if end <= grid else np.linspace(1.0, end, grid)
    edges, rows = decomposable(lists)
    mass, weights = _mass(table, rows, missing, delta, prior)
    share = np.cumsum(mass)
    sizes = table.people + missing

    def quantile(point: np.ndarray | float) -> np.ndarray:
        return sizes[np.minimum(np.searchsorted(share, point), len(sizes) - 1)]

    low, median, high = (float(quantile(point)) for point in ((1 - level) / 2, 0.5, (1 + level) / 2))
    moved = 0.0
    if double:
        wider = average(table, delta=delta, reach=2 * reach, prior=prior, level=level, double=False, grid=min(grid, 6_000))
        moved = abs(wider.high - high) / high
    heaviest = np.argsort(-weights)[:20]
    shown = tuple((edges[place], float(weights[place])) for place in heaviest if weights[place] > 1e-4)
    edge = float(mass[missing > 0.9 * end].sum())
    curve = () if points is None else tuple(float(size) for size in quantile(points))
    return Average(median, float((sizes * mass).sum()), low, high, level, edge, moved, shown, curve)


def _mass(table: Overlaps, rows: np.ndarray, missing: np.ndarray, delta: float, prior: float) -> tuple[np.ndarray, np.ndarray]:
    dense, lists = table.dense(), len(table.lists)
    sizes = table.people + missing
    base = gammaln(sizes + 1) - gammaln(missing + 1) - prior * np.log(sizes)
    # a coarse pass finds the graphs that weigh anything at all
    coarse = np.unique(np.linspace(0, len(missing) - 1, 400).astype(int)) if len(missing) > 400 else np.arange(len(missing))
    rough = rows.astype(float) @ _evidence(dense, lists, missing[coarse], delta) + base[coarse]
    peaks = rough.max(axis=1)
    kept = np.flatnonzero(peaks > peaks.max() - _NEGLIGIBLE)
    evidence = _evidence(dense, lists, missing, delta)
    mass = np.zeros(len(missing))
    weights = np.zeros(len(rows))
    top = peaks.max()
    for start in range(0, len(kept), 256):
        block = kept[start : start + 256]
        part = np.exp(rows[block].astype(float) @ evidence + base - top)
        mass += part.sum(axis=0)
        weights[block] = part.sum(axis=1)
    total = mass.sum()
    return mass / total, weights / total
