"""Forms of identity requests and of restriction lists."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.trust.enums import SECTION_LABELS, Section
from havre.trust.forms import DayField, DayInput
from havre.trust.models.grants import RestrictionReason
from havre.trust.models.requests import IdentityReason, IdentityRefusal

NOT_KEPT = {"autocomplete": "off"}


class AskForm(forms.Form):
    """Whose name, why, and until when."""

    person = forms.ChoiceField(label=_("Which person"))
    reason = forms.ChoiceField(choices=[("", "—"), *IdentityReason.choices], label=_("Why the name is needed"))
    words = forms.CharField(
        label=_("What the custodians should know"),
        help_text=_("Sealed: read only by those who may open the name. For example the court and the number of its order."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, **NOT_KEPT}),
    )
    until = DayField(
        label=_("Until which day"),
        help_text=_("It closes by itself at the end of that day. At most 90 days."),
        widget=DayInput(NOT_KEPT),
    )

    def __init__(self, *args: Any, persons: tuple[UUID, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.choices = [(str(pk), _("Person %(n)s of the file") % {"n": number}) for number, pk in enumerate(persons, 1)]
        if len(persons) == 1:
            field.initial, field.widget = str(persons[0]), forms.HiddenInput()

    def clean_person(self) -> UUID:
        """The person's id."""
        return UUID(self.cleaned_data["person"])

    def clean_until(self) -> datetime:
        """The last moment of the day, where the house is."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["until"], time(23, 59, 59)))


class RefuseForm(forms.Form):
    """Why it is refused: the requester is told."""

    reason = forms.ChoiceField(choices=[("", "—"), *IdentityRefusal.choices], label=_("Why it is refused"))


class RestrictForm(forms.Form):
    """Who may not touch what of whom, and why."""

    person = forms.ChoiceField(label=_("Which person"))
    holder = forms.ChoiceField(label=_("Closed to"))
    sections = forms.MultipleChoiceField(
        label=_("Which sections"),
        choices=[(section.code, SECTION_LABELS[section]) for section in Section if section != Section.CASE],
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.ChoiceField(choices=[("", "—"), *RestrictionReason.choices], label=_("Why"))

    def __init__(self, *args: Any, persons: tuple[UUID, ...], holders: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who: Any = self.fields["person"]
        who.choices = [(str(pk), _("Person %(n)s of the file") % {"n": number}) for number, pk in enumerate(persons, 1)]
        if len(persons) == 1:
            who.initial, who.widget = str(persons[0]), forms.HiddenInput()
        to: Any = self.fields["holder"]
        to.choices = [("", "—"), *holders]

    def clean_person(self) -> UUID:
        """The person's id."""
        return UUID(self.cleaned_data["person"])

    def clean_sections(self) -> Section:
        """The sections as bits."""
        found = Section(0)
        for section in Section:
            if section.code in self.cleaned_data["sections"]:
                found |= section
        return found
