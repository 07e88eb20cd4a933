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
            ratio = q / (1.0 - q)
            term = np.exp(number * np.log1p(-q))
            left = draw.random()
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


def _sweeps(draw, masks, counts, listed, weights, strength, sweeps, thin):  # noqa: ANN001, PLR0912
    classes, lists = listed.shape
    cells = len(masks)
    people = counts.sum()
    kept = np.empty(sweeps // thin)
    share = np.empty(classes)
    hits = np.empty((classes, lists))
    everyone = np.empty(classes, dtype=np.int64)
    ones, zeros = np.empty((classes, lists)), np.empty((classes, lists))
    crowd = 0.0
    for sweep in range(sweeps):
        everyone[:] = 0
        hits[:] = 0.0
        rho = 0.0
        for k in range(classes):
            for j in range(lists):
                ones[k, j] = listed[k, j]
                zeros[k, j] = 1.0 - listed[k, j]
        for cell in range(cells + 1):
            # the last turn is for the people on no list
            mask = masks[cell] if cell < cells else 0
            total = 0.0
            for k in range(classes):
                value = weights[k]
                for j in range(lists):
                    value *= ones[k, j] if mask >> j & 1 else zeros[k, j]
                share[k] = value
                total += value
            if cell < cells:
                left = counts[cell]
            else:
                rho = min(total, 1 - 1e-9)
                left = int(draw.poisson(draw.standard_gamma(float(people)) * rho / (1.0 - rho)))
                if sweep % thin == 0 and sweep // thin < len(kept):
                    kept[sweep // thin] = people + left
            for k in range(classes):
                if left == 0:
                    break
                last = k == classes - 1 or share[k] >= total
                put = left if last else _draw_binomial(draw, left, max(0.0, share[k] / total))
                total -= share[k]
                left -= put
                everyone[k] += put
                if put:
                    for j in range(lists):
                        if mask >> j & 1:
                            hits[k, j] += put
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
        strength = max(draw.standard_gamma(0.25 + classes - 1) / (0.25 - logs), 1e-6)
        if sweep % thin == 0:
            crowd += everyone[classes - 1] / everyone.sum()
    return kept, crowd / max(1, len(kept)), strength


COMPILED = njit is not None
_draw_beta = njit(cache=True, nogil=True)(_beta) if njit is not None else _beta
_draw_binomial = njit(cache=True, nogil=True)(_binomial) if njit is not None else _binomial
sweeps_of_chain = njit(cache=True, nogil=True)(_sweeps) if njit is not None else _sweeps
