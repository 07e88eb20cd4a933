"""A real house for a drill: a folder of its own, the product's own commands, one process group that can be killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "five quiet boats at anchor"
STARTING = 60.0


class House:
    """One instance under `base`: its home, its logs, its process group. PostgreSQL when `database` is given."""

    def __init__(self, base: Path, *, database: str = "") -> None:
        self.home, self.logs = base / "home", base / "logs"
        self.home.mkdir(mode=0o700)
        self.logs.mkdir(mode=0o700)
        self.database = database
        self.port = free_port()
        self.serving: subprocess.Popen[bytes] | None = None
        secret = base / "passphrase"
        secret.write_text(PASSPHRASE)
        secret.chmod(0o600)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HAVRE_", "DJANGO_", "PYTEST"))}
        self.environment = {**kept, "HAVRE_HOME": str(self.home), "HAVRE_PASSPHRASE_FILE": str(secret), "PYTHONUNBUFFERED": "1"}
        if database:
            self.environment["HAVRE_DATABASE_URL"] = database

    def run(self, *arguments: str, typed: str = "", home: Path | None = None) -> subprocess.CompletedProcess[str]:
        """One `havre` command, as an operator types it. `home` names another instance's folder."""
        environment = self.environment if home is None else {**self.environment, "HAVRE_HOME": str(home)}
        command = [sys.executable, "-m", "havre.site.command", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, input=typed, capture_output=True, text=True, check=False, timeout=300)

    def must(self, *arguments: str, **more: object) -> str:
        done = self.run(*arguments, **more)  # type: ignore[arg-type]
        assert done.returncode == 0, f"havre {' '.join(arguments)} ended with {done.returncode}: {done.stdout}{done.stderr}"
        return done.stdout

    def errand(self, name: str, *arguments: str) -> object:
        """A function of tests.drills.errands, run inside this house's own settings; its answer."""
        command = [sys.executable, "-m", "tests.drills.errands", name, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
        return json.loads(done.stdout.strip().splitlines()[-1])

    def start(self) -> None:
        """Serve, in a session of its own, and wait until pages come."""
        with (self.logs / "serve.log").open("ab") as log:
            self.serving = subprocess.Popen(
                [sys.executable, "-m", "havre.site.command", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        end = time.monotonic() + STARTING
        while not self.answers():
            if self.serving.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"the house did not start:\n{self.log()[-3000:]}")
            time.sleep(0.05)

    def answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/accounts/login/")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def kill(self) -> int:
        """SIGKILL for the whole process group at once, then for whatever of its session is left. Gives how many processes died."""
        assert self.serving is not None
        leader = self.serving.pid
        alive = of_session(leader)
        os.killpg(leader, signal.SIGKILL)
        strays = of_session(leader) - {leader}
        for pid in strays:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.serving.wait()
        end = time.monotonic() + 10
        while of_session(leader) and time.monotonic() < end:
            time.sleep(0.01)
        self.serving = None
        return len(alive)

    def stop(self) -> int:
        """A clean stop, as systemd does it."""
        assert self.serving is not None
        self.serving.terminate()
        status = self.serving.wait(timeout=30)
        self.serving = None
        return status

    def close(self) -> None:
        if self.serving is not None:
            self.kill()

    def log(self) -> str:
        return (self.logs / "serve.log").read_text(errors="replace")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def of_session(leader: int) -> set[int]:
    """The living processes of one session (Linux: field 6 of /proc/PID/stat)."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[3]) == leader and fields[0] != "Z":
                found.add(int(entry.name))
    return found
