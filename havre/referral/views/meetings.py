"""Pages of transfers of the lead and of case conferences."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from havre.referral import services
from havre.referral.enums import ConferenceStatus, TransferStatus
from havre.referral.forms_meetings import ActionForm, CallForm, LeadForm, LeaveLeadForm, PointForm, TakeLeadForm, WordsForm
from havre.referral.models import Conference, Transfer
from havre.referral.queries import conferences, leads
from havre.referral.workflow import CALLERS, CONFERENCE, LEADERS, SITTERS, TRANSFER
from havre.register.enums import ConsentState
from havre.register.models import Attachment, Case, Consent, Note, Person
from havre.trust import waivers
from havre.trust.actors import Actor
from havre.trust.enums import SECTION_LABELS, Role, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.forms import tell
from havre.trust.ids import new_id
from havre.trust.middleware import ActorRequest
from havre.trust.waivers import Held

OWN = "own"


def _uuids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        with suppress(ValueError):
            found.append(UUID(text))
    return found


def _words(invalid: Invalid) -> list[Any]:
    return [word for several in invalid.problems.values() for word in several]


@login_required
@require_GET
def lead_list(request: ActorRequest) -> HttpResponse:
    """Leads that were proposed, here or elsewhere."""
    if request.actor.role not in LEADERS:
        raise Missing
    return render(request, "referral/leads.html", {"found": leads.transfers(request.actor), "own": request.actor.organisation_id})


@login_required
@require_http_methods(["GET", "POST"])
def lead(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Propose that another service leads this case; a supervisor signs here that a colleague may, past a block."""
    if request.actor.role not in LEADERS:
        raise Missing
    case = Case.objects.visible_to(request.actor).get_or_missing(pk=case_id)
    signs = "waive" in request.POST
    form = LeadForm(None if signs else request.POST or None, first_id=request.actor.organisation_id)
    held = Held(TRANSFER, Transfer(case=case, first_id=case.lead_id), about=case.pk, steps=frozenset({"propose"}))
    context = {"form": form, "case": case, "once": new_id(), "waivers": waivers.lines(request, held)}
    if request.method == "GET":
        return render(request, "referral/lead.html", context)
    if signs:
        again = waivers.signed(request, held, case_id=case.pk, template="referral/lead.html", context=context)
        return again or redirect("referral:lead", case_id=case.pk)
    if not form.is_valid():
        return render(request, "referral/lead.html", context, status=422)
    try:
        made = services.propose(case_id=case.pk, by=request.actor, **form.request())
    except Invalid as invalid:
        tell(form, invalid)
        return render(request, "referral/lead.html", context, status=422)
    except Refused as refusal:
        return render(request, "referral/lead.html", {**context, **waivers.refused(refusal, TRANSFER)}, status=refusal.status)
    return redirect("referral:transfer", pk=made.pk)


def _transfer_context(actor: Actor, found: Transfer) -> dict[str, Any]:
    second = (found.second_id, found.second_role) == (actor.organisation_id, actor.role)
    answers = second and found.status == TransferStatus.PROPOSED
    led = second and found.status == TransferStatus.TRANSFERRED
    reference = Case.objects.visible_to(actor).filter(pk=found.case_id).values_list("ref", flat=True).first() if led else None
    return {
        "transfer": found,
        "second": second,
        "clocks": leads.open_clocks(found.case_id, Section(found.sections)) if answers else [],
        "sections": [SECTION_LABELS[section] for section in Section(found.sections)],
        "take": TakeLeadForm() if answers else None,
        "leave": LeaveLeadForm() if answers else None,
        "takes_back": not second and found.status == TransferStatus.PROPOSED,
        "hands_over": led and found.handed_over_at is None,
        "case_ref": reference,
        "once": new_id(),
    }


