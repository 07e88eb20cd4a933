"""Case conference: seats on consent, a quorum with each gap named, decisions with an owner and a day, minutes for those who sat."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from havre import trust
from havre.referral import services
from havre.referral.models import ActionItem, Conference, Seat
from havre.referral.queries import conferences
from havre.register import notes
from havre.register.models import Case
from havre.trust.enums import Role, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import Conflict, Grant, Seal
from havre.trust.models.accounts import job_holder, person_holder
from tests.factories import NOW, make_actor, make_case
from tests.factories_casework import agree, consent_to, person_of, withdraw
from tests.factories_vault import unlocked  # noqa: F401
from tests.pages import browser, shell  # noqa: F401
from tests.referral.houses import act, stored, told

pytestmark = pytest.mark.usefixtures("unlocked")
SITS = NOW + timedelta(days=3)
SEATS = (
    (Role.SHELTER, Section.PROTECTION), (Role.HEALTH, Section.PROTECTION | Section.HEALTH), (Role.PROSECUTOR, Section.FACTS),
)  # fmt: skip


class Table:
    """A case manager, three other services, a case and the person's consent for each seat."""

    def __init__(self, *, at=NOW, roles=SEATS, age=24):
        self.chair = make_actor(Role.CASE_MANAGER, at=at)
        self.case = make_case(self.chair, age=age)
        self.person = person_of(self.case)
        self.others = [make_actor(role, at=at) for role, _sections in roles]
        self.consents = []
        for other, (_role, sections) in zip(self.others, roles, strict=True):
            agree(self.chair, other)
            self.consents.append(consent_to(self.case, other, sections=sections, days=3650))

    @property
    def invited(self):
        own = services.Invited(self.chair.organisation_id, self.chair.role, chair=True)
        return [
            own,
            *(services.Invited(o.organisation_id, o.role, consent_id=c.pk) for o, c in zip(self.others, self.consents, strict=True)),
        ]

    def call(self, **changes):
        asked = {"sits_at": SITS, "seats": self.invited, "agenda": ["safety", "plan"], **changes}
        return act(services.call, self.chair, case_id=self.case.pk, person_id=self.person.pk, **asked)

    def sitting(self, **changes):
        made = self.call(**changes)
        for actor in (self.chair, *self.others):
            act(services.attend, actor, conference_id=made.pk, no_conflict=True)
        return act(services.open_sitting, self.chair, conference_id=made.pk, trained_member=True)

    def decided(self, **changes):
        made = self.sitting(**changes)
        first, second = conferences.agenda_of(made)
        owner = Seat.objects.for_house("tests").get(conference=made, role="shelter")
        point = {"conference_id": made.pk, "reasons": "Sentinelreason, weighed with the person."}
        due = (NOW + timedelta(days=9)).date()
        act(services.settle, self.chair, item_id=first.pk, decision="adopted", owner_id=owner.pk, due_on=due, **point)
        act(services.settle, self.chair, item_id=second.pk, decision="postponed", **point)
        return act(services.decide, self.chair, conference_id=made.pk, minutes="Sentinelminutes of the sitting.")


@pytest.fixture
def table():
    return Table()


def sees(actor, case, at=NOW):
    actor = actor.on(at)
    with trust.acting(actor):
        return Case.objects.visible_to(actor).filter(pk=case.pk).exists()


def test_call_tells_each_seat_and_opens_what_its_consent_and_its_role_allow(table):
    made = table.call()
    shelter, health, prosecutor = table.others
    assert (made.status, [told(actor) for actor in (table.chair, *table.others)]) == ("called", [["called"]] * 4)
    held = {grant.role: Section(grant.sections) for grant in Grant.objects.filter(case_id=table.case.pk, basis="consent")}
    assert held == {
        "shelter": Section.CASE | Section.PROTECTION,
        "health": Section.CASE | Section.PROTECTION | Section.HEALTH,
        "prosecutor": Section.CASE | Section.FACTS,
    }
    assert [sees(actor, table.case) for actor in (shelter, health, prosecutor)] == [True, True, True]


def test_seat_without_a_live_consent_is_refused_and_nobody_is_told(table):
    type(table.consents[0]).objects.for_house("tests").filter(pk=table.consents[0].pk).update(state="refused")
    with pytest.raises(Refused) as refusal:
        table.call()
    assert (refusal.value.rows, told(table.others[1])) == (("conference.call:RG14",), [])


@pytest.mark.parametrize(("hours", "urgent", "stands"), [(48, False, True), (47, False, False), (4, True, True), (3, True, False)])
def test_notice_is_two_days_or_four_hours_when_urgent(table, hours, urgent, stands):
    if stands:
        assert table.call(sits_at=NOW + timedelta(hours=hours), urgent=urgent).status == "called"
        return
    with pytest.raises(Refused) as refusal:
        table.call(sits_at=NOW + timedelta(hours=hours), urgent=urgent)
    assert refusal.value.rows == ("conference.call:notice",)


