"""The access policy: one table of Allow and Forbid rows, compiled to a queryset filter, a single answer, row-level security and a book."""

from havre.trust.policy.decide import (
    Decision,
    Ground,
    decide,
    ground_of,
    may_in_house,
    require,
    require_in_house,
    scope,
    scope_in,
    sections_in,
)
from havre.trust.policy.rows import Allow, Forbid, Policy
from havre.trust.policy.table import POLICY

__all__ = [
    "POLICY",
    "Allow",
    "Decision",
    "Forbid",
    "Ground",
    "Policy",
    "decide",
    "ground_of",
    "may_in_house",
    "require",
    "require_in_house",
    "scope",
    "scope_in",
    "sections_in",
]
