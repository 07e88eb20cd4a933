"""Forms of transfers of the lead and of case conferences."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from havre.referral.enums import REFUSALS_OF_A_LEAD, ActionOutcome, AgendaKind, Decision
from havre.referral.forms import SHAREABLE
from havre.referral.workflow import LEADERS
from havre.trust.enums import SECTION_LABELS, Section
from havre.trust.forms import DayField, MomentField, PastMomentField
from havre.trust.models import Organisation

LONG = forms.Textarea(attrs={"rows": 4})


class ChildForm(forms.Form):
    """What is recorded for a child before a step that concerns it."""

    best_interests_at = PastMomentField(required=False, label=_("Best interests assessed"))
    child_heard_at = PastMomentField(required=False, label=_("Child heard"))
    guardian_named_at = PastMomentField(required=False, label=_("Guardian named"))
    accompanied = forms.BooleanField(required=False, label=_("Child accompanied by a parent"))

    def without_child(self) -> None:
        """An adult's page asks nothing of this."""
        for name in ("best_interests_at", "child_heard_at", "guardian_named_at", "accompanied"):
            del self.fields[name]

    def child(self) -> dict[str, Any]:
        """The fields of a record; not ticked is not recorded."""
        told = self.cleaned_data
        names = ("best_interests_at", "child_heard_at", "guardian_named_at")
        return {**{name: told.get(name) for name in names}, "accompanied": told.get("accompanied") or None}


class LeadForm(ChildForm):
    """Who would lead, with which parts of the file."""

    second = forms.ModelChoiceField(Organisation.objects.none(), label=_("Service that would lead"))
    second_role = forms.ChoiceField(
        choices=[(role.value, role.label) for role in sorted(LEADERS)], label=pgettext_lazy("a lead", "Role there")
    )
    sections = forms.MultipleChoiceField(
        choices=[(int(s), SECTION_LABELS[s]) for s in SHAREABLE], label=_("Parts of the file that go with it"),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    status_agreed = forms.BooleanField(
        required=False, label=_("The person lets us go on seeing that the case is led"), help_text=_("The state only, never the content.")
    )
    field_order = ("second", "second_role", "sections", "status_agreed")

    def __init__(self, *args: Any, first_id: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields["second"].queryset = Organisation.objects.filter(active=True).exclude(pk=first_id)  # type: ignore[attr-defined]

    def request(self) -> dict[str, Any]:
        """The arguments of `services.propose`."""
        told = self.cleaned_data
        sections = Section(0)
        for bit in told["sections"]:
            sections |= Section(int(bit))
        whom = {"second_id": told["second"].pk, "second_role": told["second_role"]}
        return {**whom, "sections": sections, "status_agreed": told["status_agreed"], **self.child()}


class TakeLeadForm(forms.Form):
    no_conflict = forms.BooleanField(required=False, label=_("Nobody of our service is involved in the matter or close to it"))


class LeaveLeadForm(forms.Form):
    reason = forms.ChoiceField(
        choices=[("", "—"), *((one.value, one.label) for one in REFUSALS_OF_A_LEAD)], required=False, label=_("Reason, read by the sender")
    )


class CallForm(ChildForm):
    """When it sits, what it settles. Seats and documents are chosen beside it."""

    sits_at = MomentField(label=_("Sits at"))
    urgent = forms.BooleanField(required=False, label=_("Urgent: four hours of notice are enough"))
    agenda = forms.MultipleChoiceField(choices=AgendaKind.choices, label=_("Agenda"), widget=forms.CheckboxSelectMultiple)
    decides_status = forms.BooleanField(required=False, label=_("It decides on identification"))
    field_order = ("sits_at", "urgent", "agenda", "decides_status")

    def request(self) -> dict[str, Any]:
        """The arguments of `services.call`, seats and documents apart."""
        told = self.cleaned_data
        return {**{name: told[name] for name in ("sits_at", "urgent", "agenda", "decides_status")}, **self.child()}


class PointForm(forms.Form):
    """One point: what was decided, why, who does what by when."""

    item = forms.UUIDField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=Decision.choices, label=_("Decision"))
    reasons = forms.CharField(widget=LONG, max_length=4000, label=_("Reasons"))
    owner = forms.ChoiceField(required=False, label=_("Who does it"))
    due_on = DayField(required=False, label=pgettext_lazy("a day", "By"))

    def __init__(self, *args: Any, seats: list[tuple[str, str]], **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields["owner"].choices = [("", "—"), *seats]  # type: ignore[attr-defined]


class WordsForm(forms.Form):
    """Minutes, or why a seat does not agree."""

    words = forms.CharField(widget=LONG, max_length=4000, label=_("In words"))


class ActionForm(forms.Form):
    outcome = forms.ChoiceField(choices=ActionOutcome.choices, label=_("What came of it"))
