"""What the forms of every part share: days of the Common Era, and a service's complaints beside the fields that they are about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.trust.eras import our_era
from havre.trust.errors import Invalid

# how far a telephone's clock may run ahead of the house's
GRACE = timedelta(minutes=5)
_SAME: Mapping[str, str] = MappingProxyType({})


class DayInput(forms.DateInput):
    """The browser's own day picker; a text field where it has none. The value stands as `YYYY-MM-DD`, the one form that pickers read."""

    input_type = "date"

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs=dict(attrs or {}), format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """The browser's own picker of day and hour. The value stands as `YYYY-MM-DDTHH:MM`, to the minute."""

    input_type = "datetime-local"

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs=dict(attrs or {}), format="%Y-%m-%dT%H:%M")


class DayField(forms.DateField):
    """A day of the Common Era: every form of the house asks for days with this. A year of the Buddhist Era is refused with the one to write."""

    widget = DayInput
    default_validators = [our_era]


class MomentField(forms.DateTimeField):
    """A day and hour of the Common Era, where the house is: every form of the house asks for moments with this. Eras as for `DayField`."""

    widget = MomentInput
    default_validators = [our_era]


def has_been(when: date) -> None:
    """Refuse a day or moment that has not come yet: what a right rests on was done, or it was not. Raises: ValidationError."""
    ahead = when > timezone.now() + GRACE if isinstance(when, datetime) else when > timezone.localdate()
    if ahead:
        raise forms.ValidationError(_("This has not been yet: write when it was done, and leave it empty until then."), code="future")


class PastDayField(DayField):
    """A day that has been."""

    default_validators = [*DayField.default_validators, has_been]


class PastMomentField(MomentField):
    """A moment that has been: when rights were explained, a period offered, an answer given."""

    default_validators = [*MomentField.default_validators, has_been]


def tell(form: forms.BaseForm, invalid: Invalid, fields: Mapping[str, str] = _SAME) -> None:
    """Put what a service found wrong beside the field it is about, or on top of the form where the form has no such field.

    Args: fields, the field in which a service's argument was typed, where the two differ in name.
    """
    for name, words in invalid.problems.items():
        field = fields.get(name, name)
        form.add_error(field if field in form.fields else None, [str(word) for word in words])
