"""Each fault that is planted is caught by exactly its check; the sources as they are raise none."""

from __future__ import annotations

import pytest

from havre import standards
from havre.publishing import documents, sources
from havre.publishing.checks import CODES
from havre.publishing.checks.words import numbers
from havre.publishing.pictograms import names
from havre.publishing.printing import as_pdf
from havre.trust.errors import Invalid
from tests.publishing.test_leaflet import DAY
from tests.publishing.trial import BLOCKS, FRENCH, TETUM, THAI

pytestmark = pytest.mark.django_db
EVERY = [(edition.id, id) for edition in sources.editions().values() for id in edition.documents]
WORDS = {"fr": FRENCH, "th": THAI, "tet": TETUM}


def opening(text, **more):
    return [{**BLOCKS[0], "text": text, **more}, BLOCKS[1]]


def test_trial_without_a_fault_raises_no_alarm(trial):
    assert {language: trial.found(language) for language in ("en", "fr", "tet", "th")} == {"en": [], "fr": [], "tet": [], "th": []}


@pytest.mark.parametrize(
    ("language", "unit", "before", "after", "code"),
    [
        ("fr", "opening.text", "{reflection_total_days}", "{jours}", "placeholder"),
        ("fr", "opening.text", "article 12", "article 21", "number"),
        ("fr", "warning.text", "papiers.", "papiers. Appelez le 0800 800 800.", "phone"),
        ("fr", "opening.text", "la victime", "la victime potentielle", "glossary"),
        ("fr", "opening.text", "la victime", "la personne", "glossary"),
        ("th", "warning.text", "เอกสาร", "passport", "script"),
        ("fr", "warning.text", "papiers", "папиры", "script"),
        ("tet", "warning.text", "Ema ida la bele foti", "Ema ida não pode você foti", "language"),
        ("tet", "warning.text", "la bele foti ita-nia", "the bele foti your", "language"),
        ("th", "warning.text", "เอกสารของคุณ", "เอกสารของคุณ ตั้งแต่ปี 2026", "number"),
    ],
)  # fmt: skip
def test_fault_in_a_translation_is_caught_by_its_check(trial, language, unit, before, after, code):
    words = WORDS[language][unit]
    assert before in words
    trial.words(language, {unit: words.replace(before, after)})
    found = trial.found(language)
    # a placeholder that nothing fills is seen when it is bound as well; a phone or year is a number that the English has not
    also = {"placeholder": {"placeholder"}, "phone": {"phone", "number"}, "number": {"number", "year"}}.get(code, {code})
    assert code in {one for one, _block in found}
    assert {one for one, _block in found} <= also
    assert {block for _code, block in found} == {unit}


@pytest.mark.parametrize(
    ("text", "code", "block"),
    [
        ("You can rest for 30 days.", "limit", "opening.text"),
        ("Call 112 now.", "phone", "opening.text"),
        ("Call +233 30 277 3906 now.", "phone", "opening.text"),
        ("Read more on www.example.org.", "link", "opening"),
        ("Stop calling her a child prostitute.", "media", "opening"),
        ("You can ask " + "and ask again " * 12 + "for help.", "reading", "opening"),
    ],
)  # fmt: skip
def test_fault_in_the_english_is_caught_by_its_check(trial, text, code, block):
    trial.written({"languages": ["en"]}, opening(text))
    assert trial.found("en") == [(code, block)]


@pytest.mark.parametrize(
    "text",
    [
        "Article 12(1)(d) of the Convention of 2005 says so, and Act 694 and section 33 too.",
        "The wage was 250 000 a month, then 10,000.50 for 14 hours a day.",
        "Open from 8:30 to 17:00, rooms 101 and 204, 2024/2025.",
        "Resolution 55/25, C29 and C189, B.E. 2551, C.N. 10/2003, 2000-2012.",
    ],
)
def test_numbers_of_law_money_and_time_are_no_false_alarm(trial, text):
    trial.written({"languages": ["en"]}, opening(text))
    assert trial.found("en") == []


# figures and signs as East Asian keyboards type them
WIDE = str.maketrans({chr(one): chr(one + 0xFEE0) for one in range(0x21, 0x7F)})


