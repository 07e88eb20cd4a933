"""One call: count, find the unsafe cells, hide what must be hidden, attack the result, and hand back table and proof together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import scipy

from havre.release.stats.attack import Audit, audit, differences
from havre.release.stats.cells import Cell, Layout, System, tabulate, words
from havre.release.stats.errors import BadTable
from havre.release.stats.kanon import KCheck, check_k
from havre.release.stats.nesting import knowing_nesting, nesting_of
from havre.release.stats.primary import Need, below_k, below_k_before
from havre.release.stats.suppress import Pattern, choose, still_hidden

# what a hidden cell says in a published table, whatever the reason: telling primary from complementary would tell who is small
HIDDEN = "x"
# what a missing value says there: an empty field is the total
NOT_RECORDED = "(not recorded)"


@dataclass(frozen=True, slots=True)
class Protected:
    """A protected table with its proof.

    `system` holds the true values and stays inside; `shown` is what may be published, cell by cell; `check` is the k check on the finest
    cells before protection; `control` is the same attack on the primary cells alone, the positive control.
    """

    k: int
    layout: Layout
    system: System
    check: KCheck
    pattern: Pattern
    control: Audit
    differing: tuple[Cell, ...]

    @property
    def holds(self) -> bool:
        """Whether the table may be published: the audit held and no difference from an earlier state tells a small count."""
        return self.pattern.audit.holds and not self.differing

    @property
    def shown(self) -> dict[Cell, int]:
        """The published cells with their counts, in persons."""
        places = np.flatnonzero(~self.pattern.hidden & ~self.system.latent)
        return {self.system.cells[place]: round(float(self.system.values[place])) for place in places}

    @property
    def problems(self) -> tuple[str, ...]:
        """Why it may not be published, in words; empty when it may."""
        told = tuple(
            f"{words(key)}: differs from the earlier release by fewer than {self.k} persons; "
            "count the same extract as then, or wait for more"
            for key in self.differing
        )
        return tuple(exposed.why for exposed in self.pattern.audit.exposed) + told


def protect(
    frame: pl.DataFrame,
    layout: Layout,
    *,
    k: int,
    earlier: Sequence[Mapping[Cell, float]] = (),
    keep: Sequence[Cell] = (),
) -> Protected:
    """Protect the tables of `layout` by hiding cells, together and with what earlier releases told.

    Args: frame, one row a person; k, the smallest count that may be shown; earlier, the shown cells of each earlier release about the same
    register (their tables belong in `layout.past`); keep, cells that must stay shown.
    A register moves between two releases. An earlier figure that is still true is in the attack, as an attacker would use it; one that
    has changed by fewer than k persons, and would be shown again, stops the release (`differing`).
    Raises: BadTable; CannotProtect, when only a coarser table can be published.
    Source: Fischetti & Salazar-Gonzalez 2001, Management Science 47(7); Hundepool et al. 2012, chapter 4.

    >>> rows = pl.DataFrame({"year": ["2019"] * 30 + ["2020"] * 24, "sex": ["f"] * 12 + ["m"] * 18 + ["f"] * 3 + ["m"] * 21})
    >>> found = protect(rows, Layout((("year", "sex"),), {"year": ("2019", "2020"), "sex": ("f", "m")}), k=11)
    >>> found.holds, found.control.holds, sorted(found.shown.values())
    (True, False, [15, 24, 30, 39, 54])
    """
    for column, codes in layout.domains.items():
        if NOT_RECORDED in codes:
            raise BadTable(
                f"column {column!r} holds {NOT_RECORDED!r}, which is how a table writes an empty value; leave such values empty",
                f"la colonne {column!r} contient {NOT_RECORDED!r}, qui est l'écriture d'une valeur vide dans un tableau ; laisser ces valeurs vides",
            )
    counted, nesting = tabulate(frame, layout), nesting_of(frame, layout)
    system = knowing_nesting(counted, layout, nesting)
    needs = below_k(system, k=k)
    check = check_k(frame, sorted({column for table in layout.tables for column in table}), k=k)
    still = [_still_true(system, release) for release in earlier]
    past: tuple[Need, ...] = ()
    if any(still):
        told = knowing_nesting(counted, layout, nesting, void=False)
        past = still_hidden(told, below_k_before(system, layout, k=k), earlier=still)
    pattern = choose(system, needs, earlier=still, keep=keep, past=past)
    control = audit(system, system.mask([need.cell for need in needs]), needs, whole=False)
    shown = ~pattern.hidden & ~system.latent
    differing = tuple(sorted({key for release in earlier for key in differences(system, shown, release, k=k)}))
    return Protected(k, layout, system, check, pattern, control, differing)


def _still_true(system: System, release: Mapping[Cell, float]) -> dict[Cell, float]:
    return {key: value for key, value in release.items() if key in system.index and abs(system.values[system.at(key)] - value) < 0.5}


def grid(protected: Protected, table: tuple[str, ...]) -> pl.DataFrame:
    """One published table as rows: its columns ("" is the total, a missing value is spelled out), then `persons`, `x` where hidden.

    Raises: BadTable for a table that is not in the layout.
    """
    if table not in protected.layout.tables:
        raise BadTable(f"table {', '.join(table)} is not in this release")
    shown, lines = protected.shown, []
    for place, key in enumerate(protected.system.cells):
        codes = dict(key)
        if protected.system.latent[place] or not set(codes) <= set(table):
            continue
        value = shown.get(key)
        labels = {column: (codes[column] or NOT_RECORDED) if column in codes else "" for column in table}
        lines.append({**labels, "persons": HIDDEN if value is None else str(value)})
    return pl.DataFrame(lines, schema={**dict.fromkeys(table, pl.String), "persons": pl.String}).sort(*table)


def proof(protected: Protected) -> dict[str, object]:
    """The proof as plain JSON values: k, cells, reasons, the attack with its positive control. It stays inside: it holds small counts."""
    pattern, system = protected.pattern, protected.system
    published = int((~system.latent).sum())
    return {
        "k": protected.k,
        "tables": [list(table) for table in protected.layout.tables],
        "cells": published,
        "primary": len(pattern.needs),
        "complementary": pattern.complementary,
        "hidden": [[words(key), pattern.reasons[key]] for key in system.keys(pattern.hidden)],
        "persons_hidden": _finest_hidden(protected),
        "persons": protected.check.rows,
        "classes_below": len(protected.check.below),
        "rows_below": protected.check.rows_below,
        "optimal": pattern.optimal,
        "cost": pattern.cost,
        "bound": pattern.bound,
        "audit": _audit_words(pattern.audit),
        "control": _audit_words(protected.control),
        "differing": [words(key) for key in protected.differing],
        "problems": list(protected.problems),
        "method": f"minimum-cost cell suppression, scipy {scipy.__version__} (HiGHS)",
        "pattern_digest": pattern_digest(protected),
    }


def _finest_hidden(protected: Protected) -> int:
    """How many persons sit in hidden finest cells, of the table where that is most."""
    system, hidden = protected.system, protected.pattern.hidden
    worst = 0.0
    for table in protected.layout.tables:
        leaves = [place for place in np.flatnonzero(hidden) if _finest(protected.layout, system.cells[place], table)]
        worst = max(worst, float(system.values[leaves].sum()))
    return round(worst)


def _finest(layout: Layout, key: Cell, table: tuple[str, ...]) -> bool:
    return {column for column, _code in key} == set(table) and all(code in layout.domains[column] for column, code in key)


def _audit_words(result: Audit) -> dict[str, object]:
    return {
        "attacked": len(result.intervals),
        "recovered": result.recovered,
        "exposed": len(result.exposed),
        "holds": result.holds,
        "whole_numbers": result.whole,
        "joint": result.joint,
        "earlier_cells": result.earlier,
    }


def pattern_digest(protected: Protected) -> str:
    """SHA-256 of the hidden cells: the same input gives the same pattern, and next year's release can be checked against it.

    Source: SHA-256, NIST FIPS 180-4, 2015.
    """
    text = json.dumps([words(key) for key in protected.system.keys(protected.pattern.hidden)])
    return hashlib.sha256(text.encode()).hexdigest()


def needs_words(needs: Sequence[Need]) -> tuple[str, ...]:
    """The unsafe cells in words, for a command's output."""
    return tuple(f"{words(need.cell)}: {need.value:g} ({need.rule})" for need in needs)
