"""The texts of the benchmark, rule by rule, and what a person may declare."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.media import judge, texts
from havre import standards
from havre.release.stats.errors import BadTable
from havre.release.stats.media.text import Declared, check_text

WRITTEN = [(language, fault) for language in ("en", "fr") for fault in texts(f"{language}.yaml")["faults"]]


@pytest.mark.parametrize(
    ("language", "fault"), WRITTEN, ids=[f"{language}-{fault['rule']}-{n}" for n, (language, fault) in enumerate(WRITTEN)]
)
def test_planted_fault_is_found_under_its_rule(language, fault):
    found = check_text(fault["text"], caption=fault.get("caption", False))
    assert fault["rule"] in [one.rule for one in found]
    for one in found:
        assert fault["text"][one.start : one.end].split()[:1] == one.excerpt.split()[:1]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_clean_texts_raise_no_alarm(language):
    found, faults, alarms, clean = judge(f"{language}.yaml", language)
    assert (found, faults, alarms, clean) == (40, 40, 0, 40)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", ["second", "third", "fourth"])
def test_further_texts_are_found_no_worse_than_when_they_were_first_read(name, language):
    found, faults, alarms, clean = judge(f"{name}_{language}.yaml", language)
    assert (faults, clean) == (20, 20)
    assert found >= 15 and alarms == 0


def test_every_planted_rule_is_one_of_the_media_rules_that_a_machine_may_see():
    known = {rule.id for rule in standards.media_rules().rules}
    assert {fault["rule"] for _language, fault in WRITTEN} <= known


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_word_of_the_rules_is_caught_with_what_to_write_instead(language):
    for phrase, instead in standards.media_rules().lexicon_replace[language].items():
        found = check_text(f"({phrase})", language=language)
        assert [one for one in found if one.what == "word"], phrase
        assert instead in [one.more for one in found] or phrase in ("john", "rescue")


def test_story_with_declared_consent_and_best_interests_passes():
    text = '"I was fifteen when they sold me," the girl told us.'
    assert {one.what for one in check_text(text)} == {"story", "best_interests"}
    assert check_text(text, declared=Declared(consent=True, best_interests=True)) == ()


def test_consent_declared_does_not_allow_naming_a_child():
    text = "Akosua, 15, was sold to a fisherman."
    found = check_text(text, declared=Declared(consent=True, best_interests=True))
    assert {"MR01", "MR09"} <= {one.rule for one in found}


def test_name_that_may_be_printed_is_no_finding():
    text = "Yaa Asantewaa was forced to marry in 1855, the museum says."
    assert "MR01" in [one.rule for one in check_text(text)]
    assert "MR01" not in [one.rule for one in check_text(text, declared=Declared(names=["Yaa Asantewaa"]))]


def test_whole_article_without_help_or_contact_is_warned_of():
    article = "The national plan against trafficking has four parts, and victims may rely on each of them. " * 12
    assert {one.rule for one in check_text(article)} == {"MR30", "MR31"}
    assert not any(one.blocks for one in check_text(article))
    assert check_text(article + " Call the helpline 0800 555 123. Contact: press@ministry.example") == ()


def test_language_is_told_from_the_words_and_another_one_is_refused():
    assert [one.rule for one in check_text("Les migrants clandestins sont des proies faciles pour les recruteurs.")] == ["MR16"]
    with pytest.raises(BadTable, match="the word lists are in en and fr"):
        check_text("x", language="th")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["en", "fr"]), st.booleans())
def test_any_text_is_read_and_every_finding_lies_within_it(text, language, caption):
    for one in check_text(text, language=language, caption=caption):
        assert 0 <= one.start <= one.end <= len(text)
        assert one.words("fr") != "" and one.words("en").startswith(one.rule)


@pytest.mark.parametrize(("text", "language"), [("a child prostitute", "en"), ("la prostitution enfantine", "fr")])
def test_word_about_a_child_blocks_and_is_not_only_warned_of(text, language):
    assert [(one.rule, one.blocks) for one in check_text(text, language=language)] == [("MR17", True)]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_seventh_texts_are_found_no_worse_than_when_they_were_first_read(language):
    found, faults, alarms, clean = judge(f"seventh_{language}.yaml", language)
    assert (faults, alarms, clean) == (20, 0, 20)
    assert found >= {"en": 18, "fr": 16}[language]


POINTING = (
    ("en", "MR02", "landmark", "She was kept in a flat two streets from the fish market and saw no daylight."),
    ("en", "MR02", "relation", "The girl who was sold is the catechist's younger daughter."),
    ("en", "MR03", "combination", "The only deaf pupil of Vakpo, a boy of fifteen, was made to sell water at the lorry park."),
    ("en", "MR05", "shelter", "The survivors now live at the Casa Luar shelter and learn to sew."),
    ("en", "MR05", "phone", "Reporters may call the survivor on +233 24 555 0142."),
    ("en", "MR07", "story", "The captain kept my papers. I slept in the ice store, hungry, and nobody was allowed ashore."),
    ("en", "MR09", "child", "Six-year-old Odile was photographed with the bricks on her head, after the raid that freed her."),
    ("en", "MR15", "word", "Gullible young women keep falling for the same trick, the column says."),
    ("fr", "MR02", "landmark", "On la retenait dans un appartement à deux rues du marché aux poissons."),
    ("fr", "MR02", "relation", "La jeune fille vendue est la fille cadette du catéchiste."),
    ("fr", "MR03", "combination", "Le seul élève sourd de Vakpo, un garçon de quinze ans, vendait de l'eau à la gare routière."),
    ("fr", "MR05", "shelter", "Les survivantes vivent désormais au foyer Casa Luar et apprennent la couture."),
    ("fr", "MR05", "phone", "Les journalistes peuvent appeler la survivante au +33 6 39 98 00 11."),
    ("fr", "MR07", "story", "Le capitaine gardait mes papiers. Je dormais par terre, j'avais faim, et personne ne descendait à quai."),
    ("fr", "MR09", "child", "À six ans, Odile portait les briques sur la tête quand on l'a photographiée, le jour où elle fut libérée."),
    ("fr", "MR15", "word", "Des jeunes filles trop crédules tombent dans le même piège, lit-on dans la chronique."),
)


@pytest.mark.parametrize(("language", "rule", "what", "text"), POINTING)
def test_what_points_to_a_person_without_a_usual_word_is_found(language, rule, what, text):
    assert (rule, what) in {(one.rule, one.what) for one in check_text(text, language=language)}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The new office stands opposite the bus station and is open to workers every day."),
        ("en", "The only way out of debt bondage is a contract that the law protects."),
        ("en", "The daughter of the minister opened the exhibition on forced labour in mines."),
        ("en", "The national shelter programme publishes its accounts each spring."),
        ("en", "I joined the inspectorate in 2019 and have worked on the floor of factories ever since, says the inspector."),
        ("fr", "Le nouveau bureau, en face de la gare routière, est ouvert chaque jour aux travailleurs."),
        ("fr", "La seule issue à la servitude pour dette est un contrat que la loi protège."),
        ("fr", "Les foyers d'hébergement publient leurs comptes au printemps."),
    ],
)
def test_same_words_about_nobody_in_particular_raise_no_alarm(language, text):
    assert check_text(text, language=language) == ()


@pytest.mark.parametrize("text", ["A" * 3000, "Casa Luar " * 300, "the only " * 300])
def test_text_of_one_thing_over_and_over_is_read_in_little_time(text):
    started = time.process_time()
    check_text(text, language="en")
    assert time.process_time() - started < 5
