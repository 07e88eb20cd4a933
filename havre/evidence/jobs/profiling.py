"""The profile of one source: shares with intervals and both denominators, small counts held back, charts in both languages."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
from django.utils import translation
from django.utils.translation import gettext

from havre.evidence import sources
from havre.evidence.jobs.charts import Bar, bars
from havre.evidence.labels import label_of
from havre.evidence.models import JobRun
from havre.evidence.stats.engines import DuckDB, Engine, Polars
from havre.evidence.stats.measure import Source
from havre.evidence.stats.profiles import Breakdown, breakdown, flow_kinds, flows
from havre.evidence.stats.profiles import profile as profiles
from havre.evidence.stats.trends import chain, trend
from havre.standards.words import in_a_row
from havre.trust.errors import Missing

# below this a count is not shown, even here (the threshold of releases)
K = 11
OURS = ("gender", "age_band", "forms", "controls", "sex_forms", "relations", "citizenships")
# values that an external data set uses for "not known": never an answer
NOT_KNOWN = ("", "-99", "0", "00", "Not Specified", "Unknown")
SKIPPED = frozenset({"person"})


def profile(job: JobRun, progress: Callable[[int], None]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Count one source. Gives the page's JSON and its charts, `{"fr": {name: svg}, "en": {...}}`."""
    key = job.parameters["source"]
    kind, _sep, name = key.partition(":")
    engine, source, columns = _extract(name) if kind == "extract" else _external(name)
    progress(30)
    found = profiles(engine, columns, source)
    sections = [hide_small(one) for one in found if one.measures]
    progress(60)
    result: dict[str, Any] = {"source": key, "breakdowns": sections, "method": _method(source), "k": K, "persons": found[0].everyone}
    if kind == "extract":
        result.update(_over_time(engine, source, name))
    progress(85)
    charts = {language: _charts(sections, language) for language in ("en", "fr")}
    return result, charts


def _method(source: Source) -> dict[str, str | bool]:
    return {
        "name": source.name,
        "period": source.period,
        "coverage": source.coverage,
        "fingerprint": source.fingerprint,
        "external": source.external,
    }


def _extract(run: str) -> tuple[Engine, Source, tuple[str, ...]]:
    folder = sources.folder_of(run)
    try:
        manifest = json.loads((folder / "manifest.json").read_text())
    except FileNotFoundError:
        raise Missing from None
    engine = DuckDB({table: folder / f"{table}.parquet" for table in manifest["tables"]})
    months = engine.over_time("detected", {}, width=7)
    organisations = engine.spread("organisation", {}, table="detections")
    period = f"{min(months)}/{max(months)}" if months else ""
    source = Source("register", period, f"organisations={len(organisations.values)}", manifest["fingerprint"])
    return engine, source, OURS


def _external(key: str) -> tuple[Engine, Source, tuple[str, ...]]:
    path = sources.external_file(key)
    if path is None:
        raise Missing
    frame = read_external(path)
    years = next((column for column in ("year", "yearOfRegistration") if column in frame.columns), None)
    seen = sorted(frame[years].drop_nulls().unique()) if years else []
    period = f"{seen[0]}/{seen[-1]}" if seen else ""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    columns = tuple(column for column in frame.columns if column not in SKIPPED)
    return Polars({"persons": frame}), Source(f"external:{key}", period, f"rows={frame.height}", digest, external=True), columns


def read_external(path: Path) -> pl.DataFrame:
    """An external data set's rows as text, one row a person; what the publisher writes for "not known" is null.

    A column that says yes and no as 1 and 0 keeps its 0: it is an answer there (CTDC leaves blank or -99 what is not recorded).
    Raises: ValueError for a file without columns.
    """
    if path.name.endswith(".parquet"):
        frame = pl.read_parquet(path).cast(pl.String)
    else:
        opener = gzip.open if path.name.endswith(".gz") else open
        with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        if not rows or not rows[0]:
            raise ValueError("the file has no columns: publish it again with a first row of column names")
        frame = pl.DataFrame(rows[1:], schema=dict.fromkeys(rows[0], pl.String), orient="row")
    answers = {column: set(frame[column].drop_nulls().unique()) for column in frame.columns}
    cleaned = [
        pl.when(pl.col(column).is_in([word for word in NOT_KNOWN if not (word == "0" and "1" in answers[column])]))
        .then(None)
        .otherwise(pl.col(column))
        .alias(column)
        for column in frame.columns
        if column != "person"
    ]
    return frame.select(pl.int_range(pl.len()).cast(pl.String).alias("person"), *cleaned)


