"""A real house for a drill: a folder of its own, the product's own commands, one process group that can be killed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.drills.warm import Leader, Warm

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "five quiet boats at anchor"
STARTING = 180.0
# how long a command may take on a machine with much else to do (seconds)
PATIENCE = 1200.0


class House:
    """One instance under `base`: its home, its logs, its process group. PostgreSQL when `database` is given."""

    def __init__(self, base: Path, *, database: str = "", settings: str = "") -> None:
        self.home, self.logs = base / "home", base / "logs"
        self.home.mkdir(mode=0o700)
        self.logs.mkdir(mode=0o700)
        self.database = database
        self.port = free_port()
        self.serving: subprocess.Popen[bytes] | Leader | None = None
        self.warm: Warm | None = None
        secret = base / "passphrase"
        secret.write_text(PASSPHRASE)
        secret.chmod(0o600)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HAVRE_", "DJANGO_", "PYTEST"))}
        # a start that compiles every file again costs more than all that it is there for
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        self.environment = {**kept, "HAVRE_HOME": str(self.home), "HAVRE_PASSPHRASE_FILE": str(secret), "PYTHONUNBUFFERED": "1"}
        self.environment["PYTHONPYCACHEPREFIX"] = str(Path(tempfile.gettempdir()) / f"havre-drill-bytecode-{os.getuid()}")
        if database:
            self.environment["HAVRE_DATABASE_URL"] = database
        if settings:
            self.environment["DJANGO_SETTINGS_MODULE"] = settings

    def settle(self) -> None:
        """`havre init`, done once for all houses of this run and copied; on PostgreSQL done again where the database has no tables yet."""
        made = prepared()
        for path in made.iterdir():
            # what was copied is 0600 and 0700 as it was made
            (shutil.copytree if path.is_dir() else shutil.copy2)(path, self.home / path.name)
        if self.database:
            for path in [*self.home.glob("havre.sqlite3*"), *self.home.glob("access.sqlite3*")]:
                path.unlink()
            if not holds_tables(self.database):
                self.must("init")

    def keep_warm(self) -> None:
        """From now on serve and run errands from a process that has loaded the product."""
        self.warm = Warm(self.environment, self.logs / "warm.log")

    def run(self, *arguments: str, typed: str = "", home: Path | None = None) -> subprocess.CompletedProcess[str]:
        """One `havre` command, as an operator types it. `home` names another instance's folder."""
        environment = self.environment if home is None else {**self.environment, "HAVRE_HOME": str(home)}
        command = [sys.executable, "-m", "havre.site.command", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=environment, input=typed, capture_output=True, text=True, check=False, timeout=PATIENCE
        )

    def must(self, *arguments: str, **more: object) -> str:
        done = self.run(*arguments, **more)  # type: ignore[arg-type]
        assert done.returncode == 0, f"havre {' '.join(arguments)} ended with {done.returncode}: {done.stdout}{done.stderr}"
        return done.stdout

    def errand(self, name: str, *arguments: str) -> object:
        """A function of tests.drills.errands, run inside this house's own settings; its answer."""
        if self.warm is not None:
            answer = self.warm.ask("errand", name, *arguments, log=self.logs / "warm.log")
            assert "said" in answer, f"{name}: {(self.logs / 'warm.log').read_text()[-2000:]}"
            return answer["said"]
        command = [sys.executable, "-m", "tests.drills.errands", name, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=PATIENCE)
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
        return json.loads(done.stdout.strip().splitlines()[-1])

    def start(self) -> None:
        """Serve, in a session of its own, and wait until pages come."""
        self.serving = self._serve()
        end = time.monotonic() + STARTING
        while not self.answers():
            if self.serving.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"the house did not start:\n{self.log()[-3000:]}")
            time.sleep(0.05)

    def _serve(self) -> subprocess.Popen[bytes] | Leader:
        if self.warm is not None:
            return Leader(self.warm, self.warm.ask("start", "--port", str(self.port), log=self.logs / "serve.log"))
        with (self.logs / "serve.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "havre.site.command", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

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
        if self.warm is not None:
            self.warm.close()
            self.warm = None

    def log(self) -> str:
        return (self.logs / "serve.log").read_text(errors="replace")


@cache
def fingerprint() -> str:
    """What `havre init` makes, in 16 hexadecimal digits: the migrations, the static files, the locked packages."""
    digest = hashlib.sha256()
    for path in sorted([*ROOT.glob("havre/*/migrations/*.py"), *ROOT.glob("havre/*/static/**/*"), ROOT / "requirements" / "server.lock"]):
        if path.is_file():
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def holds_tables(database: str) -> bool:
    """Whether a PostgreSQL database has been through `havre init`, itself or the one it is a copy of."""
    import psycopg

    with psycopg.connect(database) as asked:
        return asked.execute("SELECT to_regclass('django_migrations') IS NOT NULL").fetchone() == (True,)


@cache
def prepared() -> Path:
    """The folder of an instance fresh from `havre init`, on SQLite; kept between runs until its fingerprint changes."""
    kept = Path(tempfile.gettempdir()) / f"havre-drill-house-{os.getuid()}-{fingerprint()}"
    if not kept.exists():
        base = Path(tempfile.mkdtemp(prefix="havre-drill-"))
        house = House(base)
        house.must("init")
        # whole or not at all; of two runs one wins, and both are alike
        with suppress(OSError):
            house.home.rename(kept)
        shutil.rmtree(base)
    return kept


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
