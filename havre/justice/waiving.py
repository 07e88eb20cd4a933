"""A supervisor signs, on the pages of justice, that a colleague may take a step past a block; the person concerned can see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from havre.trust import waivers
from havre.trust.errors import Invalid, Refused, Words
from havre.trust.middleware import ActorRequest
from havre.trust.waivers import WaiverForm
from havre.trust.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Line:
    """One step that may be let pass: its table and name, the record it is about (empty: the page's own), and its form."""

    table: str
    step: str
    name: Words
    form: WaiverForm
    row: UUID | None = None


def waiver_lines(request: ActorRequest, table: Workflow, obj: Any, row: UUID | None = None) -> list[Line]:
    """What a supervisor may let pass now, step by step; empty for everybody else."""
    moves, place = table.open_to(obj, request.actor), f"{row}_" if row else ""
    found = waivers.forms_of(table, obj, moves=moves, by=request.actor, membership=request.membership, place=place)
    return [Line(table.name, move.step, move.name, form, row) for move, form in found]


def signed(
    request: ActorRequest, table: Workflow, about: UUID, case_id: UUID, context: dict[str, Any], template: str
) -> HttpResponse | None:
    """Sign what was posted. Gives None when it is done, else the page again with what is wrong."""
    try:
        problems = waivers.sign(request.POST, table, about=about, case_id=case_id, by=request.actor)
    except Refused as refusal:
        return render(request, template, {**context, "reasons": refusal.reasons}, status=refusal.status)
    except Invalid as invalid:
        problems = {name: [str(word) for word in words] for name, words in invalid.problems.items()}
    if not problems:
        return None
    return render(request, template, {**context, "invalid": [word for words in problems.values() for word in words]}, status=422)
