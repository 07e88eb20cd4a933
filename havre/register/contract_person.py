"""What the consents and the person's own page give to the house, beside the rest of the register's contract."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from havre.register import consents
from havre.register.consenting import asking
from havre.register.enums import RequestKind, RequestStatus
from havre.register.models import PersonRequest
from havre.register.workflow import ANSWER, CONSENT, READERS, REQUEST, WRITERS
from havre.trust import clocks
from havre.trust.actors import Actor
from havre.trust.contracts import Link, UrlRow, Waiting
from havre.trust.enums import Role
from havre.trust.policy.table import DECIDERS

BOTH = ("GET", "POST")
LOCKED = "404 unless the screen is locked to a person's page"
OFFICERS = frozenset({Role.DATA_PROTECTION_OFFICER})
NAVIGATION = (Link(_("Requests"), "person:board", "doc", OFFICERS, _("Oversight")),)
URLS: tuple[UrlRow, ...] = (
    *(UrlRow(f"consent_{name}", BOTH, own=WRITERS, note="the consent's own table decides") for name in ("answer", "renew")),
    UrlRow("consent_change", BOTH, own=READERS, note="leaving less open is never refused"),
    UrlRow("consent_proof", own=READERS),
    UrlRow("person_open", BOTH, own=READERS, note="fresh factor; locks the screen"),
    UrlRow("person_code", BOTH, own=READERS),
    UrlRow("person_requests", own=READERS, by_duty=DECIDERS),
    UrlRow("person_answer", BOTH, own=READERS, note="the request's own table decides"),
    *(UrlRow(f"person:{name}", note=LOCKED) for name in ("page", "receipt")),
    *(UrlRow(f"person:{name}", BOTH, note=LOCKED) for name in ("close", "less", "ask", "asked", "copy", "unlock")),
    UrlRow("person:language", ("POST",), note=LOCKED),
    UrlRow("person:enter", BOTH, public=True, note="a code, slowed down by address"),
    UrlRow("person:far", public=True, note="404 without a code that opens"),
    UrlRow("person:board", own=OFFICERS),
    UrlRow("share_ended", BOTH, note="the job whose access has ended; else 404"),
)
AUDIT_WORDS: tuple[tuple[str, Any], ...] = (
    *((f"consent.{state}", words) for state, words in (("given", _("Consent given")), ("refused", _("Consent refused")))),
    ("consent.offered", _("Consent explained, not yet answered")),
    ("consent.seen", _("The receiver says that it has stopped")),
    ("person.open", _("The person's page was opened, with the screen locked to it")),
    ("person.unlock", _("The person's page was closed by the worker")),
    ("person.left", _("The person's page was left without unlocking: signed out")),
    ("person.copy", _("The person's own copy was made")),
    ("person.code", _("A code for reading from afar was made")),
    ("person.code_end", _("Codes for reading from afar were revoked")),
    ("person.far", _("The person opened the page from afar")),
    ("person.far_look", _("The person read the page from afar")),
    ("request.receipt", _("The person chose a paper, or none")),
    *((f"request.{move.step}", move.label) for move in REQUEST.moves),
    *((f"consent.{move.step}", move.label) for move in CONSENT.moves if move.step not in {"offer", "give", "refuse"}),
)


def waiting(actor: Actor) -> Iterable[Waiting]:
    """Answers to ask for anew, and accesses of one's own job that have ended."""
    yield from consents.waiting(actor)
    if actor.role not in WRITERS:
        return
    open_ones = PersonRequest.objects.visible_to(actor).filter(status=RequestStatus.RECEIVED).select_related("case")
    found = list(open_ones.order_by("received_at", "pk")[:20])
    due = clocks.due_by_subject([one.pk for one in found], ANSWER.name) if found else {}
    for one in found:
        title = _("%(case)s: answer what the person asked") % {"case": one.case.ref}
        yield Waiting(title, reverse("person_answer", args=[one.case.ref, one.pk]), due.get(one.pk), RequestKind(one.kind).label)


def sweep(now: datetime) -> int:
    """What the time brings: a consent that ends, or was given for somebody who may be 18. Gives how many moved."""
    return asking.sweep(now)
