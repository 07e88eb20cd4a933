"""Country profiles: what the law and the services of a country are, fact by fact, each with its confidence and source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from havre.standards.reading import Page, unique
from havre.standards.words import Words

UNITS = ("hour", "day", "month", "year")
Confidence = Literal["high", "medium", "low"]
Kind = Literal["days", "age", "count", "text", "texts", "record", "phones", "authorities", "rates"]


@dataclass(frozen=True, slots=True)
class PackagedFact:
    """One fact as Havre was shipped with it. `value` None: not found."""

    value: Any
    confidence: Confidence
    source: str
    note: str | Words | None = None


@dataclass(frozen=True, slots=True)
class ProfileLanguage:
    """A language of the country. `interface`: Havre speaks it, or is meant to."""

    code: str
    bcp47: str
    name: Words
    role: Literal["official", "working", "interpreting", "exchange"]
    interface: bool
    confidence: Confidence
    source: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Authority:
    """A body that takes part in the response. `phone` None: not known, never guessed; shown to the public only once verified."""

    code: str
    name: Words
    kind: Literal["public", "ngo", "international"]
    roles: tuple[str, ...]
    phone: tuple[str, ...] | None
    phone_verified: bool
    confidence: Confidence
    source: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """One country. `volatile`: facts to be checked at each release."""

    name: Words
    iso3166: str
    iso3166_alpha3: str
    facts: Mapping[str, PackagedFact]
    volatile: tuple[str, ...]
    languages: tuple[ProfileLanguage, ...]
    authorities: tuple[Authority, ...]

    @property
    def code(self) -> str:
        """The lower-case key of the profile, such as gh."""
        return self.iso3166.lower()

    def authority(self, code: str) -> Authority:
        """The authority with this code. Raises: KeyError."""
        for authority in self.authorities:
            if authority.code == code:
                return authority
        raise KeyError(code)

    def with_role(self, role: str) -> tuple[Authority, ...]:
        """The authorities that have this role."""
        return tuple(authority for authority in self.authorities if role in authority.roles)


@dataclass(frozen=True, slots=True)
class Profiles:
    """Every packaged profile, and the names of the roles an authority may have."""

    version: str
    as_of: str
    roles: Mapping[str, Words]
    countries: Mapping[str, Profile]


@dataclass(frozen=True, slots=True)
class Definition:
    """What a fact is called and what its value may be. `drives`: a clock, a gate or a document acts on it."""

    kind: Kind
    label: Words
    drives: bool = False


@dataclass(frozen=True, slots=True)
class Derived:
    """How a fact is computed: from another (differently in some countries), by adding, or from the authorities' roles."""

    from_fact: str | None = None
    from_fact_in: Mapping[str, str] = field(default_factory=dict)
    sum_of: tuple[str, ...] = ()
    with_role: str | None = None

    def origin(self, country: str) -> str | None:
        """The fact that this one repeats in this country, or None."""
        return self.from_fact_in.get(country, self.from_fact)


@dataclass(frozen=True, slots=True)
class Default:
    """What is used where no usable national fact is found."""

    value: Any
    source: str
    note: Words


@dataclass(frozen=True, slots=True)
class Floor:
    """The least that national law may give; a revision beneath it is refused."""

    value: int
    source: str


