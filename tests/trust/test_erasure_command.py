import pytest
from click.testing import CliRunner
from django.utils import timezone

from havre import trust
from havre.site.commands.erase import erase
from havre.site.commands.keys import keys
from havre.trust import identity
from havre.trust.enums import Role, Section
from havre.trust.models import Erasure, PersonKey, RootKey
from havre.trust.vault import sealing, unlocking
from tests.factories import NOW, make_actor, make_case
from tests.factories_vault import CHEAP, PASSPHRASE, committed  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True, databases="__all__"), pytest.mark.usefixtures("committed")]
PASSWORD = "an officer's own long password"


@pytest.fixture
def home(tmp_path, settings):
    """A home whose passphrase lies in a file, as a service without keyboard has it."""
    file = tmp_path / "passphrase"
    file.write_text(PASSPHRASE)
    file.chmod(0o600)
    settings.HAVRE_HOME, settings.HAVRE_PASSPHRASE_FILE = tmp_path, str(file)
    yield tmp_path
    unlocking.lock()


@pytest.fixture
def person(home):
    unlocking.make(PASSPHRASE, cost=CHEAP)
    owner = make_actor()
    case = make_case(owner)
    person = case.persons.for_house("tests").get().pk
    with trust.acting(owner):
        identity.write(
            by=owner, case_id=case.pk, person_id=person, section=Section.IDENTITY, kind="identity", body={"prs_FirstName": "Zephyrine"}
        )
    return person


@pytest.fixture
def officer():
    actor = make_actor(Role.DATA_PROTECTION_OFFICER, at=NOW)
    actor.user.set_password(PASSWORD)
    actor.user.save()
    return actor


def run(command, *arguments, typed=""):
    return CliRunner().invoke(command, arguments, input=typed)


def test_erase_prints_files_bytes_and_occurrences(person, officer):
    done = run(erase, str(person), "--reason", "asked", "--as", officer.user.username, typed=PASSWORD + "\n")
    assert (done.exit_code, "ERASED. Proof" in done.output) == (0, True), done.output
    row = Erasure.objects.get()
    assert bytes(row.proof).hex() in done.output
    assert str(row.backups_until) in done.output
    lines = [line for line in done.output.splitlines() if "bytes searched" in line]
    assert lines
    assert all(line.endswith("after 0") for line in lines)
    assert any("before 3" in line for line in lines)
    assert "Zephyrine" not in done.output


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.CASE_MANAGER])
def test_erase_as_another_role_or_with_a_wrong_password_changes_nothing(person, officer, role):
    other = make_actor(role)
    other.user.set_password(PASSWORD)
    other.user.save()
    for name, password in ((other.user.username, PASSWORD), (officer.user.username, "wrong"), ("nobody", PASSWORD)):
        done = run(erase, str(person), "--reason", "asked", "--as", name, typed=password + "\n")
        assert (done.exit_code, "No data-protection officer" in done.output) == (1, True)
    assert PersonKey.objects.exists()
    assert not Erasure.objects.exists()


def test_erase_for_an_unknown_reason_is_a_usage_error(person, officer):
    assert run(erase, str(person), "--reason", "because", "--as", officer.user.username).exit_code == 2
    assert run(erase, "--as", officer.user.username).exit_code == 2


def test_keys_are_made_checked_rotated_and_published(home):
    assert run(keys, "make").exit_code == 0
    assert (home / "root.key").stat().st_mode & 0o777 == 0o600
    again = run(keys, "make")
    assert (again.exit_code, "has a root key already" in again.output) == (1, True)
    unlocking.lock()
    shown = run(keys, "check")
    assert (shown.exit_code, "root 1, in force: 0 keys" in shown.output) == (0, True), shown.output
    unlocking.lock()
    rotated = run(keys, "rotate")
    assert (rotated.exit_code, "Root version 2; 1 keys" in rotated.output) == (0, True), rotated.output
    assert "age age1" in run(keys, "publish").output
    assert "version 2" in run(keys, "publish", "--new").output
    assert "Removed: none" in run(keys, "destroy").output
    assert "Removed: 1" in run(keys, "destroy", "--at-once", typed="y\n").output
    assert RootKey.objects.count() == 2
    assert "Swept: 0" in run(keys, "sweep").output


def test_keys_with_a_wrong_passphrase_say_what_to_do(person, home):
    (home / "passphrase").write_text("another long passphrase")
    unlocking.lock()
    done = run(keys, "check")
    assert (done.exit_code, "Type it again" in done.output) == (1, True)


def test_keys_passphrase_changes_and_the_instance_still_opens(person, home):
    changed = run(keys, "passphrase", typed="a newer long passphrase\na newer long passphrase\n")
    assert changed.exit_code == 0, changed.output
    unlocking.lock()
    unlocking.unlock("a newer long passphrase")
    key = PersonKey.objects.get()
    assert sealing.person_keys.fetch([person])[person].version == key.version
    assert key.used_at <= timezone.now()


def test_keys_credential_is_a_root_key_for_a_pipe(home):
    from havre.trust.vault.custody import unpack

    done = CliRunner().invoke(keys, ["credential"])
    assert done.exit_code == 0
    assert [len(root) for root in unpack(done.stdout_bytes).values()] == [32]
