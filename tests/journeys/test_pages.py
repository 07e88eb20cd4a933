"""Every page of the shell, in both languages, at both widths: no barrier, no foreign request, no sideways scroll."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from havre import trust
from havre.register import notes
from havre.trust import identity
from havre.trust.contracts import Waiting
from havre.trust.enums import Role, Section
from tests.factories_site import make_case_now, make_now, person_of, waiting
from tests.journeys.conftest import WIDTHS

# WCAG 2.0 to 2.2, A and AA, and axe's own best practice
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PUBLIC = {"sign-in": "/accounts/login/", "accessibility": "/help/accessibility/", "missing": "/nowhere/"}
STAFF = {
    "home": "/",
    "cases": "/d/",
    "cases-none": "/d/?tab=closed",
    "cases-wrong": "/d/?since=2026-02-01&until=2026-01-01",
    "search": "/d/search/",
    "search-found": "/d/search/?ref=D-",
    "case": "/d/{ref}/",
    "case-locked": "/d/{ref}/?part=health",
    "name": "/d/{ref}/name/",
    "note": "/d/{ref}/note/",
    "styleguide": "/styleguide/",
    "missing": "/nowhere/",
}


@pytest.fixture
def caseload(unlocked):
    """A case manager with a few cases, one of them with notes."""

    def make(language: str):
        actor = make_now(language=language, organisation__name="Foyer des Trois Rivières", user__name="Awa Example")
        case = make_case_now(actor, days=28, urgent=True)
        for days in range(1, 6):
            make_case_now(actor, days=days * 9, age=None if days == 2 else 10 + days * 4, status="FollowUp" if days == 3 else "Active")
        with trust.acting(actor):
            identity.write(
                by=actor,
                case_id=case.pk,
                person_id=person_of(case).pk,
                section=Section.IDENTITY,
                kind="identity",
                body={"prs_FirstName": "Efua", "prs_LastName": "Example"},
            )
            notes.add(
                case_id=case.pk,
                person_id=person_of(case).pk,
                section=Section.PROTECTION,
                happened_at=actor.at,
                words="Sleeps better. Safety plan read again together.",
                by=actor,
            )
        return actor, case

    return make


def barriers(page) -> list[str]:
    # a link that was clicked gives its page back before the styles are there: unstyled links stand too close
    page.wait_for_load_state()
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    return [f"{one['id']}: {node['html'][:160]}" for one in found.response["violations"] for node in one["nodes"]]


def test_checker_sees_a_barrier_and_a_page_that_is_too_wide(visit):
    window = visit(width=360)
    window.page.set_content('<html lang="en"><title>x</title><main><h1>x</h1><img src="x"><p><input></p></main></html>')
    assert {line.split(":")[0] for line in barriers(window.page)} >= {"image-alt", "label"}
    window.page.set_content("<pre>" + "wide " * 200 + "</pre>")
    assert window.overflow() > 0


def looked_over(window, path: str, name: str) -> list[str]:
    window.go(path)
    window.picture(name)
    wrong = [f"{name}: {barrier}" for barrier in barriers(window.page)]
    if window.overflow() > 0:
        wrong.append(f"{name}: {window.overflow()} px too wide")
    return wrong


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_of_staff_has_no_barrier_and_asks_nobody_else(visit, caseload, language, width):
    actor, case = caseload(language)
    window = visit(actor, width=width)
    wrong = []
    for name, path in STAFF.items():
        wrong += looked_over(window, path.format(ref=case.ref), f"{name}-{language}-{width}")
    assert (wrong, window.foreign) == ([], [])
    assert [text for text in window.complaints if "Content Security" in text or "Refused" in text] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_public_page_has_no_barrier_and_asks_nobody_else(visit, language, width):
    window = visit(width=width, language=language)
    wrong = []
    for name, path in PUBLIC.items():
        wrong += looked_over(window, path, f"public-{name}-{language}-{width}")
    assert (wrong, window.foreign) == ([], [])


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.RAPPORTEUR, Role.DATA_PROTECTION_OFFICER, Role.ADMINISTRATOR, Role.TRAINER])
def test_home_of_roles_without_cases_has_no_barrier(visit, role):
    window = visit(make_now(role, language="fr"), width=360)
    assert looked_over(window, "/", f"home-{role}-fr-360") == []


def busy(now):
    return (
        Waiting("D-2398 · Rendre la réponse à la personne", "/d/", now - timedelta(hours=15), "L’hébergement a répondu lundi."),
        Waiting("D-2431 · Répondre à l’orientation reçue", "/d/", now + timedelta(minutes=90), "Besoin : une nuit à l’abri."),
        Waiting("D-2407 · Revoir le plan de sécurité", "/d/", None, "Le plan se revoit à chaque contact.", urgent=True),
        Waiting("D-2419 · Fin du délai de rétablissement", "/d/", now + timedelta(days=3), "Proposer la prolongation."),
        Waiting("D-2376 · Suivi après retour", "/d/", now + timedelta(days=12)),
        Waiting("Consultation médicale", "/d/", now + timedelta(days=1), awaited_from="Centre de santé du Port"),
        Waiting("Avocate commise d’office", "/d/", now - timedelta(days=2), awaited_from="Barreau, permanence"),
    )


@pytest.mark.parametrize("width", WIDTHS)
def test_busy_home_has_no_barrier(visit, caseload, width):
    actor, _case = caseload("fr")
    window = visit(actor, width=width)
    with waiting(*busy(timezone.now())):
        assert looked_over(window, "/", f"home-busy-fr-{width}") == []


def test_dark_pages_have_no_barrier(visit, caseload):
    actor, case = caseload("en")
    window = visit(actor, dark=True)
    wrong = []
    for name in ("home", "cases", "case", "styleguide"):
        wrong += looked_over(window, STAFF[name].format(ref=case.ref), f"{name}-dark")
    assert wrong == []


def test_note_without_script_is_recorded(visit, caseload):
    actor, case = caseload("en")
    window = visit(actor, script=False, width=360)
    window.go(f"/d/{case.ref}/")
    window.page.click("text=Write a note")
    window.page.select_option("[name=section]", label="Protection")
    window.page.fill("[name=words]", "Wants to learn tailoring.")
    window.page.click("text=Record the note")
    assert window.page.locator("text=Wants to learn tailoring.").count() == 1
    assert window.page.url.endswith(f"/d/{case.ref}/")


def test_menu_on_a_phone_opens_without_script(visit):
    window = visit(make_now(), script=False, width=360)
    window.go("/")
    rail = window.page.locator("#menu")
    assert not rail.is_visible()
    window.page.click("text=Menu")
    assert rail.is_visible()
    assert window.overflow() <= 0


def test_name_opens_on_a_reason_and_is_not_there_on_the_way_back(visit, caseload):
    actor, case = caseload("en")
    window = visit(actor)
    window.go(f"/d/{case.ref}/")
    window.page.click("text=Open, for a reason")
    window.page.check("[value=contact]")
    window.page.click("text=Open the name")
    assert window.page.locator("text=Efua Example").count() == 1
    window.page.click("text=Close and go back to the case")
    assert window.page.locator("text=Efua").count() == 0


def test_keyboard_reaches_the_content_first(visit):
    window = visit(make_now())
    window.go("/")
    window.page.keyboard.press("Tab")
    assert window.page.evaluate("document.activeElement.className") == "skip"
    window.page.keyboard.press("Enter")
    assert window.page.evaluate("document.activeElement.id") == "content"


def test_language_switch_changes_the_page_one_is_on(visit):
    window = visit(make_now(), script=False)
    window.go("/d/")
    window.page.click("button[lang=fr]")
    assert window.page.url.endswith("/d/")
    assert window.page.get_attribute("html", "lang") == "fr"


def test_paper_holds_no_menu_and_says_whose_copy_it_is(visit, caseload):
    actor, case = caseload("fr")
    window = visit(actor)
    window.go(f"/d/{case.ref}/")
    window.page.emulate_media(media="print")
    assert not window.page.locator(".rail").is_visible()
    assert not window.page.locator(".bar").is_visible()
    assert "Awa Example" in window.page.locator(".print-foot").inner_text()


@pytest.mark.parametrize("script", [True, False])
def test_leave_opens_an_everyday_page_and_ends_the_session(visit, caseload, script):
    actor, case = caseload("en")
    window = visit(actor, script=script, width=360)
    window.go("/")
    window.go(f"/d/{case.ref}/")
    window.page.click("a.leave")
    window.page.wait_for_load_state()
    assert case.ref not in window.page.content()
    if script:
        # the page was replaced: the way back leads past it
        window.page.go_back()
        assert f"/d/{case.ref}/" not in window.page.url
    window.go(f"/d/{case.ref}/")
    assert "/accounts/login/" in window.page.url
