"""A case with a row in every protected table, and a row behind every id that can stand in an address. All of it is made up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.utils import timezone

from havre.justice.models import (
    Asset,
    Charge,
    CompensationClaim,
    Custody,
    Exhibit,
    Hearing,
    LegalAssistance,
    LinkNode,
    NonPunishmentRequest,
    Proceeding,
    Sentence,
    SourcedLink,
    Suspect,
    WageCalculation,
)
from havre.protection.models import (
    AgeAssessment,
    Assignment,
    AssistancePlan,
    AssistanceService,
    Beside,
    BestInterests,
    ContactAttempt,
    DayLog,
    Evidence,
    FamilyTie,
    FollowUp,
    HealthNote,
    Identification,
    Intake,
    IntakePerson,
    InterpreterBooking,
    LaterConsent,
    PersonNeed,
    Placement,
    QualityCheck,
    RefusalNotice,
    ReturnPlan,
    RiskAssessment,
    SafetyMeasure,
    SafetyNote,
    Screening,
    ScreeningAnswer,
    Shelter,
    StayApplication,
    Task,
    WordsPrint,
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
    AttachmentCopy,
    Case,
    ClosedShare,
    Consent,
    ConsentEvent,
    Detection,
    LinkAssertion,
    Note,
    Person,
    PersonFacts,
    PersonRequest,
    RemoteCode,
    TraffickingEvent,
)
from havre.trust.actors import Actor
from havre.trust.enums import ALL_SECTIONS, Purpose, Role, Section
from havre.trust.ids import new_id
from havre.trust.models import (
    BlindIndex,
    Clock,
    ClockEvent,
    Membership,
    Override,
    SealedSection,
)
from tests.factories import OrganisationFactory
from tests.factories_site import make_case_now

# every section once, where a row says its own
OPEN = Section.PROTECTION
Row = TypeVar("Row", bound=models.Model)


def fill_case(owner: Actor) -> dict[str, models.Model]:
    """A case of this actor's organisation with one row (a whole one, by the constraints) in every protected table, by model label."""
    case = make_case_now(owner)
    person = Person.objects.for_house("tests").get(case=case)
    rows = {row._meta.label: row for row in [case, person, *_register(owner, case, person)]}
    for made in (_protection, proceedings, _trust):
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
    content = {"content_type": "text/plain", "size": 1, "sha256": "0" * 64}
    # one file without bytes, whose address answers "not there", and one with bytes that no vault sealed
    file, other_file = (_kept(Attachment(**who, section_bit=int(OPEN), by=owner.user, **content)) for _n in range(2))
    return [
        *consented(owner, case, person),
        _kept(PersonFacts(**who, citizenships=["GH"], coded={})),
        _kept(Detection(**who, organisation_id=owner.organisation_id, channel="screening", happened_at=now)),
        _kept(LinkAssertion(case=case, first=person, second=other, by=owner.user)),
        _kept(TraffickingEvent(**who, kind="Recruitment", country="GH")),
        _kept(Note(**who, section_bit=int(OPEN), happened_at=now, by=owner.user, organisation_id=owner.organisation_id)),
        file,
        _kept(AttachmentCopy(**who, section_bit=int(OPEN), attachment=other_file, part="clean", body=b"sealed", **content)),
    ]


def consented(owner: Actor, case: Case, person: Person) -> list[models.Model]:
    """A live consent with a step of it, the share that ended with that step, a request about one's own data, and a code from afar."""
    now, who = timezone.now(), {"case": case, "person": person}
    given = _kept(consent(owner, case, person, OrganisationFactory().pk))
    until = {"sections": given.sections, "ends_at": given.ends_at}
    step = _kept(ConsentEvent(**who, consent=given, number=1, step="change", at=now, channel="person", **until))
    job = Membership.objects.filter(user=owner.user, organisation_id=owner.organisation_id).get()
    code = {"digest": new_id().hex * 2, "answers": ["alone"], "language": "en"}
    return [
        given,
        step,
        _kept(end_share(owner, case, step)),
        _kept(PersonRequest(**who, kind="rectify", language="en", received_at=now, received_by=owner.user)),
        _kept(RemoteCode(**who, **code, made_at=now, made_by=job, ends_at=now + timedelta(hours=1))),
    ]


def end_share(actor: Actor, case: Case, step: ConsentEvent) -> ClosedShare:
    """The notice, not saved, that an access of this actor's job has ended with a step of a consent."""
    kept = {"holder_id": actor.holder_id, "role": actor.role, "sections": int(OPEN), "purpose": actor.purpose, "basis": "consent"}
    return ClosedShare(case=case, event=step, grant_no=new_id().int % 10**15, closed_at=timezone.now(), **kept)


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
    found = _kept(Identification(**who, screening=screening, opened_at=now))
    return [
        *fill_care(owner, plan, found),
        screening,
        _kept(ScreeningAnswer(case=case, screening=screening, indicator="I1", answer="yes", origin="seen", observer=owner.user, at=now)),
        found,
        plan,
        _kept(AssistanceService(case=case, plan=plan, kind="Health", need="medical", proposed_at=now, **by)),
        _kept(PersonNeed(**who, **by, kind="medical", recorded_at=now)),
        _kept(RiskAssessment(**who, **by, level="low", with_person=True, at=now)),
        *_taken_in(owner, case, person),
    ]


