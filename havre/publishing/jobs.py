"""The comparison of case studies with the register's coded extract: the one place of this part that reads a table of persons."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from havre.publishing import cases
from havre.publishing.cases import UNKNOWN, Verdict
from havre.register.enums import EventKind, PersonRole
from havre.trust.counting import K
from havre.trust.errors import Invalid


def compare(edition: str, country: str, extract: Path) -> dict[str, Verdict]:
    """The verdict on each case for one country, and keep them for `cases.state`.

    Args: extract, the folder of one extract (persons.parquet, events.parquet, manifest.json).
    Raises: Invalid when the folder is no extract, or features are wrong.
    """
    manifest = extract / "manifest.json"
    if not manifest.is_file():
        raise Invalid(
            {"extract": [_("%(folder)s holds no extract: ask for one under Figures, then name its folder") % {"folder": extract.name}]}
        )
    people = _people(extract, country.upper())
    found = {id: _verdict(people, block.data["features"]) for id, block in cases.studies(edition).items()}
    kept = cases.kept() | {
        f"{edition} {country}": {
            "features": cases.print_of(edition),
            "extract": json.loads(manifest.read_text(encoding="utf-8"))["fingerprint"],
            "verdicts": found,
        }
    }
    place = cases.place()
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(kept, indent=1, sort_keys=True), encoding="utf-8")
    return found


def _people(extract: Path, country: str) -> pl.DataFrame:
    """One row a victim: gender, age_band, forms, and whether citizenship and country of exploitation are this one (null: not known)."""
    where = (
        pl.scan_parquet(extract / "events.parquet")
        .filter(pl.col("kind") == EventKind.EXPLOITATION.value, pl.col("country").is_not_null())
        .group_by("person")
        .agg(here=(pl.col("country") == country).any(), elsewhere=(pl.col("country") != country).any())
    )
    return (
        pl.scan_parquet(extract / "persons.parquet")
        .filter(pl.col("role") == PersonRole.VICTIM.value)
        .join(where, on="person", how="left")
        .with_columns(national=pl.col("citizenships").list.contains(country))
        .select("gender", "age_band", "forms", "national", "here", "elsewhere")
        .collect()
    )


def _verdict(people: pl.DataFrame, features: Mapping[str, Any]) -> Verdict:
    def known(column: str) -> pl.Expr:
        return pl.when(pl.col(column).is_in(UNKNOWN)).then(None).otherwise(pl.col(column))

    pair = features["country_pair"]
    fits = [
        known("age_band") == features["age_band"],
        known("gender") == features["gender"],
        *(pl.col("forms").list.contains(form) for form in features["forms"]),
        ~pl.col("national") if pair == "foreign" else pl.col("national"),
        pl.col("elsewhere") if pair == "abroad" else pl.col("here"),
    ]
    surely = people.filter(pl.all_horizontal(one.fill_null(False) for one in fits)).height
    if surely >= K:
        return Verdict.MANY
    possibly = people.filter(pl.all_horizontal(one.fill_null(True) for one in fits)).height
    return Verdict.FEW if possibly else Verdict.NONE
