"""The two inner loops of every fit, compiled by numba where it is installed; plain numpy answers the same where it is not."""

from __future__ import annotations

import numpy as np

try:
    from numba import njit
except ImportError:  # pragma: no cover - the analysis extra is absent
    njit = None  # type: ignore[assignment]

_TURNS = 60
_HALVES = 30


def _null_loops(matrix):  # noqa: ANN001, PLR0912
    work = matrix.copy()
    rows, columns = work.shape
    pivots = np.full(columns, -1, dtype=np.int64)
    row = 0
    for column in range(columns):
        if row == rows:
            break
        best = row
        for other in range(row + 1, rows):
            if abs(work[other, column]) > abs(work[best, column]):
                best = other
        if abs(work[best, column]) < 1e-9:
            continue
        if best != row:
            for each in range(columns):
                work[row, each], work[best, each] = work[best, each], work[row, each]
        pivot = work[row, column]
        for each in range(columns):
            work[row, each] /= pivot
        for other in range(rows):
            factor = work[other, column]
            if other != row and factor != 0.0:
                for each in range(column, columns):
                    work[other, each] -= factor * work[row, each]
        pivots[column] = row
        row += 1
    basis = np.zeros((columns, columns - row))
    free = 0
    for column in range(columns):
        if pivots[column] < 0:
            basis[column, free] = 1.0
            for other in range(columns):
                if pivots[other] >= 0:
                    basis[other, free] = -work[pivots[other], column]
            free += 1
    return basis


def _solve_loops(info, step):  # noqa: ANN001
    """Cholesky of the lower triangle, then two triangular solves, in place; False when the matrix is not positive."""
    columns = len(step)
    for one in range(columns):
        for two in range(one + 1):
            total = info[one, two]
            for three in range(two):
                total -= info[one, three] * info[two, three]
            if one == two:
                if not total > 1e-300:
                    return False
                info[one, one] = np.sqrt(total)
            else:
                info[one, two] = total / info[two, two]
    for one in range(columns):
        for two in range(one):
            step[one] -= info[one, two] * step[two]
        step[one] /= info[one, one]
    for back in range(columns):
        one = columns - 1 - back
        for two in range(one + 1, columns):
            step[one] -= info[two, one] * step[two]
        step[one] /= info[one, one]
    return True


def _newton_loops(design, counts):  # noqa: ANN001, PLR0912
    rows, columns = design.shape
    mean, eta = counts + 0.5, np.log(counts + 0.5)
    beta, step, trial = np.zeros(columns), np.zeros(columns), np.zeros(columns)
    info, best = np.zeros((columns, columns)), -np.inf
    for turn in range(60):
        info[:] = 0.0
        step[:] = 0.0
        for row in range(rows):
            left = counts[row] - mean[row]
            if turn == 0:
                left += mean[row] * eta[row]
            for one in range(columns):
                part = design[row, one]
                if part != 0.0:
                    step[one] += part * left
                    for two in range(one + 1):
                        info[one, two] += part * mean[row] * design[row, two]
        if not _solve(info, step):
            return beta, mean, best, False
        size, level, largest = 1.0, -np.inf, 0.0
        for _half in range(30):
            level = 0.0
            for one in range(columns):
                trial[one] = beta[one] + size * step[one]
            for row in range(rows):
                total = 0.0
                for one in range(columns):
                    total += design[row, one] * trial[one]
                eta[row] = total
                mean[row] = np.exp(min(total, 60.0))
                level += counts[row] * total - mean[row]
            if level >= best - 1e-9 * (1 + abs(best)) or turn == 0:
                break
            size /= 2
        for one in range(columns):
            largest = max(largest, abs(step[one]))
            beta[one] = trial[one]
        gain = level - best
        best = level
        if turn and abs(gain) < 1e-11 * (1 + abs(level)) and largest < 1e-6:
            return beta, mean, best, True
    return beta, mean, best, False


def newton_plain(design: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, float, bool]:
    """`newton` without numba: the judge of the compiled loops.

    Args and answers as `newton`: design, cells × parameters; counts, length cells. Source: McCullagh & Nelder 1989, section 2.5.
    """
    mean = counts + 0.5
    eta = np.log(mean)
    beta, best = np.zeros(design.shape[1]), -np.inf
    for turn in range(_TURNS):
        right = design.T @ (counts - mean + (mean * eta if turn == 0 else 0))
        try:
            step = np.linalg.solve(design.T @ (design * mean[:, None]), right)
        except np.linalg.LinAlgError:
            return beta, mean, best, False
        size = 1.0
        for _ in range(_HALVES):
            eta = design @ (beta + size * step)
            mean = np.exp(np.minimum(eta, 60.0))
            level = float(counts @ eta - mean.sum())
            if level >= best - 1e-9 * (1 + abs(best)) or turn == 0:
                break
            size /= 2
        beta = beta + size * step
        gain, best = level - best, level
        if turn and abs(gain) < 1e-11 * (1 + abs(level)) and np.abs(step).max() < 1e-6:
            return beta, mean, best, True
    return beta, mean, best, False


def null_plain(matrix: np.ndarray) -> np.ndarray:
    """`null_space` without numba, by singular values.

    Args: matrix, rows × columns. Gives columns × nullity. Source: Golub & Van Loan, Matrix Computations, 2013.
    """
    _, values, right = np.linalg.svd(matrix)
    rank = int((values > 1e-9 * max(1.0, values.max(initial=0))).sum())
    return right[rank:].T


_solve = njit(cache=True)(_solve_loops) if njit is not None else _solve_loops
_newton = njit(cache=True)(_newton_loops) if njit is not None else newton_plain
_null = njit(cache=True)(_null_loops) if njit is not None else null_plain


def newton(design: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, float, bool]:
    """Poisson regression with log link by iteratively reweighted least squares, the step halved when the likelihood falls.

    Takes a design of full rank (cells × parameters) and counts; gives parameters, fitted means, Σ(n log μ - μ), and whether it converged.
    Source: Nelder & Wedderburn, JRSS A 135 (1972).
    """
    return _newton(design, counts)


def null_space(matrix: np.ndarray) -> np.ndarray:
    """A basis, in columns, of the vectors that the matrix sends to 0; exact up to rounding for designs of 0 and 1.

    Args: matrix, rows × columns. Gives columns × nullity, no column where the rank is full.
    Source: Gaussian elimination, Golub & Van Loan, Matrix Computations, 2013.
    """
    return _null(np.ascontiguousarray(matrix)) if matrix.shape[0] else np.eye(matrix.shape[1])
