import os
import stat
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from havre.trust.enums import Section
from havre.trust.errors import Invalid
from havre.trust.models import IndexKey, PersonKey, RootKey, ServerKey
from havre.trust.vault import blind, rotation, sealing, server_keys, unlocking
from havre.trust.vault.credential import SystemdCredential
from havre.trust.vault.custody import RootsInMemory
from havre.trust.vault.faults import KeyFault, Tampered
from havre.trust.vault.keyfile import KeyFile
from havre.trust.vault.sealing import Plain
from tests.factories_vault import CHEAP, PASSPHRASE


@pytest.fixture(autouse=True)
def _locked():
    yield
    unlocking.lock()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "root.key"


def sealed(persons=1):
    plain = [Plain(one := uuid4(), uuid4(), Section.IDENTITY, "identity", one, {"n": number}) for number in range(persons)]
    return sealing.seal(plain)


def test_key_file_is_private_and_opens_with_its_passphrase_alone(path):
    made = KeyFile.make(path, PASSPHRASE, cost=CHEAP)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyFile.open(path, PASSPHRASE).roots() == made.roots()
    assert made.roots()[1] not in path.read_bytes()
    with pytest.raises(KeyFault) as fault:
        KeyFile.open(path, PASSPHRASE + " ")
    assert (str(path) in fault.value.what, "Type it again" in fault.value.mend) == (True, True)


def test_real_cost_is_the_recommended_one(path):
    """RFC 9106 section 4: three passes over 64 MiB, four lanes."""
    KeyFile.make(path, PASSPHRASE)
    assert '"passes": 3' in path.read_text()
    assert '"memory": 65536' in path.read_text()
    assert KeyFile.open(path, PASSPHRASE).versions == (1,)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666, 0o601])
def test_key_file_open_to_others_is_refused(path, mode):
    KeyFile.make(path, PASSPHRASE, cost=CHEAP)
    path.chmod(mode)
    with pytest.raises(KeyFault) as fault:
        KeyFile.open(path, PASSPHRASE)
    assert "0600" in fault.value.mend


def test_key_file_of_another_account_is_refused(path):
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    KeyFile.make(path, PASSPHRASE, cost=CHEAP)
    os.chown(path, 65534, 65534)
    with pytest.raises(KeyFault):
        KeyFile.open(path, PASSPHRASE)


def test_missing_or_linked_key_file_says_so(path, tmp_path):
    with pytest.raises(KeyFault) as fault:
        unlocking.unlock(PASSPHRASE, path=path)
    assert "havre keys make" in fault.value.mend
    KeyFile.make(tmp_path / "real.key", PASSPHRASE, cost=CHEAP)
    path.symlink_to(tmp_path / "real.key")
    with pytest.raises(KeyFault):
        KeyFile.open(path, PASSPHRASE)


@pytest.mark.parametrize("content", ["", "{}", "[1]", "not json", '{"havre_root": 1, "kdf": "argon2id"}',
    '{"havre_root": 1, "kdf": "argon2id", "cost": {"passes": 1, "memory": 99999999999, "lanes": 1}, "salt": "AAAA", "roots": {}}',
    '{"havre_root": 1, "kdf": "argon2id", "cost": 3, "salt": 4, "roots": 5}'])  # fmt: skip
def test_damaged_key_file_says_so(path, content):
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(KeyFault) as fault:
        KeyFile.open(path, PASSPHRASE)
    assert "damaged" in fault.value.what


def test_key_file_whose_cost_was_lowered_does_not_open(path):
    """The cost is bound to the sealed root: nobody makes later guesses cheaper by editing the file."""
    KeyFile.make(path, PASSPHRASE, cost=CHEAP)
    path.write_text(path.read_text().replace('"passes": 1', '"passes": 2'))
    with pytest.raises(KeyFault):
        KeyFile.open(path, PASSPHRASE)


def test_short_passphrase_is_invalid_and_writes_nothing(path):
    with pytest.raises(Invalid):
        KeyFile.make(path, "short")
    assert not path.exists()


def test_second_make_keeps_the_first_file(path):
    KeyFile.make(path, PASSPHRASE, cost=CHEAP)
    before = path.read_bytes()
    with pytest.raises(KeyFault):
        KeyFile.make(path, PASSPHRASE, cost=CHEAP)
    assert path.read_bytes() == before


def test_make_in_an_instance_that_has_a_root_key_is_refused(path):
    unlocking.make(PASSPHRASE, path=path, cost=CHEAP)
    path.unlink()
    with pytest.raises(KeyFault):
        unlocking.make(PASSPHRASE, path=path, cost=CHEAP)
    assert not path.exists()


