"""Erasure on real files: the tests commit, so that what SQLite writes is what is searched."""

import os
import sqlite3
import subprocess
import sys
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from havre import trust
from havre.trust import erasure, identity
from havre.trust.contracts import Contract, contracts, register_contract
from havre.trust.enums import Role, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import BlindIndex, Erasure, PersonKey, SealedSection
from havre.trust.vault import holding, sealing
from havre.trust.vault.faults import KeyFault
from havre.trust.vault.sealing import Plain
from havre.trust.vault.searching import files_of, marks_of, search
from tests.factories import make_actor, make_case
from tests.factories_vault import committed, unlocked  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True, databases="__all__"), pytest.mark.usefixtures("committed", "unlocked")]
NAME = {"prs_FirstName": "Zephyrine", "prs_SecondName": "Quaynor", "prs_Birthdate": "1999-04-02"}


@pytest.fixture
def sealed():
    """A person with an identity on disk: (owner, case, person)."""
    owner = make_actor()
    case = make_case(owner)
    person = case.persons.for_house("tests").get().pk
    with trust.acting(owner):
        identity.write(by=owner, case_id=case.pk, person_id=person, section=Section.IDENTITY, kind="identity", body=NAME)
    return owner, case, person


@pytest.fixture
def officer():
    return make_actor(Role.DATA_PROTECTION_OFFICER)


def test_erase_proves_that_the_key_was_on_disk_and_is_not(sealed, officer):
    _owner, _case, person = sealed
    marks = marks_of(bytes(PersonKey.objects.get(pk=person).wrapped))
    with trust.acting(officer):
        proof = erasure.erase(person_id=person, by=officer, reason="asked")
    assert proof.proved
    assert proof.why_not == ""
    assert sum(one.found for one in proof.before) >= 3  # one for each window of the wrapped key
    assert sum(one.found for one in proof.after) == 0
    assert sum(one.found for one in search(files_of(erasure.database_file()), marks)) == 0
    assert proof.records == SealedSection.objects.for_house("tests").count() + 1 + 1  # the section and its one blind index are gone
    assert not PersonKey.objects.exists()
    assert not BlindIndex.objects.for_house("tests").exists()
    row = Erasure.objects.get()
    assert (row.pk, row.reason, row.requested_by, bytes(row.marks)) == (person, "asked", officer.user.pk, b"")
    assert row.backups_until == (timezone.now() + timedelta(days=30)).date()
    assert bytes(row.proof).hex() == proof.digest


def test_without_secure_delete_the_same_search_finds_the_key(tmp_path):
    """The positive control: were the pragma missing, the proof would not be given."""
    found = {}
    for setting in ("OFF", "ON"):
        path = tmp_path / f"{setting}.sqlite3"
        base = sqlite3.connect(path, isolation_level=None)
        base.execute("PRAGMA journal_mode=WAL")
        base.execute(f"PRAGMA secure_delete={setting}")
        base.execute("CREATE TABLE key (id INTEGER PRIMARY KEY, wrapped BLOB)")
        secrets = [os.urandom(60) for _ in range(200)]
        base.executemany("INSERT INTO key VALUES (?, ?)", enumerate(secrets))
        base.execute("DELETE FROM key WHERE id = 77")
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        found[setting] = sum(one.found for one in search(files_of(path), marks_of(secrets[77])))
        base.close()
    assert found["ON"] == 0
    assert found["OFF"] >= 1


