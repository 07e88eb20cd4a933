"""Small tables for the measures, written twice: as frames and as Parquet."""

import polars as pl

from havre.evidence.stats.engines import DuckDB, Polars
from havre.evidence.stats.measure import Source

SOURCE = Source("test", "2024-01/2025-12", "every organisation", "0" * 64)
PERSONS = {
    "person": pl.String,
    "age_group": pl.String,
    "gender": pl.String,
    "means": pl.List(pl.String),
    "forms": pl.List(pl.String),
    "detected": pl.String,
    "detected_year": pl.String,
    "days_observed": pl.Int64,
}
EVENTS = {"person": pl.String, "kind": pl.String, "leg": pl.Int64, "country": pl.String}
ROUTE_EVENTS = {**EVENTS, "status": pl.String, "debt": pl.Boolean, "debt_amount": pl.Float64, "debt_currency": pl.String}
STEPS = {"person": pl.String, "step": pl.String, "days": pl.Int64}
SERVICES = {"person": pl.String, "need": pl.String, "status": pl.String}
CLAIMS = {"person": pl.String, "status": pl.String, "paid": pl.Int64, "currency": pl.String}
PROCEEDINGS = {"person": pl.String, "stage": pl.String}


def route_frames(persons=(), events=(), steps=(), services=(), claims=(), proceedings=()):
    """All the tables; an event is (person, kind, leg, country, status, debt, amount, currency)."""
    return {
        **frames(persons, (), steps),
        "events": pl.DataFrame(list(events), schema=ROUTE_EVENTS, orient="row"),
        "assistance": pl.DataFrame(list(services), schema=SERVICES, orient="row"),
        "claim": pl.DataFrame(list(claims), schema=CLAIMS, orient="row"),
        "proceeding": pl.DataFrame(list(proceedings), schema=PROCEEDINGS, orient="row"),
    }


def frames(persons=(), events=(), steps=()):
    return {
        "persons": pl.DataFrame(list(persons), schema=PERSONS, orient="row"),
        "events": pl.DataFrame(list(events), schema=EVENTS, orient="row"),
        "steps": pl.DataFrame(list(steps), schema=STEPS, orient="row"),
    }


def both(tables, folder):
    """The two engines over the same rows."""
    files = {}
    for name, frame in tables.items():
        files[name] = folder / f"{name}.parquet"
        frame.write_parquet(files[name])
    return Polars(tables), DuckDB(files)


def person(number, *, age="adult", gender="Female", means=None, forms=None, detected="2024-03", days=400):
    return (f"p{number}", age, gender, means, forms, detected, detected and detected[:4], days)
