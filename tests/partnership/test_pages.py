"""The coordinator's pages, through the front door: numbers only, small ones hidden."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from havre import standards
from havre.partnership import queries
from havre.partnership.counting import periods
from havre.protection.workflow import FIRST_NEEDS
from havre.register.models import Case, LinkAssertion
from havre.standards.models import FactRevision
from havre.trust import clocks
from havre.trust.enums import Role
from havre.trust.models import Seal
from tests.factories import NOW, UserFactory
from tests.factories_partnership import day_of_period, make_agreement, make_chain, make_late, refer
from tests.factories_site import make_now, signed_in
from tests.french import french  # noqa: F401
from tests.pages import shell  # noqa: F401

pytestmark = pytest.mark.usefixtures("shell")
PAGES = ("board", "detected", "commitments", "agreements")
OPEN_TO = {
    "board": {Role.COORDINATOR},
    "detected": {Role.COORDINATOR, Role.RAPPORTEUR},
    "commitments": {Role.COORDINATOR, Role.RAPPORTEUR},
    "agreements": {Role.COORDINATOR, Role.ADMINISTRATOR},
}


def words_of(response) -> str:
    """What a reader reads, without markup."""
    assert response.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def page(name, role=Role.COORDINATOR, **query):
    return signed_in(make_now(role)).get(reverse(f"partnership:{name}"), query)


def numbers(name, **query) -> dict[str, list[str]]:
    """Each row's heading and its numbers, as shown."""
    html = page(name, **query).content.decode()
    found = {}
    for row in re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", html, re.S):
        title = unescape(re.sub(r"<p.*", "", row.partition("</th>")[0], flags=re.S)).strip()
        found[title] = [unescape(cell).strip() for cell in re.findall(r'<td class="num"[^>]*>(.*?)</td>', row, re.S)]
    return found


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", list(Role))
def test_page_is_open_to_its_roles_and_refused_to_the_others(name, role):
    assert page(name, role).status_code == (200 if role in OPEN_TO[name] else 403)


@pytest.mark.parametrize("name", PAGES)
def test_page_without_sign_in_leads_to_the_door(client, name):
    response = client.get(reverse(f"partnership:{name}"))
    assert (response.status_code, reverse("account_login") in response.url) == (302, True)


def test_board_shows_the_chain_with_its_numbers_rounded():
    people = make_chain(12)
    refer(people)
    found = numbers("board")
    steps = ("Screened", "Presumed victims", "Decided", "– of whom confirmed", "Referred", "Plan started", "Case closed")
    assert [found[step] for step in steps] == [["15"]] * 7
    assert found["– of whom not confirmed"] == ["< 11"]


def test_board_shows_median_and_ninth_decile_of_those_whose_step_ended():
    make_chain(12, waits=4)
    make_chain(11, waits=20)
    make_chain(11, status="presumed")
    found = numbers("board")
    assert found["Identification opened → presumed"] == ["35", "4", "20", "< 11"]
    assert found["Presumed → decided (recovery period included)"] == ["25", "4", "20", "15"]
    assert found["Case opened → case closed"] == ["35", "8", "40", "–"]


@pytest.mark.parametrize("number", [0, 1, 10])
def test_board_never_shows_a_number_below_eleven(number):
    people = make_chain(number)
    refer(people)
    make_late(people, FIRST_NEEDS)
    counted = {cell for cells in numbers("board").values() for cell in cells}
    assert counted == {"< 11", "not shown", "–"}


def test_board_leaves_sealed_cases_out():
    people = make_chain(12)
    for person in people[:2]:
        Seal.objects.create(case_id=person.case_id, reason="threat", starts_at=NOW, review_on=NOW.date(), by=UserFactory())
    make_late(people, FIRST_NEEDS)
    found = numbers("board")
    assert (found["Screened"], found["Decided"]) == (["< 11"], ["< 11"])
    # none of its figures may be shown: it stands among those that are folded away
    assert str(FIRST_NEEDS.title) not in found
    assert f"<li>{FIRST_NEEDS.title}</li>" in page("board").content.decode()


def test_board_of_another_year_counts_nobody_of_this_one():
    make_chain(12)
    assert numbers("board", year=day_of_period().year - 1)["Screened"] == ["< 11"]


def test_board_of_a_year_without_figures_says_which_there_are():
    response = page("board", year="1999")
    assert response.status_code == 422
    assert str(day_of_period().year) in response.content.decode()


def test_board_shows_no_reference_and_no_id_of_a_case():
    make_chain(12)
    html = page("board").content.decode() + page("detected").content.decode()
    assert [case.ref for case in Case.objects.for_house("tests") if case.ref in html or str(case.pk) in html] == []


def test_late_deadlines_are_counted_by_rule_and_wait_for_the_coordinator():
    make_late(make_chain(12), FIRST_NEEDS)
    assert numbers("board")[str(FIRST_NEEDS.title)] == ["< 11", "15", "< 11", "< 11"]
    assert [str(one.title) for one in queries.waiting(make_now(Role.COORDINATOR))] == [
        "Deadlines have passed and nobody has closed them: 15"
    ]
    assert list(queries.waiting(make_now(Role.RAPPORTEUR))) == []


def test_each_deadline_says_what_runs_and_what_ended_in_time_and_late():
    """Twelve run, thirteen ended in time, fourteen late; a sealed case is in none of them."""
    people = make_chain(40)
    begun = day_of_period() - timedelta(days=40)
    for number, person in enumerate(people):
        ids = {"case_id": person.case_id, "subject_id": person.pk, "by": None}
        clock = clocks.start(FIRST_NEEDS, at=timezone.now() - timedelta(minutes=5) if number < 12 else begun, **ids)
        if 12 <= number < 25:
            clocks.end(clock, at=begun + timedelta(hours=1), by=None)
        elif 25 <= number < 39:
            clocks.end(clock, at=day_of_period(), by=None)
        elif number == 39:
            clocks.end(clock, at=day_of_period(), by=None)
            Seal.objects.create(case_id=person.case_id, reason="threat", starts_at=NOW, review_on=NOW.date(), by=UserFactory())
    found = {one.title: one for one in queries.against_clocks(periods(timezone.localdate())[0], timezone.now())}[FIRST_NEEDS.title]
    assert (found.running, found.passed, found.kept, found.late) == (15, None, 15, 15)


