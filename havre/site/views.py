"""The home page and the pages that belong to no part."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render

from havre.trust.contracts import contracts
from havre.trust.middleware import ActorRequest


@login_required
def home(request: ActorRequest) -> HttpResponse:
    """What waits for the acting role."""
    waiting = [item for contract in contracts() for item in contract.waiting(request.actor)]
    return render(request, "site/home.html", {"waiting": waiting})
