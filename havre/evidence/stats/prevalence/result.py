"""What an estimate of prevalence is: a figure with its method, its spread, its traffic light, or a refusal with its reasons."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from havre.evidence.stats.measure import Source
from havre.evidence.stats.prevalence.families import FamilyEstimate
from havre.evidence.stats.prevalence.table import Overlaps
from havre.evidence.stats.prevalence.words import ASSUMPTIONS, UNITS, Text

GREEN, AMBER, RED, REFUSED = "green", "amber", "red", "refused"


@dataclass(frozen=True, slots=True)
class Light:
    """The traffic light and every reason for it; `helps` says what would make an estimate possible or better.

    `colour` is green, amber, red or refused.
    """

    colour: str
    reasons: tuple[Text, ...] = ()
    helps: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One estimate after one change: `kind` is a key of words.CHANGES, `what` the list, pair, threshold or cell; None where there is none.

    `value` is in people.
    """

    kind: str
    what: str
    family: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Check:
    """Internal consistency on one list: its known size against the interval that the other lists give of it.

    `known`, `value`, `low` and `high` are people. Source: Binette & Steorts, arXiv 2112.01594.
    """

    list: str
    known: int
    value: float | None
    low: float | None
    high: float | None

    @property
    def hit(self) -> bool | None:
        """Whether the interval holds the known size; None when the other lists have no answer."""
        return None if self.low is None or self.high is None else self.low <= self.known <= self.high


@dataclass(frozen=True, slots=True)
class Stratum:
    """One stratum: apart (`value`, `low`, `high`; None where it has no estimate) and partially pooled. `weight` is the share of its own
    evidence in the pooled figure (0: borrowed whole); `population` and `rate` (per 100,000) where a population was given.
    People are people. Source: DerSimonian & Laird, Controlled Clinical Trials 7 (1986).
    """

    name: str
    people: int
    value: float | None
    low: float | None
    high: float | None
    pooled: float | None
    pooled_low: float | None
    pooled_high: float | None
    weight: float
    reasons: tuple[Text, ...] = ()
    population: int | None = None

    @property
    def rate(self) -> float | None:
        """Pooled estimate per 100,000 of the stratum's population (SDG indicator 16.2.2)."""
        return None if not self.population or self.pooled is None else 100_000 * self.pooled / self.population


@dataclass(frozen=True, slots=True)
class Strata:
    """Strata of one column beside the national figure: `total` their pooled sum, from `low` to `high`; `gap` the sum less the national figure,
    never forced shut.
    `between` is the variance between strata of log(missing/seen). Source: DerSimonian & Laird, Controlled Clinical Trials 7 (1986).
    """

    column: str
    rows: tuple[Stratum, ...]
    between: float
    total: float | None
    gap: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Linkage:
    """The interval when the links themselves are drawn: over `tables` drawn tables; the interval `without` is that of the table as given.

    In people. Source: multiple imputation by mixing, Gelman et al., Bayesian Data Analysis, 3rd ed., ch. 18.
    """

    tables: int
    value: float
    low: float
    high: float
    without_low: float
    without_high: float

    @property
    def wider(self) -> float:
        """Width over the width without, less 1: 0.5 is wider by half."""
        before = self.without_high - self.without_low
        return (self.high - self.low) / before - 1 if before > 0 else float("inf")


