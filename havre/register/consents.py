"""The consents of a case as pages show them: whom, what for, which parts, until when, what stands today, and what a withdrawal does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from havre.register.consenting import acts, closing
from havre.register.enums import AskAgain, ConsentState, Explained
from havre.register.models import ClosedShare, Consent, ConsentEvent
from havre.register.models.consents import adult_by
from havre.register.workflow import WRITERS
from havre.trust.actors import Actor
from havre.trust.contracts import Waiting
from havre.trust.enums import SECTION_LABELS, Basis, Role, Section
from havre.trust.errors import Missing, Words
from havre.trust.history.queries import times_read
from havre.trust.models import Grant
from havre.trust.moments import Moment

# a receiver says within a day that it has stopped (casework table 7.9: at most 24 h at partners)
ACKNOWLEDGED_WITHIN = timedelta(hours=24)
# steps after which something may have ended
ENDING_STEPS = ("withdraw", "change", "expire")

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
        return cls(one, live, "todo" if over else MARKS[ConsentState(one.state)], parts_of(one.sections))

    @property
    def words(self) -> Words:
        """The state in a word; a consent past its end says so."""
        over = self.consent.state == ConsentState.GIVEN and not self.live
        return _("Ended") if over else ConsentState(self.consent.state).label

    @property
    def told(self) -> list[Words]:
        """What was explained before the answer, in words."""
        return [Explained(code).label for code in self.consent.explained if code in Explained.values]

    @property
    def open(self) -> bool:
        """Whether an answer is still awaited."""
        return self.consent.state == ConsentState.OFFERED

    @property
    def has_ended(self) -> bool:
        """Whether there is a proof to print of what ended with it."""
        return self.consent.state in {ConsentState.WITHDRAWN, ConsentState.EXPIRED}


@dataclass(frozen=True, slots=True)
class Brief:
    """One consent in the list beside the thread: whom, its state in a word, which parts, until when."""

    recipient: str
    live: bool
    kind: str
    words: Words
    sections: Sequence[Words]
    ends_at: datetime
    recorded_at: datetime

    @classmethod
    def of(cls, one: Moment, at: datetime) -> Brief:
        """From the columns that the timeline reads of a consent."""
        state = ConsentState(one.state)
        live = state == ConsentState.GIVEN and one.starts_at <= at < one.ends_at
        over = state == ConsentState.GIVEN and not live
        kind, words = ("todo", _("Ended")) if over else (MARKS[state], state.label)
        return cls(one.recipient__name or "", live, kind, words, parts_of(one.sections), one.ends_at, one.recorded_at)


def parts_of(sections: int) -> list[Words]:
    """The sections in words, without the bare file unless it is all there is."""
    return [SECTION_LABELS[one] for one in Section(sections) if one != Section.CASE] or [SECTION_LABELS[Section.CASE]]


@dataclass(frozen=True, slots=True)
class Share:
    """One access that would end, or has ended: whose, which job, which parts, until when it would have run."""

    number: int
    holder: int
    service: str
    role: Words
    sections: Sequence[Words]
    at: datetime

    @classmethod
    def of(cls, row: Grant | ClosedShare) -> Share:
        """As a page shows it, from an access that still runs or from the line that its end left."""
        holder = row.holder
        service = str(holder.organisation or "")
        if isinstance(row, ClosedShare):
            return cls(row.grant_no, holder.pk, service, Role(row.role).label, parts_of(row.sections), row.closed_at)
        return cls(row.pk, holder.pk, service, Role(row.role).label, parts_of(row.sections), row.ends_at)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a withdrawal does, shown before it: what closes, what stays and why, what cannot be taken back."""

    closes: Sequence[Share]
    offers: int
    # code, words, source
    stays: Sequence[tuple[str, Words, str]]
    read_times: int
    read_last: datetime | None


# what a law lets a service keep, by the basis that it holds: words, source
STAYS: tuple[tuple[Basis, Words, str], ...] = (
    (Basis.OWN_CASE, _("The service that leads the case keeps what it wrote, to go on helping, until its term."), "108+ art. 5(4)(e)"),
    (Basis.LEGAL_DUTY, _("The authority that a law obliges to decide keeps what its decision rests on."), "CoE art. 10"),
    (Basis.VITAL_INTEREST, _("What was opened for a danger to life stays on record, with its reason."), "108+ art. 5(2)"),
)
TRACE = ("trace", _("The list of who read what is never shortened: it protects the person."), "108+ art. 7, 10")


def effect(consent: Consent, by: Actor) -> Effect:
    """What would happen if it were withdrawn now: rehearsed with the very code that withdraws, then turned back."""
    found = closing.rehearse(consent, by=by)
    ending = {grant.pk for grant in found.shares}
    bases = set(Grant.objects.filter(case_id=consent.case_id, ends_at__gt=by.at).exclude(pk__in=ending).values_list("basis", flat=True))
    times, last = times_read(consent.person_id, consent.case_id, consent.recipient_id, since=consent.starts_at)
    stays = [(basis.value, words, source) for basis, words, source in STAYS if basis in bases]
    return Effect([Share.of(grant) for grant in found.shares], found.offers, [*stays, TRACE], times, last)


@dataclass(frozen=True, slots=True)
class Proof:
    """The proof of one ending: ids, moments and the service that acted; two prints of it bear the same digest."""

    event: ConsentEvent
    shares: Sequence[Share]
    digest: str
    # whether every access named here is still closed, asked of the grants at this moment
    holds: bool


def proof(actor: Actor, consent: Consent) -> Proof:
    """The proof of the last ending of a consent that this actor may read. Raises: Missing when nothing of it has ended."""
    events = ConsentEvent.objects.visible_to(actor).filter(consent=consent, step__in=ENDING_STEPS)
    event = events.select_related("organisation").order_by("-number").first()
    if event is None:
        raise Missing
    lines = list(ClosedShare.objects.visible_to(actor).filter(event=event).select_related("holder__organisation").order_by("grant_no"))
    reopened = Grant.objects.filter(pk__in=[one.grant_no for one in lines], ends_at__gt=max([actor.at, *(one.closed_at for one in lines)]))
    return Proof(event, [Share.of(one) for one in lines], closing.digest(event, lines), not reopened.exists())


def waiting(actor: Actor) -> Iterable[Waiting]:
    """Answers to ask for anew, for whoever writes them down; and the accesses of this job that a person has ended."""
    if actor.role in WRITERS:
        again = Consent.objects.visible_to(actor).filter(state=ConsentState.GIVEN, ask_again_at__isnull=False)
        for one in again.select_related("case", "person", "recipient").order_by("ends_at", "pk")[:20]:
            grown = one.ask_again_because == AskAgain.MAJORITY
            last = adult_by(one.person, one.case) if grown else None
            due = one.ends_at if last is None else min(one.ends_at, _midnight(last))
            title = _("%(case)s: ask the person again") % {"case": one.case.ref}
            yield Waiting(title, reverse("consent_renew", args=[one.case.ref, one.pk]), due, AskAgain(one.ask_again_because).label)
    for share in acts.ended_for(actor)[:20]:
        yield Waiting(
            _("An access of your service has ended"),
            reverse("share_ended", args=[share.pk]),
            share.closed_at + ACKNOWLEDGED_WITHIN,
            _("The person decided so. Stop using what it showed."),
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def of_case(actor: Actor, case_id: UUID) -> list[Consent]:
    """The consents of one case that this actor may read, newest first: one query."""
    return list(Consent.objects.visible_to(actor).filter(case_id=case_id).select_related("recipient", "person").order_by("-recorded_at"))
