"""A raid, forty persons, one night: one event, a number before any name, a case of each person's own from the first minute."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.protection import indicators
from havre.protection.enums import TIE_BACK, AgeBand, Need, PlaceKind, Profile, Situation, Tie, VitalGround
from havre.protection.models import FamilyTie, Intake, IntakePerson, PersonNeed
from havre.protection.services import later
from havre.protection.services.serials import GROUP, serial
from havre.protection.workflow import CARERS, FRONT_LINE
from havre.register import services as register
from havre.register.enums import AgeBasis, Channel
from havre.register.models import Person
from havre.trust import audit, policy
from havre.trust.actors import Actor
from havre.trust.context import current
from havre.trust.enums import Act
from havre.trust.errors import Invalid, Missing, Refused, Words
from havre.trust.models import User

# what one screen takes at once: a bus or a vessel; the next screen takes the next
MOST_ROWS = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the screen. `tie` and `tie_to`: how the person belongs to another number of this group, a former one or one above."""

    age_band: str
    gender: str = ""
    language: str = ""
    needs: tuple[str, ...] = ()
    tie: str = ""
    tie_to: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """What the referral of several persons needs: ids, number and whether the person's word is still awaited. Each consents apart."""

    number: int
    case_id: UUID
    person_id: UUID
    group_person_id: UUID = field(repr=False)


def may_take_in(by: Actor) -> None:
    """Raises: Refused (403) for a role that does not screen."""
    policy.require_in_house(by, Act.OPEN)
    if by.role not in FRONT_LINE | CARERS:
        raise Refused((_("your role does not screen"),), status=403)


@trust.act("group.open")
def open_group(
    *, by: Actor, happened_at: datetime, situation: str, place: str, shared_signs: Iterable[str] = (), held_by: User | None = None
) -> Intake:
    """Note an event with many persons and what was seen of all of them; nobody is in it yet.

    Args: held_by, who was there, where somebody else types it in from a paper.

    Raises: Refused (403); Invalid for a place, situation or sign that is none, or a moment in the future.
    """
    may_take_in(by)
    signs = list(dict.fromkeys(shared_signs))
    known = {code for profile in Profile.values for code in indicators.of_profile(profile)}
    problems: dict[str, list[Words]] = {}
    if situation not in Situation.values or place not in PlaceKind.values:
        problems["place"] = [_("choose a place from the list")]
    if set(signs) - known:
        problems["shared_signs"] = [_("choose signs from the list")]
    if happened_at > by.at:
        problems["happened_at"] = [_("This moment lies in the future. Check the date and the device's clock.")]
    if problems:
        raise Invalid(problems)
    made = Intake.objects.create(
        organisation_id=by.organisation_id,
        by=held_by or by.user,
        happened_at=happened_at,
        situation=situation,
        place=place,
        shared_signs=signs,
        code=serial(GROUP),
    )
    audit.record(event="group.open", by=by, subject=made.pk, codes={"signs": len(signs)})
    return made


@trust.act("group.add")
def add_persons(*, by: Actor, intake_id: UUID, rows: Iterable[Row]) -> Intake:
    """Take in these persons: each gets the next number, a case of their own, their urgent needs, and a wait for their word.

    All or none. Raises: Missing for a group of another service; Invalid with every line that cannot be, by its place.
    Source: CoE art. 10, 12; Convention 108+ art. 5(2).
    """
    may_take_in(by)
    intake = Intake.objects.select_for_update().filter(pk=intake_id, organisation_id=by.organisation_id).first()
    if intake is None:
        raise Missing
    lines = list(rows)
    _check(lines, intake.last_number)
    once = current().once  # type: ignore[union-attr]
    for line in lines:
        intake.last_number += 1
        # the acts for each person know their own repetition, not that of the whole screen
        with trust.acting(by, once=once and uuid5(once, str(intake.last_number))):
            _add(intake, line, by)
    intake.save(update_fields=["last_number"])
    audit.record(event="group.add", by=by, subject=intake.pk, codes={"persons": len(lines)})
    return intake


