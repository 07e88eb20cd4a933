"""Screening and identification indicators, with the grade of each in each profile and where that grade comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from havre.standards.reading import Page, unique
from havre.standards.words import Words

Profile = Literal["adult_labour", "child_labour", "adult_sexual", "child_sexual"]
Strength = Literal["strong", "medium", "weak"]
Basis = Literal["transcription", "secondary_note", "borrowed", "borrowed_capped", "not_in_borrowed_list"]
Outcome = Literal["no_indication", "indications_refer", "presumed_victim_reasonable_grounds"]
PROFILES: tuple[Profile, ...] = ("adult_labour", "child_labour", "adult_sexual", "child_sexual")


@dataclass(frozen=True, slots=True)
class Grade:
    """How much an indicator weighs in one profile. `strength` None: the source gives none; shown, never counted, and not zero.

    `basis` says where the grade comes from; None where the set has no grades at all. `in_list` False: the published set of this
    profile leaves the sign out.
    """

    strength: Strength | None
    basis: Basis | None
    in_list: bool = True

    @property
    def is_borrowed(self) -> bool:
        """Whether to show that the grade is not a transcription. A borrowed grade never lowers a referral."""
        return self.basis is not None and self.basis != "transcription"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One sign that an officer may be told or may see. Source: `source`, a key of `Indicators.sources`.

    `suggests_code` (an IC-TIP-aligned node) and `suggests_htcds_control` are suggestions that the officer confirms, never filled in.
    A value beginning with `ext:` is one of Havre's own.
    """

    id: str
    set: str
    dimension: str
    strength: Strength | None
    applies_to: tuple[Profile, ...]
    statement: Words
    source: str
    strength_by_profile: Mapping[str, Strength | Literal["not_in_list"] | None] = field(default_factory=dict)
    statement_by_profile: Mapping[str, Words] = field(default_factory=dict)
    resolved_strength: Mapping[str, Strength | Literal["not_in_list"] | None] = field(default_factory=dict)
    resolved_basis: Mapping[str, Basis] = field(default_factory=dict)
    label: Words | None = None
    strength_confidence: str | None = None
    suggests_code: str | None = None
    suggests_htcds_control: tuple[str, ...] = ()

    def grade(self, profile: Profile) -> Grade:
        """The grade to use today in this profile, with its basis."""
        resolved, basis = self.resolved_strength.get(profile), self.resolved_basis.get(profile)
        if resolved == "not_in_list":
            return Grade(None, basis, in_list=False)
        return Grade(resolved, basis, in_list=basis != "not_in_borrowed_list")

    def wording(self, profile: Profile) -> Words:
        """The statement as this profile words it, else the general one."""
        return self.statement_by_profile.get(profile, self.statement)


@dataclass(frozen=True, slots=True)
class SourceText:
    """Where a set comes from and under which licence. `structure`: what is known of its published shape."""

    title: str
    licence: str
    structure: str | None = None


@dataclass(frozen=True, slots=True)
class ProfileCount:
    """How much of a published set is entered. `published` None: the published table was not found."""

    published: int | None
    entered: int
    status: str
    strong: int | None = None
    medium: int | None = None
    weak: int | None = None
    graded_from_a_source: int | None = None
    supplement: int | None = None
    not_in_list: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DimensionRule:
    """A dimension is positive when at least one combination is met: grade → how many. Ungraded entries never count."""

    any_of: tuple[Mapping[str, int], ...]
    note: Words
    confidence: str
    ungraded: str

    def is_met_by(self, strengths: Mapping[str, int]) -> bool:
        """Whether counts of strong, medium and weak signs meet a combination. A stronger sign may stand for a weaker one."""
        return any(_covers(strengths, combination) for combination in self.any_of)


def _covers(strengths: Mapping[str, int], combination: Mapping[str, int]) -> bool:
    spare = 0
    for grade in ("strong", "medium", "weak"):
        spare += strengths.get(grade, 0) - combination.get(grade, 0)
        if spare < 0:
            return False
    return True


@dataclass(frozen=True, slots=True)
class Rules:
    """How the sets score. Data for the screening part; nothing here decides."""

    delphi_dimension_positive: DimensionRule
    delphi_profile_fallback: Mapping[str, Any]
    delphi_presumption_adult: Mapping[str, Any]
    delphi_presumption_child: Mapping[str, Any]
    delphi_child_sexual_override: Mapping[str, Any]
    ilo_hard_to_see: Mapping[str, Any]
    ilo_11: Mapping[str, Any]
    output_vocabulary: tuple[Outcome, ...]
    principle: Words
    statement_choice: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Indicators:
    """Every indicator set. Sources: ILO/EC 2009, ILO SAP-FL 2012, UNODC 2009 and practice, restated."""

    version: str
    sources: Mapping[str, SourceText]
    sets: Mapping[str, Words]
    dimensions: Mapping[str, Words]
    profile_counts: Mapping[str, ProfileCount]
    rules: Rules
    indicators: tuple[Indicator, ...]

    def get(self, id: str) -> Indicator:
        """The indicator with this id. Raises: KeyError."""
        for indicator in self.indicators:
            if indicator.id == id:
                return indicator
        raise KeyError(id)

    def for_profile(self, profile: Profile, *, set: str | None = None) -> tuple[Indicator, ...]:
        """Those that may be asked in this profile, of one set or of all, in the order of the file."""
        return tuple(i for i in self.indicators if profile in i.applies_to and (set is None or i.set == set))


def read(page: Page, *, nodes: frozenset[str], controls: frozenset[str]) -> Indicators:
    """The file, checked against the IC-TIP-aligned codes and the HTCDS control values. Raises: StandardsError."""
    found = page.read(Indicators)
    unique(page, found.indicators, "id", "indicators")
    for place, one in enumerate(found.indicators):
        at = ("indicators", place)
        page.refer(one.set, found.sets, "indicator set of this file", *at, "set")
        page.refer(one.dimension, found.dimensions, "dimension of this file", *at, "dimension")
        page.refer(one.source, found.sources, "source of this file", *at, "source")
        if one.suggests_code is not None:
            page.refer(one.suggests_code, nodes, "code of ictip.yaml", *at, "suggests_code")
        for nth, control in enumerate(one.suggests_htcds_control):
            page.refer(control.removeprefix("ext:"), controls, "HTCDS method of control", *at, "suggests_htcds_control", nth)
        for name in ("strength_by_profile", "statement_by_profile", "resolved_strength", "resolved_basis"):
            for profile in getattr(one, name):
                page.refer(profile, PROFILES, "screening profile", *at, name, profile)
    known = {one.id for one in found.indicators}
    for name, count in found.profile_counts.items():
        page.refer(name, PROFILES, "screening profile", "profile_counts", name)
        for nth, id in enumerate(count.not_in_list):
            page.refer(id, known, "indicator of this file", "profile_counts", name, "not_in_list", nth)
    return found
