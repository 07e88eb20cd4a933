"""The consents of a case: an answer, another end, fewer parts, a withdrawal shown before it is done, and its proof."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from havre.register import consents, queries
from havre.register.consenting import acts
from havre.register.forms_consents import AnswerForm, ChangeForm, ConsentForm, RenewForm, WithdrawForm
from havre.register.models import Case, Consent
from havre.register.views import case_of, for_case_holders
from havre.register.views_more import NAMES
from havre.trust import policy
from havre.trust.enums import Act, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.forms import tell
from havre.trust.middleware import ActorRequest


@for_case_holders
def case_consents(request: ActorRequest, ref: str) -> HttpResponse:
    """What the person agreed to, refused and withdrew; another answer, and a withdrawal, beside it."""
    found = case_of(request, ref)
    if not policy.decide(request.actor, Act.READ, Section.PROTECTION, found.pk).allowed:
        raise Refused((_("the consents of this case are not open to you: ask the service that leads it"),), status=403)
    writes = policy.decide(request.actor, Act.WRITE, Section.PROTECTION, found.pk).allowed
    persons = queries.persons_of(request.actor, found)
    form = ConsentForm(request.POST or None, persons=persons) if writes else None
    context: dict[str, Any] = {"case": found, "form": form, "writes": writes, "persons": persons}
    if request.method == "POST":
        if form is None:
            raise Refused((_("your service reads these consents and does not write them"),), status=403)
        if form.is_valid() and _done(form, context, partial(acts.record_consent, by=request.actor, case_id=found.pk)):
            messages.success(request, _("The answer is recorded."))
            return redirect("case_consents", ref=found.ref)
    context["consents"] = consents.Shown.of(consents.of_case(request.actor, found.pk), request.actor.at)
    return render(request, "register/consents.html", context, status=_status(context))


def _done(form: Any, context: dict[str, Any], act: Callable[..., object]) -> bool:
    """Whether the act, done with what the form holds, went through; what it complains of stands beside its field, or above the form."""
    try:
        act(**form.arguments())
    except Invalid as invalid:
        tell(form, invalid, NAMES)
    except Refused as refusal:
        context["reasons"] = refusal.reasons
    else:
        return True
    return False


def _status(context: dict[str, Any]) -> int:
    form = context.get("form")
    return 409 if context.get("reasons") else 422 if form is not None and form.errors else 200


def _consent(request: ActorRequest, ref: str, pk: UUID) -> tuple[Case, Consent]:
    found = case_of(request, ref)
    mine = Consent.objects.visible_to(request.actor).select_related("recipient", "person", "case")
    return found, mine.get_or_missing(pk=pk, case_id=found.pk)


@for_case_holders
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: ActorRequest, ref: str, pk: UUID) -> HttpResponse:
    """The person answers what was explained to them earlier."""
    found, consent = _consent(request, ref, pk)
    form = AnswerForm(request.POST or None, initial=_before(consent))
    context = {
        "case": found,
        "form": form,
        "one": _shown(request, consent),
        "act": _("Record the answer"),
        "title": _("The person answers"),
    }
    if request.method == "POST" and form.is_valid() and _done(form, context, partial(acts.answer_consent, by=request.actor, consent_id=pk)):
        messages.success(request, _("The answer is recorded."))
        return redirect("case_consents", ref=found.ref)
    return render(request, "register/consent.html", context, status=_status(context))


@for_case_holders
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: ActorRequest, ref: str, pk: UUID) -> HttpResponse:
    """The person is asked again, before the end or at 18, and says yes."""
    found, consent = _consent(request, ref, pk)
    form = RenewForm(request.POST or None, initial=_before(consent))
    context = {
        "case": found,
        "form": form,
        "one": _shown(request, consent),
        "act": _("Record the renewal"),
        "title": _("Ask the person again"),
    }
    if request.method == "POST" and form.is_valid() and _done(form, context, partial(acts.renew_consent, by=request.actor, consent_id=pk)):
        messages.success(request, _("The consent goes on."))
        return redirect("case_consents", ref=found.ref)
    return render(request, "register/consent.html", context, status=_status(context))


@for_case_holders
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: ActorRequest, ref: str, pk: UUID) -> HttpResponse:
    """The person leaves less open."""
    found, consent = _consent(request, ref, pk)
    form = ChangeForm(request.POST or None, consent=consent)
    context = {
        "case": found,
        "form": form,
        "one": _shown(request, consent),
        "act": _("Close what is not ticked"),
        "title": _("Leave less open"),
    }
    if request.method == "POST" and form.is_valid() and _done(form, context, partial(acts.change_consent, by=request.actor, consent_id=pk)):
        messages.success(request, _("Narrowed. What went beyond it is closed; help does not change."))
        return redirect("consent_proof", ref=found.ref, pk=pk)
    return render(request, "register/consent.html", context, status=_status(context))


@for_case_holders
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: ActorRequest, ref: str, pk: UUID) -> HttpResponse:
    """The person takes a consent back: first what happens, then, at once, whatever hung on it closes."""
    found, consent = _consent(request, ref, pk)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        acts.withdraw_consent(by=request.actor, consent_id=pk, through=form.cleaned_data["channel"] or "responder")
        messages.success(request, _("Withdrawn. Whatever it had opened is closed; help does not change."))
        return (
            redirect("consent_proof", ref=found.ref, pk=pk) if consent.state not in acts.OVER else redirect("case_consents", ref=found.ref)
        )
    context: dict[str, Any] = {"case": found, "form": form, "one": _shown(request, consent)}
    if consent.state not in acts.OVER:
        context["effect"] = consents.effect(consent, request.actor)
    return render(request, "register/withdraw.html", context, status=_status(context))


@for_case_holders
def proof(request: ActorRequest, ref: str, pk: UUID) -> HttpResponse:
    """What ended, when, and by whose act: ids only on paper."""
    found, consent = _consent(request, ref, pk)
    return render(request, "register/proof.html", {"case": found, "consent": consent, "proof": consents.proof(request.actor, consent)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def share_ended(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The notice to a receiver: an access has ended. It says which by its number, and nothing of the case."""
    if request.actor is None:
        raise Missing
    share = acts.ended_for(request.actor).filter(pk=pk).first()
    if share is None:
        raise Missing
    if request.method == "POST":
        acts.see_ended(by=request.actor, share_id=pk)
        messages.success(request, _("Noted. Thank you."))
        return redirect("home")
    return render(request, "register/share_ended.html", {"share": share})


def _shown(request: ActorRequest, consent: Consent) -> consents.Shown:
    return consents.Shown.of([consent], request.actor.at)[0]


def _before(consent: Consent) -> dict[str, Any]:
    """What stays as it was unless it is said otherwise; what was explained is said anew each time."""
    return {"language": consent.language, "interpreter": consent.interpreter, "given_by": consent.given_by}
