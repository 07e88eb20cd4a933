"""The register of what makes the node of each kind, and where the words of a block stand in it."""

from __future__ import annotations

from datetime import date

import pytest

from havre import standards
from havre.publishing import sources, texts
from havre.publishing.binding import Binding
from havre.publishing.kinds import KINDS
from havre.publishing.makers import MAKERS, bind
from havre.publishing.sources import BlockSource
from havre.standards.errors import StandardsError

DAY = date(2026, 11, 29)


def node_of(kind: str, country: str = "gh", **data):
    """One block in English, as its node."""
    (node,) = bind(Binding(country, "en", DAY), BlockSource("one", kind, {"id": "one", "kind": kind, **data}, "trial/one"))
    return node


def awaited() -> tuple[str, str]:
    """A country and a fact of it that nobody has confirmed yet."""
    every = ((country, name) for country in standards.country_codes() for name in standards.profile(country).facts)
    return next((country, name) for country, name in every if not Binding(country, "en", DAY).fact(name).usable)


def test_every_kind_that_may_be_written_has_one_maker():
    assert set(MAKERS) == {name for name, kind in KINDS.items() if kind.written} - {"include"}


def test_every_place_of_a_kind_is_one_of_its_fields():
    wrong = [
        name
        for name, kind in KINDS.items()
        if {kind.body} - {"", *kind.texts} or {kind.lines, kind.heads} - {"", *kind.maps} or set(kind.needs) - kind.fields
    ]
    assert wrong == []


def test_words_of_a_case_stand_each_in_its_place():
    node = node_of("case", title="A case", story="What happened.", tasks={"a": "Ask."}, notes={"b": "Mind."}, features={})
    assert (node.title, node.text, node.items, node.data["notes"]) == ("A case", "What happened.", ("Ask.",), ["Mind."])


def test_words_of_a_table_stand_in_heads_and_rows():
    node = node_of("table", columns={"a": "What", "b": "Who"}, rows={"first": {"a": "Rest", "b": "All"}})
    assert (node.columns, node.rows, node.items) == (("What", "Who"), (("Rest", "All"),), ())


def test_text_with_a_fact_that_nobody_confirmed_gives_way_to_its_stand_in():
    country, name = awaited()
    node = node_of("note", country, title="Days", text=f"You have {{{name}}} days.", without="Ask how long.")
    assert (node.title, node.text) == ("", "Ask how long.")


def test_question_written_as_a_block_is_refused_with_the_kinds_there_are(trial):
    trial.written({}, [{"id": "lost", "kind": "question", "stem": "Who?", "reason": "So.", "options": {"a": "I"}}])
    with pytest.raises(StandardsError, match=r"question is no kind of block.*Use one of heading"):
        sources.document("trial", "one")


def test_question_of_a_bank_without_reason_is_refused_before_it_is_translated(trial):
    (trial.folder / "trial" / "questions.yaml").write_text("questions:\n  - id: q1\n    stem: Who?\n    options: {a: I, b: You}\n")
    with pytest.raises(StandardsError, match=r"questions\.yaml.*block q1 lacks reason"):
        texts.units_of("trial/questions")
