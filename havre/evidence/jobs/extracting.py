"""The one bridge from records to tables: coded, pseudonymised, coarsened Parquet with a manifest. Nothing else leaves the register.

Every value passes a gate by its column's declared kind; what does not fit the published code list is dropped and counted, so that a
name typed into a coded field by an import does not travel.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
from django.utils import timezone

from havre.evidence import sources
from havre.evidence.models import JobRun
from havre.register.enums import PersonRole
from havre.trust.contracts import Column, contracts
from havre.trust.models import Seal

BATCH = 20_000
# what a code that is not in a list of ours looks like: ISO 3166-1, ISO 4217, ICCS
FORMS = {"country": re.compile(r"[A-Z]{2}"), "currency": re.compile(r"[A-Z]{3}"), "iccs": re.compile(r"\d{2,6}")}
FORMS["countries"] = FORMS["country"]
MOST = 10**12
TYPES: Mapping[str, pa.DataType] = {
    "pseudonym": pa.string(),
    "code": pa.string(),
    "codes": pa.list_(pa.string()),
    "country": pa.string(),
    "countries": pa.list_(pa.string()),
    "date": pa.string(),
    "flag": pa.bool_(),
    "number": pa.int64(),
    "amount": pa.int64(),
    "currency": pa.string(),
    "iccs": pa.string(),
}
# what the bridge itself adds to a person: first detection, by month and year, and how long the person has been observed
ADDED = (("detected", pa.string()), ("detected_year", pa.string()), ("days_observed", pa.int64()))


class Undeclared(ValueError):
    """A part gives a table or a column that its contract does not declare: nothing undeclared leaves the register."""


class Gate:
    """What a value must be to pass. `dropped` counts, by column, the values that did not."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.dropped: Counter[str] = Counter()

    def pseudonym(self, value: Any) -> str:
        """A word that holds within this run and leads nowhere outside it: the key is forgotten when the run ends."""
        return hmac.digest(self.key, str(value).encode(), hashlib.sha256).hex()[:24]

    def take(self, column: Column, value: Any) -> Any:
        """The value as it may leave, or None (not recorded, or dropped and counted)."""
        if value is None:
            return None
        taken = self._taken(column, value)
        if taken is None:
            self.dropped[f"{column.table}.{column.name}"] += 1
        return taken

    def _taken(self, column: Column, value: Any) -> Any:
        taken: Any
        match column.kind:
            case "pseudonym":
                taken = self.pseudonym(value)
            case "date":
                taken = value.strftime("%Y-%m") if isinstance(value, date) else None
            case "flag":
                taken = value if isinstance(value, bool) else None
            case "number":
                taken = value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 100_000 else None
            case "amount":
                # whole units: a sum to the cent would say whose it is
                taken = round(value) if isinstance(value, Decimal) and 0 <= value < MOST else None
            case "codes" | "countries":
                taken = self._several(column, value) if isinstance(value, list | tuple) else None
            case _:
                taken = value if self._fits(column, value) else None
        return taken

    def _several(self, column: Column, values: list[Any] | tuple[Any, ...]) -> list[str] | None:
        kept = sorted({one for one in values if self._fits(column, one)})
        strange = sum(not self._fits(column, one) for one in values)
        # all of an answer dropped is no answer (and counted once, by the caller); an empty list was an answer
        if strange and not kept:
            return None
        self.dropped[f"{column.table}.{column.name}"] += strange
        return kept

    def _fits(self, column: Column, value: Any) -> bool:
        if not isinstance(value, str):
            return False
        if (form := FORMS.get(column.kind)) is not None:
            return form.fullmatch(value) is not None
        return value in (column.values or ())


def extract(job: JobRun, progress: Callable[[int], None]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write every contract's tables for one run. Gives the manifest; the folder appears whole or not at all."""
    home = sources.folder_of(job.pk)
    work = home.with_name(f".{home.name}")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True, mode=0o700)
    try:
        manifest = write(work, now=timezone.now(), progress=progress)
        manifest["run"] = str(job.pk)
        (work / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True))
        work.rename(home)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return manifest, {}


