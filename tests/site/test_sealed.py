"""A sealed case is absent from every read path: the paths come from the live URLconf and are tried as every role.

Complaints opencrvs-core#3988, #13118, #13119: taken out of search, sealed view, silence of what answers.

Two questions to each path. With the case in the address, or typed into any field of a page: is it answered as one that never existed, status
and bytes alike? Without it (lists, counts, searches, exports, waiting lines): are the bytes those of the moment before the case was there? Form
tokens, hours and the id that was asked for are left out; nothing else is. What is no page (parts, commands, extract, copies that leave) is
tried in test_sealed_elsewhere.py.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from havre.register.models import Case
from havre.trust import policy
from havre.trust.contracts import contracts
from havre.trust.enums import Role, Section
from havre.trust.ids import new_id
from havre.trust.models import IdentityRequest, LegalHold, Membership, Restriction, Seal
from havre.trust.models.accounts import person_holder
from havre.trust.policy.rows import When
from havre.trust.policy.table import POLICY
from tests import factories_sides, factories_whole
from tests.consistency.test_address_rows import PUBLIC, kinds_of, same, with_ids
from tests.consistency.test_addresses import LEAVING, NO_SUCH, NOBODYS, _blank, addresses, ask, rows
from tests.drills.wall import fields_of, keep_no_contexts
from tests.factories import OrganisationFactory
from tests.factories_site import make_case_now, make_now, signed_in
from tests.parts import panels, timeline

# a record of what was done a moment ago grows by being looked at: it is read for ids alone
GROWS = {"history_refused", "accounts_devices"}
# a secret of its own each time it is asked, and a page of made-up specimens around the present hour: read for ids alone
FRESH = {"mfa_activate_totp", "accounts_code_picture", "mfa_add_webauthn", "styleguide", "protection:pocket_door"}
# houses, groups of one night and keys of other services belong to no case: the factory makes them beside it, so they are read for ids alone
OF_NO_CASE = {"protection:places", "protection:groups", "referral:outside"}
# kinds of id that belong to no case
NO_CASE = {"user", "organisation", "job", "nomination", "reset", "revision", "batch", "authenticator", "profile", "release", "intake"} | {
    "merger"
}


def seal(case, by):
    Seal.objects.create(case_id=case.pk, reason="threat", starts_at=timezone.now(), review_on=timezone.localdate(), by=by.user)


def still(body):
    """A page without what the machine says of itself: free disk, the seconds that the audit chain is behind, this minute in a form."""
    return re.sub(rb"\d+ (?=MB free|s behind)|(?<=T)\d\d:\d\d", b"N ", _blank(body))


def changed(before, after):
    """The first place at which two answers differ, of each."""
    at = next((n for n, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), 0)
    return before[at - 40 : at + 60], after[at - 40 : at + 60]


def searches(ref):
    """Where a reference can be typed: name, method, parameters."""
    return (
        ("search", "GET", {"ref": ref}),
        ("search", "POST", {"ref": ref}),
        ("search", "GET", {"ref": ref[2:6]}),
        ("cases", "GET", {"tab": "all", "ref": ref[:6]}),
        ("history_find", "POST", {"ref": ref}),
        ("accounts_break_glass", "POST", {"case_ref": ref, "reason": "danger_to_life", "words": "x"}),
    )


def lists(client):
    """Every address without a parameter, and what each answers."""
    found = {}
    for address in addresses():
        if address.params or address.name in LEAVING or "GET" not in rows()[address.name].methods:
            continue
        answer = ask(client, "GET", address.url())
        found[address.name] = (answer.status_code, still(answer.content if not answer.streaming else b"".join(answer.streaming_content)))
    # void otherwise: to somebody who is signed out every case is absent
    assert client.session.get("membership")
    return found


class Watch:
    """One role, before and after: what it tried and what told it that the case is there."""

    def __init__(self, role, monkeypatch):
        self.actor = make_now(role)
        self.client = signed_in(self.actor)
        self.tried, self.leaks = 0, []
        # the services that the case's rows name are there before it: a list of services says nothing of a case
        places = [OrganisationFactory() for _ in range(4)]
        monkeypatch.setattr(factories_whole, "OrganisationFactory", lambda: places[0])
        sender = make_now(Role.CASE_MANAGER)
        self.sending = make_case_now(sender)
        lists(self.client)
        self.before = lists(self.client)
        self.rows = factories_whole.fill_case(self.actor)
        self.case = self.rows["register.Case"]
        self.received = factories_whole.send(sender, self.sending, self.actor.organisation_id, self.actor.role)
        hold = {"reason": "claim", "placed_by": self.actor.user, "placed_at": timezone.now(), "review_on": timezone.localdate()}
        self.hold = LegalHold.objects.create(case_id=self.case.pk, **hold)
        # the actor asked for a name of it, and a colleague is on the person's restriction list: both are of the case, and go with it
        job = Membership.objects.get(user=self.actor.user)
        whose = {"case_id": self.case.pk, "person_id": self.rows["register.Person"].pk}
        until = {"asked_at": timezone.now(), "until": timezone.now() + timedelta(days=9)}
        held = {"holder_id": self.actor.holder_id, "role": self.actor.role, "purpose": self.actor.purpose, "membership": job}
        rule = {"reason": "court_order", "agree": "any", "custodians": ["case_manager@lead", "data_protection_officer@country"]}
        place = {"organisation_id": self.actor.organisation_id, "user": self.actor.user}
        self.asked = IdentityRequest.objects.create(**whose, **until, **held, **rule, **place)
        named = {"holder": person_holder(sender.user.pk), "placed_by": self.actor.user, "placed_at": timezone.now()}
        self.line = Restriction.objects.create(**whose, **named, sections=int(Section.HEALTH), reason="safety")
        for case in (self.case, self.sending):
            seal(case, self.actor)

    @property
    def marks(self):
        """What must stand in no answer: the references and every id of the case's rows."""
        ids = [row.pk for row in self.rows.values() if isinstance(row.pk, type(self.case.pk))]
        own = (str(self.hold.pk), str(self.asked.pk), str(self.line.pk))
        return [mark.encode() for mark in (*own, self.case.ref, self.sending.ref, str(self.received.pk), *map(str, ids))]

    def note(self, path, fine, why):
        self.tried += 1
        if not fine:
            self.leaks.append((str(self.actor.role), path, why))

    def walk_lists(self):
        after = lists(self.client)
        for name, (status, body) in after.items():
            told = [mark for mark in self.marks if mark in body]
            fine = not told and (name in GROWS | FRESH | OF_NO_CASE or self.before[name] == (status, body))
            self.note(
                f"GET {name}", fine, f"{self.before[name][0]} then {status}, {len(self.before[name][1])} then {len(body)} bytes, {told}"
            )

    def walk_searches(self):
        """The reference and the id, typed wherever a page without an id lets one type; and the searches that need more than one field."""
        for (name, method, given), (_name, _method, other) in zip(searches(self.case.ref), searches(NO_SUCH), strict=True):
            self._typed(name, method, given, other)
        for address in addresses():
            if address.params or address.name in LEAVING | FRESH:
                continue
            page = self._send("GET", address.url(), {}) if "GET" in rows()[address.name].methods else None
            fields = sorted(fields_of(page.content)) if page is not None and page.status_code == 200 and not page.streaming else []
            for method in rows()[address.name].methods if fields else ():
                for there, nowhere in ((self.case.ref, NO_SUCH), (str(self.case.pk), str(NOBODYS))):
                    self._typed(address.name, method, dict.fromkeys(fields, there), dict.fromkeys(fields, nowhere))

    def _stay(self):
        """Sign in again when the address before ended the session, which no savepoint brings back."""
        if not self.client.session.get("membership"):
            self.client = signed_in(self.actor)

    def _typed(self, name, method, given, other):
        url = next(address for address in addresses() if address.name == name).url()
        there, nowhere = (self._send(method, url, typed) for typed in (given, other))
        bodies = [self._plain(answer.content, typed) for answer, typed in ((there, given), (nowhere, other)) if not answer.streaming]
        fine = there.status_code == nowhere.status_code and bodies[:1] == bodies[1:]
        self.note(f"{method} {name} {sorted(given)}", fine, (there.status_code, nowhere.status_code, *(changed(*bodies) if bodies else ())))

    def _plain(self, body, typed):
        for value in typed.values():
            body = re.sub(re.escape(value.encode()) + rb"(?=[\"&<\s])", b"TYPED", body)
        return still(body)

    def _send(self, method, url, data):
        self._stay()
        self.client.raise_request_exception = False
        point = transaction.savepoint()
        try:
            return self.client.get(url, data) if method == "GET" else self.client.post(url, data)
        finally:
            transaction.savepoint_rollback(point)

    def walk_addresses(self):
        """Each address that names a case, a person or a record of one, GET and POST."""
        ids = {kind: self.rows[label].pk for kind, label in factories_sides.KINDS_OF_ROW} | {
            "intake": self.rows["protection.IntakePerson"].intake_id,
            "received": self.received.pk,
            "glass": new_id(),
            "hold": self.hold.pk,
            "asked": self.asked.pk,
            "restriction": self.line.pk,
        }
        for address in addresses():
            kinds = set(kinds_of(address).values()) if address.name in NAMED else set()
            takes_ref = "ref" in dict(address.params)
            if address.name in LEAVING or rows()[address.name].public or not (kinds or takes_ref) or kinds & (NO_CASE | PUBLIC):
                continue
            assert kinds <= set(ids), (address.name, kinds)
            for method in rows()[address.name].methods:
                nobody = dict.fromkeys(ids, new_id())
                urls = [
                    address.url(ref=ref, **{name: side[kind] for name, kind in kinds_of(address).items() if kind})
                    for ref, side in ((self.case.ref, ids), (NO_SUCH, nobody))
                ]
                there, nowhere = (self._send(method, url, {}) for url in urls)
                told = {str(side[kind]) for side in (ids, nobody) for kind in kinds}
                self.note(f"{method} {address.name}", same(there, nowhere, told), (there.status_code, nowhere.status_code))

    def walk(self):
        self.walk_lists()
        self.walk_searches()
        self.walk_addresses()
        return self


