"""What a trainer enters after a training: numbers, no name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.publishing.models import Learners
from havre.publishing.sources import editions


class TrainingForm(forms.Form):
    """One group of one training. Whoever attended had enrolled; whoever passed had attended."""

    edition = forms.ChoiceField(label=_("Edition"))
    held_on = forms.DateField(label=_("Day of the training"), widget=forms.DateInput(attrs={"type": "date"}))
    region = forms.CharField(label=_("Region"), max_length=60)
    audience = forms.ChoiceField(label=_("Service of the learners"), choices=Learners.choices)
    organisation = forms.CharField(label=_("Organisation of the trainers"), max_length=120)
    enrolled = forms.IntegerField(label=_("Enrolled"), min_value=1, max_value=10_000)
    attended = forms.IntegerField(label=_("Attended to the end"), min_value=0, max_value=10_000)
    passed = forms.IntegerField(label=_("Passed the test"), min_value=0, max_value=10_000)

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields["edition"].choices = [(one.id, one.title) for one in editions().values()]  # type: ignore[attr-defined]

    def clean_held_on(self) -> Any:
        if self.cleaned_data["held_on"] > timezone.localdate():
            raise forms.ValidationError(_("The day lies ahead: enter the training once it was held."))
        return self.cleaned_data["held_on"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if {"enrolled", "attended", "passed"} <= set(found) and not found["passed"] <= found["attended"] <= found["enrolled"]:
            raise forms.ValidationError(_("No more may have attended than enrolled, nor passed than attended: check the numbers."))
        return found
