"""What a right rests on has been: no form takes a day or moment that has not come yet, in any part."""

from datetime import timedelta

import pytest
from django import forms
from django.utils import timezone

from havre.justice.forms import ClaimForm, ProceedingForm
from havre.justice.forms_records import WageForm
from havre.protection.forms import RecordForm
from havre.referral.forms import OfferForm
from havre.trust.forms import PastDayField, PastMomentField


def taken(field, **ahead):
    try:
        field.clean((timezone.localtime() + timedelta(**ahead)).strftime("%Y-%m-%dT%H:%M"))
    except forms.ValidationError as error:
        return error.error_list[0].code
    return "kept"


@pytest.mark.parametrize(
    ("ahead", "said"), [({"minutes": -1}, "kept"), ({"minutes": 3}, "kept"), ({"minutes": 30}, "future"), ({"days": 400}, "future")]
)
def test_moment_that_has_not_come_is_refused_and_a_clock_a_little_ahead_is_not(ahead, said):
    assert taken(PastMomentField(), **ahead) == said


def test_day_of_tomorrow_is_refused_and_today_is_not():
    today = timezone.localdate()
    assert PastDayField().clean(today.isoformat()) == today
    with pytest.raises(forms.ValidationError, match="has not been yet"):
        PastDayField().clean((today + timedelta(days=1)).isoformat())
    with pytest.raises(forms.ValidationError, match="Buddhist"):
        PastDayField().clean("2569-11-29")


@pytest.mark.parametrize(
    ("form", "names"),
    [
        (RecordForm, ["informed_at", "recovery_offered_at", "notice_at"]),
        (ProceedingForm, ["lawyer_at", "threats_assessed_at", "informed_at", "nexus_assessed_at"]),
        (ClaimForm, ["wanted_at", "lawyer_at"]),
        (OfferForm, ["best_interests_at", "child_heard_at", "guardian_named_at"]),
    ],
)
def test_right_is_never_met_by_a_moment_of_the_future(form, names):
    assert {name: taken(form.base_fields[name], days=9) for name in names} == dict.fromkeys(names, "future")


def test_wage_is_reckoned_up_to_today_only():
    with pytest.raises(forms.ValidationError, match="has not been yet"):
        WageForm.base_fields["last"].clean((timezone.localdate() + timedelta(days=30)).isoformat())
