"""The whereabouts wall: what is planted behind it, every request that a justice role can make, and the search of each answer.

What is asked comes from the live URLconf; what is typed into a form, and which tabs and filters are opened, from the page itself.
"""

from __future__ import annotations

import gzip
import html
import io
import re
import secrets
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.test import Client
from django.utils import timezone

from havre import trust
from havre.protection.models import AssistanceService, RiskAssessment
from havre.register import notes
from havre.register.attachments import keeping
from havre.register.models import Attachment, Case, Person
from havre.standards.models import FactRevision
from havre.trust import identity
from havre.trust.actors import Actor
from havre.trust.enums import ROLE_PURPOSES, Basis, Purpose, Role, Section
from havre.trust.middleware import SESSION_PURPOSE
from tests.consistency.test_address_rows import kinds_of
from tests.consistency.test_addresses import Address, addresses, rows
from tests.drills.forms import Needles, forms_of
from tests.factories import OrganisationFactory, give_to
from tests.factories_sides import make_side
from tests.factories_site import make_now, signed_in

# everybody who writes the section of justice, for each purpose of the job: a new purpose is tried by itself
JUSTICE = (Role.INVESTIGATOR, Role.PROSECUTOR, Role.COMPENSATION_FUND, Role.LABOUR_INSPECTOR, Role.LEGAL_AID)
SEATS = tuple((role, purpose) for role in JUSTICE for purpose in ROLE_PURPOSES[role])
# of one page; a calendar or a long list has many alike
MOST_LINKS = 24
# these end the session that the other addresses need
LEAVING = frozenset({"account_logout", "leave", "lock"})
# a fact that every country has, for the revision that make_side proposes
FACT = "reflection_days"
# a grant of every section on these bases: more than any service gives, so that the wall and not the grant is tried
SHARED = {"own": Basis.OWN_CASE, "shared": Basis.LEGAL_DUTY, "agreed": Basis.CONSENT}
BAD = ("\x00", "x" * 6_000, "' OR 1=1 --", "2026-02-30", "-1", "00000000-0000-0000-0000-000000000000")


# where a carer writes a place: each holds canaries of its own, so that a hit says through which hole it came
HELD = ("whereabouts", "protection", "screening", "health", "provider")


@dataclass(frozen=True)
class Place:
    """One invented place: an address, a telephone and a shelter's name that stand nowhere else in the world."""

    address: str
    phone: str
    shelter: str

    @classmethod
    def new(cls) -> Place:
        """A fresh one; ASCII, so that no encoding hides it."""
        mark = "".join(secrets.choice("bcdfghjklmnprstvz") + secrets.choice("aeiou") for _n in range(4))
        return cls(f"17 {mark} lane", f"+233{secrets.randbelow(10**9):09d}", f"haven {mark[::-1]}q")

    @property
    def values(self) -> tuple[str, ...]:
        return (self.address, self.phone, self.shelter)

    @property
    def words(self) -> str:
        """As a carer writes it."""
        return f"Sleeps at {self.shelter}, {self.address}, telephone {self.phone}."


Canaries = dict[str, Place]


def canaries() -> Canaries:
    """A fresh place for each of HELD."""
    return {held: Place.new() for held in HELD}


@dataclass
class Look:
    """Searches answers for the canaries, in every form, and counts what was searched."""

    canaries: Canaries
    # every way of writing a value, or (thirty times as fast) those in which a page would show it
    every_form: bool = False
    answers: int = 0
    size: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    hits: list[tuple[str, str]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        wanted = ((held, value) for held, place in self.canaries.items() for value in place.values)
        self._held = {form: held for held, value in wanted for form, name in forms_of(value).items() if self.every_form or _shown(name)}
        self._needles = Needles(self._held)

    def at(self, where: str, answer: Any) -> None:
        """One answer of the server: its lines, headers, cookies and body, unpacked."""
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items()) + "\n" + answer.cookies.output()
        self.answers += 1
        self.statuses[answer.status_code] += 1
        if answer.status_code >= 500:
            self.failures.append(where)
        self.text(where, head.encode() + b"\n" + body)
        for inside in _unpacked(body):
            self.text(f"{where} (unpacked)", inside)

    def text(self, where: str, body: bytes) -> None:
        self.size += len(body)
        for held in sorted({self._held[form] for form in self._needles.standing_in(body.lower())}):
            self.hits.append((where, held))


def _shown(name: str) -> bool:
    return not re.search(r"utf-16|latin-1|hex|md5|sha", name)


def _unpacked(body: bytes) -> Iterator[bytes]:
    if body.startswith(b"\x1f\x8b"):
        yield gzip.decompress(body)
    elif body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            yield from (packed.read(name) for name in packed.namelist())


