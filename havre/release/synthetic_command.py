"""`havre release synthetic`, `dp` and `codebook`: rows and tables that stand for persons, without Django."""

from __future__ import annotations

import glob
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from havre.release import bundle_command
from havre.release.bundle_command import ABOUT, BUNDLE, KEY, charger
from havre.release.saying import Said, must_be_new, said, write_whole

if TYPE_CHECKING:
    from havre.release.stats.private.codebook import Codebook

FILE = click.argument("file", type=click.Path(path_type=Path))
CODEBOOK = click.option("--codebook", "book", type=click.Path(path_type=Path), help="Every column and its published codes (JSON or YAML).")
PUBLIC = click.option(
    "--domain-is-public", is_flag=True, help="Declare that the codes found in FILE are public knowledge. Written in the proof."
)
EPSILON = click.option("--epsilon", type=float, default=1.0, show_default=True, help="Privacy loss a person may suffer.")
DELTA = click.option("--delta", type=float, help="Chance of more. Default: 1/(n ln n) for a declared --population, else 0.000001.")
POPULATION = click.option("--population", type=click.IntRange(2), help="Publicly known number of persons, for the default delta only.")
OUT = click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the result and its proof; it must not exist.")
LEDGER = click.option("--ledger", type=click.Path(path_type=Path), help="The population's privacy ledger; a spend over budget is refused.")
RUN = click.option("--run", help="Name of this run. The same run taken up again draws and spends nothing new. Default: the name of OUT.")
BY = click.option("--by", "who", default="command", show_default=True, help="Who releases, as an id, for the ledger.")


def refusing(act: Callable[[], None]) -> None:
    """Run the act; what it refuses is one sentence for the person at the screen."""
    from havre.release.stats.errors import BadTable
    from havre.release.stats.ledger import LedgerError
    from havre.release.stats.private.noise import Cancelled

    try:
        act()
    except (BadTable, LedgerError, Cancelled) as problem:
        raise said(problem) from None
    except OSError as problem:
        raise Said(f"no result was written: {problem}", f"aucun résultat n'a été écrit : {problem}") from None
    except KeyboardInterrupt:
        raise Said(
            "stopped; no result was written. The same command with the same --run takes up where it stopped and spends nothing more",
            "arrêté ; aucun résultat n'a été écrit. La même commande avec le même --run reprend où elle en était sans rien dépenser de plus",
        ) from None


def _book(frame: Any, book: Path | None, public: bool) -> Codebook:
    from havre.release.stats.errors import BadTable
    from havre.release.stats.media.sheets import refuse_identifying
    from havre.release.stats.private.codebook import declared_public, read_codebook

    if book and public:
        raise BadTable("give --codebook or --domain-is-public, not both", "donner --codebook ou --domain-is-public, pas les deux")
    if book:
        return read_codebook(book)
    if public:
        refuse_identifying(frame, frame.columns)
        return declared_public(frame)
    raise BadTable(
        "no code book: the codes a column may hold must come from a published list, not from the rows, because a list of the codes that "
        "occur is itself a release. Write one with `havre release codebook FILE --out CODEBOOK.json`, fill in the columns it leaves empty "
        "and give it with --codebook; or declare with --domain-is-public that the codes in this file are public knowledge",
        "pas de liste de codes : les codes qu'une colonne peut contenir viennent d'une liste publiée, non des lignes, car la liste des codes "
        "présents est elle-même une publication. L'écrire avec `havre release codebook FICHIER --out CODES.json`, compléter les colonnes "
        "laissées vides et la donner avec --codebook ; ou déclarer par --domain-is-public que les codes de ce fichier sont connus de tous",
    )


def _run_name(run: str | None, out: Path) -> str:
    from havre.release.stats.errors import BadTable

    name = run or out.name
    if not name or not all(sign.isalnum() or sign in "-_." for sign in name):
        raise BadTable(
            f"run {name!r}: use letters, digits, '-', '_' and '.' only",
            f"--run {name!r} : lettres, chiffres, « - », « _ » et « . » seulement",
        )
    return name


