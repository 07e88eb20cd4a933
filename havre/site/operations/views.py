"""The page on which whoever keeps the instance sees whether it is well: the self-check, and how far the audit chain is behind."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from havre.site.operations import doctor
from havre.site.operations.contract import KEEPERS
from havre.trust.audit import lag
from havre.trust.errors import Refused
from havre.trust.middleware import ActorRequest


@login_required
def operations(request: ActorRequest) -> HttpResponse:
    """What `havre doctor` says, for the administrator and the data-protection officer. Opens no case."""
    if request.actor is None or request.actor.role not in KEEPERS:
        raise Refused((_("this page is for the administrator and the data-protection officer"),), status=403)
    found = doctor.examine(running=True)
    return render(
        request,
        "site/operations/instance.html",
        {"bad": [one for one in found if not one.ok], "well": [one for one in found if one.ok], "state": lag.state()},
    )
