"""The phone's page: what it needs is public and the same for all; what it sends is sealed, and taken in for whoever is signed in."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from havre.protection.enums import AsideReason, DeletedBecause, Settled
from havre.protection.models import Parcel
from havre.protection.models.intake import KEPT_ASIDE
from havre.protection.services import deck, parcels
from havre.protection.workflow import CARERS, FRONT_LINE
from havre.trust import envelopes, policy
from havre.trust.accounts import forgetting
from havre.trust.enums import Act, Role
from havre.trust.errors import Invalid, Refused, Unavailable
from havre.trust.middleware import ActorRequest

FILES = ("protection/pocket.css", "protection/pocket.js", "protection/pictures.svg", "protection/pocket.svg")
# a sealed form is a few kilobytes; more is none
LARGEST = 128 * 1024
YEAR = "public, max-age=31536000, immutable"
# recordings are played from here: one directive more than elsewhere, and on this page only
MEDIA = {**settings.SECURE_CSP, "media-src": ["'self'"]}
POLICY = "; ".join(f"{name} {' '.join(values)}" for name, values in MEDIA.items())


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The empty page that a phone keeps: no language, no name, no record, no secret."""
    answer = HttpResponse(_shell())
    answer["Content-Security-Policy"] = POLICY
    answer["Cache-Control"] = "no-cache"
    return answer


@cache
def _shell() -> str:
    return render_to_string("protection/pocket.html", {"deck": _deck_url(), "leave": reverse("leave")})


def _deck_url() -> str:
    return f"{reverse('protection:pocket_deck')}?v={deck.digest()}"


