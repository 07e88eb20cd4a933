"""Extended maximum likelihood of log-linear models of overlaps: whether the estimate exists, and the estimate.

Sources: Fienberg & Rinaldo, Annals of Statistics 40 (2012); Chan, Silverman & Vincent, JASA 116 (2021).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.optimize import linprog, nnls
from scipy.special import gammaln

from havre.evidence.stats.prevalence.loops import newton, null_space
from havre.evidence.stats.prevalence.table import Overlaps, incidence, margins

EXISTS, UNIDENTIFIED, ABSENT = "exists", "not identified", "does not exist"
_SMALL = 1e-9
# distances between which least squares alone does not decide
_UNSURE = (1e-9, 1e-4)


@dataclass(frozen=True, slots=True)
class Fit:
    """One model fitted to one table.

    `terms` the interactions, as masks; `outcome` one of "exists", "not identified", "does not exist"; `missing` the people on no list
    (NaN unless it exists); `bic` on the full Poisson likelihood; `at_minus_infinity` the terms whose parameter is -∞ (nobody is on all their
    lists: allowed); `at_fault` the terms along which the likelihood has no maximum; `deviance` and `spare` its fit and degrees of freedom.
    `missing` is in people, not rounded.
    Source: Fienberg & Rinaldo, Annals of Statistics 40 (2012).
    """

    terms: tuple[int, ...]
    outcome: str
    missing: float = float("nan")
    bic: float = float("nan")
    at_minus_infinity: tuple[int, ...] = ()
    at_fault: tuple[int, ...] = ()
    deviance: float = float("nan")
    spare: int = 0


class Cells:
    """A table as arrays, with its margins: what the fits of many models share. `dense` has length 2**t.

    Lists are t; counts are people, by history mask.
    Source: Chan, Silverman & Vincent, JASA 116 (2021), which decides existence on the margins.
    """

    __slots__ = ("constant", "dense", "lists", "margin", "people", "positive")

    def __init__(self, dense: np.ndarray, lists: int) -> None:
        self.dense, self.lists = dense, lists
        self.margin = margins(dense)
        self.positive = dense > 0
        self.people = float(dense.sum())
        self.constant = float(gammaln(dense + 1).sum())

    @classmethod
    def of(cls, table: Overlaps) -> Cells:
        """From overlaps."""
        return cls(table.dense(), len(table.lists))


@lru_cache(maxsize=50_000)
def _frame(lists: int, terms: tuple[int, ...], dead: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Live parameters, cells kept, and the design of a model once its terms at -∞ are out. Depends on no count but the empty margins."""
    full = (0, *(1 << index for index in range(lists)), *terms)
    live = np.array([term for term in full if term not in dead])
    masks = np.arange(1, 1 << lists)
    kept = masks[~np.any([(masks & term) == term for term in dead], axis=0)] if dead else masks
    return live, kept, np.ascontiguousarray(incidence(lists)[np.ix_(kept, live)])


def _dead(cells: Cells, terms: tuple[int, ...]) -> tuple[int, ...]:
    mains = tuple(1 << index for index in range(cells.lists))
    return tuple(term for term in (*mains, *terms) if cells.margin[term] == 0)


def setup(cells: Cells, terms: tuple[int, ...]) -> tuple[str, tuple[int, ...], np.ndarray, np.ndarray, np.ndarray]:
    """Outcome, terms at -∞, live parameters, cells kept and design of one model on one table.

    Gives outcome (as `Fit.outcome`), masks, masks, history masks kept (length c) and design (c × parameters, 0 and 1).
    Source: Fienberg & Rinaldo, Annals of Statistics 40 (2012).
    """
    dead = _dead(cells, terms)
    live, kept, design = _frame(cells.lists, terms, dead)
    return _outcome(cells, terms, dead), dead, live, kept, design


def _outcome(cells: Cells, terms: tuple[int, ...], dead: tuple[int, ...]) -> str:
    """Whether the estimate exists depends only on which cells are empty: the answers are kept by model and pattern."""
    return _by_pattern(cells.lists, terms, dead, cells.positive.tobytes())


@lru_cache(maxsize=200_000)
def _by_pattern(lists: int, terms: tuple[int, ...], dead: tuple[int, ...], pattern: bytes) -> str:
    _, kept, design = _frame(lists, terms, dead)
    positive = np.frombuffer(pattern, dtype=bool)[kept]
    return design_outcome(design, positive)


def design_outcome(design: np.ndarray, positive: np.ndarray) -> str:
    """Whether a Poisson log-linear fit of this design (cells × parameters) exists, given which cells are occupied.

    Args: design, cells × parameters of 0 and 1; positive, length cells. Gives "exists", "not identified" or "does not exist".
    Source: Fienberg & Rinaldo, Annals of Statistics 40 (2012).
    """
    if design.shape[1] > design.shape[0]:
        return UNIDENTIFIED
    # quick and exact: if the occupied cells alone have full rank, no direction leaves the likelihood flat or rising for ever
    flat = null_space(design[positive])
    if not flat.shape[1]:
        return EXISTS
    rest = design[~positive] @ flat
    if null_space(rest).shape[1]:
        return UNIDENTIFIED
    if flat.shape[1] == 1:
        return EXISTS if (rest > _SMALL).any() and (rest < -_SMALL).any() else ABSENT
    return EXISTS if _positive_combination(rest) else ABSENT


