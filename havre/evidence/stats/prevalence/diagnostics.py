"""Whether chains have met: rank-normalised split R-hat, bulk and tail effective sample sizes.

Source: Vehtari, Gelman, Simpson, Carpenter & Bürkner, Bayesian Analysis 16 (2021).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

MOST_RHAT = 1.01
LEAST_ESS = 400.0


@dataclass(frozen=True, slots=True)
class Gates:
    """R-hat (the larger of bulk and folded) and effective sample sizes of one quantity over chains × draws.

    No unit; `bulk` and `tail` count independent draws.
    Source: Vehtari, Gelman, Simpson, Carpenter & Bürkner, Bayesian Analysis 16 (2021).
    """

    rhat: float
    bulk: float
    tail: float

    @property
    def hold(self) -> bool:
        """R-hat at most 1.01, both sizes at least 400."""
        return bool(self.rhat <= MOST_RHAT and self.bulk >= LEAST_ESS and self.tail >= LEAST_ESS)


def gates(draws: np.ndarray) -> Gates:
    """The gates of chains × draws.

    Args: draws, chains × draws, two chains at least, in any unit. Draws that never move have an R-hat of nan, and the gates do not hold.
    Source: Vehtari, Gelman, Simpson, Carpenter & Bürkner, Bayesian Analysis 16 (2021).

    >>> gates(np.random.default_rng(1).normal(size=(4, 1000))).hold
    True
    """
    split = _split(draws)
    if np.ptp(split) == 0:
        return Gates(float("nan"), 0.0, 0.0)
    folded = np.abs(split - np.median(split))
    rhat = max(_rhat(_normal(split)), _rhat(_normal(folded)))
    tail = min(ess((split <= np.quantile(split, point)).astype(float)) for point in (0.05, 0.95))
    return Gates(rhat, ess(_normal(split)), tail)


def _split(draws: np.ndarray) -> np.ndarray:
    half = draws.shape[1] // 2
    return np.concatenate([draws[:, :half], draws[:, -half:]])


def _normal(values: np.ndarray) -> np.ndarray:
    ranks = rankdata(values, method="average").reshape(values.shape)
    return ndtri((ranks - 0.375) / (values.size + 0.25))


def _rhat(values: np.ndarray) -> float:
    number = values.shape[1]
    within = values.var(axis=1, ddof=1).mean()
    between = values.mean(axis=1).var(ddof=1)
    if within == 0:
        return float("inf") if between > 0 else 1.0
    return float(np.sqrt((number - 1) / number + between / within))


def ess(values: np.ndarray) -> float:
    """Effective sample size of chains × draws by Geyer's initial monotone sequence over the pooled autocorrelations.

    Args: values, chains × draws. Gives a number of draws; 0 when nothing moves.
    Source: Geyer, Statistical Science 7 (1992); Vehtari et al., Bayesian Analysis 16 (2021).
    """
    chains, number = values.shape
    centred = values - values.mean(axis=1, keepdims=True)
    size = 1 << (2 * number - 1).bit_length()
    power = np.abs(np.fft.rfft(centred, size, axis=1)) ** 2
    covariance = np.fft.irfft(power, size, axis=1)[:, :number] / number
    within = covariance[:, 0].mean() * number / (number - 1)
    pooled = within * (number - 1) / number + values.mean(axis=1).var(ddof=1)
    if pooled <= 0:
        return 0.0
    rho = 1 - (within - covariance.mean(axis=0)) / pooled
    rho[0] = 1.0
    twos = rho[: number // 2 * 2].reshape(-1, 2).sum(axis=1)
    negative = np.flatnonzero(twos < 0)
    twos = np.minimum.accumulate(twos[: negative[0]] if len(negative) else twos)
    time = max(-1 + 2 * twos.sum(), 1 / np.log10(chains * number))
    return float(chains * number / time)