def test_detected_without_population_says_not_known_and_shows_counts_only():
    make_chain(12)
    make_chain(13, status="presumed", gender="Masculine", age=15)
    words = words_of(page("detected"))
    assert "not known" in words
    assert "the resident population of the country has not been set" in words
    found = numbers("detected")
    assert [found[row] for row in ("Detected victims", "– of whom confirmed", "– of whom presumed", "Reports received")] == [
        ["25"], ["15"], ["15"], ["25"],
    ]  # fmt: skip
    assert [found[row] for row in ("Female", "Male", "Adults", "Children", "Forced labour or services")] == [
        ["15"],
        ["15"],
        ["15"],
        ["15"],
        ["25"],
    ]


def set_population(number):
    FactRevision.objects.create(
        country="gh", fact="population", value=number, valid_from=day_of_period().date().replace(month=1, day=1), source="Example census",
        confidence="high", state="in_force", author_id=UserFactory().pk, reviewer_id=UserFactory().pk, proposed_at=timezone.now(),
        reviewed_at=timezone.now(), in_force_at=timezone.now(),
    )  # fmt: skip


def test_detected_with_population_shows_the_rate_of_the_number_shown(settings):
    settings.HAVRE_COUNTRY = "gh"
    set_population(1_000_000)
    make_chain(12)
    words = words_of(page("detected"))
    assert "1.50" in words
    assert "Example census" in words


def test_detected_with_population_and_few_persons_shows_no_rate(settings):
    settings.HAVRE_COUNTRY = "gh"
    set_population(1_000_000)
    make_chain(10)
    words = words_of(page("detected"))
    assert "Fewer than 11 persons: neither the number nor the rate is shown." in words
    assert "1.00" not in words


def test_detected_counts_two_linked_records_as_one_person_until_the_link_is_undone():
    people = make_chain(16)
    first, second = people[:2]
    link = LinkAssertion(case_id=first.case_id, first=first, second=second, by=UserFactory())
    link.save(force_insert=True)
    assert numbers("detected")["Detected victims"] == ["15"]
    LinkAssertion.objects.for_house("tests").update(undone_at=timezone.now(), undone_by=UserFactory())
    assert numbers("detected")["Detected victims"] == ["20"]


def test_detected_leaves_out_whoever_was_not_confirmed():
    make_chain(12)
    make_chain(12, status="not_confirmed")
    assert numbers("detected")["Detected victims"] == ["15"]


def test_commitments_shows_every_row_with_its_indicator_and_how_it_is_measured():
    words = words_of(page("commitments"))
    book = standards.commitments().commitments
    with translation.override("en"):
        assert [one.id for one in book if " ".join(str(one.indicator).split()) not in words] == []
    assert len(numbers("commitments")) == len({str(one.commitment) for one in book}) == 42
    assert words.count("Entered by hand") == sum(one.computed == "manual_entry" for one in book)


def test_agreements_show_parties_sections_and_whether_they_are_in_force():
    make_agreement(days=200, sections=1 | 32)
    make_agreement(days=-1, reference="EX 2")
    make_agreement(days=10, reference="EX 3")
    make_agreement(days=400, started=-100, reference="EX 4")
    make_agreement(days=200, reference="EX 5", ended_at=timezone.now())
    words = words_of(page("agreements", Role.ADMINISTRATOR))
    assert "2 in force. Without one" in words
    states = ("not in force: nothing is transferred", "in force, ends soon", "not yet in force")
    assert [words.count(state) for state in states] == [2, 1, 1]
    assert "File, Protection" in words


def test_agreement_that_ends_within_thirty_days_waits_for_the_coordinator():
    make_agreement(days=30)
    make_agreement(days=31)
    make_agreement(days=-1)
    make_agreement(days=3, ended_at=timezone.now())
    actor = make_now(Role.COORDINATOR)
    assert [(str(one.title), one.url) for one in queries.waiting(actor)] == [
        ("Agreement between Example police and Example shelter ends", reverse("partnership:agreements"))
    ]
    home = words_of(signed_in(actor).get(reverse("home")))
    assert "Agreement between Example police and Example shelter ends" in home


@pytest.mark.parametrize("name", PAGES)
def test_page_asks_the_same_queries_with_one_case_and_with_twenty(name):
    client = signed_in(make_now(Role.COORDINATOR))
    asked = []
    for number in (1, 19):
        refer(make_chain(number))
        make_agreement(days=3)
        client.get(reverse(f"partnership:{name}"))
        with CaptureQueriesContext(connections["default"]) as captured:
            client.get(reverse(f"partnership:{name}"))
        asked.append(len(captured))
    assert asked[0] == asked[1] <= 40


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("board", "Où la chaîne attend"),
        ("detected", "Victimes détectées"),
        ("commitments", "Engagements"),
        ("agreements", "Accords de partage"),
    ],
)
def test_page_speaks_french(french, name, said):  # noqa: F811
    make_agreement(days=3)
    client = signed_in(make_now(Role.COORDINATOR, language="fr"))
    client.cookies["django_language"] = "fr"
    words = words_of(client.get(reverse(f"partnership:{name}"), headers={"accept-language": "fr"}))
    assert said in words
    assert "Where the chain" not in words
