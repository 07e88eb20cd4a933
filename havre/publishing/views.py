"""The list of editions for those who publish."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from havre.publishing import queries
from havre.trust import policy
from havre.trust.enums import Act
from havre.trust.middleware import ActorRequest


@login_required
def editions(request: ActorRequest) -> HttpResponse:
    """Every document of this country in every language, with its state."""
    policy.require_in_house(request.actor, Act.PUBLISH)
    rows = list(queries.board(settings.HAVRE_COUNTRY.lower(), on=timezone.localdate()))
    return render(request, "publishing/editions.html", {"rows": rows, "weighed": sum(row.weighed for row in rows)})
