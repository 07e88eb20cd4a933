"""The pages of identity requests, restriction lists and mergers: both languages, both widths, no barrier, nobody else asked, no sideways scroll."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from havre.trust.asking import restricting
from havre.trust.asking import services as asking
from havre.trust.enums import Basis, Role, Section
from havre.trust.merging import services as merging
from tests.factories import OrganisationFactory, give_to
from tests.factories_site import make_case_now, make_now, person_of
from tests.journeys.conftest import WIDTHS
from tests.journeys.test_pages import barriers


def _scene(language: str):
    """Page → (who opens it, where). A request that waits and one that was granted, a list with a line, a merger that was carried out."""
    lead = make_now(language=language, supervisor=True, organisation__name="Foyer des Trois Rivières", user__name="Awa Example")
    police = make_now(Role.INVESTIGATOR, language=language, user__name="Kofi Example")
    colleague = make_now(language=language, organisation_id=lead.organisation_id, organisation=None, user__name="Yaa Example")
    case = make_case_now(lead)
    give_to(police, case, sections=Section.JUSTICE, basis=Basis.REFERRAL)
    whose, until = person_of(case).pk, lead.at + timedelta(days=9)
    asked = asking.ask(by=police, case_id=case.pk, person_id=whose, reason="court_order", until=until)
    lines = {"case_id": case.pk, "person_id": whose, "holder_id": colleague.personal_id}
    restricting.place(by=lead, **lines, sections=Section.HEALTH | Section.PROTECTION, reason="knows_person")
    administrator = make_now(Role.ADMINISTRATOR, language=language)
    head = make_now(supervisor=True)
    made_case = make_case_now(head)
    give_to(make_now(Role.SHELTER, organisation_id=head.organisation_id, organisation=None), made_case)
    to = make_now(supervisor=True, organisation_id=administrator.organisation_id, organisation=None)
    merger = merging.propose(by=administrator, first_id=head.organisation_id, second_id=administrator.organisation_id)
    for by in (head, to):
        merging.merge_organisations(by=replace(by, at=administrator.at), merger_id=merger.pk)
    waits = merging.propose(by=administrator, first_id=OrganisationFactory().pk, second_id=administrator.organisation_id)
    yield "ask", police, f"/names/ask/{case.pk}/"
    yield "closed-name", police, f"/d/{case.ref}/name/"
    yield "answer", lead, f"/names/{asked.pk}/"
    yield "mine", police, "/names/"
    yield "restrictions", lead, f"/names/lists/{case.pk}/"
    yield "history", lead, f"/readers/{case.pk}/"
    yield "mergers", administrator, "/organisations/mergers/"
    yield "merger", administrator, f"/organisations/mergers/{merger.pk}/"
    yield "merger-waits", administrator, f"/organisations/mergers/{waits.pk}/"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_page_has_no_barrier_asks_nobody_else_and_fits_a_phone(language, visit):
    wrong, seen = [], 0
    windows: dict = {}
    for name, actor, path in _scene(language):
        if actor.user.pk not in windows:
            windows[actor.user.pk] = visit(actor, language=language)
        window = windows[actor.user.pk]
        for width in WIDTHS:
            window.page.set_viewport_size({"width": width, "height": 900})
            status = window.go(path)
            seen += 1
            wrong += [f"{name} {width}: {status}"] * (status != 200) + [f"{name} {width}: {window.overflow()} px wider"] * (
                window.overflow() > 0
            )
            window.picture(f"names-{name}-{width}-{language}")
        wrong += [f"{name}: {one}" for one in barriers(window.page)]
        wrong += [f"{name}: asked {one}" for one in window.foreign]
    assert (wrong, seen) == ([], 18)
