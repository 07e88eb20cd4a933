"""A sealed case outside the pages: what the parts give, what the commands write, the extract, the copies that leave.

The lists are closed: a new part's hook or a new command is tried here, or says why it cannot tell of a case.
"""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from types import SimpleNamespace

import pyrage
import pytest
from click.testing import CliRunner
from django.utils import timezone

from havre import trust
from havre.evidence.jobs import extracting
from havre.referral import queries as referrals
from havre.referral.models import Referral
from havre.referral.queries import casefile
from havre.referral.workflow import ACKNOWLEDGE
from havre.register.exchange.exporting import export_cases
from havre.register.models import Case
from havre.site import command
from havre.trust import clocks
from havre.trust.contracts import Contract, contracts
from havre.trust.enums import Act, Role
from havre.trust.errors import Missing
from havre.trust.ids import new_id
from havre.trust.models import Seal
from tests import parts
from tests.factories import OrganisationFactory
from tests.factories_site import make_now
from tests.factories_vault import unlocked  # noqa: F401
from tests.factories_whole import fill_case, send

pytestmark = pytest.mark.postgresql
# what a part gives for an actor: each is asked about the sealed case
GIVEN = {
    "timeline": lambda part, actor, case, _person: parts.timeline(part, actor, case.pk),
    "panels": lambda part, actor, case, _person: parts.panels(part, actor, case.pk),
    "dossier": lambda part, actor, case, _person: part.dossier(actor, case.pk),
    "acts": lambda part, actor, case, person: part.acts(actor, case.pk, person.pk, frozenset()),
    "waiting": lambda part, actor, _case, _person: part.waiting(actor),
}
# what a part does for the house, and where its silence is shown
OF_THE_HOUSE = {
    "lines": "says which kinds of record there are, and reads none",
    "sheets": "makes panels of one reading: `panels` above asks it",
    "merge": "re-points the rows of two organisations for the house, and gives numbers",
    "erase": "destroys, and gives a number",
    "ended": "read by retention alone, which leaves sealed cases out (tests/trust/test_retention.py)",
    "outcomes": "of persons that retention names",
    "needed": "of cases that retention names",
    "sweep": "moves what is due, and gives a number",
    "extract": "goes through the bridge: below",
    "find_case": "asked behind the emergency access and the officer's history, whose pages test_sealed.py walks",
    "persons_of_case": "asked behind the officer's history, whose pages test_sealed.py walks",
}
# every `havre` command: tried below, or why it tells of no case
COMMANDS = {
    "export": "tried",
    "retention": "tried",
    **dict.fromkeys(("determinants", "estimate", "flows", "link", "link-private", "release"), "reads files and the extract: tried there"),
    **dict.fromkeys(("demonstration", "demo", "external", "import"), "brings in, and shows what it brought"),
    "audit": "ids and codes of the trail, for the verifier: a row left out would break the chain",
    "erase": "destroys a person's key by an id that is given to it",
    **dict.fromkeys(
        ("backup", "restore", "doctor", "keys"), "whole files, sealed to a key that this machine does not have; counts of files"
    ),
    **dict.fromkeys(("found", "init", "serve", "worker"), "starts the house"),
    **dict.fromkeys(("manage", "messages", "publish", "reference", "texts"), "of the software and its publications, not of cases"),
}


def seal(case, by):
    Seal.objects.create(case_id=case.pk, reason="threat", starts_at=timezone.now(), review_on=timezone.localdate(), by=by.user)


@pytest.fixture
def sealed():
    """A case manager and a case of theirs with a row in every table, sealed."""
    by = make_now(Role.CASE_MANAGER)
    rows = fill_case(by)
    seal(rows["register.Case"], by)
    return by, rows["register.Case"], rows["register.Person"]


def given(actor, case, person) -> dict[str, str]:
    """What each part gives, as text, with the ids that were asked for left out; parts that give nothing are not in it."""
    actor = actor.on(timezone.now())
    said = {}
    with trust.acting(actor):
        for contract in contracts():
            for name, ask in GIVEN.items():
                if found := [*ask(contract, actor, case, person)]:
                    said[f"{contract.part}.{name}"] = repr(found).replace(str(case.pk), "CASE").replace(str(person.pk), "PERSON")
    return said


def test_every_hook_of_a_part_is_asked_or_says_why_not():
    callables = {field.name for field in dataclasses.fields(Contract) if callable(getattr(contracts()[0], field.name))}
    assert callables | {"timeline", "panels"} == set(GIVEN) | set(OF_THE_HOUSE)


