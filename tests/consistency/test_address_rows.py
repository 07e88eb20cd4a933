"""Every address with an id × every role × a real row of one's own, of another organisation and none at all.

What is tried comes from the live URLconf: an id of a kind that has no row here fails the first test.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from havre.protection.kinds import KINDS
from havre.trust import policy
from havre.trust.enums import Act, Role, Section
from havre.trust.ids import new_id
from havre.trust.policy import rls
from tests.consistency.test_addresses import NO_ENTRY, Address, _blank, addresses, ask, rows
from tests.factories_sides import make_side
from tests.factories_site import make_now, signed_in

# what an id names: by its name in the route, or, where that is only `pk`, by the beginning of the address's name
BY_PARAMETER = {
    "case_id": "case",
    "person_id": "person",
    "user_pk": "user",
    "job_pk": "job",
    "nomination_pk": "nomination",
    "reset_pk": "reset",
    "revision": "revision",
    "restriction_pk": "restriction",
    "merger_pk": "merger",
}
BY_ADDRESS = {
    "mfa_remove_webauthn": "authenticator",
    "accounts_members": "organisation",
    "accounts_invite": "organisation",
    "accounts_add_job": "organisation",
    "accounts_new_code": "organisation",
    "accounts_close": "organisation",
    "accounts_ask_reset": "organisation",
    "accounts_end_job": "organisation",
    "accounts_confirm_": "organisation",
    "accounts_glass": "glass",
    "accounts_close_glass": "glass",
    "accounts_review_glass": "glass",
    "exchange:": "batch",
    "protection:screening": "screening",
    "protection:identification": "identification",
    "protection:recovery": "identification",
    "protection:waive": "identification",
    "protection:plan": "plan",
    "protection:offer": "plan",
    "protection:risk": "plan",
    "protection:service": "service",
    "protection:group": "intake",
    "protection:ask": "later",
    "protection:removal": "identification",
    **{f"protection:{code}": code for code in KINDS},
    "evidence:profile_page": "profile",
    "release:": "release",
    "retention_lift": "hold",
    "identity_": "asked",
    "case_file": "attachment",
    "consent_": "consent",
    "share_ended": "ended",
    "person_open": "person",
    "person_code": "person",
    "person_answer": "request",
    "person:close": "consent",
    "person:less": "consent",
    "person:asked": "request",
    "person:receipt": "request",
    "referral:answer": "received",
    "referral:proof": "consent",
    "referral:transfer": "transfer",
    "referral:conference": "conference",
    "referral:action": "action",
    "referral:sent": "sent",
    "referral:step": "sent",
    "justice:proceeding": "proceeding",
    "justice:charge": "proceeding",
    "justice:claim": "claim",
    "justice:wages": "claim",
    "justice:exhibits": "proceeding",
    "justice:exhibit": "exhibit",
    **dict.fromkeys((f"justice:{kind}" for kind in ("suspects", "hearings", "assets", "requests", "assistance", "links")), "proceeding"),
}
# rows that are no organisation's own, and why; a role without a job there finds none all the same, but for drafts of facts (PUBLIC)
COUNTRY = {
    "revision": "the country's law and services: one draft for all who edit facts",
    "profile": "figures of the whole register, without a case",
    "release": "publications: one ledger for all who publish or watch over it",
}
# every role reads the facts and what is proposed for them: that a draft is there is no secret
PUBLIC = {"revision"}
# the section that a row belongs to: its page opens exactly to those whom the policy lets read it on their own case
SECTIONS = {
    "screening": Section.SCREENING,
    "identification": Section.FACTS,
    "plan": Section.PROTECTION,
    "service": Section.PROTECTION,
    **{code: kind.section for code, kind in KINDS.items()},
    "sent": Section.PROTECTION,
    "proceeding": Section.JUSTICE,
    "claim": Section.JUSTICE,
}
# (address, role) → why this role reaches another organisation's row
OVERSIGHT = (
    {
        (name, Role.DATA_PROTECTION_OFFICER): "judges every emergency access of the country (design, part 1)"
        for name in ("accounts_glass", "accounts_review_glass", "accounts_restore")
    }
    | {
        ("identity_request", Role.DATA_PROTECTION_OFFICER): "oversees who asked for a name, in the whole country",
    }
    | {("retention_lift", Role.DATA_PROTECTION_OFFICER): "holds and lets go of every file of the country"}
)


def with_ids() -> Iterator[Address]:
    """The addresses in which an id stands."""
    return (address for address in addresses() if {kind for _name, kind in address.params} & {"uuid", "int"})


def kinds_of(address: Address) -> dict[str, str | None]:
    """Parameter → kind of row; None for an id that nobody said anything about. A table's number is a place, not an id."""
    found = {}
    for name, converter in address.params:
        if converter not in {"uuid", "int"} or (address.name, name) in {("release:table", "number"), ("release:table_csv", "number")}:
            continue
        longest = max((start for start in BY_ADDRESS if address.name.startswith(start)), key=len, default="")
        found[name] = BY_PARAMETER.get(name) or (BY_ADDRESS.get(longest) if name == "pk" else None)
    return found


