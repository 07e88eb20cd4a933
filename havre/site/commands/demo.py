"""`havre demo`: a demonstration country on this machine, from nothing to a running house."""

from __future__ import annotations

import os
import secrets
import sys
import time
from pathlib import Path

import click
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from havre.register.exchange import external
from havre.register.models import Case
from havre.site import demonstration as shown
from havre.site import line, showing
from havre.site.commands.house import fail
from havre.site.operations import migrating
from havre.trust import envelopes, vault
from havre.trust.enums import Role
from havre.trust.errors import HavreError
from havre.trust.models import RootKey
from havre.trust.vault.faults import KeyFault

SEED = 2026
# persons taken down the whole line; enough that every step has somebody in it
LINE = 21


@click.command()
@click.option("--persons", default=2_000, show_default=True, help="How many made-up persons the sheets hold.")
@click.option("--code", "account", default="", help="Only print the six digits that this account's second factor shows now.")
def demo(persons: int, account: str) -> None:
    """Load a demonstration country and serve it: made-up people, services and numbers only."""
    home = migrating.make_home()
    if account:
        _print_code(home, account)
        return
    started = time.monotonic()
    try:
        _open(home)
        accounts = shown.make_accounts(home)
        shown.make_agreements(timezone.now())
        if not Case.objects.for_house("opening").exists():
            _load(home, persons)
    except (HavreError, KeyFault) as error:
        raise fail(error) from None
    call_command("collectstatic", verbosity=0, interactive=False)
    _say(home, accounts, time.monotonic() - started)
    if os.environ.get("SERVE", "1") != "0":
        port = os.environ.get("PORT", "8000")
        os.execve(
            sys.executable,
            [sys.executable, "-m", "havre.site.command", "serve", "--port", port],
            {**os.environ, "HAVRE_DEMO": "1", "HAVRE_PASSPHRASE_FILE": str(home / "demonstration-passphrase")},
        )


def _open(home: Path) -> None:
    path = home / "demonstration-passphrase"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(16))
    migrating.migrate_all()
    phrase = path.read_text().strip()
    vault.unlock(phrase) if RootKey.objects.exists() else vault.make(phrase)
    envelopes.make_ready()


def _load(home: Path, persons: int) -> None:
    country = settings.HAVRE_COUNTRY
    folder = home / "demonstration"
    click.echo(f"writing the sheets of six made-up services ({persons} made-up persons) to {folder}")
    shown.sheets.write_files(folder, country, SEED, persons)
    with Bar() as bar:
        batches = shown.sheets.load(folder, country, progress=bar)
    rows, rejected = sum(batch.created for batch in batches), sum(batch.rejected for batch in batches)
    click.echo(f"imported through the importer: {rows} persons, {rejected} rows kept back with what is wrong with them")
    with Bar() as bar:
        done = line.run(LINE, now=timezone.now(), seed=SEED, progress=bar)
    click.echo("taken down the line: " + ", ".join(f"{number} {step}" for step, number in done.items()))
    _published()
    counted = showing.count()
    click.echo(f"counted: extract {str(counted.extract.pk)[:8]} and its profile, both made")
    release = showing.publish(counted)
    click.echo(f"released: {release.ref}, no group below {release.k}, attacked, signed by two, published")
    _printed(home / "published")


def _printed(folder: Path) -> None:
    """The editions, a line each as it is made: how many pages and papers, in which languages, how large."""
    began = time.monotonic()
    for one in showing.editions(folder):
        kinds = ", ".join(f"{number} {format}" for format, number in sorted(one.made.items()))
        studies = "; its case studies await the comparison with a register, and say so" if one.pending else ""
        click.echo(f"published: {one.edition} in {', '.join(one.languages)}: {kinds}, {one.size / 1e6:.1f} MB{studies}")
        for words in one.refused:
            click.echo(f"  stopped: {words}")
    click.echo(f"published to {folder} in {time.monotonic() - began:.0f} s; packages for learning platforms: havre publish module")


def _published() -> None:
    """The CTDC extract, where it is at hand, as an external data set: never cases."""
    place = settings.HAVRE_PUBLISHED_DATA
    path = Path(place) / "ctdc" / "ctdc_k_anonymised_extract.csv" if place else None
    if path is None or not path.is_file():
        click.echo("no published data at hand (HAVRE_PUBLISHED_DATA): the figures are the made-up country's only")
        return
    with shown.as_role(Role.RAPPORTEUR, timezone.now()) as by, path.open("rb") as file:
        found = external.add_dataset(
            by=by, source=file, title="CTDC, derived extract", origin="Counter-Trafficking Data Collaborative", licence="as published"
        )
    click.echo(f"external data set: {found.rows} rows, no case")


def _say(home: Path, accounts: list[tuple[str, str]], seconds: float) -> None:
    known = {name: phrase for name, phrase, _secret in shown.accounts(home)}
    click.echo(
        f"\nready in {seconds:.0f} s. Everyone and everything in it is made up.\nSign in at http://127.0.0.1:{os.environ.get('PORT', '8000')}/ as:"
    )
    for name, organisation in accounts:
        click.echo(f"  {name:26} {known.get(name, ''):22} {organisation}")
    click.echo("second factor: .venv/bin/python -m havre.site.command demo --code NAME prints the six digits of this half-minute")


def _print_code(home: Path, account: str) -> None:
    for name, _phrase, secret in shown.accounts(home):
        if name == account:
            click.echo(shown.code_now(secret))
            return
    raise click.ClickException(f"no demonstration account is called {account}")


class Bar:
    """A progress bar that changes its words: one line on a terminal, one line a stretch elsewhere."""

    def __enter__(self) -> Bar:
        self.last = ""
        return self

    def __call__(self, name: str, done: int, total: int) -> None:
        if sys.stdout.isatty():
            filled = int(30 * done / max(total, 1))
            click.echo(f"\r{name:16} [{'#' * filled}{'.' * (30 - filled)}] {done}/{total}", nl=False)
        elif name != self.last or done == total:
            click.echo(f"{name}: {done}/{total}")
        self.last = name

    def __exit__(self, *_error: object) -> None:
        if sys.stdout.isatty():
            click.echo()
