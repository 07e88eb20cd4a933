"""Pages of the sender: the offer with its package and preview, several persons, urgency, what became of it, the proof of a withdrawal."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from havre.referral import queries, services
from havre.referral.enums import DeclineReason, MoreStatus, ReferralOutcome, ReferralStatus, Way
from havre.referral.forms import AskedForm, MoreAnswerForm, OfferForm, SeveralForm, UrgentForm
from havre.referral.models import MoreAsked, Referral
from havre.referral.views.outside import parcel
from havre.referral.workflow import REFERRAL, SENDERS
from havre.register.enums import ConsentState
from havre.register.models import Consent, Person
from havre.trust import waivers
from havre.trust.actors import Actor
from havre.trust.enums import SECTION_LABELS, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.forms import tell
from havre.trust.ids import new_id
from havre.trust.middleware import ActorRequest
from havre.trust.waivers import Held

OWN_STEPS = ("offer", "withdraw", "tell_person", "follow_up")


def live_consents(actor: Actor, persons: list[UUID]) -> dict[UUID, list[tuple[str, str]]]:
    """The live consents of these persons that the actor may read, as choices: to whom, what for, until when."""
    live = Consent.objects.visible_to(actor).filter(
        person_id__in=persons, state=ConsentState.GIVEN, starts_at__lte=actor.at, ends_at__gt=actor.at
    )
    found: dict[UUID, list[tuple[str, str]]] = {person: [] for person in persons}
    for one in live.select_related("recipient"):
        parts = ", ".join(str(SECTION_LABELS[section]).lower() for section in Section(one.sections))
        words = _("%(whom)s, %(purpose)s, until %(day)s: %(parts)s") % {
            "whom": one.recipient,
            "purpose": one.get_purpose_display(),
            "day": date_format(one.ends_at),
            "parts": parts,
        }
        found[one.person_id].append((str(one.pk), words))
    return found


@login_required
@require_http_methods(["GET", "POST"])
def offer(request: ActorRequest, case_id: UUID, person_id: UUID) -> HttpResponse:
    """Look at what would go, then offer it. Missing for a role that refers nobody."""
    person, form, context = _asked(request, case_id, person_id, OfferForm)
    if request.method == "GET":
        return render(request, "referral/offer.html", context)
    if not form.is_valid():
        return render(request, "referral/offer.html", context, status=422)
    asked = {"case_id": case_id, "person_id": person.pk, "by": request.actor, **form.request()}
    try:
        context |= _looked_at(request.actor, asked)
        if "look" in request.POST:
            return render(request, "referral/offer.html", context)
        draft = context["draft"] = services.prepare(**asked)
        services.offer(referral_id=draft.pk, by=request.actor)
    except Invalid as invalid:
        tell(form, invalid)
        return render(request, "referral/offer.html", context, status=422)
    except Refused as refusal:
        return render(request, "referral/offer.html", {**context, **waivers.refused(refusal, REFERRAL)}, status=refusal.status)
    return redirect("referral:sent", pk=draft.pk)


def _asked(request: ActorRequest, case_id: UUID, person_id: UUID, kind: Any) -> tuple[Person, Any, dict[str, Any]]:
    if request.actor.role not in SENDERS:
        raise Missing
    person = Person.objects.visible_to(request.actor).select_related("case").get_or_missing(pk=person_id, case_id=case_id)
    consents = live_consents(request.actor, [person.pk])[person.pk]
    beside = {"consents": consents, "child": person.is_child, "sender_role": request.actor.role} if kind is OfferForm else {}
    form = kind(request.POST or None, sender_id=request.actor.organisation_id, **beside)
    return person, form, {"form": form, "case": person.case, "person": person, "once": new_id()}


def _looked_at(actor: Actor, asked: dict[str, Any]) -> dict[str, Any]:
    """What the sender sees before sending: the receiver as listed, the parts with their consent, the preview as it will be read."""
    draft = services.draft_of(**asked)
    listed = queries.receiver_of(draft, actor.at)
    # other services are offered where this one is closed, full or does not fit
    poor = listed is not None and (not listed.may_receive or not listed.has_place or listed.misfits)
    return {
        "package": queries.package_of(actor, draft),
        "offer": queries.Preview.of(draft),
        "listed": listed,
        "unlisted": listed is None,
        "others": queries.others_that_fit(draft, actor.at) if poor else [],
    }


@login_required
@require_http_methods(["GET", "POST"])
def urgent(request: ActorRequest, case_id: UUID, person_id: UUID) -> HttpResponse:
    """Danger to life: one screen, the least opened, the consent asked afterwards."""
    person, form, context = _asked(request, case_id, person_id, UrgentForm)
    if request.method == "GET":
        return render(request, "referral/urgent.html", context)
    if not form.is_valid():
        return render(request, "referral/urgent.html", context, status=422)
    try:
        sent_now = services.refer_urgently(case_id=case_id, person_id=person.pk, by=request.actor, **form.request())
    except Invalid as invalid:
        tell(form, invalid)
        return render(request, "referral/urgent.html", context, status=422)
    except Refused as refusal:
        return render(request, "referral/urgent.html", {**context, "reasons": refusal.reasons}, status=refusal.status)
    return redirect("referral:sent", pk=sent_now.pk)


@login_required
@require_http_methods(["GET", "POST"])
def several(request: ActorRequest) -> HttpResponse:
    """One request for several persons of a raid, a ship or a family, each with a consent of their own."""
    if request.actor.role not in SENDERS:
        raise Missing
    persons = _persons(request)
    consents = live_consents(request.actor, [one.pk for one in persons])
    form = SeveralForm(request.POST or None, sender_id=request.actor.organisation_id, sender_role=request.actor.role)
    rows = [(one, consents[one.pk], request.POST.get(f"consent-{one.pk}", "")) for one in persons]
    context = {"form": form, "rows": rows, "once": new_id()}
    if request.method == "GET":
        return render(request, "referral/several.html", context)
    if not form.is_valid():
        return render(request, "referral/several.html", context, status=422)
    chosen = [services.Concerned(one.case_id, one.pk, given) for one, _known, typed in rows if (given := _uuid(typed))]
    try:
        services.refer_several(persons=chosen, by=request.actor, **form.request())
    except Invalid as invalid:
        tell(form, invalid)
        return render(request, "referral/several.html", context, status=422)
    except Refused as refusal:
        return render(request, "referral/several.html", {**context, "reasons": refusal.reasons}, status=refusal.status)
    return redirect(f"{reverse('referral:index')}?tab=sent")


def _persons(request: HttpRequest) -> list[Person]:
    """Those named in the address (a group's page gives them), else the last of the service's own cases."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    mine = Person.objects.visible_to(actor).select_related("case").filter(role="victim", case__lead_id=actor.organisation_id)
    named = [found for text in request.GET.getlist("person") if (found := _uuid(text))]
    return list(mine.filter(pk__in=named)) if named else list(mine.order_by("-recorded_at", "-pk")[:30])


def _uuid(text: str) -> UUID | None:
    with suppress(ValueError):
        return UUID(text)
    return None


@login_required
@require_GET
def sent(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The sender's view of what became of a referral: states and, where the person agrees, the outcome word."""
    return render(request, "referral/sent.html", _sent_context(request, pk))


def _sent_context(request: ActorRequest, pk: UUID) -> dict[str, Any]:
    actor = request.actor
    found = queries.sent(actor).select_related("person", "suggested").get_or_missing(pk=pk)
    moves = [move for move in REFERRAL.open_to(found, actor) if move.step in OWN_STEPS]
    more = list(MoreAsked.objects.visible_to(actor).filter(referral=found).order_by("asked_at"))
    sends = actor.role in SENDERS
    held = Held(REFERRAL, found, steps=frozenset({"offer"} if sends else ()))
    choices = live_consents(actor, [found.person_id])[found.person_id] if sends else []
    asked = [one for one in more if one.status == MoreStatus.ASKED] if sends else []
    unasked = (
        sends and found.consent_id is None and not found.consent_answer and found.status not in {ReferralStatus.DRAFT, *queries.CLOSED}
    )
    return {
        "referral": found,
        "moves": [move for move in moves if sends and not (move.step == "follow_up" and found.followed_up_at)],
        "opens": [SECTION_LABELS[section] for section in Section(found.sections)],
        "more": [(one, SECTION_LABELS[Section(one.asked)]) for one in more],
        "more_form": MoreAnswerForm(consents=choices) if asked else None,
        "outside": sends and found.way != Way.ACCOUNT and found.status in {ReferralStatus.OFFERED, ReferralStatus.ACCEPTED},
        "decline_reasons": DeclineReason.choices,
        "outcomes": ReferralOutcome.choices,
        "held": held,
        "waivers": waivers.lines(request, held),
        "waivers_to": reverse("referral:step", args=[pk, "waive"]),
        "asked_form": AskedForm(consents=choices) if unasked else None,
        "once": new_id(),
    }


@login_required
@require_POST
def step(request: ActorRequest, pk: UUID, name: str) -> HttpResponse:
    """The sender's own steps: withdraw, note that the person was told, answer a request for more, the consent asked afterwards."""
    if not Referral.objects.visible_to(request.actor).filter(pk=pk).exists():
        raise Missing
    if name == "waive":
        context = _sent_context(request, pk)
        shown: dict[str, Any] = {"template": "referral/sent.html", "context": context}
        again = waivers.signed(request, context["held"], case_id=context["referral"].case_id, **shown)
        return again or redirect("referral:sent", pk=pk)
    try:
        beside = parcel(request, pk, name)
        if beside is not None:
            return beside
        _step(request, pk, name)
    except Refused as refusal:
        context = {**_sent_context(request, pk), **waivers.refused(refusal, REFERRAL)}
        return render(request, "referral/sent.html", context, status=refusal.status)
    return redirect("referral:sent", pk=pk)


def _step(request: ActorRequest, pk: UUID, name: str) -> None:
    by, told = request.actor, request.POST
    plain = {"offer": services.offer, "withdraw": services.withdraw, "tell_person": services.tell_person, "follow_up": services.follow_up}
    if name in plain:
        plain[name](referral_id=pk, by=by)
    elif name == "ask_consent":
        services.ask_consent(referral_id=pk, answer=told.get("answer", ""), consent_id=_uuid(told.get("consent", "")), by=by)
    elif name == "more":
        more = MoreAsked.objects.visible_to(by).filter(referral_id=pk).order_by("-asked_at").first()
        if more is None:
            raise Missing
        consent = _uuid(told.get("consent", ""))
        if consent:
            services.give(more_id=more.pk, consent_id=consent, by=by)
        else:
            services.refuse(more_id=more.pk, reason=told.get("refusal", ""), by=by)
    else:
        raise Missing


@login_required
@require_GET
def proof(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What a withdrawal closed, when, and that nothing is open any more: to print for the person."""
    consent = Consent.objects.visible_to(request.actor).select_related("case", "recipient").get_or_missing(pk=pk)
    rows = queries.proof_of(request.actor, consent)
    context = {"consent": consent, "rows": rows, "open": sum(row.still_open for row in rows)}
    return render(request, "referral/proof.html", context)
