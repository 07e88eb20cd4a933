"""Safety, follow-up, shelter, interpreters, health notes: what a worker needs, and what nobody else may see."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from havre import trust
from havre.protection import showing
from havre.protection.models import DayLog, FollowUp, HealthNote, Placement, RiskAssessment, SafetyMeasure, Shelter, Task
from havre.protection.services import assistance as services
from havre.protection.services import effects, shelters
from havre.register.models import Case
from havre.standards.models import FactRevision
from havre.trust import identity
from havre.trust.contracts import contracts
from havre.trust.enums import Basis, Role, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import Conflict
from havre.trust.models.accounts import person_holder
from tests.factories import NOW, give_to, make_actor, make_case
from tests.factories_casework import let_in, make_plan, note_down, person_of, step_on
from tests.factories_vault import unlocked  # noqa: F401

PROTECTION = next(contract for contract in contracts() if contract.part == "protection")
DAY = (NOW + timedelta(days=7)).date()


def assess(case, by, **fields):
    with trust.acting(by):
        given = {"level": "high", "threats": ["debt"], "with_person": True, **fields}
        return services.assess_risk(case_id=case.pk, person_id=person_of(case).pk, by=by, **given)


def test_risk_is_assessed_at_each_contact_for_person_and_family_and_older_ones_stay():
    owner = make_actor()
    case = make_case(owner)
    assess(case, owner, contact="visit")
    assess(case, owner.on(NOW + timedelta(hours=1)), about="family", contact="phone", level="low")
    kept = RiskAssessment.objects.for_house("tests").order_by("at").values_list("about", "contact", "level")
    assert list(kept) == [("person", "visit", "high"), ("family", "phone", "low")]


def test_signs_of_being_trafficked_again_set_a_task_for_the_next_day():
    owner = make_actor()
    assess(make_case(owner), owner, retrafficking=True)
    task = Task.objects.for_house("tests").get()
    assert (task.kind, task.owner_id, task.due_at) == ("call", owner.user.pk, NOW + timedelta(days=1))


def test_safety_plan_says_what_who_and_by_when_and_stands_on_the_risk_in_use():
    owner = make_actor()
    case = make_case(owner)
    risk = assess(case, owner)
    made = note_down("safety_measure", case, owner, measure="code_word", owner="person", by_when=DAY, agreed=True)
    assert (made.risk_id, made.status) == (risk.pk, "planned")
    with pytest.raises(Invalid) as problem:
        note_down("safety_measure", case, owner, measure="phone")
    assert set(problem.value.problems) == {"owner", "by_when"}
    assert step_on("safety_measure", made, "do", owner).done_at == NOW
    assert SafetyMeasure.objects.for_house("tests").get().status == "done"


@pytest.mark.usefixtures("unlocked")
def test_workers_own_safety_note_is_in_no_copy_of_the_file_but_that_notes_exist_is():
    """globaleaks#2931: notes the person does not see; the person is told that professional notes exist."""
    owner = make_actor()
    case = make_case(owner)
    note_down("safety_note", case, owner, risks=["followed"], care=["two"], words={"note": "A grey van stood outside twice."})
    with trust.acting(owner):
        copy = list(PROTECTION.dossier(owner, case.pk))
        assert copy == [("professional_notes", {"exist": True})]
        held = identity.read(by=owner, case_id=case.pk, person_id=person_of(case).pk, section=Section.PROTECTION)
    assert "van" in str(held) and "van" not in str(copy)


@pytest.mark.parametrize(
    ("start", "months", "day"),
    [
        (datetime(2027, 1, 31, tzinfo=UTC), 1, datetime(2027, 2, 28, tzinfo=UTC)),
        (datetime(2028, 1, 31, tzinfo=UTC), 1, datetime(2028, 2, 29, tzinfo=UTC)),
        (datetime(2028, 2, 29, tzinfo=UTC), 12, datetime(2029, 2, 28, tzinfo=UTC)),
        (datetime(2026, 11, 30, tzinfo=UTC), 3, datetime(2027, 2, 28, tzinfo=UTC)),
        (datetime(2026, 12, 15, tzinfo=UTC), 6, datetime(2027, 6, 15, tzinfo=UTC)),
    ],
)
def test_months_later_keep_the_day_or_take_the_last_of_a_shorter_month(start, months, day):
    """A clock that crosses a leap day."""
    assert effects.later(start, months) == day


