"""Retention: what is over its term is seen first, held where it must be, ordered by one person and gone for good."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from havre import trust
from havre.register.models import Case
from havre.trust import identity
from havre.trust.enums import Role, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.ids import new_id
from havre.trust.models import ActRow, Erasure, LegalHold, PersonKey, RetentionOrder, Seal, SealedSection
from havre.trust.retention import services
from havre.trust.retention.planning import over_on, plan
from tests.factories_site import make_case_now, make_now, signed_in
from tests.factories_vault import committed, unlocked  # noqa: F401
from tests.french import french  # noqa: F401

pytestmark = pytest.mark.usefixtures("unlocked")


def closed_case(*, months: int, sections=(Section.WHEREABOUTS, Section.HEALTH), owner=None):
    """A case closed so many months (of 31 days) ago, with one sealed body in each section; its person's id."""
    owner = owner or make_now(Role.CASE_MANAGER)
    case = make_case_now(owner)
    person = case.persons.for_house("tests").get().pk
    for section in sections:
        row = {"case_id": case.pk, "person_id": person, "section_bit": int(section), "kind": "note", "record_id": new_id()}
        SealedSection.objects.for_house("tests").model(**row, body=b"x" * 40, key_version=1).save(force_insert=True)
    Case.objects.for_house("tests").filter(pk=case.pk).update(status="Closed", closed_at=timezone.now() - timedelta(days=31 * months))
    return case, person


def seal(case):
    Seal.objects.create(case_id=case.pk, reason="safety", starts_at=timezone.now(), review_on=date.today(), by=make_now().user)


def officer(**more):
    return make_now(Role.DATA_PROTECTION_OFFICER, **more)


def order_all(by):
    with trust.acting(by):
        return services.order(digest=services.first_of(plan(by.at)).digest, by=by)


@given(closed=st.dates(date(2000, 1, 1), date(2090, 1, 1)), months=st.integers(1, 240))
def test_term_ends_in_the_month_named_and_never_before_its_day(closed, months):
    over = over_on(datetime(closed.year, closed.month, closed.day, 12, tzinfo=UTC), months)
    assert (over.year * 12 + over.month) - (closed.year * 12 + closed.month) == months
    assert over.day <= closed.day
    assert over.day == closed.day or (over + timedelta(days=1)).day == 1


@pytest.mark.django_db(databases="__all__")
class TestDryRun:
    def test_names_each_section_by_its_own_term_and_removes_nothing(self):
        case, person = closed_case(months=4)
        before = SealedSection.objects.for_house("tests").count()
        (line,) = plan(timezone.now()).lines
        assert (line.case_id, line.person_id, line.section, line.rule.id) == (case.pk, person, Section.WHEREABOUTS, "whereabouts")
        assert SealedSection.objects.for_house("tests").count() == before

    def test_term_of_the_person_takes_every_section_with_it(self):
        _case, person = closed_case(months=13)
        (line,) = plan(timezone.now()).lines
        assert (line.person_id, line.section, line.sealed) == (person, None, 2)

    def test_open_case_is_never_over_its_term(self):
        case, _person = closed_case(months=40)
        Case.objects.for_house("tests").filter(pk=case.pk).update(status="Active", closed_at=None)
        assert plan(timezone.now()).lines == ()

    def test_sealed_case_is_absent(self):
        case, _person = closed_case(months=40)
        seal(case)
        assert plan(timezone.now()).lines == ()

    def test_needs_no_more_questions_for_ten_cases_than_for_one(self, django_assert_max_num_queries):
        owner = make_now(Role.CASE_MANAGER)
        for _each in range(10):
            closed_case(months=4, owner=owner)
        with django_assert_max_num_queries(12):
            assert len(plan(timezone.now()).lines) == 10


@pytest.mark.django_db(databases="__all__")
class TestHold:
    def test_held_case_stays_until_the_hold_is_lifted(self):
        case, _person = closed_case(months=4)
        by = officer()
        with trust.acting(by):
            held = services.hold(case_id=case.pk, reason="claim", review_on=date.today() + timedelta(days=90), by=by)
        found = plan(by.at)
        assert found.going == ()
        assert "paid" in str(found.held[0].held)
        with trust.acting(by):
            services.lift(hold_id=held.pk, by=by)
        assert len(plan(by.at).going) == 1
        assert list(ActRow.objects.filter(case_id=case.pk).values_list("event", flat=True).order_by("at", "pk"))[-2:] == [
            "retention.hold",
            "retention.lift",
        ]

    def test_second_hold_for_one_reason_is_refused(self):
        case, _person = closed_case(months=4)
        by, when = officer(), date.today() + timedelta(days=90)
        with trust.acting(by):
            services.hold(case_id=case.pk, reason="claim", review_on=when, by=by)
            with pytest.raises(Refused, match="already"):
                services.hold(case_id=case.pk, reason="claim", review_on=when, by=by)

    @pytest.mark.parametrize("days", [0, -1, 900])
    def test_hold_without_an_end_in_sight_is_refused(self, days):
        case, _person = closed_case(months=4)
        by = officer()
        with trust.acting(by), pytest.raises(Invalid):
            services.hold(case_id=case.pk, reason="claim", review_on=date.today() + timedelta(days=days), by=by)

    def test_sealed_case_cannot_be_told_from_none(self):
        case, _person = closed_case(months=4)
        by = officer()
        seal(case)
        with trust.acting(by), pytest.raises(Missing):
            services.hold(case_id=case.pk, reason="claim", review_on=date.today() + timedelta(days=9), by=by)


