"""The fact pages through the front door: two readers, floors, and what each role may do."""

from datetime import date

import pytest
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone, translation

from havre import standards
from havre.site.facts import services
from havre.standards.models import FactRevision, RevisionState
from havre.trust.enums import Role
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models.audit import ActRow, Reading
from tests.factories import make_actor
from tests.factories_site import make_now, signed_in

FORM = {"value": "45", "valid_from": "2026-11-01", "source": "Act 999, s. 3", "confidence": "high", "note": ""}


@pytest.fixture
def author():
    return make_now(Role.COORDINATOR)


@pytest.fixture
def reader():
    return make_now(Role.LEGAL_AID)


@pytest.fixture
def draft(author):
    response = signed_in(author).post(reverse("fact_propose", args=["reflection_days"]), FORM)
    assert response.status_code == 302
    return FactRevision.objects.get()


def today(id):
    return standards.fact(id, on=timezone.localdate())


def test_list_shows_every_fact_with_its_state(reader):
    text = signed_in(reader).get(reverse("facts")).content.decode()
    assert "unconfirmed: project default" in text
    assert "(not dialled yet)" in text
    assert text.count("<tr>") > 30
    assert text.count(reverse("fact", args=["hotline"])) == 1
    assert reverse("fact", args=["helplines"]) not in text


@pytest.mark.parametrize("waiting", [1, 20])
def test_list_asks_the_same_number_of_queries_for_one_proposal_and_twenty(waiting, author, reader, django_assert_max_num_queries):
    for number in range(waiting):
        services.propose(fact="age_marriage", value=number % 30, valid_from=date(2026, 1, 1), source="s", confidence="low", by=author)
    client = signed_in(reader)
    with django_assert_max_num_queries(20):
        response = client.get(reverse("facts"))
    assert len(response.context["waiting"]) == waiting


def test_second_reader_accepts_and_puts_in_force_and_the_fact_changes(draft, reader):
    client = signed_in(reader)
    assert today("reflection_days").value == 30
    assert client.post(reverse("fact_accept", args=[draft.pk])).status_code == 302
    assert today("reflection_days").value == 30
    assert client.post(reverse("fact_in_force", args=[draft.pk]), {"valid_from": "2026-11-01"}).status_code == 302
    fact = today("reflection_days")
    assert (fact.value, fact.is_signed, fact.revision) == (45, True, str(draft.pk))
    assert standards.fact("reflection_days", on=date(2026, 10, 31)).value == 30
    assert today("reflection_total_days").value == 45
    events = list(ActRow.objects.filter(subject=draft.pk).order_by("pk").values_list("event", flat=True))
    assert events == ["fact.propose", "fact.accept", "fact.put_in_force"]


def test_author_who_accepts_the_own_draft_is_refused_and_nothing_changes(draft, author):
    response = signed_in(author).post(reverse("fact_accept", args=[draft.pk]))
    draft.refresh_from_db()
    assert response.status_code == 409
    assert "another person must read it" in response.content.decode()
    assert (draft.state, draft.reviewer_id) == (RevisionState.DRAFT, None)
    refusal = Reading.objects.get(event="fact.accept")
    assert refusal.subjects == [str(draft.pk)]


def test_page_of_the_author_offers_no_accept_and_that_of_the_reader_does(draft, author, reader):
    address, act = reverse("fact", args=["reflection_days"]), reverse("fact_accept", args=[draft.pk])
    assert act not in signed_in(author).get(address).content.decode()
    assert act in signed_in(reader).get(address).content.decode()


def test_draft_that_nobody_accepted_cannot_be_put_in_force(draft, reader):
    response = signed_in(reader).post(reverse("fact_in_force", args=[draft.pk]), {"valid_from": "2026-11-01"})
    draft.refresh_from_db()
    assert (response.status_code, draft.state) == (409, RevisionState.DRAFT)
    assert today("reflection_days").value == 30


