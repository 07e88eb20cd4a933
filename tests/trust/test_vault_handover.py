"""The root key handed over between real processes."""

import json
import os
import random
import socket
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.db import connections

from havre.trust.enums import Section
from havre.trust.models import PersonKey, SealedSection
from havre.trust.vault import handover, rotation, sealing, unlocking
from havre.trust.vault.faults import KeyFault
from havre.trust.vault.keyfile import KeyFile
from havre.trust.vault.sealing import Plain
from tests.factories_vault import CHEAP, PASSPHRASE, committed  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True, databases="__all__"), pytest.mark.usefixtures("committed")]
START = """
import json, os, sys
from django.conf import settings
import havre.site.settings as ours
for alias, name in json.loads(sys.argv[1]).items():
    ours.DATABASES[alias]["NAME"] = name
import django
django.setup()
from havre.trust.models import SealedSection
from havre.trust.vault import handover, sealing, unlocking
from havre.trust.vault.faults import KeyFault
"""
OPEN = "print(json.dumps(sealing.open_(SealedSection.objects.for_house('tests').get())), flush=True)\n"


@pytest.fixture
def home(tmp_path, settings):
    """A home of its own, short enough for a socket's path."""
    settings.HAVRE_HOME = tmp_path
    yield tmp_path
    unlocking.lock()


@pytest.fixture
def sealed(home):
    """An unlocked instance with one section on disk."""
    custodian = unlocking.make(PASSPHRASE, path=home / "root.key", cost=CHEAP)
    person = uuid4()
    (row,) = sealing.seal([Plain(person, uuid4(), Section.IDENTITY, "identity", person, {"name": "Zephyrine"})])
    row.save(force_insert=True)
    return custodian


@pytest.fixture
def broker(sealed):
    made = handover.Broker()
    yield made
    made.close()


