"""Pairs with what was found out about each: what scoring makes, and guards, calibration and the report read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Scored:
    """Scored pairs, sorted by (left, right).

    Attributes: left, right, record numbers; weight, log2 odds by the model's m and u; gamma, level by comparison
    (-1 missing, 0 none); probability, the final one; compared, how many candidates there were; rules, blocking rules as bits.
    """

    left: np.ndarray
    right: np.ndarray
    weight: np.ndarray
    gamma: dict[str, np.ndarray]
    probability: np.ndarray
    rules: np.ndarray
    compared: int
