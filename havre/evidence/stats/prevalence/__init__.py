"""Prevalence: how many people there are whom nobody listed, from how lists overlap (multiple systems estimation).

`estimate(table)` is the front door; the families, the reader and the checks are plain functions beside it. No Django, no drawing of
figures from nothing: where no estimate is defensible the result is a refusal with its reasons.
"""

from havre.evidence.stats.prevalence.checks import consistency, sensitivity
from havre.evidence.stats.prevalence.estimate import estimate
from havre.evidence.stats.prevalence.families import (
    FAMILIES,
    FamilyEstimate,
    decomposable_average,
    heterogeneous,
    latent_classes,
    least_bic,
    stepwise,
)
from havre.evidence.stats.prevalence.links import over_links
from havre.evidence.stats.prevalence.reading import read_strata, read_table
from havre.evidence.stats.prevalence.result import Prevalence
from havre.evidence.stats.prevalence.strata import by_stratum
from havre.evidence.stats.prevalence.table import Overlaps
from havre.evidence.stats.prevalence.words import BadTable, Text

__all__ = [
    "FAMILIES",
    "BadTable",
    "FamilyEstimate",
    "Overlaps",
    "Prevalence",
    "Text",
    "by_stratum",
    "consistency",
    "decomposable_average",
    "estimate",
    "heterogeneous",
    "latent_classes",
    "least_bic",
    "over_links",
    "read_strata",
    "read_table",
    "sensitivity",
    "stepwise",
]