@pytest.mark.parametrize("line", [
    "Helpline 1300.", "Call free on 1 300.", "Ring 1 3 0 0.", "Hotline 116 123.", "(02) 354-3388.", "0 800 80 08 00.", "02/345 67 89.", "7723 0635.",
    "77230635.", "*133#", "SMS 40404.", "Call the number 119.",
])  # fmt: skip
def test_number_to_call_is_caught_however_it_is_typed(trial, line):
    trial.written({"languages": ["en"]}, opening(f"You can ask for help. {line}"))
    assert trial.found("en") == [("phone", "opening.text")]


@pytest.mark.parametrize(("language", "typed"), [
    ("th", "โทร ๐๒-๓๕๔-๓๓๘๘"), ("th", "สายด่วน ๑๓๐๐"), ("fr", "Ligne 119."), ("fr", "Appelez le 0800 800 800.".translate(WIDE)), ("tet", "Liña 119."),
])  # fmt: skip
def test_number_to_call_is_caught_in_every_script(trial, language, typed):
    trial.words(language, {"warning.text": f"{WORDS[language]['warning.text']} {typed}"})
    assert ("phone", "warning.text") in trial.found(language)


@pytest.mark.parametrize("text", ["You have a 30-day rest.", "You have 30 calendar days.", "You have 30 (thirty) days."])
def test_time_limit_is_caught_however_it_is_typed(trial, text):
    trial.written({"languages": ["en"]}, opening(text))
    assert trial.found("en") == [("limit", "opening.text")]


def test_year_in_thai_figures_is_of_the_buddhist_era(trial):
    trial.words("th", {"warning.text": THAI["warning.text"] + " พ.ศ. ๒๐๒๖"})
    assert ("year", "warning.text") in trial.found("th")


@pytest.mark.parametrize("braces", ["{}", "{0}", "{reflection_total_days:02}", "{reflection_total_days!x}", "{reflection_total_days"])
@pytest.mark.parametrize("unit", ["opening.text", "warning.text"])
def test_braces_without_one_name_are_caught_and_never_printed(trial, unit, braces):
    trial.words("fr", {unit: f"{FRENCH[unit]} {braces}"})
    assert set(trial.found("fr")) == {("placeholder", unit)}
    with pytest.raises(Invalid):
        documents.build("trial", "one", country="gh", language="fr", on=DAY)


@pytest.mark.parametrize(("language", "more", "block"), [
    ("fr", "\uff48\uff45", "warning.text"), ("fr", "\u4eba", "warning.text"), ("fr", "«папиры»", "warning.text"), ("th", "Passport", "warning.text"),
])  # fmt: skip
def test_letter_of_no_language_of_ours_is_caught_by_its_block(trial, language, more, block):
    trial.words(language, {"warning.text": f"{WORDS[language]['warning.text']} {more}"})
    assert ("script", block) in trial.found(language)


def test_letter_that_no_font_has_is_refused_by_its_block_and_not_by_the_typesetter(trial):
    trial.written({"languages": ["en"]}, opening("You can ask for help \u2fee."))
    with pytest.raises(Invalid) as refused:
        as_pdf(documents.draft("trial", "one", country="gh", language="en", on=DAY), "a4")
    assert refused.value.problems["blocks"][0].startswith("opening: ")


@pytest.mark.parametrize(
    ("language", "right", "wrong"), [("fr", "interprète", "traducteur"), ("th", "ล่าม", "ผู้แปล"), ("tet", "intérprete", "tradutór")]
)
def test_word_that_the_glossary_does_not_have_is_caught_in_each_language(trial, language, right, wrong):
    trial.written({}, opening("You can ask for an interpreter."))
    trial.words(language, {"opening.text": right})
    assert trial.found(language) == []
    trial.words(language, {"opening.text": wrong})
    assert trial.found(language) == [("glossary", "opening.text")]


def test_translation_of_spaces_is_missing(trial):
    trial.words("fr", {"warning.text": " \u00a0 "})
    assert trial.found("fr") == [("missing", "warning.text")]


def test_missing_translation_is_caught_and_refuses(trial):
    trial.written({}, [*BLOCKS, {"id": "more", "kind": "text", "text": "You may leave."}])
    assert trial.found("fr") == [("missing", "more.text")]
    with pytest.raises(Invalid):
        documents.build("trial", "one", country="gh", language="fr", on=DAY)


