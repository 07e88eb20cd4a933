"""The latent-class sampler, compiled: one chain in one thread. `latent.py` holds the same sweep in plain numpy."""

from __future__ import annotations

import numpy as np

try:
    from numba import njit
except ImportError:  # pragma: no cover - the analysis extra is absent
    njit = None  # type: ignore[assignment]


def _beta(draw, one, two):  # noqa: ANN001
    # by two gammas: fewer of numpy's samplers to compile
    first, second = draw.standard_gamma(one), draw.standard_gamma(two)
    return first / (first + second) if first + second > 0 else 0.5


def _binomial(draw, number, p):  # noqa: ANN001
    """By inversion while few are expected; halved by the median's beta order statistic beyond (Relles, JASA 67, 1972)."""
    found = 0
    while number > 0:
        if p <= 0.0:
            return found
        if p >= 1.0:
            return found + number
        if number == 1:
            return found + (1 if draw.random() < p else 0)
        flipped = p > 0.5
        q = 1.0 - p if flipped else p
        if number * q < 20.0:
            left = draw.random()
            # (1-q)^n ≥ 1-nq: most draws of a small class end here
            if left <= 1.0 - number * q:
                return found + (number if flipped else 0)
            ratio = q / (1.0 - q)
            term = np.exp(number * np.log1p(-q))
            some = 0
            while left > term and some < number:
                left -= term
                some += 1
                term *= ratio * (number - some + 1) / some
            return found + (number - some if flipped else some)
        middle = (number + 1) // 2
        value = _draw_beta(draw, float(middle), float(number + 1 - middle))
        if value <= p:
            found += middle
            number -= middle
            p = (p - value) / (1.0 - value)
        else:
            number = middle - 1
            p = p / value
    return found


def _shares(base, ratio, members, cell, size, share):  # noqa: ANN001
    """Weight of each class in one cell: that of nobody listed, times the odds of each list the cell is on. Gives their sum."""
    total = 0.0
    for k in range(len(base)):
        value = base[k]
        for place in range(size):
            value *= ratio[k, members[cell, place]]
        share[k] = value
        total += value
    return total


def _spread(draw, left, share, total, members, cell, size, everyone, hits):  # noqa: ANN001
    """`left` people of one cell put into classes, one binomial after the other."""
    classes = len(share)
    for k in range(classes):
        if left == 0:
            break
        put = left if k == classes - 1 or share[k] >= total else _draw_binomial(draw, left, max(0.0, share[k] / total))
        total -= share[k]
        left -= put
        everyone[k] += put
        for place in range(size if put else 0):
            hits[k, members[cell, place]] += put


def _redraw(draw, hits, everyone, listed, weights, strength):  # noqa: ANN001
    """Probabilities of being listed, weights by stick-breaking, in place; gives the new concentration."""
    classes, lists = listed.shape
    for k in range(classes):
        for j in range(lists):
            listed[k, j] = min(max(_draw_beta(draw, 1.0 + hits[k, j], 1.0 + everyone[k] - hits[k, j]), 1e-12), 1 - 1e-12)
    later = everyone.sum()
    logs = 0.0
    for k in range(classes - 1):
        later -= everyone[k]
        stick = min(max(_draw_beta(draw, 1.0 + everyone[k], strength + later), 1e-12), 1 - 1e-12)
        weights[k] = stick * np.exp(logs)
        logs += np.log1p(-stick)
    weights[classes - 1] = np.exp(logs)
    return max(draw.standard_gamma(0.25 + classes - 1) / (0.25 - logs), 1e-6)


def _sweeps(draw, masks, counts, listed, weights, strength, sweeps, thin):  # noqa: ANN001
    classes, lists = listed.shape
    cells, people = len(masks), counts.sum()
    members, sizes = np.zeros((cells, lists), dtype=np.int64), np.zeros(cells, dtype=np.int64)
    for cell in range(cells):
        for j in range(lists):
            if masks[cell] >> j & 1:
                members[cell, sizes[cell]] = j
                sizes[cell] += 1
    kept, share, base = np.empty(sweeps // thin), np.empty(classes), np.empty(classes)
    hits, ratio, everyone = np.empty((classes, lists)), np.empty((classes, lists)), np.empty(classes, dtype=np.int64)
    crowd = 0.0
    for sweep in range(sweeps):
        everyone[:] = 0
        hits[:] = 0.0
        for k in range(classes):
            base[k] = weights[k]
            for j in range(lists):
                base[k] *= 1.0 - listed[k, j]
                ratio[k, j] = listed[k, j] / (1.0 - listed[k, j])
        for cell in range(cells):
            total = _cell_shares(base, ratio, members, cell, sizes[cell], share)
            _cell_spread(draw, counts[cell], share, total, members, cell, sizes[cell], everyone, hits)
        # people on no list
        rho = min(base.sum(), 1 - 1e-9)
        missing = int(draw.poisson(draw.standard_gamma(float(people)) * rho / (1.0 - rho)))
        _cell_spread(draw, missing, base, base.sum(), members, 0, 0, everyone, hits)
        strength = _class_redraw(draw, hits, everyone, listed, weights, strength)
        if sweep % thin == 0:
            crowd += everyone[classes - 1] / everyone.sum()
            if sweep // thin < len(kept):
                kept[sweep // thin] = people + missing
    return kept, crowd / max(1, len(kept)), strength


COMPILED = njit is not None
_draw_beta = njit(cache=True, nogil=True)(_beta) if njit is not None else _beta
_draw_binomial = njit(cache=True, nogil=True)(_binomial) if njit is not None else _binomial
_cell_shares = njit(cache=True, nogil=True)(_shares) if njit is not None else _shares
_cell_spread = njit(cache=True, nogil=True)(_spread) if njit is not None else _spread
_class_redraw = njit(cache=True, nogil=True)(_redraw) if njit is not None else _redraw
sweeps_of_chain = njit(cache=True, nogil=True)(_sweeps) if njit is not None else _sweeps
