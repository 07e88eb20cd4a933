"""Clocks: started, paused, extended and ended on listed grounds only, and able to explain every date they ever gave."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.dispatch import Signal
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from havre.standards.words import in_a_row
from havre.trust import audit
from havre.trust.actors import Actor
from havre.trust.audit.codes import listed_by
from havre.trust.enums import Section
from havre.trust.errors import Refused, Words
from havre.trust.law import RulePart
from havre.trust.models.clocks import Clock, ClockEvent, ClockEventKind
from havre.trust.wording import Wording

Kind = ClockEventKind
_log = logging.getLogger("havre.worker")
# sent by the sweep: a part moves its own record. Arguments: clock, at.
clock_expired = Signal()


@dataclass(frozen=True)
class ClockRule:
    """What one clock of a workflow follows. Grounds are code → (words, source); what is not listed is refused."""

    workflow: str
    name: str
    title: Words
    section: Section
    parts: tuple[RulePart, ...] = ()
    extend_on: dict[str, tuple[Words, str]] = field(default_factory=dict)
    pause_on: dict[str, tuple[Words, str]] = field(default_factory=dict)
    end_early_on: dict[str, tuple[Words, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One step of an explanation, in plain words: when, what, and the rule, revision and source that made the date."""

    at: datetime
    words: str
    rule: str
    revision: str
    source: str
    due_at: datetime | None


_rules: dict[tuple[str, str], ClockRule] = {}


def register_rule(rule: ClockRule) -> ClockRule:
    """Make a rule known, so that its clocks can be extended and explained. A second call replaces the first."""
    _rules[rule.workflow, rule.name] = rule
    return rule


def rules() -> tuple[ClockRule, ...]:
    """Every rule that the installed parts made known."""
    return tuple(_rules.values())


def _grounds() -> set[str]:
    return {ground for rule in rules() for listed in (rule.extend_on, rule.pause_on, rule.end_early_on) for ground in listed}


listed_by(_grounds)


def rule_of(clock: Clock) -> ClockRule:
    """The rule that this clock was started by. Raises: KeyError for a rule that no part registered."""
    return _rules[clock.workflow, clock.name]


def add_to(moment: datetime, amount: int, unit: str) -> datetime:
    """`amount` hours, days or working days (Monday to Friday, no public holidays) after a moment. Raises: ValueError for another unit.

    Days are those of the country's calendar: the same time of the day, whatever its clocks did meanwhile (daylight saving).
    """
    if unit == "hours":
        # in the world's time: a moment written in a country's own would be moved along with its clocks
        return moment.astimezone(UTC) + timedelta(hours=amount)
    if unit == "days":
        return _days_after(moment, amount)
    if unit != "working_days":
        raise ValueError(f"{unit!r} is no unit of a clock: hours, days or working_days")
    while amount:
        moment = _days_after(moment, 1)
        amount -= timezone.localtime(moment).weekday() < 5
    return moment


def _days_after(moment: datetime, days: int) -> datetime:
    """The same time of the day in the country's own time zone; a time that the change of clocks leaves out is that much later."""
    there = timezone.localtime(moment).replace(tzinfo=None) + timedelta(days=days)
    return timezone.make_aware(there).astimezone(UTC)


def start(
    rule: ClockRule, *, case_id: UUID, subject_id: UUID, at: datetime, by: Actor | None, parts: tuple[RulePart, ...] | None = None
) -> Clock:
    """Start a clock under a rule, whose wording and revision it keeps.

    Args: parts, the country's stretches where the rule leaves them open. Raises: Refused when one of that name runs already.
    """
    if any(state(clock) in {"running", "paused"} for clock in of(subject_id, rule.name)):
        raise Refused((_("this period is already running; extend it instead"),))
    stretches = parts if parts is not None else rule.parts
    clock = Clock(
        case_id=case_id,
        subject_id=subject_id,
        section_bit=int(rule.section),
        workflow=rule.workflow,
        name=rule.name,
        parts=[asdict(part) for part in stretches],
    )
    clock.save(force_insert=True)
    _append(clock, Kind.STARTED, at=at, by=by, due_at=_base(clock, at))
    return clock