def test_call_without_agenda_without_chair_twice_or_for_a_role_without_a_seat_is_refused(table):
    with pytest.raises(Invalid):
        table.call(agenda=["gossip"])
    with pytest.raises(Refused) as refusal:
        table.call(seats=table.invited[1:])
    assert refusal.value.rows == ("conference.call:one_chair",)
    with pytest.raises(Invalid):
        table.call(seats=[services.Invited(table.chair.organisation_id, "interpreter")])
    table.call()
    with pytest.raises(Refused):
        table.call()


def test_conflict_of_interest_at_a_seat_refuses_the_call_and_hides_it_from_the_subject(table):
    """cht-core#6660: a report about a worker reached that worker."""
    subject = table.others[0]
    holder = job_holder(subject.organisation_id, subject.role)
    conflict = Conflict.objects.create(case_id=table.case.pk, holder=holder, reason="named")
    with pytest.raises(Refused) as refusal:
        table.call()
    assert "conflict of interest" in str(refusal.value.reasons[0])
    assert told(subject) == []
    conflict.delete()
    made = table.call()
    Conflict.objects.create(case_id=table.case.pk, holder=person_holder(subject.user.pk), reason="named")
    with trust.acting(subject), pytest.raises(Missing):
        conferences.seat_of(subject, made.pk)
    with pytest.raises(Missing):
        act(services.attend, subject, conference_id=made.pk, no_conflict=True)


def test_conference_without_quorum_is_refused_with_each_gap_named(table):
    """Issue 5, bad input: a conference without quorum."""
    made = table.call(decides_status=True)
    with pytest.raises(Refused) as refusal:
        act(services.open_sitting, table.chair, conference_id=made.pk)
    gaps = {row.rsplit(":", 1)[1] for row in refusal.value.rows}
    assert gaps == {"RG06", "chair_here", "enough", "two_bodies"}
    assert len(refusal.value.reasons) == 4
    assert stored(made).status == "called"
    act(services.attend, table.chair, conference_id=made.pk, no_conflict=True)
    act(services.attend, table.others[0], conference_id=made.pk, no_conflict=True)
    with pytest.raises(Refused) as refusal:
        act(services.open_sitting, table.chair, conference_id=made.pk, trained_member=True)
    assert {row.rsplit(":", 1)[1] for row in refusal.value.rows} == {"RG06", "enough"}


def test_conference_on_status_sits_with_the_authority_two_bodies_and_a_trained_member():
    table = Table(roles=((Role.IDENTIFICATION_AUTHORITY, Section.FACTS), (Role.SHELTER, Section.PROTECTION)))
    assert table.sitting(decides_status=True).status == "sitting"


def test_conference_about_a_child_needs_its_safeguards_and_child_protection_present():
    heard = {"best_interests_at": NOW, "child_heard_at": NOW, "guardian_named_at": NOW}
    table = Table(age=15)
    with pytest.raises(Refused) as refusal:
        table.call()
    assert refusal.value.rows == ("conference.call:RG13",)
    with pytest.raises(Refused) as refusal:
        table.sitting(**heard)
    assert refusal.value.rows == ("conference.open:child_seat",)
    guarded = Table(age=15, roles=((Role.GUARDIAN, Section.PROTECTION), (Role.SHELTER, Section.PROTECTION)))
    assert guarded.sitting(**heard).status == "sitting"


def test_seat_without_a_word_on_conflicts_is_not_taken(table):
    made = table.call()
    with pytest.raises(Refused):
        act(services.attend, table.others[0], conference_id=made.pk, no_conflict=False)
    for stranger in (make_actor(Role.SHELTER), make_actor()):
        with pytest.raises(Missing):
            act(services.attend, stranger, conference_id=made.pk, no_conflict=True)


def test_documents_are_seen_by_the_seats_that_may_read_their_section(table):
    with trust.acting(table.chair):
        who = {"case_id": table.case.pk, "person_id": table.person.pk, "happened_at": NOW, "by": table.chair}
        laid = [notes.add(section=s, words="Made-up note.", **who).pk for s in (Section.PROTECTION, Section.FACTS)]
    made = table.call(documents=laid)

    def laid_before(actor):
        with trust.acting(actor):
            return [str(one.section) for one in conferences.laid_before(actor, made)]

    shelter, _health, prosecutor = table.others
    assert (laid_before(shelter), laid_before(prosecutor)) == (["Protection"], ["Trafficking facts"])
    assert sorted(laid_before(table.chair)) == ["Protection", "Trafficking facts"]
    with pytest.raises(Missing):
        Table().call(documents=laid)


