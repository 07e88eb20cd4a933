"""`havre release`: protected tables from a file of rows, checks of whatever goes out, and proofs, without Django."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from havre.evidence.bilingual_command import in_words
from havre.release import check_command, verify_command
from havre.release.saying import Said, must_be_new, said, write_whole
from havre.release.synthetic_command import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable

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

    if bundle and not (key and about):
        raise click.UsageError(
            "a bundle needs --key (make one with `havre release key`) and --about (JSON: release, title, publisher, ...)"
        )
    must_be_new(out, "--out")
    must_be_new(proof_file, "--proof")
    try:
        columns = _named(by)
        packing = _bundle_of(bundle, key, about)
        protected, before = _protect(file, columns, k, codes, earlier)
        text, found = grid(protected, columns).write_csv(), proof(protected)
        subtraction = _subtract(protected, columns, before, k)
        # from here on nothing refuses: everything is written, or the disk is full
        if packing:
            packing(protected, subtraction, [one.name for one in before], file)
        if proof_file:
            write_whole(proof_file, json.dumps(found, indent=1))
        if out:
            write_whole(out, text)
    except (BadTable, CannotProtect) as problem:
        raise said(problem) from None
    except OSError as problem:
        raise Said(f"nothing was published: {problem}", f"rien n'a été publié : {problem}") from None
    if not out and not bundle:
        click.echo(text, nl=False)
    _tell(protected, codes)


def _named(by: str) -> tuple[str, ...]:
    """The columns of --by. Raises: BadTable for an empty or repeated one."""
    from havre.release.stats.errors import BadTable

    columns = tuple(name.strip() for name in by.split(","))
    twice = sorted({name for name in columns if columns.count(name) > 1 and name})
    if twice:
        raise BadTable(
            f"--by names column {twice[0]!r} twice; name it once", f"--by nomme deux fois la colonne {twice[0]!r} ; la nommer une fois"
        )
    if not all(columns):
        raise BadTable(
            f"--by {by!r} has an empty name; give columns, comma between them",
            f"--by {by!r} : un nom est vide ; donner des colonnes séparées par des virgules",
        )
    return columns


def _tell(protected: Protected, codes: Path | None) -> None:
    """What the table cost, and where its codes came from, beside the table."""
    if not codes:
        click.echo(
            in_words(
                "les codes ont été pris dans les lignes : une liste tirée des données est elle-même une publication ; donner --codes",
                "codes were taken from the rows: a category list read from the data is itself a release; give --codes",
            ),
            err=True,
        )
    pattern, control = protected.pattern, len(protected.control.exposed)
    best = in_words("le moins possible", "least possible")
    if not pattern.optimal:
        best = in_words(f"meilleur trouvé, au moins {pattern.bound:.0f}", f"best found, at least {pattern.bound:.0f}")
    hidden, primary, exposed = len(pattern.reasons), len(pattern.needs), len(pattern.audit.exposed)
    click.echo(
        in_words(
            f"{hidden} cellules masquées ({primary} primaires, {pattern.complementary} complémentaires ; coût {pattern.cost:.0f}, {best}) ; "
            f"l'attaque en a retrouvé {exposed} (cellules primaires seules : {control})",
            f"hidden {hidden} cells ({primary} primary, {pattern.complementary} complementary; cost {pattern.cost:.0f}, {best}); "
            f"the attack recovered {exposed} (primary cells alone: {control})",
        ),
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
    if frame.height < k:
        raise BadTable(
            f"{file.name} holds {frame.height} rows and k is {k}: every count would be hidden; nothing can be published of so few",
            f"{file.name} contient {frame.height} lignes et k vaut {k} : tout effectif serait masqué ; rien de si peu ne peut être publié",
        )
    refuse_identifying(frame, columns)
    before = [read_published(path) for path in earlier]
    before_layout = layout_of(before) if before else Layout((), {})
    every = tuple(dict.fromkeys((*columns, *before_layout.columns)))
    domains = domains_of(frame, every)
    # a code that an earlier table listed is there, with nobody in it too: its cells may have been hidden then
    domains |= {column: tuple(sorted({*domains[column], *told})) for column, told in before_layout.domains.items()}
    if codes:
        domains |= _codes(codes, columns)
    protected = protect(frame, Layout((columns,), domains, past=before_layout.tables), k=k, earlier=[one.figures for one in before])
    if not protected.holds:
        told = "; ".join(protected.problems)
        raise BadTable(f"not published: {told}", f"non publié : {told}")
    return protected, before


def _codes(file: Path, columns: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The code lists of these columns. Raises: BadTable for what is no JSON of lists, a column without its list or a code written twice."""
    from havre.release.stats.errors import BadTable

    try:
        book = json.loads(file.read_text(encoding="utf-8"))
        lists = {column: book[column]["codes"] if isinstance(book[column], dict) else book[column] for column in columns}
    except KeyError as error:
        raise BadTable(
            f"{file.name}: column {error} has no list of codes; add its published list",
            f"{file.name} : la colonne {error} n'a pas de liste de codes ; ajouter sa liste publiée",
        ) from None
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise BadTable(
            f"{file.name}: give JSON of every column and its list of codes ({type(error).__name__}: {error})",
            f"{file.name} : donner un JSON de chaque colonne et de sa liste de codes ({type(error).__name__} : {error})",
        ) from None
    for column, codes in lists.items():
        if not isinstance(codes, list) or not codes or len({str(code) for code in codes}) < len(codes):
            raise BadTable(
                f"{file.name}, column {column!r}: give its codes as a JSON list, each code once",
                f"{file.name}, colonne {column!r} : donner ses codes en une liste JSON, chaque code une fois",
            )
    return {column: tuple("" if code is None else str(code) for code in codes) for column, codes in lists.items()}


def _subtract(protected: Protected, columns: tuple[str, ...], before: list[Published], k: int) -> Subtraction:
    """The outsider's attack on what would be printed, with what was printed before. Raises: BadTable, naming the cells."""
    from havre.release.stats.attacks.subtraction import subtract
    from havre.release.stats.errors import BadTable
    from havre.release.stats.protect import grid
    from havre.release.stats.published import of_grid

    found = subtract([of_grid(grid(protected, columns), name="this table")], before, k=k)
    if not found.holds:
        told = "; ".join(one.words for one in found.told)
        raise BadTable(f"not published: it would tell small counts: {told}", f"non publié : cela dirait de petits effectifs : {told}")
    return found


def _bundle_of(
    folder: Path | None, key: Path | None, about: str | None
) -> Callable[[Protected, Subtraction, list[str], Path], None] | None:
    """What packs the bundle; its key and description are read before anything is computed. Raises: BadTable."""
    if not (folder and key and about):
        return None
    from havre.release.stats.bundle.contents import About, digest_of, of_tables
    from havre.release.stats.bundle.packing import pack, read_key
    from havre.release.stats.errors import BadTable

    signing = read_key(key)
    try:
        told = About(**json.loads(Path(about).read_text(encoding="utf-8")))
    except (OSError, TypeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadTable(
            f"{about}: give JSON with release, title, publisher, contact and issued ({error})",
            f"{about} : donner un JSON avec release, title, publisher, contact et issued ({error})",
        ) from None

    def packing(protected: Protected, subtraction: Subtraction, earlier: list[str], file: Path) -> None:
        contents = of_tables(protected, told, subtraction=subtraction, input_digest=digest_of(file.read_bytes()), earlier=earlier)
        for path in pack(contents, key=signing).write(folder, told.release):
            click.echo(str(path), err=True)

    return packing