def test_secure_delete_and_wal_are_on_in_a_live_connection():
    with connections["keys"].cursor() as cursor:
        assert cursor.execute("PRAGMA secure_delete").fetchone() == (1,)
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_erase_while_somebody_reads_is_not_yet_proved_and_goes_on_later(sealed, officer, monkeypatch):
    _owner, _case, person = sealed
    monkeypatch.setattr(erasure, "CHECKPOINT_WAIT", 50)
    reader = sqlite3.connect(erasure.database_file(), isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM trust_personkey").fetchone()
    with trust.acting(officer):
        blocked = erasure.erase(person_id=person, by=officer, reason="asked")
        assert not blocked.proved
        assert "reading" in str(blocked.why_not)
        assert blocked.records == 2
        assert Erasure.objects.get().proved_at is None
        assert erasure.pending() == 1
        assert sum(one.found for one in blocked.after) >= 3  # the WAL still holds the old page: hence no receipt
        reader.execute("COMMIT")
        reader.close()
        (done,) = erasure.resume(by=officer)
    assert done.proved
    assert Erasure.objects.get().proved_at is not None
    assert erasure.pending() == 0


def test_erase_again_gives_the_same_receipt(sealed, officer):
    with trust.acting(officer):
        first = erasure.erase(person_id=sealed[2], by=officer, reason="asked")
        again = erasure.erase(person_id=sealed[2], by=officer, reason="asked")
    assert (again.proved, again.digest, again.backups_until) == (True, first.digest, first.backups_until)


def test_erase_cut_off_after_overwriting_goes_on_with_the_first_marks(sealed, officer, monkeypatch):
    person = sealed[2]

    def killed(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(erasure.PersonKey.objects.none().__class__, "delete", killed)
    with pytest.raises(KeyboardInterrupt), trust.acting(officer):
        erasure.erase(person_id=person, by=officer, reason="asked")
    monkeypatch.undo()
    marks = bytes(Erasure.objects.get().marks)
    assert marks
    assert not any(bytes(PersonKey.objects.get().wrapped))
    with trust.acting(officer):
        (proof,) = erasure.resume(by=officer)
    assert proof.proved
    assert not PersonKey.objects.exists()
    assert sum(one.found for one in search(files_of(erasure.database_file()), marks)) == 0


def test_erase_without_the_right_changes_nothing(sealed):
    owner, _case, person = sealed
    with trust.acting(owner), pytest.raises(Refused):
        erasure.erase(person_id=person, by=owner, reason="asked")
    assert PersonKey.objects.exists()
    assert not Erasure.objects.exists()


def test_erase_of_an_unknown_person_or_for_an_unknown_reason_is_an_error(sealed, officer):
    with trust.acting(officer):
        with pytest.raises(Missing):
            erasure.erase(person_id=uuid4(), by=officer, reason="asked")
        with pytest.raises(Invalid):
            erasure.erase(person_id=sealed[2], by=officer, reason="because")
    assert PersonKey.objects.exists()
    assert not Erasure.objects.exists()


def test_erase_calls_every_part_and_counts_its_rows(sealed, officer):
    called = []
    before = next((c for c in contracts() if c.part == "site"), Contract(part="site"))
    register_contract(Contract(part="site", erase=lambda person: called.append(person) or 7))
    try:
        with trust.acting(officer):
            proof = erasure.erase(person_id=sealed[2], by=officer, reason="retention")
    finally:
        register_contract(before)
    assert called == [sealed[2]]
    assert proof.records == 2 + 7


def test_nothing_is_sealed_again_under_an_erased_person(sealed, officer):
    owner, case, person = sealed
    with trust.acting(officer):
        erasure.erase(person_id=person, by=officer, reason="asked")
    with trust.acting(owner), pytest.raises(Refused):
        identity.write(by=owner, case_id=case.pk, person_id=person, section=Section.IDENTITY, kind="identity", body=NAME)
    assert not PersonKey.objects.exists()


def test_restore_of_an_older_backup_is_erased_again_by_the_ledger(sealed, officer, tmp_path):
    _owner, _case, person = sealed
    key = PersonKey.objects.get(pk=person)
    section = SealedSection.objects.for_house("tests").get()
    with trust.acting(officer):
        erasure.erase(person_id=person, by=officer, reason="asked")
    saved = list(Erasure.objects.all())
    # what a restore of yesterday's files brings back: key and section, and no ledger
    Erasure.objects.all().delete()
    key.save(force_insert=True)
    section.save(force_insert=True)
    assert sealing.open_(section) == NAME
    assert erasure.replay_ledger(saved) == 1
    assert not PersonKey.objects.exists()
    assert not SealedSection.objects.for_house("tests").exists()
    row = Erasure.objects.get()
    assert row.proved_at is not None
    assert row.replayed_at is not None
    assert erasure.replay_ledger() == 0


def test_restore_without_the_ledger_would_bring_the_person_back(sealed, officer):
    """The planted fault of the restore drill: the test above can fail."""
    key, section = PersonKey.objects.get(), SealedSection.objects.for_house("tests").get()
    with trust.acting(officer):
        erasure.erase(person_id=sealed[2], by=officer, reason="asked")
    Erasure.objects.all().delete()
    key.save(force_insert=True)
    section.save(force_insert=True)
    assert erasure.replay_ledger() == 0
    assert sealing.open_(section) == NAME


def test_kill_between_key_and_section_leaves_an_orphan_swept_after_a_day_only(sealed):
    _owner, case, person = sealed
    stranger = uuid4()
    # sealed, and killed before the row was saved
    sealing.seal([Plain(stranger, case.pk, Section.IDENTITY, "identity", stranger, NAME)])
    now = timezone.now()
    assert PersonKey.objects.count() == 2
    assert erasure.sweep_orphans(now + timedelta(hours=23)) == 0
    assert erasure.sweep_orphans(now + timedelta(hours=24, minutes=1)) == 1
    assert [key.pk for key in PersonKey.objects.all()] == [person]


def test_key_is_on_disk_before_seal_returns():
    """Seen through another connection: the section may be written now, and a kill cannot lose its key."""
    person = uuid4()
    sealing.seal([Plain(person, uuid4(), Section.IDENTITY, "identity", person, NAME)])
    other = sqlite3.connect(erasure.database_file())
    assert other.execute("SELECT count(*) FROM trust_personkey WHERE person_id = ?", [person.hex]).fetchone() == (1,)
    other.close()


def test_sweep_while_an_import_holds_the_keys_takes_nothing():
    person = uuid4()
    sealing.seal([Plain(person, uuid4(), Section.IDENTITY, "identity", person, NAME)])
    later = timezone.now() + timedelta(days=2)
    with holding.keys_in_use(), holding.keys_in_use():
        assert erasure.sweep_orphans(later) == 0
    assert erasure.sweep_orphans(later) == 1


def test_hold_of_a_killed_import_ends_with_it(tmp_path):
    from django.conf import settings

    code = "import fcntl, sys\nfile = open(sys.argv[1])\nfcntl.flock(file, fcntl.LOCK_SH)\nprint('held', flush=True)\ninput()"
    path = f"{settings.HAVRE_HOME}/keys.hold"
    with holding.keys_in_use():
        pass
    child = subprocess.Popen([sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"held\n"
    with holding.nobody_else() as alone:
        assert alone is False
    child.kill()
    child.wait()
    child.stdin.close()
    child.stdout.close()
    with holding.nobody_else() as alone:
        assert alone is True


def test_writing_with_an_idle_key_renews_it_so_that_no_sweep_takes_it():
    person, case = uuid4(), uuid4()
    plain = Plain(person, case, Section.IDENTITY, "identity", person, NAME)
    sealing.seal([plain])
    PersonKey.objects.update(used_at=timezone.now() - timedelta(hours=30))
    (row,) = sealing.seal([plain])
    assert erasure.sweep_orphans(timezone.now()) == 0
    assert sealing.open_(row) == NAME


def test_sweep_of_too_many_keys_is_a_fault_and_takes_none():
    for _number in range(3):
        person = uuid4()
        sealing.seal([Plain(person, uuid4(), Section.IDENTITY, "identity", person, NAME)])
    with pytest.raises(KeyFault):
        erasure.sweep_orphans(timezone.now() + timedelta(days=2), most=2)
    assert PersonKey.objects.count() == 3


def test_search_finds_a_key_that_lies_across_two_pieces(tmp_path):
    secret = os.urandom(60)
    path = tmp_path / "file"
    path.write_bytes(bytes((1 << 20) - 30) + secret + b"x" * 100)
    (one,) = search([path, tmp_path / "absent"], marks_of(secret))
    assert (one.name, one.size, one.found) == ("file", (1 << 20) + 130, 3)


def test_receipt_date_counts_the_backups_of_the_keys(sealed, officer, settings):
    settings.HAVRE_KEYS_BACKUP_DAYS = 7
    with trust.acting(officer):
        proof = erasure.erase(person_id=sealed[2], by=officer, reason="asked")
    assert isinstance(proof.backups_until, date)
    assert proof.backups_until == (timezone.now() + timedelta(days=7)).date()
