"""The register of trainings in numbers: for those who enter it, and for whoever counts what an action plan has done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import ExtractYear

from havre.publishing.models import Learners, TrainingSession
from havre.trust.counting import shown
from havre.trust.models import Organisation

# what trainings can be counted by
DIMENSIONS = ("audience", "region", "edition")
RESULTS = ("enrolled", "attended", "passed")


@dataclass(frozen=True, slots=True)
class Trained:
    """One line of numbers. `of`: the value of each dimension asked for, in that order; `trainings`: how many were held.

    The three counts are persons as counts of this house are shown: None below the threshold of releases, else rounded up (trust.counting).
    """

    of: tuple[str, ...]
    trainings: int
    enrolled: int | None
    attended: int | None
    passed: int | None

    @property
    def results(self) -> tuple[tuple[str, int | None], ...]:
        """Each result with its count."""
        return tuple((name, getattr(self, name)) for name in RESULTS)


def trained(first: date, last: date, *, by: Sequence[str] = DIMENSIONS) -> list[Trained]:
    """Whoever was trained in this country between two days, both included, one line for each combination that occurs.

    Args: by, some of DIMENSIONS in any order; empty gives one line, of everybody.
    Raises: ValueError for a dimension that there is not: our bug.
    The numbers of one group are never given, only sums that reach the threshold, each rounded: a total less its parts leaves nobody exactly.
    """
    if not set(by) <= set(DIMENSIONS):
        raise ValueError(f"trainings are counted by some of {', '.join(DIMENSIONS)}")
    held = TrainingSession.objects.filter(country=settings.HAVRE_COUNTRY, held_on__range=(first, last)).order_by()
    sums = {"n": Count("pk"), **{f"n_{name}": Sum(name, default=0) for name in RESULTS}}
    rows = held.values(*by).annotate(**sums).order_by(*by) if by else [held.aggregate(**sums)]
    return [Trained(tuple(row[name] for name in by), row["n"], *(shown(row[f"n_{name}"]) for name in RESULTS)) for row in rows if row["n"]]


def by_year() -> list[dict[str, int | None]]:
    """Year, and how many enrolled, attended and passed in this country, as counts of this house are shown."""
    sums = {f"n_{name}": Sum(name) for name in RESULTS}
    rows = sessions().order_by().values(year=ExtractYear("held_on")).annotate(**sums)
    return [{"year": row["year"], **{name: shown(row[f"n_{name}"]) for name in RESULTS}} for row in rows.order_by("-year")]


def sessions() -> QuerySet[TrainingSession]:
    """Every training of this country, the last first: for those who enter them."""
    return TrainingSession.objects.filter(country=settings.HAVRE_COUNTRY)


def regions() -> list[str]:
    """Regions of this country that the house has written so far: of its services, and of trainings held. Each spelling once, sorted."""
    country = settings.HAVRE_COUNTRY
    known = set(Organisation.objects.filter(country__iexact=country).exclude(region="").values_list("region", flat=True))
    return sorted(known | set(sessions().order_by().values_list("region", flat=True).distinct()), key=str.casefold)


def audience_words(code: str) -> str:
    """A service of learners in words."""
    return str(Learners(code).label)