def test_changed_passphrase_opens_the_same_root(path):
    made = KeyFile.make(path, PASSPHRASE, cost=CHEAP)
    made.change("another long passphrase")
    assert KeyFile.open(path, "another long passphrase").roots() == made.roots()
    with pytest.raises(KeyFault):
        KeyFile.open(path, PASSPHRASE)


def test_passphrase_from_a_file_unlocks_and_an_open_one_is_refused(path, tmp_path, settings):
    unlocking.make(PASSPHRASE, path=path, cost=CHEAP)
    unlocking.lock()
    file = tmp_path / "passphrase"
    file.write_text(PASSPHRASE + "\n")
    file.chmod(0o600)
    settings.HAVRE_PASSPHRASE_FILE = str(file)
    assert unlocking.unlock(path=path).versions == (1,)
    file.chmod(0o644)
    with pytest.raises(KeyFault):
        unlocking.unlock(path=path)
    settings.HAVRE_PASSPHRASE_FILE = ""
    with pytest.raises(KeyFault):
        unlocking.unlock(path=path)


def test_key_file_of_another_instance_is_refused(path, tmp_path):
    unlocking.make(PASSPHRASE, path=path, cost=CHEAP)
    unlocking.lock()
    KeyFile.make(tmp_path / "other.key", PASSPHRASE, cost=CHEAP)
    with pytest.raises(KeyFault) as fault:
        unlocking.unlock(PASSPHRASE, path=tmp_path / "other.key")
    assert "another instance" in fault.value.what
    assert not unlocking.is_unlocked()


def test_check_value_is_not_the_root_and_differs_by_version():
    root = os.urandom(32)
    custodian = RootsInMemory({1: root, 2: root})
    assert custodian.check_value(1) != custodian.check_value(2)
    assert custodian.check_value(1) not in root


def test_systemd_credential_unlocks_and_cannot_be_written(tmp_path, monkeypatch):
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert SystemdCredential.place() is None
    (tmp_path / "havre-root").write_bytes(SystemdCredential.content())
    custodian = unlocking.unlock()
    rows = sealed(2)
    assert [sealing.open_(row) for row in rows] == [{"n": 0}, {"n": 1}]
    with pytest.raises(KeyFault) as fault:
        rotation.rotate_root(custodian)
    assert "systemd-creds encrypt" in fault.value.mend
    with pytest.raises(KeyFault):
        custodian.destroy(1)
    # a new credential with one more root, as after a restart
    (tmp_path / "havre-root").write_bytes(SystemdCredential.content(custodian))
    done = rotation.rotate_root(unlocking.unlock())
    assert (done.version, done.keys) == (2, 2)
    assert [sealing.open_(row) for row in rows] == [{"n": 0}, {"n": 1}]


@pytest.mark.parametrize("content", [b"", b"{}", b'{"1": "AAAA"}', b"\xff\xfe"])
def test_systemd_credential_that_is_no_key_says_so(tmp_path, monkeypatch, content):
    (tmp_path / "havre-root").write_bytes(content)
    with pytest.raises(KeyFault):
        SystemdCredential.open(tmp_path / "havre-root")


def test_rotation_wraps_every_key_anew_and_everything_still_opens(path):
    custodian = unlocking.make(PASSPHRASE, path=path, cost=CHEAP)
    rows = sealed(5)
    digest = blind.IndexKeys().digest("phone", "45550199")
    phone = server_keys.seal_to(server_keys.rotate(), b"offline", bound=b"id")
    before = {key.pk: bytes(key.wrapped) for key in PersonKey.objects.all()}
    done = rotation.rotate_root(custodian)
    assert (done.version, done.keys) == (2, 5 + 1 + 1)
    assert all(key.root_version == 2 and bytes(key.wrapped) != before[key.pk] for key in PersonKey.objects.all())
    assert [sealing.open_(row)["n"] for row in rows] == [0, 1, 2, 3, 4]
    assert blind.IndexKeys().digest("phone", "45550199") == digest
    assert server_keys.open_envelope(phone, bound=b"id") == b"offline"
    assert [row.retired_at is None for row in RootKey.objects.order_by("version")] == [False, True]
    assert KeyFile.open(path, PASSPHRASE).versions == (1, 2)


