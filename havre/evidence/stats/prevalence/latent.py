"""Latent classes: lists are independent within a class of people, and the number of classes is left to the data.

Source: Manrique-Vallier, Biometrics 72 (2016). Several chains from dispersed starts; no answer unless they meet.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from havre.evidence.stats.prevalence.diagnostics import Gates, gates
from havre.evidence.stats.prevalence.gibbs import COMPILED, sweeps_of_chain
from havre.evidence.stats.prevalence.table import Overlaps

CLASSES = 10
CHAINS = 4
BURN_IN = 10_000
SWEEPS = 100_000
THIN = 10
# a share of people in the last class above which there should be more classes
_CROWDED = 0.01
_MOST_CLASSES = 40
_SHAPE = 0.25
# chains this far apart will not meet in twice the time
_HOPELESS = 1.5


@dataclass(frozen=True, slots=True)
class Latent:
    """Posterior of the population size over chains. `chains` holds the kept draws, chains × draws; `last` the mean share of people in the
    last class; `gates` decides whether the family answers.
    `median`, `mean`, `low`, `high` and the draws are people, those seen included.
    Source: Manrique-Vallier, Biometrics 72 (2016).
    """

    median: float
    mean: float
    low: float
    high: float
    level: float
    gates: Gates
    sweeps: int
    classes: int
    last: float
    chains: np.ndarray

    @property
    def reach(self) -> tuple[float, float] | None:
        """From the lowest lower to the highest upper end of the chains; None when they are too far apart to say anything."""
        if self.gates.rhat > _HOPELESS:
            return None
        low, high = np.quantile(self.chains, ((1 - self.level) / 2, (1 + self.level) / 2), axis=1)
        return float(low.min()), float(high.max())


class State(NamedTuple):
    """Where all chains stand, and what they keep.

    Source: Manrique-Vallier, Biometrics 72 (2016), the conditionals of the sampler.
    """

    listed: np.ndarray  # chains × classes × lists: probability of being on a list
    weights: np.ndarray  # chains × classes
    strength: np.ndarray  # chains


def _dispersed(draw: np.random.Generator, chains: int, classes: int, lists: int) -> State:
    # from few listed to many listed, and from one class to all, so that chains which agree have come from far apart
    scale = np.linspace(0.02, 0.6, chains)[:, None, None]
    listed = np.clip(scale * draw.uniform(0.3, 1.7, size=(chains, classes, lists)), 0.001, 0.95)
    weights = np.array([draw.dirichlet(np.full(classes, 0.2 + chain)) for chain in range(chains)])
    # stick-breaking looks for the large classes first
    weights = -np.sort(-weights, axis=1)
    return State(listed, np.maximum(weights, 1e-12), np.linspace(0.1, 1.0, chains))


def latent_draws_plain(
    table: Overlaps, state: State, draw: np.random.Generator, *, sweeps: int, thin: int = THIN
) -> tuple[np.ndarray, np.ndarray, State]:
    """`latent_draws` without numba, all chains in one array: the judge of the compiled sweep.

    Args and shapes as `latent_draws`, with one generator for all chains.
    Source: Manrique-Vallier, Biometrics 72 (2016).
    """
    lists = len(table.lists)
    masks = np.array([history for history, _ in table.cells])
    counts = np.array([people for _, people in table.cells])
    on = (masks[:, None] >> np.arange(lists) & 1).astype(float)
    people = int(counts.sum())
    listed, weights, strength = state
    chains, classes = weights.shape
    kept = np.empty((chains, sweeps // thin))
    crowd = np.zeros(chains)
    both = np.concatenate([on, 1 - on], axis=1).T  # 2·lists × cells
    for sweep in range(sweeps):
        logs = np.concatenate([np.log(listed), np.log1p(-listed)], axis=2)
        log_weights = np.log(weights)
        # 1. split the people seen among classes
        share = logs @ both + log_weights[:, :, None]
        share = np.exp(share - share.max(axis=1, keepdims=True)).transpose(0, 2, 1)
        share /= share.sum(axis=2, keepdims=True)
        split = draw.multinomial(counts, share)
        # 2. people on no list
        nowhere = np.exp(logs[:, :, lists:].sum(axis=2) + log_weights)
        rho = np.minimum(nowhere.sum(axis=1), 1 - 1e-9)
        missing = draw.negative_binomial(people, 1 - rho)
        absent = draw.multinomial(missing, nowhere / nowhere.sum(axis=1, keepdims=True))
        # 3. probabilities of being on each list
        in_class = split.sum(axis=1)
        hits = np.matmul(split.transpose(0, 2, 1), on)
        everyone = in_class + absent
        listed = np.clip(draw.beta(1 + hits, 1 + everyone[:, :, None] - hits), 1e-12, 1 - 1e-12)
        # 4. weights by stick-breaking; 5. their concentration
        later = everyone[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
        stick = np.clip(draw.beta(1 + everyone[:, :-1], strength[:, None] + later), 1e-12, 1 - 1e-12)
        left = np.cumsum(np.log1p(-stick), axis=1)
        weights = np.empty((chains, classes))
        weights[:, :-1] = stick
        weights[:, -1] = 1.0
        weights[:, 1:] *= np.exp(left)
        weights = np.maximum(weights, 1e-300)
        strength = draw.gamma(_SHAPE + classes - 1, 1 / (_SHAPE - left[:, -1]))
        if sweep % thin == 0 and sweep // thin < kept.shape[1]:
            kept[:, sweep // thin] = people + missing
            crowd += everyone[:, -1] / (people + missing)
    return kept, crowd / max(1, kept.shape[1]), State(listed, weights, np.maximum(strength, 1e-6))


def latent_draws(
    table: Overlaps, state: State, draws: Sequence[np.random.Generator], *, sweeps: int, thin: int = THIN
) -> tuple[np.ndarray, np.ndarray, State]:
    """`sweeps` Gibbs sweeps of each chain: kept population sizes (chains × draws), people in the last class, and the state after.

    Args: draws, one generator a chain; thin, one kept draw in so many. People in the last class: chains × draws too.
    Source: Manrique-Vallier, Biometrics 72 (2016).
    """
    if not COMPILED:
        return latent_draws_plain(table, state, draws[0], sweeps=sweeps, thin=thin)
    masks = np.array([history for history, _ in table.cells])
    counts = np.array([people for _, people in table.cells])
    listed, weights = state.listed.copy(), state.weights.copy()

    def run(chain: int) -> tuple[np.ndarray, float, float]:
        return sweeps_of_chain(draws[chain], masks, counts, listed[chain], weights[chain], float(state.strength[chain]), sweeps, thin)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        found = list(pool.map(run, range(len(draws))))
    kept, crowd, strength = zip(*found, strict=True)
    return np.array(kept), np.array(crowd), State(listed, weights, np.array(strength))


def latent_class(
    table: Overlaps,
    *,
    seed: int = 1,
    chains: int = CHAINS,
    sweeps: int = SWEEPS,
    burn_in: int = BURN_IN,
    classes: int = CLASSES,
    thin: int = THIN,
    level: float = 0.95,
    longer: int = 1,
) -> Latent:
    """Posterior of the population size under latent classes, by Gibbs sampling of at least four chains.

    Priors: list probabilities Beta(1,1), stick-breaking weights, concentration Gamma(0.25, 0.25), 1/N. While the gates do not hold the run is
    doubled `longer` times; more classes are tried while the last is crowded. The caller reads `gates.hold` before using a figure.
    Args: classes at the start; thin, one kept draw in so many; level of the interval. In people, those seen included.
    Source: Manrique-Vallier, Biometrics 72 (2016); gates of Vehtari et al., Bayesian Analysis 16 (2021).
    """
    first, *draws = (np.random.default_rng(one) for one in np.random.SeedSequence(seed).spawn(chains + 1))
    state = _dispersed(first, chains, classes, len(table.lists))
    _, _, state = latent_draws(table, state, draws, sweeps=burn_in, thin=thin)
    kept, crowd, state = latent_draws(table, state, draws, sweeps=sweeps, thin=thin)
    done = sweeps
    found = gates(np.log(kept))
    for _ in range(longer):
        if found.hold or found.rhat > _HOPELESS:
            break
        more, crowd, state = latent_draws(table, state, draws, sweeps=done, thin=thin)
        kept, done = np.concatenate([kept, more], axis=1), 2 * done
        found = gates(np.log(kept))
    if crowd.mean() > _CROWDED and 2 * classes <= _MOST_CLASSES:
        return latent_class(
            table, seed=seed, chains=chains, sweeps=sweeps, burn_in=burn_in, classes=2 * classes, thin=thin, level=level, longer=longer
        )
    low, median, high = (float(v) for v in np.quantile(kept, ((1 - level) / 2, 0.5, (1 + level) / 2)))
    return Latent(median, float(kept.mean()), low, high, level, found, done + burn_in, classes, float(crowd.mean()), kept)