def write(work: Path, *, now: datetime, progress: Callable[[int], None] = lambda _percent: None) -> dict[str, Any]:
    """Write the tables into an empty folder and give the manifest: tables, rows, columns, code lists, digests, what was dropped."""
    declared = _declared()
    gate = Gate(secrets.token_bytes(32))
    sealed = set(Seal.objects.filter(ended_at=None).values_list("case_id", flat=True))
    first = first_detections()
    steps: list[dict[str, Any]] = []
    tables: dict[str, Any] = {}
    given = [(table, rows) for contract in contracts() for table, rows in contract.extract()]
    for number, (table, rows) in enumerate(given):
        if table in tables or table == "steps":
            raise Undeclared(f"table {table!r} is given by two parts; give one of them another name")
        tables[table] = _table(work, table, rows, declared.get(table, {}), gate, sealed, first, steps, now)
        progress(10 + 80 * (number + 1) // len(given))
    tables["steps"] = _write(work, "steps", [("person", pa.string()), ("step", pa.string()), ("days", pa.int64())], iter(steps))
    digest = hashlib.sha256("".join(sorted(one["sha256"] for one in tables.values())).encode()).hexdigest()
    return {
        "created_at": now.isoformat(timespec="seconds"),
        "fingerprint": digest,
        "tables": tables,
        "code_lists": {f"{c.table}.{c.name}": list(c.values) for columns in declared.values() for c in columns.values() if c.values},
        "dropped": {name: number for name, number in sorted(gate.dropped.items()) if number},
        "steps": sorted({step["step"] for step in steps}),
    }


def first_detections() -> dict[UUID, date]:
    """Each person's first detection day; stays in memory, only months and waits are written."""
    found: dict[UUID, date] = {}
    for contract in contracts():
        if contract.part != "register":
            continue
        for table, rows in contract.extract():
            if table == "detections":
                for row in rows:
                    day = _day(row["happened_on"])
                    found[row["person_id"]] = min(day, found.get(row["person_id"], day))
    return found


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _declared() -> dict[str, dict[str, Column]]:
    found: dict[str, dict[str, Column]] = {}
    for contract in contracts():
        for column in contract.columns:
            if column.kind not in TYPES:
                raise Undeclared(f"{column.table}.{column.name}: no kind {column.kind!r}; the kinds are {', '.join(TYPES)}")
            found.setdefault(column.table, {})[column.name] = column
    return found


def _renamed(name: str) -> str:
    return name.removesuffix("_id") if name in ("case_id", "person_id", "detection_id", "organisation_id") else name


def _table(
    work: Path,
    table: str,
    rows: Iterable[dict[str, Any]],
    columns: dict[str, Column],
    gate: Gate,
    sealed: set[UUID],
    first: dict[UUID, date],
    steps: list[dict[str, Any]],
    now: datetime,
) -> dict[str, Any]:
    if not columns:
        raise Undeclared(f"table {table!r}: its contract declares no column of it")
    schema = [(_renamed(name), TYPES[column.kind]) for name, column in columns.items()]
    schema += list(ADDED) if table == "persons" else []

    def coded() -> Iterable[dict[str, Any]]:
        for row in rows:
            strange = row.keys() - columns.keys()
            if strange:
                raise Undeclared(f"{table}: {', '.join(sorted(strange))} not declared in the contract's columns")
            # the bare file of a sealed case is absent too; a row without its case could not be told to be one of a sealed case
            if row.get("case_id") is None:
                raise Undeclared(f"{table}: a row without its case_id; every row names its case so that sealed ones stay out")
            if _key(row["case_id"]) in sealed:
                continue
            if table == "persons" and row.get("role") != PersonRole.VICTIM:
                continue
            person = _key(row.get("person_id"))
            if person in first and table not in ("persons", "detections", "events"):
                _steps(table, row, columns, gate.pseudonym(person), first[person], steps)
            line = {_renamed(name): gate.take(column, row.get(name)) for name, column in columns.items()}
            if table == "persons":
                day = first.get(person) if person else None
                line["detected"] = day.strftime("%Y-%m") if day else None
                line["detected_year"] = str(day.year) if day else None
                line["days_observed"] = max(0, (now.date() - day).days) if day else None
            yield line

    return _write(work, table, schema, coded())


def _key(value: Any) -> UUID | None:
    """A row's id, which a part may give as a text too: compared as it came, the rows of a sealed case would pass."""
    return value if value is None or isinstance(value, UUID) else UUID(str(value))


def _steps(table: str, row: dict[str, Any], columns: dict[str, Column], person: str, since: date, steps: list[dict[str, Any]]) -> None:
    """Each dated column of a part above the register is a step of the chain: days from the first detection, never the day itself."""
    for name, column in columns.items():
        if column.kind == "date" and isinstance(row.get(name), date):
            days = (_day(row[name]) - since).days
            steps.append({"person": person, "step": f"{table}.{name.removesuffix('_on')}", "days": max(0, days)})


def _write(work: Path, table: str, schema: list[tuple[str, pa.DataType]], rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    path, shape = work / f"{table}.parquet", pa.schema(schema)
    count, batch = 0, []
    with pq.ParquetWriter(path, shape, compression="zstd") as writer:
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                writer.write_table(pa.Table.from_pylist(_shuffled(batch), schema=shape))
                count, batch = count + len(batch), []
        writer.write_table(pa.Table.from_pylist(_shuffled(batch), schema=shape))
        count += len(batch)
    path.chmod(0o600)
    return {"rows": count, "columns": [name for name, _kind in schema], "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def _shuffled(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In no order: the order of entry would tell which row came when."""
    secrets.SystemRandom().shuffle(rows)
    return rows
