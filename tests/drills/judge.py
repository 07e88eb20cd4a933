"""The judge of the kill drill: what a client was told against what is there. Pure: no house, no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class History:
    """What the client wrote down, each line only after the whole answer had come; `unanswered` was sent and never answered."""

    acknowledged: list[str] = field(default_factory=list)
    unanswered: set[str] = field(default_factory=set)
    # (user, person) of each page that came whole, and of each that was asked for and did not
    read: list[tuple[str, str]] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class State:
    """What lies in the house after the restart. Ids without dashes."""

    # (idempotency key, note)
    receipts: list[tuple[str, str]] = field(default_factory=list)
    notes: set[str] = field(default_factory=set)
    persons: set[str] = field(default_factory=set)
    # how many acts tell of a note written
    acts: int = 0
    # (record, person) of sealed notes and identities
    sections: list[tuple[str, str]] = field(default_factory=list)
    keyed: set[str] = field(default_factory=set)
    # (user, person) of every reading row
    readings: list[tuple[str, str]] = field(default_factory=list)
    # words of integrity_check, foreign_key_check and the chain's verifier
    damage: list[str] = field(default_factory=list)
    # how many links of the chain were verified
    links: int = 0
    # note -> plain words; None when they were not opened this time
    words: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that must not be: its kind and what shows it."""

    kind: str
    words: str


def judge(told: History, there: State) -> list[Breach]:
    """Every breach, the worst first; empty when each acknowledgement holds, once."""
    return [*_lost(told, there), *_doubled(told, there), *_sealed(there), *_traced(told, there), *_damaged(there), *_words(told, there)]


def _lost(told: History, there: State) -> Iterable[Breach]:
    made = dict(there.receipts)
    for key in dict.fromkeys(told.acknowledged):
        if key not in made:
            yield Breach("lost", f"{key} was acknowledged and has no receipt")
        elif made[key] not in there.notes:
            yield Breach("lost", f"{key} has a receipt and its note is gone")


def _doubled(told: History, there: State) -> Iterable[Breach]:
    for key, times in Counter(key for key, _note in there.receipts).items():
        if times > 1:
            yield Breach("doubled", f"{key} has {times} receipts")
    for note in sorted(there.notes - {note for _key, note in there.receipts}):
        yield Breach("doubled", f"note {note} answers to no key that was sent")
    known = {*told.acknowledged, *told.unanswered}
    for key, _note in there.receipts:
        if key not in known:
            yield Breach("invented", f"{key} was never sent")


def _sealed(there: State) -> Iterable[Breach]:
    for record, person in there.sections:
        if person not in there.keyed:
            yield Breach("keyless", f"section of {record}: person {person} has no key")
    for note in sorted(there.notes - {record for record, _person in there.sections}):
        yield Breach("wordless", f"note {note} has no sealed words")


def _traced(told: History, there: State) -> Iterable[Breach]:
    if there.acts != len(there.notes):
        yield Breach("untraced", f"{len(there.notes)} notes, {there.acts} acts")
    rows, shown, perhaps = Counter(there.readings), Counter(told.read), Counter(told.unread)
    for pair, times in shown.items():
        if rows[pair] < times:
            yield Breach("unread", f"{pair}: {times} pages were shown, {rows[pair]} readings written")
    for pair, times in rows.items():
        if times > shown[pair] + perhaps[pair]:
            yield Breach("invented", f"{pair}: {times} readings, {shown[pair]} pages shown and {perhaps[pair]} asked for")


def _damaged(there: State) -> Iterable[Breach]:
    return (Breach("damage", line) for line in there.damage)


def _words(told: History, there: State) -> Iterable[Breach]:
    if there.words is None:
        return
    made = dict(there.receipts)
    spoken = Counter(there.words.values())
    for key in dict.fromkeys(told.acknowledged):
        if spoken[key] != 1:
            yield Breach("lost" if not spoken[key] else "doubled", f"{key} can be read {spoken[key]} times")
        elif there.words.get(made.get(key, "")) != key:
            yield Breach("mixed", f"the note of {key} says something else")
