"""Differentially private counts, marginals and contingency tables, several under one spend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import opendp.prelude as dp
import polars as pl

from havre.release.stats.errors import BadTable
from havre.release.stats.private.accounting import Accountant, Budget, epsilon_of, scales_for
from havre.release.stats.private.codebook import Codebook
from havre.release.stats.private.noise import noisy
from havre.release.stats.private.spend import Spend, gaussian_spend
from havre.release.stats.private.store import Run, fingerprint

MOST_CELLS = 200_000


@dataclass(frozen=True, slots=True)
class PrivateTable:
    """One table: every combination of the public codes with its `noisy count` (whole, unbiased, may be negative).

    `within`: 95 % of the noise is at most so many persons.
    """

    columns: tuple[str, ...]
    frame: pl.DataFrame
    scale: float
    within: float


@dataclass(frozen=True, slots=True)
class PrivateTables:
    """Tables released together and what they cost. Each carries noise of its own: sums of two tables differ by that noise."""

    tables: tuple[PrivateTable, ...]
    spends: tuple[Spend, ...]
    epsilon: float
    delta: float
    run: str
    codebook: Codebook

    def proof(self) -> dict[str, Any]:
        """What is published beside the tables."""
        return {
            "method": "differentially private tables",
            "epsilon": self.epsilon,
            "delta": self.delta,
            "unit": self.spends[0].unit,
            "neighbours": self.spends[0].neighbours,
            "noise": "discrete Gaussian, drawn by OpenDP from the operating system's cryptographic source",
            "run": self.run,
            "spends": [spend.as_row() for spend in self.spends],
            "domain": {
                "declared public by the publisher": self.codebook.declared,
                "columns": {column.name: column.source for column in self.codebook.columns},
            },
            "tables": [{"columns": list(one.columns), "sigma": one.scale, "95 % within": one.within} for one in self.tables],
        }


def _checked(codebook: Codebook, wanted: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    tables = [tuple(dict.fromkeys(columns)) for columns in wanted]
    if not tables or not all(tables):
        raise BadTable("name the columns of at least one table", "nommer les colonnes d'au moins un tableau")
    if len({frozenset(columns) for columns in tables}) < len(tables):
        raise BadTable(
            "a table is asked for twice: the second answer would cost as much as the first and say no more",
            "un tableau est demandé deux fois : la seconde réponse coûterait autant et ne dirait rien de plus",
        )
    sizes = dict(zip(codebook.names, codebook.sizes, strict=True))
    for columns in tables:
        lacking = [name for name in columns if name not in sizes]
        if lacking:
            raise BadTable(
                f"column {', '.join(map(repr, lacking))}: not in the code book; it has {', '.join(map(repr, sizes))}",
                f"colonne {', '.join(map(repr, lacking))} : absente de la liste de codes, qui a {', '.join(map(repr, sizes))}",
            )
        cells = int(np.prod([sizes[name] for name in columns], dtype=object))
        if cells > MOST_CELLS:
            raise BadTable(
                f"table {' × '.join(columns)} has {cells} cells, nearly all of them noise; give at most {MOST_CELLS}: fewer columns",
                f"le tableau {' × '.join(columns)} a {cells} cellules, presque toutes de bruit ; en donner au plus {MOST_CELLS} : moins de colonnes",
            )
    return tables


def private_tables(
    frame: pl.DataFrame,
    codebook: Codebook,
    wanted: Sequence[Sequence[str]],
    *,
    epsilon: float,
    delta: float,
    weights: Sequence[float] | None = None,
    run: str = "run",
    folder: Path | None = None,
    charge: Callable[[tuple[Spend, ...]], None] | None = None,
    accountant: Accountant = "pld",
) -> PrivateTables:
    """Every wanted table with discrete Gaussian noise, all of them together (epsilon, delta)-private, one person being one row.

    Args: wanted, column names table by table; weights, their shares of the budget (default equal). charge, run and folder as in `synthesise`.
    Raises: BadTable for a bad budget, an unknown column, a value outside the code book, a table asked for twice or too large.
    Source: Canonne, Kamath & Steinke 2020; noise by OpenDP.
    """
    budget = Budget(epsilon, delta)
    tables = _checked(codebook, wanted)
    if weights is not None and len(weights) != len(tables):
        raise BadTable(f"{len(weights)} weights for {len(tables)} tables")
    used = Codebook(tuple(column for column in codebook.columns if any(column.name in one for one in tables)), declared=codebook.declared)
    rows = used.encode(frame.select([name for name in used.names if name in frame.columns]))
    places = {name: place for place, name in enumerate(used.names)}
    scales = scales_for(list(weights or [1.0] * len(tables)), budget, accountant=accountant)
    spends = tuple(
        gaussian_spend(scale=scale, queries=1, use=" × ".join(names), run=run) for scale, names in zip(scales, tables, strict=True)
    )
    store = Run(run, fingerprint(rows, {"tables": tables, "scales": scales, "codes": used.as_json()}), folder)
    if charge is not None:
        charge(spends)
    done = [_one(rows, used, names, places, scale, store) for names, scale in zip(tables, scales, strict=True)]
    return PrivateTables(tuple(done), spends, epsilon_of([(scale, 1) for scale in scales], delta), delta, run, used)


def _one(rows: np.ndarray, codebook: Codebook, names: tuple[str, ...], places: dict[str, int], scale: float, store: Run) -> PrivateTable:
    columns = [codebook.columns[places[name]] for name in names]
    key = np.zeros(len(rows), np.int64)
    for column in columns:
        key = key * len(column.codes) + rows[:, places[column.name]]
    cells = int(np.prod([len(column.codes) for column in columns]))
    counts = np.bincount(key, minlength=cells)
    answers = store.answers("table-" + "-".join(str(places[name]) for name in names), lambda: noisy(counts, scale))
    grid = list(product(*(column.codes for column in columns)))
    data: dict[str, Any] = {name: [codes[place] for codes in grid] for place, name in enumerate(names)}
    within = float(dp.discrete_gaussian_scale_to_accuracy(scale, 0.05))
    return PrivateTable(names, pl.DataFrame({**data, "noisy count": answers}), scale, within)
