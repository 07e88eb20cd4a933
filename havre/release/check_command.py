"""`havre release check` and `havre release checklist`: whatever is about to go out, looked at before it does."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from havre.evidence.bilingual_command import shell_language
from havre.release.saying import Said, must_be_new, said, write_whole

if TYPE_CHECKING:
    from havre.release.stats.kanon import KCheck
    from havre.release.stats.media.checklist import Answer, Question
    from havre.release.stats.media.findings import Finding

FILE = click.argument("file", type=click.Path(path_type=Path))


@click.command()
@FILE
@click.option("--by", help="Columns, comma between them: FILE holds one row a person, and every combination of these is counted.")
@click.option("--k", default=11, show_default=True, type=click.IntRange(2), help="The smallest count that may be shown.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the text, and of the answer. Told from the words by default.")
@click.option("--consent", is_flag=True, help="A dated written consent for this very use is on file.")
@click.option("--best-interests", is_flag=True, help="A best-interests note is on file for the child in this story.")
@click.option("--name", "names", multiple=True, help="A name that may be printed (a minister's). May be given several times.")
@click.option("--json", "as_json", is_flag=True, help="The whole verdict as JSON.")
def check(
    file: Path, by: str | None, k: int, lang: str | None, consent: bool, best_interests: bool, names: tuple[str, ...], as_json: bool
) -> None:
    """Look at FILE before it is published. Ends with status 1 when something must be mended.

    With --by, FILE is rows of persons: every combination of columns that fewer than K rows share is named. Without, FILE is a text, table,
    image or document: media rules, metadata, hidden content and the file's name are checked.
    """
    # the statistics are heavy: imported when the command runs
    from havre.release.stats.errors import BadTable

    try:
        if by:
            _rows(file, by.split(","), k, as_json)
        else:
            _media(file, k, lang, consent, best_interests, names, as_json)
    except BadTable as problem:
        raise said(problem) from None


def _rows(file: Path, by: list[str], k: int, as_json: bool) -> None:
    from havre.release.stats.cells import words
    from havre.release.stats.kanon import check_k
    from havre.release.stats.media.sheets import check_table
    from havre.release.stats.reading import read_rows

    frame = read_rows(file)
    found = check_k(frame, by, k=k)
    columns = check_table(frame, columns=found.by, threshold=0)
    if as_json:
        click.echo(json.dumps(_k_json(found) | {"findings": [_json(one) for one in columns]}, indent=1))
    else:
        for one in found.below:
            click.echo(f"{one.rows:>4}  {words(one.cell)}")
        for finding in columns:
            click.echo(finding.words("en"))
        click.echo(
            f"{len(found.below)} of {found.classes} cells below {k}, "
            f"holding {found.rows_below} of {found.rows} rows; smallest {found.smallest}"
        )
    raise SystemExit(0 if found.holds and not any(one.blocks for one in columns) else 1)


def _k_json(found: KCheck) -> dict[str, Any]:
    below = [{"cell": dict(one.cell), "rows": one.rows} for one in found.below]
    return {"k": found.k, "by": found.by, "rows": found.rows, "classes": found.classes, "below": below}


def _json(one: Finding) -> dict[str, Any]:
    told = {"fr": one.words("fr"), "en": one.words("en")}
    return {"rule": one.rule, "blocks": one.blocks, "excerpt": one.excerpt, "start": one.start, "end": one.end, "words": told}


def _media(file: Path, k: int, lang: str | None, consent: bool, best_interests: bool, names: tuple[str, ...], as_json: bool) -> None:
    from havre.release.stats.media.checklist import questions
    from havre.release.stats.media.files import check_file
    from havre.release.stats.media.text import Declared

    found = check_file(file, language=lang, threshold=k, declared=Declared(consent, best_interests, names))
    language = found.language or shell_language()
    place = 0 if language == "fr" else 1
    if as_json:
        verdict = {"blocked": found.blocked, "findings": [_json(one) for one in found.findings], "unread": found.unread[place]}
        click.echo(json.dumps(verdict, indent=1, ensure_ascii=False))
    else:
        for one in found.findings:
            click.echo(one.words(language))
        blocking = sum(one.blocks for one in found.findings)
        total = (
            f"{blocking} à corriger, {len(found.findings) - blocking} à revoir",
            f"{blocking} to mend, {len(found.findings) - blocking} to look at again",
        )
        click.echo(total[place])
        if found.unread[place]:
            click.echo((f"non lu : {found.unread[0]}", f"not read: {found.unread[1]}")[place])
        more = (
            f"une personne répond encore de {len(questions())} règles : havre release checklist",
            f"a person still answers for {len(questions())} rules: havre release checklist",
        )
        click.echo(more[place], err=True)
    raise SystemExit(1 if found.blocked else 0)


@click.command()
@FILE
@click.option(
    "--answers", type=click.Path(path_type=Path), help="JSON: every rule with yes, no or not applicable. Without it they are asked."
)
@click.option("--by", help="The reviewer's id.")
@click.option("--key", type=click.Path(path_type=Path), help="The reviewer's signing key (PEM), made with `havre release key`.")
@click.option("--out", type=click.Path(path_type=Path), help="Where the signed list goes (JSON).")
@click.option("--lang", type=click.Choice(["fr", "en"]), default="en", help="Language of the questions.")
def checklist(file: Path, answers: Path | None, by: str | None, key: Path | None, out: Path | None, lang: str) -> None:
    """Answer for FILE what no machine can judge, and sign it. Without --key the questions are printed."""
    from havre.release.stats.bundle.packing import read_key
    from havre.release.stats.errors import BadTable
    from havre.release.stats.media.checklist import questions, sign

    asked = questions()
    if not file.is_file():
        raise Said(f"{file}: there is no such file", f"{file} : ce fichier n'existe pas")
    if key is None:
        for one in asked:
            click.echo(f"{one.id} {'!' if one.blocks else '-'} {one.fr if lang == 'fr' else one.en}")
        return
    if not by or not out:
        raise click.UsageError("a signature needs --by (who answers) and --out (where the list goes)")
    must_be_new(out, "--out")
    try:
        signing, content = read_key(key), file.read_bytes()
        given = _given(answers) if answers else _asked(asked, lang)
        signed = sign(content, given, by=by, at=datetime.now(UTC).isoformat(timespec="seconds"), key=signing)
    except BadTable as problem:
        raise said(problem) from None
    except OSError as problem:
        raise Said(f"nothing was signed: {problem}", f"rien n'a été signé : {problem}") from None
    write_whole(out, json.dumps(signed, indent=1, ensure_ascii=False))
    click.echo(f"{len(asked)} answers signed by {by} over {file.name}")


def _given(file: Path) -> dict[str, Answer]:
    """The answers of a file. Raises: Said for what is no JSON of rules and answers."""
    try:
        given = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        given, why = None, f" ({problem})"
    else:
        why = ""
    if not isinstance(given, dict) or not all(isinstance(answer, str) for answer in given.values()):
        raise Said(
            f'{file.name}: give JSON of every rule and its answer, such as {{"MR04": "yes"}}{why}',
            f'{file.name} : donner un JSON de chaque règle et de sa réponse, par exemple {{"MR04": "yes"}}{why}',
        )
    return given


def _asked(asked: tuple[Question, ...], lang: str) -> dict[str, Answer]:
    choice: click.Choice[Answer] = click.Choice(["yes", "no", "not applicable"])
    return {one.id: click.prompt(f"{one.id} {one.fr if lang == 'fr' else one.en}", type=choice) for one in asked}