def url(address: Address, side: dict) -> str:
    numbers = {"number": 0} if "number" in dict(address.params) else {}
    return address.url(**numbers, **{name: side[kind] for name, kind in kinds_of(address).items()})


def apart(client, method: str, where: str):
    """The answer; what the request changed is undone, so that no address stands in the way of the next."""
    point = transaction.savepoint()
    try:
        return ask(client, method, where)
    finally:
        transaction.savepoint_rollback(point)


def contents(case_id) -> dict[str, list]:
    """Every row of one case, table by table."""
    return {
        model._meta.label: list(model.objects.for_house("tests").filter(**{model.case_path: case_id}).order_by("pk").values())
        for model in rls.protected_models()
    }


def test_every_id_in_an_address_has_a_row_to_try():
    side = make_side(make_now())
    unknown = [(address.name, name) for address in with_ids() for name, kind in kinds_of(address).items() if kind not in side]
    assert unknown == []
    assert len(list(with_ids())) >= 40


def same(first, second, ids: set[str]) -> bool:
    """Whether two answers are alike but for the ids that were asked for."""
    bodies = []
    for answer in (first, second):
        body = _blank(answer.content)
        for one in ids:
            body = body.replace(one.encode(), b"ID")
        bodies.append(body)
    return first.status_code == second.status_code and bodies[0] == bodies[1]


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_row_of_another_organisation_is_answered_like_none_and_ones_own_by_the_table(role, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    actor = make_now(role)
    # two browsers: what a page says of one's own row must not be told on the next page of somebody else's
    stranger, client = signed_in(actor), signed_in(actor)
    own, other = make_side(actor), make_side(make_now(Role.CASE_MANAGER))
    nobody = dict.fromkeys(own, new_id()) | {"authenticator": 999_999}
    before = contents(other["case"])
    wrong = []
    for address in with_ids():
        row, kinds = rows()[address.name], set(kinds_of(address).values())
        ids = {str(side[kind]) for side in (other, nobody) for kind in kinds}
        invited = row.public or row.own is None or role in row.own
        for method in row.methods:
            there = ask(stranger, method, url(address, other))
            nowhere = apart(stranger, method, url(address, nobody))
            mine = apart(client, method, url(address, own)).status_code
            open_to_all = bool(kinds & PUBLIC) or (bool(kinds & set(COUNTRY)) and invited) or (address.name, role) in OVERSIGHT
            problems = [
                *(["a failure of ours"] if max(there.status_code, nowhere.status_code, mine) >= 500 else []),
                *([] if open_to_all or same(there, nowhere, ids) else ["tells that a stranger's row is there"]),
                *([] if invited or mine in NO_ENTRY else ["lets a role in that the table does not name"]),
            ]
            for section in (SECTIONS[kind] for kind in kinds & set(SECTIONS) if method == "GET"):
                readable = policy.decide(actor, Act.READ, section, own["case"]).allowed
                problems += [] if (mine == 200) is (readable and invited) else [f"own row, readable {readable}"]
            if problems:
                wrong.append((address.name, method, there.status_code, nowhere.status_code, mine, *problems))
    if wrong:
        pytest.fail("\n".join(map(str, wrong)))
    assert contents(other["case"]) == before
