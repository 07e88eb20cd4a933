"""What every page's shell needs: who acts, the navigation they may use, the languages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from havre.trust.contracts import contracts


def shell(request: HttpRequest) -> dict[str, Any]:
    """Navigation by group for the acting role, the membership, and whether this is a demonstration."""
    actor = getattr(request, "actor", None)
    groups: dict[Any, list[Any]] = {}
    if actor:
        for contract in contracts():
            for link in contract.navigation:
                if actor.role in link.roles:
                    groups.setdefault(link.group, []).append(link)
    return {"actor": actor, "membership": getattr(request, "membership", None), "navigation": groups, "demo": settings.DEMO}
