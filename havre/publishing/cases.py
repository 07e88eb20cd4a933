"""Case studies compared with the register's coded extract, so that no real person can be recognised in one.

What is compared: age band, gender, forms of exploitation, citizenship and country of exploitation, as `features` of each case, with the
victims of one pseudonymised extract (havre.evidence.jobs.extracting, which an authorised person asked for and which the trail shows). What
is not: places, trades and the course of the story. No code of the extract says them, so a reader must still ask whether somebody would
recognise a person (media rules MR02, MR04, MR06). The answer is one word for each case: none fits, so many fit that nobody is meant, or
fewer than the threshold. It never says how many, who, or which record. Unknown values in a record count as a possible fit for "none" and
as no fit for "many". A verdict holds for the extract it was made from; compare again after each new one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from havre.publishing.binding import fingerprint
from havre.publishing.sources import BlockSource, document, editions
from havre.register.extract import AGE_BANDS, PICKLISTS
from havre.register.genders import GENDERS
from havre.trust.errors import Invalid

PAIRS = ("internal", "foreign", "abroad")
FEATURES = frozenset({"age_band", "gender", "forms", "places", "country_pair"})
UNKNOWN = ("not_recorded", "NonSpecifiedUnknown")


class Verdict(StrEnum):
    """What is known of one case, or of all cases of an edition together."""

    NONE = "none"
    MANY = "many"
    FEW = "few"
    PENDING = "pending"


def studies(edition: str) -> dict[str, BlockSource]:
    """Every case of an edition by id. Raises: Invalid for features that no code of the register could fit."""
    found = {block.id: block for id in editions()[edition].documents for block in document(edition, id).walk() if block.kind == "case"}
    wrong = [f"{id}: {problem}" for id, block in found.items() if (problem := _unfit(block.data["features"]))]
    if wrong:
        raise Invalid({"features": [*wrong]})
    return found


def state(edition: str, country: str) -> Verdict:
    """The worst verdict of an edition's cases for a country; pending when they were not compared, or were changed since."""
    if not studies(edition):
        return Verdict.NONE
    found = kept().get(f"{edition} {country}")
    if found is None or found["features"] != print_of(edition):
        return Verdict.PENDING
    return Verdict.FEW if Verdict.FEW in found["verdicts"].values() else Verdict.NONE


def require(edition: str, countries: Iterable[str], *, pending: bool = False) -> None:
    """Refuse to publish cases that were not compared, or that fit fewer persons than the threshold.

    Args: pending, whether cases that were not compared yet may go out all the same; the document then says so.
    Raises: Invalid with the country, the case where there is one, and the mend.
    """
    wrong = []
    for country in countries:
        found = state(edition, country)
        if found == Verdict.FEW:
            few = [id for id, one in kept()[f"{edition} {country}"]["verdicts"].items() if one == Verdict.FEW]
            words = _("%(country)s, %(case)s: fewer persons than the threshold fit it; change its features and story, and compare again")
            wrong += [words % {"country": country, "case": id} for id in few]
        elif found == Verdict.PENDING and not pending:
            words = _("%(country)s: the case studies await the comparison with the register; give --cases FOLDER or --cases-pending")
            wrong.append(words % {"country": country})
    if wrong:
        raise Invalid({"cases": [*wrong]})


def _unfit(features: Mapping[str, Any]) -> str:
    if set(features) != FEATURES:
        return _("features are %(names)s") % {"names": ", ".join(sorted(FEATURES))}
    lists = {"age_band": AGE_BANDS, "gender": GENDERS, "country_pair": PAIRS}
    for name, values in lists.items():
        if features[name] not in values:
            return _("%(name)s is one of %(values)s") % {"name": name, "values": ", ".join(values)}
    forms = PICKLISTS["vic_TypeOfExploitation"]
    return (
        ""
        if features["forms"] and set(features["forms"]) <= set(forms)
        else _("forms are some of %(values)s") % {"values": ", ".join(forms)}
    )


def print_of(edition: str) -> str:
    """The features of an edition's cases in eight digits: a verdict holds for these alone."""
    return fingerprint({id: dict(block.data["features"]) for id, block in studies(edition).items()})


def place() -> Path:
    """Where verdicts are kept: outside the databases, since they say nothing of anybody."""
    return Path(settings.HAVRE_HOME) / "publishing" / "cases.json"


def kept() -> dict[str, Any]:
    """Every verdict so far, by edition and country."""
    path = place()
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
