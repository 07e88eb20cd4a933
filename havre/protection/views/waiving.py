"""What a supervisor may let pass on a record's page: of each step its own conditions, and of a step that nothing holds up none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from havre.trust.middleware import ActorRequest
from havre.trust.waivers import WaiverForm
from havre.trust.workflow import Move, Workflow

Lines = list[tuple[Move, WaiverForm]]


def by_step(
    request: ActorRequest, table: Workflow, record: Any, moves: Iterable[Move], *, sent: tuple[str, WaiverForm] | None = None
) -> Lines:
    """The steps that a waivable block holds up now, each with its form; none for whoever is no supervisor.

    Args: sent, the step and the form that could not be taken, which stands in its own place.
    """
    if not getattr(request.membership, "supervisor", False):
        return []
    found: Lines = []
    for move in moves:
        held = table.waivable(record, move=move.step, by=request.actor)
        if sent and sent[0] == move.step:
            found.append((move, sent[1]))
        elif held:
            found.append((move, WaiverForm(gates=[(right.key, right.words) for right in held], auto_id=f"id_{move.step}_waiver_%s")))
    return found
