"""`havre release`: check a file of rows and make protected tables of it, without Django."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from havre.release.stats.protect import Protected

BY = click.option("--by", required=True, help="Columns, comma between them.")
K = click.option("--k", default=11, show_default=True, type=click.IntRange(2), help="The smallest count that may be shown.")
FILE = click.argument("file", type=click.Path(path_type=Path))


@click.group()
def release() -> None:
    """Publishing without exposing anyone."""


@release.command()
@FILE
@BY
@K
@click.option("--json", "as_json", is_flag=True, help="The whole verdict as JSON.")
def check(file: Path, by: str, k: int, as_json: bool) -> None:
    """Name every combination of columns that fewer than K rows share. Ends with status 1 when there is one."""
    # the statistics are heavy: imported when the command runs
    from havre.release.stats.cells import words
    from havre.release.stats.errors import BadTable
    from havre.release.stats.kanon import check_k
    from havre.release.stats.reading import read_rows

    try:
        found = check_k(read_rows(file), by.split(","), k=k)
    except BadTable as problem:
        raise click.ClickException(str(problem)) from None
    if as_json:
        below = [{"cell": dict(one.cell), "rows": one.rows} for one in found.below]
        click.echo(json.dumps({"k": k, "by": found.by, "rows": found.rows, "classes": found.classes, "below": below}, indent=1))
    else:
        for one in found.below:
            click.echo(f"{one.rows:>4}  {words(one.cell)}")
        click.echo(
            f"{len(found.below)} of {found.classes} cells below {k}, "
            f"holding {found.rows_below} of {found.rows} rows; smallest {found.smallest}"
        )
    raise SystemExit(0 if found.holds else 1)


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
def table(file: Path, by: str, k: int, codes: Path | None, out: Path | None, proof_file: Path | None) -> None:
    """Make one table with its margins, hide what must be hidden, attack it, and write it only if it held."""
    from havre.release.stats.errors import BadTable, CannotProtect
    from havre.release.stats.protect import grid, proof

    columns = tuple(by.split(","))
    try:
        protected = _protect(file, columns, k, codes)
    except (BadTable, CannotProtect) as problem:
        raise click.ClickException(str(problem)) from None
    found = proof(protected)
    if proof_file:
        proof_file.write_text(json.dumps(found, indent=1))
    if not protected.holds:
        raise click.ClickException("not published: " + "; ".join(protected.problems))
    text = grid(protected, columns).write_csv()
    if out:
        out.write_text(text)
    else:
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


def _protect(file: Path, columns: tuple[str, ...], k: int, codes: Path | None) -> Protected:
    from havre.release.stats.cells import Layout, domains_of
    from havre.release.stats.errors import BadTable
    from havre.release.stats.protect import protect
    from havre.release.stats.reading import read_rows

    frame = read_rows(file)
    if codes:
        try:
            book = {column: tuple(map(str, values)) for column, values in json.loads(codes.read_text()).items()}
            domains = {column: book[column] for column in columns}
        except (OSError, ValueError, AttributeError, TypeError, KeyError) as error:
            raise BadTable(f"{codes.name}: give JSON of every column and its list of codes ({type(error).__name__}: {error})") from None
    else:
        domains = domains_of(frame, columns)
    return protect(frame, Layout((columns,), domains), k=k)
