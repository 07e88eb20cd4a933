"""Commands that speak French or English, without Django: their help, their refusals, and the option that chooses."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from itertools import pairwise
from typing import IO, Any

import click

# what click itself writes around our words
AROUND = {
    "[default: ": "[par défaut : ",
    "; required]": "; obligatoire]",
    "[required]": "[obligatoire]",
    "(of the shell)": "(celle du système)",
}


def shell_language() -> str:
    """ "fr" where the house (HAVRE_LANGUAGE) or else the shell (LC_ALL, LC_MESSAGES, LANG, the first that is set) is French; "en" otherwise.

    Source: POSIX.1-2017, Base Definitions 8.2, for the order of the three.
    """
    for name in ("HAVRE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return "fr" if os.environ[name].startswith("fr") else "en"
    return "en"


def in_words(french: str, english: str, language: str | None = None) -> str:
    """One of the two, by the language given, else by that of the shell."""
    return french if (language or shell_language()) == "fr" else english


class Refusal(click.ClickException):
    """What is wrong, as one sentence in the language asked for, else in that of the shell; ends with status 1."""

    def __init__(self, message: str, language: str | None = None) -> None:
        super().__init__(message)
        self.language = language or shell_language()

    def show(self, file: IO[Any] | None = None) -> None:
        """As click does, with the first word in the same language."""
        click.echo(f"{in_words('Erreur :', 'Error:', self.language)} {self.message}", file=file, err=file is None)


def language_option(command: Any) -> Any:
    """`--language`: what is printed on the screen is in it."""
    return click.option(
        "--language",
        default=shell_language,
        show_default="of the shell",
        type=click.Choice(["fr", "en"]),
        help="Of what is printed on the screen.",
    )(command)


class Bilingual(click.Command):
    """A command with its help in French beside the English of its docstring and options.

    Args: french, option name to its help, the command's own help under "". French is chosen by `--language fr` on the line, else by
    `shell_language`. Raises: ValueError when French lacks an option that has English help, or names one that does not exist.
    """

    def __init__(self, *args: Any, french: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        asked = {param.name for param in self.params if isinstance(param, click.Option) and param.help}
        if asked | {""} != set(french):
            raise ValueError(f"{self.name}: French help differs from the options at {sorted((asked | {''}) ^ set(french), key=str)}")
        self.french = french

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does; the language on the line is noted first, since --help ends the reading wherever it stands."""
        pairs = [*pairwise(args), *(tuple(one.split("=", 1)) for one in args if one.startswith("--language="))]
        ctx.meta["language"] = next((value for name, value in pairs if name == "--language"), shell_language())
        return super().parse_args(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help in the language chosen."""
        if ctx.meta.get("language") != "fr":
            return super().format_help(ctx, formatter)
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix="Usage : ")
        for paragraph in self.french[""].split("\n\n"):
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(paragraph)
        with formatter.section("Options "):
            formatter.write_dl([record for param in self.get_params(ctx) if (record := self._french(ctx, param))])
        return None

    def _french(self, ctx: click.Context, param: click.Parameter) -> tuple[str, str] | None:
        """One option's line: click's own, made from a copy that has the French words."""
        if not isinstance(param, click.Option):
            return None
        twin = copy.copy(param)
        twin.help = "Afficher cette aide et s'arrêter." if "--help" in param.opts else self.french.get(param.name or "")
        record = twin.get_help_record(ctx)
        if record is None:
            return None
        shown, words = record
        for english, french in AROUND.items():
            words = words.replace(english, french)
        return shown, words