NAMED = {address.name for address in with_ids()}


@pytest.fixture
def watch(monkeypatch, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    keep_no_contexts(monkeypatch)
    return lambda role: Watch(role, monkeypatch)


# row-level security is a second lock: three roles are tried behind it too
BEHIND_THE_SECOND_LOCK = {Role.CASE_MANAGER, Role.SHELTER, Role.DATA_PROTECTION_OFFICER}
# one role with every run of the tests, another with the drills, all of them with HAVRE_DRILL_WALL=full: up to a minute each
EVERY_RUN = (Role.CASE_MANAGER,)
DRILLED = (Role.DATA_PROTECTION_OFFICER,)
FULL = os.environ.get("HAVRE_DRILL_WALL") == "full"


def _marks(role):
    return [
        *([pytest.mark.postgresql] if role in BEHIND_THE_SECOND_LOCK else []),
        *([] if role in EVERY_RUN else [pytest.mark.drill]),
    ]


ROLES = [pytest.param(role, id=role.value, marks=_marks(role)) for role in (Role if FULL else EVERY_RUN + DRILLED)]


@pytest.mark.parametrize("role", ROLES)
def test_sealed_case_is_absent_from_every_path(role, watch):
    found = watch(role).walk()
    print(f"\nsealed case, {role.value}: {found.tried} paths, {len(found.leaks)} found", flush=True)
    assert found.leaks == [], "\n".join(map(str, found.leaks))
    assert found.tried > 90


def _second_lock_off():
    """Row-level security hides the sealed case as well: it is off until the test's own transaction is undone."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT oid::regclass::text FROM pg_class WHERE relrowsecurity")
            for (table,) in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")


@contextmanager
def forgotten_seal():
    """The policy without its row on sealed cases: what a forgotten check would be."""
    row = next(row for _name, row in POLICY.forbids if row.when is When.CASE_SEALED)
    mutilated = POLICY.without(row)
    functions = (policy.scope, policy.decide, policy.may_in_house)
    before = [dict(one.__kwdefaults__) for one in functions]
    _second_lock_off()
    for one in functions:
        one.__kwdefaults__["policy"] = mutilated
    try:
        yield
    finally:
        for one, kept in zip(functions, before, strict=True):
            one.__kwdefaults__.update(kept)


def test_planted_leak_is_seen_on_lists_searches_and_addresses(watch):
    """The walk can fail: with the seal's row taken out of the policy (and the second lock off) it names lists, searches and addresses."""
    with forgotten_seal():
        found = watch(Role.CASE_MANAGER).walk()
    paths = {path for _role, path, _why in found.leaks}
    assert {"GET home", "GET cases", "GET search ['ref']", "GET case", "GET protection:plan"} <= paths
    assert policy.POLICY is POLICY


def test_sealed_case_leaves_in_no_copy_no_waiting_line_and_no_count(watch):
    """What is not a page: waiting lines, timelines, panels, acts and the person's copy, as the case's own manager."""
    from havre import trust
    from havre.register import queries

    found = watch(Role.CASE_MANAGER)
    actor = found.actor.on(timezone.now())
    with trust.acting(actor):
        given = [
            part
            for contract in contracts()
            for part in (
                *contract.waiting(actor),
                *timeline(contract, actor, found.case.pk),
                *panels(contract, actor, found.case.pk),
                *contract.dossier(actor, found.case.pk),
            )
        ]
        assert (given, queries.caseload(actor).count, list(Case.objects.visible_to(actor))) == ([], 0, [])


def test_case_is_back_for_its_custodian_and_for_nobody_else(watch):
    """The seal hides, it does not destroy: unsealed, the same walk finds it everywhere."""
    found = watch(Role.CASE_MANAGER)
    Seal.objects.filter(ended_at=None).update(ended_at=timezone.now())
    found.walk_lists()
    assert "GET cases" in {path for _role, path, _why in found.leaks}
