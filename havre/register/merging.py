"""What of the register goes on in another organisation when two merge: leads, the answers that name the service, unfinished imports.

Detections and notes stay whose they were: who reported a person, and who wrote, is past (and overlap of reports is what prevalence counts).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q

from havre.register.enums import AskAgain, ConsentState
from havre.register.models import Case, Consent, ImportBatch, SavedMapping
from havre.trust.actors import Actor
from havre.trust.merging.moving import repoint

STANDING = Q(state__in=(ConsentState.OFFERED, ConsentState.GIVEN))


def merge(first: UUID, second: UUID, by: Actor) -> Iterable[tuple[str, int, int, str]]:
    """Move what is present. A consent goes on with the service that it named, and its person is asked again at the next talk."""
    again = Consent.objects.for_house("merging").filter(recipient=first, state=ConsentState.GIVEN, ask_again_at=None)
    again.update(ask_again_at=by.at, ask_again_because=AskAgain.MERGED)
    both: Any = {"first": first, "second": second}
    lines = (
        repoint(Case, "lead", **both, what="leads"),
        repoint(Consent, "recipient", **both, when=STANDING, what="consents"),
        repoint(ImportBatch, "organisation", **both, what="imports", how="imported_there_already"),
        repoint(SavedMapping, "organisation", **both, what="mappings", how="name_taken_there"),
    )
    return [(line.what, line.moved, line.left, line.how) for line in lines]
