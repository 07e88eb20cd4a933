"""Mistakes of a front line at its pages: a refusal says what to do next on the page where it stands, and nothing typed is lost."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from havre.protection.models import IntakePerson, PaperForm, Screening
from havre.register.models import Case
from havre.trust.enums import Role
from tests.factories import make_actor
from tests.pages import browser, shell  # noqa: F401
from tests.protection.test_views import START, hidden, walk

pytestmark = pytest.mark.usefixtures("shell")
CARDS = "protection:cards"


@pytest.fixture
def client():
    return browser(make_actor(Role.FIRST_RESPONDER, at=timezone.now()))


def given(page):
    return {name: value for name, value in hidden(page).items() if name.startswith("a-")}


def test_what_was_left_open_before_the_first_card_is_noted_on_the_last_page_and_the_answers_are_kept(client):
    page = client.post(reverse(CARDS), {**START, "safety_level": "", "medical_need": ""})
    page = client.post(reverse(CARDS), {**hidden(page), "answer": "no", "origin": "seen", "go": "next"})
    answered = given(page)
    refused = client.post(reverse(CARDS), {**hidden(page), "kept_because": "agreed", "go": "keep"})
    assert (refused.status_code, given(refused)) == (409, answered)
    assert 'name="safety_level"' in refused.content.decode() and "safety_level" not in hidden(refused)
    done = {"informed": "on", "privacy_confirmed": "on", "safety_level": "low", "medical_need": "false", "kept_because": "agreed"}
    assert client.post(reverse(CARDS), {**hidden(refused), **done, "go": "keep"}).status_code == 302
    assert Screening.objects.for_house("tests").get().answers.for_house("tests").count() == 1


def test_no_word_yet_on_keeping_leaves_the_rights_where_they_travel(client):
    _seen, last = walk(client)
    refused = client.post(reverse(CARDS), {**hidden(last), "go": "keep"})
    assert (refused.status_code, hidden(refused)["informed"], 'name="medical_need" id' in refused.content.decode()) == (409, "on", False)
    assert client.post(reverse(CARDS), {**hidden(refused), "kept_because": "agreed", "go": "keep"}).status_code == 302


def test_back_from_the_first_card_is_the_page_before_it_with_every_answer(client):
    _seen, last = walk(client)
    first = client.post(reverse(CARDS), {**hidden(last), "card": "1", "go": "back"})
    page = client.post(reverse(CARDS), {**hidden(first), "answer": "refused", "go": "back"})
    text = page.content.decode()
    assert (page.status_code, 'value="24"' in text, 'name="safety_level"' in text, len(given(page))) == (200, True, True, 13)
    assert len([one for one in given(page).values() if one.startswith("refused")]) == 1


def test_key_enter_goes_on_and_never_back(client):
    for page, go in ((client.post(reverse(CARDS), START), "next"), (walk(client)[1], "keep")):
        form = re.search(r"<form.*?</form>", page.content.decode(), re.DOTALL).group(0)
        assert re.search(r'<button[^>]*value="(\w+)"', form).group(1) == go


@pytest.mark.parametrize("told", [{"age_on_opening": "17"}, {"age_on_opening": "", "presumed_minor": "on"}])
def test_set_of_an_adult_is_not_put_to_somebody_under_eighteen_or_presumed_to_be(client, told):
    page = client.post(reverse(CARDS), {**START, **told})
    assert (page.status_code, "choose a set of cards for a child" in page.content.decode()) == (422, True)
    assert client.post(reverse(CARDS), {**START, **told, "profile": "child_labour"}).status_code == 200


def test_answered_no_is_shown_with_who_heard_it(client):
    _seen, last = walk(client, answer="no", origin="said")
    client.post(reverse(CARDS), {**hidden(last), "kept_because": "agreed", "go": "keep"})
    page = client.get(reverse("protection:screening", args=[Screening.objects.for_house("tests").get().pk])).content.decode()
    denied = re.search(r"<h2>Answered no</h2><ul>(.*?)</ul>", page, re.DOTALL).group(1)
    assert (denied.count("<li>"), denied.count("Said, ")) == (13, 13)


def night(client):
    when = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    made = client.post(reverse("protection:groups"), {"happened_at": when, "place": "vessel", "situation": "fishing"})
    return made.headers["Location"]


def test_forty_lines_are_asked_for_without_losing_the_first(client):
    address = night(client)
    lines = {"n-TOTAL_FORMS": "10", "n-INITIAL_FORMS": "0", "n-0-age_band": "adult", "n-0-gender": "ผู้หญิง", "go": "more"}
    page = client.post(address, lines)
    text = page.content.decode()
    assert (page.status_code, text.count("<legend><b>N-"), 'value="ผู้หญิง"' in text, Case.objects.for_house("tests").count()) == (
        200,
        40,
        True,
        0,
    )


@pytest.mark.parametrize(("typed", "status", "kept"), [("Thai", 302, ["tha"]), ("tha", 302, ["tha"]), ("Klingon 😀", 422, [])])
def test_language_of_a_line_is_a_known_code_however_it_is_typed(client, typed, status, kept):
    address = night(client)
    lines = {"n-TOTAL_FORMS": "10", "n-INITIAL_FORMS": "0", "n-0-age_band": "adult", "n-0-language": typed, "go": "take"}
    page = client.post(address, lines)
    assert (page.status_code, [one.language for one in IntakePerson.objects.for_house("tests")]) == (status, kept)
    if status == 302:
        assert '<td data-l="Language">Thai</td>' in client.get(address).content.decode()
    else:
        assert "Klingon" in page.content.decode()


def test_paper_asks_beside_its_own_card_whether_it_was_said_or_seen(client):
    client.post(reverse("protection:paper"), {"situation": "border", "profile": "adult_labour", "count": "1", "go": "print"})
    form = PaperForm.objects.get()
    PaperForm.objects.update(printed_at=timezone.now() - timedelta(hours=3))
    told = {
        "serial": form.serial, "officer": str(form.printed_by_id), "place": "border", "language": "Tetum", "informed": "on",
        "happened_at": (timezone.localtime() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"), "privacy_confirmed": "on", "safety_level": "low",
        "medical_need": "false", "a-SIT-BOR1": "yes", "a-OBS-GEN01": "refused", "kept_because": "agreed",
    }  # fmt: skip
    page = client.post(reverse("protection:paper_typed"), told)
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["o-SIT-BOR1"])
    assert client.post(reverse("protection:paper_typed"), {**told, "o-SIT-BOR1": "said"}).status_code == 302
