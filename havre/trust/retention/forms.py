"""Forms of retention."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from havre.trust.forms import DayField
from havre.trust.models.retention import HoldReason


class HoldForm(forms.Form):
    """Which case is kept, why, and when to ask again. The reference is typed as it stands on the paper that asks for the hold."""

    ref = forms.CharField(max_length=16, label=_("Reference of the file"))
    reason = forms.ChoiceField(choices=HoldReason.choices, label=_("Why it is kept"))
    review_on = DayField(label=_("Ask again on"))
