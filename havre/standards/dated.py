"""`Fact`: a value with what it rests on, and how packaged facts, revisions and project defaults combine into one. Knows no Django."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from havre.standards.errors import UnknownCountry, UnknownFact
from havre.standards.files.profiles import Definition, Profile, problems
from havre.standards.library import library
from havre.standards.words import Words, in_a_row

ReviewState = Literal["packaged", "project_default", "in_force"]
FactConfidence = Literal["high", "medium", "low", "project_default"]
# how one part of a value is said: its row and its words
Say = Callable[[str, Words], str]
_ORDER: tuple[FactConfidence, ...] = ("low", "project_default", "medium", "high")


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of a country on a day.

    `value` is plain data by kind: days, age and count are whole numbers; phones are mappings with number, channel and verified;
    authorities are codes; None is "not known". `revision` is what a clock, a document or a figure keeps: the id of a FactRevision, or
    `packaged <version>`. `review_state`: packaged as shipped, the project's default, or put in force by two named readers.
    """

    id: str
    country: str
    value: Any
    confidence: FactConfidence
    source: str
    revision: str
    review_state: ReviewState
    valid_from: date | None = None
    note: str | Words | None = None
    kind: str = "text"
    label: Words | None = None

    @property
    def is_signed(self) -> bool:
        """Whether an author and a second reader of this instance stand for it."""
        return self.review_state == "in_force"

    @property
    def usable(self) -> bool:
        """Whether behaviour may depend on it. A low fact is not, until it is signed; nor is one that is not known."""
        return self.value is not None and (self.is_signed or self.confidence != "low")

    @property
    def unconfirmed(self) -> bool:
        """Whether its review state is shown wherever a person reads it."""
        return self.confidence != "high"

    @property
    def is_default(self) -> bool:
        """Whether this is the project's default in the absence of a national fact."""
        return self.review_state == "project_default"

    @property
    def printable_numbers(self) -> tuple[str, ...]:
        """For telephone numbers: those that somebody has dialled. Only these are shown to the public."""
        if self.kind != "phones" or not isinstance(self.value, (list, tuple)):
            return ()
        return tuple(entry["number"] for entry in self.value if isinstance(entry, Mapping) and entry.get("verified") is True)

    @property
    def plain(self) -> Any:
        """The value as lists and dictionaries, ready for JSON."""
        return _plain(self.value)

    def text(self, language: str) -> str:
        """The value as one line in a language; "" when it is not known."""
        return self.said(lambda _row, words: words.text(language), language)

    def said(self, say: Say, language: str | None = None) -> str:
        """The value as one line in the words of somebody; "" when it is not known.

        Args: say, given the row of each part that holds words (`gh.shelters.0`; `unit.day` and `key.screening_days` for what all countries
        share) and its words as the profile has them; language, a BCP 47 tag whose signs stand between parts, else the reader's.
        """
        return "" if self.value is None else _as_text(self.value, say, f"{self.country}.{self.id}", Counter(), language)

    def __str__(self) -> str:
        return self.said(lambda _row, words: str(words))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, (list, tuple)) else value


def _as_text(value: Any, say: Say, row: str, seen: Counter[str], language: str | None) -> str:
    if isinstance(value, Mapping):
        if "en" in value and "fr" in value:
            return say(_next(row, seen), Words(value["en"], value["fr"]))
        if "number" in value:
            return str(value["number"])
        if "amount" in value:
            return _rate(value, say, row, seen, language)
        return in_a_row(
            (f"{say(f'key.{key}', _same(key))}: {_as_text(part, say, row, seen, language)}" for key, part in value.items()), language
        )
    if isinstance(value, (list, tuple)):
        return in_a_row((_as_text(part, say, row, seen, language) for part in value), language)
    return say(_next(f"{row}.text", seen), _same(value)) if isinstance(value, str) and re.search(r"[^\W\d_]", value) else str(value)


def _rate(value: Mapping[str, Any], say: Say, row: str, seen: Counter[str], language: str | None) -> str:
    unit = say(f"unit.{value['unit']}", _same(value["unit"]))
    days = f"{value['from']} – {value.get('until', '…')}"
    where = _as_text(value["where"], say, row, seen, language) if "where" in value else ""
    return ", ".join(part for part in (f"{value['amount']} {value['currency']}/{unit}", days, where) if part)


def _next(row: str, seen: Counter[str]) -> str:
    """The row of the next part: parts with words of their own are counted apart from those that are one string in every language."""
    seen[row] += 1
    return f"{row}.{seen[row] - 1}"


def _same(words: str) -> Words:
    return Words(words, words)


# What a revision says of a fact or of a part of it, newest last; the table gives these, the packaged facts have none.
Layers = Callable[[str, str], tuple[Fact, ...]]


def no_layers(country: str, root: str) -> tuple[Fact, ...]:
    """No revision at all."""
    return ()


def definition(id: str) -> Definition:
    """What a fact is. Raises: UnknownFact."""
    found = library().facts.definitions.get(id.partition(".")[0])
    if found is None:
        raise UnknownFact(id)
    return found


def packaged_fact(id: str, country: str) -> Fact:
    """The fact as shipped, with project defaults. Raises: UnknownFact, UnknownCountry."""
    return assemble(id, country, no_layers)


