"""The directory: each service keeps its own entry; the coordinator writes down accreditations and their loss."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.referral.enums import AgeBand, ReferralNeed, ServedGender, Weekday
from havre.referral.models import Service
from havre.referral.models.directory import TAKE_PERSONS_IN
from havre.referral.services.closing import close_for_accreditation
from havre.referral.workflow import RECEIVERS
from havre.trust import audit, policy
from havre.trust.actors import Actor
from havre.trust.enums import Act
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import Accreditation, Organisation
from havre.trust.records import clean

MOST_LANGUAGES = 40


@trust.act("directory.describe")
def describe(
    *,
    needs: Iterable[str],
    languages: Iterable[str],
    age_bands: Iterable[str],
    genders: Iterable[str],
    families: bool,
    days: Iterable[int],
    opens_at: time | None,
    closes_at: time | None,
    capacity: int | None,
    closed: bool,
    by: Actor,
    free_places: int | None = None,
) -> Service:
    """Write what the actor's own service offers. Lists are of codes; an empty one means "no limit", but for needs.

    Raises: Refused (403) for a role that receives nobody; Invalid, by field, for a code that is not listed or figures that cannot be.
    """
    if by.role not in RECEIVERS:
        raise Refused((_("this role receives nobody: it has no entry in the directory"),), status=403)
    told: dict[str, Any] = {
        "needs": _listed("needs", needs, ReferralNeed.values),
        "languages": sorted(set(languages)),
        "age_bands": _listed("age_bands", age_bands, AgeBand.values),
        "genders": _listed("genders", genders, ServedGender.values),
        "days": _listed("days", days, Weekday.values),
        "families": families,
        "opens_at": opens_at,
        "closes_at": closes_at,
        "capacity": capacity,
    }
    _check(told, free_places)
    entry = Service.objects.select_for_update().filter(organisation_id=by.organisation_id, role=by.role).first()
    if entry is None:
        entry = Service(organisation_id=by.organisation_id, role=by.role, needs_accreditation=by.role in TAKE_PERSONS_IN)
    for name, value in told.items():
        setattr(entry, name, value)
    entry.closed_at = (entry.closed_at or by.at) if closed else None
    if free_places is not None:
        entry.free_places, entry.free_said_at = free_places, by.at
    elif entry.free_places is not None and (capacity is None or entry.free_places > capacity):
        entry.free_places = entry.free_said_at = None
    entry.changed_at, entry.changed_by = by.at, by.user
    clean(entry)
    entry.save()
    audit.record(event="directory.describe", by=by, subject=entry.pk, codes={"closed": int(closed)})
    return entry


def _listed(field: str, given: Iterable[Any], known: Iterable[Any]) -> list[Any]:
    codes, allowed = list(dict.fromkeys(given)), set(known)
    if [code for code in codes if code not in allowed]:
        raise Invalid({field: [_("choose from the list")]})
    return codes


def _check(told: dict[str, Any], free_places: int | None) -> None:
    problems: dict[str, list] = {}
    if not told["needs"]:
        problems["needs"] = [_("choose at least one need that the service serves")]
    if len(told["languages"]) > MOST_LANGUAGES or [c for c in told["languages"] if not (len(c) == 3 and c.isascii() and c.isalpha())]:
        problems["languages"] = [_("write languages as their three letters (eng, fra, twi), with commas between")]
    if (told["opens_at"] is None) != (told["closes_at"] is None):
        problems["closes_at"] = [_("give both hours, or none for day and night")]
    if free_places is not None and (told["capacity"] is None or free_places > told["capacity"]):
        problems["free_places"] = [_("there cannot be more free places than places: check both figures")]
    if problems:
        raise Invalid(problems)


@trust.act("directory.free")
def say_places(*, free_places: int, by: Actor) -> Service:
    """Say how many places the actor's own service has free now. Raises: Missing without an entry; Invalid above its capacity."""
    entry = Service.objects.select_for_update().filter(organisation_id=by.organisation_id, role=by.role).first()
    if entry is None:
        raise Missing
    say_free(entry, free_places, by=by)
    return entry


def say_free(entry: Service, free_places: int, *, by: Actor) -> None:
    """The figure and its moment, inside another service's transaction. Raises: Invalid above its capacity."""
    if free_places < 0 or entry.capacity is None or free_places > entry.capacity:
        raise Invalid({"free_places": [_("there cannot be more free places than places: check both figures")]})
    entry.free_places, entry.free_said_at = free_places, by.at
    entry.save(update_fields=["free_places", "free_said_at"])
    audit.record(event="directory.free", by=by, subject=entry.pk, codes={"free": free_places})


@trust.act("directory.accredit")
def accredit(*, organisation_id: UUID, role: str, authority: str, starts_on: date, ends_on: date, by: Actor) -> Accreditation:
    """Write down that an authority accredited a service, until a day.

    Raises: Refused (403) for whoever does not coordinate; Missing; Invalid for days that cannot be or without the authority's name.
    """
    policy.require_in_house(by, Act.COORDINATE)
    organisation = _organisation(organisation_id)
    if role not in {one.value for one in RECEIVERS}:
        raise Invalid({"role": [_("this role receives nobody: choose another")]})
    if ends_on < starts_on or ends_on < by.at.date():
        raise Invalid({"ends_on": [_("the last day must lie after the first, and not in the past")]})
    if not authority.strip():
        raise Invalid({"authority": [_("name the authority that accredits")]})
    made = Accreditation(organisation=organisation, kind=role, by=authority.strip(), starts_on=starts_on, ends_on=ends_on)
    clean(made)
    made.save(force_insert=True)
    Service.objects.filter(organisation=organisation, role=role).update(needs_accreditation=True)
    audit.record(event="directory.accredit", by=by, subject=organisation.pk, codes={"role": role, "until": ends_on.isoformat()})
    return made


@trust.act("directory.end_accreditation")
def end_accreditation(*, organisation_id: UUID, role: str, by: Actor) -> int:
    """Write down that a service is no longer accredited: offers to it stop in this transaction, running shares end in 72 hours.

    Gives how many offers and shares were touched. Raises: Refused (403); Missing; Refused (409) when none was in force.
    """
    policy.require_in_house(by, Act.COORDINATE)
    organisation, today = _organisation(organisation_id), by.at.date()
    held = Accreditation.objects.filter(organisation=organisation, kind=role, starts_on__lte=today, ends_on__gte=today)
    # the day before: out of force now, and the row stays
    if not held.update(ends_on=today - timedelta(days=1)):
        raise Refused((_("no accreditation of this service is in force"),))
    entry = Service.objects.filter(organisation=organisation, role=role).first()
    touched = close_for_accreditation(entry, at=by.at) if entry else 0
    audit.record(event="directory.end_accreditation", by=by, subject=organisation.pk, codes={"role": role, "closed": touched})
    return touched


def _organisation(organisation_id: UUID) -> Organisation:
    found = Organisation.objects.filter(pk=organisation_id).first()
    if found is None:
        raise Missing
    return found


__all__ = ["accredit", "describe", "end_accreditation", "say_free", "say_places"]
