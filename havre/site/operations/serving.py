"""`havre serve`: one command, one process group. The parent unlocks the vault, the web workers and the background worker get the key from it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from havre.trust import vault

GRACE = 10.0


class House:
    """The children of one `havre serve`. When one ends by itself the others are stopped: a half-running house helps nobody."""

    def __init__(self, *, address: str, port: int, workers: int) -> None:
        self.address, self.port, self.workers = address, port, workers
        self.stopping = False
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def run(self) -> int:
        """Start everything and wait. Gives the exit status of the first child that ended by itself, 0 after a stop."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        broker = vault.Broker()
        try:
            self.children["web"] = self._web(broker.path)
            self.children["worker"] = self._worker()
            return self._wait()
        finally:
            self._end()
            broker.close()

    def _web(self, socket: Path) -> subprocess.Popen[bytes]:
        # granian starts its workers afresh, with no inherited descriptor: they ask the 0600 socket
        command = [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", self.address, "--port", str(self.port)),
            *("--workers", str(self.workers), "--blocking-threads", "8", "--backlog", "256", "--no-ws", "--log-level", "warning"),
            "havre.site.wsgi:application",
        ]
        return subprocess.Popen(command, env={**os.environ, "HAVRE_KEYS_SOCKET": str(socket)})

    def _worker(self) -> subprocess.Popen[bytes]:
        pipe = vault.pass_root_to_child()
        try:
            return subprocess.Popen([sys.executable, "-m", "havre.site.command", "worker", "--root-from", str(pipe)], pass_fds=[pipe])
        finally:
            os.close(pipe)

    def _wait(self) -> int:
        while not self.stopping:
            for child in self.children.values():
                if (status := child.poll()) is not None:
                    return status or 1
            time.sleep(0.3)
        return 0

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _end(self) -> None:
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        end = time.monotonic() + GRACE
        for child in self.children.values():
            try:
                child.wait(timeout=max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()


def take_key() -> None:
    """A web worker's first act: ask the parent's socket for the root key. Without one (tests, `manage`), nothing is unlocked."""
    socket = os.environ.get("HAVRE_KEYS_SOCKET")
    if socket:
        from havre.trust.vault import handover, unlocking

        unlocking.use(handover.ask(Path(socket)))
