"""The form of the assessment: what remains of each risk, and the conclusion."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havre.trust.assessment.paper import RiskLine
from havre.trust.forms import DayField
from havre.trust.models.assessment import Level, Opinion


class SignForm(forms.Form):
    """One choice a risk (`risk_<id>`), the conclusion, its conditions, and when it is read again."""

    opinion = forms.ChoiceField(choices=Opinion, label=_("Conclusion"), widget=forms.RadioSelect)
    conditions = forms.CharField(
        required=False,
        max_length=2000,
        label=_("Conditions, and measures still to be taken"),
        help_text=_("About the system. Never about a person."),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
    )
    review_on = DayField(label=_("To be read again on"))

    def __init__(self, *args: Any, risks: tuple[RiskLine, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.risks = risks
        for risk in risks:
            self.fields[f"risk_{risk.id}"] = forms.ChoiceField(
                choices=[("", "—"), *Level.choices], label=_("What remains of %(number)s") % {"number": risk.number}
            )

    @property
    def residual(self) -> dict[str, str]:
        """Risk → what remains, once the form is valid."""
        return {risk.id: self.cleaned_data[f"risk_{risk.id}"] for risk in self.risks}
