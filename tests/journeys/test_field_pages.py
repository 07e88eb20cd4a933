"""Pages of a raid, of paper, of waivers and of what was set aside, in the state in which they are needed: no barrier, nothing too wide."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from havre import trust
from havre.protection.models import IntakePerson, LaterConsent, PaperForm, Parcel
from havre.protection.services import intake, parcels
from havre.protection.services import screening as screenings
from havre.trust.enums import Role
from havre.trust.vault import server_keys
from tests.factories_casework import CONDITIONS, PERSON, make_plan
from tests.factories_site import make_now
from tests.journeys.test_pages import barriers
from tests.protection.phone import OTHER_PHONE, PHONE, form, numbered, sealed
from tests.protection.test_every_gate import sign


def same_house(one, **fields):
    return make_now(one.role, organisation_id=one.organisation_id, organisation=None, **fields)


def looked_at(window, name, language):
    """What is wrong with the page that is open, wide and narrow; a picture of each."""
    window.page.set_viewport_size({"width": 1280, "height": 900})
    wrong = [f"{name} {language}: {barrier}" for barrier in barriers(window.page)]
    window.picture(f"field-{name}-{language}-wide")
    window.page.set_viewport_size({"width": 360, "height": 800})
    if window.overflow() > 0:
        wrong.append(f"{name} {language}: {window.overflow()} px too wide")
    window.picture(f"field-{name}-{language}")
    return wrong


@pytest.fixture
def house(unlocked, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    server_keys.rotate()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_pages_of_the_field_have_no_barrier_and_fit_a_phone(visit, house, language):
    officer = make_now(Role.FIRST_RESPONDER, language=language)
    head, typist = same_house(officer, supervisor=True, language=language), same_house(officer, language=language)
    keeper = make_now(Role.DATA_PROTECTION_OFFICER, language=language)
    wrong: list[str] = []

    def look(actor, name, path, before=None):
        window = visit(actor, language=language)
        assert window.go(path) == 200, (name, path)
        if before:
            before(window.page)
        wrong.extend(looked_at(window, name, language))

    # a raid, its group, and two talks with one person
    event, _one = numbered(officer)
    with trust.acting(officer):
        intake.add_persons(by=officer, intake_id=event.pk, rows=[intake.Row("child", tie="child", tie_to=1), intake.Row("adult")])
    look(officer, "group", reverse("protection:group", args=[event.pk]))
    before = (timezone.now() - timedelta(hours=1)).isoformat()
    for by, phone, places in ((officer, PHONE, (1,)), (typist, OTHER_PHONE, (4, 2))):
        for place in places:
            plain = form(device=phone, seq=place, base=before, group=event.code, person=1)
            number = uuid4()
            with trust.acting(by):
                parcels.take(by=by, number=number, envelope=sealed(number, plain), phone_clock_at=None)
    look(typist, "aside", reverse("protection:pocket_aside"))
    Parcel.objects.filter(state="aside").update(received_at=timezone.now() - timedelta(days=91))
    look(keeper, "over", reverse("protection:pocket_aside"))

    # waivers
    second = IntakePerson.objects.for_house("tests").get(intake=event, number=2)
    due = LaterConsent.objects.for_house("tests").get(person_id=second.person_id)
    look(head, "ask", reverse("protection:ask", args=[due.pk]), lambda page: page.click("summary >> nth=0"))
    scene = type("Scene", (), {"by": officer, "case_id": second.case_id, "about": second.person_id})
    sign(scene, "screening", "record", ["RG01"], by=head)
    later_on = officer.on(timezone.now())
    with trust.acting(later_on):
        made = screenings.screen(
            by=later_on, situation="border", profile="adult_labour", answers=[], conditions={**CONDITIONS, "information_given_at": None},
            person=PERSON, happened_at=later_on.at, kept_because="agreed", group_person_id=second.pk,
        )  # fmt: skip
    look(head, "outcome", reverse("protection:screening", args=[made.pk]), lambda page: page.click("summary >> nth=0"))
    worker = make_now(Role.CASE_MANAGER, language=language)
    plan = make_plan("accepted", owner=worker, age=15, accompanied=None)
    chief = same_house(worker, supervisor=True, language=language)
    look(chief, "plan", reverse("protection:plan", args=[plan.pk]))

    # papers
    for kind in ("cards", "group", "urgent"):

        def printed(page, kind=kind):
            page.select_option("select[name=kind]", kind)
            page.click("button[value=print]")

        look(officer, f"paper-{kind}", reverse("protection:paper"), printed)
        serial = PaperForm.objects.filter(kind=kind).latest("printed_at").serial
        look(typist, f"typed-{kind}", f"{reverse('protection:paper_typed')}?serial={serial}")
    assert wrong == [], "\n".join(wrong)
