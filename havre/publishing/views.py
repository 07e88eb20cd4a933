"""The list of editions for those who publish."""

from __future__ import annotations

from collections import Counter

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from havre.publishing import queries
from havre.publishing.forms import BoardForm
from havre.publishing.queries import State
from havre.trust import policy
from havre.trust.enums import Act
from havre.trust.middleware import ActorRequest

# how a state is named, and how it looks (havre.site: status)
STATES = {
    State.MISSING: (_("missing words"), "stop"),
    State.REFUSED: (_("may not go out"), "stop"),
    State.WITHHELD: (_("a part is withheld"), "caution"),
    State.REREAD: (_("to re-read"), "caution"),
    State.AWAITING: (_("awaits review"), "caution"),
    State.CURRENT: (_("current"), "done"),
}


@login_required
@require_GET
def editions(request: ActorRequest) -> HttpResponse:
    """Every document of this country in every language, with its state: all of them, or those of an edition, a language, a state."""
    policy.require_in_house(request.actor, Act.PUBLISH)
    form = BoardForm(request.GET, states=[(str(state), words) for state, (words, _kind) in STATES.items()])
    # an address that asks for something else shows everything
    asked = form.cleaned_data if form.is_valid() else {}
    chosen = {name: asked.get(name, "") for name in ("edition", "language")}
    every = list(queries.board(settings.HAVRE_COUNTRY.lower(), on=timezone.localdate(), **chosen))
    counts = Counter(row.state for row in every)
    rows = [row for row in every if asked.get("state", "") in {"", row.state}]
    context = {
        "form": form,
        "filtered": any(asked.values()),
        "rows": [(row, *STATES[row.state]) for row in rows],
        "counts": [(words, kind, counts[state]) for state, (words, kind) in STATES.items() if counts[state]],
        "every": len(every),
        "weighed": sum(row.weighed for row in every),
    }
    return render(request, "publishing/editions.html", context)