def _taken_in(owner: Actor, case: Case, person: Person) -> list[models.Model]:
    """The person as N-01 of a group, with a tie and a word still awaited."""
    now, who, by = timezone.now(), {"case": case, "person": person}, {"by": owner.user}
    event = _kept(Intake(**by, organisation_id=owner.organisation_id, happened_at=now, situation="border", place="border", last_number=2))
    return [
        _kept(IntakePerson(**who, intake=event, number=1, age_band="adult")),
        _kept(FamilyTie(**who, **by, kind="sibling", other_number=2, at=now)),
        _kept(LaterConsent(**who, **by, ground="group", since=now)),
    ]


def fill_care(owner: Actor, plan: AssistancePlan, found: Identification) -> list[models.Model]:
    """One record of each kind of care about a plan's person."""
    now = timezone.now()
    who = {"case_id": plan.case_id, "person_id": plan.person_id, "by": owner.user, "at": now}
    house = Shelter.objects.create(organisation_id=owner.organisation_id, label=f"Example house {new_id()}"[:40], places=4)
    day = (now + timedelta(days=7)).date()
    return [
        _kept(Evidence(**who, identification=found, element="act", speaks="for", source="account")),
        _kept(AgeAssessment(**who, doubt="no_papers")),
        _kept(ContactAttempt(**who, happened_at=now, channel="phone", result="no_answer")),
        _kept(RefusalNotice(**who, identification=found, gender="Female", to="Example authority", revision="1")),
        _kept(QualityCheck(**who, identification=found, step="presume")),
        _kept(WordsPrint(**who, record_id=found.pk, digests=["00"])),
        _kept(SafetyMeasure(**who, measure="phone", owner="worker", by_when=day)),
        _kept(SafetyNote(**who, risks=["followed"])),
        _kept(FollowUp(**who, plan=plan, months=1, due_at=now)),
        _kept(Placement(**who, shelter=house)),
        _kept(DayLog(**who, kind="night", happened_at=now)),
        _kept(InterpreterBooking(**who, language="twi")),
        _kept(Beside(**who, kind="advocate", named_by="person", named_at=now)),
        _kept(BestInterests(**who, kind="assessment", before="plan")),
        _kept(HealthNote(**who, kind="treatment", happened_at=now, agreed_at=now)),
        _kept(ReturnPlan(**who, country="NG", asked_by="person")),
        _kept(StayApplication(**who, informed_at=now)),
        _kept(Task(**who, kind="call", owner=owner.user, due_at=now)),
        _kept(Assignment(**who, worker=owner.user, organisation_id=owner.organisation_id, role=owner.role)),
    ]


def proceedings(owner: Actor, case: Case, person: Person) -> list[models.Model]:
    """A proceeding with one record of each kind that hangs on it, and a claim with a calculation."""
    now, who = timezone.now(), {"case": case, "person": person}
    proceeding = _kept(Proceeding(**who, against="trafficker", opened_at=now, organisation_id=owner.organisation_id))
    charge = _kept(Charge(case=case, proceeding=proceeding, iccs="02042", article="s. 1", charged_on=now.date(), by=owner.user))
    claim = _kept(CompensationClaim(**who, informed_at=now, language="eng"))
    of = {"case": case, "proceeding": proceeding, "by": owner.user}
    suspect = _kept(Suspect(**of, kind="natural", role="recruiter"))
    exhibit = _kept(Exhibit(**of, kind="paper", source="from_search", taken_at=now))
    nodes = [_kept(LinkNode(**of, kind=kind)) for kind in ("phone_node", "event_node")]
    money = {"amount": 5, "currency": "GHS"}
    holder = {"organisation_id": owner.organisation_id, "keeper": owner.user}
    return [
        proceeding,
        charge,
        claim,
        suspect,
        exhibit,
        nodes[0],
        _kept(Sentence(**of, charge=charge, kind="fine", imposed_on=now.date(), **money)),
        _kept(Hearing(**of, starts_at=now, court="first_instance", purpose="trial_day")),
        _kept(Asset(**of, kind="vehicle", **money)),
        _kept(NonPunishmentRequest(**of, ground="compelled", flagged_at=now)),
        _kept(LegalAssistance(**of, kind="records", basis="untoc", country="NG")),
        _kept(Custody(case=case, exhibit=exhibit, number=1, starts_at=now, **holder)),
        _kept(SourcedLink(**of, kind="uses", first=nodes[0], second=nodes[1], origin="papers", seen_on=now.date())),
        _kept(WageCalculation(case=case, claim=claim, currency="GHS", total=1, given=[], steps=[], by=owner.user)),
    ]


def _trust(owner: Actor, case: Case, person: Person) -> list[models.Model]:
    now = timezone.now()
    clock = _kept(Clock(case_id=case.pk, subject_id=case.pk, section_bit=int(OPEN), workflow="assistance", name="needs", parts=[]))
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
