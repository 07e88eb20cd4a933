"""What a proof-carrying release holds, cut in two: what everybody may have, and what stays inside."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import polars as pl

from havre.release.stats.accounting import Charge
from havre.release.stats.attacks.battery import Battery
from havre.release.stats.attacks.battery import as_json as battery_json
from havre.release.stats.attacks.ceiling import ceiling_of
from havre.release.stats.attacks.subtraction import Subtraction
from havre.release.stats.errors import BadTable
from havre.release.stats.ledger import Ledger
from havre.release.stats.protect import HIDDEN, NOT_RECORDED, Protected, grid, proof

# said where no attack was run, so that nobody takes silence for a clearance
NOT_ATTACKED = {"name": "attacks on the release", "verdict": "not run: they need persons held out before it was made"}
LIBRARIES = ("numpy", "scipy", "polars", "opendp", "mbi")


@dataclass(frozen=True, slots=True)
class About:
    """What a reader must know of a release. `period` and `coverage` in words, `issued` an ISO day, `contact` an address for corrections.

    Raises: BadTable for a missing word, a name that no file could have, a day that is none.
    """

    release: str
    title: str
    publisher: str
    contact: str
    issued: str
    description: str = ""
    period: str = ""
    coverage: str = ""
    language: str = "en"
    licence: str = ""
    version: str = "1"

    def __post_init__(self) -> None:
        needed = ("release", "title", "publisher", "contact", "issued")
        empty = [name for name in needed if not isinstance(getattr(self, name), str) or not getattr(self, name).strip()]
        if empty:
            raise BadTable(
                f"the description of the release says nothing under {', '.join(empty)}; fill it in",
                f"la description de la publication ne dit rien sous {', '.join(empty)} ; compléter",
            )
        if not all(sign.isalnum() or sign in "-_. " for sign in self.release) or self.release.startswith("."):
            raise BadTable(
                f"release {self.release!r}: it names two files; use letters, digits, '-', '_', '.' and spaces only",
                f"publication {self.release!r} : ce nom est celui de deux fichiers ; lettres, chiffres, « - », « _ », « . » et espaces seulement",
            )
        try:
            date.fromisoformat(self.issued)
        except ValueError:
            raise BadTable(
                f"issued {self.issued!r} is no day; write it as 2026-11-29",
                f"issued {self.issued!r} n'est pas un jour ; l'écrire 2026-11-29",
            ) from None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the data dictionary. `codes` are code → label; `origin` says which published code book they come from."""

    name: str
    label: str
    codes: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One published file: a count table ("table", last column `persons`) or rows of made-up persons ("rows")."""

    name: str
    kind: str
    frame: pl.DataFrame
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """A release before it is packed. `public` goes out with the tables; `inside` is the internal half and holds small counts."""

    about: About
    tables: tuple[Table, ...]
    public: Mapping[str, Any]
    inside: Mapping[str, Any]


def of_tables(
    protected: Protected,
    about: About,
    *,
    columns: Sequence[Column] = (),
    subtraction: Subtraction | None = None,
    input_digest: str = "",
    earlier: Sequence[str] = (),
) -> Contents:
    """The contents of a release of protected count tables.

    Args: columns, the data dictionary (codes without a label keep their code as label); subtraction, the attack with what was published
    before; earlier, the references of those releases; input_digest, of the rows.
    Raises: BadTable when the tables did not hold: they are not packed.
    """
    told = [*protected.problems, *(one.words for one in subtraction.told)] if subtraction is not None else [*protected.problems]
    if told or not protected.holds:
        raise BadTable("these tables did not withstand the attack: " + "; ".join(told))
    dictionary = {column.name: column for column in columns}
    tables = []
    for number, table in enumerate(protected.layout.tables, 1):
        own = tuple(_with_codes(dictionary.get(name, Column(name, name)), protected, name) for name in table)
        tables.append(Table(f"table-{number}", "table", grid(protected, table), own))
    audit = protected.pattern.audit
    public = {
        "family": "k-anonymous tables",
        "k": protected.k,
        "quasi_identifiers": sorted({column for table in protected.layout.tables for column in table}),
        "method": "minimum-cost cell suppression; every hidden cell attacked by two linear programmes, with margins and earlier releases",
        "hidden_marker": HIDDEN,
        "hierarchies": {column: dict(tree) for column, tree in protected.layout.parents.items()},
        "audit": {"holds": audit.holds, "whole_numbers": audit.whole, "linked_tables_together": audit.joint, "earlier": list(earlier)},
        "attacks": [{"name": "linear programmes on hidden cells", "verdict": "withstood"}]
        + ([{"name": "subtraction from earlier releases", "verdict": "withstood"}] if subtraction is not None else []),
        "libraries": libraries(),
    }
    inside: dict[str, Any] = {"proof": proof(protected), "input_digest": input_digest}
    if subtraction is not None:
        inside["subtraction"] = {"earlier": subtraction.earlier, "cells": subtraction.cells, "control": subtraction.control, "told": []}
    return Contents(about, tuple(tables), public, inside)


def of_rows(
    frame: pl.DataFrame,
    about: About,
    *,
    columns: Sequence[Column],
    charges: Sequence[Charge] = (),
    ledger: Ledger | None = None,
    k: int | None = None,
    quasi_identifiers: Sequence[str] = (),
    battery: Battery | None = None,
    mechanism: str = "",
    withheld: str = "",
    inside: Mapping[str, Any] | None = None,
) -> Contents:
    """The contents of a release of made-up rows: private by `charges` written in `ledger`, or k-anonymous by `k` on `quasi_identifiers`.

    Args: mechanism, in words; battery, the attacks on the rows, of which only names and verdicts go out; inside, error figures and whatever
    else was counted on the sensitive rows.
    Raises: BadTable when neither protection is stated, the ledger does not hold the release, an attack got through, or a code is foreign.
    """
    if bool(charges) == (k is not None):
        raise BadTable("say what protects the rows: either the charges written in a ledger, or k with its columns")
    if battery is not None:
        _refuse_leaking(battery, charges)
    _refuse_foreign(frame, columns, withheld)
    columns = [_with_marker(column, frame, withheld) for column in columns]
    public: dict[str, Any] = {
        "family": "differentially private rows" if charges else "k-anonymous rows",
        "method": mechanism,
        "hidden_marker": withheld,
        "domains": {column.name: column.origin for column in columns},
        "attacks": [{"name": attack.name, "verdict": attack.verdict.value} for attack in battery.attacks] if battery else [NOT_ATTACKED],
        "libraries": libraries(),
    }
    if charges:
        public |= _private(about.release, charges, ledger)
    else:
        public |= {"k": k, "quasi_identifiers": sorted(quasi_identifiers)}
    kept: dict[str, Any] = {**(inside or {})}
    if battery is not None:
        kept["attacks"] = battery_json(battery)
    if ledger is not None:
        kept["ledger"] = ledger.to_text()
    return Contents(about, (Table("rows", "rows", frame, tuple(columns)),), public, kept)


def _refuse_leaking(battery: Battery, charges: Sequence[Charge]) -> None:
    """Raises: BadTable when an attack got through, or was held against another budget than the one that was spent."""
    if battery.leaks:
        raise BadTable("these rows did not withstand: " + ", ".join(attack.name for attack in battery.leaks))
    if battery.ceiling is not None and (not charges or battery.ceiling != ceiling_of(charges, battery.ceiling.delta)):
        raise BadTable("the attacks were held against another budget than these charges: give attack_rows the ceiling_of these charges")


def of_noisy_tables(
    tables: Mapping[str, pl.DataFrame],
    about: About,
    *,
    columns: Sequence[Column],
    charges: Sequence[Charge],
    ledger: Ledger,
    mechanism: str,
    inside: Mapping[str, Any] | None = None,
) -> Contents:
    """The contents of a release of private count tables: name of each table → its frame, codes first, `noisy count` last.

    Raises: BadTable when the ledger does not hold the release with these charges, or a code is foreign.
    """
    count = Column("noisy count", "noisy count of persons, whole, unbiased, may be negative")
    named = {column.name: column for column in columns}
    done = []
    for name, frame in tables.items():
        own = tuple(named[title] for title in frame.columns if title in named)
        _refuse_foreign(frame.drop(count.name), own, "")
        done.append(Table(name, "rows", frame, (*own, count)))
    public: dict[str, Any] = {
        "family": "differentially private tables",
        "method": mechanism,
        "domains": {column.name: column.origin for column in columns},
        "attacks": [NOT_ATTACKED],
        "libraries": libraries(),
        **_private(about.release, charges, ledger),
    }
    return Contents(about, tuple(done), public, {**(inside or {}), "ledger": ledger.to_text()})


def _private(release: str, charges: Sequence[Charge], ledger: Ledger | None) -> dict[str, Any]:
    line = next((line for line in ledger.counting if line.release == release), None) if ledger is not None else None
    if ledger is None or line is None or line.after is None or line.before is None or line.charges != tuple(charges):
        raise BadTable(
            f"release {release!r} with these charges is not in the ledger: a private release is written there before it is drawn"
        )
    total = line.after
    return {
        "epsilon": total.epsilon,
        "epsilon_before": line.before.epsilon,
        "delta": total.delta,
        "composition": total.method,
        "unit": ledger.head.unit,
        "neighbours": ledger.head.neighbours,
        "population": ledger.head.population,
        "budget": ledger.head.epsilon,
        "charges": [asdict(charge) for charge in charges],
        "ledger_line": line.digest,
        "noise": "OpenDP, from the operating system's cryptographic source",
    }


def _with_codes(column: Column, protected: Protected, name: str) -> Column:
    layout = protected.layout
    codes = {code or NOT_RECORDED: column.codes.get(code, code or NOT_RECORDED) for code in (*layout.domains[name], *layout.levels(name))}
    return Column(name, column.label, codes, column.origin or "not stated")


def _with_marker(column: Column, frame: pl.DataFrame, withheld: str) -> Column:
    """The column, with the marker of a withheld value in its dictionary where the rows use it."""
    if not withheld or column.name not in frame.columns or withheld not in frame[column.name]:
        return column
    return replace(column, codes={**column.codes, withheld: "value withheld"})


def _refuse_foreign(frame: pl.DataFrame, columns: Sequence[Column], withheld: str) -> None:
    named = {column.name: column for column in columns}
    unknown = [name for name in frame.columns if name not in named]
    if unknown:
        raise BadTable(f"columns {unknown!r} are not in the data dictionary; describe them or leave them out")
    for name in frame.columns:
        allowed = set(named[name].codes) | {withheld, ""}
        foreign = sorted(set(frame[name].cast(pl.String).fill_null("").unique()) - allowed)
        if foreign:
            raise BadTable(
                f"column {name!r} holds {foreign[:5]!r}, which its code book does not have: a value from outside stops the release"
            )


def libraries() -> dict[str, str]:
    """Names and versions of what computed the release."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def digest_of(text: bytes) -> str:
    """SHA-256 in hexadecimal.

    Source: NIST FIPS 180-4, 2015.
    """
    return hashlib.sha256(text).hexdigest()


def plain(value: Any) -> bytes:
    """Indented JSON with sorted keys: the same value is the same bytes."""
    return (json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