def test_former_wording_is_caught_shown_and_withheld_where_safety_asks(trial):
    trial.written({}, [{**BLOCKS[0], "text": BLOCKS[0]["text"] + " You decide."}, {**BLOCKS[1], "text": "Nobody may keep your papers."}])
    assert trial.found("fr") == [("stale", "opening.text"), ("stale", "warning.text")]
    made = documents.build("trial", "one", country="gh", language="fr", on=DAY)
    assert [(node.id, node.stale) for node in made.walk()] == [("opening", "Cette partie a été traduite d’après un texte antérieur.")]
    assert made.manifest["withheld"] == ["warning"]


def test_picture_without_words_is_caught(trial):
    if not names():
        pytest.skip("no pictogram is drawn yet")
    trial.written(
        {"languages": ["en"]}, [*BLOCKS, {"id": "picture", "kind": "figure", "name": names()[0], "alt": " ", "caption": "A door"}]
    )
    assert trial.found("en") == [("alternative", "picture")]


def test_panel_that_is_too_long_is_caught(trial):
    places = ("cover", "inside1", "inside2", "inside3", "flap", "back")
    text = {"id": "long", "kind": "text", "text": "You can rest. " * 600}
    panels = [
        {"id": place, "kind": "panel", "place": place, "title": "Rest", "blocks": [{**text, "id": f"{place}-text", "text": "Rest."}]}
        for place in places
    ]
    trial.written({"languages": ["en"], "print": ["trifold"]}, panels)
    assert trial.found("en") == []
    panels[1]["blocks"] = [text]
    trial.written({"languages": ["en"], "print": ["trifold"]}, panels)
    assert trial.found("en") == [("overflow", "one")]


@pytest.mark.parametrize("shape", ["trifold", "a6"])
@pytest.mark.parametrize("field", ["title", "text"])
def test_word_that_is_wider_than_its_panel_is_caught_by_name(trial, shape, field):
    places, word = ("cover", "inside1", "inside2", "inside3", "flap", "back"), "Hexakosioihexekontahexaphobia" * 2
    panels = [
        {"id": f"at-{place}", "kind": "panel", "place": place, "title": "Rest", "blocks": [{"id": place, "kind": "text", "text": "Rest."}]}
        for place in places
    ]
    trial.written({"languages": ["en"], "print": [shape]}, panels)
    assert trial.found("en") == []
    wide = panels[2] if field == "title" else panels[2]["blocks"][0]
    wide[field] = word
    trial.written({"languages": ["en"], "print": [shape]}, panels)
    assert ("overflow", "one") in trial.found("en")
    with pytest.raises(Invalid) as refused:
        as_pdf(documents.draft("trial", "one", country="gh", language="en", on=DAY), shape)
    assert f"panel at-inside2: “{word}”" in refused.value.problems["blocks"][0]


def test_refusal_names_every_block_and_its_mend_at_once(trial):
    trial.words("fr", {"warning.text": "Appelez le 0800 800 800.", "opening.text": FRENCH["opening.text"].replace("12", "21")})
    with pytest.raises(Invalid) as refused:
        documents.build("trial", "one", country="gh", language="fr", on=DAY)
    told = refused.value.problems["blocks"]
    assert [line.partition(":")[0] for line in told] == ["opening.text", "warning.text", "warning.text"]


def test_numbers_are_read_alike_in_every_writing():
    assert numbers("10,000 and 2.5 in 12(1)(d), {days} days") == ["10000", "2.5", "12", "1"]
    assert numbers("10 000 et 2,5 ; ๑๒") == ["10000", "2.5", "12"]


@pytest.mark.parametrize(("edition", "id"), EVERY)
def test_sources_as_they_are_raise_no_alarm(edition, id):
    source, found = sources.document(edition, id), []
    for country in standards.country_codes():
        for language in source.languages:
            made = documents.draft(edition, id, country=country, language=language, on=DAY)
            every = documents.findings(made)
            assert {one.code for one in every} <= CODES | {"question", "empty", "workflow"}
            found += [f"{country} {language} {one.code} {one}" for one in every if one.stops]
    assert found == []
