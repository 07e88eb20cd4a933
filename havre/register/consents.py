"""The consents of a case as pages show them: whom, what for, which parts, until when, and what stands today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre.register.enums import ConsentState
from havre.register.models import Consent
from havre.trust.actors import Actor
from havre.trust.contracts import Entry
from havre.trust.enums import SECTION_LABELS, Section
from havre.trust.errors import Words

# how a consent's state is drawn: a refusal is the person's choice, not a failure
MARKS = {
    ConsentState.OFFERED: "doing",
    ConsentState.GIVEN: "done",
    ConsentState.REFUSED: "own-choice",
    ConsentState.WITHDRAWN: "own-choice",
    ConsentState.EXPIRED: "todo",
    ConsentState.REPORTED: "none",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One consent as a page shows it."""

    consent: Consent
    live: bool
    kind: str
    sections: Sequence[Words]

    @classmethod
    def of(cls, found: Iterable[Consent], at: datetime) -> list[Shown]:
        """These consents, live ones first."""
        rows = [cls._one(one, at) for one in found]
        return sorted(rows, key=lambda row: not row.live)

    @classmethod
    def _one(cls, one: Consent, at: datetime) -> Shown:
        live = one.live(at=at)
        over = one.state == ConsentState.GIVEN and not live
        parts = [SECTION_LABELS[section] for section in Section(one.sections) if section != Section.CASE]
        return cls(one, live, "todo" if over else MARKS[ConsentState(one.state)], parts or [SECTION_LABELS[Section.CASE]])

    @property
    def words(self) -> Words:
        """The state in a word; a consent past its end says so."""
        over = self.consent.state == ConsentState.GIVEN and not self.live
        return _("Ended") if over else ConsentState(self.consent.state).label


def of_case(actor: Actor, case_id: UUID) -> list[Consent]:
    """The consents of one case that this actor may read, newest first: one query."""
    return list(Consent.objects.visible_to(actor).filter(case_id=case_id).select_related("recipient", "person").order_by("-recorded_at"))


def entries(found: Iterable[Consent]) -> list[Entry]:
    """The lines of the timeline: an answer given, and a withdrawal."""
    lines = []
    for one in found:
        if one.state == ConsentState.REPORTED:
            continue
        whom = one.recipient.name if one.recipient else ""
        given = _("Consent refused") if one.state == ConsentState.REFUSED else _("Consent: the person's answer")
        lines.append(Entry(one.starts_at, given, whom, "consent", Section.PROTECTION))
        if one.withdrawn_at:
            lines.append(Entry(one.withdrawn_at, _("Consent withdrawn"), whom, "consent", Section.PROTECTION))
    return lines
