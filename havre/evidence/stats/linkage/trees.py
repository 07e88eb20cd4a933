# ruff: noqa: ANN001, SIM108 - numba functions: plain arrays, types are inferred
"""A boosted tree ensemble read from the model file: plain arrays, one compiled loop, no learning library at run time.

Source: Friedman, Greedy Function Approximation, Annals of Statistics 29 (2001).
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np


@numba.njit(cache=True)
def _walk(rows, feature, threshold, left, right, missing_left, value, roots):
    out = np.zeros(len(rows))
    for i in range(len(rows)):
        total = 0.0
        for root in roots:
            node = root
            while left[node] >= 0:
                x = rows[i, feature[node]]
                if np.isnan(x):
                    node = left[node] if missing_left[node] else right[node]
                else:
                    node = left[node] if x <= threshold[node] else right[node]
            total += value[node]
        out[i] = total
    return out


def predict(ensemble: dict[str, Any], rows: np.ndarray) -> np.ndarray:
    """The logit of each row. Args: ensemble, arrays `feature`, `threshold`, `left`, `right` (-1 at a leaf), `missing_left`,
    `value` by node and `roots`; rows, float32 with the columns the ensemble was trained on.
    Source: Friedman, Greedy Function Approximation, Annals of Statistics 29 (2001).
    """
    kinds: dict[str, Any] = {
        "feature": np.int32,
        "threshold": np.float32,
        "left": np.int32,
        "right": np.int32,
        "missing_left": np.bool_,
        "value": np.float64,
        "roots": np.int32,
    }
    arrays = {key: np.asarray(ensemble[key], dtype=kind) for key, kind in kinds.items()}
    return _walk(np.ascontiguousarray(rows, dtype=np.float32), *arrays.values())
