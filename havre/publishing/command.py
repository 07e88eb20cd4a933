"""`havre publish`: make documents; `havre texts`: the words of documents for translators."""

from __future__ import annotations

import time
from pathlib import Path

import click
import yaml
from django.conf import settings
from django.utils import timezone

from havre import standards
from havre.publishing import cases, documents, jobs, rebuilding, rereading, revisions, services, stepping, texts
from havre.publishing.outputs import FORMATS
from havre.publishing.packages import exchange
from havre.publishing.sources import LANGUAGES, editions, every_file
from havre.publishing.tables import TABLES
from havre.trust.errors import HavreError, Invalid


@click.command()
@click.argument("edition", default="")
@click.option("--changed", is_flag=True, help="Remake what was made before and no longer holds, of EDITION or of all, and nothing else.")
@click.option("--list", "listed", is_flag=True, help="With --changed: only say what no longer holds, and make nothing.")
@click.option("--document", "documents", multiple=True, help="Some documents of the edition; all by default.")
@click.option(
    "--country",
    "countries",
    multiple=True,
    default=[settings.HAVRE_COUNTRY],
    show_default=True,
    help="May be given several times; `all` for all.",
)
@click.option("--language", "languages", multiple=True, type=click.Choice(LANGUAGES), help="All that a document promises, by default.")
@click.option("--format", "formats", multiple=True, type=click.Choice(sorted(FORMATS)), help="All that a document promises, by default.")
@click.option("--address", default="", help="Where the printed codes are answered, for instance example.org/i/c/.")
@click.option(
    "--cases", "extract", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Compare case studies with this extract."
)
@click.option("--cases-pending", is_flag=True, help="Let case studies out that were not compared with the register; each document says so.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), show_default=True)
def publish(
    edition: str, changed: bool, listed: bool, address: str, extract: Path | None, cases_pending: bool, out: Path, **chosen: tuple[str, ...]
) -> None:
    """Write the documents of EDITION (or `all`) for a country: PDF, pages that open from a stick, packages for learning platforms."""
    began, every = time.monotonic(), standards.country_codes()
    if changed or listed:
        _changed("" if edition == "all" else edition, listed, address, out)
        return
    if not edition:
        raise click.ClickException(f"Name an edition ({', '.join(editions())}), or give --changed")
    countries = every if "all" in chosen["countries"] else chosen["countries"]
    made = 0
    for name in editions() if edition == "all" else (edition,):
        asked = services.Asked(name, countries, chosen["documents"], chosen["languages"], chosen["formats"], address)
        try:
            if extract and cases.studies(name):
                for country in countries:
                    jobs.compare(name, country, extract)
            cases.require(name, countries, pending=cases_pending)
            made += len(services.write(services.make(asked, on=timezone.localdate()), out, at=timezone.now(), tell=click.echo))
        except HavreError as error:
            raise click.ClickException(str(error) or f"{name}, {', '.join(countries)}: there is no such document") from error
    click.echo(f"{made} artefacts in {time.monotonic() - began:.1f} s")


def _changed(edition: str, listed: bool, address: str, out: Path) -> None:
    """What no longer holds, of one edition or ("") of all: listed, or made again."""
    began, on = time.monotonic(), timezone.localdate()
    if listed:
        found = [rebuilding.told(one) for one in stepping.superseded(on=on, edition=edition)]
        click.echo("\n".join([*found, f"{len(found)} artefacts no longer hold, listed in {time.monotonic() - began:.1f} s"]))
        return
    made, refused = rebuilding.rebuild(out, on=on, at=timezone.now(), tell=click.echo, edition=edition, address=address)
    click.echo(f"{made} artefacts remade, {refused} refused, in {time.monotonic() - began:.1f} s")


@click.group()
def texts_() -> None:
    """The words of documents: what is to translate, and translations put in."""


@texts_.command()
@click.argument("file")
@click.argument("language", type=click.Choice(LANGUAGES[1:]))
@click.argument("words", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def fill(file: str, language: str, words: Path) -> None:
    """Put the translations of WORDS (YAML: id, text) into the PO of FILE (<folder>/<name>), as made from the English of today."""
    try:
        given = yaml.safe_load(words.read_text(encoding="utf-8"))
        known = texts.filled(file, language, given, on=timezone.localdate())
        units = texts.units_of(file)
        if wrong := [
            f"{file}.{language} {id}: {one}" for id, text in given.items() for one in revisions.faults(units[id], text, language, file)
        ]:
            raise Invalid({"texts": [*wrong]})
    except HavreError as error:
        raise click.ClickException(str(error)) from error
    path = texts.po_path(file, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(texts.written(file, language, known))
    left = [id for id in texts.units_of(file, language) if id not in known or not known[id].text]
    click.echo(f"{file}.{language}.po: {len(known)} texts, {len(left)} to translate")


@texts_.command()
@click.option("--language", type=click.Choice(LANGUAGES[1:]))
@click.argument("files", nargs=-1)
def left(files: tuple[str, ...], language: str | None) -> None:
    """What is not translated, as YAML that `fill` takes back: id, and the English."""
    for file in files or (*every_file(), *TABLES):
        for one in (language,) if language else LANGUAGES[1:]:
            known = texts.entries(file, one)
            # an entry may be there with no words yet: it is to translate too
            done = {id for id, entry in known.items() if entry.text}
            lacking = {id: unit.text for id, unit in texts.units_of(file, one).items() if id not in done or known[id].source != unit.text}
            if lacking:
                click.echo(f"# {file} {one}: {len(lacking)}")
                if language:
                    click.echo(yaml.safe_dump(lacking, allow_unicode=True, width=10**6, sort_keys=False))


@texts_.command()
@click.argument("document")
@click.argument("language", type=click.Choice(LANGUAGES[1:]))
@click.option("--format", type=click.Choice(["xliff", "po"]), default="xliff", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), show_default=True)
def give(document: str, language: str, format: str, out: Path) -> None:
    """Write the texts of DOCUMENT (<edition>/<document>), translated or not, for a translator's own tool."""
    edition, _slash, id = document.partition("/")
    try:
        files = exchange.files_of(documents.source(edition, id))
    except HavreError as error:
        raise click.ClickException(f"{document}: there is no such document") from error
    made = exchange.as_po(files, language) if format == "po" else {f"{id}.{language}.xliff": exchange.as_xliff(files, language)}
    for name, content in made.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        click.echo(str(path))


@texts_.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def take(file: Path) -> None:
    """Put the translations of FILE (.xliff or .po, as `give` wrote it) into the sources: all of them, or none and every reason."""
    try:
        taken = exchange.take(file.read_bytes(), file.name)
    except HavreError as error:
        raise click.ClickException(str(error)) from error
    exchange.put(taken)
    for one in taken:
        click.echo(
            f"{one.file}.{one.language}.po: {one.put} texts put in, {one.stale} from an earlier English, {one.left} left for newer words, "
            f"{one.same} unchanged"
        )


@texts_.command("read")
@click.argument("file")
@click.option("--again", multiple=True, help="A question that was read again although its row changed.")
def read_again(file: str, again: tuple[str, ...]) -> None:
    """Write down, for the questions of FILE, what the rows that they rest on say today: the author has read them."""
    try:
        done = rereading.mark(file, settings.HAVRE_COUNTRY, on=timezone.localdate(), again=again)
    except HavreError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{file}: {len(done)} questions read")
