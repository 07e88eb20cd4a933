"""Every page that a GET reaches, with the demonstration's records, by a role that may open it: no barrier, nobody else asked, no sideways scroll.

The list comes from the URLconf. The short form opens each page in one of the two languages in turn; HAVRE_JOURNEYS=full in both.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from havre import trust
from havre.justice.models import CompensationClaim, Proceeding
from havre.protection.kinds import KINDS
from havre.protection.models import AssistancePlan, Identification, LaterConsent, Screening
from havre.protection.services import intake
from havre.protection.services.intake import Row
from havre.publishing import services as publishing
from havre.referral.models import Referral
from havre.register.models import Case, Consent, Note, Person
from havre.release.models import Release
from havre.site import demonstration, line
from havre.trust.enums import Basis, Purpose, Role
from havre.trust.models import BreakGlass, IdentityRequest, Membership, Merger, Nomination
from havre.trust.models.accounts import job_holder, person_holder
from tests.consistency.test_addresses import Address, addresses, rows
from tests.factories import OrganisationFactory, give_to
from tests.factories_whole import consent, consented, fill_care, meetings, proceedings
from tests.journeys.conftest import WIDTHS
from tests.journeys.test_pages import barriers

FULL = os.environ.get("HAVRE_JOURNEYS") == "full"
# no page: a file, a redirect, a step of a sign-in, or what needs a record that only an upload or a job makes
# these speak the language of the paper, whatever the reader's
OWN_LANGUAGE = frozenset({"leaflet", "paper_code"})
NO_PAGE = {
    "account_logout": "ends the session",
    "account_inactive": "only after a sign-in that was refused",
    "accounts_calendar": "a file",
    "assessment_paper": "a file",
    "accounts_code_picture": "a picture",
    "leaflet_pdf": "a file",
    "publication_file": "a file",
    "leave": "ends the session",
    "lock": "ends the session",
    "mfa_authenticate": "the second step of a sign-in",
    "mfa_login_webauthn": "an answer to the browser's own script",
    "release:table_csv": "a file",
    "case_file": "a file",
    "case_file_original": "a file",
    "justice:exhibit": "a file",
    "justice:exhibit_original": "a file",
    **dict.fromkeys(
        (f"person:{name}" for name in ("page", "close", "less", "ask", "asked", "receipt", "copy", "unlock", "far")),
        "only on a screen that is locked to it: tests/register/test_person_page.py",
    ),
    "exchange:report_list": "a file",
    "exchange:rejected": "a file",
    "exchange:check_list": "a file",
    "exchange:report": "needs an upload: tests/register",
    "exchange:check": "needs an upload: tests/register",
    "evidence:profile_page": "needs a job: tests/evidence",
    "release:table": "needs a job: tests/release",
    "protection:pocket_worker": "a script",
    "protection:pocket_manifest": "a file",
    "protection:pocket_deck": "a file",
    "protection:pocket_key": "a file",
    "protection:pocket_door": "an answer to the page's own script",
    "protection:pocket_gone": "tells the browser to forget, and shows nothing",
    "protection:pocket_sound": "a recording",
}


@pytest.fixture
def records(unlocked, tmp_path, settings) -> dict[str, Any]:
    """The demonstration's accounts and fourteen persons taken down the line; gives what stands in addresses, by the parameter's name."""
    settings.STATIC_ROOT = tmp_path
    demonstration.make_accounts(tmp_path)
    demonstration.make_agreements(timezone.now())
    line.run(14, now=timezone.now())
    claim = CompensationClaim.objects.for_house("tests").order_by("informed_at").first()
    case = Case.objects.for_house("tests").get(pk=claim.case_id)
    of_case = {"case_id": case.pk}

    def first(model: Any, **conditions: Any) -> Any:
        return model.objects.for_house("tests").filter(**conditions).first().pk

    person = Person.objects.for_house("tests").filter(**of_case).first()
    manager = demonstration.actor(Role.CASE_MANAGER, timezone.now())
    note = Note(
        case=case, person=person, section_bit=32, happened_at=timezone.now(), by=manager.user, organisation_id=manager.organisation_id
    )
    note.save(force_insert=True)
    sat = {row._meta.label: row.pk for row in meetings(manager, case, person, note)}
    return {
        **_accounts(case.pk),
        "referral:transfer": sat["referral.Transfer"],
        "referral:conference": sat["referral.Conference"],
        "referral:action": sat["referral.ActionItem"],
        "ref": case.ref,
        "case_id": case.pk,
        "person_id": first(Person, **of_case),
        "protection:screening": first(Screening, **of_case),
        "protection:identification": first(Identification, **of_case),
        "protection:plan": first(AssistancePlan, **of_case),
        "protection:removal": first(Identification, **of_case),
        **_care(case.pk),
        **_group(),
        **_paper(),
        "justice:proceeding": first(Proceeding, **of_case),
        "justice:claim": claim.pk,
        "referral:sent": first(Referral, **of_case),
        "referral:answer": first(Referral, status="offered"),
        "referral:proof": first(Consent, **of_case),
        **_consents(manager, case, person),
        **_proceedings(case, person, claim),
        "release:release": Release.objects.create(
            ref="2026-1", title="Persons by gender", source="x", population="register", tables=[["gender"]], by=_user()
        ).pk,
    }


def _care(case_id: Any) -> dict[str, Any]:
    """One record of each kind of care, of the demonstration's case manager; the clinic reads them with the person's consent."""
    case = Case.objects.for_house("tests").get(pk=case_id)
    give_to(demonstration.actor(Role.HEALTH, timezone.now()), case, basis=Basis.CONSENT)
    plan = AssistancePlan.objects.for_house("tests").filter(case_id=case_id).first()
    found = Identification.objects.for_house("tests").filter(case_id=case_id).first()
    made = {row._meta.label: row.pk for row in fill_care(demonstration.actor(Role.CASE_MANAGER, timezone.now()), plan, found)}
    return {f"protection:{code}": made[kind.model._meta.label] for code, kind in KINDS.items()}


def _consents(manager: Any, case: Case, person: Person) -> dict[str, Any]:
    """What the pages on consents and on the person's own data open: an answer that is awaited, one that stands, a share that ended."""
    made = {row._meta.label: row.pk for row in consented(manager, case, person)}
    given, asked = made["register.Consent"], made["register.PersonRequest"]
    offered = consent(manager, case, person, manager.organisation_id)
    offered.state = "offered"
    offered.save(force_insert=True)
    return {
        "consent_answer": offered.pk,
        **dict.fromkeys(("consent_renew", "consent_change", "consent_withdraw", "consent_proof"), given),
        "share_ended": made["register.ClosedShare"],
        "person_open": person.pk,
        "person_code": person.pk,
        "person_answer": asked,
    }


