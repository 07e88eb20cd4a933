"""One run's answers, kept so that a run taken up again reads its own noise instead of drawing it twice."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from havre.release.stats.errors import BadTable


def fingerprint(rows: np.ndarray, settings: dict[str, Any]) -> str:
    """A digest of the rows and settings of a run. It stays inside: it would let someone test a guess of the whole file.

    Source: SHA-256, NIST FIPS 180-4, 2015.
    """
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode())
    digest.update(np.ascontiguousarray(rows).tobytes())
    return digest.hexdigest()


@dataclass(slots=True)
class Run:
    """The noisy answers of one run, by step, in `folder` (or in memory when it is None).

    A step's answers are on disk, whole and synchronised, before anything is made of them; a crash between drawing and storing loses
    answers nobody has seen, and the retry draws again under the same spend. Answers are private output: keeping them costs nothing.
    Each step that was answered is noted with its digest: answers that were taken away or changed afterwards end the run, because a second
    draw would be a second spend. One process at a time works on a run.
    Raises: BadTable for a run begun with other rows or settings, or that another process works on.
    """

    run: str
    print_: str
    folder: Path | None = None
    _answered: dict[str, str] = field(default_factory=dict, init=False)
    _lock: BinaryIO | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = self._path("lock").open("ab")
        try:
            # a record lock: held by the process, and let go with it however it ends
            fcntl.lockf(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BadTable(
                f"another process works on run {self.run!r} at this moment; wait for it, or give another run name",
                f"un autre processus travaille à {self.run!r} en ce moment ; l'attendre, ou donner un autre nom",
            ) from None
        if not self._path("run.json").exists():
            self._note()
            return
        try:
            known = json.loads(self._path("run.json").read_text())
            self._answered = dict(known.get("answered", {}))
            begun_with = known["fingerprint"]
        except (ValueError, TypeError, KeyError, AttributeError):
            raise BadTable(
                f"run.json of run {self.run!r} cannot be read; its answers cannot be trusted: give another run name",
                f"run.json de {self.run!r} est illisible ; ses réponses ne sont pas sûres : donner un autre nom",
            ) from None
        if begun_with != self.print_ and not self._answered and not any(self.folder.glob("*.answers")):
            # nothing was drawn: it was refused or stopped before
            self._note()
        elif begun_with != self.print_:
            raise BadTable(
                f"run {self.run!r} was begun with other rows or settings; a second draw would be a second spend: give it another run name",
                f"{self.run!r} a été commencé avec d'autres lignes ou réglages ; un second tirage serait une seconde dépense : donner un autre nom",
            )

    def _note(self) -> None:
        told = {"run": self.run, "fingerprint": self.print_, "answered": self._answered}
        self._write("run.json", json.dumps(told).encode())

    def _path(self, name: str) -> Path:
        assert self.folder is not None
        return self.folder / name

    def _write(self, name: str, content: bytes) -> None:
        part = self._path(f".{name}.part")
        with part.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(self._path(name))

    def answers(self, step: str, draw: Callable[[], np.ndarray]) -> np.ndarray:
        """The stored answers of a step, or those `draw` gives, stored first. Raises: BadTable for stored ones that are gone or changed."""
        if self.folder is None:
            return draw()
        path, noted = self._path(f"{step}.answers"), self._answered.get(step)
        if not path.exists():
            if noted is not None:
                raise BadTable(
                    f"the stored answers of step {step!r} of run {self.run!r} are gone; a second draw would be a second spend: "
                    "put them back, or give another run name",
                    f"les réponses gardées de l'étape {step!r} de {self.run!r} ont disparu ; un second tirage serait une seconde dépense : "
                    "les remettre, ou donner un autre nom",
                )
            self._write(path.name, draw().astype("<i8").tobytes())
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if len(content) % 8 or noted not in (None, digest):
            raise BadTable(
                f"the stored answers of step {step!r} of run {self.run!r} are damaged; begin another run",
                f"les réponses gardées de l'étape {step!r} de {self.run!r} sont abîmées ; donner un autre nom",
            )
        if noted is None:
            self._answered[step] = digest
            self._note()
        return np.frombuffer(content, "<i8").astype(np.int64)
