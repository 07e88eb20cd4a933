"""Who works in protection, and the rights that stand before steps of several of its tables."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from havre.trust.enums import Role
from havre.trust.workflow import Right

FRONT_LINE = frozenset({Role.FIRST_RESPONDER, Role.HELPLINE, Role.LABOUR_INSPECTOR})
CARERS = frozenset({Role.CASE_MANAGER, Role.CHILD_PROTECTION})
AUTHORITY = frozenset({Role.IDENTIFICATION_AUTHORITY})
REVIEWER = frozenset({Role.SECOND_REVIEWER})
# who writes down what the person chose
BESIDE = FRONT_LINE | CARERS | {Role.GUARDIAN, Role.LEGAL_AID}
HELPERS = FRONT_LINE | CARERS | {Role.SHELTER}

CHILD = Right(
    "child",
    gate="RG13",
    met=lambda i: i.child_protected,
    refusal=_("best interests, the child's own views and a guardian are not all recorded"),
)
AGREED = Right(
    "agreed",
    gate="RG10",
    met=lambda p: p.informed_at is not None and p.answered_at is not None,
    overridable=False,
    refusal=_("the person's own informed answer is not recorded"),
)
TOLD = Right(
    "told",
    gate="RG10",
    met=lambda p: p.informed_at is not None,
    overridable=False,
    refusal=_("the person has not yet been told what is offered and that each service may be refused"),
)