def _check(lines: list[Row], last: int) -> None:
    problems: list[Words] = []
    if not 1 <= len(lines) <= MOST_ROWS:
        problems.append(_("fill in at least one line, and at most %(most)s at once") % {"most": MOST_ROWS})
    for number, line in enumerate(lines, last + 1):
        words = {"number": f"N-{number:02d}"}
        if line.age_band not in AgeBand.values:
            problems.append(_("%(number)s: choose the age, in doubt is a choice too") % words)
        if set(line.needs) - set(Need.values):
            problems.append(_("%(number)s: choose needs from the list") % words)
        if bool(line.tie) != bool(line.tie_to) or (line.tie and line.tie not in Tie.values):
            problems.append(_("%(number)s: a tie needs its kind and the other's number") % words)
        elif line.tie_to and not 1 <= line.tie_to < number:
            problems.append(_("%(number)s: the other number must stand above or be taken in already") % words)
    if problems:
        raise Invalid({"rows": problems})


def _add(intake: Intake, line: Row, by: Actor) -> None:
    case = register.open_case(
        by=by,
        person={
            "gender": line.gender,
            "age_basis": AgeBasis.ESTIMATED,
            "presumed_minor": line.age_band != AgeBand.ADULT,
            "languages": [line.language] if line.language else [],
        },
        channel=Channel.INSPECTION,
        happened_at=intake.happened_at,
        urgent=bool(line.needs),
    )
    person = Person.objects.visible_to(by).get_or_missing(case=case)
    IntakePerson.objects.add(
        by=by, intake=intake, case=case, person=person, number=intake.last_number, age_band=line.age_band, language=line.language
    )
    for kind in line.needs:
        PersonNeed.objects.add(by=by, case=case, person=person, kind=kind, urgent=True, recorded_at=by.at, by_id=by.user.pk)
    later.keep_first(by=by, case_id=case.pk, person_id=person.pk, ground=VitalGround.GROUP, since=intake.happened_at)
    if line.tie and line.tie_to:
        _tie(intake, intake.last_number, line.tie_to, line.tie, by)


def _tie(intake: Intake, number: int, other: int, kind: str, by: Actor) -> None:
    """The tie in both cases, each from its own side; neither case learns of the other more than its number."""
    mine = IntakePerson.objects.visible_to(by).filter(intake=intake)
    for one, its_other, as_seen in ((number, other, kind), (other, number, TIE_BACK[Tie(kind)])):
        row = mine.get_or_missing(number=one)
        if not FamilyTie.objects.visible_to(by).filter(person_id=row.person_id, other_number=its_other).exists():
            FamilyTie.objects.add(
                by=by, case_id=row.case_id, person_id=row.person_id, kind=as_seen, other_number=its_other, by_id=by.user.pk, at=by.at
            )


@trust.act("group.tie")
def tie(*, by: Actor, group_person_id: UUID, other_number: int, kind: str) -> IntakePerson:
    """Note how two persons of one group belong together. Raises: Missing; Invalid for a tie with oneself or a kind that is none."""
    row = IntakePerson.objects.visible_to(by).filter(left_at=None).select_related("intake").get_or_missing(pk=group_person_id)
    if kind not in Tie.values or other_number == row.number:
        raise Invalid({"tie": [_("a tie needs its kind and the other's number")]})
    _tie(row.intake, row.number, other_number, kind, by)
    audit.record(event="group.tie", by=by, subject=row.person_id, case_id=row.case_id, reason=kind)
    return row


@trust.act("group.split")
def split(*, by: Actor, group_person_id: UUID) -> IntakePerson:
    """Take a person out of the group: their case goes on by itself, and the group's page knows them no longer. Raises: Missing."""
    row = IntakePerson.objects.visible_to(by).filter(left_at=None).get_or_missing(pk=group_person_id)
    row.left_at = by.at
    row.save(update_fields=["left_at"])
    audit.record(event="group.split", by=by, subject=row.person_id, case_id=row.case_id)
    return row


def members(*, by: Actor, intake_id: UUID) -> list[Member]:
    """The persons of a group whom this actor may see and who were not split from it, by number: the ids that a referral of several
    takes, person by person, each with a consent of their own. A sealed case is absent."""
    rows = IntakePerson.objects.visible_to(by).filter(intake_id=intake_id, left_at=None).order_by("number")
    return [Member(row.number, row.case_id, row.person_id, row.pk) for row in rows]