@pytest.mark.parametrize("role", [Role.CASE_MANAGER, Role.INVESTIGATOR, Role.ADMINISTRATOR])
def test_role_that_may_not_edit_facts_reads_them_and_is_refused_every_act(role, draft):
    client = signed_in(make_now(role))
    assert client.get(reverse("facts")).status_code == 200
    assert client.get(reverse("fact", args=["reflection_days"])).status_code == 200
    assert client.get(reverse("fact_propose", args=["reflection_days"])).status_code == 403
    for name in ("fact_accept", "fact_in_force", "fact_set_aside"):
        assert client.post(reverse(name, args=[draft.pk]), {"valid_from": "2026-11-01"}).status_code == 403
    draft.refresh_from_db()
    assert draft.state == RevisionState.DRAFT


def test_value_beneath_a_floor_is_refused_and_what_was_typed_stays(author):
    response = signed_in(author).post(reverse("fact_propose", args=["reflection_days"]), FORM | {"value": "20"})
    text = response.content.decode()
    assert response.status_code == 422
    assert "never less than 30" in text
    assert 'value="20"' in text
    assert "Act 999, s. 3" in text
    assert not FactRevision.objects.exists()


def test_floor_counts_the_whole_period_and_not_one_part_of_it(settings, author):
    settings.HAVRE_COUNTRY = "th"
    fields = {"valid_from": date(2026, 1, 1), "source": "s", "confidence": "high", "by": author}
    services.propose(fact="reflection_days", value=10, **fields)
    with pytest.raises(Invalid):
        services.propose(fact="reflection_extension_days", value=14, **fields)


def test_child_age_is_never_lowered_under_eighteen(author):
    with pytest.raises(Invalid) as refused:
        services.propose(fact="age_child_in_thb_law", value=17, valid_from=date(2026, 1, 1), source="s", confidence="high", by=author)
    assert list(refused.value.problems) == ["value"]


def test_same_day_revision_replaces_the_one_in_force(author, reader):
    made = []
    for days in (40, 50):
        one = services.propose(fact="reflection_days", value=days, valid_from=date(2026, 1, 1), source="s", confidence="high", by=author)
        services.accept(revision_id=one.pk, by=reader)
        made.append(services.put_in_force(revision_id=one.pk, valid_from=date(2026, 1, 1), by=author))
    assert [FactRevision.objects.get(pk=one.pk).state for one in made] == [RevisionState.SUPERSEDED, RevisionState.IN_FORCE]
    assert today("reflection_days").value == 50


def test_revision_in_force_is_never_set_aside(draft, reader):
    services.accept(revision_id=draft.pk, by=reader)
    services.put_in_force(revision_id=draft.pk, valid_from=date(2026, 1, 1), by=reader)
    with pytest.raises(Refused):
        services.set_aside(revision_id=draft.pk, by=reader)


def test_revision_of_a_part_is_checked_within_its_whole(author):
    fields = {"valid_from": date(2026, 1, 1), "source": "s", "confidence": "high", "by": author}
    services.propose(fact="hotline.0", value={"number": "0800 2", "channel": "call", "verified": False}, **fields)
    with pytest.raises(Invalid):
        services.propose(fact="hotline.0", value="0800 2", **fields)


def test_record_that_names_a_period_becomes_the_reflection_period(author, reader):
    one = services.propose(
        fact="recovery_reflection",
        value={"reflection_days": 45, "extension_days": 15},
        valid_from=date(2026, 1, 1),
        source="s",
        confidence="high",
        by=author,
    )
    services.accept(revision_id=one.pk, by=reader)
    services.put_in_force(revision_id=one.pk, valid_from=date(2026, 1, 1), by=reader)
    assert [today(f"reflection_{part}days").value for part in ("", "extension_", "total_")] == [45, 15, 60]
    assert today("reflection_total_days").is_signed


