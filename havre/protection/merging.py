"""What of protection goes on in another organisation when two merge. Screenings, calls and hand-overs stay where they happened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q

from havre.protection.enums_care import AssignmentState
from havre.protection.models import Assignment, AssistanceService, Beside, Intake, PaperForm, Parcel, ReturnPlan, Shelter
from havre.trust.actors import Actor
from havre.trust.merging.moving import repoint


def merge(first: UUID, second: UUID, by: Actor) -> Iterable[tuple[str, int, int, str]]:
    """Move what is present: who is in charge, houses, groups, papers and parcels that still come in, services that provide.

    Where each of the two has somebody in charge of the same case, the receiving service's worker stays, and the other's charge ends.
    """
    both: Any = {"first": first, "second": second}
    held = Q(status=AssignmentState.HELD)
    lines = (
        repoint(Assignment, "organisation", **both, when=held, what="charges", how="somebody_in_charge_there"),
        repoint(Shelter, "organisation", **both, what="houses", how="label_taken_there"),
        repoint(Beside, "organisation", **both, what="beside"),
        repoint(AssistanceService, "provider", **both, when=Q(ended_at=None), what="services"),
        repoint(ReturnPlan, "receiver", **both, what="returns"),
        *(
            repoint(model, "organisation", **both, what=what)
            for model, what in ((Intake, "groups"), (PaperForm, "papers"), (Parcel, "parcels"))
        ),
    )
    left = Assignment.objects.for_house("merging").filter(held, organisation=first)
    left.update(status=AssignmentState.HANDED_ON, ended_at=by.at)
    return [(line.what, line.moved, line.left, line.how) for line in lines]