def _delta(delta: float | None, population: int | None) -> float:
    import math

    if delta is not None:
        return delta
    return 1 / (population * math.log(population)) if population else 1e-6


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A folder that appears whole or not at all."""
    from havre.release.stats.errors import BadTable

    if out.exists():
        raise BadTable(
            f"{out.name} exists: a release is never written over; give another --out",
            f"{out.name} existe déjà : une publication n'en écrase jamais une autre ; donner un autre --out",
        )
    if not out.absolute().parent.is_dir():
        name = out.absolute().parent.name
        raise BadTable(f"{name}: there is no such folder; make it first", f"{name} : ce dossier n'existe pas ; le créer d'abord")
    for left in out.absolute().parent.glob(f".{glob.escape(out.name)}.*.part"):
        if not _alive(left):  # of a process that was killed
            shutil.rmtree(left, ignore_errors=True)
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    part.mkdir()
    try:
        yield part
        try:
            os.replace(part, out)
        except OSError:
            raise BadTable(f"{out.name} was made by another process meanwhile; give another --out") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _alive(part: Path) -> bool:
    """Whether the process that makes this part still runs."""
    number = part.name.split(".")[-2]
    try:
        os.kill(int(number), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return int(number) != os.getpid()


def _progress() -> Callable[[str, float], None]:
    last = [""]

    def show(step: str, _done: float) -> None:
        if step != last[0]:
            last[0] = step
            click.echo(f"… {step}", err=True)

    return show


def proof_of(found: Any, codebook: Codebook) -> dict[str, Any]:
    """What may be published beside the rows: nothing in it was computed on the sensitive rows but the noisy total."""
    return {
        "method": "differentially private: noisy parts of tables of one and two columns and noisy full rows, inference, rows",
        "epsilon": found.epsilon,
        "delta": found.delta,
        "accountant": found.accountant,
        "unit": found.spends[0].unit,
        "neighbours": found.spends[0].neighbours,
        "noise": "discrete Gaussian, drawn by OpenDP from the operating system's cryptographic source",
        "run": found.run,
        "spends": [spend.as_row() for spend in found.spends],
        "persons (noisy)": round(found.total),
        "withheld marker": found.withheld,
        "domain": {
            "declared public by the publisher": codebook.declared,
            "columns": {column.name: column.source for column in codebook.columns},
        },
        "data dictionary": codebook.as_json(),
        "not stated": "errors against the sensitive rows are sensitive too: they are in the internal report",
    }


@click.command()
@FILE
@CODEBOOK
@PUBLIC
@click.option("--method", type=click.Choice(["private", "k-anonymous"]), default="private", show_default=True)
@EPSILON
@DELTA
@POPULATION
@click.option("--k", default=11, show_default=True, type=click.IntRange(2), help="k-anonymous: smallest number of persons shown.")
@click.option("--length", default=3, show_default=True, type=click.IntRange(1, 6), help="k-anonymous: columns combined at most.")
@OUT
@LEDGER
@RUN
@BY
@BUNDLE
@KEY
@ABOUT
@click.option(
    "--sure",
    default=3.4,
    show_default=True,
    type=click.FloatRange(0, 20),
    help="private: how sure a combination of three columns must be to be shown, in units of the base noise; more shows and invents less.",
)
@click.option("--internal-report", is_flag=True, help="Also write errors against FILE: sensitive, never to be published.")
def synthetic(file: Path, out: Path, run: str | None, method: str, **options: Any) -> None:
    """Write synthetic rows that stand for the persons in FILE, with their proof."""
    act = _anonymous if method == "k-anonymous" else _private
    refusing(lambda: act(file, out, _run_name(run, out), **options))


def _private(file: Path, out: Path, run: str, **options: Any) -> None:
    from havre.release.stats.reading import read_rows
    from havre.release.stats.synthesis.private import synthesise, with_recipe

    bundle_command.checked(options, ledger_needed=True)
    frame = read_rows(file)
    codebook = _book(frame, options["book"], options["domain_is_public"])
    delta = _delta(options["delta"], options["population"])
    # the run's answers lie beside the ledger or the output, never in the published folder
    answers = (options["ledger"] or out).absolute().parent / f".havre-run-{run}"
    with whole_folder(out) as part:
        found = synthesise(
            frame,
            codebook,
            epsilon=options["epsilon"],
            delta=delta,
            run=run,
            folder=answers,
            charge=charger(options["ledger"], run, file, options["who"], answers),
            recipe=with_recipe(sure=options["sure"]),
            progress=_progress(),
        )
        found.rows.write_csv(part / "rows.csv")
        (part / "proof.json").write_text(json.dumps(proof_of(found, codebook), indent=1, ensure_ascii=False))
        if options["internal_report"]:
            _internal(frame, found.rows, found.withheld, out, options["k"])
        bundle_command.pack_if_asked(
            lambda: bundle_command.of_private_rows(found, codebook, run=run, file=file, options=options), run, options
        )
    click.echo(
        f"{found.rows.height} rows in {out.name}/rows.csv; epsilon {found.epsilon:.4g}, delta {found.delta:.3g}; "
        f"persons about {found.total:.0f}; withheld values are written {found.withheld}"
    )
    if not options["ledger"]:
        click.echo("no --ledger: what this release spent was written in its proof only; the next release will not know of it", err=True)


def _internal(frame: Any, rows: Any, withheld: str, out: Path, k: int) -> None:
    from havre.release.stats.synthesis.metrics import compare

    found = compare(frame, rows, k=k, withheld=withheld)
    path = out.with_name(f"{out.name}.internal.json")
    path.write_text(json.dumps(found.as_json(), indent=1))
    for one in found.ways:
        click.echo(
            f"{one.way} columns: relative error {one.relative:.3f} on {one.publishable} cells of {k} or more; "
            f"spurious {one.spurious:.3f}; suppressed {one.suppressed_publishable:.3f}",
            err=True,
        )
    click.echo(f"{path.name} is as sensitive as the rows: keep it inside", err=True)


def _anonymous(file: Path, out: Path, run: str, **options: Any) -> None:
    from havre.release.stats.media.sheets import refuse_identifying
    from havre.release.stats.private.codebook import declared_public, read_codebook
    from havre.release.stats.reading import read_rows
    from havre.release.stats.synthesis.kanonymous import synthesise_k

    bundle_command.checked(options, ledger_needed=False)
    frame = read_rows(file)
    refuse_identifying(frame, frame.columns)
    # k-anonymous rows show only codes that k persons share, so the list may come from the rows
    codebook = read_codebook(options["book"]) if options["book"] else declared_public(frame)
    with whole_folder(out) as part:
        found = synthesise_k(frame, codebook, k=options["k"], length=options["length"], progress=_progress())
        found.rows.write_csv(part / "rows.csv")
        (part / "proof.json").write_text(json.dumps(found.proof(), indent=1, ensure_ascii=False))
        if options["internal_report"]:
            _internal(frame, found.rows, found.withheld, out, options["k"])
        bundle_command.pack_if_asked(
            lambda: bundle_command.of_anonymous_rows(found, codebook, run=run, file=file, options=options), run, options
        )
    click.echo(
        f"{found.rows.height} rows in {out.name}/rows.csv; no combination of up to {found.length} columns under {found.k} persons "
        f"is shown ({found.rare_shown} found in the written rows); withheld values are written {found.withheld}"
    )


@click.command()
@FILE
@click.option("--tables", required=True, help="Columns with commas; several tables with semicolons: 'gender,age;citizenship'.")
@CODEBOOK
@PUBLIC
@EPSILON
@DELTA
@POPULATION
@OUT
@LEDGER
@RUN
@BY
@BUNDLE
@KEY
@ABOUT
def dp(file: Path, tables: str, out: Path, run: str | None, **options: Any) -> None:
    """Write differentially private counts and contingency tables of FILE."""
    refusing(lambda: _tables(file, tables, out, _run_name(run, out), **options))


def _tables(file: Path, tables: str, out: Path, run: str, **options: Any) -> None:
    from havre.release.stats.private.tables import private_tables
    from havre.release.stats.reading import read_rows

    bundle_command.checked(options, ledger_needed=True)
    frame = read_rows(file)
    wanted = [tuple(name.strip() for name in one.split(",")) for one in tables.split(";") if one.strip()]
    named = list(dict.fromkeys(name for one in wanted for name in one))
    codebook = _book(frame.select([name for name in named if name in frame.columns]), options["book"], options["domain_is_public"])
    answers = (options["ledger"] or out).absolute().parent / f".havre-run-{run}"
    with whole_folder(out) as part:
        found = private_tables(
            frame,
            codebook,
            wanted,
            epsilon=options["epsilon"],
            delta=_delta(options["delta"], options["population"]),
            run=run,
            folder=answers,
            charge=charger(options["ledger"], run, file, options["who"], answers),
        )
        frames = {"-by-".join(one.columns): one.frame for one in found.tables}
        for name, table in frames.items():
            table.write_csv(part / f"{name}.csv")
        (part / "proof.json").write_text(json.dumps(found.proof(), indent=1, ensure_ascii=False))
        bundle_command.pack_if_asked(
            lambda: bundle_command.of_private_tables(frames, found.spends, found.codebook, run=run, file=file, options=options),
            run,
            options,
        )
    for one in found.tables:
        click.echo(f"{' × '.join(one.columns)}: 95 % of the noise is within {one.within:.0f} persons of a cell")
    click.echo(f"epsilon {found.epsilon:.4g}, delta {found.delta:.3g}, {len(found.tables)} tables in {out.name}")


@click.command()
@FILE
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where the template goes (JSON).")
def codebook(file: Path, out: Path) -> None:
    """Write a code book for FILE's column names from published lists (HTCDS, CTDC, IC-TIP). Rows are not read for it."""

    def act() -> None:
        from havre.release.stats.private.published import template
        from havre.release.stats.reading import read_rows

        must_be_new(out, "--out")
        found, missing = template(read_rows(file).columns)
        write_whole(out, json.dumps(found, indent=1, ensure_ascii=False))
        click.echo(f"{len(found) - len(missing)} of {len(found)} columns filled from published lists in {out.name}")
        if missing:
            click.echo(f"fill in from their published list, or drop from FILE and from the code book: {', '.join(missing)}")

    refusing(act)


COMMANDS = (synthetic, dp, codebook)
