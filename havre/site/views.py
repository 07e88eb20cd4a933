"""The home page and the pages that belong to no part."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from havre.register.queries import caseload
from havre.site import queries, specimens
from havre.site.context import may_search
from havre.trust.accounts import kept
from havre.trust.middleware import ActorRequest


@login_required
def home(request: ActorRequest) -> HttpResponse:
    """What waits for the acting role; an account without a job is told whom to ask."""
    if request.actor is None:
        return render(request, "site/no_job.html", status=403)
    waiting = queries.desk(request.actor)
    return render(
        request,
        "site/home.html",
        {
            "desk": waiting,
            "days": queries.fortnight(request.actor, waiting),
            "errand": queries.ERRANDS_OF[request.actor.role],
            "acts": queries.next_acts(request.actor),
            "load": caseload(request.actor) if may_search(request.actor) else None,
        },
    )


def accessibility(request: HttpRequest) -> HttpResponse:
    """What was done for accessibility, what is not known, and how to say that something does not work."""
    return render(request, "site/accessibility.html")


@login_required
def styleguide(request: ActorRequest) -> HttpResponse:
    """Every component in every state."""
    return render(request, "site/styleguide.html", specimens.all_of_them())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what the browser sent cannot be read."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 from Django itself; refusals of the policy come from the actor's middleware, with their reasons."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: never says what is missing, nor whether it exists."""
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: our mistake. Rendered without the shell, which may be what broke."""
    return render(None, "500.html", status=500)  # type: ignore[arg-type]


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is missing or old (a page left open, another sign-in since, or cookies refused). What was typed stays."""
    if not request.user.is_authenticated:
        page = kept.signed_out(request)
        if page is not None:
            return page
    return render(request, "403_csrf.html", {"typed": kept.typed(request)}, status=403)
