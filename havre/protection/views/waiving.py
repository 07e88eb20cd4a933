"""Signing a waiver on the page of the record that it is for: which conditions, for which step, by a supervisor and for somebody else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from havre.trust import overrides
from havre.trust.errors import Missing
from havre.trust.middleware import ActorRequest
from havre.trust.waivers import WaiverForm
from havre.trust.workflow import BLOCK, Right, Workflow


@dataclass(frozen=True, slots=True)
class Waivable:
    """One step of a record with the blocks that a supervisor may waive for it. `subject_id`: the record, or the person where the step
    makes the record."""

    table: Workflow
    step: str
    name: str
    subject_id: UUID
    form: WaiverForm

    @property
    def code(self) -> str:
        """What the form sends back: workflow and step."""
        return f"{self.table.name}.{self.step}"


def waivable(
    request: ActorRequest, table: Workflow, steps: Iterable[str], *, record: Any = None, about: UUID | None = None
) -> list[Waivable]:
    """What a supervisor may waive here now, step by step; nothing for anybody else.

    Args: record, whose unmet blocks are offered; about, the person, for a step that makes the record: then each of its blocks is.
    """
    if not getattr(request.membership, "supervisor", False):
        return []
    found = []
    for step in steps:
        move = next(one for one in table.moves if one.step == step)
        rights = move.rights if record is None else _unmet(table, record, step, request)
        gates = [(right.key, right.words) for right in rights if right.effect == BLOCK and right.overridable]
        subject = about or getattr(record, "pk", None)
        if gates and subject and request.actor.role in move.who:
            form = WaiverForm(gates=gates, prefix=f"{table.name}-{step}")
            found.append(Waivable(table, step, move.name, subject, form))
    return found


def _unmet(table: Workflow, record: Any, step: str, request: ActorRequest) -> list[Right]:
    standing = table.standing(record, move=step, by=request.actor)
    return [right for right, met in standing if not met and right.concerns(record)]


def sign(request: ActorRequest, offered: list[Waivable], case_id: UUID) -> WaiverForm | None:
    """Sign what was sent; gives the form back with what is wrong, None when it is signed.

    Raises: Missing for a step that is not offered here; Refused (403) for whoever is no supervisor.
    """
    chosen = next((one for one in offered if one.code == request.POST.get("waive")), None)
    if chosen is None:
        raise Missing
    form = WaiverForm(request.POST, gates=chosen.form.fields["gates"].choices, prefix=chosen.form.prefix)  # type: ignore[attr-defined]
    if not form.is_valid():
        return form
    overrides.give(
        case_id=case_id, subject_id=chosen.subject_id, workflow=chosen.table.name, step=chosen.step, by=request.actor, **form.cleaned_data
    )
    return None


def again(offered: list[Waivable], form: WaiverForm) -> list[Waivable]:
    """The same list with the form that has something wrong in the place of its empty one."""
    return [
        Waivable(one.table, one.step, one.name, one.subject_id, form if one.form.prefix == form.prefix else one.form) for one in offered
    ]
