"""`havre release`: protected tables from a file of rows, checks of whatever goes out, and proofs, without Django."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from havre.release import check_command, verify_command
from havre.release.synthetic_command import COMMANDS

if TYPE_CHECKING:
    from havre.release.stats.attacks.subtraction import Subtraction
    from havre.release.stats.protect import Protected
    from havre.release.stats.published import Published

BY = click.option("--by", required=True, help="Columns, comma between them.")
K = click.option("--k", default=11, show_default=True, type=click.IntRange(2), help="The smallest count that may be shown.")
FILE = click.argument("file", type=click.Path(path_type=Path))


@click.group()
def release() -> None:
    """Publishing without exposing anyone."""


for _command in (*COMMANDS, check_command.check, check_command.checklist, verify_command.verify, verify_command.key):
    release.add_command(_command)


@release.command()
@FILE
@BY
@K
@click.option(
    "--codes", type=click.Path(path_type=Path), help="JSON code book: column to its list of codes. Without it codes come from the rows."
)
@click.option("--out", type=click.Path(path_type=Path), help="Where the protected table goes (CSV). Default: the screen.")
@click.option(
    "--proof", "proof_file", type=click.Path(path_type=Path), help="Where the proof goes (JSON). It stays inside: it names small cells."
)
@click.option(
    "--earlier",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A table published before, about the same register, as this command wrote it. May be given several times.",
)
@click.option("--bundle", type=click.Path(path_type=Path), help="Folder for the proof bundle, public and internal half.")
@click.option("--key", type=click.Path(path_type=Path), help="Signing key of the bundle (PEM).")
@click.option("--about", help="JSON that describes the release: release, title, publisher, contact, issued, ...")
def table(
    file: Path,
    by: str,
    k: int,
    codes: Path | None,
    out: Path | None,
    proof_file: Path | None,
    earlier: tuple[Path, ...],
    bundle: Path | None,
    key: Path | None,
    about: str | None,
) -> None:
    """Make one table with its margins, hide what must be hidden, attack it, and write it only if it held."""
    from havre.release.stats.errors import BadTable, CannotProtect
    from havre.release.stats.protect import grid, proof

    columns = tuple(by.split(","))
    if bundle and not (key and about):
        raise click.UsageError(
            "a bundle needs --key (make one with `havre release key`) and --about (JSON: release, title, publisher, ...)"
        )
    try:
        protected, before = _protect(file, columns, k, codes, earlier)
        found = proof(protected)
        if proof_file:
            proof_file.write_text(json.dumps(found, indent=1))
        if not protected.holds:
            raise click.ClickException("not published: " + "; ".join(protected.problems))
        text = grid(protected, columns).write_csv()
        subtraction = _subtract(protected, columns, before, k)
        if bundle and key and about:
            _bundle(protected, subtraction, [one.name for one in before], file, bundle, key, about)
    except (BadTable, CannotProtect) as problem:
        raise click.ClickException(str(problem)) from None
    if out:
        out.write_text(text)
    elif not bundle:
        click.echo(text, nl=False)
    if not codes:
        click.echo("codes were taken from the rows: a category list read from the data is itself a release; give --codes", err=True)
    best = "least possible" if protected.pattern.optimal else f"best found, at least {protected.pattern.bound:.0f}"
    click.echo(
        f"hidden {len(protected.pattern.reasons)} cells ({len(protected.pattern.needs)} primary, {protected.pattern.complementary} "
        f"complementary; cost {protected.pattern.cost:.0f}, {best}); the attack recovered {len(protected.pattern.audit.exposed)} "
        f"(primary cells alone: {len(protected.control.exposed)})",
        err=True,
    )


def _protect(
    file: Path, columns: tuple[str, ...], k: int, codes: Path | None, earlier: tuple[Path, ...]
) -> tuple[Protected, list[Published]]:
    from havre.release.stats.cells import Layout, domains_of
    from havre.release.stats.errors import BadTable
    from havre.release.stats.media.sheets import refuse_identifying
    from havre.release.stats.protect import protect
    from havre.release.stats.published import layout_of, read_published
    from havre.release.stats.reading import read_rows

    frame = read_rows(file)
    refuse_identifying(frame, columns)
    before = [read_published(path) for path in earlier]
    past = layout_of(before).tables if before else ()
    every = tuple(dict.fromkeys((*columns, *(column for table in past for column in table))))
    domains = domains_of(frame, every)
    if codes:
        try:
            book = {column: tuple(map(str, values)) for column, values in json.loads(codes.read_text()).items()}
            domains |= {column: book[column] for column in columns}
        except (OSError, ValueError, AttributeError, TypeError, KeyError) as error:
            raise BadTable(f"{codes.name}: give JSON of every column and its list of codes ({type(error).__name__}: {error})") from None
    return protect(frame, Layout((columns,), domains, past=past), k=k, earlier=[one.figures for one in before]), before


def _subtract(protected: Protected, columns: tuple[str, ...], before: list[Published], k: int) -> Subtraction:
    """The outsider's attack on what would be printed, with what was printed before. Raises: BadTable, naming the cells."""
    from havre.release.stats.attacks.subtraction import subtract
    from havre.release.stats.errors import BadTable
    from havre.release.stats.protect import grid
    from havre.release.stats.published import of_grid

    found = subtract([of_grid(grid(protected, columns), name="this table")], before, k=k)
    if not found.holds:
        raise BadTable("not published: it would tell small counts: " + "; ".join(one.words for one in found.told))
    return found


def _bundle(protected: Protected, subtraction: Subtraction, earlier: list[str], file: Path, folder: Path, key: Path, about: str) -> None:
    from havre.release.stats.bundle.contents import About, digest_of, of_tables
    from havre.release.stats.bundle.packing import pack, read_key
    from havre.release.stats.errors import BadTable

    try:
        told = About(**json.loads(Path(about).read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise BadTable(f"{about}: give JSON with release, title, publisher, contact and issued ({error})") from None
    contents = of_tables(protected, told, subtraction=subtraction, input_digest=digest_of(file.read_bytes()), earlier=earlier)
    for path in pack(contents, key=read_key(key)).write(folder, told.release):
        click.echo(str(path), err=True)
