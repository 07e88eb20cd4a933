from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from havre.site.templatetags import havre as tags

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("language", "day", "words"),
    [
        ("en", date(2026, 11, 27), "Fri 27 Nov"),
        ("fr", date(2026, 11, 27), "ven. 27 nov."),
        ("fr", TODAY, "aujourd’hui"),
        ("en", date(2026, 11, 25), "tomorrow"),
        ("fr", date(2026, 12, 1), "mar. 1er déc."),
        ("fr", date(2026, 1, 1), "1er janvier"),
        ("fr", date(2026, 2, 21), "21 février"),
        ("en", date(2025, 12, 9), "9 December 2025"),
    ],
)
def test_day_is_said_with_weekday_when_near_and_without_a_break(language, day, words):
    with translation.override(language):
        assert tags.day_words(day, today=TODAY) == words.replace(" ", "\u00a0")


@pytest.mark.parametrize(("language", "words"), [("en", "18:02"), ("fr", "18\u00a0h\u00a002")])
def test_hour_is_said_as_the_language_says_it(language, words):
    with translation.override(language):
        assert tags.time_words(datetime(2026, 11, 23, 18, 2, tzinfo=UTC)) == words


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (timedelta(days=3, minutes=5), "3\u00a0days left"),
        (timedelta(hours=4, minutes=20, seconds=30), "4\u00a0h\u00a020 left"),
        (timedelta(minutes=9, seconds=30), "9\u00a0min left"),
        (timedelta(days=-2, minutes=-1), "late by 2\u00a0days"),
    ],
)
def test_time_left_is_said_in_words(gap, words):
    with translation.override("en"):
        assert tags.left(timezone.now() + gap) == words


def test_once_gives_another_key_each_time():
    page = Template("{% load havre %}{% once %}{% once %}").render(Context())
    first, second = page.split("><")
    assert first[-40:] != second[-41:-1]


def test_icon_escapes_its_label():
    assert "&lt;b&gt;" in tags.icon("ok", label="<b>")


@pytest.mark.parametrize("kind", sorted(tags.STATUSES))
def test_status_has_shape_and_word(kind):
    drawn = tags.status(kind, "word")
    assert "<use href=" in drawn
    assert drawn.endswith(" word</span>")


@pytest.mark.parametrize(("language", "said"), [("en", "art. 12; &lt;b&gt;"), ("fr", "art. 12\u00a0; &lt;b&gt;")])
def test_several_texts_in_a_row_have_the_languages_own_semicolons_and_are_escaped(language, said):
    with translation.override(language):
        assert Template("{% load havre %}{{ laws|in_a_row }}").render(Context({"laws": ["art. 12", "<b>"]})) == said
