"""What the pages of care show: the facts of a record in words, what stands about a person, a caseload, the houses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from havre.protection.enums import Profession
from havre.protection.enums_care import AssignmentState, Kept, PlacementState, TaskState
from havre.protection.kinds import KINDS, WORDS, Kind
from havre.protection.models import Assignment, DayLog, Placement, Shelter, Task
from havre.protection.models.kept import CodesField
from havre.register.enums import CaseStatus, PersonRole
from havre.register.models import Person
from havre.standards.words import in_a_row
from havre.trust import clocks, identity, policy
from havre.trust.actors import Actor
from havre.trust.enums import Act
from havre.trust.errors import Words
from havre.trust.models import ClockEvent, Organisation

CASES = 200


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a record: its label and its value in words; `known` is false where nobody recorded it. A moment stays a moment."""

    label: str
    value: Any
    known: bool
    moment: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """One kind on the page of a person: its records, and whether the role may make one."""

    kind: Kind
    records: list[Any]
    may_open: bool


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case of a caseload: its next period and what that is for."""

    assignment: Any
    title: Words
    due_at: datetime | None


def facts(kind: Kind, record: Any) -> list[Fact]:
    """The columns that the table's steps write, in their order; what nobody recorded says so."""
    return [_fact(kind.model._meta.get_field(name), record) for name in kind.facts()] + _made(record)


def _made(record: Any) -> list[Fact]:
    """What the house wrote itself: a result, the end of a period of the record."""
    found = []
    if getattr(record, "result", "") and hasattr(record, "get_result_display"):
        found.append(Fact(str(_("Result")), record.get_result_display(), True))
    if hasattr(record, "nationalities"):
        found.append(Fact(str(_("Gender")), record.gender, bool(record.gender)))
        found.append(Fact(str(_("Nationality")), ", ".join(record.nationalities), bool(record.nationalities)))
        found.append(Fact(str(_("To be told")), record.to, True))
    return found


def _fact(column: Any, record: Any) -> Fact:
    value = getattr(record, column.name)
    label = str(column.verbose_name)[:1].upper() + str(column.verbose_name)[1:]
    if column.name == "members":
        return Fact(label, _people(value), bool(value))
    if isinstance(column, CodesField):
        return Fact(label, ", ".join(column.words(value)), bool(value))
    if value is None or value == "":
        return Fact(label, "", False)
    if column.choices:
        return Fact(label, getattr(record, f"get_{column.name}_display")(), True)
    if isinstance(value, bool):
        return Fact(label, _("Yes") if value else _("No"), True)
    return Fact(label, value, True, moment=isinstance(column, models.DateField))


def _people(members: list[dict[str, str]]) -> str:
    """The organisations and professions of a panel."""
    names = {str(one.pk): str(one) for one in Organisation.objects.filter(pk__in=[member["organisation"] for member in members])}
    professions = dict(Profession.choices)
    return in_a_row(f"{names.get(one['organisation'], '')} ({professions.get(one['profession'], '')})" for one in members)


def words(kind: Kind, record: Any, by: Actor) -> list[tuple[Words, str]]:
    """What was sealed with the record, step by step; each opening is in the reading log."""
    codes = [f"{kind.code}_{step}"[:24] for step in kind.table.steps if kind.words.get(step)]
    if not codes:
        return []
    found = identity.read(by=by, case_id=record.case_id, person_id=record.person_id, section=kind.section, kinds=codes)
    bodies = [found[code, record.pk] for code in codes if (code, record.pk) in found]
    return [(WORDS[name], text) for body in bodies for name, text in body.items() if name in WORDS]


def overview(person: Person, by: Actor) -> list[Group]:
    """Every kind of record that this role reads of the person, the newest first, and those that it may begin."""
    adult = person.age_on_opening is not None and not person.is_child
    ground = policy.ground_of(by, person.case_id)
    found = []
    for kind in KINDS.values():
        if not policy.decide(by, Act.READ, kind.section, person.case_id, ground=ground).allowed:
            continue
        records = list(kind.model.objects.visible_to(by).filter(person=person).order_by("-at")[:20])
        may_open = by.role in kind.openers and not (kind.for_children and adult)
        if records or may_open:
            found.append(Group(kind, records, may_open))
    return found


def caseload(by: Actor) -> dict[str, Any]:
    """One's own cases with the next period of each, the soonest first; one's open tasks; the tasks and cases that nobody has."""
    held = Assignment.objects.visible_to(by).filter(worker=by.user, organisation_id=by.organisation_id, role=by.role)
    mine = list(held.filter(status=AssignmentState.HELD).select_related("case").order_by("-at")[:CASES])
    soonest = _soonest([one.case_id for one in mine], by)
    lines = [CaseLine(one, *soonest.get(one.case_id, ("", None))) for one in mine]
    tasks = Task.objects.visible_to(by).filter(status=TaskState.OPEN).select_related("case", "owner")
    taken = Assignment.objects.visible_to(by).filter(
        case=OuterRef("case"), organisation_id=by.organisation_id, role=by.role, status=AssignmentState.HELD
    )
    led = Person.objects.visible_to(by).filter(case__lead_id=by.organisation_id, case__status=CaseStatus.ACTIVE, role=PersonRole.VICTIM)
    free = led.filter(~Exists(taken)).select_related("case").order_by("-recorded_at")[:CASES]
    return {
        "free": list({one.case_id: one for one in free}.values()),
        "lines": sorted(lines, key=lambda line: (line.due_at is None, line.due_at or by.at)),
        "tasks": list(tasks.filter(owner=by.user).order_by("due_at")[:CASES]),
        "unowned": list(tasks.filter(owner=None).order_by("due_at")[:CASES]),
        "now": by.at,
    }


def _soonest(case_ids: list[Any], by: Actor) -> dict[Any, tuple[Words, datetime]]:
    """Case → the period that ends first among those that this actor may see."""
    found: dict[Any, tuple[Words, datetime]] = {}
    for clock in clocks.load(ClockEvent.objects.visible_to(by).filter(case_id__in=case_ids).select_related("clock", "by")):
        due = clocks.due_at(clock)
        if due is not None and (clock.case_id not in found or due < found[clock.case_id][1]):
            found[clock.case_id] = (clocks.rule_of(clock).title, due)
    return found


def day_log(by: Actor) -> list[tuple[DayLog, str]]:
    """What was written in the last day about the persons whose cases this job reads, the newest first, with its sealed words.

    Three queries for any number of entries; each opening is in the reading log. It does not say who lives in which house.
    """
    since = by.at - timedelta(days=1)
    mine = DayLog.objects.visible_to(by).filter(status=Kept.KEPT, happened_at__gte=since).select_related("case", "by")
    entries = list(mine.order_by("-urgent", "-happened_at")[:CASES])
    told = identity.read_records(by=by, kind="day_log_write", record_ids=[one.pk for one in entries]) if entries else {}
    return [(one, told.get(one.pk, {}).get("note", "")) for one in entries]


def houses(several: Iterable[Shelter]) -> list[tuple[Shelter, int, list[str]]]:
    """Each house with its free places and for whom it is, in two queries for any number of them."""
    live = Placement.objects.for_house("gates").filter(status__in=[PlacementState.OFFERED, PlacementState.PLACED])
    taken: dict[Any, int] = {}
    for shelter_id in live.values_list("shelter_id", flat=True):
        taken[shelter_id] = taken.get(shelter_id, 0) + 1
    column: Any = Shelter._meta.get_field("for_whom")
    return [(one, max(0, one.places - taken.get(one.pk, 0)) if one.open else 0, column.words(one.for_whom)) for one in several]