def test_rotation_cut_off_anywhere_goes_on_and_loses_nothing(path, monkeypatch):
    unlocking.make(PASSPHRASE, path=path, cost=CHEAP)
    rows = sealed(7)
    monkeypatch.setattr(rotation, "BATCH", 2)
    steps = [("_write_down", 1), ("_wrap_batch", 2), ("_wrap_batch", 2), ("_retire", 1)]
    versions = []
    for name, turn in steps:
        with pytest.MonkeyPatch.context() as cut:
            cut.setattr(rotation, name, _killed_at(getattr(rotation, name), turn))
            with pytest.raises(KeyboardInterrupt):
                rotation.rotate_root(KeyFile.open(path, PASSPHRASE))
        versions.append(unlocking.current_version())
        # whatever was reached, the file's keys open everything
        unlocking.use(KeyFile.open(path, PASSPHRASE))
        assert [sealing.open_(row)["n"] for row in rows] == list(range(7))
    done = rotation.rotate_root(KeyFile.open(path, PASSPHRASE))
    assert (versions, done.version) == ([1, 2, 2, 2], 2)  # one rotation, not four
    assert set(PersonKey.objects.values_list("root_version", flat=True)) == {2}
    assert [sealing.open_(row)["n"] for row in rows] == list(range(7))


def _killed_at(function, turn):
    calls = []

    def run(*arguments):
        calls.append(1)
        if len(calls) == turn:
            raise KeyboardInterrupt
        return function(*arguments)

    return run


def test_retired_root_is_destroyed_when_its_backups_are_gone(path):
    custodian = unlocking.make(PASSPHRASE, path=path, cost=CHEAP)
    rows = sealed(1)
    rotation.rotate_root(custodian)
    now = timezone.now()
    assert rotation.destroy_retired(custodian, now=now + timedelta(days=29)) == []
    assert rotation.destroy_retired(custodian, now=now + timedelta(days=31)) == [1]
    assert KeyFile.open(path, PASSPHRASE).versions == (2,)
    assert sealing.open_(rows[0]) == {"n": 0}
    rotation.rotate_root(custodian)
    assert rotation.destroy_retired(custodian, now=timezone.now(), at_once=True) == [2]


def test_writer_with_only_the_old_root_cannot_make_a_key_after_rotation(path):
    """Else that key would be lost with the old root."""
    custodian = unlocking.make(PASSPHRASE, path=path, cost=CHEAP)
    old = RootsInMemory(custodian.roots())
    rotation.rotate_root(custodian)
    unlocking.use(old)
    with pytest.raises(KeyFault):
        sealed(1)
    assert not PersonKey.objects.exists()


def test_envelope_opens_under_any_version_and_only_beside_its_id():
    unlocking.use(RootsInMemory({1: os.urandom(32)}))
    first = server_keys.rotate()
    for form in (server_keys.P256, server_keys.X25519):
        early = server_keys.seal_to(first, b"offline", bound=b"event 1", form=form)
        assert server_keys.open_envelope(early, bound=b"event 1") == b"offline"
    second = server_keys.rotate()
    assert (second.version, server_keys.published()) == (2, second)
    assert server_keys.open_envelope(early, bound=b"event 1") == b"offline"
    for broken in (early[:-1], early[:40], b"", b"\x09" + early[1:], early[:1] + b"\x00\x07" + early[3:]):
        with pytest.raises(Invalid):
            server_keys.open_envelope(broken, bound=b"event 1")
    with pytest.raises(Invalid):
        server_keys.open_envelope(early, bound=b"event 2")
    assert ServerKey.objects.get(pk=1).rotated_at is not None


def test_published_key_is_what_a_browser_imports():
    unlocking.use(RootsInMemory({1: os.urandom(32)}))
    key = server_keys.rotate()
    unlocking.lock()
    shown = server_keys.published()
    assert set(shown.jwk) == {"kty", "crv", "x", "y"}
    assert (len(shown.jwk["x"]), len(shown.p256), len(shown.x25519), shown.age[:4]) == (43, 65, 32, "age1")
    assert shown == key
    assert ServerKey.objects.get().published_at is not None


def test_age_file_opens_here_and_not_elsewhere():
    import pyrage

    unlocking.use(RootsInMemory({1: os.urandom(32)}))
    key = server_keys.rotate()
    sealed_file = pyrage.encrypt(b"bundle", [pyrage.x25519.Recipient.from_str(key.age)])
    assert server_keys.open_age(sealed_file) == b"bundle"
    stranger = pyrage.encrypt(b"bundle", [pyrage.x25519.Identity.generate().to_public()])
    with pytest.raises(Invalid):
        server_keys.open_age(stranger)


def test_wrapped_index_key_of_another_index_does_not_open():
    unlocking.use(RootsInMemory({1: os.urandom(32)}))
    blind.IndexKeys().digest("phone", "1")
    blind.IndexKeys().digest("document", "1")
    IndexKey.objects.filter(pk="phone").update(wrapped=IndexKey.objects.get(pk="document").wrapped)
    with pytest.raises(Tampered):
        blind.IndexKeys().digest("phone", "1")
