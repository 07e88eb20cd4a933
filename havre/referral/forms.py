"""Forms of referral."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havre.referral.enums import (
    AgeBand,
    AnywayReason,
    ConsentAnswer,
    DeclineReason,
    MoreReason,
    MoreRefusal,
    ReferralNeed,
    ReferralOutcome,
    ServedGender,
    VitalInterest,
    Way,
    Weekday,
)
from havre.referral.models import Service
from havre.referral.workflow import RECEIVERS
from havre.register import wording
from havre.trust.enums import ROLE_PURPOSES, SECTION_LABELS, Act, Purpose, Role, Section
from havre.trust.forms import DayField, PastMomentField
from havre.trust.models import Organisation
from havre.trust.policy.table import POLICY

# the bare file goes with everything
SHAREABLE = [section for section in Section if section != Section.CASE]
# what somebody who receives may work for: nobody is referred for statistics
PURPOSES = [one for one in Purpose if any(one in ROLE_PURPOSES[role] for role in RECEIVERS)]

# asked only where the person is a child, or may be one
CHILD_FIELDS = ("best_interests_at", "child_heard_at", "guardian_named_at", "accompanied")


class OfferForm(forms.Form):
    """Whom to ask, for what, which sections open if they accept, until when."""

    receiver = forms.ModelChoiceField(Organisation.objects.none(), label=_("Service"))
    receiver_role = forms.ChoiceField(choices=[(r.value, r.label) for r in Role if r in RECEIVERS], label=_("Role that will help"))
    need = forms.ChoiceField(choices=ReferralNeed.choices, label=_("Need"))
    purpose = forms.ChoiceField(choices=[(one.value, one.label) for one in PURPOSES], label=_("Purpose"))
    sections = forms.MultipleChoiceField(
        choices=[(int(s), SECTION_LABELS[s]) for s in SHAREABLE], label=_("Opens on acceptance"), widget=forms.CheckboxSelectMultiple
    )
    consent = forms.ChoiceField(required=False, label=_("The person's consent"))
    vital_interest = forms.ChoiceField(choices=[("", "—"), *VitalInterest.choices], required=False, label=_("Or a vital interest"))
    asked_until = DayField(label=_("Until"))
    urgent = forms.BooleanField(required=False, label=_("Urgent"))
    best_interests_at = PastMomentField(required=False, label=_("Best interests assessed"))
    child_heard_at = PastMomentField(required=False, label=_("Child heard"))
    guardian_named_at = PastMomentField(required=False, label=_("Guardian named"))
    accompanied = forms.BooleanField(required=False, label=_("Child accompanied by a parent"))
    way = forms.ChoiceField(
        choices=Way.choices, required=False, label=_("How it goes"), help_text=_("A file or a letter for a service without an account.")
    )
    outcome_kept = forms.BooleanField(
        required=False,
        label=_("The person does not want us to hear what comes of it"),
        help_text=_("We then hear that it was answered and that it ended."),
    )
    anyway_reason = forms.ChoiceField(
        choices=[("", "—"), *AnywayReason.choices], required=False, label=_("No place there: why it is sent all the same")
    )

    def __init__(
        self, *args: Any, consents: list[tuple[str, str]], sender_id: Any, sender_role: Role, child: bool = True, **fields: Any
    ) -> None:
        super().__init__(*args, **fields)
        # a part that this role may send to nobody is not offered
        may = [section for section in SHAREABLE if (Act.SHARE, section, sender_role) in POLICY.rules]
        self.fields["sections"].choices = [(int(one), SECTION_LABELS[one]) for one in may]  # type: ignore[attr-defined]
        for name in () if child else CHILD_FIELDS:
            del self.fields[name]
        self.fields["receiver"].queryset = Organisation.objects.filter(active=True).exclude(pk=sender_id)  # type: ignore[attr-defined]
        self.fields["consent"].choices = [("", "—"), *consents]  # type: ignore[attr-defined]

    def request(self) -> dict[str, Any]:
        """The arguments of `services.prepare`. The share ends at midnight after the day that was entered."""
        told = self.cleaned_data
        sections = Section(0)
        for bit in told["sections"]:
            sections |= Section(int(bit))
        child = ("best_interests_at", "child_heard_at", "guardian_named_at")
        return {
            "receiver_id": told["receiver"].pk,
            "receiver_role": told["receiver_role"],
            "need": told["need"],
            "purpose": told["purpose"],
            "sections": sections,
            "consent_id": told["consent"] or None,
            "vital_interest": told["vital_interest"],
            "asked_until": datetime.combine(told["asked_until"] + timedelta(days=1), time.min, UTC),
            "urgent": told["urgent"],
            "way": told["way"] or Way.ACCOUNT,
            "outcome_kept": told["outcome_kept"],
            "anyway_reason": told["anyway_reason"],
            "child": {**{name: told.get(name) for name in child}, "accompanied": told.get("accompanied") or None},
        }


class UrgentForm(forms.Form):
    """One screen for danger to life: whom, for what, and why it cannot wait."""

    receiver = forms.ModelChoiceField(Organisation.objects.none(), label=_("Service"))
    receiver_role = forms.ChoiceField(choices=[(r.value, r.label) for r in Role if r in RECEIVERS], label=_("Role that will help"))
    need = forms.ChoiceField(choices=ReferralNeed.choices, label=_("Need"))
    vital_interest = forms.ChoiceField(choices=VitalInterest.choices, label=_("What cannot wait"), widget=forms.RadioSelect)
    anyway_reason = forms.ChoiceField(
        choices=[("", "—"), *AnywayReason.choices], required=False, label=_("No place there: why it is sent all the same")
    )

    def __init__(self, *args: Any, sender_id: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields["receiver"].queryset = Organisation.objects.filter(active=True).exclude(pk=sender_id)  # type: ignore[attr-defined]

    def request(self) -> dict[str, Any]:
        """The arguments of `services.refer_urgently`."""
        told = dict(self.cleaned_data)
        receiver = told.pop("receiver")
        return {**told, "receiver_id": receiver.pk}


class SeveralForm(OfferForm):
    """What is asked for all; each person's consent is chosen beside the person."""

    def __init__(self, *args: Any, sender_id: Any, sender_role: Role, **fields: Any) -> None:
        super().__init__(*args, consents=[], sender_id=sender_id, sender_role=sender_role, **fields)
        for name in ("consent", "vital_interest", "best_interests_at", "child_heard_at", "guardian_named_at", "accompanied"):
            del self.fields[name]

    def request(self) -> dict[str, Any]:
        """The arguments of `services.refer_several`, persons apart."""
        nothing = dict.fromkeys(
            ("consent", "vital_interest", "best_interests_at", "child_heard_at", "guardian_named_at", "accompanied"), ""
        )
        self.cleaned_data = {**nothing, **self.cleaned_data}
        asked = super().request()
        return {name: value for name, value in asked.items() if name not in {"consent_id", "vital_interest", "child"}}


