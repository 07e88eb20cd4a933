"""The thin line, page by page: screen, identify, refer, accept, help, prosecute, answer back, erase. On PostgreSQL all of it as `havre_app`."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.core.signals import request_finished, request_started
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from havre import trust
from havre.justice.models import Proceeding
from havre.protection.models import AssistancePlan, Identification, Screening
from havre.referral.models import Referral
from havre.register import services as register
from havre.register.models import Case, Note
from havre.trust import erasure, identity
from havre.trust.clocks import latest, state
from havre.trust.enums import Basis, Purpose, Role, Section
from havre.trust.models import SealedSection
from havre.trust.policy import rls
from tests.factories import NOW, OrganisationFactory, give_to, make_actor
from tests.factories_casework import agree, person_of
from tests.factories_vault import committed, unlocked  # noqa: F401
from tests.pages import browser, shell  # noqa: F401

pytestmark = [pytest.mark.postgresql, pytest.mark.usefixtures("shell", "unlocked")]
START = {
    "situation": "first_contact", "profile": "adult_labour", "language": "eng", "informed": "on", "privacy_confirmed": "on",
    "safety_level": "low", "medical_need": "false", "gender": "Female", "age_on_opening": "24", "age_basis": "stated", "go": "begin",
}  # fmt: skip
TABLES = "|".join(model._meta.db_table for model in rls.protected_models())
TOUCHED = re.compile(rf'(?:FROM|INTO|UPDATE|JOIN) "({TABLES})"')


class Watch:
    """Which role each statement of a request on a protected table ran as: (role, table) → how often."""

    def __init__(self) -> None:
        self.seen: Counter[tuple[str, str]] = Counter()
        self.serving = False

    def __call__(self, execute, sql, params, many, context):
        touched = TOUCHED.search(sql)
        if touched and self.serving and connection.vendor == "postgresql":
            self.seen[connection.connection.execute("SELECT current_user").fetchone()[0], touched[1]] += 1
        return execute(sql, params, many, context)

    def begin(self, **_: object) -> None:
        self.serving = True

    def end(self, **_: object) -> None:
        self.serving = False

    def tables(self, *, app: bool) -> set[str]:
        return {table for role, table in self.seen if (role == "havre_app") is app}


@pytest.fixture
def watch():
    found = Watch()
    request_started.connect(found.begin)
    request_finished.connect(found.end)
    with connection.execute_wrapper(found):
        yield found
    request_started.disconnect(found.begin)
    request_finished.disconnect(found.end)


def hidden(page):
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode()))


def ok(response, status=302):
    assert response.status_code == status, re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", response.content.decode()))[:600]
    return response


def moment() -> str:
    return timezone.now().strftime("%Y-%m-%dT%H:%M")


def screen(officer) -> Screening:
    client = browser(officer)
    page = client.post(reverse("protection:cards"), START)
    while 'name="answer"' in page.content.decode():
        page = client.post(reverse("protection:cards"), {**hidden(page), "answer": "yes", "origin": "seen", "go": "next"})
    done = ok(client.post(reverse("protection:cards"), {**hidden(page), "kept_because": "agreed", "go": "keep"}))
    screening = Screening.objects.for_house("tests").get()
    ok(client.post(done.headers["Location"], {"outcome": "presumed_victim_reasonable_grounds"}))
    return screening


def identify(officer, authority, screening) -> None:
    found = Identification.objects.for_house("tests").get()
    url = reverse("protection:identification", args=[found.pk])
    ok(browser(officer).post(url, {"step": "presume", "informed_at": moment(), "language": "eng", "anyway": "urgent"}))
    # what the presumption opened to whoever has the duty, not a grant of this test
    deciding = browser(authority)
    offered = {"foreign_national": "false", "recovery_offered_at": moment(), "recovery_answer": "refused"}
    ok(deciding.post(url, {"step": "open_recovery", **offered}))
    bodies = {"organisations": [str(OrganisationFactory().pk) for _ in "ab"], "professions": ["police", "social"]}
    decided = {
        "step": "confirm",
        "body": "multidisciplinary_team",
        "trained_member": "true",
        "notice_at": moment(),
        "reason": "indicators",
        **bodies,
    }
    ok(deciding.post(url, decided))
    found.refresh_from_db()
    assert found.status == "confirmed"


def refer(worker, receiver, case) -> Referral:
    person = person_of(case)
    shared = Section.PROTECTION | Section.CASE
    with trust.acting(worker):
        consent = register.record_consent(
            by=worker, case_id=case.pk, person_id=person.pk, state="given", purpose=receiver.purpose,
            recipient_id=receiver.organisation_id, sections=shared, ends_at=worker.at + timedelta(days=30), language="eng",
            explained=["help_stays", "may_withdraw"],
        )  # fmt: skip
    told = {
        "receiver": receiver.organisation_id, "receiver_role": "shelter", "need": "shelter", "purpose": "protection",
        "sections": [int(Section.PROTECTION)], "asked_until": (worker.at + timedelta(days=9)).date().isoformat(), "consent": consent.pk,
    }  # fmt: skip
    ok(browser(worker).post(reverse("referral:offer", args=[case.pk, person.pk]), told))
    return Referral.objects.for_house("tests").get()


def answer(receiver, referral, case) -> None:
    """The receiver before acceptance holds no grant: the offer and its clock move all the same, and the case stays hidden."""
    client, url = browser(receiver), reverse("referral:answer", args=[referral.pk])
    ok(client.get(url), 200)
    ok(client.get(reverse("case", args=[case.ref])), 404)
    ok(client.post(url, {"step": "acknowledge"}))
    assert state(latest(referral.pk, "acknowledge")) == "ended"
    ok(client.post(url, {"step": "accept", "no_conflict": "on"}))
    assert state(latest(referral.pk, "answer")) == "ended"
    ok(client.get(reverse("case", args=[case.ref])), 200)
    ok(client.post(url, {"step": "start"}))


def help_with(worker, case) -> AssistancePlan:
    client, person = browser(worker), person_of(case)
    ok(client.post(reverse("protection:help", args=[case.pk, person.pk]), {"needs": ["medical"]}))
    plan = AssistancePlan.objects.for_house("tests").get()
    ok(client.post(reverse("protection:offer", args=[plan.pk]), {"kind": "Health", "need": "medical", "informed": "on"}))
    service = plan.services.for_house("tests").get()
    ok(client.post(reverse("protection:service", args=[service.pk]), {"step": "accept"}))
    ok(client.post(reverse("protection:risk", args=[plan.pk]), {"level": "low", "with_person": "on"}))
    return plan


def prosecute(prosecutor, case, plan) -> None:
    client = browser(prosecutor)
    opened = {"act": "open", "against": "trafficker", "measures": ["no_contact"]}
    url = ok(client.post(reverse("justice:new", args=[case.pk, person_of(case).pk]), opened)).headers["Location"]
    proceeding = Proceeding.objects.for_house("tests").get()
    ok(client.post(reverse("justice:charge", args=[proceeding.pk]), {"iccs": "02042", "article": "s. 1"}))
    ok(client.post(url, {"step": "charge"}))
    ok(client.get(reverse("protection:plan", args=[plan.pk])), 404)


def test_thin_line_runs_page_by_page(watch):
    now = timezone.now()
    worker, receiver = make_actor(at=now), make_actor(Role.SHELTER, at=now)
    officer = make_actor(Role.FIRST_RESPONDER, at=now, organisation_id=worker.organisation_id, organisation=None)
    authority = make_actor(Role.IDENTIFICATION_AUTHORITY, at=now)
    agree(worker, receiver)

    screening = screen(officer)
    case = Case.objects.for_house("tests").get()
    identify(officer, authority, screening)
    referral = refer(worker.on(timezone.now()), receiver, case)
    answer(receiver, referral, case)
    plan = help_with(worker, case)
    prosecutor = make_actor(Role.PROSECUTOR, at=timezone.now())
    give_to(prosecutor, case, basis=Basis.LEGAL_DUTY)
    prosecute(prosecutor, case, plan)
    done = {"step": "complete", "outcome": "help_given", "person_told": "on"}
    ok(browser(receiver).post(reverse("referral:answer", args=[referral.pk]), done))
    assert "Help given" in ok(browser(worker).get(reverse("referral:sent", args=[referral.pk])), 200).content.decode()
    ok(browser(receiver).get(reverse("case", args=[case.ref])), 404)

    if connection.vendor == "postgresql":
        # whatever shows anything to anybody is read behind the second lock; the errands of the house touch these tables and no other
        assert {"register_case", "register_person", "protection_screening", "justice_proceeding"} <= watch.tables(app=True)
        assert watch.tables(app=False) == HOUSE
        # the errands write a row here and there; reading, page after page, is never theirs
        app, house = (sum(n for (role, _table), n in watch.seen.items() if (role == "havre_app") is one) for one in (True, False))
        assert app > 100
        assert app > house, (app, house)


# written or locked by a step of a workflow, or found before any grant exists (docs/reference/errands.md)
HOUSE = {
    "protection_assistanceservice",
    # asked by a gate before a step, of whoever takes it: evidence by element, attempts to reach the person, the check before sending on
    "protection_contactattempt",
    "protection_evidence",
    "protection_qualitycheck",
    "protection_identification",
    "protection_screening",
    "justice_proceeding",
    "referral_moreasked",
    "referral_notice",
    "referral_referral",
    "trust_clock",
    "trust_clockevent",
}


@pytest.mark.django_db(transaction=True, databases="__all__")
@pytest.mark.usefixtures("committed")
def test_person_in_the_vault_is_found_read_and_erased():
    """The vault's and the erasure's errands: a name sealed by the owner, opened by nobody else, gone for everybody."""
    now = timezone.now()
    worker, stranger = make_actor(at=now), make_actor(at=now)
    with trust.acting(worker):
        case = register.open_case(
            by=worker, person={"gender": "Female", "age_on_opening": 30}, channel="screening", happened_at=NOW,
            identity={"prs_FirstName": "Zephyrine", "prs_SecondName": "Quaynor", "prs_Birthdate": "1999-04-02"},
        )  # fmt: skip
    person = person_of(case)
    client = browser(worker)
    note = {"section": int(Section.PROTECTION), "person": person.pk, "happened_at": moment(), "words": "Slept well, asked for a lawyer."}
    ok(client.post(reverse("case_note", args=[case.ref]), note))
    shown = ok(client.post(reverse("case_name", args=[case.ref]), {"reason": "contact"}), 200).content.decode()
    assert "Zephyrine" in shown
    with trust.acting(worker):
        compound = {"name": "Zephyrine Quaynor", "birth_year": 1999}
        assert identity.search_country(by=worker, purpose=Purpose.PROTECTION, **compound) == [case.pk]
    with trust.acting(stranger):
        assert identity.search_country(by=stranger, purpose=Purpose.PROTECTION, **compound) == []
    assert (Note.objects.for_house("tests").count(), SealedSection.objects.for_house("tests").count()) == (1, 2)

    officer = make_actor(Role.DATA_PROTECTION_OFFICER, at=now)
    with trust.acting(officer):
        proof = erasure.erase(person_id=person.pk, by=officer, reason="asked")
    assert (proof.proved, proof.records >= 3) == (True, True)
    assert not SealedSection.objects.for_house("tests").filter(person_id=person.pk).exists()
    assert "Zephyrine" not in client.post(reverse("case_name", args=[case.ref]), {"reason": "contact"}).content.decode()
