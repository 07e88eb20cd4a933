"""Every page of referral with something on it, in both languages, at both widths: no barrier, nobody else asked, no sideways scroll."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from havre import trust
from havre.referral import services
from havre.referral.models import Seat
from havre.referral.queries import conferences
from havre.register import services as register
from havre.trust.enums import Role, Section
from tests.factories import OrganisationFactory, make_actor, make_case
from tests.factories_casework import agree, consent_to, person_of
from tests.journeys.conftest import WIDTHS
from tests.journeys.test_pages import barriers
from tests.referral.houses import ENTRY, accredited, act

PARTS = Section.PROTECTION | Section.FACTS


class Scene:
    """A case manager, a shelter that is full, another that fits, a second lead, a conference that has decided; all of it made up."""

    def __init__(self) -> None:
        now = timezone.now()
        self.sender, self.shelter, self.other = (
            make_actor(role, at=now, organisation__region="Greater Accra") for role in (Role.CASE_MANAGER, Role.SHELTER, Role.SHELTER)
        )
        self.second = make_actor(Role.CASE_MANAGER, at=now)
        self.coordinator = make_actor(Role.COORDINATOR, at=now)
        for actor in (self.shelter, self.other, self.second):
            agree(self.sender, actor)
        for actor, free in ((self.shelter, 0), (self.other, 2)):
            accredited(actor)
            act(services.describe, actor, **{**ENTRY, "free_places": free})
        self.case = make_case(self.sender)
        self.person = person_of(self.case)
        self.consent = consent_to(self.case, self.shelter, sections=PARTS, days=3650)
        self.sent, self.withdrawn = self._offer(self.case, self.consent), self._offer(*self._another())
        act(services.ask, self.shelter, referral_id=self.sent.pk, section=Section.IDENTITY, reason="safety")
        act(register.withdraw_consent, self.sender, consent_id=self.withdrawn.consent_id)
        self.urgent = self._urgent()
        self.letter = self._offer(*self._another(), way="letter")
        self.lead = self._lead()
        self.conference, self.action = self._conference()

    def _another(self):
        case = make_case(self.sender)
        return case, consent_to(case, self.shelter, sections=Section.PROTECTION, days=3650)

    def _offer(self, case, consent, **changes):
        draft = act(
            services.prepare, self.sender, case_id=case.pk, person_id=person_of(case).pk, receiver_id=self.shelter.organisation_id,
            receiver_role="shelter", purpose="protection", sections=Section.PROTECTION, need="shelter",
            asked_until=self.sender.at + timedelta(days=30), consent_id=consent.pk, anyway_reason="told", **changes,
        )  # fmt: skip
        return act(services.offer, self.sender, referral_id=draft.pk)

    def _urgent(self):
        case = make_case(self.sender)
        whom = {"receiver_id": self.shelter.organisation_id, "receiver_role": "shelter", "need": "shelter"}
        danger = {"vital_interest": "danger", "anyway_reason": "danger"}
        return act(services.refer_urgently, self.sender, case_id=case.pk, person_id=person_of(case).pk, **whom, **danger)

    def _lead(self):
        case = make_case(self.sender)
        consent_to(case, self.second, sections=PARTS, days=3650)
        whom = {"second_id": self.second.organisation_id, "second_role": "case_manager", "sections": PARTS}
        return act(services.propose, self.sender, case_id=case.pk, **whom)

    def _conference(self):
        health, lawyer = make_actor(Role.HEALTH, at=self.sender.at), make_actor(Role.LEGAL_AID, at=self.sender.at)
        seats = [services.Invited(self.sender.organisation_id, "case_manager", chair=True)]
        for actor, role in ((self.shelter, "shelter"), (health, "health"), (lawyer, "legal_aid")):
            if actor is not self.shelter:
                agree(self.sender, actor)
            consent = self.consent if actor is self.shelter else consent_to(self.case, actor, days=3650, purpose="protection")
            seats.append(services.Invited(actor.organisation_id, role, consent_id=consent.pk))
        asked = {"sits_at": self.sender.at + timedelta(days=3), "seats": seats, "agenda": ["safety", "plan"]}
        made = act(services.call, self.sender, case_id=self.case.pk, person_id=self.person.pk, **asked)
        for actor in (self.sender, self.shelter, health):
            act(services.attend, actor, conference_id=made.pk, no_conflict=True)
        act(services.open_sitting, self.sender, conference_id=made.pk)
        owner = Seat.objects.for_house("tests").get(conference=made, role="shelter")
        (first, _second) = conferences.agenda_of(made)
        due = (self.sender.at + timedelta(days=9)).date()
        point = {"decision": "adopted", "reasons": "Weighed with the person.", "owner_id": owner.pk, "due_on": due}
        act(services.settle, self.sender, conference_id=made.pk, item_id=first.pk, **point)
        act(services.dissent, self.shelter, conference_id=made.pk, words="Too early for us.")
        with trust.acting(self.shelter):
            (action,) = conferences.own_actions(self.shelter)
        return made, action

    def pages(self):
        """(name, who, address) of every page of the part."""
        who = [self.case.pk, self.person.pk]
        for name in ("index", "notices", "directory", "entry"):
            yield name, self.shelter, reverse(f"referral:{name}")
        for name in ("several", "leads", "outside"):
            yield name, self.sender, reverse(f"referral:{name}")
        for name in ("accreditation", "delays"):
            yield name, self.coordinator, reverse(f"referral:{name}")
        for name in ("offer", "urgent", "call"):
            yield name, self.sender, reverse(f"referral:{name}", args=who)
        yield "lead", self.sender, reverse("referral:lead", args=[self.case.pk])
        for name, referral in (
            ("sent", self.sent),
            ("sent-urgent", self.urgent),
            ("sent-letter", self.letter),
            ("sent-closed", self.withdrawn),
        ):
            yield name, self.sender, reverse("referral:sent", args=[referral.pk])
        for name, referral in (("answer", self.sent), ("answer-closed", self.withdrawn)):
            yield name, self.shelter, reverse("referral:answer", args=[referral.pk])
        yield "proof", self.sender, reverse("referral:proof", args=[self.withdrawn.consent_id])
        yield "transfer", self.second, reverse("referral:transfer", args=[self.lead.pk])
        yield "conference", self.sender, reverse("referral:conference", args=[self.conference.pk])
        yield "action", self.shelter, reverse("referral:action", args=[self.action.pk])
        yield "home", self.shelter, "/"
        yield "letter", None, reverse("referral:letter")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_of_referral_has_no_barrier_asks_nobody_else_and_fits_a_phone(language, visit, unlocked, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    scene, windows, wrong = Scene(), {}, []
    get_user_model().objects.update(language=language)
    OrganisationFactory()
    for name, actor, path in scene.pages():
        key = actor.user.pk if actor else None
        window = windows.setdefault(key, None) or visit(actor, language=language)
        windows[key] = window
        status = window.go(path)
        if status != 200:
            wrong.append(f"{name}: {status}")
            continue
        for width in WIDTHS:
            window.page.set_viewport_size({"width": width, "height": 900})
            if window.overflow() > 0:
                wrong.append(f"{name} at {width}: {window.overflow()} px too wide")
            window.picture(f"referral-{name}-{language}-{width}")
        wrong += [f"{name}: {barrier}" for barrier in barriers(window.page)]
        wrong += [f"{name}: asked {url}" for url in window.foreign]
    assert wrong == [], "\n".join(wrong)


def test_look_at_what_would_go_works_without_script_and_shows_the_package(visit, unlocked, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    scene = Scene()
    window = visit(scene.sender, script=False, width=360)
    window.go(reverse("referral:offer", args=[scene.case.pk, scene.person.pk]))
    page = window.page
    page.select_option("[name=receiver]", str(scene.other.organisation_id))
    page.select_option("[name=receiver_role]", "shelter")
    page.check(f'[name=sections][value="{int(Section.PROTECTION)}"]')
    page.fill("[name=asked_until]", (scene.sender.at + timedelta(days=9)).date().isoformat())
    page.click("[name=look]")
    text = page.inner_text("main")
    assert ("no consent covers it" in text, "word for word" in text, window.overflow()) == (True, True, 0)
    window.picture("referral-look-360")