def of(subject_id: UUID, name: str) -> list[Clock]:
    """Every clock of that name on one record, oldest first. For services that already hold the record."""
    return list(Clock.objects.for_house("clocks").filter(subject_id=subject_id, name=name).order_by("recorded_at", "pk"))


def latest(subject_id: UUID, name: str) -> Clock | None:
    """The newest clock of that name on one record, None when there never was one."""
    return next(iter(reversed(of(subject_id, name))), None)


def load(several: Iterable[ClockEvent]) -> list[Clock]:
    """The clocks of these events (with `clock` read beside them), oldest first, each with its events: for a page that only shows them.

    What is written later is not in them.
    """
    found: dict[UUID, Clock] = {}
    for event in sorted(several, key=lambda one: (one.clock.recorded_at, one.clock_id, one.number)):
        clock = found.setdefault(event.clock_id, event.clock)
        clock.read_events = [*getattr(clock, "read_events", ()), event]  # type: ignore[attr-defined]
    return list(found.values())


def events(clock: Clock) -> list[ClockEvent]:
    """In the order in which they were written."""
    known: list[ClockEvent] | None = getattr(clock, "read_events", None)
    return known if known is not None else _events_now(clock)


def _events_now(clock: Clock) -> list[ClockEvent]:
    return list(ClockEvent.objects.for_house("clocks").filter(clock=clock).select_related("by").order_by("number"))


def state(clock: Clock) -> str:
    """running, paused, expired, ended or ended_early."""
    last = events(clock)[-1].kind
    return "running" if last in {Kind.STARTED, Kind.RESUMED, Kind.EXTENDED} else str(last)


def due_at(clock: Clock) -> datetime | None:
    """When it runs out, counted again from its events. None while paused (no date can be promised) and once ended."""
    return _replay(clock, events(clock))


def pause(clock: Clock, *, ground: str, at: datetime, by: Actor | None) -> ClockEvent:
    """Hold the clock. Raises: Refused without a listed ground, or when it does not run."""
    source = _ground(rule_of(clock).pause_on, ground, _("this period may be paused only for: %(grounds)s"))
    _must_be(clock, {"running"}, at)
    return _append(clock, Kind.PAUSED, at=at, by=by, ground=ground, source=source, due_at=None)


def resume(clock: Clock, *, at: datetime, by: Actor | None) -> ClockEvent:
    """Let it run again: the time it was held is added to its end. Raises: Refused when it is not paused."""
    _must_be(clock, {"paused"}, at)
    return _append(clock, Kind.RESUMED, at=at, by=by)


def extend(clock: Clock, *, ground: str, days: int, at: datetime, by: Actor | None) -> ClockEvent:
    """Add days to the end, counted from the old end, also after it ran out: a forgotten day does not cost the person.

    Raises: Refused without a listed ground or a number of days above 0, or once ended.
    """
    source = _ground(rule_of(clock).extend_on, ground, _("this period may be extended only for: %(grounds)s"))
    if days < 1:
        raise Refused((_("say by how many days the period is extended, at least 1"),))
    _must_be(clock, {"running", "paused", "expired"}, at)
    return _append(clock, Kind.EXTENDED, at=at, by=by, ground=ground, source=source, days=days)


def end(clock: Clock, *, at: datetime, by: Actor | None) -> ClockEvent:
    """Stop it because what it waited for has happened. Raises: Refused when it has ended."""
    _must_be(clock, {"running", "paused", "expired"}, at)
    return _append(clock, Kind.ENDED, at=at, by=by, due_at=None)


def end_early(clock: Clock, *, reason: str, at: datetime, by: Actor | None) -> ClockEvent:
    """Cut it short. Raises: Refused without a listed reason: nothing else ends a protection before its time."""
    source = _ground(rule_of(clock).end_early_on, reason, _("this period may end before its time only for: %(grounds)s"))
    _must_be(clock, {"running", "paused"}, at)
    return _append(clock, Kind.ENDED_EARLY, at=at, by=by, ground=reason, source=source, due_at=None)


