"""The field's standards as data files with typed loaders. Knows no Django; `fact` alone asks the database, when there is one.

Every function gives a frozen object read once for the process. Texts are `Words`: `str(words)` is in the reader's language.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from havre.standards.dated import Fact, packaged_fact, packaged_facts
from havre.standards.errors import StandardsError, UnknownCountry, UnknownFact
from havre.standards.files.commitments import Commitments
from havre.standards.files.countries import Countries, Languages
from havre.standards.files.crosswalk import Crosswalk
from havre.standards.files.ctdc import Ctdc
from havre.standards.files.glossary import Glossary
from havre.standards.files.htcds import Htcds, Traps
from havre.standards.files.ictip import Ictip
from havre.standards.files.indicators import Indicators
from havre.standards.files.media import MediaRules
from havre.standards.files.offences import Offences
from havre.standards.files.profiles import FactBook, Profile
from havre.standards.files.retention import Retention
from havre.standards.files.rights import Rights
from havre.standards.files.routes import RouteStatuses
from havre.standards.files.vulnerability import Vulnerability
from havre.standards.library import DATA, Library, library
from havre.standards.words import Words, follow

__all__ = [
    "DATA",
    "Fact",
    "StandardsError",
    "UnknownCountry",
    "UnknownFact",
    "Words",
    "check_all",
    "commitments",
    "countries",
    "country_codes",
    "crosswalk",
    "ctdc",
    "fact",
    "fact_book",
    "follow",
    "glossary",
    "htcds",
    "htcds_traps",
    "ictip",
    "indicators",
    "languages",
    "media_rules",
    "offences",
    "packaged_fact",
    "packaged_facts",
    "profile",
    "retention",
    "rights",
    "route_statuses",
    "vulnerability",
]


def check_all(folder: Path = DATA) -> Library:
    """Read and cross-check every file. Raises: StandardsError with file, line and mend."""
    found = library(folder)
    found.check()
    return found


def indicators() -> Indicators:
    """Screening and identification indicators."""
    return library().indicators


def rights() -> Rights:
    """Victims' rights as gates RG01 to RG28."""
    return library().rights


def commitments() -> Commitments:
    """International and regional commitments with their indicators."""
    return library().commitments


def ictip() -> Ictip:
    """The classification tree, in our own codes."""
    return library().ictip


def media_rules() -> MediaRules:
    """Rules for whatever is published."""
    return library().media_rules


def retention() -> Retention:
    """How long what is sealed of a closed case is kept."""
    return library().retention


def vulnerability() -> Vulnerability:
    """Risk and protective factors."""
    return library().vulnerability


def route_statuses() -> RouteStatuses:
    """What a person may have been at a stage of the route."""
    return library().route_statuses


def offences() -> Offences:
    """What a charge is chosen from: ICCS categories and the countries' articles."""
    return library().offences


def glossary() -> Glossary:
    """Field terms in five languages."""
    return library().glossary


def htcds() -> Htcds:
    """The exchange vocabulary HTCDS 2.0."""
    return library().htcds


def htcds_traps() -> Traps:
    """The faults of the published HTCDS forms, as data."""
    return library().htcds_traps


def ctdc() -> Ctdc:
    """The two public layouts of CTDC."""
    return library().ctdc


def crosswalk() -> Crosswalk:
    """How our codes read in other standards."""
    return library().crosswalk


def countries() -> Countries:
    """ISO 3166-1."""
    return library().countries


def languages() -> Languages:
    """ISO 639-3, as far as used."""
    return library().languages


def fact_book() -> FactBook:
    """Definitions of facts, computed facts, project defaults and floors."""
    return library().facts


def country_codes() -> tuple[str, ...]:
    """The countries with a packaged profile: gh, tl, th."""
    return tuple(library().profiles.countries)


def profile(country: str) -> Profile:
    """The profile of a country (`gh`, in any case). Raises: UnknownCountry."""
    found = library().profiles.countries.get(country.lower())
    if found is None:
        raise UnknownCountry(country)
    return found


def fact(id: str, *, on: date, country: str | None = None) -> Fact:
    """The fact in force on a day, with the revision to keep beside whatever is made from it.

    Args: id, dotted where it leads into a value (`hotline.0`); on, a day; country, else HAVRE_COUNTRY.
    Raises: UnknownFact, UnknownCountry. Needs Django's tables; `packaged_fact` does not.
    """
    # the table needs Django, which the rest of this package must not
    from havre.standards import queries

    return queries.fact(id, on=on, country=country)