@cache
def _version() -> str:
    """Changes when anything that the phone keeps does."""
    whole = hashlib.sha256(_shell().encode() + deck.body())
    for name in FILES:
        whole.update(static(name).encode())
        found = finders.find(name)
        if found:
            with open(found, "rb") as file:
                whole.update(file.read())
    return whole.hexdigest()[:12]


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, whose scope is this folder and nothing else of the house."""
    kept = [reverse("protection:pocket"), reverse("protection:pocket_manifest"), _deck_url(), *map(static, FILES)]
    words = {"version": _version(), "files": json.dumps(kept), "page": reverse("protection:pocket")}
    answer = HttpResponse(render_to_string("protection/pocket_worker.js", words), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the page among its own: a neutral name and drawing."""
    start = reverse("protection:pocket")
    body = {
        "name": "Cards",
        "short_name": "Cards",
        "start_url": start,
        "scope": start,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#ffffff",
        "icons": [{"src": static("protection/pocket.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    answer = HttpResponse(json.dumps(body), content_type="application/manifest+json")
    answer["Cache-Control"] = "no-cache"
    return answer


@require_GET
def the_deck(request: HttpRequest) -> HttpResponse:
    """The cards and words; its address changes with them."""
    small = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(deck.packed() if small else deck.body(), content_type="application/json; charset=utf-8")
    answer["Vary"] = "Accept-Encoding"
    if small:
        answer["Content-Encoding"] = "gzip"
    answer["Cache-Control"] = YEAR
    return answer


@require_GET
def key(request: HttpRequest) -> HttpResponse:
    """The public key to which a phone seals, null where the instance has none yet, and which recordings there are."""
    try:
        found = envelopes.public_key()
    except Unavailable:
        return JsonResponse({"version": None, "jwk": None, "sounds": {}})
    answer = JsonResponse({"version": found.version, "jwk": found.jwk, "sounds": deck.sounds()})
    # from now on this browser may hold talks that were not sent: leaving and signing out spare its store
    forgetting.mark(answer)
    return answer


@require_GET
def sound(request: HttpRequest, language: str, name: str) -> HttpResponse | FileResponse:
    """One recording of the instance's own folder."""
    if name not in deck.sounds().get(language, {}).values():
        raise Http404
    return FileResponse((deck.sound_folder() / language / name).open("rb"), headers={"Cache-Control": "public, max-age=86400"})


@require_GET
def gone(request: HttpRequest) -> HttpResponse:
    """The end of a wipe: the browser itself forgets this site, its session too.

    Only the page's own call has this effect: a link, in a message or on another site, sets no header.
    """
    answer = HttpResponse(status=204)
    if forgetting.is_own(request) and request.headers.get("Wipe") == "1":
        answer["Clear-Site-Data"] = forgetting.ALL_BUT_THE_RUNNING_PAGE
    return answer


def _may_send(request: ActorRequest) -> None:
    policy.require_in_house(request.actor, Act.OPEN)
    if request.actor.role not in FRONT_LINE | CARERS:
        raise Refused((_("your role does not screen"),), status=403)


@login_required
@require_GET
def door(request: ActorRequest) -> HttpResponse:
    """Who is signed in, a token for the next sending, and how much of this officer's was set aside."""
    _may_send(request)
    return JsonResponse(
        {
            "token": get_token(request),
            "officer": str(request.actor.user.pk),
            "aside": parcels.aside_of(request.actor).count(),
            "at": request.actor.at.isoformat(),
        }
    )


@login_required
@require_POST
def send(request: ActorRequest) -> HttpResponse:
    """One parcel. The answer says what became of it, so that the phone can let go of it: received, or set aside and why."""
    _may_send(request)
    try:
        number = UUID(request.headers.get("Parcel-Number", ""))
    except ValueError:
        raise Invalid(_("a parcel comes with its number")) from None
    if len(request.body) > LARGEST:
        raise Invalid(_("this is too large for a sealed form"))
    done = parcels.take(by=request.actor, number=number, envelope=request.body, phone_clock_at=_clock(request))
    told: dict[str, Any] = {"state": done.parcel.state, "again": done.again, "why": done.parcel.why}
    return JsonResponse(told, status=200 if done.again else 201)


def _clock(request: HttpRequest) -> datetime | None:
    try:
        said = datetime.fromisoformat(request.headers.get("Phone-Clock", ""))
    except ValueError:
        return None
    return said if said.tzinfo and 1990 <= said.year <= 2200 else None


@login_required
@require_http_methods(["GET", "POST"])
def aside(request: ActorRequest) -> HttpResponse:
    """What was set aside and why: an officer's own; how many wait where, for the administrator; what is over its term, for the
    data-protection officer. A talk that met another is opened for its own officer alone, who decides."""
    role = request.actor.role if request.actor is not None else None
    if role == Role.ADMINISTRATOR:
        return render(request, "protection/aside.html", {"counts": parcels.counted_aside()})
    if role == Role.DATA_PROTECTION_OFFICER:
        return _over(request)
    _may_send(request)
    if request.method == "POST":
        done = parcels.take_again(by=request.actor, parcel_id=_chosen(request), settled=request.POST.get("settled", ""))
        if done.parcel.screening_id:
            return redirect("protection:screening", pk=done.parcel.screening_id)
    rows = [(one, parcels.met(by=request.actor, parcel=one), _decisions(one.why)) for one in parcels.aside_of(request.actor)[:100]]
    return render(request, "protection/aside.html", {"rows": rows, "gaps": parcels.gaps(request.actor)})


def _decisions(why: str) -> list[tuple[str, Any]]:
    allowed = parcels.DECISIONS.get(AsideReason(why), frozenset())
    return [(value, label) for value, label in Settled.choices if value in allowed]


def _over(request: ActorRequest) -> HttpResponse:
    """What nobody dealt with within the term: never opened here, deleted with a reason, one by one."""
    reasons: tuple[Any, ...] = ()
    status = 200
    if request.method == "POST":
        try:
            parcels.delete(by=request.actor, parcel_id=_chosen(request), because=request.POST.get("because", ""))
            return redirect("protection:pocket_aside")
        except Refused as refusal:
            reasons, status = refusal.reasons, refusal.status
        except Invalid as invalid:
            reasons, status = tuple(words for found in invalid.problems.values() for words in found), 422
    over = Parcel.objects.over_their_term(request.actor.at)[:100]
    context = {"over": over, "days": KEPT_ASIDE.days, "because": DeletedBecause.choices, "reasons": reasons}
    return render(request, "protection/aside.html", context, status=status)


def _chosen(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("parcel", ""))
    except ValueError:
        raise Invalid(_("choose one of the parcels in the list")) from None