@dataclass(frozen=True, slots=True)
class Prevalence:
    """How many people there are, seen and unseen, and how far that can be believed.

    `value`, `low`, `high` are in people (None when refused): the figure of `pool.headline`, with its interval at `level`. `numerator` is the
    people seen, `denominator` the estimate; `spread` the largest over the smallest estimate of the families that take people as alike. A refusal
    is a result: `light.colour` is "refused" and its reasons say why. Sources: each family's own; Stone, Annals of Math. Statistics 32 (1961).
    Source: Bales, Hesketh & Silverman, Significance 12 (2015), for the measure; each family's own for its method.
    """

    table: Overlaps
    source: Source
    families: tuple[FamilyEstimate, ...]
    light: Light
    level: float
    seed: int
    method: Text
    value: float | None = None
    low: float | None = None
    high: float | None = None
    spread: float | None = None
    population: int | None = None
    sensitivity: tuple[Change, ...] = ()
    consistency: tuple[Check, ...] = ()
    strata: Strata | None = None
    linkage: Linkage | None = None
    curve: tuple[float, ...] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    unit: str = "people"

    @property
    def refused(self) -> bool:
        """Whether no estimate is defensible."""
        return self.light.colour == REFUSED

    @property
    def numerator(self) -> int:
        """People seen on at least one list."""
        return self.table.people

    @property
    def denominator(self) -> float | None:
        """People estimated in all."""
        return self.value

    @property
    def assumptions(self) -> tuple[Text, ...]:
        """What every figure here rests on."""
        return ASSUMPTIONS

    def rate(self, figure: float | None) -> float | None:
        """A figure per 100,000 of the population, None when no population was given."""
        return None if figure is None or not self.population else 100_000 * figure / self.population

    def family(self, name: str) -> FamilyEstimate:
        """One family's answer. Raises KeyError."""
        for one in self.families:
            if one.family == name:
                return one
        raise KeyError(name)

    def sentence(self, language: str = "en") -> str:
        """The result in one sentence, in French ("fr") or English."""
        # words and pages bring the drawing of figures along: whoever wants the numbers does not load it
        from havre.evidence.stats.prevalence.phrases import sentence

        return sentence(self, language)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; small overlaps are not in it."""
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "level": self.level,
            "unit": {"code": self.unit, "fr": UNITS[self.unit].fr, "en": UNITS[self.unit].en},
            "numerator": self.numerator,
            "denominator": self.denominator,
            "spread": self.spread,
            "population": self.population,
            "rate_per_100000": [self.rate(figure) for figure in (self.value, self.low, self.high)] if self.population else None,
            "light": {"colour": self.light.colour, "reasons": _texts(self.light.reasons), "helps": _texts(self.light.helps)},
            "sentence": {"fr": self.sentence("fr"), "en": self.sentence("en")},
            "method": {"fr": self.method.fr, "en": self.method.en},
            "families": [_family(one) for one in self.families],
            "sensitivity": [{"kind": c.kind, "what": c.what, "family": c.family, "value": c.value} for c in self.sensitivity],
            "consistency": [
                {"list": c.list, "known": c.known, "value": c.value, "low": c.low, "high": c.high, "hit": c.hit} for c in self.consistency
            ],
            "strata": _strata(self.strata) if self.strata else None,
            "linkage": _linkage(self.linkage) if self.linkage else None,
            "assumptions": _texts(self.assumptions),
            "period": self.source.period,
            "coverage": self.source.coverage,
            "source": self.source.name,
            "fingerprint": self.source.fingerprint,
            "lists": list(self.table.lists),
            "seed": self.seed,
            "settings": dict(self.settings),
            "versions": dict(self.versions),
        }

    def report(self, folder: str | Path) -> tuple[Path, Path]:
        """Write `prevalence.fr.html`, `prevalence.en.html`, their plots as SVG and `prevalence.json`. Gives the two pages."""
        # as for the sentence
        from havre.evidence.stats.prevalence.report import write

        return write(self, Path(folder))

    def __str__(self) -> str:
        return json.dumps(self.as_json(), ensure_ascii=False)


def _texts(texts: tuple[Text, ...]) -> list[dict[str, str]]:
    return [{"fr": text.fr, "en": text.en} for text in texts]


def _family(one: FamilyEstimate) -> dict[str, Any]:
    return {
        "family": one.family,
        "outcome": one.outcome,
        "value": one.value,
        "low": one.low,
        "high": one.high,
        "level": one.level,
        "seed": one.seed,
        "method": {"fr": one.method.fr, "en": one.method.en},
        "failed": one.failed,
        "flags": sorted(one.flags),
        "reach": one.reach,
        "reasons": _texts(one.reasons),
        "gates": None
        if one.gates is None
        else {"rhat": one.gates.rhat, "bulk": one.gates.bulk, "tail": one.gates.tail, "hold": one.gates.hold},
        "searches": dict(one.searches),
        "models": [
            {"terms": list(m.terms), "value": m.value, "bic": m.bic, "weight": m.weight, "at_minus_infinity": list(m.at_minus_infinity)}
            for m in one.models
        ],
    }


def _strata(strata: Strata) -> dict[str, Any]:
    rows = [
        {
            **{
                name: getattr(row, name)
                for name in ("name", "people", "value", "low", "high", "pooled", "pooled_low", "pooled_high", "weight")
            },
            "population": row.population,
            "rate_per_100000": row.rate,
            "reasons": _texts(row.reasons),
        }
        for row in strata.rows
    ]
    return {
        "column": strata.column,
        "rows": rows,
        "between": strata.between,
        "total": strata.total,
        "low": strata.low,
        "high": strata.high,
        "gap": strata.gap,
    }


def _linkage(linkage: Linkage) -> dict[str, Any]:
    names = ("tables", "value", "low", "high", "without_low", "without_high", "wider")
    return {name: getattr(linkage, name) for name in names}
