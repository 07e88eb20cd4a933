"""A case with a row in every protected table, and a row behind every id that can stand in an address. All of it is made up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import models
from django.utils import timezone

from havre.evidence.models import JobRun
from havre.justice.models import Charge, CompensationClaim, Proceeding
from havre.protection.models import (
    AssistancePlan,
    AssistanceService,
    Identification,
    PersonNeed,
    RiskAssessment,
    Screening,
    ScreeningAnswer,
)
from havre.referral.models import (
    ActionItem,
    AgendaItem,
    Bundle,
    Conference,
    ConferenceDocument,
    Letter,
    MoreAsked,
    Notice,
    OutsideKey,
    Referral,
    Seat,
    Transfer,
)
from havre.register.models import (
    Attachment,
    Case,
    Consent,
    Detection,
    ImportBatch,
    LinkAssertion,
    Note,
    Person,
    PersonFacts,
    TraffickingEvent,
)
from havre.release.models import Release
from havre.standards.models import FactRevision
from havre.trust.actors import Actor
from havre.trust.enums import ALL_SECTIONS, Purpose, Role, Section
from havre.trust.ids import new_id
from havre.trust.models import BlindIndex, BreakGlass, Clock, ClockEvent, FactorReset, Membership, Nomination, Override, SealedSection
from tests.factories import MembershipFactory, OrganisationFactory
from tests.factories_site import make_case_now, make_now

# every section once, where a row says its own
OPEN = Section.PROTECTION
Row = TypeVar("Row", bound=models.Model)


def fill_case(owner: Actor) -> dict[str, models.Model]:
    """A case of this actor's organisation with one row (a whole one, by the constraints) in every protected table, by model label."""
    case = make_case_now(owner)
    person = Person.objects.for_house("tests").get(case=case)
    rows = {row._meta.label: row for row in [case, person, *_register(owner, case, person)]}
    for made in (_protection, _justice, _trust):
        rows |= {row._meta.label: row for row in made(owner, case, person)}
    referral = send(owner, case, OrganisationFactory().pk, Role.SHELTER, status="draft")
    beside = [*_beside_a_referral(owner, case, referral), *meetings(owner, case, person, rows["register.Note"])]
    rows |= {row._meta.label: row for row in [referral, *beside]}
    return rows


def _beside_a_referral(owner: Actor, case: Case, referral: Referral) -> list[models.Model]:
    now = timezone.now()
    asked = {"asked": int(Section.IDENTITY), "reason": "safety", "asked_at": now, "asked_by": owner.user}
    told = {"organisation_id": referral.receiver_id, "role": Role.SHELTER, "kind": "offered", "number": referral.number}
    sent = {"case": case, "referral": referral, "made_at": now, "made_by": owner.user, "ends_at": now + timedelta(days=9)}
    key = _kept(OutsideKey(organisation_id=referral.receiver_id, public_key="age1example", recorded_by=owner.user, recorded_at=now))
    return [
        _kept(Bundle(**sent, key=key, sha256="0" * 64)),
        _kept(Letter(**sent, code_digest=new_id().hex, factor_digest="0" * 64, body=b"sealed")),
        _kept(MoreAsked(case=case, referral=referral, **asked)),
        _kept(Notice(case=case, subject_id=referral.pk, at=now, **told)),
    ]


def _kept(row: Row) -> Row:
    row.save(force_insert=True)
    return row


def _register(owner: Actor, case: Case, person: Person) -> list[models.Model]:
    now, who = timezone.now(), {"case": case, "person": person}
    other = _kept(Person(case=case, gender="Male", age_on_opening=40))
    return [
        _kept(PersonFacts(**who, citizenships=["GH"], coded={})),
        _kept(Detection(**who, organisation_id=owner.organisation_id, channel="screening", happened_at=now)),
        _kept(LinkAssertion(case=case, first=person, second=other, by=owner.user)),
        _kept(consent(owner, case, person, OrganisationFactory().pk)),
        _kept(TraffickingEvent(**who, kind="Recruitment", country="GH")),
        _kept(Note(**who, section_bit=int(OPEN), happened_at=now, by=owner.user, organisation_id=owner.organisation_id)),
        _kept(Attachment(**who, section_bit=int(OPEN), content_type="text/plain", size=1, sha256="0" * 64, by=owner.user)),
    ]


