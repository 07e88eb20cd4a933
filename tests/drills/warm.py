"""A house's commands from a process that has loaded the product already: `havre serve` two hundred times without two hundred imports.

What is forked runs the product's own command line in a session of its own, as if it had been typed; its web server and its worker start
afresh as always. Nothing is open when it forks. Requests and answers are JSON lines: start, poll, wait, errand.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Warm:
    """The loaded process of one house, seen from the drill."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.drills.warm"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=out,
                text=True,
            )

    def ask(self, what: str, *arguments: str, log: Path | None = None) -> Any:
        """One request. Raises: AssertionError when the process is gone."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({"what": what, "arguments": arguments, "log": str(log or "")}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the warm process of the drill is gone"
        return json.loads(line)

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()


class Leader:
    """The first process of a served house; used as a Popen would be."""

    def __init__(self, warm: Warm, pid: int) -> None:
        self.warm, self.pid = warm, pid

    def poll(self) -> int | None:
        return self.warm.ask("poll", str(self.pid))

    def wait(self, timeout: float = 0) -> int:
        return self.warm.ask("wait", str(self.pid))

    def terminate(self) -> None:
        os.kill(self.pid, signal.SIGTERM)


def _fork(run: Any, log: str) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        os.setsid()
        nothing, out = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        for given, place in ((nothing, 0), (out, 1), (out, 2)):
            os.dup2(given, place)
        run()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def _errand(name: str, arguments: list[str], log: str) -> Any:
    """In a child, so that the loaded process never holds a database; its answer comes by a file."""
    from tests.drills import errands

    answer = Path(f"{log}.answer-{os.getpid()}")

    def run() -> None:
        answer.write_text(json.dumps(getattr(errands, name)(*arguments)))

    pid = _fork(run, log)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status:
        return {"failed": status}
    said = json.loads(answer.read_text())
    answer.unlink()
    return {"said": said}


def _serve(arguments: list[str]) -> None:
    from havre.site.command import main

    main(["serve", *arguments], prog_name="havre")


def _load() -> None:
    from django.db import connections

    from havre.site.commands import house  # noqa: F401
    from havre.site.operations import doctor
    from tests.drills import errands  # noqa: F401 (sets Django up)

    doctor.examine(serving=True)
    connections.close_all()


def _answer(asked: dict[str, Any]) -> Any:
    what, arguments = asked["what"], asked["arguments"]
    if what == "start":
        return _fork(lambda: _serve(arguments), asked["log"])
    if what == "errand":
        return _errand(arguments[0], arguments[1:], asked["log"])
    found, status = os.waitpid(int(arguments[0]), os.WNOHANG if what == "poll" else 0)
    return os.waitstatus_to_exitcode(status) if found else None


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "havre.site.settings")
    import django

    django.setup()
    _load()
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)
