"""What the runs beside a ledger say of it: a ledger put back to an older state, or written anew, is known by the spends it has lost."""

from __future__ import annotations

import json
import os
from pathlib import Path

from havre.release.stats.ledger import Ledger, LedgerError

WITNESS = "spent.json"
RUNS = ".havre-run-*"


def testify(folder: Path, ledger: Path, *, release: str, digest: str) -> None:
    """Keep the digest of a spend's line in its run's folder, before noise is drawn.

    Args: folder, of the run; ledger, the file; digest, of the line that reserves the release.
    Source: Haber & Stornetta 1991, Journal of Cryptology 3(2) (digests kept by others witness a chain).
    """
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{WITNESS}.part"
    with part.open("w") as stream:
        json.dump({"ledger": ledger.name, "release": release, "line": digest}, stream)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(folder / WITNESS)


def hear(path: Path, ledger: Ledger) -> None:
    """Hold a ledger against every run that lies beside it.

    Raises: LedgerError, naming the releases, when a run has spent from this file and its line is not there: an older copy was put back, a
    line was changed and the chain made anew, or the file was begun again. A copy kept where no run lies cannot be told so.
    Source: Haber & Stornetta 1991, Journal of Cryptology 3(2) (digests kept by others witness a chain).
    """
    kept = {line.digest for line in ledger.lines}
    lost = []
    for file in sorted(path.absolute().parent.glob(f"{RUNS}/{WITNESS}")):
        try:
            told = json.loads(file.read_text())
            if told["ledger"] == path.name and told["line"] not in kept:
                lost.append(str(told["release"]))
        except (OSError, ValueError, KeyError, TypeError):
            lost.append(file.parent.name)
    if lost:
        names = ", ".join(lost)
        raise LedgerError(
            f"{path.name} a perdu des dépenses faites ({names}) : c'est une copie ancienne ou réécrite ; remettre le registre qui les porte "
            "avant toute publication",
            f"{path.name} has lost spends that were made ({names}): it is an older copy or was written anew; put the ledger back that "
            "holds them before anything is released",
        )
