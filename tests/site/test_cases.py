import random
import re
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from havre import trust
from havre.register import notes
from havre.register.models import Case, Note
from havre.site import demonstration, line
from havre.trust import identity, paging
from havre.trust.audit import lag
from havre.trust.enums import Basis, Role, Section
from havre.trust.models import Seal
from tests.factories import give_to
from tests.factories_site import make_case_now, make_now, person_of, signed_in
from tests.factories_vault import unlocked  # noqa: F401

NAME = {"prs_FirstName": "Efua", "prs_LastName": "Example-Owusu"}


def name_it(actor, case):
    with trust.acting(actor):
        identity.write(by=actor, case_id=case.pk, person_id=person_of(case).pk, section=Section.IDENTITY, kind="identity", body=NAME)


def queries(client, path):
    asked: list[str] = []
    captured = [CaptureQueriesContext(connections[name]) for name in connections]
    for one in captured:
        one.__enter__()
    response = client.get(path)
    for one in captured:
        one.__exit__(None, None, None)
        asked += [q["sql"] for q in one.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]
    count = len(asked)
    assert response.status_code == 200
    return count, response


@pytest.mark.parametrize("path", ["/d/", "/d/?tab=all&urgent=on", "/d/search/?ref=D"])
def test_list_asks_as_many_questions_for_twenty_rows_as_for_one(path):
    actor = make_now()
    client = signed_in(actor)
    make_case_now(actor, urgent=True)
    one, first = queries(client, path)
    for number in range(19):
        make_case_now(actor, days=number + 2, urgent=True)
    twenty, second = queries(client, path)
    assert (first.content.count(b'<th scope="row">'), second.content.count(b'<th scope="row">')) == (1, 20)
    print(path, one, twenty)
    assert one == twenty
    assert twenty <= 12


def test_list_shows_own_cases_only_and_counts_no_other():
    mine, other = make_now(), make_now()
    case, hidden = make_case_now(mine), make_case_now(other)
    text = signed_in(mine).get("/d/").content.decode()
    assert case.ref in text
    assert hidden.ref not in text
    assert '<span class="n">1</span>' in text
    assert '<span class="n">2</span>' not in text


def test_sealed_case_leaves_no_trace_in_list_count_search_and_page():
    actor = make_now()
    open_case, sealed = make_case_now(actor), make_case_now(actor, days=2)
    Seal.objects.create(case_id=sealed.pk, reason="threat", starts_at=timezone.now(), review_on=timezone.localdate(), by=actor.user)
    client = signed_in(actor)
    listed = client.get("/d/")
    assert [row.case.ref for row in listed.context["found"].rows] == [open_case.ref]
    assert listed.context["found"].load.count == 1
    assert client.get("/d/search/", {"ref": sealed.ref}).status_code == 200
    assert client.get("/d/search/", {"ref": sealed.ref}).context["found"] == []
    assert client.get(reverse("case", args=[sealed.ref])).status_code == 404


def test_second_page_follows_the_first_and_goes_back_to_it():
    actor = make_now()
    cases = [make_case_now(actor, days=number + 1) for number in range(30)]
    client = signed_in(actor)
    first = client.get("/d/")
    second = client.get("/d/" + first.context["next"])
    shown = [row.case.ref for page in (first, second) for row in page.context["found"].rows]
    assert shown == [case.ref for case in cases]
    assert (second.context["next"], second.context["first"]) == ("", "?tab=open")


def test_mangled_page_address_is_422_with_what_to_do():
    response = signed_in(make_now()).get("/d/?after=zzz")
    assert (response.status_code, response.templates[0].name) == (422, "site/invalid.html")


def test_filters_keep_to_what_was_asked():
    actor = make_now()
    calm, urgent, old = make_case_now(actor), make_case_now(actor, urgent=True), make_case_now(actor, days=90)
    client = signed_in(actor)

    def refs(**asked):
        return [row.case.ref for row in client.get("/d/", asked).context["found"].rows]

    since = (timezone.localdate() - timedelta(days=10)).isoformat()
    assert refs(urgent="on") == [urgent.ref]
    assert set(refs(since=since)) == {calm.ref, urgent.ref}
    assert refs(ref=old.ref.lower().replace("0", "o")) == [old.ref]
    assert refs(tab="closed") == []


def test_filter_days_in_the_wrong_order_say_how_to_mend_and_keep_what_was_typed():
    response = signed_in(make_now()).get("/d/", {"since": "2026-02-01", "until": "2026-01-01"})
    text = response.content.decode()
    assert response.status_code == 422
    assert "swap the two" in text
    assert 'value="2026-02-01"' in text


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.RAPPORTEUR, Role.TRAINER, Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER])
def test_list_is_refused_to_roles_that_read_no_case(role):
    assert signed_in(make_now(role)).get("/d/").status_code == 403


def test_reference_typed_in_full_leads_to_the_case():
    actor = make_now()
    case = make_case_now(actor)
    typed = case.ref.lower().replace("-", "")
    response = signed_in(actor).get("/d/search/", {"ref": typed})
    assert response.headers["Location"] == reverse("case", args=[case.ref])


