"""`havre messages`: collect, check and compile the translations of every part, each in its own locale folder."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from django.conf import settings
from django.core.management import call_command

from havre.site.operations.catalogues import compile_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(settings.PACKAGE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a .po file: its words, its translations (one per plural form), whether it is marked as a guess."""

    line: int
    words: str
    translations: tuple[str, ...]
    fuzzy: bool
    obsolete: bool


def parts() -> list[Path]:
    """The folders of the parts that have something to translate: those with a `locale` folder."""
    return sorted(path.parent for path in PACKAGE.glob("*/locale"))


def languages() -> list[str]:
    """The languages that are translated into: all but English, which the messages are written in."""
    return [code for code, _name in settings.LANGUAGES if code != "en"]


def read_po(path: Path) -> list[Entry]:
    """The messages of a .po file, its header left out."""
    found = []
    for line, block in _blocks(path.read_text(encoding="utf-8")):
        keys: dict[str, str] = {}
        key = ""
        for row in block:
            text = row.removeprefix("#~ ")
            if match := re.match(r'(msg\w+(?:\[\d\])?) (".*")$', text):
                key = match[1]
                keys[key] = ast.literal_eval(match[2])
            elif text.startswith('"') and key:
                keys[key] += ast.literal_eval(text)
        if not keys.get("msgid"):
            continue
        told = tuple(value for name, value in keys.items() if name.startswith("msgstr"))
        fuzzy = any(row.startswith("#,") and "fuzzy" in row for row in block)
        found.append(Entry(line, keys["msgid"], told, fuzzy, any(row.startswith("#~") for row in block)))
    return found


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    block: list[str] = []
    for number, row in enumerate([*text.splitlines(), ""], 1):
        if row.strip():
            block.append(row)
        elif block:
            yield number - len(block), block
            block = []


def unfinished(path: Path) -> list[str]:
    """What a translator still has to do in one file, a line each: file, line, the words."""
    return [
        f"{path.relative_to(PACKAGE)}:{entry.line}: {'guessed' if entry.fuzzy else 'not translated'}: {entry.words}"
        for entry in read_po(path)
        if not entry.obsolete and (entry.fuzzy or not all(entry.translations))
    ]


def french_spaces(words: str) -> str:
    """French as it is printed: a space that does not break before `: ; ? !` and inside guillemets, and the curly apostrophe."""
    words = re.sub(r"(?<=[^\W\d_])'(?=[^\W\d_%«])", "’", words)
    words = re.sub(r"(?<=\S) (?=[;?!»]|:(?!\w))", "\u00a0", words)
    return words.replace("« ", "«\u00a0")


def space_french(path: Path) -> None:
    """Rewrite the translations of one French file with `french_spaces`; the messages themselves are left alone."""
    told, rows = False, []
    for row in path.read_text(encoding="utf-8").splitlines():
        if not row.startswith('"'):
            told = row.startswith("msgstr")
        # a continued line may hold code (the header does): only words are touched
        rows.append(french_spaces(row) if told and r"\n" not in row else row)
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@click.command()
@click.argument("only", required=False, type=click.Choice(["compile"]))
@click.option("--check", is_flag=True, help="Collect nothing: only say what is not translated, and compile.")
@click.option("--no-compile", is_flag=True, help="Do not write the .mo files.")
def messages(only: str | None, check: bool, no_compile: bool) -> None:
    """Collect the messages of every part, say what is not translated, compile what is; with `compile`, only that (as at install)."""
    if only == "compile":
        click.echo(f"{compile_all()} catalogues compiled")
        return
    for part in parts():
        with _inside(part):
            if not check:
                call_command("makemessages", locale=languages(), no_location=True, no_obsolete=True, no_wrap=True, verbosity=0)
                for path in part.glob("locale/fr/LC_MESSAGES/django.po"):
                    space_french(path)
    missing = [line for part in parts() for path in sorted(part.glob("locale/*/LC_MESSAGES/django.po")) for line in unfinished(path)]
    for line in missing:
        click.echo(line)
    if not no_compile:
        compile_all()
    click.echo(f"{len(parts())} parts, {len(missing)} messages to translate")
    if missing:
        sys.exit(1)


def compile_all() -> int:
    """Write the .mo file beside every .po file; gives how many. Without GNU gettext our own compiler does it.

    Raises: ClickException naming the file that msgfmt refuses.
    """
    done = 0
    for path in sorted(PACKAGE.glob("*/locale/*/LC_MESSAGES/django.po")):
        target = path.with_suffix(".mo")
        done += 1
        if shutil.which("msgfmt") is None:
            compile_catalogue(path, target)
            continue
        result = subprocess.run(["msgfmt", "--check-format", "-o", str(target), str(path)], capture_output=True, text=True, check=False)
        if result.returncode:
            raise click.ClickException(f"{path.relative_to(PACKAGE)}: {result.stderr.strip()}")
    return done
