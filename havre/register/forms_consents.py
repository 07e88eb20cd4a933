"""Forms of the consent ledger: an answer, the answer to what was explained earlier, fewer parts, another end."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.register import wording
from havre.register.enums import ConsentChannel, ConsentEvidence, ConsentGiver, ConsentState, Explained
from havre.register.forms_cases import languages
from havre.register.models import Consent, Person
from havre.trust.enums import ROLE_PURPOSES, SECTION_LABELS, Purpose, Role, Section
from havre.trust.forms import DayField
from havre.trust.models import Organisation

PAPER = {ConsentEvidence.SIGNED, ConsentEvidence.MARK}
# how an answer reaches a worker; what comes by the person's own page, or by itself, is not typed in
CHANNELS = [(one.value, one.label) for one in ConsentChannel if one not in {ConsentChannel.PAGE, ConsentChannel.ENGINE}]


def midnight_after(day: date) -> datetime:
    """The moment at which this day is over."""
    return datetime.combine(day + timedelta(days=1), time.min, UTC)


def bits(values: list[str]) -> Section:
    """The sections chosen, with the bare file, which goes with every share."""
    found = Section.CASE
    for bit in values:
        found |= Section(int(bit))
    return found


class HowForm(forms.Form):
    """How the answer was given and what was told before it: asked for every answer, the first and each later one."""

    given_by = forms.ChoiceField(label=_("Who answered"), choices=ConsentGiver.choices)
    child_heard = forms.BooleanField(
        label=_("The child's own view was heard"), required=False, help_text=_("A guardian answers with the child, never instead.")
    )
    came_of_age_on = DayField(
        label=_("Turned 18 on"), required=False, help_text=_("Only where the person turned 18 while the case is open.")
    )
    explained = forms.MultipleChoiceField(
        label=_("What was explained"), choices=Explained.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    language = forms.ChoiceField(label=_("Explained in"), choices=languages)
    interpreter = forms.BooleanField(label=_("With an interpreter"), required=False)
    evidence = forms.ChoiceField(label=_("What shows it"), choices=[("", "—"), *ConsentEvidence.choices], required=False)
    channel = forms.ChoiceField(label=_("How it came"), choices=CHANNELS, required=False, initial=ConsentChannel.PERSON)

    def how(self) -> dict[str, Any]:
        """The arguments that every act on an answer takes."""
        told = self.cleaned_data
        names = ("given_by", "child_heard", "came_of_age_on", "explained", "language", "interpreter", "evidence")
        return {**{name: told[name] for name in names}, "channel": told["channel"] or ConsentChannel.PERSON}


class ConsentForm(HowForm):
    """One answer: of whom, to whom, what for, which parts, until when."""

    person = forms.TypedChoiceField(label=_("Whose answer"))
    state = forms.ChoiceField(
        label=_("Answer"),
        choices=[(one.value, one.label) for one in (ConsentState.GIVEN, ConsentState.REFUSED, ConsentState.OFFERED)],
        widget=forms.RadioSelect,
        help_text=_("A refusal is a valid answer: it closes nothing."),
    )
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
    until = DayField(label=_("Until"), help_text=_("Every consent ends. It can be given again."))
    field_order = (
        "person", "state", "recipient", "recipient_role", "purpose", "sections", "until", "explained", "language", "interpreter",
        "evidence", "given_by", "child_heard", "came_of_age_on", "channel",
    )  # fmt: skip

    def __init__(self, *args: Any, persons: list[Person], **fields: Any) -> None:
        super().__init__(*args, **fields)
        inner: Any = self.fields
        inner["person"].choices = [(str(person.pk), wording.described(person)) for person in persons]
        inner["person"].coerce = {str(person.pk): person for person in persons}.__getitem__
        if len(persons) == 1:
            inner["person"].widget = forms.HiddenInput()
            inner["person"].initial = str(persons[0].pk)
        if not any(person.is_child for person in persons):
            # nothing about guardians on an adult's form
            del inner["child_heard"], inner["came_of_age_on"]
        inner["recipient"].queryset = Organisation.objects.filter(active=True).order_by("name")
        inner["until"].initial = timezone.localdate() + timedelta(days=90)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        role, purpose = found.get("recipient_role"), found.get("purpose")
        if hasattr(self.data, "getlist") and len(set(self.data.getlist("purpose"))) > 1:
            # a list would be answered as its last one
            self.add_error("purpose", _("Consent for every purpose at once is no consent. Ask for each one apart, and choose one here."))
        elif role and purpose and Purpose(purpose) not in ROLE_PURPOSES[Role(role)]:
            self.add_error("purpose", _("This role does not work for that purpose: choose another role or purpose."))
        return found

    def how(self) -> dict[str, Any]:
        """The same as in every answer; on an adult's form nothing is asked of a guardian."""
        self.cleaned_data = {"child_heard": False, "came_of_age_on": None, **self.cleaned_data}
        return super().how()

    def arguments(self) -> dict[str, Any]:
        """The arguments of `record_consent`. It ends at midnight after the day that was entered."""
        told, how = self.cleaned_data, self.how()
        return {
            **how,
            "person_id": told["person"].pk,
            "recipient_id": told["recipient"].pk,
            "sections": bits(told["sections"]),
            "ends_at": midnight_after(told["until"]),
            "oral": how["evidence"] not in PAPER,
            **{name: told[name] for name in ("state", "recipient_role", "purpose")},
        }


