import pytest
from hypothesis import given
from hypothesis import strategies as st

from havre import standards
from havre.standards.words import Words, in_a_row

TEXT = st.text(min_size=1).filter(str.strip)
TAGS = st.sampled_from(["pt", "tet", "th"])
WORDS = st.builds(Words, TEXT, TEXT, st.dictionaries(TAGS, TEXT))


@given(WORDS, st.text(max_size=12))
def test_text_in_any_language_is_one_of_its_own_texts(words, language):
    assert words.text(language) in {words.en, words.fr, *words.more.values()}


@given(WORDS, st.sampled_from(["en", "fr", "pt", "tet", "th"]), st.sampled_from(["", "-TL", "_ca", "-Latn-x"]))
def test_text_of_a_regional_language_falls_back_to_the_language_and_then_to_english(words, language, region):
    own = {"en": words.en, "fr": words.fr, **words.more}
    assert words.text(language + region) == own.get(language, words.en)


@given(WORDS, st.text(alphabet="qxz", min_size=2, max_size=3))
def test_text_of_an_unknown_language_is_english(words, language):
    assert words.text(language) == words.en


def test_words_as_string_follow_the_reader_at_the_moment_of_reading():
    words = Words("right", "droit")
    heard = []
    try:
        for language in ("fr", "en", "", "th"):
            standards.follow(lambda language=language: language)
            heard.append(str(words))
    finally:
        from django.utils.translation import get_language

        standards.follow(lambda: get_language() or "en")
    assert heard == ["droit", "right", "right", "right"]


@pytest.mark.parametrize(("language", "said"), [(None, "a; b"), ("th", "a; b"), ("fr", "a\u00a0; b"), ("fr-CA", "a\u00a0; b")])
def test_texts_in_a_row_have_the_space_that_french_does_not_break(language, said):
    assert in_a_row(["a", "b"], language) == said


def test_nothing_in_a_row_is_empty():
    assert in_a_row([]) == ""
