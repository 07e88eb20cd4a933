"""Acts on what hangs on a proceeding: one shape for suspects, hearings, assets, exhibits, requests abroad, links and non-punishment.

A kind says which fields its first step and each later step write, and what a step does beside. Who may, from where and only after what
stands in the tables of `workflow`.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.justice import workflow
from havre.justice.enums import Measure, Verdict
from havre.justice.enums_records import SentenceKind
from havre.justice.models import (
    Asset,
    Charge,
    CompensationClaim,
    Hearing,
    LegalAssistance,
    LinkNode,
    NonPunishmentRequest,
    Proceeding,
    Sentence,
    SourcedLink,
    Suspect,
)
from havre.justice.services import asking, custody
from havre.justice.workflow import ABROAD, CUSTODIANS, PROFESSIONALS
from havre.register.attachments import keeping
from havre.register.models import Attachment
from havre.trust import audit, clocks, overrides
from havre.trust.actors import Actor
from havre.trust.enums import Role, Section
from havre.trust.errors import Invalid, Refused
from havre.trust.kinds import Kind
from havre.trust.records import clean


def _suspect(row: Any, step: str, _record: dict[str, Any], by: Actor) -> None:
    if step == "detain":
        row.detained_at = by.at
    elif step in {"convict", "acquit", "dismiss"}:
        row.decided_on = by.at.date()


def _charges(row: Any, _step: str, _record: dict[str, Any], by: Actor) -> None:
    row.held_charges = [] if row._state.adding else list(Charge.objects.visible_to(by).filter(suspect_id=row.pk))


def _asset(row: Any, step: str, _record: dict[str, Any], by: Actor) -> None:
    if step == "freeze":
        row.frozen_on = row.frozen_on or by.at.date()
    elif step == "confiscate":
        row.confiscated_on = row.confiscated_on or by.at.date()


def _in_order(row: Any, step: str, record: dict[str, Any], by: Actor) -> None:
    """A request leaves on a day that has come, and is answered after it."""
    if step == "send" and record.get("sent_on") and record["sent_on"] > by.at.date():
        raise Invalid({"sent_on": [_("this day is still to come: write it down once the request has left")]})


def _abroad(row: Any, step: str, _record: dict[str, Any], by: Actor) -> None:
    if step == "send":
        row.sent_on = row.sent_on or by.at.date()
        clock = clocks.start(ABROAD, case_id=row.case_id, subject_id=row.pk, at=by.at, by=by)
        row.answer_by = row.answer_by or clocks.due_at(clock).date()  # type: ignore[union-attr]
    elif step in {"answer", "decline", "begin_team"}:
        row.answered_on = by.at.date()
        clock_now = clocks.latest(row.pk, ABROAD.name)
        if clock_now is not None and clocks.state(clock_now) in {"running", "expired"}:
            clocks.end(clock_now, at=by.at, by=by)


def _sound(row: Any, step: str, record: dict[str, Any], by: Actor) -> None:
    """Two things, from one day to a later one, and each link of one origin once."""
    if step != "link":
        return
    if row.first_id == row.second_id:
        raise Invalid({"second": [_("a thing is not linked to itself: choose another one")]})
    if row.until is not None and record.get("seen_on") and row.until < row.seen_on:
        raise Invalid({"until": [_("this day is before the first one: look at both")]})
    same = {"first": row.first, "second": row.second, "kind": row.kind, "origin": row.origin}
    if SourcedLink.objects.visible_to(by).filter(**same).exists():
        raise Invalid({"origin": [_("this link is written down already from this origin: corroborate it from another one")]})


def _link(row: Any, step: str, _record: dict[str, Any], by: Actor) -> None:
    if step in {"corroborate", "refute"}:
        row.judged_at = by.at
    elif step == "reopen":
        row.judged_at, row.second_origin = None, ""


def _hearing(row: Any, _step: str, _record: dict[str, Any], _by: Actor) -> None:
    row.request_open = asking.is_open(row.proceeding_id)


_ROWS = (
    Kind(
        "suspects", Suspect, workflow.SUSPECT, "suspect", "",
        {"suspect": ("kind", "role", "file_number"), "detain": ("file_number",)},
        readers=PROFESSIONALS, before=_charges, after=_suspect,
    ),
    Kind(
        "hearings", Hearing, workflow.HEARING, "schedule", "",
        {
            "schedule": ("starts_at", "court", "purpose", "mode", "measures", "person_heard"),
            "hold": ("mode", "measures"),
            "adjourn": ("adjourned_because",),
        },
        readers=PROFESSIONALS, before=_hearing,
    ),
    Kind(
        "assets", Asset, workflow.ASSET, "trace", "",
        {
            "trace": ("kind", "amount", "currency", "suspect"),
            "freeze": ("frozen_on",),
            "confiscate": ("confiscated_on",),
            "assign": ("claim",),
        },
        readers=PROFESSIONALS, after=_asset,
    ),
    Kind(
        "exhibits", custody.Exhibit, workflow.EXHIBIT, "seize", "",
        {
            "seize": ("kind", "source", "taken_at", "seal_number", "sha256", "attachment"),
            "hand_over": ("offered_to", "given_at"),
            "receive": ("received_at", "seal_whole", "seal_number"),
        },
        readers=CUSTODIANS, before=custody.before, after=custody.after,
    ),
    Kind(
        "requests", NonPunishmentRequest, workflow.NON_PUNISHMENT, "flag", "",
        {"flag": ("ground",), "refuse": ("kept_because",), "uphold": ("kept_because",)},
        readers=PROFESSIONALS, before=asking.before, after=asking.after,
    ),
    Kind(
        "assistance", LegalAssistance, workflow.ASSISTANCE_ABROAD, "prepare", "",
        {
            "prepare": ("kind", "basis", "country", "file_number", "until"),
            "send": ("sent_on", "answer_by"),
            "begin_team": ("until",),
        },
        readers=CUSTODIANS, before=_in_order, after=_abroad,
    ),
    Kind(
        "links", SourcedLink, workflow.SOURCED_LINK, "link", "",
        {"link": ("kind", "first", "second", "origin", "seen_on", "until"), "corroborate": ("second_origin",)},
        readers=CUSTODIANS, before=_sound, after=_link,
    ),
)  # fmt: skip
KINDS: dict[str, Kind] = {kind.code: kind for kind in _ROWS}


@trust.act("justice.record")
def add(*, kind: str, proceeding_id: UUID, record: dict[str, Any], by: Actor, file: tuple[bytes, str] | None = None) -> Any:
    """Add a record to a proceeding by its kind's first step.

    Args: kind, a key of KINDS; record, fields of that kind; file, bytes and name of an exhibit's file, kept in the justice section in the
    same transaction: a record that is refused leaves no file behind.
    Raises: Missing; Refused, with every unmet condition; Invalid by field.
    """
    what = KINDS[kind]
    proceeding = Proceeding.objects.visible_to(by).select_related("person").get_or_missing(pk=proceeding_id)
    _only(what, what.opens, record)
    if file is not None and "attachment" in what.of(what.opens):
        place = {"case_id": proceeding.case_id, "person_id": proceeding.person_id, "section": Section.JUSTICE, "by": by}
        record = {**record, "attachment": keeping.add(**place, data=file[0], name=file[1]).pk}
    values = {**_resolved(record, proceeding, by), "case_id": proceeding.case_id, "proceeding": proceeding, "by_id": by.user.pk}
    draft = what.model(**values, **_stamps(what, by))
    what.before(draft, what.opens, record, by)
    clean(draft, {*record, *_required(what.model)})
    waiver = overrides.signed(workflow=what.table.name, step=what.opens, subject_id=proceeding.pk, by=by)
    checked = what.table.check(draft, move=what.opens, by=by, override=waiver, about=proceeding.pk)
    made = what.model.objects.add(by=by, **{name: getattr(draft, name) for name in _written(draft)}, status=checked.end)
    what.after(made, what.opens, record, by)
    made.save()
    _audit(what, what.opens, made, by, checked.codes)
    return made


@trust.act("justice.record_step")
def step(*, kind: str, record_id: UUID, step: str, record: dict[str, Any] | None = None, by: Actor) -> Any:
    """Take one step of a record. Raises: Missing; Refused, with every unmet condition; Invalid."""
    what = KINDS[kind]
    row = what.model.objects.visible_to(by).select_related("proceeding", "proceeding__person").get_for_step(pk=record_id)
    if step == what.opens:
        raise Invalid(_("this step has an act of its own"))
    told = record or {}
    _only(what, step, told)
    what.write(row, step, _resolved(told, row.proceeding, by))
    what.before(row, step, told, by)
    waiver = overrides.signed(workflow=what.table.name, step=step, subject_id=row.pk, by=by)
    checked = what.table.check(row, move=step, by=by, override=waiver)
    row.status = checked.end
    what.after(row, step, told, by)
    row.save()
    _audit(what, step, row, by, checked.codes)
    return row


def _audit(what: Kind, step: str, row: Any, by: Actor, codes: dict[str, str | int]) -> None:
    told = {**codes, "record": str(row.pk)}
    audit.record(event=f"{what.table.name}.{step}", by=by, subject=row.proceeding.person_id, case_id=row.case_id, codes=told)


def _only(what: Kind, step: str, record: dict[str, Any]) -> None:
    what.only(step, record)
    if set(record.get("measures", ())) - set(Measure.values):
        raise Invalid({"measures": [_("choose the measures from the list")]})


def _resolved(record: dict[str, Any], proceeding: Proceeding, by: Actor) -> dict[str, Any]:
    """The record with ids turned into rows of the same proceeding (a claim: of the same case). Raises: Missing."""
    own = {"suspect": Suspect, "first": LinkNode, "second": LinkNode}
    found = dict(record)
    for name in set(own) & set(record):
        found[name] = own[name].objects.visible_to(by).get_or_missing(pk=record[name], proceeding_id=proceeding.pk)
    if record.get("attachment"):
        files = Attachment.objects.visible_to(by).filter(section_bit=int(Section.JUSTICE))
        found["attachment"] = files.get_or_missing(pk=record["attachment"], case_id=proceeding.case_id)
    if record.get("claim"):
        mine = CompensationClaim.objects.visible_to(by)
        found["claim"] = mine.get_or_missing(pk=record["claim"], case_id=proceeding.case_id, person_id=proceeding.person_id)
    return found


def _stamps(what: Kind, by: Actor) -> dict[str, Any]:
    return {"flagged_at": by.at} if what.model is NonPunishmentRequest else {}


def _required(model: Any) -> set[str]:
    """The fields that a form must give: neither blank nor with a default."""
    return {one.name for one in model._meta.fields if one.choices and not one.blank and not one.has_default()}


def _written(draft: Any) -> list[str]:
    return [one.attname for one in draft._meta.concrete_fields if one.name != "status"]


@trust.act("charge.decide")
def decide_charge(*, charge_id: UUID, verdict: str, by: Actor) -> Charge:
    """Record the verdict on one offence. Raises: Missing; Refused (403) for another role than the prosecution; Invalid."""
    charge = Charge.objects.visible_to(by).select_related("proceeding").get_or_missing(pk=charge_id)
    _prosecution(by)
    charge.verdict = verdict
    clean(charge, {"verdict"})
    if not verdict:
        raise Invalid({"verdict": [_("enter the verdict")]})
    charge.save(update_fields=["verdict"])
    audit.record(event="charge.decide", by=by, subject=charge.proceeding.person_id, case_id=charge.case_id, codes={"verdict": verdict})
    return charge


@trust.act("sentence.add")
def sentence(*, charge_id: UUID, record: dict[str, Any], by: Actor) -> Any:
    """Record one penalty for one offence that ended in guilt. Raises: Missing; Refused (403); Invalid by field."""
    charge = Charge.objects.visible_to(by).select_related("proceeding").get_or_missing(pk=charge_id)
    _prosecution(by)
    if charge.verdict not in {Verdict.CONVICTED, Verdict.CONVICTED_LESSER}:
        raise Invalid({"charge": [_("record the verdict of guilt on this offence first")]})
    kind = record.get("kind")
    if kind in {SentenceKind.IMPRISONMENT, SentenceKind.SUSPENDED} and not record.get("months"):
        raise Invalid({"months": [_("give the length in months")]})
    if kind == SentenceKind.FINE and not (record.get("amount") and record.get("currency")):
        raise Invalid({"amount": [_("give the amount and its currency")]})
    made = Sentence.objects.add(
        by=by, case_id=charge.case_id, proceeding=charge.proceeding, charge=charge, by_id=by.user.pk,
        imposed_on=record.pop("imposed_on", None) or by.at.date(), **record,
    )  # fmt: skip
    audit.record(event="sentence.add", by=by, subject=charge.proceeding.person_id, case_id=charge.case_id, codes={"kind": str(kind)})
    return made


def _prosecution(by: Actor) -> None:
    if by.role != Role.PROSECUTOR:
        raise Refused((_("the prosecution records what the court decided"),), status=403)