def consent(owner: Actor, case: Case, person: Person, recipient_id: UUID, **fields: Any) -> Consent:
    """A live consent, not saved."""
    now = timezone.now()
    return Consent(
        case=case,
        person=person,
        state="given",
        purpose=Purpose.PROTECTION,
        recipient_id=recipient_id,
        sections=int(ALL_SECTIONS),
        starts_at=now - timedelta(days=1),
        ends_at=now + timedelta(days=90),
        language="eng",
        recorded_by=owner.user,
        **fields,
    )


def _protection(owner: Actor, case: Case, person: Person) -> list[models.Model]:
    now, who = timezone.now(), {"case": case, "person": person}
    by = {"by": owner.user}
    told = {"organisation_id": owner.organisation_id, "observer": owner.user}
    place = {"situation": "first_contact", "profile": "adult_labour", "edition": "1", "kept_because": "agreed"}
    screening = _kept(Screening(**who, **told, **place, happened_at=now, suggested="indications_refer"))
    plan = _kept(AssistancePlan(**who, **by, started_at=now))
    return [
        screening,
        _kept(ScreeningAnswer(case=case, screening=screening, indicator="I1", answer="yes", origin="seen", observer=owner.user, at=now)),
        _kept(Identification(**who, screening=screening, opened_at=now)),
        plan,
        _kept(AssistanceService(case=case, plan=plan, kind="Health", need="medical", proposed_at=now, **by)),
        _kept(PersonNeed(**who, **by, kind="medical", recorded_at=now)),
        _kept(RiskAssessment(**who, **by, level="low", with_person=True, at=now)),
    ]


def _justice(owner: Actor, case: Case, person: Person) -> list[models.Model]:
    now, who = timezone.now(), {"case": case, "person": person}
    proceeding = _kept(Proceeding(**who, against="trafficker", opened_at=now, organisation_id=owner.organisation_id))
    return [
        proceeding,
        _kept(Charge(case=case, proceeding=proceeding, iccs="02042", article="s. 1", charged_on=now.date(), by=owner.user)),
        _kept(CompensationClaim(**who, informed_at=now, language="eng")),
    ]


def _trust(owner: Actor, case: Case, person: Person) -> list[models.Model]:
    now = timezone.now()
    clock = _kept(Clock(case_id=case.pk, subject_id=case.pk, section_bit=int(OPEN), workflow="plan", name="needs", parts=[]))
    job = Membership.objects.filter(user=owner.user, organisation_id=owner.organisation_id).get()
    waiver = {"workflow": "plan", "step": "close", "gates": ["RG25"], "reason": "danger", "given_by": owner.user, "membership": job}
    sealed = {"kind": "identity", "record_id": person.pk, "body": b"sealed", "key_version": 1}
    return [
        clock,
        _kept(ClockEvent(clock=clock, number=1, case_id=case.pk, section_bit=int(OPEN), kind="started", at=now)),
        _kept(Override(case_id=case.pk, subject_id=case.pk, given_at=now, ends_at=now + timedelta(hours=1), **waiver)),
        _kept(SealedSection(case_id=case.pk, person_id=person.pk, section_bit=int(Section.IDENTITY), **sealed)),
        _kept(BlindIndex(index="phone", digest=new_id().bytes, person_id=person.pk, case_id=case.pk)),
    ]


def meetings(owner: Actor, case: Case, person: Person, note: models.Model) -> list[models.Model]:
    """A lead that is proposed elsewhere, and a conference at which the owner's own job leads, with a point, a paper and an action."""
    now, mine = timezone.now(), {"organisation_id": owner.organisation_id}
    lead = {"first_id": owner.organisation_id, "second_id": OrganisationFactory().pk, "second_role": Role.CASE_MANAGER}
    moved = _kept(Transfer(case=case, **lead, sections=int(OPEN), persons=1, age_band="18-24", proposed_at=now, proposed_by=owner.user))
    called = {"called_by": owner.user, "called_at": now, "sits_at": now + timedelta(days=3), "status": "decided"}
    sat = _kept(Conference(case=case, person=person, **mine, **called))
    seat = _kept(Seat(case=case, conference=sat, **mine, role=owner.role, chair=True))
    item = _kept(AgendaItem(case=case, conference=sat, number=1, kind="safety", decision="adopted", decided_at=now))
    paper = _kept(ConferenceDocument(case=case, conference=sat, section_bit=int(OPEN), note=note))
    return [moved, sat, seat, item, paper, _kept(ActionItem(case=case, conference=sat, item=item, owner=seat, due_on=now.date()))]