def test_no_part_gives_more_of_a_sealed_case_than_of_none_and_each_does_once_it_is_unsealed(sealed):
    by, case, person = sealed
    nobody, nothing = SimpleNamespace(pk=new_id()), SimpleNamespace(pk=new_id())
    # a link into the case page is made from the ids that are asked for: it must be the one that ids of nothing give
    none = given(by, nobody, nothing)
    assert given(by, case, person) == none
    Seal.objects.update(ended_at=timezone.now())
    # void otherwise: the same questions are answered when the seal is gone
    more = given(by, case, person)
    assert {name.split(".")[1] for name in more if more[name] != none.get(name)} >= {"timeline", "panels", "dossier", "waiting"}


def test_every_command_is_tried_or_says_why_it_tells_of_no_case():
    assert set(COMMANDS) == set(command.COMMANDS)


def test_copy_that_leaves_holds_no_sealed_case(sealed, unlocked):  # noqa: F811
    by, case, _person = sealed
    key = str(pyrage.x25519.Identity.generate().to_public())
    asked = {"reason": "transfer", "recipient": key, "expires_at": timezone.now() + timedelta(days=9)}
    now = by.on(timezone.now())
    with trust.acting(now):
        assert list(Case.objects.visible_to(now, Act.EXPORT)) == []
        with pytest.raises(Missing):
            export_cases(by=now, case_ids=[case.pk], **asked)


def test_retention_on_a_terminal_counts_no_sealed_case(sealed):
    _by, case, _person = sealed
    long_ago = timezone.now() - timedelta(days=365 * 40)
    Case.objects.for_house("tests").filter(pk=case.pk).update(status="Closed", opened_at=long_ago, closed_at=long_ago)
    there = CliRunner().invoke(command.main, ["retention"])
    Seal.objects.update(ended_at=timezone.now())
    unsealed = CliRunner().invoke(command.main, ["retention"])
    assert (there.exit_code, unsealed.exit_code) == (0, 0)
    assert "Nothing is over its term" in there.output
    assert "over the term" in unsealed.output


def test_extract_has_as_many_rows_as_before_the_sealed_case_in_every_table(tmp_path, sealed):
    counts = []
    for name in ("sealed", "unsealed"):
        (tmp_path / name).mkdir()
        tables = extracting.write(tmp_path / name, now=timezone.now())["tables"]
        counts.append({table: one["rows"] for table, one in tables.items()})
        Seal.objects.update(ended_at=timezone.now())
    assert set(counts[0].values()) == {0}
    # void otherwise: unsealed, each part gives rows, and the steps of its persons
    assert sum(map(bool, counts[1].values())) >= 15
    assert counts[1]["steps"] > 0


def spoken_of() -> dict[str, object]:
    """What the coordinator is told of the referrals of the whole instance: the page's figures and the line of the home page."""
    at = timezone.now()
    coordinator = make_now(Role.COORDINATOR)
    figures = {name: value for name, value in referrals.coordination(at).items() if name != "lapsed"}
    with trust.acting(coordinator):
        lines = [str(one.title) for one in casefile.waiting(coordinator)]
    return {**figures, "late": referrals.delays(at), "waiting": lines}


def test_coordinator_counts_no_referral_of_a_sealed_case(sealed):
    by, case, _person = sealed
    long_ago = timezone.now() - timedelta(days=30)
    changes = (
        {"status": "offered", "offered_at": long_ago, "escalated_further_at": long_ago},
        {"status": "declined", "decline_reason": "full"},
        {"status": "expired", "closed_because": "no_answer"},
    )
    for change in changes:
        row = send(by, case, OrganisationFactory().pk, Role.SHELTER)
        Referral.objects.for_house("tests").filter(pk=row.pk).update(**change)
        clocks.start(ACKNOWLEDGE, case_id=case.pk, subject_id=row.pk, at=long_ago, by=by)
    nothing = {"risen": [], "unanswered": [], "declined": [], "urgent": 0, "urgent_asked": 0, "late": [], "waiting": []}
    assert spoken_of() == nothing
    Seal.objects.update(ended_at=timezone.now())
    # void otherwise: each figure speaks of them once the seal is gone
    told = spoken_of()
    assert {name for name in nothing if told[name] == nothing[name]} <= {"urgent_asked"}