def overdue(at: datetime) -> QuerySet[Any]:
    """The clocks whose date has passed and that nobody ended, in one query over their last events. For the house and its delays page."""
    last = ClockEvent.objects.for_house("clocks").filter(clock=OuterRef("pk")).order_by("-number")
    waiting: QuerySet[Any] = Clock.objects.for_house("clocks").annotate(
        last_due=Subquery(last.values("due_at")[:1]), last_kind=Subquery(last.values("kind")[:1])
    )
    return waiting.filter(last_due__lte=at).order_by("last_due", "pk")


def running(at: datetime) -> QuerySet[Any]:
    """The clocks that nobody ended and whose date has not passed by `at`, those that are held among them. For the delays page."""
    last = ClockEvent.objects.for_house("clocks").filter(clock=OuterRef("pk")).order_by("-number")
    found: QuerySet[Any] = Clock.objects.for_house("clocks").annotate(
        last_due=Subquery(last.values("due_at")[:1]), last_kind=Subquery(last.values("kind")[:1])
    )
    return found.exclude(last_kind__in=[Kind.ENDED, Kind.ENDED_EARLY]).exclude(last_due__lte=at)


def ended_between(start: datetime, end: datetime) -> QuerySet[Any]:
    """The ends written in a stretch of time (`start` included), each with `promised`, the date that stood before it. For the delays page."""
    before = ClockEvent.objects.for_house("clocks").filter(clock=OuterRef("clock"), number__lt=OuterRef("number")).order_by("-number")
    found: QuerySet[Any] = ClockEvent.objects.for_house("clocks").filter(kind__in=[Kind.ENDED, Kind.ENDED_EARLY], at__gte=start, at__lt=end)
    return found.annotate(promised=Subquery(before.values("due_at")[:1]))


def due_by_subject(subject_ids: Iterable[UUID], name: str) -> dict[UUID, datetime | None]:
    """When the newest clock of that name runs out, for several records in one query. For lists of records already held."""
    last = ClockEvent.objects.for_house("clocks").filter(clock=OuterRef("pk")).order_by("-number").values("due_at")[:1]
    rows = Clock.objects.for_house("clocks").filter(subject_id__in=list(subject_ids), name=name).order_by("recorded_at", "pk")
    return dict(rows.annotate(last_due=Subquery(last)).values_list("subject_id", "last_due"))


def sweep(at: datetime) -> int:
    """Write `expired` on every clock that ran out by `at` and tell the parts. Gives how many. Safe to run twice.

    The date and what the parts do about it are one transaction: a worker that is killed between them finds both undone. A record that
    somebody is answering at this very moment is left for the next sweep, and holds up no other.
    """
    done = 0
    for clock in overdue(at).exclude(last_kind=Kind.EXPIRED):
        try:
            done += _run_out(clock, at)
        except (IntegrityError, OperationalError) as error:
            _log.warning("a period is left for the next sweep: %s", type(error).__name__)
    return done


def _run_out(clock: Clock, at: datetime) -> bool:
    with transaction.atomic():
        last = _events_now(clock)[-1]
        # ended, held or given more time since the sweep began
        if last.due_at is None or last.due_at > at or last.kind == Kind.EXPIRED:
            return False
        _append(clock, Kind.EXPIRED, at=at, by=None)
        clock_expired.send(sender=Clock, clock=clock, at=at)
    return True