def test_decisions_need_reasons_an_owner_and_a_day_to_come(table):
    made = table.sitting()
    first, second = conferences.agenda_of(made)
    owner = Seat.objects.for_house("tests").get(conference=made, role="shelter").pk
    point = {"conference_id": made.pk, "item_id": first.pk, "decision": "adopted", "reasons": "Because.", "owner_id": owner}
    for wrong in (
        {"reasons": " "},
        {"owner_id": None},
        {"due_on": None},
        {"due_on": NOW.date() - timedelta(days=1)},
        {"decision": "maybe"},
    ):
        with pytest.raises(Invalid):
            act(services.settle, table.chair, **{**point, "due_on": NOW.date(), **wrong})
    with pytest.raises(Refused):
        act(services.settle, table.others[0], **point, due_on=NOW.date())
    act(services.settle, table.chair, **point, due_on=NOW.date())
    with pytest.raises(Refused) as refusal:
        act(services.decide, table.chair, conference_id=made.pk, minutes="x")
    assert refusal.value.rows == ("conference.decide:reasoned",)
    act(services.settle, table.chair, conference_id=made.pk, item_id=second.pk, decision="rejected", reasons="No.")
    with pytest.raises(Invalid):
        act(services.decide, table.chair, conference_id=made.pk, minutes=" ")
    assert act(services.decide, table.chair, conference_id=made.pk, minutes="All agreed.").status == "decided"


def test_minutes_reasons_and_dissent_are_sealed_and_read_by_those_who_sat_and_may(table):
    made = table.decided()
    shelter, _health, prosecutor = table.others
    colleague = make_actor(Role.CHILD_PROTECTION, organisation_id=table.chair.organisation_id, organisation=None)

    def read(actor):
        with trust.acting(actor):
            return sorted(conferences.words_of(actor, conferences.seat_of(actor, made.pk)).values())

    assert read(shelter)[0].startswith("Sentinelminutes") or read(shelter)[-1].startswith("Sentinelreason")
    assert len(read(table.chair)) == 3
    assert read(prosecutor) == []
    with pytest.raises(Missing):
        read(colleague)
    plain = [
        str(value)
        for model in (Conference, Seat, ActionItem)
        for row in model.objects.for_house("tests").values()
        for value in row.values()
    ]
    assert [value for value in plain if "Sentinel" in value] == []


def test_seat_that_came_not_reads_no_minutes(table):
    late = make_actor(Role.SHELTER)
    agree(table.chair, late)
    absent = services.Invited(late.organisation_id, late.role, consent_id=consent_to(table.case, late).pk)
    made = table.call(seats=[*table.invited, absent])
    for actor in (table.chair, *table.others):
        act(services.attend, actor, conference_id=made.pk, no_conflict=True)
    act(services.open_sitting, table.chair, conference_id=made.pk)
    for item in conferences.agenda_of(made):
        act(services.settle, table.chair, conference_id=made.pk, item_id=item.pk, decision="rejected", reasons="No.")
    act(services.decide, table.chair, conference_id=made.pk, minutes="All agreed.")
    with trust.acting(late):
        assert conferences.words_of(late, conferences.seat_of(late, made.pk)) == {}


def test_dissent_is_written_by_a_seat_that_is_present(table):
    made = table.sitting()
    with pytest.raises(Invalid):
        act(services.dissent, table.others[0], conference_id=made.pk, words="")
    act(services.dissent, table.others[0], conference_id=made.pk, words="Too early.")
    seat = Seat.objects.for_house("tests").get(conference=made, role="shelter")
    assert seat.dissents
    with trust.acting(table.chair):
        words = conferences.words_of(table.chair, conferences.seat_of(table.chair, made.pk))
    assert words[f"dissent-{seat.pk}"] == "Too early."


def test_withdrawn_consent_empties_its_seat_at_once(table):
    made = table.call()
    withdraw(table.consents[0], at=NOW + timedelta(minutes=1), by=table.chair)
    assert (sees(table.others[0], table.case, NOW + timedelta(minutes=1)), told(table.others[0])[-1]) == (False, "closed")
    with pytest.raises(Refused):
        act(services.attend, table.others[0], conference_id=made.pk, no_conflict=True)