@dataclass(frozen=True, slots=True)
class FactBook:
    """Definitions, computed facts, project defaults and floors."""

    version: str
    definitions: Mapping[str, Definition]
    derived: Mapping[str, Derived]
    project_defaults: Mapping[str, Default]
    floors: Mapping[str, Floor]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value cannot be that of a fact. `code` is stable; `what` names the offending part, for a translated message."""

    code: Literal["whole_number", "range", "text", "list", "record", "phone", "authority", "empty", "floor", "rate"]
    what: str = ""


_RANGE: Mapping[str, tuple[int, int]] = {"days": (0, 3650), "age": (0, 30), "count": (0, 2_000_000_000)}


def problems(kind: Kind, value: Any, authorities: frozenset[str]) -> tuple[Problem, ...]:
    """Everything wrong with a value of this kind; empty when it is sound. None is always sound: not known."""
    if value is None:
        return ()
    if kind in _RANGE:
        return _number_problems(kind, value)
    if kind == "text":
        return () if _is_text(value) else (Problem("text"),)
    if kind == "record":
        return () if isinstance(value, Mapping) and value else (Problem("record"),)
    return _list_problems(kind, value, authorities)


def _list_problems(kind: Kind, value: Any, authorities: frozenset[str]) -> tuple[Problem, ...]:
    if not isinstance(value, list | tuple):
        return (Problem("list"),)
    if not value:
        return (Problem("empty"),)
    if kind == "phones":
        return tuple(Problem("phone", str(entry)) for entry in value if not _is_phone(entry))
    if kind == "rates":
        return tuple(Problem("rate", _rate_name(entry)) for entry in value if not _is_rate(entry))
    if kind == "authorities":
        return tuple(Problem("authority", str(code)) for code in value if code not in authorities)
    return tuple(Problem("text", str(entry)) for entry in value if not _is_text(entry))


def _number_problems(kind: str, value: Any) -> tuple[Problem, ...]:
    low, high = _RANGE[kind]
    if not isinstance(value, int) or isinstance(value, bool):
        return (Problem("whole_number", str(value)),)
    return () if low <= value <= high else (Problem("range", f"{low}-{high}"),)


def _is_text(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(value.get(tag), str) and value[tag].strip() for tag in ("en", "fr"))
    return bool(str(value).strip()) and isinstance(value, (str, int)) and not isinstance(value, bool)


def _is_phone(entry: Any) -> bool:
    if not isinstance(entry, Mapping) or set(entry) - {"number", "channel", "verified", "words"}:
        return False
    number = entry.get("number")
    digits = [sign for sign in number if sign.isdigit()] if isinstance(number, str) else []
    sound = bool(digits) and len(digits) <= 15 and all(sign.isdigit() or sign in "+ -()" for sign in str(number))
    return sound and entry.get("channel") in {"call", "sms", "chat"} and isinstance(entry.get("verified"), bool)


def _rate_name(entry: Any) -> str:
    return str(entry.get("from", entry)) if isinstance(entry, Mapping) else str(entry)


def _is_rate(entry: Any) -> bool:
    """A rate: `from` and perhaps `until` as ISO days, `amount` as digits, `currency`, `unit`, its `source`, perhaps `where` it holds."""
    needed, more = {"from", "amount", "currency", "unit", "source"}, {"until", "where"}
    if not isinstance(entry, Mapping) or set(entry) - needed - more or needed - set(entry):
        return False
    if not all(isinstance(part, str) and part.strip() for name, part in entry.items() if name != "where") or not _is_text(
        entry.get("where", "-")
    ):
        return False
    if entry["unit"] not in UNITS or re.fullmatch(r"%|[A-Z]{3}", entry["currency"]) is None:
        return False
    if re.fullmatch(r"\d{1,9}(\.\d{1,4})?", entry["amount"]) is None or float(entry["amount"]) <= 0:
        return False
    try:
        first, last = date.fromisoformat(entry["from"]), date.fromisoformat(entry.get("until", entry["from"]))
    except ValueError:
        return False
    return first <= last


def read(page: Page, *, languages: frozenset[str], countries: Mapping[str, Any], book: FactBook, gates: frozenset[str]) -> Profiles:
    """The profiles, each fact checked against its definition. Raises: StandardsError."""
    found = page.read(Profiles)
    for code, profile in found.countries.items():
        at = ("countries", code)
        page.refer(profile.iso3166, countries, "alpha-2 code of countries.yaml", *at, "iso3166")
        page.require(profile.code == code, f"{profile.iso3166!r} is not {code!r}", "Use the same letters", *at, "iso3166")
        same = countries[profile.iso3166].alpha3 == profile.iso3166_alpha3
        page.require(same, f"{profile.iso3166_alpha3!r} is another country", "Mend the code", *at, "iso3166_alpha3")
        unique(page, profile.authorities, "code", *at, "authorities")
        known = frozenset(authority.code for authority in profile.authorities)
        for place, authority in enumerate(profile.authorities):
            starts = authority.code.startswith(f"{code}-")
            page.require(starts, f"{authority.code!r} is of no {code}", f"Begin with {code}-", *at, "authorities", place, "code")
            for nth, role in enumerate(authority.roles):
                page.refer(role, found.roles, "role of this file", *at, "authorities", place, "roles", nth)
        for place, language in enumerate(profile.languages):
            page.refer(language.code, languages, "language of languages.yaml", *at, "languages", place, "code")
        for place, name in enumerate(profile.volatile):
            page.refer(name, profile.facts, "fact of this country", *at, "volatile", place)
        _check_facts(page, code, profile, book, known, gates)
    return found


def _check_facts(page: Page, code: str, profile: Profile, book: FactBook, known: frozenset[str], gates: frozenset[str]) -> None:
    for name, fact in profile.facts.items():
        at = ("countries", code, "facts", name)
        page.refer(name, book.definitions, "fact defined in facts.yaml", *at)
        wrong = problems(book.definitions[name].kind, fact.value, known)
        page.require(not wrong, f"the value does not fit its kind ({', '.join(p.code for p in wrong)})",
                     f"{name} is of kind {book.definitions[name].kind}: see facts.yaml", *at, "value")  # fmt: skip
        sure = fact.value is not None or fact.confidence == "low"
        page.require(sure, "a fact that was not found is of low confidence", "Write confidence: low", *at, "confidence")
        for word in str(fact.note or "").replace(":", " ").replace(",", " ").replace(".", " ").split():
            if word.startswith("RG") and word[2:].isdigit():
                page.refer(word, gates, "gate of rights_gates.yaml", *at, "note")


def read_book(page: Page) -> FactBook:
    """Definitions, computed facts and defaults, each naming only defined facts. Raises: StandardsError."""
    found = page.read(FactBook)
    for name, derived in found.derived.items():
        page.refer(name, found.definitions, "fact defined above", "derived", name)
        if derived.from_fact is not None:
            page.refer(derived.from_fact.partition(".")[0], found.definitions, "fact defined above", "derived", name, "from_fact")
        for country, origin in derived.from_fact_in.items():
            page.refer(origin.partition(".")[0], found.definitions, "fact defined above", "derived", name, "from_fact_in", country)
        for nth, part in enumerate(derived.sum_of):
            page.refer(part, found.definitions, "fact defined above", "derived", name, "sum_of", nth)
    for group in ("project_defaults", "floors"):
        for name, row in getattr(found, group).items():
            page.refer(name, found.definitions, "fact defined above", group, name)
            wrong = problems(found.definitions[name].kind, row.value, frozenset())
            page.require(not wrong, "the value does not fit its kind", "Mend the value", group, name, "value")
    return found
