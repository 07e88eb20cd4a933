"""The reference pages that are made from the code, so that they cannot differ from it: policy, workflows, roles, settings, commands, errands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click
from django.utils import translation

from havre.site.operations.wording import HEADINGS, SETTINGS
from havre.trust.enums import ROLE_PURPOSES, SECTION_LABELS, Act, Role, Section
from havre.trust.errands import WORDS
from havre.trust.policy import POLICY
from havre.trust.policy.rows import Allow, Forbid
from havre.trust.workflows import workflows

LANGUAGES = ("en", "fr")


def pages() -> dict[str, str]:
    """Every generated page by its file name."""
    made = {f"policy-book.{language}.md": policy_book(language) for language in LANGUAGES}
    made |= {f"workflows.{language}.md": workflow_book(language) for language in LANGUAGES}
    return made | {"roles.md": roles(), "settings.md": settings_page(), "commands.md": commands(), "errands.md": errands()}


def policy_book(language: str) -> str:
    """Every row of the access policy in words, with its law."""
    words = HEADINGS[language]
    with translation.override(language):
        parts = [f"# {words['policy']}", words["generated"], words["nothing"], words["rls"]]
        parts += [f"## {words['allowed']}", _table(words["allow_row"], (_row(n, row) for n, row in POLICY.allows))]
        parts += [f"## {words['forbidden']}", words["wins"], _table(words["forbid_row"], (_row(n, row) for n, row in POLICY.forbids))]
    return _page(parts)


def _row(number: str, row: Allow | Forbid) -> tuple[str, ...]:
    everybody = frozenset(row.roles) == frozenset(Role)
    who = HEADINGS[(translation.get_language() or "en")[:2]]["everybody"] if everybody else _listed(r.label for r in Role if r in row.roles)
    acts = _listed(str(act.label) for act in Act if act in row.acts)
    return (number, acts, _sections(row.sections), who, str(row.when.words), row.law)


def _sections(sections: Section) -> str:
    return _listed(str(label) for section, label in SECTION_LABELS.items() if section in sections)


def workflow_book(language: str) -> str:
    """Every workflow: its table and its picture."""
    words = HEADINGS[language]
    parts = [f"# {words['workflows']}", words["generated"], words["not_in_table"]]
    for workflow in workflows().values():
        with translation.override(language):
            title = str(workflow.title or workflow.name)
        rows = [(r.step, r.start, r.end, r.who, r.after, r.clock, r.law) for r in workflow.as_table(language)]
        parts += [f"## {title} (`{workflow.name}`)", _table(words["move_row"], rows), f"```mermaid\n{workflow.mermaid(language)}```"]
    return _page(parts)


def roles() -> str:
    """Every role: its names, its purposes, what it may do in a case (on some basis) and in the house."""
    parts = [
        "# Roles",
        HEADINGS["en"]["generated"],
        "A person acts in one role at a time. The basis matters too: see the policy book.",
    ]
    rows = []
    for role in Role:
        may: dict[Act, list[Section]] = {}
        for act, section, holder in POLICY.rules:
            if holder == role:
                may.setdefault(act, []).append(section)
        in_case = "; ".join(f"{act.label}: {_sections(_sum(may[act]))}" for act in Act if act in may)
        in_house = _listed(str(act.label) for act in Act if (act, role) in POLICY.house)
        purposes = _listed(str(purpose.label) for purpose in ROLE_PURPOSES[role])
        with translation.override("fr"):
            french = str(role.label)
        rows.append((f"`{role.value}`", str(role.label), french, purposes, in_case or "nothing", in_house or "nothing"))
    parts.append(_table(("code", "English", "French", "purposes", "may in a case", "may in the house"), rows))
    return _page(parts)


def _sum(sections: Iterable[Section]) -> Section:
    total = Section(0)
    for section in sections:
        total |= section
    return total


def settings_page() -> str:
    """Every variable an operator may set."""
    rows = [(f"`{name}`", default, meaning) for name, default, meaning in SETTINGS]
    intro = "Everything an operator may choose is an environment variable. No variable holds a secret but the database address."
    return _page(["# Settings", HEADINGS["en"]["generated"], intro, _table(("variable", "when unset", "meaning"), rows)])


def errands() -> str:
    """Every errand of the house and what it may read."""
    rows = [(f"`{name}`", str(words)) for name, words in sorted(WORDS.items())]
    intro = (
        "Protected records are read for an actor, through `visible_to`. A few tasks of the house itself read every row and show nobody "
        "anything; each names its errand from this closed list. On PostgreSQL they run as the owner of the tables."
    )
    return _page(["# Errands of the house", HEADINGS["en"]["generated"], intro, _table(("errand", "what it is for"), rows)])


def commands() -> str:
    """Every command with its arguments and options, as its own help says them."""
    # the list lives beside the entry point, which imports this module only when asked
    from havre.site.command import COMMANDS, main

    context = click.Context(main, info_name="havre")
    parts = ["# Commands", HEADINGS["en"]["generated"]]
    for name in sorted(COMMANDS):
        command = main.get_command(context, name)
        if command is not None:
            parts += list(_command(f"havre {name}", command))
    return _page(parts)


def _command(path: str, command: click.Command) -> Iterator[str]:
    yield f"## `{path}`"
    yield " ".join((command.help or "").split())
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            head, *rest = _command(f"{path} {name}", command.commands[name])
            yield from (f"#{head}", *rest)
    shown = [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]
    if shown:
        yield "\n".join(f"- {_parameter(parameter)}" for parameter in shown)


def _parameter(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Option):
        names = "`, `".join((*parameter.opts, *parameter.secondary_opts))
        words = " ".join((parameter.help or "").split())
        return f"`{names}`{' (required)' if parameter.required else ''}{f': {words}' if words else ''}"
    return f"`{(parameter.name or '').upper()}`{'' if parameter.required else ' (may be left out)'}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _cell(words: str) -> str:
    return " ".join(str(words).split()).replace("|", "\\|")


def _listed(words: Iterable[object]) -> str:
    return ", ".join(str(word) for word in words)


def _page(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="The folder to write into: docs/reference.")
def reference(out: Path) -> None:
    """Write the reference pages that are made from the code. French must be compiled first (`havre messages compile`)."""
    with translation.override("fr"):
        if str(Role.CASE_MANAGER.label) == "Case manager":
            raise click.ClickException("the French is not compiled: run `havre messages compile` first")
    with translation.override("en"):
        made = pages()
    out.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        (out / name).write_text(text, encoding="utf-8")
        click.echo(str(out / name))
