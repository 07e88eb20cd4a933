"""The ledger's copies beside the backups: renewed by every erasure, before the key goes."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from havre import trust
from havre.trust import erasure, erasure_ledger, identity
from havre.trust.contracts import contracts, register_contract
from havre.trust.enums import Role, Section
from havre.trust.errors import Invalid
from havre.trust.models import ActRow, Erasure, PersonKey
from tests.factories import make_actor, make_case
from tests.factories_vault import committed, unlocked  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True, databases="__all__"), pytest.mark.usefixtures("committed", "unlocked")]


@pytest.fixture
def backups(tmp_path, settings):
    """Two folders that hold backups of this instance."""
    settings.HAVRE_HOME = tmp_path / "home"
    settings.HAVRE_HOME.mkdir()
    folders = [tmp_path / "disk", tmp_path / "other-disk"]
    for folder in folders:
        folder.mkdir()
        erasure_ledger.save(folder)
        erasure_ledger.remember(folder)
    return folders


@pytest.fixture
def person():
    owner = make_actor()
    case = make_case(owner)
    person = case.persons.for_house("tests").get().pk
    with trust.acting(owner):
        identity.write(
            by=owner, case_id=case.pk, person_id=person, section=Section.IDENTITY, kind="identity", body={"prs_FirstName": "Ama"}
        )
    return person


def listed(folder):
    return [row["person_id"] for row in json.loads((folder / erasure_ledger.NAME).read_text())]


def test_erasure_renews_every_copy_beside_the_backups(backups, person):
    officer = make_actor(Role.DATA_PROTECTION_OFFICER)
    proof = erasure.erase(person_id=person, by=officer, reason="asked")
    assert (proof.proved, proof.not_told) == (True, ())
    assert [listed(folder) for folder in backups] == [[str(person)], [str(person)]]
    (row,) = erasure_ledger.read(backups[0])
    kept = Erasure.objects.get()
    assert (row.pk, row.proved_at, row.backups_until, bytes(row.proof)) == (
        kept.pk,
        kept.proved_at,
        kept.backups_until,
        bytes(kept.proof),
    )


def test_erasure_cut_off_after_the_key_went_is_already_in_the_copies(backups, person):
    def cut(_person):
        raise KeyboardInterrupt

    before = {contract.part: contract for contract in contracts()}["register"]
    register_contract(replace(before, erase=cut))
    try:
        with pytest.raises(KeyboardInterrupt):
            erasure.erase(person_id=person, by=make_actor(Role.DATA_PROTECTION_OFFICER), reason="asked")
    finally:
        register_contract(before)
    assert not PersonKey.objects.exists()
    assert [listed(folder) for folder in backups] == [[str(person)], [str(person)]]


def test_erasure_names_the_folder_that_it_could_not_reach(backups, person):
    (backups[0] / erasure_ledger.NAME).unlink()
    backups[0].rmdir()
    proof = erasure.erase(person_id=person, by=make_actor(Role.DATA_PROTECTION_OFFICER), reason="asked")
    assert (proof.proved, proof.not_told) == (True, (str(backups[0]),))
    assert listed(backups[1]) == [str(person)]


def test_folder_remembered_twice_is_written_once(backups):
    erasure_ledger.remember(backups[0])
    assert sorted(erasure_ledger.places()) == sorted(folder.resolve() for folder in backups)


@pytest.mark.parametrize("words", ["", "{", "[{}]", '["x"]', '[{"person_id": "nobody"}]'])
def test_damaged_copy_is_refused_in_words(backups, words):
    (backups[0] / erasure_ledger.NAME).write_text(words)
    with pytest.raises(Invalid):
        erasure_ledger.read(backups[0])


def test_replay_of_a_person_who_came_back_leaves_one_act_of_who_had_ordered_it(person):
    officer = make_actor(Role.DATA_PROTECTION_OFFICER)
    ordered = Erasure(
        person_id=person, reason="asked", requested_by=officer.user.pk, requested_at=datetime(2026, 11, 1, tzinfo=UTC), found_before=3
    )
    assert (erasure.replay_ledger([ordered]), erasure.replay_ledger([ordered])) == (1, 0)
    acts = ActRow.objects.filter(event="erasure.replay")
    assert [(act.subject, act.user_id, act.organisation_id, act.role) for act in acts] == [
        (person, officer.user.pk, officer.organisation_id, Role.DATA_PROTECTION_OFFICER)
    ]
    assert acts[0].codes["rows"] > 0


def test_replay_of_an_order_whose_officer_is_unknown_names_nobody(person):
    erasure.replay_ledger([Erasure(person_id=person, reason="order", requested_at=datetime(2026, 11, 1, tzinfo=UTC), requested_by=uuid4())])
    act = ActRow.objects.get(event="erasure.replay")
    assert act.organisation_id.int == 0
