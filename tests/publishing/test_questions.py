"""The question bank: whole, spread, sourced, and withdrawn when the row behind a question changes."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from havre import standards
from havre.publishing import questions, rereading, texts
from havre.publishing.binding import Binding
from havre.publishing.sources import BlockSource, document
from havre.standards.words import Words

DAY = date(2026, 11, 24)
BANK = questions.bank("module")
SINGLE = [one for one in BANK.values() if len(one.right) == 1]
FILES = sorted({one.file for one in BANK.values()})
CHILD = re.compile(r"\b(child|girl|boy|baby)", re.IGNORECASE)
TOPICS = {
    "identification": ({"identification", "screening", "evidence", "age_assessment"}, {f"RG0{n}" for n in range(1, 9)}),
    "referral": ({"referral", "consent", "conference", "more", "transfer", "service"}, {f"RG{n:02}" for n in range(9, 16)}),
    "prosecution": (
        {"proceeding", "non_punishment", "exhibit", "hearing", "suspect", "asset", "sourced_link", "assistance_abroad"},
        {f"RG{n}" for n in range(16, 22)},
    ),
}


def asked(id, country="gh", language="en"):
    binding = Binding(country, language, DAY)
    nodes = questions.bound(binding, BlockSource("asked", "questions", {"ids": [id]}, "module/questions"))
    return binding, nodes


def test_bank_has_enough_and_every_unit_its_share():
    assert len(BANK) >= 126
    assert {f"u{n}" for n in range(1, 13)} == {one.unit for one in BANK.values()}
    assert min(Counter(one.unit for one in BANK.values()).values()) >= 9
    assert sum(bool(CHILD.search(one.stem)) for one in BANK.values()) >= 30


@pytest.mark.parametrize("topic", TOPICS)
def test_identification_referral_and_prosecution_have_twenty_each(topic):
    names, gates = TOPICS[topic]
    assert sum(one.about[1].partition(".")[0] in names | gates for one in BANK.values()) >= 20


def test_right_answer_does_not_show_by_its_place():
    places = Counter(next(iter(one.right)) for one in SINGLE)
    assert set(places) == set("abcd")
    assert all(0.15 <= count / len(SINGLE) <= 0.35 for count in places.values())
    assert all(3 <= len(one.options) <= 5 for one in BANK.values())


@pytest.mark.parametrize("language", ["en", "fr", "pt", "th"])
def test_right_answer_is_the_longest_in_two_of_five_questions_at_most(language):
    def lengths(one):
        known = {} if language == "en" else texts.entries(one.file, language)
        return {key: len(known[f"{one.id}.options.{key}"].text if known else words) for key, words in one.options.items()}

    longest = [sizes[next(iter(one.right))] == max(sizes.values()) for one in SINGLE if (sizes := lengths(one))]
    assert sum(longest) / len(SINGLE) <= 0.40


def test_every_question_has_a_reason_a_source_and_a_row_that_stands_today():
    for one in BANK.values():
        assert one.reason.endswith(".")
        assert one.source
        if one.about[0] != "fact":
            assert one.read == questions.row_of(one, Binding("gh", "en", DAY)), one.id


@pytest.mark.parametrize("file", FILES)
def test_french_is_whole(file):
    known = texts.entries(file, "fr")
    assert [id for id, unit in texts.units_of(file).items() if id not in known or known[id].source != unit.text] == []


def test_changed_indicator_withdraws_its_questions_and_names_them(monkeypatch):
    row = BANK["u2-03"].about[1]
    every = standards.indicators()
    changed = replace(every.get(row), statement=Words("Something else", "Autre chose"))

    class Changed:
        def get(self, id):
            return changed if id == row else every.get(id)

    assert len(asked("u2-03")[1]) == 1
    monkeypatch.setattr(standards, "indicators", Changed)
    binding, nodes = asked("u2-03")
    assert (nodes, binding.withheld) == ((), ["u2-03"])
    assert len(asked("u2-04")[1]) == 1


def test_reading_again_changes_no_other_line():
    text = "questions:\n  - id: a-1\n    stem: x\n    source: y\n\n  - id: a-2\n    read: '00000000'\n    source: z\n"
    found = rereading.marked(text, {"a-1": "11111111", "a-2": "22222222"})
    assert "    source: y\n    read: '11111111'\n\n  - id: a-2\n    read: '22222222'\n    source: z\n" in found
    assert rereading.marked(found, {"a-1": "11111111"}) == found


def test_self_test_asks_forty_of_every_unit_and_answers_only_at_the_end():
    first, second = [block for block in document("module", "self-test").walk() if block.kind == "questions"]
    assert first.data["ids"] == second.data["ids"]
    assert len(first.data["ids"]) == 40
    assert {BANK[id].unit for id in first.data["ids"]} == {one.unit for one in BANK.values()}
    assert (first.data.get("answers"), second.data["answers"]) == (None, True)