def explain(clock: Clock, language: str) -> tuple[Line, ...]:
    """Why the clock says what it says: a line for each stretch of its rule and for each event, in `language`."""
    rule, lines = rule_of(clock), []
    with translation.override(language):
        written = events(clock)
        moment = written[0].at
        for part in clock.parts:
            moment = add_to(moment, part["amount"], part["unit"])
            lines.append(Line(written[0].at, _started_words(part), part["fact"], part["revision"], part["source"], moment))
        grounds = {Kind.PAUSED: rule.pause_on, Kind.EXTENDED: rule.extend_on, Kind.ENDED_EARLY: rule.end_early_on}
        for event in written[1:]:
            known = grounds.get(event.kind, {}).get(event.ground)  # type: ignore[call-overload]
            words = _event_words(event, str(known[0]) if known else event.ground)
            first = clock.parts[0] if clock.parts else {}
            lines.append(Line(event.at, words, first.get("fact", ""), first.get("revision", ""), event.source, event.due_at))
    return tuple(lines)


def _started_words(part: dict[str, Any]) -> str:
    length = Wording().length(part["amount"], part["unit"])
    if part["confirmed"]:
        return gettext("Started: %(length)s") % {"length": length}
    return gettext("Started: %(length)s, the project's own value, not yet confirmed for this country") % {"length": length}


def _event_words(event: ClockEvent, ground: str) -> str:
    words = {"kind": event.get_kind_display(), "ground": ground, "days": event.days}
    if event.kind == Kind.EXTENDED:
        return ngettext("%(kind)s by %(days)d day: %(ground)s", "%(kind)s by %(days)d days: %(ground)s", event.days) % words
    return gettext("%(kind)s: %(ground)s") % words if ground else str(words["kind"])


def _append(clock: Clock, kind: str, *, at: datetime, by: Actor | None, **fields: Any) -> ClockEvent:
    written = _events_now(clock)
    event = ClockEvent(
        clock=clock,
        number=len(written) + 1,
        case_id=clock.case_id,
        section_bit=clock.section_bit,
        kind=kind,
        at=at,
        by=by.user if by else None,
        **fields,
    )
    if "due_at" not in fields:
        event.due_at = _replay(clock, [*written, event])
    event.save(force_insert=True)
    if by is not None:
        codes: dict[str, str | int] = {"clock": f"{clock.workflow}.{clock.name}"}
        audit.record(event=f"clock.{kind}", by=by, subject=clock.subject_id, case_id=clock.case_id, reason=event.ground, codes=codes)
    return event


def _base(clock: Clock, moment: datetime) -> datetime:
    for part in clock.parts:
        moment = add_to(moment, part["amount"], part["unit"])
    return moment


def _replay(clock: Clock, written: Iterable[ClockEvent]) -> datetime | None:
    due: datetime | None = None
    held_at: datetime | None = None
    ended = False
    for event in written:
        if event.kind == Kind.STARTED:
            due = _base(clock, event.at)
        elif event.kind == Kind.PAUSED:
            held_at = event.at
        elif event.kind == Kind.RESUMED and due and held_at:
            due, held_at = due + (event.at - held_at), None
        elif event.kind == Kind.EXTENDED and due:
            due = _days_after(due, event.days)
        elif event.kind in {Kind.ENDED, Kind.ENDED_EARLY}:
            ended = True
    return None if ended or held_at else due


def _ground(listed: dict[str, tuple[Words, str]], code: str, words: Words) -> str:
    if code in listed:
        return listed[code][1]
    named = in_a_row(ground[0] for ground in listed.values()) or gettext("no ground at all")
    raise Refused((str(words) % {"grounds": named},))


def _must_be(clock: Clock, allowed: set[str], at: datetime) -> None:
    current = state(clock)
    if current not in allowed:
        raise Refused((_("the period is %(state)s: that cannot be done to it now") % {"state": _state_words(current)},))
    last = ClockEvent.objects.for_house("clocks").filter(clock=clock).aggregate(last=Max("at"))["last"]
    # an event between two others would move dates that were already given to the person
    if current != "expired" and at < last:
        when = date_format(localtime(last), "SHORT_DATETIME_FORMAT")
        raise Refused((_("the moment lies before the last event of this period (%(when)s); enter a later one") % {"when": when},))


def _state_words(current: str) -> str:
    words = {"running": _("running"), "paused": _("paused"), "expired": _("over"), "ended": _("ended"), "ended_early": _("ended early")}
    return str(words[current])
