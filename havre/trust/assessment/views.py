"""Pages of the impact assessment, for the data-protection officer: read it, sign it, print it, look at an earlier version."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from havre.trust import audit, policy
from havre.trust.accounts.fresh import fresh_factor_required
from havre.trust.actors import Actor
from havre.trust.assessment import services
from havre.trust.assessment.forms import SignForm
from havre.trust.assessment.paper import change_words, paper_of
from havre.trust.assessment.printing import as_pdf
from havre.trust.assessment.snapshot import Model, changes, digest, model_of
from havre.trust.enums import Act
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.forms import tell
from havre.trust.middleware import ActorRequest
from havre.trust.models import Assessment


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def board(request: ActorRequest) -> HttpResponse:
    """The assessment as the model is today, or with `?version=2` as it was signed; signed from here."""
    _officer(request)
    if request.method == "POST":
        return _sign(request)
    asked = _asked(request)
    return _board(request) if asked is None else _version(request, asked)


def _board(request: ActorRequest, *, form: SignForm | None = None, reasons: Any = (), status: int = 200) -> HttpResponse:
    model, last = _today(request), services.standing()
    found = paper_of(model, {})
    context = {
        "paper": found,
        "digest": digest(model),
        "last": last,
        "changes": _changes(last, model),
        "versions": Assessment.objects.select_related("signed_by__user"),
        "form": form or SignForm(risks=found.risks, initial=_before(last)),
        "reasons": reasons,
    }
    context["rows"] = [(risk, context["form"][f"risk_{risk.id}"]) for risk in found.risks]
    return render(request, "trust/assessment/board.html", context, status=status)


def _version(request: ActorRequest, asked: Assessment) -> HttpResponse:
    return render(request, "trust/assessment/version.html", {"one": asked, "paper": paper_of(asked.model, asked.residual)})


def _today(request: ActorRequest) -> Model:
    return model_of(timezone.localdate(request.actor.at))


def _changes(last: Assessment | None, model: Model) -> list[str]:
    return change_words(changes(last.model, model), model, last.model) if last else []


def _before(last: Assessment | None) -> dict[str, str]:
    """What was said last time stands in the form; it is signed anew all the same."""
    return {f"risk_{risk}": level for risk, level in last.residual.items()} if last else {}


@fresh_factor_required
def _sign(request: ActorRequest) -> HttpResponse:
    model = _today(request)
    form = SignForm(request.POST, risks=paper_of(model, {}).risks)
    if not form.is_valid():
        return _board(request, form=form, status=422)
    told = form.cleaned_data
    try:
        made = services.sign(
            shown=request.POST.get("digest", ""),
            residual=form.residual,
            opinion=told["opinion"],
            conditions=told["conditions"],
            review_on=told["review_on"],
            by=request.actor,
        )
    except Invalid as invalid:
        tell(form, invalid)
        return _board(request, form=form, status=422)
    except Refused as refused:
        return _board(request, form=form, reasons=refused.reasons, status=refused.status)
    messages.success(request, _("Version %(number)s is signed.") % {"number": made.number})
    return redirect("assessment")


@login_required
@require_GET
def paper(request: ActorRequest) -> HttpResponse:
    """The same on paper: a signed version with `?version=2`, else the draft of today."""
    actor = _officer(request)
    asked = _asked(request)
    audit.record(event="assessment.print", by=actor, subject=asked.pk if asked else None)
    model, language = (asked.model if asked else _today(request)), translation.get_language() or "en"
    answer = HttpResponse(as_pdf(model, asked, language), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="assessment-{asked.number if asked else "draft"}-{language[:2]}.pdf"'
    return answer


def _officer(request: ActorRequest) -> Actor:
    if request.actor is None:
        raise Missing
    policy.require_in_house(request.actor, Act.REVIEW)
    return request.actor


def _asked(request: ActorRequest) -> Assessment | None:
    """The version in the address; None when none is named. Raises: Missing for one that is not there."""
    text = request.GET.get("version", "")
    if not text:
        return None
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
    found = Assessment.objects.select_related("signed_by__user", "signed_by__organisation").filter(number=number).first()
    if found is None:
        raise Missing
    return found