def _positive_combination(rest: np.ndarray) -> bool:
    """Whether some x ≥ 1 has restᵀx = 0: the linear programme of Fienberg and Rinaldo, in the space that the occupied cells leave free.

    By Farkas's lemma the distance that non-negative least squares leaves is 0 exactly when it has; HiGHS judges what is too close to call.
    """
    used = rest[np.abs(rest).max(axis=1) > _SMALL]
    if not len(used):
        return False
    goal = -used.sum(axis=0)
    try:
        _, distance = nnls(used.T, goal)
    except RuntimeError:
        distance = _UNSURE[1] / 2
    if distance < _UNSURE[0]:
        return True
    if distance > _UNSURE[1]:
        return False
    answer = linprog(np.zeros(len(used)), A_eq=used.T, b_eq=np.zeros(used.shape[1]), bounds=(1, None), method="highs")
    return answer.status == 0


def exists_by_programme(table: Overlaps, terms: Iterable[int]) -> str:
    """The outcome of a model by the full linear programme: maximise s with Aᵀx = Aᵀn, x ≥ s ≥ 0. The slow judge of the quick way.

    Args: terms, masks. Gives an outcome as `Fit.outcome`.
    Source: Chan, Silverman & Vincent, JASA 116 (2021).
    """
    cells, terms = Cells.of(table), tuple(terms)
    dead = _dead(cells, terms)
    _, kept, design = _frame(cells.lists, terms, dead)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return UNIDENTIFIED
    counts = cells.dense[kept] / cells.people
    size = len(kept)
    equal = np.hstack([design.T, np.zeros((design.shape[1], 1))])
    above = np.hstack([-np.eye(size), np.ones((size, 1))])
    goal = np.zeros(size + 1)
    goal[-1] = -1
    answer = linprog(goal, A_ub=above, b_ub=np.zeros(size), A_eq=equal, b_eq=design.T @ counts, bounds=(0, None), method="highs")
    return EXISTS if answer.status == 0 and -answer.fun > 1e-9 else ABSENT


def fault(cells: Cells, terms: tuple[int, ...]) -> tuple[int, ...]:
    """The interactions along which the estimate runs away or is not determined; empty when it exists.

    Gives masks of terms.
    Source: Fienberg & Rinaldo, Annals of Statistics 40 (2012).
    """
    outcome, _, live, kept, design = setup(cells, terms)
    if outcome == EXISTS:
        return ()
    positive = cells.positive[kept]
    direction = null_space(design if outcome == UNIDENTIFIED else design[positive])
    moved = np.abs(direction).max(axis=1) > _SMALL if direction.size else np.zeros(len(live), dtype=bool)
    return tuple(int(term) for term, moves in zip(live, moved, strict=True) if moves and int(term).bit_count() > 1)


def fit(cells: Cells, terms: tuple[int, ...], *, explain: bool = False) -> Fit:
    """One hierarchical model (interactions as masks; main effects always in), by extended maximum likelihood.

    BIC = -2 log L + p log n with the full Poisson likelihood, n the people seen, p all parameters, those at -∞ too.
    With `explain`, the terms at fault are named when there is no estimate.
    Never raises: a model without an estimate has its outcome, and `missing` is nan.
    Source: Fienberg & Rinaldo, Annals of Statistics 40 (2012); Chan, Silverman & Vincent, JASA 116 (2021).
    """
    outcome, dead, live, kept, design = setup(cells, terms)
    shown = tuple(term for term in dead if term.bit_count() > 1)
    if outcome != EXISTS:
        return Fit(terms, outcome, at_minus_infinity=shown, at_fault=fault(cells, terms) if explain else ())
    counts = cells.dense[kept]
    beta, _, level, converged = newton(design, counts)
    if not converged:
        return Fit(terms, ABSENT, at_minus_infinity=shown)
    size = 1 + cells.lists + len(terms)
    bic = -2 * (level - cells.constant) + size * np.log(cells.people)
    seen = counts[counts > 0]
    deviance = 2 * float((seen * np.log(seen)).sum() - cells.people - level)
    return Fit(terms, EXISTS, float(np.exp(beta[0])), float(bic), shown, (), max(0.0, deviance), len(kept) - len(live))


def fitted(cells: Cells, terms: tuple[int, ...]) -> np.ndarray | None:
    """Fitted means by history (length 2**t, 0 where a term is at -∞; index 0 the missing people), or None when there is no estimate.

    In people.
    Source: Fienberg & Rinaldo, Annals of Statistics 40 (2012).
    """
    outcome, _, _, kept, design = setup(cells, terms)
    if outcome != EXISTS:
        return None
    beta, mean, _, converged = newton(design, cells.dense[kept])
    if not converged:
        return None
    found = np.zeros(1 << cells.lists)
    found[kept] = mean
    found[0] = np.exp(beta[0])
    return found
