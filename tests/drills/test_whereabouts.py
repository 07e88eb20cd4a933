"""Must show 5 of the casework: where a person is, tried on every page, export, search and error as every justice role. 0 found.

The short form asks two seats' addresses once; the drill asks on its own, two shared and another's case, with every kind of bad input.
A seat is a job and the purpose declared. Each is void unless the carer sees the place and a planted leak is seen.
"""

from __future__ import annotations

import base64
import json
import os
import time
from dataclasses import replace

import pytest
from django.urls import reverse

from havre.justice.models import Charge
from havre.register.models import Case
from havre.trust.contracts import Waiting, contracts, register_contract
from havre.trust.enums import Purpose, Role
from tests.drills.forms import Needles, forms_of
from tests.drills.wall import SEATS, SHARED, Look, Walk, canaries, fields_of, keep_no_contexts, links_of, plant, sides, try_errors
from tests.factories_sides import make_side
from tests.factories_site import make_now, signed_in
from tests.factories_vault import unlocked  # noqa: F401

# an answer of a security key that is no answer ends in a failure inside allauth; its page shows nothing, and is searched all the same
KNOWN = ("accounts_confirm", "mfa_", "account_")
# What the policy's own rows open to two jobs that are not of justice alone (docs/decisions/inspector-front-line.md). An address that a
# carer writes there, instead of as whereabouts, is read by design; so is the provider of a service. Written here so that it is seen.
# A labour inspector who acts for identification is front line: the screening of any case held, the protection of a case which the
# inspection opened and leads (CoE art. 10, 12). For justice, and once another service leads, neither.
# Legal aid is the person's own lawyer: protection on the person's consent (CoE art. 12, 15(2)), which names the section.
INSPECTING, ASSISTING = (Role.LABOUR_INSPECTOR, Purpose.IDENTIFICATION), (Role.LEGAL_AID, Purpose.PROTECTION)
LITIGATING = (Role.LEGAL_AID, Purpose.JUSTICE)
READS_BY_DESIGN = {
    (*INSPECTING, "own"): {"screening", "protection", "provider"},
    (*INSPECTING, "shared"): {"screening"},
    (*INSPECTING, "agreed"): {"screening"},
    **{(*seat, kind): {"protection", "provider"} for seat in (ASSISTING, LITIGATING) for kind in ("own", "agreed")},
}
pytestmark = pytest.mark.usefixtures("unlocked")


@pytest.fixture(autouse=True)
def _static(settings, tmp_path, monkeypatch):
    settings.STATIC_ROOT = tmp_path
    keep_no_contexts(monkeypatch)


@pytest.fixture
def look() -> Look:
    return Look(canaries())


def holes(look: Look) -> list[tuple[str, str]]:
    """The hits that no row of the policy explains: what came out, and where."""
    found = []
    for where, held in look.hits:
        role, purpose, kind = where.split()[:3]
        if held not in READS_BY_DESIGN.get((Role(role), Purpose(purpose), kind), ()):
            found.append((where, held))
    return found


def report(look: Look, who: str, addresses: int) -> None:
    statuses = ", ".join(f"{status}: {count}" for status, count in sorted(look.statuses.items()))
    by_design = len(look.hits) - len(holes(look))
    print(
        f"\nwhereabouts wall, {who}: {addresses} addresses, {look.answers:,} answers ({statuses}), {look.size:,} bytes,"
        f" {len(holes(look))} canaries found, {by_design} read by design"
    )


def test_carer_sees_the_place_that_the_wall_hides(look):
    side = make_side(make_now(Role.CASE_MANAGER))
    carer = plant(side["case"], look.canaries)
    look.at("carer", signed_in(carer).get(reverse("case", args=[Case.objects.for_house("tests").get(pk=side["case"]).ref])))
    seen = {held for _where, held in look.hits}
    # health is another service's; the carer of a case sees the rest of it
    assert seen >= {"whereabouts", "protection", "screening"}


# the other seats are the drill's
@pytest.mark.parametrize(
    ("role", "purpose"), [(Role.PROSECUTOR, Purpose.JUSTICE), (Role.LABOUR_INSPECTOR, Purpose.IDENTIFICATION)], ids=str
)
def test_no_address_shows_a_justice_role_where_a_person_is(role, purpose, look):
    walk = Walk(role, purpose, look, deep=False)
    count = walk.walk("own") + try_errors(walk.actor, look)
    report(look, f"{role.value} {purpose.value} own", count)
    assert holes(look) == []
    assert [where for where in look.failures if not any(name in where for name in KNOWN)] == []
    # void if hardly anything answered: a page that is refused cannot leak
    assert look.statuses[200] >= 20


