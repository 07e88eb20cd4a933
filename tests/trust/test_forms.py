"""What the forms of every part share: one field for days, and complaints beside the fields that they are about."""

import importlib
import pkgutil
from datetime import date

import pytest
from django import forms
from django.urls import reverse
from django.utils import timezone, translation

import havre
from havre.trust.enums import Role
from havre.trust.errors import Invalid
from havre.trust.forms import DayField, DayInput, MomentField, tell
from tests.factories import make_actor
from tests.pages import browser, shell  # noqa: F401


class Asked(forms.Form):
    """A form of a day and a name, as a part would write it."""

    day = DayField()
    at = MomentField(required=False)
    name = forms.CharField(required=False)


def house_forms(known: type = forms.BaseForm) -> set[type]:
    """Every form class of the house."""
    for one in pkgutil.walk_packages(havre.__path__, "havre."):
        if "forms" in one.name or ".views" in one.name:
            importlib.import_module(one.name)
    found = set(known.__subclasses__())
    return {one for kind in found for one in {kind, *house_forms(kind)} if one.__module__.startswith("havre.")}


def test_every_form_of_the_house_asks_for_days_with_the_houses_own_field():
    wrong = [
        f"{form.__module__}.{form.__name__}.{name}"
        for form in house_forms()
        for name, field in form.base_fields.items()
        if isinstance(field, forms.DateField | forms.DateTimeField) and not isinstance(field, DayField | MomentField)
    ]
    assert wrong == []


@pytest.mark.parametrize("field", ["day", "at"])
def test_year_of_the_buddhist_era_is_refused_beside_its_field_with_the_year_to_write(field):
    form = Asked({"day": "2026-11-29", field: "2569-11-29"})
    assert form.errors == {field: ["2569 looks like a year of the Buddhist Era: write 2026"]}


def test_day_is_shown_as_pickers_read_it_in_every_language():
    with translation.override("fr"):
        page = str(Asked(initial={"day": date(2026, 11, 29), "at": timezone.make_aware(timezone.datetime(2026, 11, 29, 14, 5))}))
    assert 'type="date" name="day" value="2026-11-29"' in page
    assert 'type="datetime-local" name="at" value="2026-11-29T14:05"' in page


def test_input_of_a_day_takes_attributes_of_its_own():
    assert 'autocomplete="off"' in str(DayInput({"autocomplete": "off"}).render("day", None))


def test_complaints_stand_beside_their_fields_and_the_rest_on_top():
    form = Asked({"day": "2026-11-29"})
    tell(form, Invalid({"ends_at": ["too far", "a Sunday"], "case": ["closed"], "": ["once only"]}), {"ends_at": "day"})
    assert form.errors == {"day": ["too far", "a Sunday"], "__all__": ["closed", "once only"]}


@pytest.mark.usefixtures("shell")
def test_case_list_answers_a_buddhist_year_with_the_one_to_write():
    page = browser(make_actor(Role.CASE_MANAGER, at=timezone.now())).get(reverse("cases"), {"since": "2569-01-01"})
    assert "2569 looks like a year of the Buddhist Era: write 2026" in page.content.decode()