def plant(case_id: UUID, canaries: Canaries) -> Actor:
    """Write places behind the wall wherever a carer writes one, and give that carer: see HELD.

    Whereabouts and its note; notes, plan, risk and service words of protection; a note of the screening; one of health; the provider.
    """
    carer, nurse = make_now(Role.CASE_MANAGER), make_now(Role.HEALTH)
    case = Case.objects.for_house("tests").get(pk=case_id)
    give_to(carer, case, basis=Basis.OWN_CASE)
    give_to(nurse, case, basis=Basis.CONSENT)
    person = Person.objects.for_house("tests").filter(case=case).earliest("recorded_at")
    place = {"case_id": case.pk, "person_id": person.pk}
    with trust.acting(carer):
        here = canaries["whereabouts"]
        # in place of what the factory wrote, which no key opens: a search by name reads it
        identity.write(**place, by=carer, section=Section.IDENTITY, kind="identity", body={"prs_FirstName": "Example"})
        body = {"address": here.address, "phone": here.phone, "shelter": here.shelter, "words": here.words}
        identity.write(**place, by=carer, section=Section.WHEREABOUTS, kind="whereabouts", body=body, record_id=person.pk)
        for held, section in (("whereabouts", Section.WHEREABOUTS), ("protection", Section.PROTECTION), ("screening", Section.SCREENING)):
            notes.add(**place, by=carer, section=section, happened_at=timezone.now(), words=canaries[held].words)
            keeping.add(**place, by=carer, section=section, data=canaries[held].words.encode(), name=f"{canaries[held].shelter}.txt")
        risk = RiskAssessment.objects.visible_to(carer).filter(case=case).first()
        service = AssistanceService.objects.visible_to(carer).filter(case=case).first()
        body = {"words": canaries["protection"].words}
        for kind, record in (("risk", risk), ("plan", service.plan), ("service", service)):
            identity.write(**place, by=carer, section=Section.PROTECTION, kind=kind, body=body, record_id=record.pk)
    with trust.acting(nurse):
        words = canaries["health"].words
        notes.add(**place, by=nurse, section=Section.HEALTH, happened_at=timezone.now(), words=words)
    # a closed door of the directory: no longer in service, so that no list of services may name it either
    shelter = OrganisationFactory(name=canaries["provider"].shelter, kind="NGO", active=False)
    # a provider stands in the plan, where the carer did not heed that a place to sleep has none
    AssistanceService.objects.for_house("tests").filter(case=case).update(provider=shelter, need="medical")
    return carer


def sides(actor: Actor, canaries: Canaries) -> dict[str, dict[str, Any]]:
    """The cases that a role meets: its own, shared on two bases, and another's; the place stands in each. Kind of case -> ids."""
    found = {}
    for kind, basis in SHARED.items():
        owner = actor if kind == "own" else make_now(Role.CASE_MANAGER)
        found[kind] = make_side(owner)
        give_to(actor, Case.objects.for_house("tests").get(pk=found[kind]["case"]), basis=basis)
    found["foreign"] = make_side(make_now(Role.CASE_MANAGER))
    for side in found.values():
        plant(side["case"], canaries)
        # the files with a place in them, whose addresses are asked for as well
        files = Attachment.objects.for_house("tests").filter(case_id=side["case"]).order_by("-recorded_at")
        side["attachment"] = files.filter(section_bit=int(Section.WHEREABOUTS)).first().pk
        # a fact that the country has: the page of facts shows what is proposed for it
        FactRevision.objects.filter(pk=side["revision"]).update(fact=FACT)
        side["ref"] = Case.objects.for_house("tests").get(pk=side["case"]).ref
    return found


def url(address: Address, side: dict[str, Any]) -> str:
    """The address with this side's ids in it."""
    numbers = {"number": 0} if "number" in dict(address.params) else {}
    return address.url(ref=side["ref"], **numbers, **{name: side[kind] for name, kind in kinds_of(address).items()})


def fields_of(page: bytes) -> set[str]:
    """The names of the fields that a page offers, but for tokens."""
    names = re.findall(rb'<(?:input|select|textarea|button)[^>]*? name="([^"]+)"', page)
    return {name.decode() for name in names} - {"csrfmiddlewaretoken", "once"}


def links_of(page: bytes) -> list[str]:
    """The tabs, filters and further pages of the same address that a page offers."""
    found = {html.unescape(query.decode()) for query in re.findall(rb'href="(\?[^"#]+)', page)}
    return sorted(found)[:MOST_LINKS]


