"""The register of what each part gives to the house. `site` composes pages from it.

A consistency test fails when a protected model is in no contract.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from havre.trust.enums import Role, Section
from havre.trust.errors import Words

if TYPE_CHECKING:
    from django.db import models

    from havre.trust.actors import Actor
    from havre.trust.moments import Line, Reading


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a case's timeline. `icon` is a symbol of the icon file; `section` says which grant shows it.

    `record` is a row whose words are sealed: they are opened only for the lines that a page shows. `url` is the record's own page where this
    role reaches it; `whole_day`: only the day is known.
    """

    at: datetime
    title: Words
    words: Words = ""
    icon: str = "note"
    section: Section = Section.CASE
    record: UUID | None = None
    url: str = ""
    whole_day: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One tab or side sheet of the case page: `template` is rendered with `context` plus `case` and `actor`."""

    code: str
    title: Words
    template: str
    context: dict[str, Any]
    section: Section
    side: bool = False


@dataclass(frozen=True, slots=True)
class CaseAct:
    """A step that may be begun from the case page: what, where, and its drawing."""

    title: Words
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for an actor on the home page: what, where to do it, by when, and by which rule.

    `awaited_from` names the organisation whose answer is awaited; empty when it is the actor's own turn.
    """

    title: Words
    url: str
    due_at: datetime | None = None
    why: Words = ""
    urgent: bool = False
    awaited_from: Words = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the navigation, shown to these roles only."""

    title: Words
    url_name: str
    icon: str
    roles: frozenset[Role]
    group: Words = ""


@dataclass(frozen=True, slots=True)
class UrlRow:
    """One row of the address matrix: the roles that reach it (None: whoever is signed in).

    `by_duty`: those of them whom the policy lets in by legal duty only, so that a case which they opened themselves refuses them (403).
    """

    name: str
    methods: tuple[str, ...] = ("GET",)
    own: frozenset[Role] | None = None
    public: bool = False
    note: str = ""
    by_duty: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Column:
    """One coded column of the extract: never a name, never free text. `values` is the published code list, None for numbers and dates."""

    table: str
    name: str
    kind: str
    values: tuple[str, ...] | None = None
    words: Words = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """One closed case, for retention: its reference, the persons in it, and when it was closed."""

    case_id: UUID
    ref: str
    person_ids: tuple[UUID, ...]
    closed_at: datetime


def _nothing(*_args: Any) -> Iterable[Any]:
    return ()


@dataclass(frozen=True, slots=True)
class Contract:
    """What one part gives. Callables take the actor (and the case's id) and never raise for want of rights: they give nothing instead."""

    part: str
    models: tuple[type[models.Model], ...] = ()
    workflows: tuple[str, ...] = ()
    # the records that stand on a case's timeline, and the panels made of them: the page reads the lines of every part in one query
    lines: Callable[[], Iterable[Line]] = _nothing
    sheets: Callable[[Reading], Iterable[Panel]] = _nothing
    # what this role may begin for one person of a case, beside the panels of these codes; the act itself asks the policy again
    acts: Callable[[Actor, UUID, UUID, frozenset[str]], Iterable[CaseAct]] = _nothing
    dossier: Callable[[Actor, UUID], Iterable[tuple[str, dict[str, Any]]]] = _nothing
    waiting: Callable[[Actor], Iterable[Waiting]] = _nothing
    erase: Callable[[UUID], int] = lambda _person: 0
    # for retention: the closed cases; of these persons, what their identification came to; of these cases, why one is still needed
    ended: Callable[[datetime], Iterable[Ended]] = _nothing
    outcomes: Callable[[Collection[UUID]], dict[UUID, str]] = lambda _persons: {}
    needed: Callable[[Collection[UUID]], dict[UUID, Words]] = lambda _cases: {}
    # two organisations merge: (first, second, actor) → lines of the report: what, how many went on, how many were resolved otherwise, how
    merge: Callable[[UUID, UUID, Actor], Iterable[tuple[str, int, int, str]]] = _nothing
    # what is due by now: expire, remind, suspend; idempotent, gives how many things moved
    sweep: Callable[[datetime], int] = lambda _now: 0
    extract: Callable[[], Iterable[tuple[str, Iterable[dict[str, Any]]]]] = _nothing
    columns: tuple[Column, ...] = ()
    navigation: tuple[Link, ...] = ()
    commands: tuple[str, ...] = ()
    audit_words: tuple[tuple[str, Words], ...] = ()
    urls: tuple[UrlRow, ...] = ()
    # a case's id from what a person types (a reference or an id), whoever asks: for the emergency access and the data-protection officer
    find_case: Callable[[str], UUID | None] = lambda _words: None
    # the ids of a case's persons, for the access history
    persons_of_case: Callable[[UUID], Iterable[UUID]] = _nothing

    @property
    def pages(self) -> dict[str, Collection[Role] | None]:
        """The roles that reach each address of this part."""
        return {row.name: row.own for row in self.urls}


_contracts: dict[str, Contract] = {}


def register_contract(contract: Contract) -> None:
    """Add one part's contract. Called from AppConfig.ready; a second call for the same part replaces the first."""
    _contracts[contract.part] = contract


def contracts() -> tuple[Contract, ...]:
    """Every registered contract, lowest floor first."""
    order = (
        "standards",
        "trust",
        "register",
        "protection",
        "referral",
        "justice",
        "evidence",
        "release",
        "publishing",
        "partnership",
        "site",
    )
    return tuple(_contracts[part] for part in order if part in _contracts)
