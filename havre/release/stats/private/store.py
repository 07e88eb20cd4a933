"""One run's answers, kept so that a run taken up again reads its own noise instead of drawing it twice."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    """

    run: str
    print_: str
    folder: Path | None = None

    def __post_init__(self) -> None:
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        known = self._path("run.json")
        if known.exists():
            if json.loads(known.read_text())["fingerprint"] != self.print_:
                raise BadTable(
                    f"run {self.run!r} was begun with other rows or settings; a second draw would be a second spend: give it another run name"
                )
        else:
            self._write("run.json", json.dumps({"run": self.run, "fingerprint": self.print_}).encode())

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
        """The stored answers of a step, or those `draw` gives, stored first. Raises: BadTable for a stored file that cannot be read."""
        if self.folder is None:
            return draw()
        path = self._path(f"{step}.answers")
        if path.exists():
            content = path.read_bytes()
            if len(content) % 8:
                raise BadTable(f"the stored answers of step {step!r} of run {self.run!r} are damaged; begin another run")
            return np.frombuffer(content, "<i8").astype(np.int64)
        found = draw()
        self._write(f"{step}.answers", found.astype("<i8").tobytes())
        return found
