"""The register of trainings: entered by those who train, counted by year for the action plan. Numbers only."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet, Sum
from django.db.models.functions import ExtractYear
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from havre import trust
from havre.publishing.forms import TrainingForm
from havre.publishing.models import TrainingSession
from havre.trust import audit, policy
from havre.trust.actors import Actor
from havre.trust.counting import shown
from havre.trust.enums import Act, Role
from havre.trust.errors import Refused
from havre.trust.middleware import ActorRequest
from havre.trust.models import Organisation


def by_year(sessions: QuerySet[TrainingSession]) -> list[dict[str, int | None]]:
    """Year, and how many enrolled, attended and passed, as counts of this house are shown: None below the threshold, else rounded."""
    rows = sessions.order_by().values(year=ExtractYear("held_on")).annotate(e=Sum("enrolled"), a=Sum("attended"), p=Sum("passed"))
    return [
        {"year": row["year"], "enrolled": shown(row["e"]), "attended": shown(row["a"]), "passed": shown(row["p"])}
        for row in rows.order_by("-year")
    ]


@trust.act("training.write")
def write(*, by: Actor, **numbers: Any) -> TrainingSession:
    """Enter one training, of the actor's own organisation. Raises: Refused (403) for whoever does not train."""
    policy.require_in_house(by, Act.PUBLISH)
    if by.role != Role.TRAINER:
        raise Refused((_("your role may not do that here"),), status=403)
    organisation = Organisation.objects.get(pk=by.organisation_id)
    made = TrainingSession.objects.create(country=settings.HAVRE_COUNTRY, organisation=organisation.name[:120], **numbers)
    audit.record(event="training.write", by=by, subject=made.pk, codes={"edition": made.edition, "audience": made.audience})
    return made


@login_required
def trainings(request: ActorRequest) -> HttpResponse:
    """The trainings held in this country, and the form to enter one."""
    policy.require_in_house(request.actor, Act.PUBLISH)
    if request.actor.role != Role.TRAINER:
        raise Refused((_("your role may not do that here"),), status=403)
    form = TrainingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        write(by=request.actor, **form.cleaned_data)
        return redirect("trainings")
    sessions = TrainingSession.objects.filter(country=settings.HAVRE_COUNTRY)
    return render(
        request,
        "publishing/trainings.html",
        {"form": form, "sessions": sessions, "years": by_year(sessions)},
        status=422 if form.errors else 200,
    )
