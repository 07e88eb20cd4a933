"""What the pages of records show: rows as heads and values, in few queries, by pseudonym."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from havre.justice.enums import Measure
from havre.justice.models import Charge, Custody, LinkNode, NonPunishmentRequest, Proceeding, Sentence, WageCalculation
from havre.justice.services import custody
from havre.justice.services.linking import KIND
from havre.justice.wages import Step
from havre.justice.workflow import CUSTODIANS
from havre.trust import identity
from havre.trust.actors import Actor
from havre.trust.models import Membership

Cells = list[tuple[str, str]]


def _moment(at: Any) -> str:
    return date_format(timezone.localtime(at), "j F Y, H:i") if at else ""


def _date(on: Any) -> str:
    return date_format(on, "j F Y") if on else ""


def _row(row: Any, title: str, cells: Iterable[tuple[str, Any]], **more: Any) -> dict[str, Any]:
    return {"title": title, "state": row.get_status_display(), "cells": [(head, str(value)) for head, value in cells if value], **more}


def suspects(_actor: Actor, _proceeding: Proceeding, rows: list[Any]) -> list[dict[str, Any]]:
    """Suspects, by pseudonym."""
    return [
        _row(one, one.pseudonym, (
            (_("Who"), one.get_kind_display()), (_("Part in the chain"), one.get_role_display()), (_("File number"), one.file_number),
            (pgettext("suspect", "Detained"), _moment(one.detained_at)), (_("Decided"), _date(one.decided_on)),
        ))
        for one in rows
    ]  # fmt: skip


def charges(actor: Actor, proceeding: Proceeding) -> list[dict[str, Any]]:
    """Offences with whom they are held against, the verdict, the penalties."""
    found = list(Charge.objects.visible_to(actor).filter(proceeding=proceeding).select_related("suspect").order_by("charged_on", "pk"))
    penalties: dict[UUID, list[str]] = defaultdict(list)
    for one in Sentence.objects.visible_to(actor).filter(proceeding=proceeding).order_by("imposed_on", "pk"):
        length = _("%(months)s months") % {"months": one.months} if one.months else ""
        money = f"{one.amount} {one.currency}" if one.amount else ""
        penalties[one.charge_id].append(", ".join(part for part in (str(one.get_kind_display()), length, money) if part))
    return [
        {
            "pk": one.pk,
            "words": f"{one.suspect.pseudonym + ' · ' if one.suspect else ''}{one.article} ({_('ICCS')} {one.iccs})",
            "verdict": one.get_verdict_display(),
            "penalties": penalties[one.pk],
        }
        for one in found
    ]


def hearings(_actor: Actor, _proceeding: Proceeding, rows: list[Any]) -> list[dict[str, Any]]:
    """Hearings, the next first."""
    labels = dict(Measure.choices)
    return [
        _row(one, _moment(one.starts_at), (
            (_("Court"), one.get_court_display()), (pgettext("hearing", "Purpose"), one.get_purpose_display()),
            (_("Hearing"), one.get_mode_display()),
            (_("Protection measures"), ", ".join(str(labels[code]) for code in one.measures if code in labels)),
            (_("The person"), _("is heard on that day") if one.person_heard else ""),
            (_("Put off because"), one.get_adjourned_because_display()),
        ))
        for one in rows
    ]  # fmt: skip


def assets(_actor: Actor, _proceeding: Proceeding, rows: list[Any]) -> list[dict[str, Any]]:
    """Assets and what they pay for."""
    return [
        _row(one, f"{one.amount} {one.currency}", (
            (_("Kind of asset"), one.get_kind_display()), (_("Suspect"), one.suspect.pseudonym if one.suspect_id else ""),
            (_("Frozen on"), _date(one.frozen_on)), (_("Confiscated on"), _date(one.confiscated_on)),
            (_("Claim that it pays"), one.claim.pseudonym if one.claim_id else ""),
        ))
        for one in rows
    ]  # fmt: skip


def exhibits(actor: Actor, _proceeding: Proceeding, rows: list[Any]) -> list[dict[str, Any]]:
    """Exhibits with their chain of custody and its gaps: two queries for any number."""
    chains: dict[UUID, list[Any]] = defaultdict(list)
    held = Custody.objects.visible_to(actor).filter(exhibit_id__in=[one.pk for one in rows])
    for link in held.select_related("organisation", "offered_to", "keeper").order_by("exhibit_id", "number"):
        chains[link.exhibit_id].append(link)
    found = []
    for one in rows:
        holes = {gap.number: gap for gap in custody.gaps(chains[one.pk])}
        chain = [
            {
                "who": f"{link.organisation}, {link.keeper.name}",
                "from": _moment(link.starts_at),
                "to": _moment(link.ends_at),
                "seal": link.seal_number,
                "offered": str(link.offered_to) if link.offered_to_id and link.ends_at is None else "",
                "gap": _gap(holes.get(link.number)),
            }
            for link in chains[one.pk]
        ]
        cells = (
            (_("Kind of exhibit"), one.get_kind_display()), (_("Where it comes from"), one.get_source_display()),
            (_("Taken into custody"), _moment(one.taken_at)), (_("Seal number"), one.seal_number),
        )  # fmt: skip
        found.append(
            _row(
                one,
                one.number,
                cells,
                chain=chain,
                hash=[one.sha256[at : at + 16] for at in range(0, len(one.sha256), 16)],
                file=one.attachment_id,
                gaps=len(holes),
            )
        )
    return found


def _gap(gap: custody.Gap | None) -> str:
    if gap is None:
        return ""
    hours = round(gap.lasted.total_seconds() / 3600)
    words = _("Nobody is written down as holding it for %(hours)s h.") % {"hours": hours} if gap.lasted else ""
    return " ".join(part for part in (words, _("The seal was found broken.") if gap.seal_broken else "") if part)


def requests(_actor: Actor, _proceeding: Proceeding, rows: list[Any]) -> list[dict[str, Any]]:
    """Requests for non-punishment and their dates."""
    return [
        _row(one, str(one.get_ground_display()), (
            (_("Flagged"), _moment(one.flagged_at)), (_("Lawyer alerted"), _moment(one.lawyer_alerted_at)),
            (_("Prosecutor alerted"), _moment(one.prosecutor_alerted_at)), (pgettext("non-punishment", "Asked"), _moment(one.asked_at)),
            (_("To be answered by"), _date(one.answer_by)), (pgettext("request abroad", "Answered"), _moment(one.answered_at)),
            (_("Reason of the refusal"), one.get_kept_because_display()), (_("Review asked for"), _moment(one.review_asked_at)),
            (_("Reviewed"), _moment(one.reviewed_at)),
        ))
        for one in rows
    ]  # fmt: skip


def bundle(actor: Actor, proceeding: Proceeding) -> list[tuple[str, str]]:
    """The dates that a request for non-punishment rests on, oldest first: what happened when, without a name or a place."""
    marks: list[tuple[Any, str]] = [
        (proceeding.opened_at, _("Inquiry opened")),
        (proceeding.informed_at, _("Rights explained")),
        (proceeding.lawyer_at, _("Lawyer advised the person")),
        (proceeding.nexus_assessed_at, _("Link of the act with the trafficking assessed")),
        (proceeding.charged_at, _("Charged")),
    ]
    for one in NonPunishmentRequest.objects.visible_to(actor).filter(proceeding=proceeding):
        marks += [
            (one.flagged_at, _("Flagged")), (one.asked_at, pgettext("non-punishment", "Asked")),
            (one.answered_at, pgettext("request abroad", "Answered")),
            (one.review_asked_at, _("Review asked for")), (one.reviewed_at, _("Reviewed")),
        ]  # fmt: skip
    return [(_moment(at), words) for at, words in sorted((mark for mark in marks if mark[0]), key=lambda mark: mark[0])]


def assistance(_actor: Actor, _proceeding: Proceeding, rows: list[Any]) -> list[dict[str, Any]]:
    """Requests abroad and joint investigations."""
    return [
        _row(one, _("%(what)s: %(state)s") % {"what": one.country, "state": one.get_kind_display()}, (
            (_("Legal basis"), one.get_basis_display()), (_("File number"), one.file_number), (_("Sent on"), _date(one.sent_on)),
            (_("Answer expected by"), _date(one.answer_by)), (pgettext("request abroad", "Answered"), _date(one.answered_on)),
            (_("Until"), _date(one.until)),
        ))
        for one in rows
    ]  # fmt: skip


def nodes(actor: Actor, proceeding: Proceeding) -> list[tuple[UUID, str]]:
    """The nodes of the link view with the words that this actor may read: three queries for any number."""
    mine = LinkNode.objects.visible_to(actor).filter(proceeding=proceeding).select_related("suspect").order_by("recorded_at", "pk")
    found = list(mine)
    words = identity.read_records(by=actor, kind=KIND, record_ids=[one.pk for one in found if one.suspect_id is None]) if found else {}
    return [(one.pk, f"{one} {words.get(one.pk, {}).get('words', '')}".strip()) for one in found]


def links(actor: Actor, proceeding: Proceeding, rows: list[Any]) -> list[dict[str, Any]]:
    """Typed, sourced, dated links."""
    named = dict(nodes(actor, proceeding)) if rows else {}
    return [
        _row(one, f"{named.get(one.first_id, '')} {one.get_kind_display()} {named.get(one.second_id, '')}", (
            (_("Known from"), one.get_origin_display()), (_("First seen on"), _date(one.seen_on)), (_("Until"), _date(one.until)),
            (_("Corroborated by"), one.get_second_origin_display()),
        ))
        for one in rows
    ]  # fmt: skip


SHOWN: dict[str, Callable[[Actor, Proceeding, list[Any]], list[dict[str, Any]]]] = {
    "suspects": suspects,
    "hearings": hearings,
    "assets": assets,
    "exhibits": exhibits,
    "requests": requests,
    "assistance": assistance,
    "links": links,
}


def receivers(actor: Actor) -> list[tuple[str, str]]:
    """The other services that may keep evidence: those with an investigator or a prosecutor in office, by name."""
    jobs = Membership.objects.filter(role__in=CUSTODIANS, ended_at=None, organisation__active=True).exclude(
        organisation_id=actor.organisation_id
    )
    found = jobs.values_list("organisation_id", "organisation__name").distinct().order_by("organisation__name")[:200]
    return [(str(pk), name) for pk, name in found]


_SENTENCES = {
    "base_agreed": lambda: _("Stretch %(stretch)s: agreed wage %(rate)s × %(count)s (%(unit)s)"),
    "base_legal": lambda: _("Stretch %(stretch)s: legal minimum %(rate)s × %(count)s (%(unit)s)"),
    "overtime": lambda: _("Stretch %(stretch)s: overtime, %(count)s hours × %(rate)s × %(factor)s"),
    "deducted": lambda: _("Stretch %(stretch)s: taken off without right, owed again"),
    "paid": lambda: _("Stretch %(stretch)s: really paid"),
    "nothing_owed": lambda: _("Stretch %(stretch)s: paid in full, nothing is owed"),
    "interest": lambda: _("Stretch %(stretch)s: simple interest, %(rate)s %% a year for %(days)s days"),
}


def _number(text: str) -> str:
    """A number as the language writes it; other words as they are."""
    try:
        return number_format(Decimal(text))
    except InvalidOperation:
        return text


def wage_steps(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """The lines of a reckoning as sentences with their amounts."""
    units = {"month": _("months"), "day": _("days"), "hour": _("hours")}
    found = []
    for one in steps:
        numbers = {name: _number(value) for name, value in one.numbers.items()} | {"unit": units.get(one.numbers.get("unit", ""), "")}
        source = " ".join(part for part in (one.numbers.get("fact", ""), one.numbers.get("revision", "")) if part)
        found.append({"words": _SENTENCES[one.code]() % numbers, "amount": one.amount, "source": source})
    return found


def kept_steps(kept: WageCalculation) -> list[dict[str, Any]]:
    """The lines of a kept calculation, as it was made."""
    return wage_steps(Step(one["code"], Decimal(one["amount"]), one["numbers"]) for one in kept.steps)
