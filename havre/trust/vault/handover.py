"""Handing the root key from the process that unlocked to its workers (a pipe) and to commands of the same account (a 0600 socket).

Neither an environment variable nor an argument ever holds it: those are seen by children, crash dumps and /proc.
"""

from __future__ import annotations

import os
import socket
import socketserver
import struct
import threading
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.utils.translation import gettext as _

from havre.trust.vault import unlocking
from havre.trust.vault.custody import KeyCustodian, RootsInMemory, pack, unpack
from havre.trust.vault.faults import KeyFault

ASK, RENEW = b"havre root?\n", b"havre root!\n"
_LONGEST = 4096


def pass_root_to_child() -> int:
    """A descriptor that one child inherits and reads the root key from, once. Close it in the parent after the child has started.

    The caller keeps it open in the child: `subprocess.Popen(…, pass_fds=(fd,))`, or by forking.
    Raises: KeyFault when the vault is locked.
    """
    line = pack(unlocking.custodian().roots())
    if len(line) > _LONGEST:
        raise KeyFault(_("Too many versions of the root key are kept."), _("Destroy the retired ones with `havre keys destroy`."))
    reader, writer = os.pipe()
    # a pipe holds 64 KiB, so this write does not wait for a reader
    with os.fdopen(writer, "wb") as file:
        file.write(line)
    os.set_inheritable(reader, True)
    return reader


def receive_root(descriptor: int) -> KeyCustodian:
    """Take the root key from an inherited descriptor and close it. Raises: KeyFault when nothing whole came."""
    with os.fdopen(descriptor, "rb") as file:
        line = file.read(_LONGEST + 1)
    return unlocking.use(RootsInMemory(unpack(line)))


def socket_path() -> Path:
    """Where the service answers."""
    return Path(settings.HAVRE_HOME) / "keys.sock"


class _Answer(socketserver.StreamRequestHandler):
    """One question on the socket: give the root keys, or look again after a rotation."""

    timeout = 5

    def handle(self) -> None:
        if peer_of(self.request) != unlocking.owner():
            return
        question = self.rfile.readline(_LONGEST)
        try:
            if question == ASK:
                self.wfile.write(pack(unlocking.custodian().roots()))
            elif question == RENEW:
                # checked against the check values in the keys' database before it is taken
                unlocking.use(RootsInMemory(unpack(self.rfile.readline(_LONGEST))))
                self.wfile.write(b"ok\n")
        except KeyFault:
            self.wfile.write(b"\n")
        finally:
            connections.close_all()


class Broker:
    """The service's end of the socket: one thread, which answers processes of the same account only."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or socket_path()
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not hasattr(socket, "SO_PEERCRED"):
            raise KeyFault(_("This system does not say who asks on a socket."), _("Give commands the passphrase instead."))
        _remove_dead(self.path)
        mask = os.umask(0o177)
        try:
            self._server = socketserver.ThreadingUnixStreamServer(str(self.path), _Answer)
        except OSError as error:
            raise _no_socket(self.path, error) from None
        finally:
            os.umask(mask)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="keys.sock", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering and take the socket away."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.path.unlink(missing_ok=True)


def ask(path: Path | None = None) -> RootsInMemory:
    """The root keys, from the running service. Raises: KeyFault when none answers or it is locked."""
    line = _exchange(path or socket_path(), ASK)
    if not line.strip():
        raise KeyFault(_("The service did not hand the root key over."), _("Unlock it first, under the same account."))
    return RootsInMemory(unpack(line))


def renew(path: Path | None = None) -> bool:
    """Tell the running service of new root versions. False when no service runs, which is no fault."""
    path = path or socket_path()
    if not path.exists():
        return False
    return _exchange(path, RENEW + pack(unlocking.custodian().roots())) == b"ok\n"


def peer_of(connection: socket.socket) -> int:
    """The account of the process at the other end, as the kernel says it."""
    form = struct.Struct("3i")
    _process, user, _group = form.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, form.size))
    return user


def _exchange(path: Path, words: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        try:
            connection.connect(str(path))
            # who listens is checked as well: another account's socket in our place would be a trap for `renew`
            if peer_of(connection) != unlocking.owner():
                raise KeyFault(_("The socket %(path)s is another account's.") % {"path": path}, _("Find out who put it there."))
            connection.sendall(words)
            with connection.makefile("rb") as answer:
                return answer.readline(_LONGEST)
        except OSError as error:
            raise _no_socket(path, error) from None


def _remove_dead(path: Path) -> None:
    """Take away the socket of a service that was killed. Raises: KeyFault when one still answers there."""
    if not path.exists():
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)
            return
    raise KeyFault(_("Another service answers on %(path)s.") % {"path": path}, _("Stop it first: one service serves one instance."))


def _no_socket(path: Path, error: OSError) -> KeyFault:
    return KeyFault(
        _("The socket %(path)s cannot be used: %(why)s.") % {"path": path, "why": error.strerror or error},
        _("Start the service, or choose a HAVRE_HOME with a shorter path (a socket's path has at most 107 characters)."),
    )
