"""Every address × every role × the actor's own case, another organisation's, a sealed one and one that is not there.

What is expected comes from the contracts' `UrlRow`s; an address without a row fails, and so does a row without an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from havre.register.models import Case
from havre.trust.contracts import UrlRow, contracts
from havre.trust.enums import Role
from havre.trust.ids import new_id
from havre.trust.models import Seal
from tests.factories_site import make_case_now, make_now, signed_in

SLUGS = {"edition": "rights-leaflet", "country": "gh", "language": "en", "step": "confirm", "name": "identification", "id": "no.such.fact"}
NO_ENTRY = {302, 403, 404, 405}
NO_SUCH = "D-0000-0000"


@dataclass(frozen=True)
class Address:
    """One address: its full name, and the names and kinds of what stands in it."""

    name: str
    route: str
    params: tuple[tuple[str, str], ...]

    def url(self, **given: object) -> str:
        return reverse(self.name, kwargs={name: given.get(name, self._any(name, kind)) for name, kind in self.params})

    @staticmethod
    def _any(name: str, kind: str) -> object:
        return {"uuid": NOBODYS, "int": 999_999}.get(kind) or SLUGS.get(name, "nothing")


# one id for all: a page repeats its own address, and two must be told apart by nothing else
NOBODYS = new_id()


def addresses() -> tuple[Address, ...]:
    """The live URLconf, flattened, namespaces before the names; the last of two routes with one name, as `reverse` does."""
    found = {address.name: address for address in _walk(get_resolver(), "", "")}
    return tuple(found.values())


def _walk(resolver: URLResolver, space: str, prefix: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space, route)
        elif isinstance(pattern, URLPattern) and not route.startswith(settings.STATIC_URL.lstrip("/")):
            yield Address(f"{space}{pattern.name}", route, tuple((n, k or "str") for k, n in re.findall(r"<(?:(\w+):)?(\w+)>", route)))


def rows() -> dict[str, UrlRow]:
    return {row.name: row for contract in contracts() for row in contract.urls}


@dataclass(frozen=True)
class Cases:
    """References to ask for: one's own case, and three that must look alike."""

    own: Case
    other: str
    sealed: str
    wrong: str = NO_SUCH

    @property
    def hidden(self) -> dict[str, str]:
        return {"other": self.other, "sealed": self.sealed, "wrong": self.wrong}


@dataclass(frozen=True)
class Desk:
    """One role at work: its browser and its cases."""

    role: Role
    client: Client
    cases: Cases


@pytest.fixture(params=list(Role), ids=lambda role: role.value)
def desk(request, settings, tmp_path) -> Desk:
    settings.STATIC_ROOT = tmp_path
    actor = make_now(request.param)
    sealed = make_case_now(actor)
    now = datetime.now(UTC)
    Seal.objects.create(case_id=sealed.pk, reason="threat", starts_at=now - timedelta(hours=1), review_on=now.date(), by=actor.user)
    cases = Cases(make_case_now(actor), make_case_now(make_now(Role.CASE_MANAGER)).ref, sealed.ref)
    return Desk(request.param, signed_in(actor), cases)


def test_every_address_has_a_row_and_every_row_an_address():
    assert {address.name for address in addresses()} == set(rows())


def test_no_name_is_given_to_two_routes():
    routes: dict[str, set[str]] = {}
    for address in _walk(get_resolver(), "", ""):
        routes.setdefault(address.name, set()).add(address.route)
    assert {name: found for name, found in routes.items() if len(found) > 1} == {}


def test_no_row_is_written_twice():
    names = [row.name for contract in contracts() for row in contract.urls]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


def test_walker_finds_namespaces_and_parameters():
    found = {address.name: address.params for address in addresses()}
    assert found["case"] == (("ref", "str"),)
    assert found["protection:help"] == (("case_id", "uuid"), ("person_id", "uuid"))


def ask(client: Client, method: str, url: str):
    client.raise_request_exception = False
    return client.get(url) if method == "GET" else client.post(url, {})


def to_sign_in(client: Client, answer) -> bool:
    """Whether a redirect ends at the sign-in, at once or by the page that confirms who one is."""
    for _hop in range(3):
        if answer.status_code not in {301, 302}:
            return False
        if answer.headers["Location"].startswith(settings.LOGIN_URL):
            return True
        answer = ask(client, "GET", answer.headers["Location"])
    return False


# public, and nothing to do there without a first step of a sign-in
DOORS = frozenset({"account_login", "account_logout", "mfa_authenticate", "mfa_login_webauthn", "leave", "set_language"})


def test_anonymous_visitor_is_led_to_sign_in_or_served_what_is_public(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    wrong = []
    for address in addresses():
        row = rows()[address.name]
        for method in row.methods:
            client = Client()
            answer = ask(client, method, address.url(ref=NO_SUCH))
            led = to_sign_in(client, answer)
            if answer.status_code >= 500 or (led if row.public and address.name not in DOORS else not (led or row.public)):
                wrong.append((address.name, method, answer.status_code, answer.headers.get("Location", "")))
    assert wrong == [], wrong


# these end the session that the other addresses need
LEAVING = frozenset({"account_logout", "leave", "lock"})


def test_role_gets_its_own_pages_and_no_other(desk):
    """On one's own case. Outside `own` no page, inside it the page where no other record is needed; nowhere a failure of ours."""
    wrong = []
    for address in addresses():
        row = rows()[address.name]
        if address.name in LEAVING:
            continue
        kinds = dict(address.params)
        mine = row.public or row.own is None or desk.role in row.own
        for method in row.methods:
            status = ask(desk.client, method, address.url(ref=desk.cases.own.ref)).status_code
            page = row.own is not None and mine and method == "GET" and set(kinds) <= {"ref"}
            nothing_there = "uuid" in kinds.values()
            fine = status < 500 and (mine or status in NO_ENTRY) and not (nothing_there and status == 200)
            if not fine or (page and status != (403 if desk.role in row.by_duty else 200)):
                wrong.append((address.name, method, status))
    assert wrong == [], wrong


def test_hidden_cases_look_like_no_case_at_all(desk):
    wrong = []
    for address in addresses():
        row = rows()[address.name]
        if row.public or "ref" not in dict(address.params):
            continue
        for method in row.methods:
            answers = {kind: ask(desk.client, method, address.url(ref=ref)) for kind, ref in desk.cases.hidden.items()}
            allowed = row.own is None or desk.role in row.own
            statuses = {kind: answer.status_code for kind, answer in answers.items()}
            bodies = {without_tokens(answer.content) for answer in answers.values()}
            if len(set(statuses.values())) != 1 or len(bodies) != 1 or (allowed and statuses["wrong"] != 404):
                wrong.append((address.name, method, statuses, len(bodies)))
    assert wrong == [], wrong


def without_tokens(body: bytes) -> bytes:
    """A page without what differs by the request: form tokens, the hour, and the reference that was asked for."""
    body = re.sub(rb"\b\d{1,2}:\d\d\b", b"HOUR", body)
    return re.sub(rb"D-[0-9A-Z]{4}-[0-9A-Z]{4}", b"REF", re.sub(rb'(csrfmiddlewaretoken"|"once") value="[^"]*"', b"", body))


def _blank(body: bytes) -> bytes:
    return re.sub(rb"[0-9a-f]{8}-[0-9a-f-]{27}", b"ID", without_tokens(body))
