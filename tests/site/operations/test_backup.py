"""Backup while serving, and restore: real files, the product's own commands."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pyrage
import pytest

from tests.drills.house import House

# starts real processes and restores real folders: with the drills
pytestmark = pytest.mark.drill

FILES = {"default": "havre.sqlite3", "access": "access.sqlite3", "keys": "keys.sqlite3"}


class Backed:
    """A house of two persons, backed up while it served; then one person was erased, and no backup made after that."""

    def __init__(self, place: Path) -> None:
        self.place, self.house = place, House(place)
        self.house.settle()
        self.people = self.house.errand("seed", "1", "2", json.dumps({"prs_FirstName": "Example"}))["people"]
        self.identity, self.other = place / "identity", place / "other"
        for path in (self.identity, self.other):
            path.write_text(f"# made for a test\n{(made := pyrage.x25519.Identity.generate())}\n")
            path.chmod(0o600)
            if path == self.identity:
                self.recipient = str(made.to_public())
        self.house.start()
        # whatever was written so far is linked and signed
        self.house.must("audit", "checkpoint")
        self.folder = self.back_up()
        self.counts = counts(self.house.home)
        self.erased = self.people[0]["cases"][0]["person"]
        self.house.must("erase", self.erased, "--reason", "asked", "--as", "data_protection_officer", typed="quiet harbour lantern nine\n")

    def back_up(self) -> Path:
        return Path(self.house.must("backup", "--to", str(self.place / "backups"), "--recipient", self.recipient).strip())

    def restore(self, name: str, *more: str, folder: Path | None = None, identity: Path | None = None):
        """Into an instance of its own; gives the finished command and that instance's folder."""
        home = self.place / name
        home.mkdir(mode=0o700, exist_ok=True)
        return self.house.run("restore", str(folder or self.folder), "--identity", str(identity or self.identity), *more, home=home), home

    def copy(self, name: str) -> Path:
        """The backup set, to be damaged."""
        place = self.place / name
        shutil.copytree(self.place / "backups", place)
        return place / self.folder.name


@pytest.fixture(scope="module")
def backed(tmp_path_factory):
    found = Backed(tmp_path_factory.mktemp("backed"))
    yield found
    found.house.close()


def counts(home: Path) -> dict[str, dict[str, int]]:
    return {alias: _counts(home / name) for alias, name in FILES.items()}


def _counts(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
        return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


def persons(home: Path, name: str, column: str, table: str) -> set[str]:
    with closing(sqlite3.connect(f"file:{home / name}?mode=ro", uri=True)) as database:
        return {person for (person,) in database.execute(f"SELECT {column} FROM {table}")}


def files(home: Path) -> set[str]:
    return {path.name for path in home.iterdir()} - {"secret_key", "static"}


def test_backup_made_while_serving_is_sealed_and_names_its_files(backed):
    manifest = json.loads((backed.folder / "manifest.json").read_text())
    assert set(manifest["files"]) == {"default.age", "access.age", "keys.age", "house.age"}
    assert manifest["counts"]["default"] == backed.counts["default"]
    assert all((backed.folder / name).read_bytes().startswith(b"age-encryption.org/v1") for name in manifest["files"])
    assert [path.name for path in backed.house.home.iterdir() if path.name.startswith("backup-")] == []
    assert backed.folder.stat().st_mode & 0o077 == 0


def test_restore_brings_everything_back_but_the_erased_person(backed):
    done, home = backed.restore("whole")
    assert done.returncode == 0, done.stdout + done.stderr
    # the erasure itself wrote the ledger beside the backup that was made before it
    assert "1 erased persons of 1 in the ledger came back" in done.stdout
    erased, kept = (case["person"].replace("-", "") for case in backed.people[0]["cases"])
    assert persons(home, "keys.sqlite3", "person_id", "trust_personkey") == {kept}
    assert persons(home, "havre.sqlite3", "person_id", "trust_sealedsection") == {kept}
    assert persons(home, "keys.sqlite3", "person_id", "trust_erasure") == {erased}
    there, before = counts(home), backed.counts
    # what nobody erased is as it was
    for table in ("trust_user", "register_case", "trust_grant"):
        assert there["default"][table] == before["default"][table], table
    assert there["access"]["trust_reading"] == before["access"]["trust_reading"]
    # and the erasure done again is an act of its own
    assert there["default"]["trust_actrow"] == before["default"]["trust_actrow"] + 1
    assert persons(home, "havre.sqlite3", "subject", "trust_actrow WHERE event = 'erasure.replay'") == {erased}


def test_restore_brings_back_the_keys_that_are_files(backed):
    done, home = backed.restore("files")
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("secret_key", "audit_key", "audit_key.pub"):
        assert (home / name).read_bytes() == (backed.house.home / name).read_bytes(), name
        assert (home / name).stat().st_mode & 0o077 == 0, name
    assert not (home / "root.key").exists()
    assert "the audit trail holds" in done.stdout


def test_restored_instance_serves_once_its_key_is_put_back(backed):
    done, home = backed.restore("serving")
    assert done.returncode == 0, done.stdout + done.stderr
    shutil.copy(backed.house.home / "root.key", home)
    checked = backed.house.run("keys", "check", home=home)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "The vault opens" in checked.stdout


def test_restore_check_says_that_the_backup_is_whole_and_leaves_nothing(backed):
    done, home = backed.restore("elsewhere", "--check")
    assert (done.returncode, "the backup is whole" in done.stdout) == (0, True), done.stdout + done.stderr
    assert "the audit trail holds" in done.stdout
    assert "1 erased persons of 1 in the ledger came back" in done.stdout
    assert not files(home) & {"havre.sqlite3", "keys.sqlite3", "access.sqlite3"}


def test_wrong_identity_is_refused_and_leaves_nothing(backed):
    done, home = backed.restore("wrong", identity=backed.other)
    assert (done.returncode, "does not open" in done.stderr) == (1, True), done.stderr
    assert files(home) == set()


def test_file_that_is_no_identity_is_refused(backed):
    wrong = backed.place / "no-identity"
    wrong.write_bytes(b"\xff\xfe\x00 not an identity")
    done, _home = backed.restore("none", identity=wrong)
    assert (done.returncode, "no age identity" in done.stderr) == (1, True), done.stderr


def reseal(backed: Backed, name: str, change) -> Path:
    """The backup once more, one of its files opened, changed and sealed again, with a manifest to match: a fault before the sealing."""
    folder = backed.copy(f"changed-{name}-{change.__name__}")
    place = backed.place / f"opened-{name}-{change.__name__}"
    key = pyrage.x25519.Identity.from_str(backed.identity.read_text().splitlines()[1])
    pyrage.decrypt_file(str(folder / name), str(place), [key])
    change(place)
    (folder / name).unlink()
    pyrage.encrypt_file(str(place), str(folder / name), [key.to_public()])
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def _without_the_audit_key(place: Path) -> None:
    with tarfile.open(place) as whole:
        kept = [(entry, whole.extractfile(entry).read() if entry.isfile() else None) for entry in whole if entry.name != "audit_key"]
    with tarfile.open(place, "w") as cut:
        for entry, data in kept:
            cut.addfile(entry, None if data is None else io.BytesIO(data))


def _rewrite_an_act(place: Path) -> None:
    with closing(sqlite3.connect(place)) as database, database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        linked = "SELECT min(no) FROM trust_actrow"
        database.execute(f"UPDATE trust_actrow SET event = 'case.close' WHERE no = ({linked})")


def _mix_the_keys(place: Path) -> None:
    with closing(sqlite3.connect(place)) as database, database:
        database.execute("UPDATE trust_personkey SET person_id = lower(hex(randomblob(16)))")


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("house.age", _without_the_audit_key, "audit_key"),
        ("default.age", _rewrite_an_act, "the audit trail does not hold"),
        ("keys.age", _mix_the_keys, "sealed sections without a key"),
    ],
)
def test_fault_in_what_was_backed_up_is_found_by_the_check(backed, name, change, words):
    done, _home = backed.restore(f"check-{change.__name__}", "--check", folder=reseal(backed, name, change))
    assert (done.returncode, words in done.stderr) == (1, True), done.stdout + done.stderr


