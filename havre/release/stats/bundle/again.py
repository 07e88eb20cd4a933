"""The published tables of a bundle, attacked once more by whoever checks it."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from havre.release.stats.attacks.subtraction import subtract
from havre.release.stats.bundle.verifier import UNREADABLE, Broken, Check, open_bundle
from havre.release.stats.errors import BadTable
from havre.release.stats.published import Published, of_grid


def attack_again(bundle: Path, earlier: Sequence[Path] = ()) -> list[Check]:
    """One check: what the bundle's count tables tell together with those of earlier bundles. Empty for a bundle of rows.

    Raises: Broken, for what is no bundle or one whose tables are none.
    Source: Fischetti & Salazar-Gonzalez 2001 (the attacker's programmes), over the figures of several bundles.
    """
    now, k, parents = _tables(bundle)
    if not now:
        return []
    before = [table for path in earlier for table in _tables(path)[0]]
    try:
        found = subtract(now, before, k=k, parents=parents)
    except (BadTable, *UNREADABLE) as problem:
        return [Check("attacked again", False, str(problem))]
    told = "; ".join(one.words for one in found.told[:5])
    control = "" if found.control is None else f"; a planted departure was {'caught' if found.control else 'missed'}"
    return [Check("attacked again", found.holds, told or f"{found.cells} cells, {len(before)} earlier tables: no small count{control}")]


def _tables(bundle: Path) -> tuple[list[Published], int, Mapping[str, Mapping[str, str]]]:
    try:
        files = open_bundle(bundle)
        proof = json.loads(files["proof.json"])
        if proof.get("family") != "k-anonymous tables":
            return [], 0, {}
        release = str(proof.get("about", {}).get("release", bundle.name))
        named = [name for name in sorted(files) if name.endswith(".csv") and ".sdmx" not in name]
        tables = [of_grid(pl.read_csv(io.BytesIO(files[name]), infer_schema=False), name=f"{release} {Path(name).stem}") for name in named]
        return tables, int(proof["k"]), proof.get("hierarchies") or {}
    except Broken as problem:
        raise Broken(f"{bundle.name}: {problem}") from None
    except (*UNREADABLE, pl.exceptions.PolarsError) as problem:
        raise Broken(f"{bundle.name}: its proof or a table cannot be read ({type(problem).__name__}: {str(problem)[:80]})") from None