def test_set_aside_draft_can_no_longer_be_accepted(draft, author, reader):
    assert signed_in(author).post(reverse("fact_set_aside", args=[draft.pk])).status_code == 302
    assert signed_in(reader).post(reverse("fact_accept", args=[draft.pk])).status_code == 409


def test_revision_of_another_country_is_missing(draft, reader, settings):
    settings.HAVRE_COUNTRY = "tl"
    assert signed_in(reader).post(reverse("fact_accept", args=[draft.pk])).status_code == 404
    with pytest.raises(Missing):
        services.accept(revision_id=draft.pk, by=reader)


@pytest.mark.parametrize(
    ("fact", "typed", "value"),
    [
        ("age_marriage", {"value": "18"}, 18),
        ("penalty", {"value_en": "Five years", "value_fr": "Cinq ans"}, {"en": "Five years", "fr": "Cinq ans"}),
        ("frequent_forms", {"value_en": "a\nb", "value_fr": "c\nd"}, [{"en": "a", "fr": "c"}, {"en": "b", "fr": "d"}]),
        (
            "hotline",
            {"value": "0800 1\nSMS 8020", "dialled": "on"},
            [{"number": "0800 1", "channel": "call", "verified": True}, {"number": "8020", "channel": "sms", "verified": True}],
        ),
        ("identifying_authority_codes", {"value": ["gh-eoco", "gh-dsw"]}, ["gh-eoco", "gh-dsw"]),
        ("recovery_reflection", {"value": "screening_days: 15\nreflection_days: 45"}, {"screening_days": 15, "reflection_days": 45}),
    ],
)
def test_proposal_of_each_kind_is_kept_as_plain_data(fact, typed, value, author):
    response = signed_in(author).post(reverse("fact_propose", args=[fact]), FORM | typed)
    assert response.status_code == 302, response.context["form"].errors
    assert FactRevision.objects.get().value == value


@pytest.mark.parametrize(
    ("fact", "typed", "said"),
    [
        ("hotline", {"value": "call us"}, "is no telephone number"),
        ("recovery_reflection", {"value": "forty-five"}, "name: value"),
        ("frequent_forms", {"value_en": "a\nb", "value_fr": "c"}, "in English and in French"),
        ("age_marriage", {"value": "31"}, "must lie within 0-30"),
        ("reflection_days", {"valid_from": ""}, "This field is required"),
    ],
)
def test_proposal_that_does_not_fit_says_how_to_mend_it(fact, typed, said, author):
    response = signed_in(author).post(reverse("fact_propose", args=[fact]), FORM | typed)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not FactRevision.objects.exists()


def test_unknown_fact_is_missing_on_every_page(author):
    client = signed_in(author)
    assert client.get(reverse("fact", args=["nothing"])).status_code == 404
    assert client.get(reverse("fact_propose", args=["nothing"])).status_code == 404


@pytest.mark.parametrize(
    ("id", "words"),
    [
        ("age_sexual_consent", ""),
        ("reflection_days", "unconfirmed: project default"),
        ("hotline", "one source, not yet confirmed"),
        ("population", "not found"),
    ],
)
def test_fact_state_is_shown_for_whatever_is_below_high_and_for_nothing_else(id, words):
    fact = standards.fact(id, on=date(2026, 11, 24), country="gh")
    shown = Template("{% load facts %}{% fact_state fact %}").render(Context({"fact": fact}))
    assert (words in shown, bool(shown)) == (True, bool(words))


def test_fact_in_french_says_value_and_state_in_french(draft):
    fact = standards.fact("definition", on=date(2026, 11, 24), country="gh")
    with translation.override("fr"):
        assert Template("{% load facts %}{{ fact|fact_value }}").render(Context({"fact": fact})).startswith("Art. 1")


def test_service_asked_by_a_role_without_the_right_is_refused():
    with pytest.raises(Refused) as refused:
        services.propose(
            fact="age_marriage", value=18, valid_from=date(2026, 1, 1), source="s", confidence="high", by=make_actor(Role.SHELTER)
        )
    assert refused.value.status == 403
