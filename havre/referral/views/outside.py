"""Pages for services without an account: their keys, the file, the letter, and the one page that a letter's code opens."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from havre.referral import services
from havre.referral.enums import AgeBand, ReferralNeed
from havre.referral.forms import KeyForm
from havre.referral.models import OutsideKey
from havre.referral.services.outside import fingerprint
from havre.referral.workflow import SENDERS
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.forms import tell
from havre.trust.ids import new_id
from havre.trust.middleware import ActorRequest

SESSION = "referral_letter"


@login_required
@require_http_methods(["GET", "POST"])
def outside(request: ActorRequest) -> HttpResponse:
    """The keys of services without an account: recorded by one person, verified by another with the service on the telephone."""
    if request.actor.role not in SENDERS:
        raise Missing
    form = KeyForm(request.POST if request.POST.get("go") == "record" else None)
    context: dict[str, Any] = {"form": form, "once": new_id()}
    status = 200
    if request.method == "POST":
        try:
            if request.POST.get("go") == "verify":
                services.verify_key(key_id=_known(request.POST.get("key", "")), said=request.POST.get("said", ""), by=request.actor)
                return redirect("referral:outside")
            if form.is_valid():
                told = form.cleaned_data
                services.record_key(organisation_id=told["organisation"].pk, public_key=told["public_key"], by=request.actor)
                return redirect("referral:outside")
            status = 422
        except Invalid as invalid:
            context["reasons"] = [word for several in invalid.problems.values() for word in several]
            status = 422
            if form.is_bound:
                tell(form, invalid)
        except Refused as refusal:
            context["reasons"], status = refusal.reasons, refusal.status
    keys = OutsideKey.objects.filter(ended_at=None).select_related("organisation", "recorded_by", "verified_by")
    # the one who verifies hears the fingerprint from the service: it is shown to the one who recorded it, never to the other
    context["rows"] = [(key, fingerprint(key) if key.recorded_by_id == request.actor.user.pk else "") for key in keys]
    return render(request, "referral/outside.html", context, status=status)


def _known(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Missing from None


def parcel(request: ActorRequest, pk: UUID, name: str) -> HttpResponse | None:
    """The sender's steps for a service without an account; None when the step is another's. The code of a letter is shown once."""
    by, told = request.actor, request.POST
    if name == "bundle":
        sealed = services.make_bundle(referral_id=pk, by=by)
        answer = HttpResponse(sealed.content, content_type="application/octet-stream")
        answer["Content-Disposition"] = f'attachment; filename="{sealed.name}"'
        answer["Cache-Control"] = "no-store"
        return answer
    if name == "letter":
        printed = services.print_letter(referral_id=pk, by=by)
        page = render(request, "referral/letter_print.html", {"printed": printed, "referral": pk})
        page["Cache-Control"] = "no-store"
        return page
    if name in {"outside_yes", "outside_no"}:
        services.answer_outside(referral_id=pk, accepted=name == "outside_yes", reason=told.get("reason", ""), by=by)
    elif name == "outside_end":
        services.end_outside(referral_id=pk, outcome=told.get("outcome", ""), by=by)
    else:
        return None
    return redirect("referral:sent", pk=pk)


@never_cache
@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest) -> HttpResponse:
    """What a printed letter leads to: its code and the number told apart, once; then the page, in this browser, until its end."""
    now, status = timezone.now(), 200
    reasons: list[Any] = []
    if request.method == "POST":
        try:
            pk, key, _content = services.open_letter(code=request.POST.get("code", ""), factor=request.POST.get("factor", ""), at=now)
        except Missing:
            reasons, status = [_("This pair opens nothing: check both, or call the service that wrote to you.")], 404
        except Refused as refusal:
            reasons, status = list(refusal.reasons), refusal.status
        else:
            if not request.user.is_authenticated:
                # a session that somebody else put into this browser reads nothing, and this one ends with it
                request.session.cycle_key()
                request.session.set_expiry(0)
            request.session[SESSION] = {"letter": str(pk), "key": b64encode(key).decode()}
            return redirect("referral:letter")
    content = None if request.method == "POST" else _content_of(request)
    return render(request, "referral/letter.html", {"content": content, "reasons": reasons}, status=status)


def _content_of(request: HttpRequest) -> dict[str, Any] | None:
    held = request.session.get(SESSION)
    if not held:
        return None
    try:
        content = services.read_letter(letter_id=UUID(held["letter"]), key=b64decode(held["key"]), at=timezone.now())
    except Missing:
        del request.session[SESSION]
        return None
    return {**content, "need": ReferralNeed(content["need"]).label, "age_band": AgeBand(content["age_band"]).label}