@login_required
@require_http_methods(["GET", "POST"])
def transfer(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One proposal, for either side: the preview and the open periods for the second, the state alone for the first."""
    actor = request.actor
    if actor.role not in LEADERS:
        raise Missing
    found = leads.of_side(actor, pk)
    if request.method == "POST":
        try:
            _take_lead_step(request, pk)
        except Refused as refusal:
            context = {**_transfer_context(actor, found), "reasons": refusal.reasons}
            return render(request, "referral/transfer.html", context, status=refusal.status)
        return redirect("referral:transfer", pk=pk)
    return render(request, "referral/transfer.html", _transfer_context(actor, found))


def _take_lead_step(request: ActorRequest, pk: UUID) -> None:
    step, by, told = request.POST.get("step", ""), request.actor, request.POST
    if step == "accept":
        read = _uuids(told.getlist("clock"))
        services.take_lead(transfer_id=pk, no_conflict="no_conflict" in told, clocks_read=read, by=by)
    elif step == "refuse":
        services.refuse_lead(transfer_id=pk, reason=told.get("reason", ""), by=by)
    elif step == "take_back":
        services.take_back(transfer_id=pk, by=by)
    elif step == "hand_over":
        services.hand_over(transfer_id=pk, by=by)
    else:
        raise Missing


def _possible_seats(actor: Actor, person: Person) -> list[dict[str, Any]]:
    """One's own service, and whoever the person agreed to: each with the roles that may sit."""
    roles = [(role.value, role.label) for role in Role if role in SITTERS]
    own = {"key": OWN, "name": _("Our own service"), "roles": roles, "parts": _("the whole file"), "chosen": actor.role.value}
    live = Consent.objects.visible_to(actor).filter(
        person=person, state=ConsentState.GIVEN, starts_at__lte=actor.at, ends_at__gt=actor.at, recipient__isnull=False
    )
    rows = [own]
    for one in live.exclude(recipient_id=actor.organisation_id).select_related("recipient"):
        parts = ", ".join(str(SECTION_LABELS[section]).lower() for section in Section(one.sections))
        named = [(one.recipient_role, Role(one.recipient_role).label)] if one.recipient_role else roles
        rows.append(
            {"key": str(one.pk), "name": str(one.recipient), "roles": named, "parts": parts, "recipient": one.recipient_id, "chosen": ""}
        )
    return rows


def _documents(actor: Actor, person: Person) -> list[tuple[UUID, str, Any]]:
    notes = Note.objects.visible_to(actor).filter(person=person).order_by("-happened_at")[:50]
    files = Attachment.objects.visible_to(actor).filter(person=person).order_by("-recorded_at")[:50]
    rows = [(one.pk, _("Note, %(section)s") % {"section": SECTION_LABELS[Section(one.section_bit)]}, one.happened_at) for one in notes]
    return rows + [(f.pk, _("File, %(section)s") % {"section": SECTION_LABELS[Section(f.section_bit)]}, f.recorded_at) for f in files]


@login_required
@require_http_methods(["GET", "POST"])
def call(request: ActorRequest, case_id: UUID, person_id: UUID) -> HttpResponse:
    """Call a conference: each seat stands on the consent that is shown beside it; a supervisor signs here for a colleague's call."""
    actor = request.actor
    if actor.role not in CALLERS:
        raise Missing
    person = Person.objects.visible_to(actor).select_related("case").get_or_missing(pk=person_id, case_id=case_id)
    rows = _possible_seats(actor, person)
    for row in rows:
        row["chosen"] = request.POST.get(f"seat-{row['key']}", row["chosen"])
    signs = "waive" in request.POST
    form = CallForm(None if signs else request.POST or None)
    if not person.is_child:
        form.without_child()
    context = {
        "form": form, "case": person.case, "person": person, "rows": rows, "documents": _documents(actor, person), "once": new_id(),
        "chair": request.POST.get("chair", OWN), "laid": _uuids(request.POST.getlist("document")),
        "waivers": waivers.lines(request, held := _draft(person)),
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "referral/call.html", context)
    if signs:
        again = waivers.signed(request, held, case_id=case_id, template="referral/call.html", context=context)
        return again or redirect("referral:call", case_id, person_id)
    if not form.is_valid():
        return render(request, "referral/call.html", context, status=422)
    seats = [_invited(actor, row, context["chair"]) for row in rows if row["chosen"]]
    try:
        made = services.call(
            case_id=case_id, person_id=person_id, seats=seats, documents=context["laid"], by=actor, **form.request()
        )  # fmt: skip
    except Invalid as invalid:
        tell(form, invalid)
        return render(request, "referral/call.html", context, status=422)
    except Refused as refusal:
        return render(request, "referral/call.html", {**context, **waivers.refused(refusal, CONFERENCE)}, status=refusal.status)
    return redirect("referral:conference", pk=made.pk)


def _draft(person: Person) -> Held:
    """The conference that the page would call, waived upon the person."""
    return Held(CONFERENCE, Conference(case=person.case, person=person), about=person.pk, steps=frozenset({"call"}))


def _invited(actor: Actor, row: dict[str, Any], chair: str) -> services.Invited:
    own = row["key"] == OWN
    whose = actor.organisation_id if own else row["recipient"]
    return services.Invited(whose, row["chosen"], chair=row["key"] == chair, consent_id=None if own else UUID(row["key"]))


def _conference_context(request: ActorRequest, pk: UUID) -> dict[str, Any]:
    actor = request.actor
    seat = conferences.seat_of(actor, pk)
    found, seats = seat.conference, seat.conference.all_seats()
    words = conferences.words_of(actor, seat)
    agenda = [(item, words.get(f"{conferences.REASONS}-{item.pk}", "")) for item in conferences.agenda_of(found)]
    # what the table asks before a sitting opens, each with whether it is met: nobody meets a surprise
    open_row = CONFERENCE.standing(found, move="open", by=actor) if found.status == ConferenceStatus.CALLED else ()
    choices = [(str(one.pk), str(_("%(role)s, %(whose)s") % {"role": one.get_role_display(), "whose": one.organisation})) for one in seats]
    sits = found.status == ConferenceStatus.SITTING
    # the steps of the seat that leads: only its own supervisor signs for them
    held = Held(CONFERENCE, found, steps=frozenset({"open", "decide"} if seat.chair else ()))
    return {
        "conference": found,
        "seat": seat,
        "seats": [(one, words.get(f"{conferences.DISSENT}-{one.pk}", "")) for one in seats],
        "agenda": agenda,
        "minutes": words.get(f"{conferences.MINUTES}-{found.pk}", ""),
        "documents": conferences.laid_before(actor, found),
        "case_ref": Case.objects.visible_to(actor).filter(pk=found.case_id).values_list("ref", flat=True).first(),
        "actions": conferences.actions_of(found),
        "gates": [{"words": right.reason, "state": "met" if met else "missing"} for right, met in open_row],
        "points": [PointForm(seats=choices, initial={"item": item.pk}, prefix=str(item.pk)) for item, _w in agenda if not item.decision]
        if sits and seat.chair
        else [],
        "attends": found.status in {ConferenceStatus.CALLED, ConferenceStatus.SITTING} and not seat.present_at,
        "may_dissent": bool(seat.present_at) and found.status in {ConferenceStatus.SITTING, ConferenceStatus.DECIDED},
        "words": WordsForm(),
        "held": held,
        "waivers": waivers.lines(request, held),
        "cancels": found.status == ConferenceStatus.CALLED and found.organisation_id == actor.organisation_id,
        "once": new_id(),
    }


@login_required
@require_http_methods(["GET", "POST"])
def conference(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A conference for somebody who has a seat; nobody else knows that it is there."""
    if request.actor.role not in SITTERS:
        raise Missing
    context = _conference_context(request, pk)
    if request.method == "GET":
        return render(request, "referral/conference.html", context)
    if "waive" in request.POST:
        case_id = context["conference"].case_id
        again = waivers.signed(request, context["held"], case_id=case_id, template="referral/conference.html", context=context)
        return again or redirect("referral:conference", pk=pk)
    try:
        _conference_step(request, pk, context)
    except Invalid as invalid:
        return render(request, "referral/conference.html", {**_conference_context(request, pk), "reasons": _words(invalid)}, status=422)
    except Refused as refusal:
        refused = {**_conference_context(request, pk), **waivers.refused(refusal, CONFERENCE)}
        return render(request, "referral/conference.html", refused, status=refusal.status)
    return redirect("referral:conference", pk=pk)


def _conference_step(request: ActorRequest, pk: UUID, context: dict[str, Any]) -> None:
    step, by, told = request.POST.get("step", ""), request.actor, request.POST
    which = {"conference_id": pk, "by": by}
    if step == "attend":
        services.attend(no_conflict="no_conflict" in told, **which)
    elif step == "open":
        services.open_sitting(trained_member="trained_member" in told, **which)
    elif step.startswith("point-"):
        _point(request, step.removeprefix("point-"), which, context)
    elif step == "dissent":
        services.dissent(words=told.get("words", ""), **which)
    elif step == "decide":
        services.decide(minutes=told.get("words", ""), **which)
    elif step == "close":
        services.close_conference(**which)
    elif step == "cancel":
        services.cancel(**which)
    else:
        raise Missing


def _point(request: ActorRequest, prefix: str, which: dict[str, Any], context: dict[str, Any]) -> None:
    known = {str(item.pk): item for item, _words_of in context["agenda"]}
    if prefix not in known:
        raise Missing
    choices = [(str(one.pk), "") for one, _w in context["seats"]]
    form = PointForm(request.POST, seats=choices, prefix=prefix)
    if not form.is_valid():
        raise Invalid({name: [str(word) for word in words] for name, words in form.errors.items()})
    told = form.cleaned_data
    owner = UUID(told["owner"]) if told["owner"] else None
    services.settle(
        item_id=known[prefix].pk, decision=told["decision"], reasons=told["reasons"], owner_id=owner, due_on=told["due_on"], **which
    )


@login_required
@require_http_methods(["GET", "POST"])
def action(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What its owner has to do, by when; and what came of it."""
    if request.actor.role not in SITTERS:
        raise Missing
    found = next((one for one in conferences.own_actions(request.actor) if one.pk == pk), None)
    if found is None:
        raise Missing
    form = ActionForm(request.POST or None)
    context = {"action": found, "form": form, "once": new_id()}
    if request.method == "GET":
        return render(request, "referral/action.html", context)
    if not form.is_valid():
        return render(request, "referral/action.html", context, status=422)
    services.answer_action(action_id=pk, by=request.actor, **form.cleaned_data)
    return redirect("home")
