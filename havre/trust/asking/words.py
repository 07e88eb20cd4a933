"""The sealed words beside a request for a name. Apart from the services: opening a name notes there that a granted one was used."""

from __future__ import annotations

from havre.trust import identity
from havre.trust.actors import Actor
from havre.trust.asking.services import WORDS
from havre.trust.models import IdentityRequest


def told(by: Actor, request: IdentityRequest) -> str:
    """The words beside a request, for whoever may open the name; empty for anybody else."""
    found = identity.read_records(by=by, kind=WORDS, record_ids=[request.pk])
    return str(found.get(request.pk, {}).get("words", ""))
