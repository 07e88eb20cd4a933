"""The person's page: opened by a worker for one person, with the screen locked to it until the worker unlocks it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from havre.register import consents
from havre.register.consenting import acts as consenting
from havre.register.enums import ConsentChannel, PersonRole, ReceiptChoice, RequestKind
from havre.register.forms_consents import bits
from havre.register.models import Case, Consent, Person, PersonRequest, RemoteCode
from havre.register.person import acts, forms, printing, reading
from havre.register.person.locking import LOCK, lock, locked_to, unlock
from havre.register.person.words import Words, languages, words
from havre.register.views import case_of, for_case_holders
from havre.register.workflow import ANSWER
from havre.trust import audit, clocks, identity, policy
from havre.trust.accounts.forms import ConfirmCodeForm, ConfirmPassphraseForm
from havre.trust.accounts.fresh import fresh_factor_required
from havre.trust.enums import Act, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.history.queries import name_of
from havre.trust.middleware import ActorRequest
from havre.trust.models import User

Inner = Callable[..., HttpResponse]


@for_case_holders
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_factor_required
def open_page(request: ActorRequest, ref: str, pk: UUID) -> HttpResponse:
    """What is about to happen; then the screen locks to the page of this one person."""
    found = case_of(request, ref)
    person = _concerned(request, found, pk)
    spoken = {"eng": "en", "fra": "fr", "por": "pt", "tet": "tet", "tha": "th"}
    first = next((spoken[code] for code in person.languages if code in spoken), "en")
    form = forms.OpenForm(request.POST if request.method == "POST" else None, initial={"language": first})
    if request.method == "POST" and form.is_valid():
        audit.record(event="person.open", by=request.actor, subject=person.pk, case_id=found.pk)
        lock(request, found, person, form.cleaned_data["language"])
        return redirect("person:page")
    context = {"case": found, "person": person, "form": form}
    return render(request, "register/person/open.html", context, status=422 if form.errors else 200)


def _concerned(request: ActorRequest, case: Case, pk: UUID) -> Person:
    """Somebody whose page it is: anybody in the case but whom it is against. Raises: Missing; Refused (403) without the section."""
    people = Person.objects.visible_to(request.actor).exclude(role=PersonRole.PERPETRATOR)
    person = people.get_or_missing(pk=pk, case_id=case.pk)
    policy.require(request.actor, Act.READ, Section.PROTECTION, case.pk)
    return person


def for_locked(view: Inner) -> Inner:
    """Only on a screen that is locked to a person; the page speaks their language and is kept by no browser."""

    @login_required
    @wraps(view)
    def wrapped(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        case, person, language = locked_to(request, request.actor)
        said = words(language)
        with translation.override(language if language in dict(settings.LANGUAGES) else "en"):
            answer = view(request, case, person, said, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        return answer

    return wrapped


def _show(request: ActorRequest, name: str, said: Words, status: int = 200, **context: Any) -> HttpResponse:
    shown = {"w": said, "tongues": languages(), "no_staff": True, **context}
    return render(request, name, shown, status=status)


@require_safe
@for_locked
def page(request: ActorRequest, case: Case, person: Person, said: Words) -> HttpResponse:
    """What is held, who read it, who may, what was agreed to, what was asked."""
    return _show(
        request,
        "register/person/page.html",
        said,
        page=reading.page(request.actor, case.pk, person, said),
        kinds=_kinds(said),
        done=request.GET.get("done"),
    )


def _kinds(said: Words) -> list[tuple[str, str]]:
    return [(kind.value, said[kind.value]) for kind in RequestKind if kind not in {RequestKind.COPY, RequestKind.EXPLAIN}]


def _consent(request: ActorRequest, person: Person, pk: UUID) -> Consent:
    mine = Consent.objects.visible_to(request.actor).select_related("recipient", "person", "case")
    return mine.get_or_missing(pk=pk, person_id=person.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_locked
def close(request: ActorRequest, case: Case, person: Person, said: Words, pk: UUID) -> HttpResponse:
    """The person closes an access: first what happens, then at once."""
    consent = _consent(request, person, pk)
    if request.method == "POST":
        consenting.withdraw_consent(by=request.actor, consent_id=pk, through=ConsentChannel.PAGE)
        return redirect(f"{_home()}?done=closed_done")
    shown = consents.effect(consent, request.actor)
    stays = [said[f"stays_{code}"] for code, _words, _source in shown.stays]
    return _show(
        request,
        "register/person/close.html",
        said,
        consent=consent,
        who=name_of(consent.recipient, neutral=True),
        what=", ".join(said[section.code] for section in Section(consent.sections) if section != Section.CASE),
        effect=shown,
        stays=stays,
        read=said.say("not_back", n=shown.read_times) if shown.read_times else said["read_none"],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_locked
def less(request: ActorRequest, case: Case, person: Person, said: Words, pk: UUID) -> HttpResponse:
    """The person leaves fewer parts open; nothing ticked closes it all."""
    consent = _consent(request, person, pk)
    form = forms.LessForm(request.POST if request.method == "POST" else None, words=said, consent=consent)
    if request.method == "POST" and form.is_valid():
        kept = bits(form.cleaned_data["sections"])
        if kept == Section.CASE:
            return redirect("person:close", pk=pk)
        if kept != consent.sections:
            consenting.change_consent(by=request.actor, consent_id=pk, sections=kept, channel=ConsentChannel.PAGE)
        return redirect(f"{_home()}?done=closed_done")
    return _show(
        request,
        "register/person/less.html",
        said,
        consent=consent,
        who=name_of(consent.recipient, neutral=True),
        form=form,
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_locked
def ask(request: ActorRequest, case: Case, person: Person, said: Words, kind: str) -> HttpResponse:
    """The person asks: correct, explain, erase, complain."""
    if kind not in RequestKind.values:
        raise Missing
    first = {"reading": request.GET.get("reading") if request.GET.get("reading", "").isascii() else None}
    form = forms.AskForm(request.POST if request.method == "POST" else None, words=said, kind=kind, initial=first)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            asked = acts.receive(
                by=request.actor,
                case_id=case.pk,
                person_id=person.pk,
                kind=kind,
                language=said.language,
                about=told["about"] or Section(0),
                wrong=told.get("wrong", ""),
                words=told["words"],
                reading_no=told["reading"],
            )
        except (Invalid, Refused) as problem:
            return _show(
                request,
                "register/person/ask.html",
                said,
                kind=kind,
                form=form,
                title=said[kind],
                problem=str(problem),
                status=problem.status,
            )
        return redirect("person:asked", pk=asked.pk)
    return _show(request, "register/person/ask.html", said, kind=kind, form=form, title=said[kind], status=422 if form.errors else 200)


def _mine(request: ActorRequest, person: Person, pk: UUID) -> PersonRequest:
    return PersonRequest.objects.visible_to(request.actor).get_or_missing(pk=pk, person_id=person.pk)


def _due(asked: PersonRequest) -> Any:
    clock = clocks.latest(asked.pk, ANSWER.name)
    return clocks.due_at(clock) if clock else None


@require_http_methods(["GET", "HEAD", "POST"])
@for_locked
def asked(request: ActorRequest, case: Case, person: Person, said: Words, pk: UUID) -> HttpResponse:
    """It is received; a paper, or none."""
    found = _mine(request, person, pk)
    if request.method == "POST":
        choice = ReceiptChoice.PRINTED if request.POST.get("paper") == "yes" else ReceiptChoice.NO_PAPER
        acts.choose_receipt(by=request.actor, request_id=pk, choice=choice)
        return redirect("person:receipt", pk=pk) if choice == ReceiptChoice.PRINTED else redirect("person:page")
    return _show(request, "register/person/asked.html", said, asked=found, due=said.say("due", day=_due(found)))


@require_safe
@for_locked
def receipt(request: ActorRequest, case: Case, person: Person, said: Words, pk: UUID) -> HttpResponse:
    """A paper that names neither the person nor the subject nor this system."""
    found = _mine(request, person, pk)
    return _show(
        request, "register/person/receipt.html", said, asked=found, day=said.day(found.received_at), due=said.say("due", day=_due(found))
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_locked
def copy(request: ActorRequest, case: Case, person: Person, said: Words) -> HttpResponse:
    """The person's own copy, as data or on paper, under a name that says nothing."""
    form = request.POST.get("form", "")
    if request.method != "POST" or form not in {"pdf", "json"}:
        return _show(request, "register/person/copy.html", said, status=422 if request.method == "POST" else 200)
    held = acts.copy(by=request.actor, case_id=case.pk, person_id=person.pk, form=form)
    if form == "pdf":
        answer = HttpResponse(printing.as_pdf(held, said.language), content_type="application/pdf")
    else:
        answer = HttpResponse(json.dumps(held, ensure_ascii=False, indent=1), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="page.{form}"'
    return answer


@require_POST
@for_locked
def language(request: ActorRequest, case: Case, person: Person, said: Words) -> HttpResponse:
    """Another language, for this page alone: the worker's own stays as it is."""
    wanted = request.POST.get("language", "")
    if wanted in languages():
        request.session[LOCK] = {**request.session[LOCK], "language": wanted}
    return redirect("person:page")


@require_http_methods(["GET", "HEAD", "POST"])
@for_locked
def unlock_page(request: ActorRequest, case: Case, person: Person, said: Words) -> HttpResponse:
    """The worker proves who is there and takes the screen back; a wrong code is slowed down as everywhere."""
    user: Any = request.user
    form = _proof(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if hasattr(form, "save"):
            form.save()
        unlock(request)
        audit.record(event="person.unlock", by=request.actor, subject=person.pk, case_id=case.pk)
        return redirect("case", ref=case.ref)
    # the one page here that speaks to the worker: in the worker's own language
    with translation.override(user.language):
        return _show(request, "register/person/unlock.html", said, form=form, status=422 if form.errors else 200)


def _proof(user: User, data: Any) -> Any:
    """The code where an application gives one; a key cannot be asked without script, so the passphrase stands in."""
    if Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists():
        return ConfirmCodeForm(user=user, data=data)
    return ConfirmPassphraseForm(data, user=user)


def _home() -> str:
    return reverse("person:page")


# -- the worker's side


@for_case_holders
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: ActorRequest, ref: str, pk: UUID) -> HttpResponse:
    """A code for the page from afar, after the safety question; shown once."""
    found = case_of(request, ref)
    person = _concerned(request, found, pk)
    if request.POST.get("end"):
        acts.revoke(by=request.actor, person_id=person.pk)
        return redirect("person_code", ref=found.ref, pk=pk)
    form = forms.CodeForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"case": found, "person": person, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            made, context["shown"] = acts.make_code(by=request.actor, case_id=found.pk, person_id=person.pk, **form.cleaned_data)
            context["ends_at"] = made.ends_at
        except Refused as refusal:
            context["reasons"] = refusal.reasons
    context["codes"] = list(RemoteCode.objects.visible_to(request.actor).filter(person=person).order_by("-made_at")[:10])
    context["now"] = timezone.now()
    answer = render(request, "register/person/code.html", context, status=409 if context.get("reasons") else 422 if form.errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer


@for_case_holders
@require_safe
def requests(request: ActorRequest, ref: str) -> HttpResponse:
    """What the persons of a case asked about their data, with what is due."""
    found = case_of(request, ref)
    policy.require(request.actor, Act.READ, Section.PROTECTION, found.pk)
    rows = list(PersonRequest.objects.visible_to(request.actor).filter(case_id=found.pk).order_by("-received_at"))
    return render(request, "register/person/requests.html", {"case": found, "rows": [(one, _due(one)) for one in rows]})


@for_case_holders
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: ActorRequest, ref: str, pk: UUID) -> HttpResponse:
    """What came of one request."""
    found = case_of(request, ref)
    asked = PersonRequest.objects.visible_to(request.actor).get_or_missing(pk=pk, case_id=found.pk)
    form = forms.AnswerRequestForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"case": found, "asked": asked, "form": form, "due": _due(asked), "words": _words_of(request, asked)}
    if request.method == "POST" and form.is_valid():
        try:
            acts.answer(by=request.actor, request_id=pk, **form.cleaned_data)
            return redirect("person_requests", ref=found.ref)
        except Refused as refusal:
            context["reasons"] = refusal.reasons
    return render(request, "register/person/answer.html", context, status=409 if context.get("reasons") else 422 if form.errors else 200)


def _words_of(request: ActorRequest, asked: PersonRequest) -> str:
    return identity.read_records(by=request.actor, kind=acts.KIND, record_ids=[asked.pk]).get(asked.pk, {}).get("words", "")