def child(code, home, **more):
    """Another Python process on the same databases."""
    names = json.dumps({alias: str(connections[alias].settings_dict["NAME"]) for alias in connections})
    environment = {**os.environ, "HAVRE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "havre.site.settings"}
    return subprocess.Popen(
        [sys.executable, "-c", START + textwrap.dedent(code), names],
        env=environment,
        cwd=Path(django_settings.PACKAGE).parent if hasattr(django_settings, "PACKAGE") else None,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


def said(process):
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.strip()


def test_child_opens_with_the_root_from_its_pipe(sealed, home):
    descriptor = handover.pass_root_to_child()
    process = child(f"handover.receive_root({descriptor})\n" + OPEN, home, pass_fds=(descriptor,))
    os.close(descriptor)
    assert said(process) == '{"name": "Zephyrine"}'


def test_root_is_in_neither_arguments_nor_environment_of_the_child(sealed, home):
    descriptor = handover.pass_root_to_child()
    process = child(f"handover.receive_root({descriptor})\nprint('here', flush=True)\ninput()\n", home, pass_fds=(descriptor,))
    os.close(descriptor)
    assert process.stdout.readline() == "here\n"
    seen = Path(f"/proc/{process.pid}/environ").read_bytes() + Path(f"/proc/{process.pid}/cmdline").read_bytes()
    root = sealed.roots()[1]
    assert b"HAVRE_HOME" in seen
    assert [form for form in (root, root.hex().encode()) if form in seen] == []
    process.stdin.write("\n")
    said(process)


def test_child_without_a_pipe_says_that_the_vault_is_locked(sealed, home):
    code = "try:\n    sealing.open_(SealedSection.objects.for_house('tests').get())\nexcept KeyFault as fault:\n    print(fault)\n"
    assert "locked" in said(child(code, home))


def test_forked_worker_inherits_the_open_vault(sealed):
    connections.close_all()
    reader, writer = os.pipe()
    worker = os.fork()
    if worker == 0:
        os.write(writer, b"open" if unlocking.is_unlocked() else b"locked")
        os._exit(0)
    os.close(writer)
    os.waitpid(worker, 0)
    with os.fdopen(reader, "rb") as file:
        assert file.read() == b"open"


def test_cut_off_pipe_says_so(sealed):
    reader, writer = os.pipe()
    os.write(writer, b'{"1": "AAA')
    os.close(writer)
    with pytest.raises(KeyFault):
        handover.receive_root(reader)


def test_command_of_the_same_account_opens_through_the_socket(broker, home):
    assert stat.S_IMODE(broker.path.stat().st_mode) == 0o600
    assert said(child("unlocking.use(handover.ask())\n" + OPEN, home)) == '{"name": "Zephyrine"}'


def test_process_of_another_account_gets_nothing(broker, home):
    """Even where the file's mode is opened by mistake and the folders can be entered: the kernel says who asks."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another account")
    broker.path.chmod(0o666)
    above = [folder for folder in broker.path.parents if folder.is_relative_to("/tmp") and folder != Path("/tmp")]
    modes = {folder: folder.stat().st_mode for folder in above}
    for folder in above:
        folder.chmod(0o755)
    code = (
        "import os, socket, sys\nos.setgid(65534)\nos.setuid(65534)\ns = socket.socket(socket.AF_UNIX)\ns.connect(sys.argv[1])\n"
        "s.sendall(b'havre root?\\n')\nprint(repr(s.recv(4096)))\n"
    )
    try:
        done = subprocess.run([sys.executable, "-I", "-S", "-c", code, str(broker.path)], capture_output=True, text=True, check=False)
    finally:
        for folder, mode in modes.items():
            folder.chmod(stat.S_IMODE(mode))
    assert "AAAA" not in done.stdout
    assert done.stdout == "b''\n" or "ConnectionResetError" in done.stderr or "BrokenPipeError" in done.stderr, done


def test_socket_of_a_locked_service_or_without_service_says_so(broker, home):
    unlocking.lock()
    with pytest.raises(KeyFault) as fault:
        handover.ask()
    assert "Unlock it first" in fault.value.mend
    with pytest.raises(KeyFault) as fault:
        handover.ask(home / "nobody.sock")
    assert "Start the service" in fault.value.mend


def test_second_service_on_one_home_is_refused_and_a_dead_socket_is_replaced(broker, home):
    with pytest.raises(KeyFault):
        handover.Broker()
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(home / "dead.sock"))
    dead.close()
    handover.Broker(home / "dead.sock").close()


def test_socket_path_too_long_says_so(sealed, home):
    with pytest.raises(KeyFault) as fault:
        handover.Broker(home / ("x" * 120))
    assert "107" in fault.value.mend


def test_socket_renewed_with_a_strangers_root_keeps_its_own(broker, sealed, home):
    stranger = KeyFile.make(home / "stranger.key", PASSPHRASE, cost=CHEAP)
    words = handover.RENEW + handover.pack(stranger.roots())
    assert handover._exchange(broker.path, words) == b"\n"
    assert unlocking.custodian() is sealed


def test_running_service_goes_on_after_a_rotation_by_a_command(broker, sealed, home):
    """The command rotates in a process of its own; this process, the service, is told over the socket."""
    code = f"""
    from pathlib import Path
    from havre.trust.vault import rotation
    from havre.trust.vault.keyfile import KeyFile
    print(rotation.rotate_root(KeyFile.open(Path({str(home / "root.key")!r}), {PASSPHRASE!r})).version)
    """
    assert said(child(code, home)) == "2"
    assert unlocking.custodian().versions == (1, 2)
    person = uuid4()
    (row,) = sealing.seal([Plain(person, uuid4(), Section.IDENTITY, "identity", person, {"name": "after"})])
    assert sealing.open_(row) == {"name": "after"}


def test_worker_that_was_not_told_asks_the_service_once(broker, sealed, home):
    code = """
    unlocking.use(handover.ask())
    print("ready", flush=True)
    input()
    """
    process = child(code + OPEN, home)
    assert process.stdout.readline() == "ready\n"
    rotation.rotate_root(sealed)
    process.stdin.write("\n")
    assert said(process) == '{"name": "Zephyrine"}'


def test_killed_writer_leaves_no_section_without_its_key(sealed, home):
    """SIGKILL at five random moments of a loop that seals and saves; keys without section may be left, the other way round never."""
    code = """
    from uuid import uuid4
    from havre.trust.enums import Section
    from havre.trust.vault.sealing import Plain
    unlocking.use(handover.ask())
    print("ready", flush=True)
    while True:
        people = [uuid4() for _ in range(20)]
        rows = sealing.seal([Plain(p, p, Section.IDENTITY, "identity", p, {"n": 1}) for p in people])
        SealedSection.objects.for_house("tests").bulk_create(rows)
        print("saved", flush=True)
    """
    broker = handover.Broker()
    acknowledged = 0
    try:
        for _round in range(5):
            process = child(code, home)
            assert process.stdout.readline() == "ready\n"
            assert process.stdout.readline() == "saved\n"
            time.sleep(random.uniform(0, 0.1))
            process.kill()
            acknowledged += 1 + process.communicate()[0].count("saved\n")
    finally:
        broker.close()
    rows = list(SealedSection.objects.for_house("tests").all())
    assert len(rows) >= 1 + 20 * acknowledged
    assert len(sealing.open_many(rows)) == len(rows)
    assert PersonKey.objects.count() >= len(rows)