KINDS = [*SHARED, "foreign"]
# two by default, minutes each; full: every seat on every kind of case; none: the short form of `make test` stands alone, as in CI
ASKED = os.environ.get("HAVRE_DRILL_WALL", "")
SHORT = ((Role.INVESTIGATOR, Purpose.JUSTICE, ["shared"]), (Role.COMPENSATION_FUND, Purpose.JUSTICE, ["foreign"]))
WALK = {"full": [(role, purpose, KINDS) for role, purpose in SEATS], "none": []}.get(ASKED, SHORT)


@pytest.mark.drill
@pytest.mark.parametrize(("role", "purpose", "kinds"), WALK, ids=str)
def test_wall_holds_on_own_shared_and_foreign_cases_against_every_bad_input(role, purpose, kinds):
    # one world and one browser for all kinds of case: what a POST changed is undone
    places = canaries()
    walk = Walk(role, purpose, Look(places, every_form=True))
    found = []
    for kind in kinds:
        walk.look = Look(places, every_form=True)
        began = time.monotonic()
        count = walk.walk(kind) + try_errors(walk.actor, walk.look)
        report(walk.look, f"{role.value} {purpose.value} {kind}", count)
        print(f"{time.monotonic() - began:.0f} s", flush=True)
        found += holes(walk.look)
        found += [(where, "failure") for where in walk.look.failures if not any(name in where for name in KNOWN)]
        # void when the sides hold nothing: what the policy opens by design must be met
        assert {held for _where, held in walk.look.hits} >= READS_BY_DESIGN.get((role, purpose, kind), set())
    assert found == []


def test_extract_holds_no_place(look):
    sides(make_now(Role.PROSECUTOR), look.canaries)
    for contract in contracts():
        for table, rows in contract.extract():
            look.text(f"extract {contract.part}.{table}", json.dumps(list(rows), default=str).encode())
    assert look.size > 500
    assert look.hits == []


def test_leak_planted_in_a_record_of_justice_is_seen(look):
    """Void if it fails: an address typed as the article of a charge must be met on the proceeding's page."""
    actor = make_now(Role.PROSECUTOR)
    found = sides(actor, look.canaries)
    Charge.objects.for_house("tests").filter(case_id=found["own"]["case"]).update(article=look.canaries["whereabouts"].address.upper())
    look.at("planted", signed_in(actor).get(reverse("justice:proceeding", args=[found["own"]["proceeding"]])))
    assert [where for where, _value in look.hits] == ["planted"]


def test_leak_planted_in_the_code_is_seen(look):
    """Void if it fails: a part that lists a shelter among what waits must be met on the home page."""
    before = {contract.part: contract for contract in contracts()}["evidence"]
    words = f"Fetch the person at {look.canaries['provider'].shelter}"
    register_contract(replace(before, waiting=lambda _actor: (Waiting(words, "/"),)))
    try:
        look.at("home", signed_in(make_now(Role.INVESTIGATOR)).get("/"))
    finally:
        register_contract(before)
    assert [where for where, _value in look.hits] == ["home"]


@pytest.mark.parametrize("form", ["raw", "base64", "html"])
def test_place_is_met_in_whatever_form_it_lies(form, look):
    text = look.canaries["whereabouts"].address.encode()
    bodies = {"raw": text.upper(), "base64": base64.b64encode(b"?" + text + b"?"), "html": text.replace(b"17", b"&#49;&#55;") + text}
    look.text("form", bodies[form])
    assert look.hits


def test_fields_of_a_page_are_found_for_the_bad_input():
    page = b'<form><input type="text" name="article" maxlength="9"><select name="verdict"></select><input name="once" value="1"></form>'
    assert fields_of(page) == {"article", "verdict"}


def test_tabs_and_filters_of_a_page_are_found():
    page = b'<a href="?tab=plan&amp;page=2">2</a><a href="/elsewhere/">x</a><a href="?tab=plan&amp;page=2#top">again</a>'
    assert links_of(page) == ["?tab=plan&page=2"]


@pytest.mark.parametrize("step", [1, 2, 3])
def test_quick_search_finds_what_a_plain_one_finds(step, look):
    """On texts in which forms touch, overlap, are cut, and stand at the very end."""
    forms = sorted(forms_of(look.canaries["whereabouts"].address))
    text = b"".join(form if n % 2 else form[: len(form) // 2] for n, form in enumerate(forms[::step])) + forms[-1]
    assert Needles(forms).standing_in(text) == {form for form in forms if form in text}
    assert Needles(forms).standing_in(forms[0][:-1]) == {form for form in forms if form in forms[0][:-1]}
