"""The home page and the pages that belong to no part."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havre.register.queries import caseload
from havre.site import queries, specimens
from havre.site.context import may_search
from havre.site.middleware import speak
from havre.trust.errors import Invalid
from havre.trust.middleware import ActorRequest

YEAR = 365 * 24 * 3600


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


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages: for this browser, and for the account when one is signed in."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise Invalid(_("This language is not offered here. Choose one of the languages at the foot of the page."))
    if request.user.is_authenticated and request.user.language != chosen:
        request.user.language = chosen
        request.user.save(update_fields=["language"])
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = reverse("home")
    response = HttpResponseRedirect(back)
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, max_age=YEAR, secure=request.is_secure(), httponly=True, samesite="Strict")
    return response


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
    # an unknown address reaches no view, and so no middleware that knows the account's language
    speak(request)
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: our mistake. Rendered without the shell, which may be what broke."""
    return render(None, "500.html", status=500)  # type: ignore[arg-type]


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is missing or old (a page left open, or cookies refused)."""
    return render(request, "403_csrf.html", status=403)
