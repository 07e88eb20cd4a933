"""What the register puts on a case's timeline, and its panels beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from havre.register import consents
from havre.register.enums import ConsentState
from havre.register.models import Attachment, Case, Consent, Note, PersonRequest
from havre.trust import policy
from havre.trust.contracts import Panel
from havre.trust.enums import SECTION_LABELS, Act, Section
from havre.trust.errors import Words
from havre.trust.moments import Line, Mark, Moment, Reading


def _answer(one: Moment) -> Words:
    """What was asked of the person; a consent that another service reports is no answer given here."""
    if one.state == ConsentState.REPORTED:
        return ""
    return _("Consent refused") if one.state == ConsentState.REFUSED else _("Consent: the person's answer")


def _withdrawn(one: Moment) -> Words:
    return "" if one.state == ConsentState.REPORTED else _("Consent withdrawn")


def _note(one: Moment) -> Words:
    return _("Note, %(section)s, by %(name)s") % {"section": SECTION_LABELS[one.section], "name": one.by__name}


def lines() -> Iterable[Line]:
    """The case itself, notes, files, the person's answers and requests."""
    return LINES


LINES = (
    Line(Case, "case", (Mark("opened_at", _("Case opened"), ("lead__name",)), Mark("closed_at", _("Case closed"), ("status",)))),
    Line(Note, "note", (Mark("happened_at", _note),), facts=("by__name",), sealed=True),
    Line(Attachment, "doc", (Mark("recorded_at", _("A file was kept")),)),
    Line(
        Consent,
        "consent",
        (Mark("starts_at", _answer, ("recipient__name",)), Mark("withdrawn_at", _withdrawn, ("recipient__name",))),
        facts=("state", "sections", "ends_at", "recorded_at"),
    ),
    Line(
        PersonRequest,
        "person",
        (Mark("received_at", _("The person's request"), ("kind",)), Mark("answered_at", _("The person's request answered"), ("kind", "outcome"))),
    ),
)  # fmt: skip


def sheets(reading: Reading) -> Iterator[Panel]:
    """The person's consents, and the way to the files."""
    shown = [consents.Brief.of(one, reading.actor.at) for one in reading.moments_of(Consent)]
    if shown:
        shown.sort(key=lambda one: (not one.live, -one.recorded_at.timestamp()))
        yield Panel("consents", _("Consents"), "register/_consents.html", {"consents": shown}, Section.PROTECTION, side=True)
    if policy.sections_in(reading.ground, Act.READ):
        yield Panel("files", _("Files"), "register/_files.html", {}, Section.CASE, side=True)
