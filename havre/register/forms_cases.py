"""Forms that open a case, write an answer into the consent ledger, and search the country."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.register import wording
from havre.register.enums import AgeBasis, Channel, ConsentGiver, ConsentState
from havre.register.forms import DayInput, MomentInput
from havre.register.models import Person
from havre.trust.enums import ROLE_PURPOSES, SECTION_LABELS, Purpose, Role, Section
from havre.trust.models import Organisation

GENDERS = (
    ("", "—"),
    ("Feminine", _("Woman or girl")),
    ("Masculine", _("Man or boy")),
    ("TransgenderFeminine", _("Trans woman")),
    ("TransgenderMasculine", _("Trans man")),
    ("NonConforming", _("Another, as the person says")),
)
DOORS = tuple((channel.value, channel.label) for channel in Channel if channel != Channel.IMPORT)


def _languages() -> list[tuple[str, Any]]:
    return [("", "—"), *sorted(wording.LANGUAGES.items(), key=lambda one: str(one[1]))]


class OpenForm(forms.Form):
    """A case without a screening: what every holder of the file may know, and a name where the person gave one."""

    channel = forms.ChoiceField(label=_("How the person came to you"), choices=DOORS)
    happened_at = forms.DateTimeField(label=_("When"), widget=MomentInput())
    gender = forms.ChoiceField(label=_("Gender, as the person says it"), choices=GENDERS, required=False)
    age_on_opening = forms.IntegerField(label=_("Age"), min_value=0, max_value=130, required=False)
    age_basis = forms.ChoiceField(label=_("The age rests on"), choices=AgeBasis.choices, initial=AgeBasis.NOT_RECORDED)
    presumed_minor = forms.BooleanField(label=_("Age in doubt: presumed a child"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=_languages, required=False)
    urgent = forms.BooleanField(label=_("Urgent"), required=False)
    first_name = forms.CharField(label=_("First name"), max_length=80, required=False, help_text=_("Sealed. A case needs no name."))
    family_name = forms.CharField(label=_("Family name"), max_length=80, required=False)

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields["happened_at"].initial = timezone.localtime().replace(second=0, microsecond=0)

    def arguments(self) -> dict[str, Any]:
        """The arguments of `services.open_case`."""
        told = self.cleaned_data
        names = {"prs_FirstName": told["first_name"], "prs_SecondName": told["family_name"]}
        person = {name: told[name] for name in ("gender", "age_on_opening", "age_basis", "presumed_minor")}
        return {
            "person": {**person, "languages": [told["language"]] if told["language"] else []},
            "channel": told["channel"],
            "happened_at": told["happened_at"],
            "urgent": told["urgent"],
            "identity": {name: words for name, words in names.items() if words} or None,
        }


class ConsentForm(forms.Form):
    """One answer: of whom, to whom, what for, which parts, until when."""

    person = forms.TypedChoiceField(label=_("Whose answer"))
    state = forms.ChoiceField(
        label=_("Answer"),
        choices=[(one.value, one.label) for one in (ConsentState.GIVEN, ConsentState.REFUSED, ConsentState.OFFERED)],
        widget=forms.RadioSelect,
        help_text=_("A refusal is a valid answer: it closes nothing."),
    )
    given_by = forms.ChoiceField(label=_("Who answered"), choices=ConsentGiver.choices)
    recipient = forms.ModelChoiceField(Organisation.objects.none(), label=_("Service that would receive"))
    recipient_role = forms.ChoiceField(
        label=_("Role there"), choices=[("", _("any role")), *((one.value, one.label) for one in Role)], required=False
    )
    purpose = forms.ChoiceField(label=_("What for"), choices=Purpose.choices)
    sections = forms.MultipleChoiceField(
        label=_("Parts of the file"),
        choices=[(int(one), SECTION_LABELS[one]) for one in Section if one != Section.CASE],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only what this service needs."),
    )
    until = forms.DateField(label=_("Until"), widget=DayInput(), help_text=_("Every consent ends. It can be given again."))
    language = forms.ChoiceField(label=_("Explained in"), choices=_languages)
    interpreter = forms.BooleanField(label=_("With an interpreter"), required=False)
    written = forms.BooleanField(label=_("Signed on paper"), required=False)

    def __init__(self, *args: Any, persons: list[Person], **fields: Any) -> None:
        super().__init__(*args, **fields)
        inner: Any = self.fields
        inner["person"].choices = [(str(person.pk), wording.described(person)) for person in persons]
        inner["person"].coerce = {str(person.pk): person for person in persons}.__getitem__
        if len(persons) == 1:
            inner["person"].widget = forms.HiddenInput()
            inner["person"].initial = str(persons[0].pk)
        inner["recipient"].queryset = Organisation.objects.filter(active=True).order_by("name")
        inner["until"].initial = timezone.localdate() + timedelta(days=90)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        role, purpose = found.get("recipient_role"), found.get("purpose")
        if role and purpose and Purpose(purpose) not in ROLE_PURPOSES[Role(role)]:
            self.add_error("purpose", _("This role does not work for that purpose: choose another role or purpose."))
        return found

    def arguments(self) -> dict[str, Any]:
        """The arguments of `services.record_consent`. It ends at midnight after the day that was entered."""
        told = self.cleaned_data
        sections = Section.CASE
        for bit in told["sections"]:
            sections |= Section(int(bit))
        return {
            "person_id": told["person"].pk,
            "recipient_id": told["recipient"].pk,
            "sections": sections,
            "ends_at": datetime.combine(told["until"] + timedelta(days=1), time.min, UTC),
            "oral": not told["written"],
            **{name: told[name] for name in ("state", "given_by", "recipient_role", "purpose", "language", "interpreter")},
        }


class CountryForm(forms.Form):
    """One compound: full name with year of birth, or a document's number, or a telephone."""

    all_optional = True

    name = forms.CharField(label=_("Full name"), max_length=120, required=False)
    birth_year = forms.IntegerField(label=_("Year of birth"), min_value=1900, max_value=2100, required=False)
    document = forms.CharField(label=_("Number of a document"), max_length=60, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