def _proceedings(case: Case, person: Person, claim: CompensationClaim) -> dict[str, Any]:
    """A proceeding of the demonstration's investigator with one record of each kind."""
    by = demonstration.actor(Role.INVESTIGATOR, timezone.now())
    give_to(by, case, basis=Basis.LEGAL_DUTY)
    made = {row._meta.label: row.pk for row in proceedings(by, case, person)}
    kinds = ("suspects", "hearings", "assets", "exhibits", "requests", "assistance", "links")
    return {
        **{f"justice:{kind}": made["justice.Proceeding"] for kind in kinds},
        "justice:wages": claim.pk,
    }


def _group() -> dict[str, Any]:
    """A group of three and a word that is awaited, in the service that opens these pages first."""
    by = demonstration.actor(Role.FIRST_RESPONDER, timezone.now())
    with trust.acting(by):
        event = intake.open_group(by=by, happened_at=by.at, situation="fishing", place="vessel", shared_signs=["SIT-FIS1"])
        lines = [Row("adult", "Male", "tha", ("medical",)), Row("doubt"), Row("small", tie="child", tie_to=1)]
        intake.add_persons(by=by, intake_id=event.pk, rows=lines)
        waits = LaterConsent.objects.visible_to(by).first()
    return {"protection:group": event.pk, "protection:ask": waits.pk}


def _paper() -> dict[str, str]:
    """A leaflet that was printed, and the code on it."""
    asked = publishing.Asked("leaflets", ("gh",), languages=("fr",), formats=("pdf",))
    return {"code": publishing.record(next(publishing.make(asked, on=timezone.localdate())), at=timezone.now()).code}


