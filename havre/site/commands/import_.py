"""`havre import`, `havre external`, `havre demonstration`: sheets of any size, from where they lie, with a bar that says how far it is."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import BinaryIO

import click
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from havre.register import demonstration as made_up
from havre.register.exchange import external as published
from havre.register.exchange import importing, reports
from havre.register.exchange.definitions import differences, read_definitions
from havre.register.exchange.mapping import Options
from havre.register.models import ImportBatch, SavedMapping
from havre.site.commands.keys import plainly, unlock_for_command
from havre.trust.actors import Actor
from havre.trust.errors import Invalid
from havre.trust.middleware import actor_of
from havre.trust.models import Membership
from havre.trust.vault import unlocking


def by_password(username: str, organisation: str) -> Actor:
    """The actor of this account in its job at an organisation, once its password is typed. No second factor is given by it."""
    mine = Membership.objects.filter(user__username=username, user__is_active=True, ended_at=None).select_related("user", "organisation")
    if organisation:
        mine = mine.filter(organisation__code=organisation)
    # asked in either case, so that the answer does not say which accounts exist
    password = click.prompt(_("Password of %(name)s") % {"name": username}, hide_input=True)
    found = list(mine[:2])
    if not found or not found[0].user.check_password(password):
        raise click.ClickException(_("No account with this name, password and organisation."))
    if len(found) > 1:
        raise click.ClickException(_("This account has several jobs: name the organisation with --organisation."))
    return actor_of(found[0], at=timezone.now())


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--as", "username", default="", help="account that imports; needed unless --standard")
@click.option("--organisation", default="", help="code of its organisation, if it has several jobs")
@click.option("--check", is_flag=True, help="dry run: read and judge every row, write nothing")
@click.option("--mapping", default="", help="name of a saved mapping")
@click.option("--sheet", default="", help="sheet of the workbook")
@click.option("--names-from", type=click.Choice(["names", "labels"]), help="which of two header rows that disagree holds")
@click.option("--month-first", is_flag=True, help="dates put the month before the day")
@click.option("--country", default="", help="two letters; the instance's if left out")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="where to write the dry run's problems as CSV")
@click.option("--standard", is_flag=True, help="compare a published table of HTCDS fields with what Havre knows")
@plainly
def import_(
    file: BinaryIO,
    username: str,
    organisation: str,
    check: bool,
    mapping: str,
    sheet: str,
    names_from: str | None,
    month_first: bool,
    country: str,
    report: Path | None,
    standard: bool,
) -> None:
    """Import FILE: CSV, Excel, OpenDocument, or a copy made by Havre. Run it again after a stop: it goes on and doubles nothing."""
    if standard:
        compare(file)
        return
    if not username:
        raise click.UsageError(_("Say with --as which account imports."))
    by = by_password(username, organisation)
    options = said_options(by, mapping, sheet, names_from or "", month_first)
    if check:
        show_trial(importing.check(by=by, source=file, options=options), report)
        return
    unlock_for_command()
    with click.progressbar(length=1, label=_("Importing")) as bar:

        def told(done: int, rows: int) -> None:
            bar.length = rows
            bar.update(done - bar.pos)

        batch = importing.run(by=by, source=file, options=options, country=country.upper(), progress=told)
    show_batch(batch)


def said_options(by: Actor, mapping: str, sheet: str, names_from: str, month_first: bool) -> Options:
    """The saved mapping of this name, or what the command line says. Raises: Invalid when there is no such mapping."""
    if not mapping:
        return Options(names_from=names_from, month_first=month_first, sheet=sheet)
    found = SavedMapping.objects.of(by).filter(name=mapping).first()
    if found is None:
        raise Invalid(_("There is no mapping of this name. Keep one on the page of the sheets first."))
    return Options.of({**found.options, "sheet": sheet or found.options.get("sheet", "")})


def compare(file: BinaryIO) -> None:
    """Print how a published table of fields differs from ours; ends with 1 when it does."""
    lines = differences(read_definitions(file))
    for line in lines:
        click.echo(line)
    if lines:
        raise SystemExit(1)
    click.echo(_("The published table and Havre know the same fields and values."))


def show_trial(trial: importing.Trial, report: Path | None) -> None:
    """Print a dry run; its rows, with their values, only into the file that was asked for (mode 0600)."""
    words = _("%(rows)s rows: %(new)s new, %(unchanged)s unchanged, %(rejected)s would be rejected. Nothing was written.")
    click.echo(words % {"rows": trial.rows, "new": trial.new, "unchanged": trial.unchanged, "rejected": trial.rejected})
    show_counts(reports.counts(trial.counts))
    if report:
        report.touch(mode=0o600)
        report.write_text(reports.as_csv(trial.problems), encoding="utf-8")


def show_batch(batch: ImportBatch) -> None:
    """Print what became of a file."""
    words = _("%(new)s new, %(unchanged)s unchanged, %(rejected)s rejected and kept. Import %(batch)s.")
    click.echo(words % {"new": batch.created, "unchanged": batch.unchanged, "rejected": batch.rejected, "batch": batch.pk})
    by_code: dict[str, int] = {}
    for code in batch.problems.values_list("code", flat=True):
        by_code[code] = by_code.get(code, 0) + 1
    show_counts(reports.counts(by_code))


def show_counts(counts: list[reports.Count]) -> None:
    for count in counts:
        click.echo(f"{count.rows:>7}  {'!' if count.rejects else ' '} {count.what} {count.mend}")


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--as", "username", required=True, help="account that keeps the data set")
@click.option("--organisation", default="", help="code of its organisation, if it has several jobs")
@click.option("--title", required=True)
@click.option("--source", "origin", required=True, help="who published it, and where")
@click.option("--licence", required=True)
@plainly
def external(file: BinaryIO, username: str, organisation: str, title: str, origin: str, licence: str) -> None:
    """Keep FILE, published data of others (CTDC's layouts), as an external data set: never as cases."""
    by = by_password(username, organisation)
    dataset = published.add_dataset(by=by, source=file, title=title, origin=origin, licence=licence)
    click.echo(_("%(title)s is kept: %(rows)s rows.") % {"title": dataset.title, "rows": dataset.rows})


@click.command()
@click.option("--country", type=click.Choice(made_up.COUNTRIES), default=lambda: settings.HAVRE_COUNTRY)
@click.option("--persons", default=2_000, show_default=True)
@click.option("--seed", default=2026, show_default=True)
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="keep the sheets here, and do not import them")
@plainly
def demonstration(country: str, persons: int, seed: int, folder: Path | None) -> None:
    """Make up the sheets of six organisations, faults included, and import them. For a demonstration instance only."""
    if folder:
        for path in made_up.write_files(folder, country, seed, persons):
            click.echo(path)
        return
    if not settings.DEMO:
        raise click.ClickException(_("This instance is no demonstration (HAVRE_DEMO=1): made-up persons do not belong in it."))
    if not unlocking.is_unlocked():
        unlock_for_command()
    with tempfile.TemporaryDirectory() as place, click.progressbar(length=6, label=_("Six made-up organisations")) as bar:
        made_up.write_files(Path(place), country, seed, persons)

        def told(_code: str, done: int, rows: int) -> None:
            if done >= rows:
                bar.update(1)

        for batch in made_up.load(Path(place), country, progress=told):
            click.echo(f"\n{batch.created} / {batch.rejected}")
