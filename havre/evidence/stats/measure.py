"""A number with its method: nobody here gives a figure without what it counts, over whom, when, and how sure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import polars as pl
from scipy.stats import binomtest, chi2

# what a reader is told beside a figure, in the two languages of the house; codes are stable, words may be mended
WARNINGS: Mapping[str, tuple[str, str]] = {
    "gaps": (
        "Plus d'une personne sur cinq sans réponse notée : la part peut être très différente.",
        "More than one person in five has no recorded answer: the share may be very different.",
    ),
    "few": ("Moins de 30 personnes : lire l'intervalle, pas la part.", "Fewer than 30 persons: read the interval, not the share."),
    "many_answers": (
        "Plusieurs réponses par personne : les parts ne s'additionnent pas.",
        "Several answers a person: the shares do not add up.",
    ),
    "practice": (
        "La pratique a changé dans la période : une hausse peut venir du repérage, pas du nombre de victimes.",
        "Practice changed in the period: a rise may come from screening, not from the number of victims.",
    ),
    "detections": (
        "Compte les personnes repérées, non les personnes victimes de traite.",
        "Counts detected persons, not all persons trafficked.",
    ),
    "waiting": (
        "Des personnes attendent encore : leur attente est comptée comme inachevée.",
        "Some still wait: their wait is counted as unfinished.",
    ),
    "not_reached": (
        "Moins de la moitié y est parvenue : la médiane n'existe pas encore.",
        "Fewer than half have got there: the median does not exist yet.",
    ),
    "partial_cover": ("Tous les organismes n'ont pas transmis.", "Not every organisation has reported."),
    "association": (
        "Association seulement : le tableau ne dit pas ce qui cause quoi, ni ce que changerait une action.",
        "Association only: the table does not say what causes what, nor what an action would change.",
    ),
    "silent": (
        "Des personnes sans réponse notée ne sont pas dans le modèle ; leur nombre est donné, et la figure si toutes ou aucune l'avaient.",
        "Persons without a recorded answer are not in the model; their number is given, and the figure if all or none of them had it.",
    ),
    "few_clusters": (
        "Moins de 20 grappes : l'intervalle peut être trop étroit.",
        "Fewer than 20 clusters: the interval may be too narrow.",
    ),
    "few_events": (
        "Moins de dix cas par terme du modèle : estimation fragile.",
        "Fewer than ten cases a term of the model: a fragile estimate.",
    ),
    "over_one": (
        "Des risques ajustés dépassent un : préférer le rapport de cotes.",
        "Some fitted risks exceed one: prefer the odds ratio.",
    ),
    "penalised": (
        "Une case est vide ou rare : rapport de cotes pénalisé, non ajusté, sans les grappes ni les poids ; à ne pas mettre à côté des autres.",
        "A cell is empty or rare: penalised odds ratio, unadjusted, without clusters or weights; not to be set beside the others.",
    ),
    "many_tests": (
        "Plusieurs facteurs à la fois : lire q (taux de fausses découvertes), non p.",
        "Several factors at once: read q (false-discovery rate), not p.",
    ),
    "found_among_detected": (
        "Mesuré parmi les personnes rencontrées : celles que personne n'a rencontrées peuvent différer.",
        "Measured among the persons met: those whom nobody met may differ.",
    ),
    "search": (
        "Ruptures cherchées dans la série elle-même : une coïncidence avec une mesure prise n'en prouve pas l'effet.",
        "Changes searched for in the series itself: that one falls on a measure taken does not prove its effect.",
    ),
    "gradual": (
        "Un mouvement graduel, ou des mois liés les uns aux autres, expliquent aussi bien ces comptes : la rupture peut n'être qu'apparente.",
        "A gradual movement, or months tied to one another, explain these counts as well: the break may be one in appearance only.",
    ),
    "statuses_change": (
        "Le statut change en route : une personne compte sous chacun des statuts qu'elle a eus.",
        "Status changes on the way: a person counts under each status they had.",
    ),
    "not_wanted": (
        "Les services que la personne n'a pas voulus ne sont pas un besoin non couvert ; ils sont comptés à part.",
        "Services that the person did not want are no unmet need; they are counted apart.",
    ),
    "upstream": (
        "Données déjà agrégées ou masquées par leur éditeur : ne pas publier telles quelles.",
        "Already coarsened or suppressed by their publisher: not for publication as they are.",
    ),
}


# methods are kept in English, as codes; these turn them into French where a person reads them, longest first
METHODS_FR: Mapping[str, str] = {
    "Firth's penalised logistic regression, profile likelihood": "régression logistique pénalisée de Firth, vraisemblance profilée",
    "ratio of Poisson counts, exact": "rapport de comptes de Poisson, exact",
    "levels and month effects": "niveaux et effets de mois",
    "Kaplan-Meier median": "médiane de Kaplan-Meier",
    "median, order statistics": "médiane, statistiques d'ordre",
    "binary segmentation": "segmentation binaire",
    "modified Poisson": "Poisson modifié",
    "logistic regression": "régression logistique",
    "robust variance over": "variance robuste sur",
    "survey weights": "poids de sondage",
    "bootstrap of": "bootstrap de",
    "mean level": "niveau moyen",
    "normal 95": "loi normale 95",
    "residents:": "habitants :",
    "clusters": "grappes",
    "persons": "personnes",
    "t with": "t à",
    " df": " ddl",
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows come from: `name`, `period` in words (ISO dates), `coverage` in words, `fingerprint` of the input (SHA-256).

    `partial` when not every organisation has reported; `external` when the counts were made elsewhere.
    """

    name: str
    period: str
    coverage: str
    fingerprint: str
    external: bool = False
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure with its method.

    `value` is in `unit` (None when it does not exist); `low` and `high` bound it at `level` (None when no interval is defined).
    `denominator` counts the persons with a recorded answer, `everyone` all persons in the group: a share over the second treats silence
    as no, so both are printed. `seed` is None for what draws nothing. `warnings` are keys of WARNINGS.
    Source: the lines of a statistical product, UN Fundamental Principles of Official Statistics 2014, principle 3.
    """

    code: str
    group: str
    value: float | None
    low: float | None
    high: float | None
    numerator: float
    denominator: float
    everyone: float
    unit: str
    method: str
    source: Source
    level: float = 0.95
    seed: int | None = None
    warnings: tuple[str, ...] = ()

    @property
    def share_of_everyone(self) -> float | None:
        """The numerator over all persons of the group, in the same unit; None for what is no share."""
        if self.unit != "share" or not self.everyone:
            return None
        return self.numerator / self.everyone

    def words(self, language: str) -> tuple[str, ...]:
        """The warnings in French ("fr") or English (anything else)."""
        return tuple(WARNINGS[key][0 if language == "fr" else 1] for key in self.warnings)

    def method_words(self, language: str) -> str:
        """The method in French ("fr") or English (anything else)."""
        if language != "fr":
            return self.method
        words = self.method
        for english, french in METHODS_FR.items():
            words = words.replace(english, french)
        return words

    def as_json(self) -> dict[str, object]:
        """Plain JSON values, warnings and method in both languages."""
        return {
            **asdict(self),
            "share_of_everyone": self.share_of_everyone,
            "method_fr": self.method_words("fr"),
            "warnings_fr": self.words("fr"),
            "warnings_en": self.words("en"),
        }

    def __str__(self) -> str:
        return json.dumps(self.as_json(), ensure_ascii=False)


def fingerprint(frame: pl.DataFrame) -> str:
    """SHA-256 of a table's columns and rows, in their order: the same input gives the same word.

    Gives 64 hexadecimal digits. Source: FIPS 180-4.

    >>> fingerprint(pl.DataFrame({"a": [1, None]}))[:12] == fingerprint(pl.DataFrame({"a": [1, None]}))[:12]
    True
    """
    digest = hashlib.sha256(json.dumps([[name, str(kind)] for name, kind in frame.schema.items()]).encode())
    digest.update(frame.write_ndjson().encode())
    return digest.hexdigest()


def wilson(numerator: int, denominator: int, *, level: float = 0.95) -> tuple[float, float] | tuple[None, None]:
    """The Wilson score interval of a share; (None, None) for an empty denominator. Source: Wilson 1927; scipy.stats.binomtest.

    Args: persons; level between 0 and 1. Gives shares of one.
    """
    if not denominator:
        return (None, None)
    found = binomtest(numerator, denominator).proportion_ci(level, method="wilson")
    return (float(found.low), float(found.high))


def exact(numerator: int, denominator: int, *, level: float = 0.95) -> tuple[float, float] | tuple[None, None]:
    """The Clopper-Pearson interval of a share: never under its level, wider than Wilson's. Source: Clopper & Pearson 1934.

    Args: persons; level between 0 and 1. Gives shares of one; (None, None) for an empty denominator.
    """
    if not denominator:
        return (None, None)
    found = binomtest(numerator, denominator).proportion_ci(level, method="exact")
    return (float(found.low), float(found.high))


def poisson(count: int, *, level: float = 0.95) -> tuple[float, float]:
    """The exact interval of a count of independent events. Source: Garwood 1936.

    Args: count of events; level between 0 and 1. Gives events.
    """
    tail = (1 - level) / 2
    low = float(chi2.ppf(tail, 2 * count) / 2) if count else 0.0
    return (low, float(chi2.ppf(1 - tail, 2 * count + 2) / 2))


def share(
    code: str, group: str, numerator: int, recorded: int, everyone: int, source: Source, *, few: int = 30, extra: tuple[str, ...] = ()
) -> Measure:
    """A share of persons with Wilson's interval, Clopper-Pearson under `few` persons, and both denominators.

    Args: numerator, recorded and everyone in persons; extra, codes of WARNINGS. Source: Wilson 1927; Clopper & Pearson 1934.
    """
    small = recorded < few
    low, high = (exact if small else wilson)(numerator, recorded)
    warnings = [*extra]
    if small:
        warnings.append("few")
    if everyone and recorded < 0.8 * everyone:
        warnings.append("gaps")
    if source.partial:
        warnings.append("partial_cover")
    if source.external:
        warnings.append("upstream")
    method = "Clopper-Pearson 95 %" if small else "Wilson 95 %"
    value = numerator / recorded if recorded else None
    return Measure(code, group, value, low, high, numerator, recorded, everyone, "share", method, source, warnings=tuple(warnings))