@pytest.mark.django_db(databases="__all__")
class TestOrder:
    def test_section_goes_and_the_rest_stays(self):
        case, person = closed_case(months=4)
        by = officer()
        order_all(by)
        assert services.carry_out(by.at) == 1
        left = SealedSection.objects.for_house("tests").filter(person_id=person).values_list("section_bit", flat=True)
        assert list(left) == [int(Section.HEALTH)]
        assert plan(by.at).lines == ()
        row = ActRow.objects.get(event="retention.section")
        assert (row.case_id, row.codes["rows"], row.codes["section"]) == (case.pk, 1, "whereabouts")
        ordered = RetentionOrder.objects.get()
        assert (ordered.done, ordered.kept) == (1, 0)

    def test_what_is_held_after_the_order_stays(self):
        case, person = closed_case(months=4)
        by = officer()
        order_all(by)
        with trust.acting(by):
            services.hold(case_id=case.pk, reason="order", review_on=date.today() + timedelta(days=90), by=by)
        assert services.carry_out(by.at) == 0
        assert SealedSection.objects.for_house("tests").filter(person_id=person).count() == 2
        assert RetentionOrder.objects.get().kept == 1

    def test_case_that_came_over_its_term_after_the_order_is_not_in_it(self):
        closed_case(months=4)
        by = officer()
        order_all(by)
        _later, person = closed_case(months=4)
        services.carry_out(by.at)
        assert SealedSection.objects.for_house("tests").filter(person_id=person).count() == 2

    def test_list_that_changed_since_it_was_read_is_refused(self):
        closed_case(months=4)
        by = officer()
        read = services.first_of(plan(by.at)).digest
        closed_case(months=4)
        with trust.acting(by), pytest.raises(Refused, match="changed"):
            services.order(digest=read, by=by)

    def test_whoever_lost_the_job_has_no_standing_order(self):
        closed_case(months=4)
        by = officer()
        ordered = order_all(by)
        ordered.ordered_by.ended_at = by.at
        ordered.ordered_by.save()
        assert services.carry_out(by.at) == 0
        assert RetentionOrder.objects.get().kept == 1

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.DATA_PROTECTION_OFFICER}))
    def test_nobody_else_orders_holds_or_lifts(self, role):
        case, _person = closed_case(months=4)
        held = LegalHold.objects.create(
            case_id=case.pk, reason="claim", placed_by=officer().user, placed_at=timezone.now(), review_on=date.today()
        )
        by = make_now(role)
        with trust.acting(by):
            for do in (
                lambda: services.order(digest="", by=by),
                lambda: services.hold(case_id=case.pk, reason="order", review_on=date.today() + timedelta(days=9), by=by),
                lambda: services.lift(hold_id=held.pk, by=by),
            ):
                with pytest.raises(Refused):
                    do()


@pytest.mark.django_db(transaction=True, databases="__all__")
@pytest.mark.usefixtures("committed")
def test_person_over_the_term_is_erased_with_the_key():
    owner = make_now(Role.CASE_MANAGER)
    case, person = closed_case(months=13, sections=(), owner=owner)
    with trust.acting(owner):
        body = {"prs_FirstName": "Zephyrine", "prs_SecondName": "Quaynor"}
        identity.write(by=owner, case_id=case.pk, person_id=person, section=Section.IDENTITY, kind="identity", body=body)
    by = officer()
    order_all(by)
    assert services.carry_out(by.at) == 1
    assert not PersonKey.objects.filter(pk=person).exists()
    assert Erasure.objects.get(pk=person).reason == "retention"
    assert plan(by.at).lines == ()


@pytest.mark.django_db(databases="__all__")
class TestPage:
    def test_officer_reads_orders_and_sees_what_went(self):
        case, _person = closed_case(months=4)
        client = signed_in(officer())
        page = client.get(reverse("retention"))
        assert case.ref in page.content.decode()
        done = client.post(reverse("retention"), {"digest": page.context["digest"]}, follow=True)
        assert "not carried out yet" in done.content.decode()
        services.carry_out(timezone.now())
        assert "1 gone, 0 kept back" in client.get(reverse("retention")).content.decode()

    def test_old_list_is_refused_with_the_reason(self):
        closed_case(months=4)
        answer = signed_in(officer()).post(reverse("retention"), {"digest": "0" * 64})
        assert answer.status_code == 409
        assert "read it again" in answer.content.decode()

    def test_hold_by_reference_keeps_what_was_typed_when_it_is_wrong(self):
        client = signed_in(officer())
        typed = {"ref": "D-0000-0000", "reason": "claim", "review_on": (date.today() + timedelta(days=30)).isoformat()}
        answer = client.post(reverse("retention_hold"), typed)
        assert answer.status_code == 422
        assert "D-0000-0000" in answer.content.decode()
        assert "No file bears this reference" in answer.content.decode()

    def test_hold_and_lift_through_the_page(self):
        case, _person = closed_case(months=4)
        client = signed_in(officer())
        typed = {"ref": case.ref, "reason": "claim", "review_on": (date.today() + timedelta(days=30)).isoformat()}
        assert client.post(reverse("retention_hold"), typed).status_code == 302
        held = LegalHold.objects.get()
        assert "held" in client.get(reverse("retention")).content.decode()
        assert client.post(reverse("retention_lift", args=[held.pk])).status_code == 302
        held.refresh_from_db()
        assert held.lifted_at

    @pytest.mark.usefixtures("french")
    def test_page_is_french(self):
        closed_case(months=4)
        text = signed_in(officer(language="fr")).get(reverse("retention")).content.decode()
        assert "Conservation" in text
        assert "Une ancienne adresse" in text

    def test_page_is_closed_to_a_case_manager(self):
        assert signed_in(make_now(Role.CASE_MANAGER)).get(reverse("retention")).status_code == 403