@pytest.mark.postgresql
@pytest.mark.parametrize("rare", [0, 500])
@pytest.mark.parametrize("small", [0, 5_000])
def test_part_of_a_reference_finds_ones_own_cases_by_every_plan(monkeypatch, rare, small):
    monkeypatch.setattr(paging, "RARE", rare)
    monkeypatch.setattr(paging, "SMALL", small)
    mine, other = make_now(), make_now()
    cases = [make_case_now(mine, days=number) for number in range(4)]
    sealed, hidden = make_case_now(mine), make_case_now(other)
    Seal.objects.create(case_id=sealed.pk, reason="threat", starts_at=timezone.now(), review_on=timezone.localdate(), by=mine.user)
    client = signed_in(mine)
    for case in (*cases, sealed, hidden):
        part = case.ref[2:6]
        shown = [one.ref for one in cases if part in one.ref]
        listed = client.get("/d/", {"tab": "all", "ref": part}).context["found"].rows
        found = client.get("/d/search/", {"ref": part}).context["found"]
        assert [one.case.ref for one in listed] == [one.case.ref for one in found] == shown


@pytest.mark.usefixtures("unlocked")
def test_name_search_finds_within_the_caseload_and_nowhere_else():
    mine, other = make_now(), make_now()
    case, hidden = make_case_now(mine), make_case_now(other)
    name_it(mine, case)
    name_it(other, hidden)
    response = signed_in(mine).post("/d/search/", {"name": "efua"})
    assert [row.case.ref for row in response.context["found"]] == [case.ref]
    assert b"Owusu" not in response.content


@pytest.mark.usefixtures("unlocked")
def test_name_search_without_fresh_factor_opens_nothing_and_asks_for_it():
    actor = make_now()
    case = make_case_now(actor)
    name_it(actor, case)
    response = signed_in(actor, fresh=False).post("/d/search/", {"name": "efua"})
    assert case.ref.encode() not in response.content
    assert b"second factor" in response.content


@pytest.mark.usefixtures("unlocked")
def test_name_search_by_one_letter_says_how_to_mend():
    response = signed_in(make_now()).post("/d/search/", {"name": "e"})
    assert response.status_code == 422
    assert b"two letters" in response.content


def test_case_page_locks_what_the_role_may_ask_for_and_is_silent_on_the_rest():
    owner, lawyer = make_now(), make_now(Role.LEGAL_AID)
    case = make_case_now(owner)
    give_to(lawyer, case, sections=Section.JUSTICE, basis=Basis.CONSENT, starts_at=timezone.now() - timedelta(days=1))
    page = signed_in(lawyer).get(reverse("case", args=[case.ref])).context["page"]
    assert {lock.section for lock in page.locks} == {Section.IDENTITY, Section.FACTS, Section.PROTECTION}
    assert Section.WHEREABOUTS not in {lock.section for lock in page.locks}


def test_locked_section_says_why_and_what_to_do():
    owner, lawyer = make_now(), make_now(Role.LEGAL_AID)
    case = make_case_now(owner)
    give_to(lawyer, case, sections=Section.JUSTICE, basis=Basis.CONSENT, starts_at=timezone.now() - timedelta(days=1))
    text = signed_in(lawyer).get(reverse("case", args=[case.ref]), {"part": "protection"}).content.decode()
    assert "their consent opens it" in text


@pytest.mark.usefixtures("unlocked")
class TestName:
    def test_reason_given_shows_the_name_once(self):
        actor = make_now()
        case = make_case_now(actor)
        name_it(actor, case)
        client = signed_in(actor)
        address = reverse("case_name", args=[case.ref])
        shown = client.post(address, {"person": person_of(case).pk, "reason": "contact"})
        assert shown.status_code == 200
        assert b"Efua Example-Owusu" in shown.content
        assert b"Efua" not in client.get(address).content

    def test_no_reason_opens_nothing(self):
        actor = make_now()
        case = make_case_now(actor)
        name_it(actor, case)
        response = signed_in(actor).post(reverse("case_name", args=[case.ref]), {"person": person_of(case).pk})
        assert response.status_code == 422
        assert b"Efua" not in response.content

    def test_stale_factor_opens_nothing_and_leads_to_it(self):
        actor = make_now()
        case = make_case_now(actor)
        name_it(actor, case)
        client = signed_in(actor, fresh=False)
        response = client.post(reverse("case_name", args=[case.ref]), {"person": person_of(case).pk, "reason": "contact"})
        assert response.status_code == 409
        assert b"Efua" not in response.content
        assert b"Confirm it is you" in response.content

    def test_role_without_identity_is_told_that_it_works_without(self):
        owner, investigator = make_now(), make_now(Role.INVESTIGATOR)
        case = make_case_now(owner)
        name_it(owner, case)
        give_to(investigator, case, basis=Basis.REFERRAL, starts_at=timezone.now() - timedelta(days=1))
        client = signed_in(investigator)
        response = client.post(reverse("case_name", args=[case.ref]), {"person": person_of(case).pk, "reason": "contact"})
        assert b"Efua" not in response.content
        assert b"not open to you" in response.content
        assert b"Open, for a reason" not in client.get(reverse("case", args=[case.ref])).content

    def test_person_of_another_case_is_missing(self):
        actor = make_now()
        case, other = make_case_now(actor), make_case_now(actor)
        response = signed_in(actor).post(reverse("case_name", args=[case.ref]), {"person": person_of(other).pk, "reason": "contact"})
        assert response.status_code == 404


