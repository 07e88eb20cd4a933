"""The only place where noise is drawn: discrete Gaussian noise by OpenDP, from the operating system's cryptographic source."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import opendp.prelude as dp

CHUNK = 4096  # cells drawn between two looks at the cancel signal

Progress = Callable[[str, float], None]


class Cancelled(Exception):
    """The caller asked to stop; nothing has been written."""


def nothing(_step: str, _done: float) -> None:
    """A progress report nobody reads."""


def discrete_gaussian(scale: float) -> dp.Measurement:
    """OpenDP's measurement of a vector of whole counts, one person moving one count by one (L2 sensitivity 1).

    Source: Canonne, Kamath & Steinke 2020; OpenDP `make_gaussian` over integers.
    """
    dp.enable_features("contrib")
    return dp.m.make_gaussian(dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T="f64"), scale=scale)


def noisy(counts: np.ndarray, scale: float, *, cancelled: Callable[[], bool] | None = None) -> np.ndarray:
    """Whole counts of disjoint cells plus discrete Gaussian noise of parameter `scale`, unclipped: a cell may be negative.

    The cells are drawn in chunks; as one person sits in one cell, all chunks together cost what one costs.
    Raises: Cancelled between two chunks.
    Source: Canonne, Kamath & Steinke 2020; disjoint cells: McSherry 2009 (parallel composition).
    """
    measurement = discrete_gaussian(scale)
    flat = np.ascontiguousarray(counts, dtype=np.int64).ravel()
    out = np.empty(flat.size, np.int64)
    for start in range(0, flat.size, CHUNK):
        if cancelled is not None and cancelled():
            raise Cancelled("stopped while noise was drawn")
        out[start : start + CHUNK] = measurement(flat[start : start + CHUNK].tolist())
    return out.reshape(np.shape(counts))
