"""An offence is chosen from the country's articles and the ICCS categories; another one is cited, and nothing else can be written there."""

import pytest
from django.urls import reverse

from havre import standards, trust
from havre.justice import services
from havre.justice.models import Charge
from havre.justice.models.proceedings import ICCS
from havre.register.models import Case
from havre.trust.errors import Invalid
from tests.justice.acting import justice
from tests.pages import browser, shell  # noqa: F401

ADD = {"article_code": "", "article": "", "iccs": "", "suspect_id": ""}


def charged():
    return Charge.objects.for_house("tests").values_list("article_code", "article", "iccs").get()


def add(proceeding, by, **told):
    with trust.acting(by):
        return services.add_charge(proceeding_id=proceeding.pk, by=by, **told)


def test_list_of_each_country_is_whole():
    book = standards.offences()
    assert set(book.articles) == set(standards.country_codes())
    for code in book.labels:
        ICCS(code)
    assert len(set(book.article_codes)) == len(book.article_codes)
    assert max(len(code) for code in book.article_codes) <= Charge._meta.get_field("article_code").max_length
    assert {one.confidence for one in book.categories} == {"low"}


def test_article_of_the_list_brings_its_citation_and_category(proceeding, police):
    add(proceeding, police, article_code="gh-694-1")
    assert charged() == ("gh-694-1", "Act 694 s. 1", "0204")


def test_category_that_is_chosen_is_kept(proceeding, police):
    add(proceeding, police, article_code="gh-694-1", iccs="02042")
    assert charged() == ("gh-694-1", "Act 694 s. 1", "02042")


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({}, "article_code"),
        ({"article_code": "th-atip-6"}, "article_code"),
        ({"article_code": "gh-694-1", "article": "s. 9"}, "article"),
        ({"article_code": "gh-694-6"}, "iccs"),
        ({"article": "s. 9"}, "iccs"),
        ({"article": "s. 9", "iccs": "trafficking"}, "iccs"),
        ({"article": "she lives at 12 Harbour Road; ring twice", "iccs": "0204"}, "article"),
    ],
)
def test_offence_that_cannot_be_is_invalid_with_what_to_mend(proceeding, police, told, field):
    with pytest.raises(Invalid) as invalid:
        add(proceeding, police, **told)
    assert field in invalid.value.problems
    assert not Charge.objects.for_house("tests").exists()


@pytest.mark.usefixtures("shell")
def test_page_offers_the_articles_of_the_cases_country_alone_and_keeps_what_was_typed(case, proceeding, prosecutor):
    Case.objects.for_house("tests").filter(pk=case.pk).update(country="TH")
    client, url = browser(prosecutor), reverse("justice:charge", args=[proceeding.pk])
    page = client.get(reverse("justice:proceeding", args=[proceeding.pk])).content.decode()
    assert "ATIP Act s. 6/1" in page and "Act 694" not in page and "02042 Trafficking" in page
    wrong = client.post(url, {**ADD, "article": "s. 12(3)"})
    assert (wrong.status_code, "s. 12(3)" in wrong.content.decode()) == (422, True)
    assert client.post(url, {**ADD, "article_code": "gh-694-1"}).status_code == 422
    assert client.post(url, {**ADD, "article_code": "th-atip-6-1"}).status_code == 302
    assert charged() == ("th-atip-6-1", "ATIP Act s. 6/1", "02032")


@pytest.mark.usefixtures("shell")
def test_country_without_a_list_cites_its_article(case, proceeding):
    Case.objects.for_house("tests").filter(pk=case.pk).update(country="FR")
    client = browser(justice("prosecutor", case))
    page = client.get(reverse("justice:proceeding", args=[proceeding.pk])).content.decode()
    assert 'name="article_code"' not in page
    told = {**ADD, "article": "art. 225-4-1", "iccs": "0204"}
    assert client.post(reverse("justice:charge", args=[proceeding.pk]), told).status_code == 302
    assert charged() == ("", "art. 225-4-1", "0204")
