"""Identification: two tiers, two people, several services; every step through the table."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.protection import standing, workflow
from havre.protection.enums import DecisionReason, RecoveryAnswer
from havre.protection.models import Identification, Screening
from havre.protection.services import quality, refusals
from havre.protection.services import words as sealed
from havre.register.models import Person
from havre.trust import audit, clocks, grants, law, overrides
from havre.trust.actors import Actor
from havre.trust.enums import Act, Basis, Purpose, Role, Section
from havre.trust.errors import Invalid, Refused
from havre.trust.models import Grant, Membership, Override
from havre.trust.models.accounts import job_holder
from havre.trust.records import clean

FIRST_CONTACT = frozenset({"informed_at", "language", "privacy_confirmed", "needs_met_at"})
CHILD = frozenset({"best_interests_at", "child_heard_at", "guardian_named_at", "accompanied"})
RECOVERY = frozenset({"foreign_national", "removal_hold_ref", "recovery_offered_at", "recovery_answer"})
DECISION = CHILD | {"body", "members", "trained_member", "reason", "notice_at"}
# what each step may write down on its way; anything else is refused, so that no step edits another's record
RECORDS: dict[str, frozenset[str]] = {
    "ask": FIRST_CONTACT | {"foreign_national"},
    "presume": FIRST_CONTACT | {"reason", "foreign_national", "late_reason"},
    "open_recovery": RECOVERY,
    "confirm": DECISION,
    "decline": DECISION,
    "leave": frozenset({"reason"}),
    "come_back": FIRST_CONTACT,
    "review_confirm": DECISION,
    "review_decline": DECISION,
    "appeal": frozenset({"appeal_ref"}),
    "court_confirm": frozenset({"appeal_ref"}),
    "court_decline": frozenset({"appeal_ref"}),
}
# steps of the recovery clock: services.recovery
OF_THE_CLOCK = frozenset({"extend_recovery", "cut_recovery", "pause_recovery", "resume_recovery"})


DECISION_SECTIONS = Section.SCREENING | Section.FACTS | Section.PROTECTION | Section.IDENTITY


@trust.act("identification.ask")
def ask(*, case_id: UUID, person_id: UUID, by: Actor, screening_id: UUID | None = None, record: dict[str, Any]) -> Identification:
    """Open the identification of one person, from a screening or without one.

    Raises: Missing; Refused, with every unmet right, or when one is open already; Invalid for a field that this step does not record.
    """
    person = Person.objects.visible_to(by).get_or_missing(pk=person_id, case_id=case_id)
    if screening_id is not None:
        Screening.objects.visible_to(by).get_or_missing(pk=screening_id, case_id=case_id)
    draft = Identification(case_id=case_id, person=person, screening_id=screening_id, opened_at=by.at)
    _write(draft, "ask", record)
    # nothing is there yet that a supervisor could sign for but the person
    signed = overrides.signed(subject_id=person.pk, workflow=workflow.IDENTIFICATION.name, step="ask", by=by)
    checked = workflow.IDENTIFICATION.check(draft, move="ask", by=by, override=signed, about=person.pk)
    try:
        with transaction.atomic():
            made = Identification.objects.add(
                by=by, case_id=case_id, person=person, screening_id=screening_id, opened_at=by.at, status=checked.end, **record
            )
    except IntegrityError:
        raise Refused((_("an identification of this person is already open: go on with that one"),)) from None
    audit.record(event="identification.ask", by=by, subject=person_id, case_id=case_id, codes=checked.codes)
    return made


@trust.act("identification")
def move(
    *,
    identification_id: UUID,
    step: str,
    by: Actor,
    record: dict[str, Any] | None = None,
    words: dict[str, str] | None = None,
    override_id: UUID | None = None,
    anyway: str = "",
) -> Identification:
    """Take one step of the identification table, writing down what the step rests on.

    Args: record, fields of RECORDS[step]; words, the reasons for and against, sealed; override_id, a supervisor's waiver; anyway, why a
    first responder sends a presumption on in spite of what the quality check names.
    Raises: Missing, also when the person may not see it; Refused, with every unmet condition; Invalid. Nothing is then changed.
    Source: CoE Convention 2005, art. 10, 12, 13; the country's variant.
    """
    if step == "ask" or step in OF_THE_CLOCK:
        raise Invalid(_("this step has an act of its own"))
    identification = for_step(identification_id, by)
    _write(identification, step, record or {})
    checked = workflow.identification(identification.case.country).check(identification, move=step, by=by, override=waiver(override_id, by))
    if step == "presume":
        quality.check(identification, words=words or {}, anyway=anyway, by=by)
    identification.status = checked.end
    _effects(identification, step, by)
    identification.save()
    if step == "leave" and identification.reason in {"", DecisionReason.PERSON_CHOICE}:
        refusals.prepare(identification, by=by)
    sealed.seal(
        by=by,
        case_id=identification.case_id,
        person_id=identification.person_id,
        section=Section.FACTS,
        kind=f"identification_{step}",
        record_id=identification.pk,
        words=words or {},
    )
    audit.record(
        event=f"identification.{step}",
        by=by,
        subject=identification.person_id,
        case_id=identification.case_id,
        reason=identification.reason,
        codes=checked.codes,
    )
    return identification


@trust.act("identification.record")
def write_down(*, identification_id: UUID, record: dict[str, Any], by: Actor) -> Identification:
    """Record what a right asks for without taking a step: a notice given, a guardian named, a hold obtained.

    Raises: Missing when the section may not be written by this actor; Invalid for a field that is no right's record.
    """
    mine = Identification.objects.visible_to(by, Act.WRITE).select_for_update(of=("self",))
    identification = mine.get_or_missing(pk=identification_id)
    allowed = FIRST_CONTACT | CHILD | {"notice_at", "foreign_national", "removal_hold_ref"}
    _set(identification, record, allowed)
    identification.save()
    codes: dict[str, str | int] = {"fields": ",".join(sorted(record))}
    audit.record(event="identification.record", by=by, subject=identification.person_id, case_id=identification.case_id, codes=codes)
    return identification


def for_step(identification_id: UUID, by: Actor) -> Identification:
    """The one identification, locked for a step of its table. Raises: Missing."""
    return Identification.objects.visible_to(by).select_related("case", "person").get_for_step(pk=identification_id)


def _effects(identification: Identification, step: str, by: Actor) -> None:
    if step == "presume":
        identification.presumed_by, identification.presumed_at = by.user, by.at
        identification.presumed_standard = standing.standard(identification.case.country, "presumption", by.at.date()).code
        _hand_over(identification, Role.IDENTIFICATION_AUTHORITY, by)
    elif step == "open_recovery" and identification.recovery_answer == RecoveryAnswer.ACCEPTED:
        clocks.start(
            workflow.RECOVERY,
            case_id=identification.case_id,
            subject_id=identification.pk,
            at=by.at,
            by=by,
            parts=law.recovery_parts(identification.case.country),
        )
    elif step in {"confirm", "decline"}:
        identification.decided_by, identification.decided_at = by.user, by.at
        identification.decided_standard = standing.standard(identification.case.country, "decision", by.at.date()).code
        if step == "decline":
            clocks.start(workflow.REVIEW_LIMIT, case_id=identification.case_id, subject_id=identification.pk, at=by.at, by=by)
    elif step in {"leave", "come_back"}:
        identification.left_at = by.at if step == "leave" else None
    elif step in {"lose", "find"}:
        _absent(identification, step, by)
    else:
        _challenge(identification, step, by)


def _absent(identification: Identification, step: str, by: Actor) -> None:
    """While a person cannot be found no day of the recovery period is lost; found again, everything goes on where it stood."""
    identification.lost_at = by.at if step == "lose" else None
    clock = clocks.latest(identification.pk, workflow.RECOVERY.name)
    if clock is None:
        return
    if step == "lose" and clocks.state(clock) == "running":
        clocks.pause(clock, ground="not_found", at=by.at, by=by)
    elif step == "find" and clocks.state(clock) == "paused":
        clocks.resume(clock, at=by.at, by=by)


def _challenge(identification: Identification, step: str, by: Actor) -> None:
    """Review and appeal, each with its clock. Asked after the limit it is taken all the same, and the reviewer sees that it is late."""
    if step == "ask_review":
        limit = clocks.latest(identification.pk, workflow.REVIEW_LIMIT.name)
        due = clocks.due_at(limit) if limit else None
        identification.review_asked_at, identification.review_late = by.at, due is not None and due < by.at
        _end(identification, workflow.REVIEW_LIMIT, by)
        clocks.start(workflow.REVIEW_ANSWER, case_id=identification.case_id, subject_id=identification.pk, at=by.at, by=by)
        _hand_over(identification, Role.SECOND_REVIEWER, by)
    elif step in {"review_confirm", "review_decline"}:
        identification.reviewed_by, identification.reviewed_at = by.user, by.at
        identification.decided_standard = standing.standard(identification.case.country, "decision", by.at.date()).code
        _end(identification, workflow.REVIEW_ANSWER, by)
    elif step == "appeal":
        identification.appealed_at, identification.appeal_decided_at = by.at, None
        _end(identification, workflow.REVIEW_LIMIT, by)
    elif step in {"court_confirm", "court_decline"}:
        identification.appeal_decided_at = by.at


def _end(identification: Identification, rule: clocks.ClockRule, by: Actor) -> None:
    clock = clocks.latest(identification.pk, rule.name)
    if clock is not None and clocks.state(clock) in {"running", "paused", "expired"}:
        clocks.end(clock, at=by.at, by=by)


def _hand_over(identification: Identification, role: Role, by: Actor) -> None:
    """Open what a decision needs to every service of the country that has this duty, once; it ends with nothing but the case's own rules.

    Source: CoE Convention 2005, art. 10(2): the authority that decides has a legal duty and reads by it.
    """
    country = identification.case.country
    duty = Membership.objects.filter(role=role, ended_at=None, organisation__active=True, organisation__country=country)
    for organisation_id in duty.values_list("organisation_id", flat=True).distinct():
        holder = job_holder(organisation_id, role)
        if Grant.objects.filter(holder=holder, case_id=identification.case_id, source_id=identification.pk, ends_at__gt=by.at).exists():
            continue
        grants.give(
            holder=holder,
            case_id=identification.case_id,
            sections=DECISION_SECTIONS,
            purpose=Purpose.IDENTIFICATION,
            basis=Basis.LEGAL_DUTY,
            source_id=identification.pk,
            starts_at=by.at,
        )


def waiver(override_id: UUID | None, by: Actor) -> Override | None:
    """The waiver of this id, locked for its use. Raises: Missing."""
    return Override.objects.visible_to(by).get_for_step(pk=override_id) if override_id else None


def _write(identification: Identification, step: str, record: dict[str, Any]) -> None:
    _set(identification, record, RECORDS.get(step, frozenset()))


def _set(identification: Identification, record: dict[str, Any], allowed: frozenset[str]) -> None:
    strange = sorted(set(record) - allowed)
    if strange:
        raise Invalid({name: [_("this step does not record that")] for name in strange})
    for name, value in record.items():
        setattr(identification, name, value)
    clean(identification, record)