def packaged_facts(country: str) -> tuple[Fact, ...]:
    """Every fact of a country as shipped, in the order of the definitions; those that the profile does not have are left out."""
    return every(country, no_layers)


def every(country: str, layers: Layers) -> tuple[Fact, ...]:
    """Every fact that the country has, packaged or revised."""
    own = _profile(country).facts
    book = library().facts
    found = []
    for id in book.definitions:
        fact = assemble(id, country, layers)
        if id in own or id in book.derived or fact.is_signed:
            found.append(fact)
    return tuple(found)


def assemble(id: str, country: str, layers: Layers) -> Fact:
    """The fact `id`: its revisions over what it is computed from, over the packaged value, over the project's default."""
    country = country.lower()
    root, _dot, rest = id.partition(".")
    what = definition(root)
    mine = layers(country, root)
    fact = _bottom(root, country, layers) if not any(layer.id == root for layer in mine) else None
    for layer in mine:
        fact = layer if layer.id == root else _lay(fact or _blank(root, country), layer)
    fact = _default_for(fact or _blank(root, country))
    fact = replace(fact, kind=what.kind, label=what.label)
    return _part(fact, rest) if rest else fact


def _bottom(root: str, country: str, layers: Layers) -> Fact:
    book, profile = library().facts, _profile(country)
    derived = book.derived.get(root)
    if derived is None:
        return _shipped(root, country, profile)
    origin = derived.origin(country)
    if origin is not None:
        found = replace(assemble(origin, country, layers), id=root)
        # a record may hold anything under a name: what is not of this fact's kind says nothing here
        return _blank(root, country) if problems(definition(root).kind, found.value, frozenset()) else found
    if derived.sum_of:
        return _sum(root, country, [assemble(part, country, layers) for part in derived.sum_of])
    if derived.with_role is not None:
        return _authorities(root, country, profile, derived.with_role)
    return _blank(root, country)


def _profile(country: str) -> Profile:
    found = library().profiles.countries.get(country.lower())
    if found is None:
        raise UnknownCountry(country)
    return found


def _version() -> str:
    return f"packaged {library().profiles.version}"


def _blank(root: str, country: str) -> Fact:
    return Fact(root, country, None, "low", "not found", _version(), "packaged")


def _shipped(root: str, country: str, profile: Profile) -> Fact:
    found = profile.facts.get(root)
    if found is None:
        return _blank(root, country)
    return Fact(root, country, found.value, found.confidence, found.source, _version(), "packaged", note=found.note)


def _sum(root: str, country: str, parts: list[Fact]) -> Fact:
    used = [part for part in parts if part.usable]
    if not used or not parts[0].usable:
        return _blank(root, country)
    weakest = min(used, key=lambda part: _ORDER.index(part.confidence))
    return replace(
        weakest,
        id=root,
        country=country,
        value=sum(part.value for part in used),
        source="; ".join(dict.fromkeys(part.source for part in used)),
        revision=" + ".join(dict.fromkeys(part.revision for part in used)),
        review_state="in_force" if all(part.is_signed for part in used) else weakest.review_state,
        valid_from=max((part.valid_from for part in used if part.valid_from), default=None),
    )


def _authorities(root: str, country: str, profile: Profile, role: str) -> Fact:
    found = profile.with_role(role)
    marks: list[FactConfidence] = [authority.confidence for authority in found]
    weakest: FactConfidence = min(marks, key=_ORDER.index) if marks else "low"
    codes = tuple(authority.code for authority in found) or None
    source = "; ".join(dict.fromkeys(authority.source for authority in found)) or "not found"
    return Fact(root, country, codes, weakest, source, _version(), "packaged")


def _default_for(fact: Fact) -> Fact:
    default = library().facts.project_defaults.get(fact.id)
    if default is None or fact.usable:
        return fact
    return replace(
        fact,
        value=default.value,
        confidence="project_default",
        source=default.source,
        revision=f"default {library().facts.version}",
        review_state="project_default",
        note=default.note,
    )


def _lay(fact: Fact, layer: Fact) -> Fact:
    """Put the revision of a part into the whole. The whole keeps its own basis, and names the revision beside it."""
    steps = layer.id.split(".")[1:]
    value = _with(fact.value, steps, layer.value)
    weaker = min(fact.confidence, layer.confidence, key=_ORDER.index)
    return replace(fact, value=value, confidence=weaker, revision=f"{fact.revision} + {layer.revision}")


def _with(value: Any, steps: list[str], new: Any) -> Any:
    if not steps:
        return new
    step, rest = steps[0], steps[1:]
    if step.isdigit() and isinstance(value, (list, tuple)):
        place, items = int(step), list(value)
        if place < len(items):
            items[place] = _with(items[place], rest, new)
        else:
            items.append(_with(None, rest, new))
        return tuple(items)
    inner = dict(value) if isinstance(value, Mapping) else {}
    inner[step] = _with(inner.get(step), rest, new)
    return inner


def _part(fact: Fact, rest: str) -> Fact:
    value = fact.value
    for step in rest.split("."):
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, (list, tuple)) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return replace(fact, id=f"{fact.id}.{rest}", value=None, confidence="low")
    return replace(fact, id=f"{fact.id}.{rest}", value=value)
