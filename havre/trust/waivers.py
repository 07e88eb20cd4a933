"""Signing a waiver on the page that shows what it is for: which blocks, of which step, by a supervisor and for somebody else's act.

A page names what it holds (`Held`), shows `lines` with the template `trust/_waivers.html`, and hands what was sent to `signed`. A refused
page says with `refused`, in `trust/_ask_supervisor.html`, that a supervisor may sign.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from havre.trust import overrides
from havre.trust.actors import Actor
from havre.trust.errors import Missing, Refused
from havre.trust.middleware import ActorRequest
from havre.trust.overrides import OverrideReason
from havre.trust.workflow import BLOCK, Move, Right, Workflow, state_of


class WaiverForm(forms.Form):
    """Which conditions are waived, out of `gates` (key, words), and the reason from the list."""

    gates = forms.MultipleChoiceField(label=_("Conditions waived"), widget=forms.CheckboxSelectMultiple)
    # none is chosen beforehand: who signs says why
    reason = forms.ChoiceField(choices=[("", "—"), *OverrideReason.choices], label=_("Reason"))

    def __init__(self, *args: Any, gates: list[tuple[str, str]], **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields["gates"].choices = gates  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Held:
    """A record of a page with the table that it goes through, or the unsaved draft of one that the page makes.

    Args: about, whom a waiver names where the step makes the record (the person, the case, the proceeding): no record is there yet;
    steps, those that this page takes, None for every one; told, the draft says already what will be written down, so that only what it
    lacks is offered; several, the page shows other records of this table too, and each form says which it is for.
    """

    table: Workflow
    record: Any
    about: UUID | None = None
    steps: frozenset[str] | None = None
    told: bool = False
    several: bool = False

    @property
    def subject_id(self) -> UUID | None:
        """Whom the waiver names. None for a draft that is about nobody yet: then there is nothing to sign for."""
        return self.about if state_of(self.record) is None else self.record.pk

    @property
    def row(self) -> str:
        """What tells this record from the others of its page."""
        return str(self.record.pk) if self.several else ""

    def blocked(self, by: Actor) -> Iterator[tuple[Move, tuple[Right, ...]]]:
        """Each step that this role may try now and that a waivable block holds up, with those blocks."""
        if self.subject_id is None:
            return
        for move in self.table.open_to(self.record, by):
            if self.steps is None or move.step in self.steps:
                rights = self.table.waivable(self.record, move=move.step, by=by, told=self.told)
                if rights:
                    yield move, rights


@dataclass(frozen=True, slots=True)
class Line:
    """One step that may be let pass, as the page shows it, and its form: with what was sent, where this one was."""

    held: Held
    move: Move
    form: WaiverForm


def _line(request: ActorRequest, held: Held, move: Move, rights: tuple[Right, ...]) -> Line:
    sent = (request.POST.get("waive"), request.POST.get("step"), request.POST.get("row", ""))
    posted = request.POST if sent == (held.table.name, move.step, held.row) else None
    names = f"id_{held.table.name}_{move.step}_{held.row}_waiver_%s"
    return Line(held, move, WaiverForm(posted, gates=[(right.key, right.words) for right in rights], auto_id=names))


def _lines(request: ActorRequest, pages: tuple[Held, ...]) -> Iterator[Line]:
    return (_line(request, held, move, rights) for held in pages for move, rights in held.blocked(request.actor))


def lines(request: ActorRequest, *pages: Held) -> list[Line]:
    """What a supervisor may let pass here now, step by step; empty for everybody else."""
    return list(_lines(request, pages)) if getattr(request.membership, "supervisor", False) else []


def signed(request: ActorRequest, *pages: Held, case_id: UUID, template: str, context: dict[str, Any]) -> HttpResponse | None:
    """Sign what was sent: `waive` (the table), `step`, `row` where there are several, `gates`, `reason`.

    Gives None when it is done, else the page again: 422 with what is wrong in the form, 403 for whoever is no supervisor.
    Raises: Missing for a step that nothing waivable holds up here.
    """
    chosen = next((one for one in _lines(request, pages) if one.form.is_bound), None)
    if chosen is None:
        raise Missing
    if not chosen.form.is_valid():
        return render(request, template, context, status=422)
    named: dict[str, Any] = {"subject_id": chosen.held.subject_id, "workflow": chosen.held.table.name, "step": chosen.move.step}
    try:
        overrides.give(case_id=case_id, by=request.actor, **named, **chosen.form.cleaned_data)
    except Refused as refusal:
        return render(request, template, {**context, "reasons": refusal.reasons}, status=refusal.status)
    return None


def refused(refusal: Refused, table: Workflow) -> dict[str, Any]:
    """What a refused page says: every reason, and whether a supervisor can sign for one of them."""
    waivable = {
        f"{table.name}.{move.step}:{right.key}"
        for move in table.moves
        for right in move.rights
        if right.overridable and right.effect == BLOCK
    }
    return {"reasons": refusal.reasons, "ask_supervisor": not waivable.isdisjoint(refusal.rows)}
