"""The directory of services, one's own entry, accreditations, the coordinator's delays, and notices."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from havre.referral import queries, services
from havre.referral.forms import AccreditationForm, DirectoryForm, EntryForm
from havre.referral.models import Service
from havre.referral.workflow import RECEIVERS, SENDERS
from havre.trust import policy
from havre.trust.counting import STEP, K
from havre.trust.enums import Act
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.forms import tell
from havre.trust.ids import new_id
from havre.trust.middleware import ActorRequest

ENTRY = (
    "needs", "age_bands", "genders", "families", "days", "opens_at", "closes_at", "capacity",
)  # fmt: skip


def reads_directory(request: ActorRequest) -> bool:
    """Whoever refers or receives, and the coordination."""
    return request.actor.role in SENDERS | RECEIVERS or policy.may_in_house(request.actor, Act.COORDINATE)


@login_required
@require_GET
def directory(request: ActorRequest) -> HttpResponse:
    """Services by need, age, language and region, those with a place first. No address of any of them is known here."""
    if not reads_directory(request):
        raise Missing
    form = DirectoryForm(request.GET or None)
    asked = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    context = {"form": form, "found": queries.directory(request.actor.at, **asked), "receives": request.actor.role in RECEIVERS}
    return render(request, "referral/directory.html", {**context, "coordinates": policy.may_in_house(request.actor, Act.COORDINATE)})


@login_required
@require_http_methods(["GET", "POST"])
def entry(request: ActorRequest) -> HttpResponse:
    """What the actor's own service says of itself."""
    actor = request.actor
    if actor.role not in RECEIVERS:
        raise Missing
    mine = Service.objects.filter(organisation_id=actor.organisation_id, role=actor.role).select_related("organisation").first()
    before = {name: getattr(mine, name) for name in ENTRY} if mine else {}
    if mine:
        before |= {"languages": ", ".join(mine.languages), "closed": mine.closed_at is not None}
    form = EntryForm(request.POST or None, initial=before)
    context = {"form": form, "service": mine, "once": new_id()}
    if request.method == "GET":
        return render(request, "referral/entry.html", context)
    if form.is_valid():
        try:
            services.describe(by=actor, **form.cleaned_data)
        except Invalid as invalid:
            tell(form, invalid)
        else:
            messages.success(request, _("The directory says so from now on."))
            return redirect("referral:directory")
    return render(request, "referral/entry.html", context, status=422)


@login_required
@require_http_methods(["GET", "POST"])
def accreditation(request: ActorRequest) -> HttpResponse:
    """The coordinator writes down who may receive persons, and who no longer may."""
    actor = request.actor
    if not policy.may_in_house(actor, Act.COORDINATE):
        raise Missing
    form = AccreditationForm(request.POST or None)
    context = {"form": form, "rows": queries.accreditations(actor.at.date()), "once": new_id()}
    if request.method == "GET":
        return render(request, "referral/accreditation.html", context)
    if not form.is_valid():
        return render(request, "referral/accreditation.html", context, status=422)
    told = dict(form.cleaned_data)
    whom = {"organisation_id": told.pop("organisation").pk, "role": told.pop("role")}
    try:
        if request.POST.get("go") == "end":
            closed = services.end_accreditation(by=actor, **whom)
            messages.success(request, _("Written down. Offers and shares that were touched: %(n)s; every sender is told.") % {"n": closed})
        elif not (told["starts_on"] and told["ends_on"]):
            raise Invalid({"ends_on": [_("give the first and the last day")]})
        else:
            services.accredit(by=actor, **whom, **told)
            messages.success(request, _("Written down."))
    except Invalid as invalid:
        tell(form, invalid)
        return render(request, "referral/accreditation.html", context, status=422)
    except Refused as refusal:
        return render(request, "referral/accreditation.html", {**context, "reasons": refusal.reasons}, status=refusal.status)
    return redirect("referral:accreditation")


@login_required
@require_GET
def delays(request: ActorRequest) -> HttpResponse:
    """The coordinator's counts as they may be seen: late, unanswered, declined, urgent; by organisation and reason, with no case."""
    if not policy.may_in_house(request.actor, Act.COORDINATE):
        raise Missing
    return render(request, "referral/delays.html", {**queries.as_shown(request.actor.at), "k": K, "step": STEP})


@login_required
@require_http_methods(["GET", "POST"])
def notices(request: ActorRequest) -> HttpResponse:
    """What happened to numbers of one's own, without a word of the case."""
    actor = request.actor
    if actor.role not in RECEIVERS:
        raise Missing
    if request.method == "POST":
        services.seen(by=actor)
        return redirect("referral:notices")
    found = list(queries.notices_of(actor, head=queries.is_head(actor))[:100])
    context = {"found": found, "unseen": any(one.seen_at is None for one in found), "once": new_id()}
    return render(request, "referral/notices.html", context)