def _accounts(case_id: Any) -> dict[str, Any]:
    """What stands in the addresses of accounts: a member, a job that awaits its second person, an emergency access, a key, codes."""
    now = timezone.now()
    first, manager, member, administrator = (
        Membership.objects.get(user__username=role.value)
        for role in (next(iter(Role)), Role.CASE_MANAGER, Role.SHELTER, Role.ADMINISTRATOR)
    )
    RecoveryCodes.activate(first.user)
    place = administrator.organisation_id
    waits = Nomination(user=member.user, organisation_id=place, role=Role.TRAINER, asked_by=manager.user, asked_at=now)
    holder = person_holder(manager.user_id)
    until = {"starts_at": now, "ends_at": now + timedelta(hours=1), "review_by": now + timedelta(days=3)}
    glass = BreakGlass(case_id=case_id, user=manager.user, holder_id=holder.pk, reason="danger_to_life", **until)
    whose = Person.objects.for_house("tests").filter(case_id=case_id).first().pk
    asked = IdentityRequest(
        case_id=case_id, person_id=whose, user=manager.user, membership=manager, organisation_id=manager.organisation_id,
        holder=job_holder(manager.organisation_id, manager.role), role=manager.role, purpose=Purpose.PROTECTION, reason="papers",
        until=now + timedelta(days=9), asked_at=now, agree="any", custodians=["case_manager@lead"],
    )  # fmt: skip
    merger = Merger(first=administrator.organisation, second=OrganisationFactory(), proposed_by=manager.user, proposed_at=now)
    for row in (waits, glass, asked, merger):
        row.save(force_insert=True)
    key = Authenticator.objects.create(user=first.user, type="webauthn", data={"name": "Key", "credential": {}})
    return {
        "user_pk": administrator.user_id,
        "nomination_pk": waits.pk,
        "merger_pk": merger.pk,
        "accounts_glass": glass.pk,
        "identity_request": asked.pk,
        "mfa_remove_webauthn": key.pk,
    }


def _user() -> Any:
    return Membership.objects.filter(role=Role.RAPPORTEUR).first().user


def _value(address: Address, name: str, kind: str, known: dict[str, Any], role: Role) -> Any:
    if address.name.startswith("accounts_") and name == "pk" and address.name not in known:
        return Membership.objects.get(user__username=role.value).organisation_id
    slugs = {"address": "rights", "country": "gh", "language": "fr", "name": "identification", "id": "majority_age", "number": 0}
    return known.get(address.name) if name == "pk" else known.get(name, slugs.get(name))


def paths(known: dict[str, Any]) -> Iterator[tuple[str, list[tuple[Role | None, str]]]]:
    """Each page's name with the roles that may open it and the address for each."""
    for address in addresses():
        row = rows()[address.name]
        if "GET" not in row.methods or address.name in NO_PAGE:
            continue
        tried: list[tuple[Role | None, str]] = []
        for role in [None] if row.public else sorted(row.own or Role, key=list(Role).index):
            given = {name: _value(address, name, kind, known, role or Role.ADMINISTRATOR) for name, kind in address.params}
            if None not in given.values():
                tried.append((role, reverse(address.name, kwargs=given)))
        yield address.name, tried


def test_list_of_exceptions_names_addresses_that_are_there():
    assert set(NO_PAGE) - {address.name for address in addresses()} == set()


def test_every_address_has_something_to_open(records):
    assert [name for name, tried in paths(records) if not tried] == []


def test_every_page_has_no_barrier_asks_nobody_else_and_fits_a_phone(visit, records):
    windows: dict[tuple[Role | None, str], Any] = {}
    wrong, seen, not_opened = [], 0, []
    for number, (name, tried) in enumerate(paths(records)):
        for language in ("en", "fr") if FULL else (("en", "fr")[number % 2],):
            for role, path in tried:
                key = (role, language)
                if key not in windows:
                    windows[key] = visit(_actor(role, language), language=language)
                window = windows[key]
                _speak(role, language)
                window.page.set_viewport_size({"width": WIDTHS[1], "height": 900})
                if window.go(path) == 200:
                    break
            else:
                not_opened.append(name)
                continue
            seen += 1
            said = window.page.evaluate("document.documentElement.lang")
            # the leaflet says its own language, which its address names
            if said != language and name not in OWN_LANGUAGE:
                wrong.append(f"{name} {language}: the page says it is in {said}")
            wrong += [f"{name} {language}: {barrier}" for barrier in barriers(window.page)]
            window.picture(f"every-{name.replace(':', '-')}-{language}-wide")
            window.page.set_viewport_size({"width": WIDTHS[0], "height": 800})
            if window.overflow() > 0:
                wrong.append(f"{name} {language}: {window.overflow()} px too wide")
            window.picture(f"every-{name.replace(':', '-')}-{language}")
    foreign = [url for window in windows.values() for url in window.foreign]
    print(f"{seen} pages, {len(wrong)} faults; not opened: {not_opened}")
    assert wrong == [], "\n".join(dict.fromkeys(wrong))
    assert foreign == [], "\n".join(foreign)
    assert not_opened == [], "\n".join(not_opened)


def _actor(role: Role | None, language: str) -> Any:
    return demonstration.actor(role, timezone.now()) if role else None


def _speak(role: Role | None, language: str) -> None:
    """The account's language, set before each page: the same account is tried in both."""
    if role:
        get_user_model().objects.filter(username=role.value).update(language=language)
