"""Houses: how many places, for whom, which languages; never where."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.protection.models import Shelter
from havre.trust import audit
from havre.trust.actors import Actor
from havre.trust.enums import Role
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.records import clean


@trust.act("shelter.describe")
def describe(*, by: Actor, shelter_id: UUID | None = None, **fields: Any) -> Shelter:
    """Add a house of one's own service, or say anew what it offers.

    Raises: Refused (403) for another role than a shelter's; Missing for another service's house; Invalid by field, also where fewer
    places are named than people live there.
    """
    if by.role != Role.SHELTER:
        raise Refused((_("a shelter describes its own houses"),), status=403)
    house = Shelter(organisation_id=by.organisation_id)
    if shelter_id is not None:
        found = Shelter.objects.select_for_update().filter(pk=shelter_id, organisation_id=by.organisation_id).first()
        if found is None:
            raise Missing
        house = found
    for name, value in fields.items():
        setattr(house, name, value)
    house.updated_at = by.at
    clean(house)
    if shelter_id is not None and house.places < house.taken:
        raise Invalid({"places": [_("more people live there than this: end a place first")]})
    try:
        with transaction.atomic():
            house.save()
    except IntegrityError:
        raise Invalid({"label": [_("your service has a house of this name already")]}) from None
    audit.record(event="shelter.describe", by=by, subject=house.pk, codes={"places": house.places, "open": int(house.open)})
    return house
