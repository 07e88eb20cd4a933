"""What the register's pages take in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.register import wording
from havre.register.models import Person
from havre.register.notes import LONGEST
from havre.trust.enums import SECTION_LABELS, Section
from havre.trust.forms import DayField, MomentField

# codes only: they go into the audit trail, and the person concerned can be shown them
REASONS = (
    ("contact", _("To contact or accompany the person")),
    ("document", _("To fill in a document for the person")),
    ("referral", _("To prepare a referral that the person agreed to")),
    ("identification", _("To decide on identification")),
    ("correction", _("To correct what is recorded")),
    ("person_asked", _("The person asks for it")),
    ("legal_duty", _("A law requires it")),
)


class FilterForm(forms.Form):
    """The filters of the case list; a GET form, so that a filtered list has an address."""

    # nothing is asked for: the word "optional" beside each field would say nothing
    all_optional = True

    ref = forms.CharField(label=_("Reference"), required=False, max_length=16)
    since = DayField(label=_("Opened from"), required=False)
    until = DayField(label=_("Opened until"), required=False)
    urgent = forms.BooleanField(label=_("Urgent only"), required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until and since > until:
            self.add_error("until", _("This day is before the first one: swap the two."))
        return found


class SearchForm(forms.Form):
    """By reference, or by a name among the cases one may open."""

    all_optional = True

    ref = forms.CharField(label=_("Reference"), required=False, max_length=16, help_text=_("Whole or in part, for example 4F2K."))
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=80,
        help_text=_("Only among the cases whose names are open to you. A first name is enough."),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if self.is_bound and not self.errors and not found.get("ref") and not found.get("name"):
            raise forms.ValidationError(_("Give a reference or a name."))
        return found


class ReasonForm(forms.Form):
    """Why a name is opened."""

    reason = forms.ChoiceField(label=_("Reason"), choices=REASONS, widget=forms.RadioSelect)


class NoteForm(forms.Form):
    """A note: in which section, about whom, when, and the words."""

    section = forms.TypedChoiceField(
        label=_("Section"), coerce=lambda value: Section(int(value)), help_text=_("Whoever may read this section will read the note.")
    )
    person = forms.TypedChoiceField(label=_("Whom it concerns"))
    happened_at = MomentField(label=_("When it happened"))
    words = forms.CharField(
        label=_("Note"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What was seen, said or agreed. The person may ask to read it."),
    )

    def __init__(self, *args: Any, sections: list[Section], persons: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["section"].choices = [(int(section), SECTION_LABELS[section]) for section in sections]
        fields["person"].choices = [(str(person.pk), wording.described(person)) for person in persons]
        fields["person"].coerce = {str(person.pk): person for person in persons}.__getitem__
        if len(persons) == 1:
            self.fields["person"].widget = forms.HiddenInput()
            self.fields["person"].initial = str(persons[0].pk)
        if Section.PROTECTION in sections:
            self.fields["section"].initial = int(Section.PROTECTION)
        self.fields["happened_at"].initial = timezone.localtime().replace(second=0, microsecond=0)
