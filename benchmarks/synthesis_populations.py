"""Populations made from the published extract, in which other cells are empty, rare and common: settings are not fitted to one file."""

from __future__ import annotations

import numpy as np
import polars as pl


def halved(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Half of the distinct rows, by the seed, drawn to as many persons as before with their own weights."""
    distinct = frame.group_by(frame.columns, maintain_order=True).len(name="havre:persons").sample(fraction=0.5, seed=seed)
    weight = distinct["havre:persons"].to_numpy()
    drawn = np.random.default_rng(seed).choice(distinct.height, size=frame.height, p=weight / weight.sum())
    return distinct.drop("havre:persons")[drawn]


def moved(frame: pl.DataFrame, seed: int, share: float = 0.02) -> pl.DataFrame:
    """A bootstrap in which each value is, with chance `share`, that of another row: combinations that the extract does not have."""
    chance = np.random.default_rng(seed)
    drawn = frame.sample(frame.height, with_replacement=True, seed=seed)
    columns = {}
    for name in frame.columns:
        values = drawn[name].to_numpy().copy()
        hit = chance.random(len(values)) < share
        values[hit] = chance.permutation(frame[name].to_numpy())[hit]
        columns[name] = values
    return pl.DataFrame(columns)
