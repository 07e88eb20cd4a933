"""The independent judge: our rows exported to Cedar, each condition written here by hand, apart from the code's own SQL and Python."""

from __future__ import annotations

import json
from datetime import datetime

import cedarpy

from havre.trust.policy.rows import Allow, Policy

# What makes a grant count, whoever holds it.
LIVE = (
    "context.hasGrant && principal.holders.contains(context.grant.holder) && context.grant.role == principal.role"
    " && context.grant.purpose == principal.purpose && context.grant.startsAt <= context.now && context.now < context.grant.endsAt"
    " && context.grant.sections.contains(resource.section) && (!(context.grant has person) || context.grant.person == resource.person)"
)
CONDITIONS = {
    "in_the_house": 'resource.section == "none"',
    "on_own_case": f'{LIVE} && context.grant.basis == "own_case"',
    "on_this_case": f'{LIVE} && ["own_case", "referral", "consent", "legal_duty", "vital_interest"].contains(context.grant.basis)',
    "on_case_with_consent": f'{LIVE} && ["own_case", "referral", "consent"].contains(context.grant.basis)',
    "by_legal_duty": f'{LIVE} && context.grant.basis == "legal_duty"',
    "in_emergency": f'{LIVE} && (context.grant.basis == "break_glass" || context.grant.basis == "vital_interest")',
    "as_custodian": f'{LIVE} && context.grant.basis == "custodian"',
    "on_request": f'{LIVE} && context.grant.basis == "identity_request"',
    "always": "true",
    "case_sealed": 'resource.sealed && !(context.hasGrant && context.grant.basis == "custodian")',
    "in_conflict": "principal.holders.containsAny(resource.conflicts)",
    "factor_stale": "!(principal has factorAt) || context.now - principal.factorAt > 300000",
    "for_justice": 'principal.purpose == "justice"',
    "restricted": "principal.holders.containsAny(resource.closedTo)",
}
assert len(CONDITIONS) <= 25

SCHEMA = {
    "": {
        "entityTypes": {
            "Actor": {
                "shape": {
                    "type": "Record",
                    "attributes": {
                        "role": {"type": "String"},
                        "purpose": {"type": "String"},
                        "holders": {"type": "Set", "element": {"type": "Long"}},
                        "factorAt": {"type": "Long", "required": False},
                    },
                }
            },
            "Part": {
                "shape": {
                    "type": "Record",
                    "attributes": {
                        "section": {"type": "String"},
                        "sealed": {"type": "Boolean"},
                        "conflicts": {"type": "Set", "element": {"type": "Long"}},
                        "person": {"type": "String"},
                        "closedTo": {"type": "Set", "element": {"type": "Long"}},
                    },
                }
            },
        },
        "actions": {},
        "commonTypes": {
            "Grant": {
                "type": "Record",
                "attributes": {
                    "holder": {"type": "Long"},
                    "role": {"type": "String"},
                    "purpose": {"type": "String"},
                    "basis": {"type": "String"},
                    "sections": {"type": "Set", "element": {"type": "String"}},
                    "startsAt": {"type": "Long"},
                    "endsAt": {"type": "Long"},
                    "person": {"type": "String", "required": False},
                },
            }
        },
    }
}


def export(policy: Policy) -> str:
    """The whole table as Cedar text, one policy a row, annotated with its name."""
    return "\n".join(_row(name, row) for name, row in (*policy.allows, *policy.forbids))


def _row(name, row) -> str:
    words = json.dumps
    roles = words(sorted(str(role) for role in row.roles))
    actions = ", ".join(f'Action::"{act}"' for act in sorted(row.acts))
    condition = row.when.name if isinstance(row, Allow) else row.when.value
    sections = ["none"] if condition == "in_the_house" else [section.code for section in row.sections]
    effect = "permit" if isinstance(row, Allow) else "forbid"
    return (
        f'@id("{name}")\n{effect} (principal, action in [{actions}], resource) when {{ {roles}.contains(principal.role)'
        f" && {words(sections)}.contains(resource.section) && ({CONDITIONS[condition]}) }};"
    )


def millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def principal(actor) -> dict:
    attributes = {"role": str(actor.role), "purpose": str(actor.purpose), "holders": list(actor.holders)}
    if actor.factor_at:
        attributes["factorAt"] = millis(actor.factor_at)
    return {"uid": {"type": "Actor", "id": str(actor.user.pk)}, "attrs": attributes, "parents": []}


def judge(policy: Policy, requests: list[dict], entities: list[dict]) -> list[bool]:
    """One answer per request."""
    answers = cedarpy.is_authorized_batch(requests, export(policy), json.dumps(entities))
    errors = [error for answer in answers for error in answer.diagnostics.errors]
    assert errors == []
    return [answer.allowed for answer in answers]