class AnswerForm(HowForm):
    """The answer to what was explained earlier."""

    state = forms.ChoiceField(
        label=_("Answer"),
        choices=[(one.value, one.label) for one in (ConsentState.GIVEN, ConsentState.REFUSED)],
        widget=forms.RadioSelect,
        help_text=_("A refusal is a valid answer: it closes nothing."),
    )
    field_order = ("state", "explained", "language", "interpreter", "evidence", "given_by", "child_heard", "came_of_age_on", "channel")

    def arguments(self) -> dict[str, Any]:
        """The arguments of `answer_consent`."""
        return {**self.how(), "state": self.cleaned_data["state"]}


class RenewForm(HowForm):
    """The person was asked again, and says yes until another day."""

    until = DayField(label=_("Until"), help_text=_("Every consent ends. It can be given again."))
    field_order = ("until", "explained", "language", "interpreter", "evidence", "given_by", "child_heard", "came_of_age_on", "channel")

    def arguments(self) -> dict[str, Any]:
        """The arguments of `renew_consent`."""
        return {**self.how(), "ends_at": midnight_after(self.cleaned_data["until"])}


class ChangeForm(forms.Form):
    """Fewer parts, or an earlier end, of one consent."""

    sections = forms.MultipleChoiceField(
        label=_("Parts that stay open"), widget=forms.CheckboxSelectMultiple, required=False, help_text=_("Untick what the person closes.")
    )
    until = DayField(label=_("Until"))
    channel = forms.ChoiceField(label=_("How it came"), choices=CHANNELS, required=False, initial=ConsentChannel.PERSON)

    def __init__(self, *args: Any, consent: Consent, **fields: Any) -> None:
        super().__init__(*args, **fields)
        inner: Any = self.fields
        open_now = [one for one in Section(consent.sections) if one != Section.CASE]
        inner["sections"].choices = [(str(int(one)), SECTION_LABELS[one]) for one in open_now]
        inner["sections"].initial = [str(int(one)) for one in open_now]
        # the last whole day: a consent ends at the midnight after it
        self.last = (consent.ends_at - timedelta(microseconds=1)).date()
        self.ends_at = consent.ends_at
        inner["until"].initial = self.last

    def arguments(self) -> dict[str, Any]:
        """The arguments of `change_consent`; a day that was left as it stood changes no hour."""
        told = self.cleaned_data
        end = self.ends_at if told["until"] == self.last else midnight_after(told["until"])
        return {"sections": bits(told["sections"]), "ends_at": end, "channel": told["channel"] or ConsentChannel.PERSON}


class WithdrawForm(forms.Form):
    """How the withdrawal came; nobody is asked why."""

    channel = forms.ChoiceField(label=_("How it came"), choices=CHANNELS, required=False, initial=ConsentChannel.PERSON)