class DirectoryForm(forms.Form):
    """What to look for in the directory."""

    all_optional = True
    need = forms.ChoiceField(choices=[("", _("All needs")), *ReferralNeed.choices], required=False, label=_("Need"))
    band = forms.ChoiceField(choices=[("", _("All ages")), *AgeBand.choices], required=False, label=_("Age"))
    language = forms.ChoiceField(required=False, label=_("Language"))
    region = forms.ChoiceField(required=False, label=_("Region"))

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        spoken = sorted({code for codes in Service.objects.values_list("languages", flat=True) for code in codes})
        regions = Service.objects.exclude(organisation__region="").values_list("organisation__region", flat=True).distinct()
        self.fields["language"].choices = [("", _("All languages")), *((code, wording.language(code)) for code in spoken)]  # type: ignore[attr-defined]
        self.fields["region"].choices = [("", _("All regions")), *((one, one) for one in sorted(regions))]  # type: ignore[attr-defined]


class EntryForm(forms.Form):
    """What one service says of itself. No field takes an address."""

    needs = forms.MultipleChoiceField(choices=ReferralNeed.choices, label=_("Needs served"), widget=forms.CheckboxSelectMultiple)
    languages = forms.CharField(
        required=False, max_length=200, label=_("Languages spoken"), help_text=_("Three letters each, with commas between: eng, fra, twi")
    )
    age_bands = forms.MultipleChoiceField(
        choices=[one for one in AgeBand.choices if one[0] != AgeBand.UNKNOWN],
        required=False, label=_("Ages received"), help_text=_("None ticked: every age"), widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    genders = forms.MultipleChoiceField(
        choices=ServedGender.choices, required=False, label=_("Whom it receives"), help_text=_("None ticked: everybody"),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    families = forms.BooleanField(required=False, label=_("Families together"))
    days = forms.TypedMultipleChoiceField(
        choices=Weekday.choices, coerce=int, required=False, label=_("Open on"), help_text=_("None ticked: every day"),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    opens_at = forms.TimeField(required=False, label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}))
    closes_at = forms.TimeField(
        required=False, label=_("To"), help_text=_("Both empty: day and night"), widget=forms.TimeInput(attrs={"type": "time"})
    )
    capacity = forms.IntegerField(required=False, min_value=0, max_value=32_000, label=_("Places in all"))
    free_places = forms.IntegerField(required=False, min_value=0, max_value=32_000, label=_("Free places now"))
    closed = forms.BooleanField(required=False, label=_("Closed for now: receives nobody"))

    def clean_languages(self) -> list[str]:
        return [code for code in (word.strip().lower() for word in self.cleaned_data["languages"].split(",")) if code]


class AccreditationForm(forms.Form):
    """An accreditation, or its loss."""

    organisation = forms.ModelChoiceField(Organisation.objects.filter(active=True), label=_("Organisation"))
    role = forms.ChoiceField(choices=[(r.value, r.label) for r in Role if r in RECEIVERS], label=_("Role"))
    authority = forms.CharField(required=False, max_length=200, label=_("Accredited by"))
    starts_on = DayField(required=False, label=_("From"))
    ends_on = DayField(required=False, label=_("Last day"))


class MoreForm(forms.Form):
    """The receiver asks for one more section."""

    section = forms.TypedChoiceField(coerce=lambda bit: Section(int(bit)), label=_("Part of the file"))
    reason = forms.ChoiceField(choices=[("", "—"), *MoreReason.choices], required=False, label=_("Why it is needed"))

    def __init__(self, *args: Any, sections: list[Section], **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields["section"].choices = [(int(s), SECTION_LABELS[s]) for s in sections]  # type: ignore[attr-defined]


class MoreAnswerForm(forms.Form):
    """The sender opens the section, on a consent, or leaves it closed."""

    consent = forms.ChoiceField(required=False, label=_("The person's consent for this part"))
    refusal = forms.ChoiceField(choices=[("", "—"), *MoreRefusal.choices], required=False, label=_("Or why it stays closed"))

    def __init__(self, *args: Any, consents: list[tuple[str, str]], **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields["consent"].choices = [("", "—"), *consents]  # type: ignore[attr-defined]


class AskedForm(forms.Form):
    """What the person said, when they could be asked."""

    answer = forms.ChoiceField(choices=ConsentAnswer.choices, label=_("The person"), widget=forms.RadioSelect)
    consent = forms.ChoiceField(required=False, label=_("The consent that was recorded"))

    def __init__(self, *args: Any, consents: list[tuple[str, str]], **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields["consent"].choices = [("", "—"), *consents]  # type: ignore[attr-defined]


class KeyForm(forms.Form):
    """The age public key of a service without an account."""

    organisation = forms.ModelChoiceField(Organisation.objects.filter(active=True, memberships=None), label=_("Service without an account"))
    public_key = forms.CharField(max_length=80, label=_("Its age public key"))


class AcceptForm(forms.Form):
    no_conflict = forms.BooleanField(required=False, label=_("Nobody of our service is involved in the matter or close to it"))
    free_places = forms.IntegerField(required=False, min_value=0, max_value=32_000, label=_("Free places left after this"))


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(choices=[("", "—"), *DeclineReason.choices], required=False, label=_("Reason, read by the sender"))
    suggested = forms.ModelChoiceField(Organisation.objects.none(), required=False, label=_("Another service that could help"))

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields["suggested"].queryset = Organisation.objects.filter(active=True)  # type: ignore[attr-defined]


class CompleteForm(forms.Form):
    outcome = forms.ChoiceField(choices=[("", "—"), *ReferralOutcome.choices], required=False, label=_("Outcome, read by the sender"))
    person_told = forms.BooleanField(required=False, label=_("The person was told"))
