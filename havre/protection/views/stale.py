"""A step of a page left open: somebody else took one since, and this one is not open any more."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from havre.trust.accounts import kept
from havre.trust.errors import Refused
from havre.trust.middleware import ActorRequest
from havre.trust.workflow import Workflow


def is_stale(request: ActorRequest, table: Workflow, steps: Collection[str]) -> bool:
    """Whether the step that was sent is one that records of this table take, and none of those that are open to the actor now."""
    step = request.POST.get("step", "")
    return step not in steps and any(move.step == step and move.starts != (None,) for move in table.moves)


def stale(request: ActorRequest, take: Callable[[], object], *, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page as it is now, why the step is refused, and what was typed for it, to be read and copied.

    Args: take, the service with nothing to write down: it refuses, with its reasons, and leaves its line. Raises: what else it raises.
    """
    try:
        take()
    except Refused as refusal:
        again = {**context, "reasons": refusal.reasons, "typed": kept.typed(request)}
        return render(request, template, again, status=refusal.status)
    return render(request, template, context)
