"""Paper for power cuts: a blank form with a serial, typed in once, with the paper's own officer, time and place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.protection import indicators
from havre.protection.enums import PaperKind, PlaceKind, Profile, Situation, Taken, VitalGround
from havre.protection.models import Intake, LaterConsent, PaperForm, Screening
from havre.protection.services import intake, later, screening, serials
from havre.protection.services.intake import Row, may_take_in
from havre.protection.services.screening import Given, Written
from havre.trust import audit
from havre.trust.actors import Actor
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import Membership, User

MOST = 50


@trust.act("paper.print")
def print_forms(*, by: Actor, count: int, kind: str = PaperKind.CARDS, situation: str = "", profile: str = "") -> PaperForm:
    """Note as many blank forms as are about to be printed; gives the last. They hold nothing but their serial.

    Raises: Refused (403); Invalid for a number or a set that cannot be. A paper for what cannot wait has no set, a group's no profile.
    """
    may_take_in(by)
    situation = "" if kind == PaperKind.URGENT else situation
    profile = profile if kind == PaperKind.CARDS else ""
    sets = {
        PaperKind.CARDS.value: situation in Situation.values and profile in Profile.values,
        PaperKind.GROUP.value: situation in Situation.values,
        PaperKind.URGENT.value: True,
    }
    if not sets.get(str(kind), False) or not 1 <= count <= MOST:
        raise Invalid({"count": [_("print between 1 and %(most)s forms at once") % {"most": MOST}]})
    made = [
        PaperForm(
            serial=serials.serial(),
            organisation_id=by.organisation_id,
            kind=kind,
            situation=situation,
            profile=profile,
            edition=indicators.edition(),
            printed_by=by.user,
            printed_at=by.at,
        )
        for _n in range(count)
    ]
    PaperForm.objects.bulk_create(made)
    audit.record(event="paper.print", by=by, codes={"forms": count, "kind": str(kind)})
    return made[-1]


def find(*, by: Actor, typed: str) -> PaperForm:
    """The form of this serial, of one's own service. Raises: Invalid for what is no serial; Missing for another service's."""
    form = PaperForm.objects.filter(serial=serials.tidy(typed), organisation_id=by.organisation_id).first()
    if form is None:
        raise Missing
    return form


def colleagues(by: Actor) -> list[User]:
    """Who may have held a paper of this service: its people whose job screens, with those who have left since."""
    jobs = Membership.objects.filter(organisation_id=by.organisation_id).select_related("user")
    return sorted({one.user for one in jobs}, key=lambda user: user.name)


@trust.act("paper.type")
def type_in(
    *,
    by: Actor,
    serial: str,
    officer_id: UUID,
    happened_at: datetime,
    place: str,
    answers: Iterable[Given],
    conditions: dict[str, Any],
    person: dict[str, Any],
    kept_because: str,
) -> Screening:
    """A paper becomes a screening once: who held the talk, when and where stay as the paper says; who typed it in is kept beside.

    Raises: Missing; Refused when the paper was typed in before, or for a missing right of the first contact; Invalid for a moment
    before the paper was printed or in the future, for an officer of another service, or for answers that the cards do not have.
    """
    paper, observer = _opened(by, serial, PaperKind.CARDS, officer_id, happened_at, place)
    made = screening.screen(
        by=by,
        situation=paper.situation,
        profile=paper.profile,
        answers=answers,
        conditions=conditions,
        person=person,
        happened_at=happened_at,
        kept_because=kept_because,
        written=Written(taken=Taken.PAPER, place=place, observer=observer, edition=paper.edition),
    )
    paper.screening = made
    _closed(paper, by)
    audit.record(event="paper.type", by=by, subject=made.person_id, case_id=made.case_id)
    return made


@trust.act("paper.type_group")
def type_in_group(
    *, by: Actor, serial: str, officer_id: UUID, happened_at: datetime, place: str, rows: Iterable[Row], shared_signs: Iterable[str] = ()
) -> Intake:
    """A group's paper becomes an event with its persons, once, all or none: officer, time and place stay as the paper says.

    Raises: as `type_in`; Invalid with every line that cannot be, by its place.
    """
    paper, observer = _opened(by, serial, PaperKind.GROUP, officer_id, happened_at, place)
    made = intake.open_group(
        by=by, happened_at=happened_at, situation=paper.situation, place=place, shared_signs=shared_signs, held_by=observer
    )
    made = intake.add_persons(by=by, intake_id=made.pk, rows=rows)
    paper.intake = made
    _closed(paper, by)
    audit.record(event="paper.type_group", by=by, subject=made.pk, codes={"persons": made.last_number})
    return made


@trust.act("paper.type_urgent")
def type_in_urgent(
    *,
    by: Actor,
    serial: str,
    officer_id: UUID,
    happened_at: datetime,
    place: str,
    ground: VitalGround | str,
    needs: Iterable[str],
    person: dict[str, Any],
) -> LaterConsent:
    """A paper on what could not wait becomes a case, once, kept on vital interest; the person is asked since the paper's own moment.

    Raises: as `type_in`.
    """
    paper, observer = _opened(by, serial, PaperKind.URGENT, officer_id, happened_at, place)
    case = later.open_urgent(by=by, person=person, needs=needs, happened_at=happened_at, ground=ground, held_by=observer)
    made = LaterConsent.objects.visible_to(by).get_or_missing(case=case)
    paper.later = made
    _closed(paper, by)
    audit.record(event="paper.type_urgent", by=by, subject=made.person_id, case_id=made.case_id)
    return made


def _opened(by: Actor, serial: str, kind: PaperKind, officer_id: UUID, happened_at: datetime, place: str) -> tuple[PaperForm, User]:
    """The paper, locked, with its officer, time and place set; two who type in one paper wait for each other here."""
    paper = PaperForm.objects.select_for_update().filter(pk=find(by=by, typed=serial).pk).get()
    if paper.typed_at:
        raise Refused((_("this paper was typed in before; a second talk has a paper of its own"),))
    if paper.kind != kind:
        raise Missing
    observer = next((user for user in colleagues(by) if user.pk == officer_id), None)
    if observer is None:
        raise Invalid({"officer": [_("choose who held the talk from the people of your service")]})
    if not paper.printed_at <= happened_at <= by.at:
        raise Invalid({"happened_at": [_("the talk took place after the paper was printed and before now")]})
    if place and place not in PlaceKind.values:
        raise Invalid({"place": [_("choose a place from the list")]})
    paper.held_by, paper.held_at, paper.place = observer, happened_at, place
    return paper, observer


def _closed(paper: PaperForm, by: Actor) -> None:
    paper.typed_by, paper.typed_at = by.user, by.at
    paper.save()
