"""Pages of what hangs on a proceeding: one page a kind, a table and a form for each row's next step. A pseudonym, never a place."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from havre.justice import drawing, showing
from havre.justice.forms_records import ExhibitFileForm, NodeForm, PartForm, RowStepForm, SentenceForm, WageForm
from havre.justice.models import Charge, CompensationClaim, Exhibit, Proceeding, SourcedLink, Suspect, WageCalculation
from havre.justice.services import linking, lost_wages, records
from havre.justice.services.records import KINDS
from havre.justice.workflow import CUSTODIANS, PROFESSIONALS
from havre.register.attachments import keeping
from havre.register.attachments.kinds import MOST_BYTES, REFUSED
from havre.register.forms_attachments import too_big
from havre.register.views import confirm_url
from havre.register.views_attachments import handed_out
from havre.trust import acts, waivers
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.forms import tell
from havre.trust.ids import new_id
from havre.trust.kinds import Kind
from havre.trust.middleware import ActorRequest
from havre.trust.waivers import Held

TITLES = {
    "suspects": _("Suspects and charges"),
    "hearings": _("Hearings"),
    "assets": _("Assets"),
    "exhibits": _("Evidence"),
    "requests": _("Non-punishment"),
    "assistance": _("Other countries"),
    "links": _("Links"),
}

# rows that a page names beside its own
RELATED = {"assets": ("suspect", "claim")}


def _proceeding(request: ActorRequest, pk: UUID, what: Kind) -> Proceeding:
    found = Proceeding.objects.visible_to(request.actor).select_related("person", "case").get_or_missing(pk=pk)
    if request.actor.role not in what.readers:
        raise Missing
    return found


@login_required
@require_http_methods(["GET", "POST"])
def page(request: ActorRequest, pk: UUID, kind: str) -> HttpResponse:
    """The records of one kind in a proceeding; a POST adds one or takes a step of one."""
    what = KINDS[kind]
    proceeding = _proceeding(request, pk, what)
    problems: dict[str, Any] = {}
    status = 200
    if request.method == "POST" and request.POST.get("waive"):
        context = _context(request, proceeding, what)
        shown: dict[str, Any] = {"template": "justice/records.html", "context": context}
        again = waivers.signed(request, *context["held"], case_id=proceeding.case_id, **shown)
        return again or redirect(f"justice:{kind}", pk=pk)
    if request.method == "POST" and acts.repeated("justice.record_step", by=request.actor):
        return redirect(f"justice:{kind}", pk=pk)
    if request.method == "POST":
        try:
            problems = _posted(request, proceeding, what)
            if not problems:
                return redirect(f"justice:{kind}", pk=pk)
            status = 422
        except Refused as refusal:
            problems, status = {"reasons": refusal.reasons}, refusal.status
        except Invalid as invalid:
            problems, status = {"invalid": [str(word) for words in invalid.problems.values() for word in words]}, 422
    context = {**_context(request, proceeding, what), **problems}
    return render(request, "justice/records.html", context, status=status)


def _row(request: ActorRequest, proceeding: Proceeding, what: Kind) -> Any:
    try:
        row_id = UUID(request.POST.get("row", ""))
    except ValueError:
        raise Missing from None
    return what.model.objects.visible_to(request.actor).get_or_missing(pk=row_id, proceeding=proceeding)


def _first(proceeding: Proceeding, what: Kind) -> Held:
    """The first step of this kind, waived upon the proceeding."""
    return Held(what.table, what.model(case_id=proceeding.case_id, proceeding=proceeding), about=proceeding.pk)


def _choices(request: ActorRequest, proceeding: Proceeding, what: Kind) -> dict[str, list[tuple[str, str]]]:
    """What the lists of a form offer: rows of this proceeding, services to hand over to."""
    actor = request.actor
    if what.code == "assets":
        suspects = Suspect.objects.visible_to(actor).filter(proceeding=proceeding).order_by("recorded_at")
        claims = CompensationClaim.objects.visible_to(actor).filter(case_id=proceeding.case_id, person_id=proceeding.person_id)
        return {
            "suspect": [(str(one.pk), one.pseudonym) for one in suspects],
            "claim": [(str(one.pk), f"{one.pseudonym} {one.get_kind_display()}") for one in claims],
        }
    if what.code == "exhibits":
        return {"offered_to": showing.receivers(actor)}
    if what.code == "links":
        nodes = showing.nodes(actor, proceeding)
        return {name: [(str(pk), words) for pk, words in nodes] for name in ("first", "second")}
    return {}


def _context(request: ActorRequest, proceeding: Proceeding, what: Kind) -> dict[str, Any]:
    choices = _choices(request, proceeding, what)
    mine = what.model.objects.visible_to(request.actor).filter(proceeding=proceeding)
    rows = list(mine.select_related(*RELATED.get(what.code, ())).order_by("-recorded_at", "-pk")[:200])
    may_add = any(move.step == what.opens and request.actor.role in move.who for move in what.table.moves)
    shown = showing.SHOWN[what.code](request.actor, proceeding, rows)
    first = _first(proceeding, what)
    held = [Held(what.table, row, several=True) for row in rows]
    sent = request.POST if request.method == "POST" and "waive" not in request.POST else None
    act = sent.get("act", "add") if sent else ""
    for one, row, whole in zip(shown, rows, held, strict=True):
        row.proceeding = proceeding
        one["waivers"] = waivers.lines(request, whole)
        # after a refusal what was typed stays, and the row's form stays open
        one["tried"] = act == "step" and sent is not None and sent.get("row") == str(row.pk)
        steps = [(move.step, move.name) for move in what.table.open_to(row, request.actor)]
        written = what.of_steps(step for step, _name in steps)
        one["form"] = (
            RowStepForm(
                sent if one["tried"] else None, kind=what.code, written=written, choices=choices, steps=steps, auto_id=f"id_{row.pk}_%s"
            )
            if steps
            else None
        )
        one["pk"] = row.pk
    writes = frozenset(what.of(what.opens))
    return {
        "proceeding": proceeding,
        "kind": what.code,
        "title": TITLES[what.code],
        "tabs": tabs(request, proceeding, what.code),
        "rows": shown,
        "form": PartForm(sent if act == "add" else None, kind=what.code, written=writes, choices=choices, needed=what.demanded)
        if may_add
        else None,
        "first": next(move.name for move in what.table.moves if move.step == what.opens),
        "waivers": waivers.lines(request, first),
        "held": [first, *held],
        "once": new_id(),
        **_beside(request, proceeding, what, may_add, choices),
    }


def tabs(request: ActorRequest, proceeding: Proceeding, current: str) -> list[dict[str, Any]]:
    """The kinds of records that this role reads, as tabs."""
    return [
        {"title": _("Proceeding"), "url": reverse("justice:proceeding", args=[proceeding.pk]), "current": current == ""},
        *(
            {"title": TITLES[code], "url": reverse(f"justice:{code}", args=[proceeding.pk]), "current": code == current}
            for code, what in KINDS.items()
            if request.actor.role in what.readers
        ),
    ]


def _beside(request: ActorRequest, proceeding: Proceeding, what: Kind, may_add: bool, choices: dict[str, Any]) -> dict[str, Any]:
    """What only one kind has: the file of an exhibit, the penalties of a charge, the nodes and the drawing of links, the dates bundle."""
    if what.code == "exhibits" and may_add:
        return {"file_form": ExhibitFileForm()}
    if what.code == "suspects":
        charges = showing.charges(request.actor, proceeding)
        form = SentenceForm(_sent(request, "sentence")) if charges and request.actor.role == "prosecutor" else None
        if form:
            form.fields["charge"].choices = [("", "—"), *((str(one["pk"]), one["words"]) for one in charges)]  # type: ignore[attr-defined]
        return {"charges": charges, "sentence_form": form}
    if what.code == "links":
        node = NodeForm(_sent(request, "node"))
        suspects = Suspect.objects.visible_to(request.actor).filter(proceeding=proceeding).order_by("recorded_at")
        node.fields["suspect"].choices = [("", "—"), *((str(one.pk), one.pseudonym) for one in suspects)]  # type: ignore[attr-defined]
        links = SourcedLink.objects.visible_to(request.actor).filter(proceeding=proceeding)
        return {"node_form": node, "nodes": choices["first"], "drawing": drawing.svg(choices["first"], list(links))}
    if what.code == "requests":
        return {"bundle": showing.bundle(request.actor, proceeding)}
    return {}


def _sent(request: ActorRequest, act: str) -> Any:
    """What was typed into the form of this act, to be shown again; None when another was sent, or nothing."""
    return request.POST if request.method == "POST" and request.POST.get("act") == act else None


def _posted(request: ActorRequest, proceeding: Proceeding, what: Kind) -> dict[str, Any]:
    """Do what was posted. Gives what is wrong with a form, nothing when it is done. Raises: Refused, Invalid, Missing."""
    act = request.POST.get("act", "add")
    if act == "step":
        return _step(request, proceeding, what)
    if act == "node" and what.code == "links":
        return _node(request, proceeding)
    if act == "sentence" and what.code == "suspects":
        return _sentence(request, proceeding)
    form = PartForm(
        request.POST,
        kind=what.code,
        written=frozenset(what.of(what.opens)),
        choices=_choices(request, proceeding, what),
        needed=what.demanded,
    )
    if not form.is_valid():
        return {"form": form}
    sent = request.FILES.get("file") if what.code == "exhibits" else None
    if sent is None and what.code == "exhibits" and too_big(request.META.get("CONTENT_LENGTH")):
        raise Invalid({"file": [REFUSED["size"] % {"most": MOST_BYTES // 1_048_576}]})
    file = (sent.read(), sent.name or "") if sent else None
    records.add(
        kind=what.code, proceeding_id=proceeding.pk, record=form.record(frozenset(what.of(what.opens))), file=file, by=request.actor
    )
    return {}


def _step(request: ActorRequest, proceeding: Proceeding, what: Kind) -> dict[str, Any]:
    row = _row(request, proceeding, what)
    steps = [(move.step, move.name) for move in what.table.open_to(row, request.actor)]
    asked = request.POST.get("step", "")
    if asked in what.table.steps and asked not in dict(steps):
        # a colleague was quicker: the table says where the record stands now
        records.step(kind=what.code, record_id=row.pk, step=asked, by=request.actor)
    written = what.of_steps(step for step, _name in steps)
    form = RowStepForm(request.POST, kind=what.code, written=written, choices=_choices(request, proceeding, what), steps=steps)
    if not form.is_valid():
        return {"invalid": [str(word) for words in form.errors.values() for word in words]}
    step = form.cleaned_data["step"]
    record = form.record(frozenset(what.of(step)))
    records.step(kind=what.code, record_id=row.pk, step=step, record=record, by=request.actor)
    return {}


def _node(request: ActorRequest, proceeding: Proceeding) -> dict[str, Any]:
    form = NodeForm(request.POST)
    form.fields["suspect"].choices = [("", "—"), *((str(pk), "") for pk in _suspects(request, proceeding))]  # type: ignore[attr-defined]
    if not form.is_valid():
        return {"invalid": [str(word) for words in form.errors.values() for word in words]}
    told = form.cleaned_data
    suspect_id = UUID(told["suspect"]) if told["suspect"] else None
    linking.add_node(
        proceeding_id=proceeding.pk, kind=told["node_kind"], words=told["words"], suspect_id=suspect_id, by=request.actor
    )  # fmt: skip
    return {}


def _suspects(request: ActorRequest, proceeding: Proceeding) -> list[UUID]:
    return list(Suspect.objects.visible_to(request.actor).filter(proceeding=proceeding).values_list("pk", flat=True))


def _sentence(request: ActorRequest, proceeding: Proceeding) -> dict[str, Any]:
    form = SentenceForm(request.POST)
    mine = Charge.objects.visible_to(request.actor).filter(proceeding=proceeding)
    form.fields["charge"].choices = [("", "—"), *((str(one.pk), one.article) for one in mine)]  # type: ignore[attr-defined]
    if not form.is_valid():
        return {"invalid": [str(word) for words in form.errors.values() for word in words]}
    told = form.record(frozenset({"kind", "months", "amount", "currency", "imposed_on"}))
    charge_id = UUID(form.cleaned_data["charge"])
    if form.cleaned_data["verdict"]:
        records.decide_charge(charge_id=charge_id, verdict=form.cleaned_data["verdict"], by=request.actor)
    if told.get("kind"):
        records.sentence(charge_id=charge_id, record=told, by=request.actor)
    return {}


@login_required
@require_GET
def exhibit(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The clean copy of an exhibit's file."""
    return handed_out(keeping.read(attachment_id=_file_of(request, pk), by=request.actor))