def moved(plan, step, by, **record):
    with trust.acting(by):
        return services.move_plan(plan_id=plan.pk, step=step, record=record, by=by)


@pytest.mark.postgresql
def test_follow_up_is_planned_at_1_3_6_and_12_months_once():
    owner = make_actor()
    plan = make_plan("accepted", owner=owner)
    moved(plan, "follow_up", owner)
    dates = FollowUp.objects.for_house("tests").order_by("due_at").values_list("months", "due_at")
    assert [(months, at.date()) for months, at in dates] == [(m, effects.later(NOW, m).date()) for m in (1, 3, 6, 12)]
    moved(plan, "propose", owner)
    moved(plan, "accept", owner, answered_at=NOW)
    moved(plan, "follow_up", owner)
    assert FollowUp.objects.for_house("tests").count() == 4


def test_follow_up_is_held_by_a_safe_way_only_and_waits_on_the_home_page_in_its_week():
    owner = make_actor()
    plan = make_plan("accepted", owner=owner)
    moved(plan, "follow_up", owner)
    first = FollowUp.objects.for_house("tests").order_by("due_at").first()
    soon = owner.on(first.due_at - timedelta(days=3))
    with trust.acting(soon):
        assert [line.due_at for line in PROTECTION.waiting(soon)] == [first.due_at]
    with pytest.raises(Invalid):
        step_on("follow_up", first, "hold", soon, findings=["safe"])
    done = step_on("follow_up", first, "hold", soon, channel="phone", findings=["exploited"], retrafficking=True)
    assert (done.status, done.held_at) == ("held", soon.at)
    assert Task.objects.for_house("tests").get().subject_id == first.pk


def test_help_ends_with_the_persons_own_view_or_that_they_did_not_wish_to_say():
    owner = make_actor()
    plan = make_plan("follow_up", owner=owner, own_view="")
    with pytest.raises(Refused) as refusal:
        moved(plan, "close", owner, close_reason="goals_met")
    assert refusal.value.rows == ("plan.close:own_view",)
    assert moved(plan, "close", owner, close_reason="goals_met", own_view="not_wished").status == "closed"


def test_service_of_the_countrys_own_list_keeps_its_htcds_kind_and_others_are_refused():
    owner = make_actor()
    plan = make_plan(owner=owner)
    offer = {"plan_id": plan.pk, "kind": "SocialCare", "need": "safe_housing", "by": owner}
    with trust.acting(owner), pytest.raises(Invalid):
        services.offer_service(**offer, local_kind="host_family")
    FactRevision.objects.create(
        country="gh", fact="local_services", value={"host_family": {"en": "Host family", "fr": "Famille d'accueil"}}, valid_from=NOW.date(),
        source="Example Act, s. 12", confidence="high", author_id=make_actor().user.pk, proposed_at=NOW, state="in_force",
        reviewer_id=make_actor().user.pk, reviewed_at=NOW, in_force_at=NOW,
    )  # fmt: skip
    with trust.acting(owner):
        made = services.offer_service(**offer, local_kind="host_family")
    assert (made.kind, made.local_kind) == ("SocialCare", "host_family")


def house(by=None, places=1, **fields):
    by = by or make_actor(Role.SHELTER)
    with trust.acting(by):
        return shelters.describe(by=by, label=fields.pop("label", "Example house"), places=places, **fields)


def test_house_has_no_column_for_where_it_is():
    named = {field.name for field in Shelter._meta.get_fields()}
    assert named == {"id", "organisation", "label", "places", "for_whom", "languages", "step_free", "open", "updated_at"}


@pytest.mark.postgresql
def test_place_is_taken_once_and_a_full_house_refuses():
    owner = make_actor()
    one = house()
    first = note_down("placement", make_case(owner), owner, shelter=one, informed_at=NOW)
    with pytest.raises(Refused) as refusal:
        note_down("placement", make_case(owner), owner, shelter=one)
    assert refusal.value.rows == ("placement.offer:room",)
    step_on("placement", first, "refuse", owner)
    assert note_down("placement", make_case(owner), owner, shelter=one).status == "offered"
    assert [free for _house, free, _whom in showing.houses([one])] == [0]