@pytest.mark.usefixtures("unlocked")
class TestNote:
    def entered(self, case, **changed):
        return {
            "section": int(Section.PROTECTION),
            "person": str(person_of(case).pk),
            "happened_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
            "words": "Sleeps better.",
            **changed,
        }

    def test_note_is_in_the_thread_and_not_in_the_row(self):
        actor = make_now()
        case = make_case_now(actor)
        client = signed_in(actor)
        response = client.post(reverse("case_note", args=[case.ref]), self.entered(case))
        assert response.status_code == 302
        assert b"Sleeps better." in client.get(response.headers["Location"]).content
        row = Note.objects.for_house("tests").values().get()
        assert "Sleeps" not in str(row)

    def test_same_form_twice_is_one_note(self):
        actor = make_now()
        case = make_case_now(actor)
        client = signed_in(actor)
        data = self.entered(case, once="018f0000-0000-7000-8000-000000000001")
        for _time in range(2):
            assert client.post(reverse("case_note", args=[case.ref]), data).status_code == 302
        assert Note.objects.for_house("tests").count() == 1

    def test_note_in_a_closed_section_is_absent_for_those_who_may_not_read_it(self):
        owner, lawyer = make_now(), make_now(Role.LEGAL_AID)
        case = make_case_now(owner)
        give_to(lawyer, case, sections=Section.JUSTICE, basis=Basis.CONSENT, starts_at=timezone.now() - timedelta(days=1))
        signed_in(owner).post(reverse("case_note", args=[case.ref]), self.entered(case))
        text = signed_in(lawyer).get(reverse("case", args=[case.ref])).content
        assert b"Sleeps" not in text
        assert b"Note," not in text

    @pytest.mark.parametrize(
        ("changed", "mend"),
        [
            ({"words": "   "}, "required"),
            ({"happened_at": "2099-01-01T10:00"}, "still to come"),
            ({"section": int(Section.HEALTH)}, "valid choice"),
        ],
    )
    def test_wrong_entry_says_how_to_mend_and_keeps_the_rest(self, changed, mend):
        actor = make_now()
        case = make_case_now(actor)
        response = signed_in(actor).post(reverse("case_note", args=[case.ref]), self.entered(case, **changed))
        text = response.content.decode()
        assert response.status_code == 422
        assert mend in text
        assert Note.objects.for_house("tests").count() == 0
        assert changed.get("words") or "Sleeps better." in text


@pytest.mark.usefixtures("unlocked")
def test_case_page_asks_few_questions_however_much_the_case_holds(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    demonstration.make_accounts(tmp_path)
    demonstration.make_agreements(timezone.now())
    walk = line.Walk(random.Random(1), 2, timezone.now() - timedelta(days=80), timezone.now(), Counter())
    line.take(walk)
    case = Case.objects.for_house("tests").get(pk=walk.case_id)
    client = signed_in(demonstration.actor(Role.CASE_MANAGER, timezone.now()))
    # as a sealer at work leaves it: the page then asks no database how far the chain is behind
    lag.beat(timezone.now())
    asked, response = queries(client, reverse("case", args=[case.ref]))
    page = response.context["page"]
    assert {panel.code for panel in [*page.tabs, *page.side]} >= {"screening", "identification", "assistance", "justice", "referrals"}
    assert [panel.code for panel in page.above][:1] == ["steps"]
    print(f"{asked} questions")
    assert asked <= 15


@pytest.mark.usefixtures("unlocked")
def test_thread_of_130_notes_is_read_in_two_pages_and_loses_none():
    actor = make_now()
    case = make_case_now(actor, days=200)
    person = case.persons.for_house("tests").get()
    start = timezone.now() - timedelta(days=150)
    with trust.acting(actor):
        for number in range(130):
            notes.add(
                case_id=case.pk, person_id=person.pk, section=Section.PROTECTION, happened_at=start + timedelta(days=number),
                words=f"said-{number:03}-here", by=actor,
            )  # fmt: skip
    client = signed_in(actor)
    path = reverse("case", args=[case.ref])
    newest, oldest = (client.get(path, {"page": number}).content.decode() for number in (1, 2))
    said = [set(re.findall(r"said-(\d{3})-here", text)) for text in (newest, oldest)]
    assert (len(said[0]), len(said[1])) == (100, 30)
    assert said[0] | said[1] == {f"{number:03}" for number in range(130)}
    assert "?page=2" in newest
    assert "?page=3" not in oldest
    assert client.get(path, {"page": "minus one"}).status_code == 200
