"""Casework factories: a screening, an identification, a plan, each at the state that a test is about."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from havre import trust
from havre.protection.models import AssistancePlan, Evidence, Identification
from havre.protection.services import care
from havre.protection.services import screening as screenings
from havre.register.models import Case, Consent, Person
from havre.register.signals import consent_withdrawn
from havre.trust.enums import ALL_SECTIONS, Basis, Role, Section
from havre.trust.models import Agreement
from tests.factories import NOW, OrganisationFactory, give_to, make_actor, make_case

CONDITIONS = {
    "information_given_at": NOW,
    "language": "eng",
    "interpreter": False,
    "privacy_confirmed": True,
    "safety_level": "low",
    "medical_need": False,
}
PERSON = {"gender": "Female", "age_on_opening": 24, "age_basis": "stated", "languages": ["eng"]}
RECORDED = {"informed_at": NOW, "language": "eng", "privacy_confirmed": True, "needs_met_at": NOW}


def person_of(case: Case) -> Person:
    return Person.objects.for_house("tests").get(case=case)


def screen(by, answers=(), **changes):
    """A recorded screening and its case."""
    fields = {
        "situation": "first_contact",
        "profile": "adult_labour",
        "conditions": CONDITIONS,
        "person": PERSON,
        "happened_at": NOW,
        "kept_because": "agreed",
        **changes,
    }
    with trust.acting(by):
        return screenings.screen(by=by, answers=[screenings.Given(*one) for one in answers], **fields)


def members(*professions: str) -> list[dict[str, str]]:
    """Members of a decision, each of an organisation of its own."""
    return [{"organisation": str(OrganisationFactory().pk), "profession": profession} for profession in professions]


def make_identification(status: str = "screened", *, country: str = "GH", age: int | None = 24, **fields) -> Identification:
    """An identification that already holds what every right asks for; a test takes away what it is about."""
    owner = make_actor(Role.CASE_MANAGER)
    case = make_case(owner, age=age)
    Case.objects.for_house("tests").filter(pk=case.pk).update(country=country)
    person = person_of(case)
    Person.objects.for_house("tests").filter(pk=person.pk).update(age_basis="stated")
    whole = {
        **RECORDED,
        "foreign_national": False,
        "recovery_offered_at": NOW,
        "recovery_answer": "refused",
        "best_interests_at": NOW,
        "child_heard_at": NOW,
        "accompanied": True,
        "body": "multidisciplinary_team",
        "members": members("police", "social"),
        "trained_member": True,
        "reason": "no_exploitation",
        "notice_at": NOW,
    }
    made = Identification(case_id=case.pk, person_id=person.pk, status=status, opened_at=NOW - timedelta(days=1), **{**whole, **fields})
    made.save(force_insert=True)
    for element in ("act", "means", "purpose"):
        weigh(made, element, by=owner)
    return made


def weigh(identification, element: str, *, by, speaks: str = "nothing") -> Evidence:
    """One piece of evidence on an identification."""
    who = {"case_id": identification.case_id, "person_id": identification.person_id, "by": by.user, "at": NOW}
    piece = Evidence(**who, identification=identification, element=element, speaks=speaks, source="account")
    piece.save(force_insert=True)
    return piece


def let_in(actor, record, basis: Basis = Basis.LEGAL_DUTY):
    """Give the actor's job a live grant on the record's case."""
    give_to(actor, Case.objects.for_house("tests").get(pk=record.case_id), basis=basis)
    return actor


def make_plan(status: str = "running", **fields) -> AssistancePlan:
    """A plan that holds what every right asks for, but a service."""
    owner = fields.pop("owner", None) or make_actor(Role.CASE_MANAGER)
    case = make_case(owner, age=fields.pop("age", 24))
    whole = {
        "informed_at": NOW,
        "answered_at": NOW,
        "free_to_come_and_go": True,
        "threats_reviewed_at": NOW,
        "exit_plan_at": NOW,
        "best_interests_at": NOW,
        "child_heard_at": NOW,
        "accompanied": True,
    }
    whole |= {"own_view": "helped"}
    if status == "closed":
        whole |= {"closed_at": NOW, "close_reason": "goals_met"}
    plan = AssistancePlan(
        case_id=case.pk, person=person_of(case), status=status, started_at=NOW, by_id=owner.user.pk, **{**whole, **fields}
    )
    plan.save(force_insert=True)
    return plan


def agree(first, second, *, sections: Section = ALL_SECTIONS, ends_on=None) -> Agreement:
    """An agreement in force between the organisations of two actors."""
    return Agreement.objects.create(
        first_id=first.organisation_id,
        second_id=second.organisation_id,
        sections=int(sections),
        starts_on=NOW.date() - timedelta(days=30),
        ends_on=ends_on or NOW.date() + timedelta(days=365),
        reference="example",
    )


def consent_to(case: Case, receiver, *, sections: Section = Section.PROTECTION, days: int = 90, **fields) -> Consent:
    """The person's live consent to a share with the receiver's organisation, for the receiver's purpose."""
    person = person_of(case)
    consent = Consent(
        case=case,
        person=person,
        state="given",
        purpose=receiver.purpose,
        recipient_id=receiver.organisation_id,
        sections=int(sections | Section.CASE),
        starts_at=NOW - timedelta(days=1),
        ends_at=NOW + timedelta(days=days),
        language="eng",
        recorded_by_id=case.opened_by_id,
    )
    for name, value in fields.items():
        setattr(consent, name, value)
    consent.save(force_insert=True)
    return consent


def withdraw(consent: Consent, *, at, by) -> None:
    """What the register's own service does: the row, then the signal, in one transaction."""
    with transaction.atomic():
        consent.state, consent.withdrawn_at, consent.withdrawn_through = "withdrawn", at, "person"
        consent.save()
        consent_withdrawn.send(sender=Consent, consent=consent, at=at, by=by)


def note_down(code: str, case: Case, by, /, *, words=None, **record):
    """One record of care about the case's person, through its own act."""
    with trust.acting(by):
        return care.open_record(kind=code, case_id=case.pk, person_id=person_of(case).pk, record=record, words=words, by=by)


def step_on(code: str, record, step: str, by, /, *, words=None, override_id=None, **fields):
    """One step of a record of care, through its own act."""
    with trust.acting(by):
        return care.take_step(kind=code, record_id=record.pk, step=step, record=fields, words=words, override_id=override_id, by=by)
