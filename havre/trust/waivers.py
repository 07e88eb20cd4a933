"""The form on which a supervisor signs a waiver, one for each step that a block holds up now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from havre.trust import overrides
from havre.trust.actors import Actor
from havre.trust.errors import Missing
from havre.trust.models import Membership
from havre.trust.overrides import OverrideReason
from havre.trust.workflow import Move, Workflow


class WaiverForm(forms.Form):
    """Which conditions are waived, out of `gates` (key, words), and the reason from the list."""

    gates = forms.MultipleChoiceField(label=_("Conditions waived"), widget=forms.CheckboxSelectMultiple)
    reason = forms.ChoiceField(choices=OverrideReason.choices, label=_("Reason"))

    def __init__(self, *args: Any, gates: list[tuple[str, str]], **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields["gates"].choices = gates  # type: ignore[attr-defined]


def forms_of(
    table: Workflow, obj: Any, *, moves: tuple[Move, ...], by: Actor, membership: Membership | None, place: str = ""
) -> list[tuple[Move, WaiverForm]]:
    """For a supervisor, each step of `moves` that a waivable block holds up now, with its form. Nothing for anybody else.

    Args: place, what tells several records of one page apart.
    """
    if not getattr(membership, "supervisor", False):
        return []
    found = []
    for move in moves:
        gates = [(right.key, right.reason) for right in table.waivable(obj, move=move.step, by=by)]
        if gates:
            found.append((move, WaiverForm(gates=gates, auto_id=f"id_{place}{move.step}_waiver_%s")))
    return found


def sign(posted: QueryDict, table: Workflow, *, about: UUID, case_id: UUID, by: Actor) -> dict[str, list[str]]:
    """Sign what a supervisor posted: `step`, `gates`, `reason`. Gives the form's problems, empty when it is signed.

    A gate that nobody may waive is no choice of the form. Raises: Missing for a step that the table does not have; Refused (403) for
    whoever is not supervisor; Invalid.
    """
    step = posted.get("step", "")
    if step not in table.steps:
        raise Missing
    asked = {right.key: right for move in table.moves if move.step == step for right in move.rights if right.overridable}
    form = WaiverForm(posted, gates=[(key, key) for key in asked])
    if not form.is_valid():
        return {name: [str(word) for word in words] for name, words in form.errors.items()}
    overrides.give(case_id=case_id, subject_id=about, workflow=table.name, step=step, by=by, **form.cleaned_data)
    return {}