@pytest.mark.parametrize("name", ["default.age", "keys.age", "house.age"])
def test_truncated_file_is_refused_by_name_and_leaves_nothing(backed, name):
    folder = backed.copy(f"truncated-{name}")
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: len(whole) // 2])
    done, home = backed.restore(f"from-truncated-{name}", folder=folder)
    assert (done.returncode, name in done.stderr) == (1, True), done.stderr
    assert files(home) == set()


def test_truncated_file_with_a_manifest_to_match_is_still_refused(backed):
    folder = backed.copy("forged")
    cut = (folder / "default.age").read_bytes()[:-4000]
    (folder / "default.age").write_bytes(cut)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["default.age"] = hashlib.sha256(cut).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    done, home = backed.restore("from-forged", folder=folder)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    assert files(home) == set()


@pytest.mark.parametrize("words", ["", "{", "[]", '{"files": {}}', '{"files": {"../../evil.age": "0"}, "counts": {}}'])
def test_damaged_manifest_is_refused_in_words(backed, words):
    folder = backed.copy(f"manifest-{len(words)}")
    (folder / "manifest.json").write_text(words)
    done, home = backed.restore(f"from-manifest-{len(words)}", folder=folder)
    assert (done.returncode, "manifest" in done.stderr, "Traceback" in done.stderr) == (1, True, False), done.stderr
    assert files(home) == set()


def test_missing_ledger_is_a_problem_where_the_backup_had_one(backed):
    folder = backed.copy("no-ledger")
    (folder.parent / "erasures.json").unlink()
    done, _home = backed.restore("from-no-ledger", folder=folder)
    assert (done.returncode, "erasures.json" in done.stderr) == (1, True), done.stdout + done.stderr


def test_restore_over_existing_records_is_refused_and_changes_nothing(backed):
    # the house goes on serving: what it would sign by itself within the minute is signed first
    backed.house.must("audit", "checkpoint")
    before = counts(backed.house.home)
    done = backed.house.run("restore", str(backed.folder), "--identity", str(backed.identity))
    assert (done.returncode, "already" in done.stderr) == (1, True), done.stderr
    assert counts(backed.house.home) == before


def test_backup_to_something_that_is_no_key_is_refused_and_leaves_nothing(backed):
    place = backed.place / "nothing"
    done = backed.house.run("backup", "--to", str(place), "--recipient", "age1nonsense")
    assert (done.returncode, "no age public key" in done.stderr) == (1, True), done.stderr
    assert not place.exists()


def test_backup_into_a_file_is_refused_in_words(backed):
    file = backed.place / "a-file"
    file.write_text("")
    done = backed.house.run("backup", "--to", str(file / "below"), "--recipient", backed.recipient)
    assert (done.returncode, "cannot be written" in done.stderr) == (1, True), done.stderr
