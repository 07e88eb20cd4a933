"""Words changed and signed on the page: written with every check, shown at once, signed by a second person only."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from havre.publishing import documents, revisions
from havre.publishing.models import TextRevision
from havre.trust.enums import Role
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models.audit import ActRow
from tests.factories_site import make_now, signed_in
from tests.publishing.trial import BLOCKS, FRENCH, THAI

pytestmark = pytest.mark.usefixtures("trial")
PLACE = {"file": "trial/one", "language": "fr", "unit": "warning.text"}
PAGE = "?file=trial/one&language=fr&unit=warning.text"
NEW = "Personne ne peut garder vos papiers."


def warning():
    made = documents.draft("trial", "one", country="gh", language="fr", on=timezone.localdate())
    return next(node for node in made.walk() if node.id == "warning")


def write(by, text=NEW):
    return signed_in(by).post(reverse("publication_words") + PAGE, {"text": text})


def sign(by, seen=NEW):
    return signed_in(by).post(reverse("publication_sign"), {**PLACE, "seen": seen}, follow=True)


def test_words_saved_on_the_page_are_shown_at_once_and_await_a_native_reviewer(author):
    assert (warning().text, warning().unreviewed) == (FRENCH["warning.text"], True)
    assert write(author).status_code == 302
    assert (warning().text, warning().unreviewed, warning().stale) == (NEW, True, "")
    row = TextRevision.objects.get()
    assert (row.source, row.author, row.reviewer) == (BLOCKS[1]["text"], author.user, None)
    assert list(ActRow.objects.filter(event="words.write").values_list("subject", "codes")) == [(row.pk, {"language": "fr"})]


def test_second_person_signs_and_the_mark_goes(author, reader):
    write(author)
    sign(reader)
    row = TextRevision.objects.get()
    assert (row.reviewer, row.text) == (reader.user, NEW)
    assert warning().unreviewed is False
    assert ActRow.objects.filter(event="words.sign", subject=row.pk).count() == 1


def test_author_cannot_sign_their_own_words(author):
    write(author)
    page = sign(author).content.decode()
    assert "another person must read and sign them" in page
    assert TextRevision.objects.get().reviewer is None


def test_words_of_the_file_are_signed_as_they_are(reader):
    sign(reader, FRENCH["warning.text"])
    row = TextRevision.objects.get()
    assert (row.author, row.reviewer, row.text) == (None, reader.user, FRENCH["warning.text"])
    assert warning().unreviewed is False


def test_nobody_signs_what_was_changed_meanwhile(author, reader):
    write(author)
    with pytest.raises(Refused):
        revisions.sign(**PLACE, seen=FRENCH["warning.text"], by=reader)
    assert warning().unreviewed is True


@pytest.mark.parametrize("reads", ["en", "fr"])
def test_pages_of_words_stay_in_the_language_of_the_words_whatever_their_reader_speaks(reader, author, reads):
    """Every address and every hidden field of the pages, as a browser follows and sends them."""
    desk, words = signed_in(reader), reverse("publication_words")
    listed = desk.get(f"{words}?file=trial/one&language=th", headers={"accept-language": reads}).content.decode()
    assert f'lang="th">{THAI["warning.text"]}<' in listed
    links = {unescape(link) for link in re.findall(rf'href="({re.escape(words)}\?[^"]*unit=[^"]*)"', listed)}
    assert {parse_qs(urlsplit(link).query)["language"][0] for link in links} == {"th"}
    page = desk.get(next(link for link in links if "warning.text" in link), headers={"accept-language": reads}).content.decode()
    assert THAI["warning.text"] in page
    form = page[page.index(reverse("publication_sign")) :]
    sent = {name: unescape(value) for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)}
    desk.post(reverse("publication_sign"), sent, headers={"accept-language": reads})
    assert [(one.language, one.text, one.reviewer) for one in TextRevision.objects.all()] == [("th", THAI["warning.text"], reader.user)]


def test_two_who_write_at_once_do_not_write_over_each_other(author, reader):
    mine, theirs = "Nul ne peut garder vos papiers.", NEW
    desk = signed_in(author)
    opened = desk.get(reverse("publication_words") + PAGE).context["seen"]
    assert opened == FRENCH["warning.text"]
    assert write(reader, theirs).status_code == 302
    for button in ({"preview": "1"}, {}):
        page = desk.post(reverse("publication_words") + PAGE, {"text": mine, "seen": opened, **button})
    assert page.status_code == 409
    assert warning().text == theirs
    assert [word in page.content.decode() for word in (mine, theirs)] == [True, True]
    again = desk.post(reverse("publication_words") + PAGE, {"text": mine, "seen": page.context["seen"]})
    assert again.status_code == 302
    assert warning().text == mine


def test_signature_does_not_pass_to_later_words(author, reader):
    write(author)
    sign(reader)
    write(author, "Personne ne peut prendre vos papiers.")
    assert (warning().text, warning().unreviewed) == ("Personne ne peut prendre vos papiers.", True)


@pytest.mark.parametrize("text", ["Appelez le 0800 800 800.", "Vos {papiers}.", "Nobody may take your papers.", " "])
def test_fault_is_told_and_what_was_typed_is_not_lost(author, text):
    answer = write(author, text)
    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert TextRevision.objects.count() == 0
    assert warning().text == FRENCH["warning.text"]


def test_preview_shows_the_facts_and_saves_nothing(author):
    query = "?file=trial/one&language=fr&unit=opening.text"
    answer = signed_in(author).post(
        reverse("publication_words") + query, {"text": "Repos : {reflection_total_days} jours.", "preview": "1"}
    )
    assert answer.status_code == 200
    assert answer.context["preview"] == "Repos : 30 jours."
    assert TextRevision.objects.count() == 0


def test_changed_english_makes_the_words_of_the_page_stale_too(author, trial):
    write(author)
    trial.written({}, [BLOCKS[0], {**BLOCKS[1], "text": "Nobody may keep your passport."}])
    made = documents.draft("trial", "one", country="gh", language="fr", on=timezone.localdate())
    assert made.manifest["withheld"] == ["warning"]


def test_document_reads_the_words_of_the_page_in_one_query(author, django_assert_num_queries):
    write(author)
    for language in ("fr", "en"):
        with django_assert_num_queries(1), revisions.known(language):
            pass


@pytest.mark.parametrize(
    "place", [{"file": "trial/two"}, {"unit": "nothing"}, {"language": "de"}, {"file": "shared/terms"}, {"file": "../one"}]
)
def test_text_that_is_not_there_is_missing(author, place):
    with pytest.raises(Missing):
        revisions.write(**{**PLACE, **place}, text=NEW, by=author)


def test_role_that_does_not_publish_is_refused():
    worker = make_now(Role.CASE_MANAGER)
    assert write(worker).status_code == 403
    with pytest.raises(Refused):
        revisions.write(**PLACE, text=NEW, by=worker)


def test_service_refuses_with_every_fault(author):
    with pytest.raises(Invalid) as invalid:
        revisions.write(**PLACE, text="Appelez le 0800 800 800, victime potentielle.", by=author)
    assert len(invalid.value.problems["text"]) == 3


def test_pages_of_words_list_every_text_with_its_state(author):
    client = signed_in(author)
    assert "trial/one" in client.get(reverse("publication_words")).content.decode()
    page = client.get(reverse("publication_words") + "?file=trial/one&language=fr").content.decode()
    assert all(words.replace("'", "&#x27;") in page for words in FRENCH.values())
