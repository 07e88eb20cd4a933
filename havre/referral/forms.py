"""Forms of referral."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havre.referral.enums import DeclineReason, ReferralNeed, ReferralOutcome, VitalInterest
from havre.referral.workflow import RECEIVERS
from havre.trust.enums import SECTION_LABELS, Purpose, Role, Section
from havre.trust.models import Organisation

# the bare file goes with everything
SHAREABLE = [section for section in Section if section != Section.CASE]


class OfferForm(forms.Form):
    """Whom to ask, for what, which sections open if they accept, until when."""

    receiver = forms.ModelChoiceField(Organisation.objects.none(), label=_("Service"))
    receiver_role = forms.ChoiceField(choices=[(r.value, r.label) for r in Role if r in RECEIVERS], label=_("Role that will help"))
    need = forms.ChoiceField(choices=ReferralNeed.choices, label=_("Need"))
    purpose = forms.ChoiceField(choices=Purpose.choices, label=_("Purpose"))
    sections = forms.MultipleChoiceField(
        choices=[(int(s), SECTION_LABELS[s]) for s in SHAREABLE], label=_("Opens on acceptance"), widget=forms.CheckboxSelectMultiple
    )
    consent = forms.ChoiceField(required=False, label=_("The person's consent"))
    vital_interest = forms.ChoiceField(choices=[("", "—"), *VitalInterest.choices], required=False, label=_("Or a vital interest"))
    asked_until = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}))
    urgent = forms.BooleanField(required=False, label=_("Urgent"))
    best_interests_at = forms.DateTimeField(
        required=False, label=_("Best interests assessed"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    child_heard_at = forms.DateTimeField(
        required=False, label=_("Child heard"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    guardian_named_at = forms.DateTimeField(
        required=False, label=_("Guardian named"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    accompanied = forms.BooleanField(required=False, label=_("Child accompanied by a parent"))

    def __init__(self, *args: Any, consents: list[tuple[str, str]], sender_id: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
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
            "child": {**{name: told[name] for name in child}, "accompanied": told["accompanied"] or None},
        }


class AcceptForm(forms.Form):
    no_conflict = forms.BooleanField(required=False, label=_("Nobody of our service is involved in the matter or close to it"))


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(choices=[("", "—"), *DeclineReason.choices], required=False, label=_("Reason, read by the sender"))
    suggested = forms.ModelChoiceField(Organisation.objects.none(), required=False, label=_("Another service that could help"))

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields["suggested"].queryset = Organisation.objects.filter(active=True)  # type: ignore[attr-defined]


class CompleteForm(forms.Form):
    outcome = forms.ChoiceField(choices=[("", "—"), *ReferralOutcome.choices], required=False, label=_("Outcome, read by the sender"))
    person_told = forms.BooleanField(required=False, label=_("The person was told"))
