"""English changed on the page: printed once a second person has signed it, and then every translation of it is to be read again."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from havre.publishing import documents, revisions
from havre.publishing.models import TextRevision
from havre.publishing.packages import exchange
from havre.trust.errors import Missing
from tests.factories_site import signed_in
from tests.publishing.trial import BLOCKS, FRENCH

pytestmark = pytest.mark.usefixtures("trial")
FILED, NEW = (
    BLOCKS[0]["text"],
    "Ask for help at any time. Article 12 says that the victim is told about {reflection_total_days} days of rest.",
)
PLACE = {"file": "trial/one", "language": "en", "unit": "opening.text"}
PAGE = "?file=trial/one&language=en&unit="


def node(id="opening", language="en"):
    made = documents.draft("trial", "one", country="gh", language=language, on=timezone.localdate())
    return next(one for one in made.walk() if one.id == id)


def printed(text):
    return text.format(reflection_total_days=30)


def write(by, text=NEW, unit="opening.text"):
    return signed_in(by).post(reverse("publication_words") + PAGE + unit, {"text": text}, follow=True)


def sign(by, seen=NEW, unit="opening.text"):
    return signed_in(by).post(reverse("publication_sign"), {**PLACE, "unit": unit, "seen": seen}, follow=True).content.decode()


def test_english_is_printed_once_another_person_has_signed_it(author, reader):
    assert "once another person has signed them" in write(author).content.decode()
    assert node().text == printed(FILED)
    assert "another person must read and sign them" in sign(author)
    assert node().text == printed(FILED)
    sign(reader)
    assert node().text == printed(NEW)
    row = TextRevision.objects.get()
    assert (row.language, row.source, row.author, row.reviewer) == ("en", FILED, author.user, reader.user)


def test_who_wrote_the_words_is_offered_no_signature(author, reader):
    write(author)
    address = reverse("publication_words") + PAGE + "opening.text"
    offered = [reverse("publication_sign") in signed_in(one).get(address).content.decode() for one in (author, reader)]
    assert offered == [False, True]


def test_words_that_were_signed_stand_while_newer_ones_wait(author, reader):
    write(author)
    sign(reader)
    write(author, NEW.replace("Ask", "You may ask"))
    assert node().text == printed(NEW)
    page = signed_in(reader).get(reverse("publication_words") + PAGE + "opening.text").content.decode()
    assert "You may ask for help" in page
    assert "Nobody has signed these words yet" in page


def test_translations_of_changed_english_are_former_words_and_those_of_safety_are_held_back(author, reader):
    assert (node(language="fr").stale, node("warning", "fr").text) == ("", FRENCH["warning.text"])
    write(author)
    write(author, "Nobody may take your passport.", "warning.text")
    assert not node(language="fr").stale
    sign(reader)
    sign(reader, "Nobody may take your passport.", "warning.text")
    assert node(language="fr").stale
    made = documents.draft("trial", "one", country="gh", language="fr", on=timezone.localdate())
    assert FRENCH["warning.text"] not in [text for one in made.walk() for text in one.strings()]


def test_translation_made_of_the_new_english_is_current(author, reader):
    write(author)
    sign(reader)
    words = "Demandez de l'aide à tout moment. L'article 12 dit que la victime est informée des {reflection_total_days} jours de repos."
    revisions.write(file="trial/one", unit="opening.text", language="fr", text=words, by=author)
    assert (node(language="fr").text, node(language="fr").stale) == (printed(words), "")
    assert TextRevision.objects.get(language="fr").source == NEW


@pytest.mark.parametrize("format", ["po", "xliff"])
def test_translator_is_given_the_new_english_and_their_words_come_back_current(author, reader, format):
    write(author)
    sign(reader)
    files = ("trial/one",)
    content = exchange.as_xliff(files, "fr") if format == "xliff" else exchange.as_po(files, "fr")["trial/one.fr.po"]
    assert b"Ask for help at any time." in content
    # the translator writes anew, and says that it holds
    for before, after in (
        (b"Vous pouvez demander", b"Demandez"),
        (b"#, fuzzy\n", b""),
        (b"needs-review-translation", b"translated"),
    ):
        content = content.replace(before, after)
    (taken,) = exchange.take(content, f"words.{format}")
    assert (taken.ids, taken.stale) == ({"opening.text"}, 0)
    assert taken.entries["opening.text"].source == NEW


@pytest.mark.parametrize("text", ["Call 0800 800 800.", "Told about {days} days.", "Told about rest.", "{", " "])
def test_fault_is_told_and_what_was_typed_is_not_lost(author, text):
    answer = write(author, text)
    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert TextRevision.objects.count() == 0


def test_file_that_says_something_else_since_is_told_and_the_page_stands(author, reader, trial):
    write(author)
    sign(reader)
    trial.written({}, [{**BLOCKS[0], "text": FILED.replace("can", "may")}, BLOCKS[1]])
    assert node().text == printed(NEW)
    page = signed_in(author).get(reverse("publication_words") + PAGE + "opening.text").content.decode()
    assert "The file says something else since" in page


def test_english_of_the_data_is_changed_in_the_standards_only(author):
    with pytest.raises(Missing):
        revisions.unit_of("data/rights", "RG01", "en")
    listed = signed_in(author).get(reverse("publication_words")).content.decode()
    assert ("file=trial/one&amp;language=en" in listed, "file=data/rights&amp;language=en" in listed) == (True, False)


def test_list_says_what_awaits_a_signature(author, reader):
    address = f"{reverse('publication_words')}?file=trial/one&language=en"
    assert "awaits a signature" not in signed_in(author).get(address).content.decode()
    write(author)
    assert "awaits a signature" in signed_in(author).get(address).content.decode()
    sign(reader)
    assert "awaits a signature" not in signed_in(author).get(address).content.decode()
