"""The data-protection officer's board: what persons asked about their data, by number and clock, without a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from havre.register.enums import RequestStatus
from havre.register.models import PersonRequest
from havre.register.workflow import ANSWER
from havre.trust import clocks, policy
from havre.trust.enums import Act
from havre.trust.errors import Missing
from havre.trust.middleware import ActorRequest
from havre.trust.models import Seal


@dataclass(frozen=True, slots=True)
class Line:
    """One request as the officer sees it: its receipt's number, kind, service and clock; nothing of the case."""

    number: str
    kind: str
    service: str
    received_at: datetime
    due_at: datetime | None
    answered_at: datetime | None
    outcome: str
    late: bool


def lines(at: datetime) -> list[Line]:
    """Every request, the late ones first, then by when they are due; none of a sealed case. Three queries."""
    rows = PersonRequest.objects.for_house("own data").exclude(status=RequestStatus.TAKEN_BACK).select_related("case__lead")
    found = list(rows.exclude(case_id__in=Seal.objects.filter(ended_at=None).values("case_id")).order_by("received_at", "pk"))
    due = clocks.due_by_subject([one.pk for one in found], ANSWER.name)
    shown = [
        Line(
            one.number,
            one.get_kind_display(),
            str(one.case.lead),
            one.received_at,
            due.get(one.pk),
            one.answered_at,
            one.get_outcome_display() if one.outcome else "",
            one.answered_at is None and (due.get(one.pk) or at) < at,
        )
        for one in found
    ]
    return sorted(shown, key=lambda line: (line.answered_at is not None, not line.late, line.due_at or at))


@login_required
@require_safe
def board(request: ActorRequest) -> HttpResponse:
    """Copies, corrections, explanations, erasures and complaints that wait, and those answered."""
    if request.actor is None:
        raise Missing
    policy.require_in_house(request.actor, Act.REVIEW)
    return render(request, "register/person/board.html", {"lines": lines(timezone.now())})