def _over_time(engine: Engine, source: Source, run: str) -> dict[str, Any]:
    manifest = json.loads((sources.folder_of(run) / "manifest.json").read_text())
    counts = trend(engine, "detected", source)
    routes = flows(engine, source)
    return {
        "years": [_held_back(measure.as_json()) for measure in counts.counts],
        "chain": [
            {"step": step.step, "reached": _held_back(step.reached.as_json()), "wait": _wait(step.wait.as_json())}
            for step in chain(engine, manifest["steps"], source)
        ],
        "flow_kinds": {kind: number if number >= K else None for kind, number in flow_kinds(routes).items()},
        "incidence": [hide_small(one) for one in _controls(engine, source)],
    }


def _controls(engine: Engine, source: Source) -> list[Breakdown]:
    """Means of control within each form: incidence, a person counts under each of their forms."""
    forms = sorted(engine.spread("forms", {}).values)
    found = [breakdown(engine, "controls", source, where={"forms": form}, group=f"forms={form}") for form in forms]
    return [one for one in found if one.measures]


def _small(number: float) -> bool:
    return 0 < number < K


def _held_back(measure: dict[str, Any]) -> dict[str, Any]:
    if _small(measure["numerator"]) or (_small(measure["denominator"] - measure["numerator"]) and measure["unit"] == "share"):
        return {**measure, "numerator": None, "value": None, "low": None, "high": None, "share_of_everyone": None, "held_back": True}
    return measure


def _wait(measure: dict[str, Any]) -> dict[str, Any]:
    if measure["numerator"] < K:
        return {**measure, "numerator": None, "value": None, "low": None, "high": None, "held_back": True}
    return measure


def hide_small(one: Breakdown) -> dict[str, Any]:
    """A breakdown for the screen: counts of 1 to k - 1 are held back, and one more when a single one could be worked out by subtraction.

    This is for the analyst's own screen. A publication goes through `release`, which proves that nothing can be recovered.
    """
    rows: list[dict[str, Any]] = [measure.as_json() for measure in one.measures]
    hidden = {place for place, row in enumerate(rows) if _small(row["numerator"])}
    single = "many_answers" not in one.measures[0].warnings
    if single and len(hidden) == 1 and len(rows) > 1:
        hidden.add(min((place for place in range(len(rows)) if place not in hidden), key=lambda place: rows[place]["numerator"]))
    if _small(one.everyone) or _small(one.recorded):
        hidden = set(range(len(rows)))
    for place in hidden:
        rows[place] = {
            **rows[place],
            "numerator": None,
            "value": None,
            "low": None,
            "high": None,
            "share_of_everyone": None,
            "held_back": True,
        }
    small = {"recorded": None if _small(one.recorded) else one.recorded, "everyone": None if _small(one.everyone) else one.everyone}
    return {"column": one.column, "group": one.group, "measures": rows, **small}


def _charts(sections: list[dict[str, Any]], language: str) -> dict[str, str]:
    found = {}
    with translation.override(language):
        for section in sections:
            name = f"{section['column']}-{section['group']}".replace(" ", "-")
            rows = [
                Bar(label_of(row["code"]), row["value"], row["low"], row["high"], _percent(row["value"]))
                for row in section["measures"][:12]
            ]
            title = gettext("%(column)s, %(group)s: %(values)s") % {
                "column": label_of(section["column"]),
                "group": label_of(section["group"]),
                "values": in_a_row(f"{bar.label} {bar.words}" for bar in rows),
            }
            found[name] = bars(title, rows, name=name)
    return found


def _percent(value: float | None) -> str:
    if value is None:
        return gettext("not shown")
    return gettext("%(number)s%%") % {"number": f"{100 * value:.0f}"}
