"""The rates that a country's profile holds are offered with their source, taken by nobody by themselves, and give way to what is typed."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from havre.justice.models import CompensationClaim, WageCalculation
from havre.justice.services import lost_wages
from havre.register.models import Case
from havre.trust.enums import Basis, Role
from tests.factories import give_to, make_actor, make_case
from tests.factories_casework import person_of
from tests.pages import browser, shell  # noqa: F401

pytestmark = pytest.mark.usefixtures("shell")
WORK = {
    "first": "2025-03-01", "last": "2025-03-28", "days_a_week": "6", "hours_a_week": "48", "normal_hours": "48", "overtime_factor": "1.5",
    "unit": "day", "paid": "0", "deducted": "0", "currency": "GHS", "act": "reckon",
}  # fmt: skip


def a_claim(country="GH"):
    case = make_case(make_actor(at=timezone.now()))
    Case.objects.for_house("tests").filter(pk=case.pk).update(country=country)
    lawyer = make_actor(Role.LEGAL_AID, at=timezone.now())
    give_to(lawyer, case, basis=Basis.CONSENT)
    claim = CompensationClaim(case=case, person=person_of(case), informed_at=lawyer.at, language="eng", kind="wages")
    claim.save(force_insert=True)
    return browser(lawyer), reverse("justice:wages", args=[claim.pk])


def offered(name, country, amount, where=""):
    found = lost_wages.offers(name, country, on=date(2026, 11, 28))
    return next(one for one in found if one.rate.amount == Decimal(amount) and where in one.where)


def test_rates_are_offered_with_source_and_unverified_and_none_is_taken_by_itself():
    client, url = a_claim()
    page = client.get(url).content.decode()
    assert "19.97 GHS a day" in page and "unverified" in page and "National Tripartite Committee" in page
    assert "C.I. 52" not in page and "bank rate prevailing" in page
    assert client.post(url, WORK).status_code == 422


def test_chosen_rate_is_reckoned_with_its_source_and_the_doubt_is_kept():
    client, url = a_claim()
    known = offered("minimum_wage", "GH", "19.97").code
    page = client.post(url, {**WORK, "known": known}).content.decode()
    # four weeks of six days
    assert "479.28" in page and "gh.minimum_wage" in page and "signed by nobody here" in page
    assert client.post(url, {**WORK, "known": known, "act": "keep"}).status_code == 302
    kept = WageCalculation.objects.for_house("tests").get()
    assert kept.total == Decimal("479.28")
    assert "National Tripartite Committee" in kept.given[0]["legal"]["revision"]
    assert "signed by nobody here" in client.get(url).content.decode()


def test_what_is_typed_goes_before_what_is_on_record():
    client, url = a_claim()
    page = client.post(url, {**WORK, "known": offered("minimum_wage", "GH", "19.97").code, "legal": "30"}).content.decode()
    assert "720.00" in page and "signed by nobody here" not in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"first": "2025-02-15"}, "enter one stretch for each rate"),
        ({"last": "2026-01-10"}, "enter one stretch for each rate"),
        ({"currency": "USD"}, "in another currency"),
    ],
)
def test_rate_that_does_not_hold_on_these_days_or_in_this_currency_is_refused_with_what_to_do(change, said):
    client, url = a_claim()
    page = client.post(url, {**WORK, **change, "known": offered("minimum_wage", "GH", "19.97").code})
    assert (page.status_code, said in page.content.decode()) == (422, True)


def test_thailand_offers_the_rate_of_the_province_and_interest_on_wages():
    client, url = a_claim("TH")
    told = {"known": offered("minimum_wage", "TH", "337").code, "known_interest": offered("legal_interest", "TH", "15").code}
    page = client.post(url, {**WORK, "currency": "THB", **told}).content.decode()
    assert "8088.00" in page and "th.legal_interest" in page and "Labour Protection Act s. 9" in page


@pytest.mark.parametrize("country", ["TL", "FR"])
def test_country_without_interest_adds_none(country):
    client, url = a_claim(country)
    page = client.get(url).content.decode()
    assert "known_interest" not in page and "none is added" in page
    assert ("115 USD a month" in page) is (country == "TL")
