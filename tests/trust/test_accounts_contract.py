"""What the accounts give to the house is whole: every address has its row, every event its words, every page opens in both languages."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone, translation

import havre.trust
from havre.trust.accounts import urls
from havre.trust.contract import AUDIT_WORDS, NAVIGATION, URLS
from havre.trust.enums import Role
from havre.trust.middleware import DOOR
from tests.factories_accounts import person, sign_in

SOURCES = Path(havre.trust.__file__).parent


def test_every_address_has_its_row_and_every_row_its_address():
    names = sorted(one.name for one in [*urls.mine, *urls.others, *urls.emergencies, *urls.urlpatterns] if hasattr(one, "name"))
    assert (
        sorted(row.name for row in URLS if not row.name.startswith(("history_", "retention", "identity_", "restriction", "assessment")))
        == names
    )
    assert len(set(names)) == len(names)


def test_navigation_leads_to_addresses():
    assert [bool(reverse(link.url_name)) for link in NAVIGATION] == [True] * len(NAVIGATION)


def test_every_event_has_its_words():
    written = set()
    for path in (*(SOURCES / "accounts").rglob("*.py"), *(SOURCES / "merging").rglob("*.py")):
        written |= set(re.findall(r'(?:event=|@act\(|note\()"([a-z_.]+)"', path.read_text()))
    # written by other modules of trust: the last one by the middleware, for any part's door
    others = ("identity.", "erasure.", "history.", "retention.", "restriction.", "assessment.", DOOR)
    assert written == {event for event, _words in AUDIT_WORDS if not event.startswith(others)}


@pytest.mark.parametrize("path", sorted((SOURCES / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_template_holds_no_inline_script_style_or_remote_host(path):
    words = path.read_text()
    assert " style=" not in words
    assert not re.search(r"\son[a-z]+=", words)
    assert "http" not in words
    for opening in re.findall(r"<script[^>]*>", words):
        assert "src=" in opening or 'type="application/json"' in opening
    assert get_template(str(path.relative_to(SOURCES / "templates")))


# reviewed by hand: what a form keeps from the browser's history
def test_forms_that_take_words_keep_them_from_the_browser():
    for path in (SOURCES / "templates").rglob("*.html"):
        for form in re.findall(r"<form.*?</form>", path.read_text(), re.DOTALL):
            if "_fields.html" in form and "_reasons" not in form:
                # a choice of radio buttons is no typed word
                assert 'autocomplete="off"' in form or path.name in {"jobs.html", "glass.html"}, path.name


OWN = ["/accounts/jobs/", "/accounts/devices/", "/accounts/passphrase/", "/accounts/factors/", "/accounts/confirm/", "/accounts/logout/"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_opens_in_both_languages(client, language):
    job = person(Role.ADMINISTRATOR, user__language=language)
    sign_in(client, job.user)
    place = f"/organisations/{job.organisation_id}/"
    for path in [*OWN, "/organisations/", "/organisations/add/", place, f"{place}invite/", "/accounts/factors/app/remove/"]:
        page = client.get(path)
        assert (page.status_code, page["Content-Language"]) == (200, language), path
    client.logout()
    with translation.override(language):
        for path in ["/accounts/login/", "/accounts/code/", "/calendar/"]:
            assert client.get(path, headers={"accept-language": language}).status_code == 200


@pytest.mark.parametrize("language", ["en", "fr"])
def test_everyday_page_says_the_whole_date_as_a_calendar_does(client, language):
    page = client.get("/calendar/", headers={"accept-language": language}).content.decode()
    today = timezone.localdate()
    assert str(today.year) in page.split('<p class="quiet">')[1].split("</p>")[0]
    assert ("today" if language == "en" else "aujourd’hui") not in page.lower()


def test_every_string_of_the_accounts_is_in_french():
    catalogue = (SOURCES / "locale/fr/LC_MESSAGES/django.po").read_text()
    known = {eval_po(found) for found in re.findall(r'^msgid (".*")$', catalogue, re.MULTILINE)}
    used = set()
    for path in (SOURCES / "templates").rglob("*.html"):
        used |= set(re.findall(r"{% translate [\"']([^%]+?)[\"'](?: context [\"'].+?[\"'])?(?: as \w+)? %}", path.read_text()))
    assert used - known == set()
    assert "fuzzy" not in catalogue
    assert not re.search(r'^msgstr(\[\d\])? ""$', catalogue.split("\n\n", 1)[1], re.MULTILINE)


def eval_po(quoted: str) -> str:
    return quoted[1:-1].replace('\\"', '"')
