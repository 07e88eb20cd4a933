"""The judge sees each fault that it is there for. Doctored histories, no house."""

from __future__ import annotations

import pytest

from tests.drills.judge import History, State, judge


def sound() -> tuple[History, State]:
    """Two notes acknowledged, one sent and never answered though stored, two pages read, one page lost on its way."""
    told = History(acknowledged=["k1", "k2"], unanswered={"k3"}, read=[("u", "p"), ("u", "p")], unread=[("u", "p")])
    there = State(
        receipts=[("k1", "n1"), ("k2", "n2"), ("k3", "n3")],
        notes={"n1", "n2", "n3"},
        acts=3,
        sections=[("n1", "p"), ("n2", "p"), ("n3", "p")],
        keyed={"p", "orphan"},
        readings=[("u", "p"), ("u", "p"), ("u", "p")],
        words={"n1": "k1", "n2": "k2", "n3": "k3"},
    )
    return told, there


def kinds(told, there):
    return {breach.kind for breach in judge(told, there)}


def test_judge_of_a_sound_history_finds_nothing():
    assert judge(*sound()) == []


def test_judge_lets_an_unanswered_note_be_absent():
    told, there = sound()
    there.receipts.pop()
    there.notes.discard("n3")
    there.sections.pop()
    there.acts, there.words = 2, {"n1": "k1", "n2": "k2"}
    assert judge(told, there) == []


def _lose(told, there):
    # an acknowledgement before the commit
    told.acknowledged.append("k9")


def _lose_the_note(told, there):
    there.notes.discard("n2")
    there.sections.pop(1)
    there.acts, there.words = 2, None


def _double(told, there):
    # a second receipt of the same key, with a note of its own
    there.receipts.append(("k1", "n4"))
    there.notes.add("n4")
    there.sections.append(("n4", "p"))
    there.acts, there.words = 4, None


def _double_under_a_new_key(told, there):
    # a client that invents a new key when it sends again: the words are there twice
    told.acknowledged.append("k4")
    there.receipts.append(("k4", "n4"))
    there.notes.add("n4")
    there.sections.append(("n4", "p"))
    there.acts = 4
    there.words = {**there.words, "n4": "k1"}


def _double_without_receipt(told, there):
    there.notes.add("n4")
    there.sections.append(("n4", "p"))
    there.acts, there.words = 4, None


def _forget_the_key(told, there):
    there.keyed.discard("p")


def _drop_a_section(told, there):
    there.sections.pop()


def _act_without_trace(told, there):
    there.acts = 2


def _read_without_trace(told, there):
    there.readings = there.readings[:1]


def _readings_of_nothing(told, there):
    there.readings *= 2


def _damage(told, there):
    there.damage.append("havre: row 3 missing from index")


def _mix(told, there):
    there.words = {"n1": "k2", "n2": "k1", "n3": "k3"}


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        (_lose, "lost"),
        (_lose_the_note, "lost"),
        (_double, "doubled"),
        (_double_under_a_new_key, "doubled"),
        (_double_without_receipt, "doubled"),
        (_forget_the_key, "keyless"),
        (_drop_a_section, "wordless"),
        (_act_without_trace, "untraced"),
        (_read_without_trace, "unread"),
        (_readings_of_nothing, "invented"),
        (_damage, "damage"),
        (_mix, "mixed"),
    ],
)
def test_judge_sees_the_fault(fault, seen):
    told, there = sound()
    fault(told, there)
    assert seen in kinds(told, there)
