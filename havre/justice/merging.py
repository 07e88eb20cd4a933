"""What of justice goes on in another organisation when two merge: who runs a proceeding, who keeps an exhibit now, to whom it is offered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q

from havre.justice.models import Custody, Proceeding
from havre.trust.actors import Actor
from havre.trust.merging.moving import repoint

PRESENT = Q(ends_at=None)


def merge(first: UUID, second: UUID, by: Actor) -> Iterable[tuple[str, int, int, str]]:
    """Move what is present; the earlier links of a chain of custody stay as they were."""
    both: Any = {"first": first, "second": second}
    lines = (
        repoint(Proceeding, "organisation", **both, what="proceedings"),
        repoint(Custody, "organisation", **both, when=PRESENT, what="exhibits"),
        repoint(Custody, "offered_to", **both, when=PRESENT, what="exhibits_offered"),
    )
    return [(line.what, line.moved, line.left, line.how) for line in lines]