def test_person_lives_there_after_their_own_answer_and_freely_or_under_a_named_limit():
    owner = make_actor()
    made = note_down("placement", make_case(owner), owner, shelter=house(), informed_at=NOW)
    with pytest.raises(Refused) as refusal:
        step_on("placement", made, "accept", owner, free_to_come_and_go=True)
    assert refusal.value.rows == ("placement.accept:RG10",)
    done = step_on("placement", made, "accept", owner, free_to_come_and_go=True, answered_at=NOW)
    assert (done.status, done.starts_at) == ("placed", NOW)
    with pytest.raises(Invalid):
        step_on("placement", made, "leave", owner)
    assert step_on("placement", made, "leave", owner, left_reason="own_home").ended_at == NOW


@pytest.mark.postgresql
def test_limit_on_coming_and_going_is_authorised_and_ends_or_the_database_refuses():
    owner = make_actor()
    made = note_down("placement", make_case(owner), owner, shelter=house())
    with pytest.raises(IntegrityError), transaction.atomic():
        Placement.objects.for_house("tests").filter(pk=made.pk).update(restriction="court")
    named = {"restriction": "court", "authorised_by": owner.user, "restricted_until": DAY}
    record = {"informed_at": NOW, "answered_at": NOW, "free_to_come_and_go": False}
    assert step_on("placement", made, "accept", owner, **record, **named).status == "placed"


@pytest.mark.postgresql
@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.PROSECUTOR, Role.LABOUR_INSPECTOR, Role.COMPENSATION_FUND, Role.LEGAL_AID])
def test_justice_never_sees_where_a_person_lives(role):
    owner = make_actor()
    case = make_case(owner)
    made = note_down("placement", case, owner, shelter=house())
    other = make_actor(role)
    give_to(other, case, basis=Basis.OWN_CASE)
    with trust.acting(other):
        assert not Placement.objects.visible_to(other).exists()
        assert "placement" not in {group.kind.code for group in showing.overview(person_of(case), other)}
        with pytest.raises(Missing):
            step_on("placement", made, "leave", other, left_reason="family")


def test_shelter_describes_its_own_houses_and_never_below_who_lives_there():
    owner, host = make_actor(), make_actor(Role.SHELTER)
    one = house(host, places=2, for_whom=["women", "girls"], languages="eng, twi")
    for _n in range(2):
        note_down("placement", make_case(owner), owner, shelter=one)
    with trust.acting(host), pytest.raises(Invalid):
        shelters.describe(by=host, shelter_id=one.pk, places=1)
    with trust.acting(host), pytest.raises(Invalid):
        shelters.describe(by=host, label="Example house", places=1)
    other = make_actor(Role.SHELTER)
    with trust.acting(other), pytest.raises(Missing):
        shelters.describe(by=other, shelter_id=one.pk, places=9)
    with trust.acting(owner), pytest.raises(Refused) as refusal:
        shelters.describe(by=owner, label="Mine", places=1)
    assert refusal.value.status == 403


@pytest.mark.usefixtures("unlocked")
def test_day_log_is_sealed_says_no_house_and_is_corrected_by_its_author():
    host = make_actor(Role.SHELTER)
    case = make_case(host)
    entry = note_down("day_log", case, host, kind="night", words={"note": "Slept badly, asked for the light."})
    assert "shelter" not in {field.name for field in DayLog._meta.get_fields()}
    colleague = make_actor(Role.SHELTER, organisation_id=host.organisation_id, organisation=None)
    with pytest.raises(Refused):
        step_on("day_log", entry, "correct", colleague)
    assert step_on("day_log", entry, "correct", host).status == "corrected"


def interpreter():
    return make_actor(Role.INTERPRETER).user


def booking(by, case=None, hour=10, **fields):
    start = NOW + timedelta(hours=hour)
    asked = {"language": "twi", "gender_asked": "woman", "starts_at": start, "ends_at": start + timedelta(hours=1), **fields}
    return note_down("interpreter", case or make_case(by), by, **asked)