def test_actions_wait_at_their_owner_rise_when_late_and_close_the_conference(table):
    made = table.decided()
    shelter = table.others[0]
    with trust.acting(shelter):
        (action,) = conferences.own_actions(shelter)
    assert told(shelter) == ["called", "action"]
    with pytest.raises(Refused) as refusal:
        act(services.close_conference, table.chair, conference_id=made.pk)
    assert refusal.value.rows == ("conference.close:actions",)
    assert services.sweep_conferences(NOW + timedelta(days=9)) == 0
    assert services.sweep_conferences(NOW + timedelta(days=10)) == 1
    assert (told(shelter)[-1], told(table.chair)[-1], services.sweep_conferences(NOW + timedelta(days=11))) == (
        "action_late", "action_late", 0,
    )  # fmt: skip
    with pytest.raises(Missing):
        act(services.answer_action, table.chair, action_id=action.pk, outcome="done")
    with pytest.raises(Invalid):
        act(services.answer_action, shelter, action_id=action.pk, outcome="perhaps")
    act(services.answer_action, shelter, action_id=action.pk, outcome="done")
    with pytest.raises(Refused):
        act(services.answer_action, shelter, action_id=action.pk, outcome="done")
    act(services.close_conference, table.chair, conference_id=made.pk)
    assert (stored(made).status, sees(shelter, table.case)) == ("closed", False)


def test_conference_that_nobody_opened_is_off_and_one_that_is_called_off_closes_its_seats(table):
    made = table.call()
    assert services.sweep_conferences(SITS + timedelta(hours=23)) == 0
    assert services.sweep_conferences(SITS + timedelta(days=1)) == 1
    assert (stored(made).status, told(table.others[0])[-1]) == ("cancelled", "cancelled")
    other = Table()
    again = other.call()
    with pytest.raises(Missing):
        act(services.cancel, make_actor(), conference_id=again.pk)
    act(services.cancel, other.chair, conference_id=again.pk)
    assert not sees(other.others[0], other.case)


def test_sealed_case_takes_its_conference_along(table):
    made = table.call()
    Seal.objects.create(case_id=table.case.pk, reason="threat", starts_at=NOW, review_on=NOW.date(), by=table.chair.user)
    for actor in (table.chair, *table.others):
        with trust.acting(actor), pytest.raises(Missing):
            conferences.seat_of(actor, made.pk)


@pytest.mark.usefixtures("shell")
def test_pages_call_sit_decide_and_answer():
    table = Table(at=timezone.now())
    client, shelter = browser(table.chair), browser(table.others[0])
    url = reverse("referral:call", args=[table.case.pk, table.person.pk])
    assert client.get(url).status_code == 200
    when = (timezone.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    seats = {f"seat-{consent.pk}": str(other.role) for consent, other in zip(table.consents, table.others, strict=True)}
    asked = {"sits_at": when, "agenda": ["safety"], "seat-own": "case_manager", "chair": "own", **seats}
    assert client.post(url, {**asked, "agenda": []}).status_code == 422
    assert client.post(url, {**asked, "sits_at": timezone.now().strftime("%Y-%m-%dT%H:%M")}).status_code == 409
    where = client.post(url, asked).headers["Location"]
    assert client.post(where, {"step": "open"}).status_code == 409
    assert "Before it may open" in client.get(where).content.decode()
    assert shelter.post(where, {"step": "attend"}).status_code == 409
    for actor in (table.chair, *table.others):
        assert browser(actor).post(where, {"step": "attend", "no_conflict": "on"}).status_code == 302
    assert shelter.post(where, {"step": "open"}).status_code == 409
    assert client.post(where, {"step": "open"}).status_code == 302
    made = Conference.objects.for_house("tests").get()
    (item,) = conferences.agenda_of(made)
    owner = Seat.objects.for_house("tests").get(conference=made, role="shelter")
    point = {f"{item.pk}-{name}": value for name, value in (
        ("item", item.pk), ("decision", "adopted"), ("reasons", "Sentinelreason"), ("owner", owner.pk),
        ("due_on", (timezone.now() + timedelta(days=2)).date().isoformat()),
    )}  # fmt: skip
    assert client.post(where, {"step": f"point-{item.pk}"}).status_code == 422
    assert client.post(where, {"step": f"point-{item.pk}", **point}).status_code == 302
    assert client.post(where, {"step": "decide", "words": "Sentinelminutes"}).status_code == 302
    assert "Sentinelminutes" in shelter.get(where).content.decode()
    closed = browser(table.others[2]).get(where).content.decode()
    assert ("Sentinelminutes" in closed, "Sentinelreason" in closed, "Adopted" in closed) == (False, False, True)
    for stranger in (make_actor(at=timezone.now()), make_actor(Role.COORDINATOR, at=timezone.now())):
        assert browser(stranger).get(where).status_code == 404
    action = reverse("referral:action", args=[ActionItem.objects.for_house("tests").get().pk])
    assert client.get(action).status_code == 404
    assert shelter.get(action).status_code == 200
    assert shelter.post(action, {"outcome": "done"}).status_code == 302
    assert client.post(where, {"step": "close"}).status_code == 302
    assert stored(made).status == "closed"