@login_required
@require_GET
def exhibit_original(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The sealed original of an exhibit's file, with a fresh second factor."""
    found = _file_of(request, pk)
    if not request.actor.factor_is_fresh:
        return redirect(confirm_url(request.get_full_path()))
    return handed_out(keeping.read_original(attachment_id=found, by=request.actor))


def _file_of(request: ActorRequest, pk: UUID) -> UUID:
    found = Exhibit.objects.visible_to(request.actor).get_or_missing(pk=pk)
    if request.actor.role not in CUSTODIANS or found.attachment_id is None:
        raise Missing
    return found.attachment_id


@login_required
@require_http_methods(["GET", "POST"])
def wages(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The wage-loss calculator of a claim: one stretch of work at a time is reckoned, and kept on request; it prints as it stands."""
    claim = CompensationClaim.objects.visible_to(request.actor).select_related("case").get_or_missing(pk=pk)
    if request.actor.role not in PROFESSIONALS:
        raise Missing
    found, today = claim.case.country, request.actor.at.date()
    known = [lost_wages.offers(name, found, on=today) for name in lost_wages.FACTS]
    form = WageForm(request.POST or None, wages=known[0], interests=known[1], initial={"currency": claim.currency})
    status, steps, total, unsigned = 200, None, None, False
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                stretch, interest = form.stretch(), form.interest()
                done = lost_wages.reckoned([stretch], on=today, interest=interest)
                if request.POST.get("act") == "keep":
                    kept_in = {"stretches": [stretch], "interest": interest, "currency": form.cleaned_data["currency"]}
                    lost_wages.keep(claim_id=pk, by=request.actor, **kept_in)
                    return redirect("justice:wages", pk=pk)
                steps, total, status = showing.wage_steps(done.steps), done.total, 200
                unsigned = lost_wages.rests_on_unsigned(one.numbers for one in done.steps)
            except Invalid as invalid:
                tell(form, invalid)
    kept = list(WageCalculation.objects.visible_to(request.actor).filter(claim=claim)[:20])
    context = {
        "claim": claim, "form": form, "steps": steps, "total": total, "unsigned": unsigned, "once": new_id(),
        "known": [*known[0], *known[1]], "lacks": [not one for one in known],
        "remarks": list(filter(None, (lost_wages.remark(name, found, on=today) for name in lost_wages.FACTS))),
        "kept": [
            {"row": one, "steps": showing.kept_steps(one), "unsigned": lost_wages.rests_on_unsigned(step["numbers"] for step in one.steps)}
            for one in kept
        ],
    }  # fmt: skip
    return render(request, "justice/wages.html", context, status=status)