@pytest.mark.postgresql
def test_interpreter_has_no_link_the_gender_asked_for_and_no_other_talk():
    owner, somebody = make_actor(), interpreter()
    made = booking(owner)
    wrong = {"interpreter": somebody, "interpreter_gender": "man", "no_link": None}
    with pytest.raises(Refused) as refusal:
        step_on("interpreter", made, "confirm", owner, **wrong)
    assert refusal.value.rows == ("interpreter.confirm:RG02", "interpreter.confirm:gender")
    right = {"interpreter": somebody, "interpreter_gender": "woman", "no_link": True}
    assert step_on("interpreter", made, "confirm", owner, **right).conflict_checked_at == NOW
    second = booking(owner)
    with pytest.raises(Refused) as refusal:
        step_on("interpreter", second, "confirm", owner, **right)
    assert refusal.value.rows == ("interpreter.confirm:possible",)
    later = booking(owner, hour=12)
    assert step_on("interpreter", later, "confirm", owner, **right).status == "confirmed"


def test_interpreter_with_a_conflict_of_interest_is_refused_and_replaced_at_the_persons_wish():
    """medic/cht-core#6660: a conflict check before any assignment."""
    owner, somebody = make_actor(), interpreter()
    case = make_case(owner)
    Conflict.objects.create(case_id=case.pk, holder=person_holder(somebody.pk), reason="relative")
    right = {"interpreter_gender": "woman", "no_link": True}
    made = booking(owner, case)
    with pytest.raises(Refused):
        step_on("interpreter", made, "confirm", owner, interpreter=somebody, **right)
    step_on("interpreter", made, "confirm", owner, interpreter=interpreter(), **right)
    again = step_on("interpreter", made, "replace", owner, replaced_because="person_asks")
    assert (again.status, again.interpreter, again.no_link) == ("asked", None, None)


@pytest.mark.postgresql
def test_health_note_needs_the_persons_agreement_and_is_closed_to_deciders_and_justice():
    doctor = make_actor(Role.HEALTH)
    case = make_case(doctor, basis=Basis.CONSENT)
    with pytest.raises(Refused) as refusal:
        note_down("health_note", case, doctor, kind="session")
    assert refusal.value.rows == ("health_note.write:talked",)
    note_down("health_note", case, doctor, kind="session", agreed_at=NOW)
    for role in (Role.IDENTIFICATION_AUTHORITY, Role.PROSECUTOR, Role.SHELTER, Role.FIRST_RESPONDER):
        other = make_actor(role)
        give_to(other, case)
        with trust.acting(other):
            assert not HealthNote.objects.visible_to(other).exists()


def test_record_of_another_service_is_missing_and_a_sealed_case_has_none():
    from havre.trust.models import Seal

    owner = make_actor()
    case = make_case(owner)
    made = note_down("safety_measure", case, owner, measure="phone", owner="worker", by_when=DAY)
    with pytest.raises(Missing):
        step_on("safety_measure", made, "do", make_actor())
    Seal.objects.create(case_id=case.pk, reason="threat", starts_at=NOW - timedelta(hours=1), review_on=DAY, by=owner.user)
    with pytest.raises(Missing):
        step_on("safety_measure", made, "do", owner)
    with trust.acting(owner):
        assert not SafetyMeasure.objects.visible_to(owner).exists()


def test_double_submit_makes_one_record():
    from havre.protection.services import care
    from havre.trust.ids import new_id

    owner, once = make_actor(), new_id()
    case = make_case(owner)
    for _again in range(2):
        with trust.acting(owner, once=once):
            care.open_record(kind="task", case_id=case.pk, person_id=person_of(case).pk, record={"kind": "call", "due_at": NOW}, by=owner)
    assert Task.objects.for_house("tests").count() == 1


def test_two_guardians_at_once_never_stand_beside_one_child():
    owner = make_actor(Role.CHILD_PROTECTION)
    case = make_case(owner, age=15)
    first = note_down("beside", case, owner, kind="guardian", named_by="court", independent=True)
    with pytest.raises(Refused):
        note_down("beside", case, owner, kind="guardian", named_by="court", independent=True)
    assert note_down("beside", case, owner, kind="advocate", named_by="person", independent=True).status == "named"
    step_on("beside", first, "end", owner)
    assert note_down("beside", case, owner, kind="guardian", named_by="authority", independent=True).status == "named"
    assert let_in(make_actor(Role.CASE_MANAGER), first, Basis.CONSENT) and Case.objects.for_house("tests").count() == 1
