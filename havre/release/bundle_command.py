"""What `havre release synthetic` and `dp` share: the ledger is charged once for each run, and the result is packed with its proof."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from havre.release.stats.bundle.contents import About, Column, Contents
    from havre.release.stats.private.codebook import Codebook
    from havre.release.stats.private.spend import Spend

BUNDLE = click.option("--bundle", type=click.Path(path_type=Path), help="Folder for the proof bundle, public and internal half.")
KEY = click.option("--key", type=click.Path(path_type=Path), help="Signing key of the bundle (PEM).")
ABOUT = click.option("--about", type=click.Path(path_type=Path), help="JSON: title, publisher, contact, issued, ... (release: the run).")


def charger(ledger: Path | None, run: str, file: Path, who: str, answers: Path) -> Callable[[tuple[Spend, ...]], None]:
    """Writes the spends in the ledger, once for each run: a run taken up again finds its line and adds none.

    answers, where the run keeps its noise. Once the ledger says that noise was drawn, a run without it is refused: it would draw a second
    time for the price of one.
    """
    begun = (answers / "run.json").exists()

    def charge(spends: tuple[Spend, ...]) -> None:
        if ledger is None:
            return
        from havre.release.stats.ledger import LedgerError
        from havre.release.stats.ledger_file import draw, read, spending
        from havre.release.stats.ledger_witness import hear, testify
        from havre.release.stats.private.spend import charges_of

        charges, known = charges_of(spends), read(ledger)
        hear(ledger, known)
        line = next((line for line in known.counting if line.release == run), None)
        if line is None:
            with spending(ledger, charges, release=run, dataset=file.name, by=who) as drawing:
                drawing()
            line = next(line for line in read(ledger).counting if line.release == run)
            testify(answers, ledger, release=run, digest=line.digest)
            return
        if line.charges != charges or line.dataset != file.name:
            raise LedgerError(
                f"la publication {run!r} est inscrite avec un autre coût ; donner un autre nom avec --run",
                f"release {run!r} is in the ledger with another cost or file; give another --run",
            )
        if not begun:
            raise LedgerError(
                f"la publication {run!r} a déjà été tirée et ses réponses ne sont plus là : un second tirage serait une seconde dépense ; "
                "donner un autre nom avec --run",
                f"release {run!r} was drawn and its answers are gone: a second draw would be a second spend; give another --run",
            )
        if known.states[run] == "reserve":  # killed between the two lines: from here on it is spent
            draw(ledger, release=run, by=who, at=datetime.now(UTC).isoformat())
        testify(answers, ledger, release=run, digest=line.digest)

    return charge


def checked(options: dict[str, Any], *, ledger_needed: bool) -> None:
    """Refuse half a bundle's options, or a ledger that cannot be read, before anything is spent.

    Raises: click.UsageError, BadTable, LedgerError.
    """
    if ledger_needed and options["ledger"] is not None:
        from havre.release.stats.ledger_file import read
        from havre.release.stats.ledger_witness import hear

        hear(options["ledger"], read(options["ledger"]))
    bundle, key, about = options["bundle"], options["key"], options["about"]
    if bundle is None:
        return
    if ledger_needed and options["ledger"] is None:
        raise click.UsageError("the bundle of a private release shows its line in the ledger: give --ledger")
    if not (key and about):
        raise click.UsageError(
            "a bundle needs --key (make one with `havre release key`) and --about (JSON: title, publisher, contact, issued)"
        )
    from havre.release.stats.bundle.packing import read_key

    read_key(key)
    described(about, "check")


def described(about: Path, run: str) -> About:
    """What the reader is told of the release; its name is the run's, as in the ledger. Raises: BadTable."""
    from havre.release.stats.bundle.contents import About
    from havre.release.stats.errors import BadTable

    try:
        told = json.loads(about.read_text())
        return About(**{**told, "release": run})
    except (OSError, TypeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadTable(
            f"{about.name}: give JSON with title, publisher, contact and issued ({error})",
            f"{about.name} : donner un JSON avec title, publisher, contact et issued ({error})",
        ) from None


def dictionary(codebook: Codebook) -> tuple[Column, ...]:
    """The code book as a data dictionary."""
    from havre.release.stats.bundle.contents import Column

    return tuple(Column(one.name, one.name, {code: code for code in one.codes}, one.source or "not stated") for one in codebook.columns)


def of_private_rows(found: Any, codebook: Codebook, *, run: str, file: Path, options: dict[str, Any]) -> Contents:
    """The contents of private synthetic rows, with their line in the ledger."""
    from havre.release.stats.bundle.contents import digest_of, of_rows
    from havre.release.stats.ledger_file import read
    from havre.release.stats.private.spend import charges_of

    return of_rows(
        found.rows,
        described(options["about"], run),
        columns=dictionary(codebook),
        charges=charges_of(found.spends),
        ledger=read(options["ledger"]),
        mechanism="noisy parts of tables of one and two columns and noisy full rows, inference, rows",
        withheld=found.withheld,
        inside={"input_digest": digest_of(file.read_bytes()), "persons_noisy": round(found.total)},
    )


def of_anonymous_rows(found: Any, codebook: Codebook, *, run: str, file: Path, options: dict[str, Any]) -> Contents:
    """The contents of k-anonymous rows: every combination of up to `length` of the columns."""
    from havre.release.stats.bundle.contents import digest_of, of_rows

    return of_rows(
        found.rows,
        described(options["about"], run),
        columns=dictionary(codebook),
        k=found.k,
        quasi_identifiers=codebook.names,
        mechanism=f"rows made of combinations of up to {found.length} columns that k persons share, counts rounded to multiples of k",
        withheld=found.withheld,
        inside={"input_digest": digest_of(file.read_bytes()), "rare_shown": found.rare_shown, "publishable": found.publishable},
    )


def of_private_tables(
    frames: dict[str, Any], spends: Sequence[Spend], codebook: Codebook, *, run: str, file: Path, options: dict[str, Any]
) -> Contents:
    """The contents of private count tables, with their line in the ledger."""
    from havre.release.stats.bundle.contents import digest_of, of_noisy_tables
    from havre.release.stats.ledger_file import read
    from havre.release.stats.private.spend import charges_of

    return of_noisy_tables(
        frames,
        described(options["about"], run),
        columns=dictionary(codebook),
        charges=charges_of(spends),
        ledger=read(options["ledger"]),
        mechanism="every combination of the public codes with discrete Gaussian noise",
        inside={"input_digest": digest_of(file.read_bytes())},
    )


def pack_if_asked(make: Callable[[], Contents], run: str, options: dict[str, Any]) -> None:
    """Write both halves, each whole or not at all."""
    if options["bundle"] is None:
        return
    from havre.release.stats.bundle.packing import pack, read_key

    for path in pack(make(), key=read_key(options["key"])).write(options["bundle"], run):
        click.echo(f"{path.name} in {options['bundle'].name}")