def bodies(fields: Iterable[str], canaries: Canaries) -> Iterator[dict[str, str]]:
    """What is posted: nothing, and each kind of nonsense in every field; a search by the beginning of the place."""
    yield {}
    if not (names := sorted(fields)):
        # without a field they would all be the same empty form
        return
    for bad in BAD:
        yield dict.fromkeys(names, bad)
    yield dict.fromkeys(names, canaries["whereabouts"].address[:7])


def keep_no_contexts(monkeypatch: Any) -> None:
    """Django's test client copies every template's context: a tenth of a walk that looks at bytes alone."""
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_args, **_more: None)


def at_desk(actor: Actor) -> Client:
    """A browser of this actor, who has declared the purpose; a failure of the server is an answer like any other."""
    client = signed_in(actor)
    session = client.session
    session[SESSION_PURPOSE] = actor.purpose.value
    session.save()
    client.raise_request_exception = False
    return client


@dataclass
class Walk:
    """One job at work for one purpose, and the cases that it meets: made once, walked kind by kind."""

    role: Role
    purpose: Purpose
    look: Look
    deep: bool = True
    # what was asked for already: a list, or a page without an id, is the same on whichever kind of case
    asked: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.actor = make_now(self.role).for_purpose(self.purpose)
        self.sides = sides(self.actor, self.look.canaries)
        self.client = at_desk(self.actor)

    def walk(self, kind: str) -> int:
        """Every address on this kind of case that was not asked for yet. Gives how many. What a POST changed is undone."""
        every = {where: one for one in addresses() if one.name not in LEAVING and (where := url(one, self.sides[kind])) not in self.asked}
        self.asked |= set(every)
        for where, address in every.items():
            if not self.client.session.get("membership"):
                # the address before ended the session, and a page of the sign-in shows nothing
                self.client = at_desk(self.actor)
            self._try(address, f"{self.role.value} {self.purpose.value} {kind} {address.name}", where)
        return len(every)

    def _try(self, address: Address, said: str, where: str) -> None:
        fields, queries = set(), ["", "?part=protection&ref=D&tab=all&kind=plan", "?after=%00&since=nonsense"] if self.deep else [""]
        for number, query in enumerate(queries):
            page = _apart(lambda query=query: self.client.get(where + query))
            self.look.at(f"{said} GET {query}", page)
            if page.status_code == 200 and not page.streaming:
                fields |= fields_of(page.content)
                if self.deep and not number:
                    queries += [link for link in links_of(page.content) if link not in queries]
        if self.deep and fields:
            start = dict.fromkeys(sorted(fields), self.look.canaries["whereabouts"].address[:7])
            self.look.at(f"{said} GET search", _apart(lambda: self.client.get(where, start)))
        if "POST" not in rows()[address.name].methods:
            self.look.at(f"{said} POST that is not there", _apart(lambda: self.client.post(where, {})))
            return
        short = [{}, dict.fromkeys(sorted(fields), "nonsense")] if fields else [{}]
        for body in bodies(fields, self.look.canaries) if self.deep else short:
            answer = _apart(lambda body=body: self.client.post(where, body))
            self.look.at(f"{said} POST {next(iter(body.values()), '')[:12]!r}", answer)


def _apart(ask: Any) -> Any:
    point = transaction.savepoint()
    try:
        return ask()
    finally:
        transaction.savepoint_rollback(point)


def try_errors(actor: Actor, look: Look) -> int:
    """Addresses that are not there, and searches: what a page says that has nothing to show. Gives how many were tried."""
    client = at_desk(actor)
    canaries = look.canaries["whereabouts"]
    # the beginning of a value only: a page repeats what was typed
    start = canaries.address[:8]
    tried = [
        lambda: client.get(f"/d/{start[:3]}/"),
        lambda: client.get("/nowhere/at/all/"),
        lambda: client.get("/d/search/", {"ref": start}),
        lambda: client.post("/d/search/", {"name": start, "ref": ""}),
        lambda: client.post("/d/search/", {"name": canaries.shelter[:7], "ref": ""}),
        lambda: client.post("/d/country/", {"phone": canaries.phone[:-3]}),
        lambda: client.get("/j/", {"q": start}),
        lambda: client.delete("/j/"),
        lambda: client.put("/j/", b"{", content_type="application/json"),
        lambda: client.get("/j/", headers={"accept": "application/json"}),
        lambda: client.get("/j/", headers={"accept-language": "fr"}),
    ]
    for number, ask in enumerate(tried):
        look.at(f"{actor.role.value} {actor.purpose.value} any error {number}", _apart(ask))
    return len(tried)