def send(owner: Actor, case: Case, receiver_id: UUID, role: Role, *, status: str = "offered") -> Referral:
    """A referral of this case to a service and role, at the state asked for."""
    now = timezone.now()
    person = Person.objects.for_house("tests").filter(case=case).earliest("recorded_at")
    return _kept(
        Referral(
            case=case,
            person=person,
            sender_id=owner.organisation_id,
            by=owner.user,
            receiver_id=receiver_id,
            receiver_role=role,
            purpose=Purpose.PROTECTION,
            sections=int(Section.PROTECTION | Section.CASE),
            vital_interest="danger",
            asked_until=now + timedelta(days=9),
            need="shelter",
            age_band="25-59",
            status=status,
            offered_at=None if status == "draft" else now,
        )
    )


def make_side(actor: Actor) -> dict[str, Any]:
    """What an id in an address may name, on this actor's side: kind → id. The case is the service's own, one referral came from outside."""
    rows = fill_case(actor)
    ids = {
        label: rows[model].pk
        for label, model in (
            ("case", "register.Case"),
            ("person", "register.Person"),
            ("screening", "protection.Screening"),
            ("identification", "protection.Identification"),
            ("plan", "protection.AssistancePlan"),
            ("service", "protection.AssistanceService"),
            ("consent", "register.Consent"),
            ("sent", "referral.Referral"),
            ("transfer", "referral.Transfer"),
            ("conference", "referral.Conference"),
            ("action", "referral.ActionItem"),
            ("proceeding", "justice.Proceeding"),
            ("claim", "justice.CompensationClaim"),
        )
    }
    sender = make_now(Role.CASE_MANAGER)
    received = send(sender, make_case_now(sender), actor.organisation_id, actor.role)
    return {**ids, "received": received.pk, **_accounts(actor, ids["case"]), **_of_the_country(actor)}


def _accounts(actor: Actor, case_id: UUID) -> dict[str, Any]:
    now, place = timezone.now(), {"organisation_id": actor.organisation_id}
    job = MembershipFactory(organisation=None, role=Role.SHELTER, **place)
    administrator = MembershipFactory(organisation=None, role=Role.ADMINISTRATOR, **place)
    nomination = Nomination(user=job.user, role=Role.INTERPRETER, asked_by=administrator.user, asked_at=now, **place)
    asked = {"asked_by": administrator.user, "asked_as_administrator": True, "asked_at": now, "expires_at": now + timedelta(days=1)}
    reset = FactorReset(user=job.user, **asked, **place)
    until = {"starts_at": now, "ends_at": now + timedelta(hours=1), "review_by": now + timedelta(days=3)}
    glass = BreakGlass(case_id=case_id, user=actor.user, holder_id=actor.personal_id, reason="danger_to_life", **until)
    batch = ImportBatch(by=actor.user, state="staged", file_key="f", options_key="o", **place)
    for row in (nomination, reset, glass, batch):
        row.save(force_insert=True)
    key = Authenticator.objects.create(user=actor.user, type="webauthn", data={"name": "key", "credential": {}})
    return {
        "organisation": actor.organisation_id,
        "user": job.user_id,
        "job": job.pk,
        "nomination": nomination.pk,
        "reset": reset.pk,
        "glass": glass.pk,
        "batch": batch.pk,
        "authenticator": key.pk,
    }


def _of_the_country(actor: Actor) -> dict[str, Any]:
    now = timezone.now()
    revision = FactRevision(
        country="gh", fact="recovery_period", value=30, valid_from=now.date(), source="test", confidence="high", author_id=actor.user.pk,
        proposed_at=now,
    )  # fmt: skip
    profile = JobRun(kind="profile", state="done", by=actor.user, ended_at=now)
    release = Release(ref=new_id().hex[:20], title="Example", source="extract", population="register", tables=[["gender"]], by=actor.user)
    for row in (revision, profile, release):
        row.save(force_insert=True)
    return {"revision": revision.pk, "profile": profile.pk, "release": release.pk}
