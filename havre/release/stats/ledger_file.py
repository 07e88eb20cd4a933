"""The ledger on disk: one file, appended to under a lock; the line is on the disk before any noise is drawn."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from havre.release.stats.accounting import Charge
from havre.release.stats.ledger import Head, Ledger, LedgerBroken, LedgerError, from_text, line_text


def create(path: Path, head: Head) -> Ledger:
    """Begin a ledger. Raises: LedgerError when the file is there: a ledger is never begun anew."""
    ledger = Ledger(head)
    try:
        with path.open("xb") as file:
            _put(file, ledger.to_text().encode())
    except FileExistsError:
        raise LedgerError(
            f"{path.name} existe déjà : un registre ne recommence jamais", f"{path.name} exists: a ledger never begins anew"
        ) from None
    return ledger


def read(path: Path) -> Ledger:
    """The whole ledger, checked. A last line that a crash cut short had not been answered for and is left out. Raises: LedgerError."""
    with _locked(path) as file:
        return _read(file)


@contextmanager
def spending(
    path: Path,
    charges: Sequence[Charge],
    *,
    release: str,
    dataset: str,
    by: str,
    unit: str | None = None,
    neighbours: str | None = None,
    stratum: str = "",
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[Callable[[], None]]:
    """Reserve, then let the caller draw.

        with spending(path, charges, release="2026-3", dataset="register 2025", by="analyst-7") as drawing:
            drawing()  # from here on it is spent, whatever happens
            noisy = mechanism(rows)

    The reservation is on the disk before the block runs. A block that ends or fails without `drawing()` gives it back. One that was killed
    leaves its reservation, which counts until `give_back` is called: that is refused once `drawing()` was.
    Raises: OverBudget, AlreadySpent, LedgerError, before the block runs.
    """
    drawn = False

    def moment() -> str:
        return clock().isoformat()

    def drawing() -> None:
        nonlocal drawn
        if not drawn:
            _append(path, lambda ledger: ledger.draw(release=release, by=by, at=moment()))
            drawn = True

    _append(
        path,
        lambda ledger: ledger.reserve(
            charges, release=release, dataset=dataset, by=by, at=moment(), unit=unit, neighbours=neighbours, stratum=stratum
        ),
    )
    try:
        yield drawing
    finally:
        if not drawn:
            give_back(path, release=release, by=by, at=moment())


def draw(path: Path, *, release: str, by: str, at: str) -> Ledger:
    """Say that noise is drawn from now on for a reservation whose process was killed before it could. Raises: LedgerError when not reserved."""
    return _append(path, lambda ledger: ledger.draw(release=release, by=by, at=at))


def give_back(path: Path, *, release: str, by: str, at: str) -> Ledger:
    """Give a reservation back whose process ended before it drew. Raises: LedgerError once noise was drawn."""
    return _append(path, lambda ledger: ledger.give_back(release=release, by=by, at=at))


def _append(path: Path, act: Callable[[Ledger], Ledger]) -> Ledger:
    with _locked(path) as file:
        ledger = act(_read(file))
        # what a crash left of a line goes; everything before it stands
        file.seek(0)
        whole = file.read().rfind(b"\n") + 1
        file.truncate(whole)
        file.seek(whole)
        _put(file, (line_text(ledger.lines[-1]) + "\n").encode())
        return ledger


def _read(file: BinaryIO) -> Ledger:
    file.seek(0)
    text = file.read()
    try:
        return from_text(text[: text.rfind(b"\n") + 1].decode())
    except UnicodeDecodeError:
        raise LedgerBroken(1, "it is no ledger, nor any text") from None


def _put(file: BinaryIO, text: bytes) -> None:
    file.write(text)
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    try:
        file = path.open("r+b")
    except FileNotFoundError:
        raise LedgerError(f"{path.name} : aucun registre ici", f"{path.name}: there is no ledger here") from None
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
