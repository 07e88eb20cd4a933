"""Where a person stands in law: how sure each tier must be, whether anybody may remove them now, what a refusal asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from havre import standards
from havre.protection import workflow
from havre.protection.enums import IdentificationStatus
from havre.protection.enums_evidence import Standard
from havre.protection.models import Identification
from havre.standards.queries import fact
from havre.trust import clocks
from havre.trust.errors import Words

# where no national text was read: what the Convention asks at the first tier, and the civil standard at the second
DEFAULTS = {
    "presumption": (Standard.REASONABLE_GROUNDS, "CoE Convention 2005, art. 10(2)"),
    "decision": (Standard.BALANCE, "Havre; UK statutory guidance (conclusive grounds)"),
}
IN_PROCEDURE = (
    IdentificationStatus.PRESUMED,
    IdentificationStatus.PRESUMED_NOT_FOUND,
    IdentificationStatus.UNDER_REVIEW,
    IdentificationStatus.UNDER_APPEAL,
)


@dataclass(frozen=True, slots=True)
class StandardOfProof:
    """How sure a tier must be: a code, from which text, in which revision, and whether that was confirmed for the country."""

    code: Standard
    source: str
    revision: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class AskedNotice:
    """What a country's law asks after a refusal: whom to tell, and by which revision of the fact."""

    to: str
    revision: str


@dataclass(frozen=True, slots=True)
class RemovalBar:
    """Why nobody may remove this person now: one line for each ground, with its source and, where it ends by itself, when."""

    words: Words
    source: str
    until: datetime | None = None


def standard(country: str, tier: str, on: date) -> StandardOfProof:
    """The standard of proof of one tier in a country on a day. Args: tier, `presumption` or `decision`."""
    code, source = DEFAULTS[tier]
    if country.lower() in standards.country_codes():
        found = fact(f"standard_{tier}", on=on, country=country.lower())
        if found.usable and found.value in Standard.values:
            return StandardOfProof(Standard(found.value), found.source, found.revision, found.is_signed or found.confidence == "high")
    return StandardOfProof(code, source, "havre-1", False)


def refusal_notice(country: str, on: date) -> AskedNotice | None:
    """What the country's law asks after an adult's refusal; None where it asks for nothing, or nobody has signed that it does."""
    if country.lower() not in standards.country_codes():
        return None
    found = fact("refusal_notice", on=on, country=country.lower())
    return AskedNotice(str(found.value), found.revision) if found.usable and found.value else None


def local_services(country: str, on: date) -> list[tuple[str, str]]:
    """The services of a country beyond the nine HTCDS types: (code, name in the language in force); none where nobody has signed any.

    The fact `local_services` is a record of codes, each with its English and French name.
    """
    if country.lower() not in standards.country_codes():
        return []
    found = fact("local_services", on=on, country=country.lower())
    if not found.usable or not isinstance(found.value, Mapping):
        return []
    language = get_language() or "en"
    named = {code: names for code, names in found.value.items() if isinstance(names, Mapping)}
    return sorted((code, str(names.get(language, names.get("en", code)))) for code, names in named.items())


def removal_bars(identifications: Iterable[Identification], at: datetime) -> list[RemovalBar]:
    """Every ground on which this person may not be removed now; empty when none is known to this service.

    Source: CoE Convention 2005, art. 10(2) (until the identification is completed) and 13(1) (while the period runs).
    """
    found = []
    for one in identifications:
        if one.status in IN_PROCEDURE:
            found.append(RemovalBar(_("identification is not completed"), "CoE Convention 2005, art. 10(2)"))
        clock = clocks.latest(one.pk, workflow.RECOVERY.name)
        state = clocks.state(clock) if clock else ""
        due = clocks.due_at(clock) if clock else None
        if state == "paused":
            found.append(RemovalBar(_("the recovery and reflection period is paused"), "CoE Convention 2005, art. 13(1)"))
        elif state == "running" and due is not None and due > at:
            found.append(RemovalBar(_("the recovery and reflection period runs"), "CoE Convention 2005, art. 13(1)", due))
    return found


def removal_bars_of(person_id: UUID, at: datetime) -> list[RemovalBar]:
    """The same for one person, whatever the asker may see of why: for a check that shows nobody a record."""
    return removal_bars(Identification.objects.for_house("gates").filter(person_id=person_id), at)
