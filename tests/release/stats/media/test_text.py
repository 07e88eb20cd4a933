"""The texts of the benchmark, rule by rule, and what a person may declare."""

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
