"""What every page's shell needs: who acts, the navigation they may use, the hour."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from havre.trust import policy
from havre.trust.actors import Actor
from havre.trust.contracts import Contract, Link, contracts
from havre.trust.enums import Act, Section
from havre.trust.errors import Words


@dataclass(frozen=True, slots=True)
class Destination:
    """One line of the rail: where it leads and whether it is where one is."""

    title: Words
    url: str
    icon: str
    url_name: str
    current: bool = False


@dataclass(slots=True)
class Group:
    """Links under one heading of the rail; the first group bears the acting role's name."""

    title: Words
    links: list[Destination] = field(default_factory=list)


def navigation(actor: Actor, path: str = "") -> list[Group]:
    """The groups of links that the acting role may use, the shell's own first.

    Args: path, the page one is on: the link with the longest address above it is marked as current.
    """
    groups: dict[str, Group] = {"": Group(actor.role.label)}
    for contract in sorted(contracts(), key=_site_first):
        for link in contract.navigation:
            address = _address(link)
            if actor.role not in link.roles or address is None:
                continue
            group = groups.setdefault(str(link.group), Group(link.group))
            group.links.append(Destination(link.title, address, link.icon, link.url_name))
    above = [one.url for group in groups.values() for one in group.links if _is_above(one.url, path)]
    here = max(above, key=len, default="")
    for group in groups.values():
        group.links = [replace(one, current=one.url == here) for one in group.links]
    return [group for group in groups.values() if group.links]


def _is_above(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


def _site_first(contract: Contract) -> bool:
    return contract.part != "site"


def _address(link: Link) -> str | None:
    # a part that is not installed yet must not take every page down; a consistency test refuses dead links
    try:
        return reverse(link.url_name)
    except NoReverseMatch:
        return None


def may_search(actor: Actor) -> bool:
    """Whether the role reads case files at all, and so has something to find by reference."""
    return (Act.READ, Section.CASE, actor.role) in policy.POLICY.rules


def shell(request: HttpRequest) -> dict[str, Any]:
    """Navigation by group for the acting role, the membership, the hour, and whether this is a demonstration."""
    actor: Actor | None = getattr(request, "actor", None)
    return {
        "actor": actor,
        "frame": "site/base.html" if actor else "site/plain.html",
        "membership": getattr(request, "membership", None),
        "navigation": navigation(actor, request.path) if actor else [],
        "may_search": may_search(actor) if actor else False,
        "demo": settings.DEMO,
        "now": timezone.now(),
    }
