"""Must show 5 of the casework: where a person is, tried on every page, export, search and error as every justice role. 0 found.

The short form asks two roles' addresses once; the drill asks on its own, two shared and another's case, with every kind of bad input.
Each is void unless the carer sees the place and a planted leak is seen.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import replace

import pytest
from django.urls import reverse

from havre.justice.models import Charge
from havre.register.models import Case
from havre.trust.contracts import Waiting, contracts, register_contract
from havre.trust.enums import Role
from tests.drills.wall import JUSTICE, SHARED, Look, canaries, fields_of, plant, sides, try_all, try_errors
from tests.factories_site import make_now, signed_in
from tests.factories_vault import unlocked  # noqa: F401
from tests.factories_whole import make_side

# an answer of a security key that is no answer ends in a failure inside allauth; its page shows nothing, and is searched all the same
KNOWN = ("accounts_confirm", "mfa_", "account_")
# What the policy's own rows open to a labour inspector, who is front line too: the screening of any case held, and the protection of a case
# which the inspection opened itself (CoE art. 10, 12). An address that a carer writes there, instead of as whereabouts, is read by design;
# so is the provider of a service. Written here so that it is seen; for a case of another service not even that.
FRONT_LINE_READS = {
    (Role.LABOUR_INSPECTOR, "own"): {"screening", "protection", "provider"},
    (Role.LABOUR_INSPECTOR, "shared"): {"screening"},
    (Role.LABOUR_INSPECTOR, "agreed"): {"screening"},
}
pytestmark = pytest.mark.usefixtures("unlocked")


@pytest.fixture(autouse=True)
def _static(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path


@pytest.fixture
def look() -> Look:
    return Look(canaries())


def holes(look: Look, role: Role) -> list[tuple[str, str]]:
    """The hits that no row of the policy explains: what came out, and where."""
    found = []
    for where, held in look.hits:
        _role, kind = where.split()[:2]
        if held not in FRONT_LINE_READS.get((role, kind), ()):
            found.append((where, held))
    return found


def report(look: Look, role: Role, addresses: int) -> None:
    statuses = ", ".join(f"{status}: {count}" for status, count in sorted(look.statuses.items()))
    print(
        f"\nwhereabouts wall, {role.value}: {addresses} addresses, {look.answers:,} answers ({statuses}), {look.size:,} bytes,"
        f" {len(holes(look, role))} canaries found"
    )


def test_carer_sees_the_place_that_the_wall_hides(look):
    side = make_side(make_now(Role.CASE_MANAGER))
    carer = plant(side["case"], look.canaries)
    look.at("carer", signed_in(carer).get(reverse("case", args=[Case.objects.for_house("tests").get(pk=side["case"]).ref])))
    seen = {held for _where, held in look.hits}
    # health is another service's; the carer of a case sees the rest of it
    assert seen >= {"whereabouts", "protection", "screening"}


# the other two roles are the drill's
@pytest.mark.parametrize("role", [Role.PROSECUTOR, Role.LABOUR_INSPECTOR], ids=lambda role: role.value)
def test_no_address_shows_a_justice_role_where_a_person_is(role, look):
    count = try_all(role, look, kinds=("own",), deep=False)
    count += try_errors(role, look)
    report(look, role, count)
    assert holes(look, role) == []
    assert [where for where in look.failures if not any(name in where for name in KNOWN)] == []
    # void if hardly anything answered: a page that is refused cannot leak
    assert look.statuses[200] >= 20


KINDS = [*SHARED, "foreign"]
# two pairs by default, minutes each; full: every role on every kind of case; none: the short form of `make test` stands alone, as in CI
ASKED = os.environ.get("HAVRE_DRILL_WALL", "")
SHORT = ((Role.INVESTIGATOR, "shared"), (Role.COMPENSATION_FUND, "foreign"))
WALK = {"full": [(role, kind) for role in JUSTICE for kind in KINDS], "none": []}.get(ASKED, SHORT)


@pytest.mark.drill
@pytest.mark.parametrize(("role", "kind"), WALK, ids=str)
def test_wall_holds_on_own_shared_and_foreign_cases_against_every_bad_input(role, kind):
    look = Look(canaries(), every_form=True)
    count = try_all(role, look, kinds=(kind,))
    count += try_errors(role, look)
    report(look, role, count)
    assert holes(look, role) == []
    assert [where for where in look.failures if not any(name in where for name in KNOWN)] == []


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
