"""`havre init|serve|worker|doctor|backup|restore`: running one instance."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from django.utils.text import slugify

from havre.site.operations import backup as backing
from havre.site.operations import doctor as checking
from havre.site.operations import migrating
from havre.site.operations import restore as restoring
from havre.site.operations.serving import House
from havre.site.operations.working import run_worker
from havre.trust import envelopes, vault
from havre.trust.accounts import invitations
from havre.trust.errors import HavreError, Invalid, Refused
from havre.trust.models import Organisation, RootKey
from havre.trust.models.organisations import OrganisationKind
from havre.trust.policy import rls
from havre.trust.vault.credential import SystemdCredential
from havre.trust.vault.faults import KeyFault
from havre.trust.vault.unlocking import passphrase_from_file

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


def fail(error: Exception) -> click.ClickException:
    """The words of a person's error, for a terminal."""
    if isinstance(error, Invalid):
        return click.ClickException("; ".join(str(word) for words in error.problems.values() for word in words))
    return click.ClickException("; ".join(str(reason) for reason in error.reasons) if isinstance(error, Refused) else str(error))


def passphrase(*, new: bool = False) -> str:
    """The vault's passphrase: from the file that HAVRE_PASSPHRASE_FILE names, else asked at the keyboard."""
    if settings.HAVRE_PASSPHRASE_FILE:
        return passphrase_from_file()
    return click.prompt("Passphrase of the vault", hide_input=True, confirmation_prompt=new)


@click.command()
def init() -> None:
    """Make this instance, or bring it to this version: folder, databases, root key, static files. Safe to run again."""
    try:
        migrating.migrate_all()
        if not RootKey.objects.exists():
            vault.make(passphrase(new=True))
            click.echo(f"root key made: {Path(settings.HAVRE_HOME) / 'root.key'}. Keep a copy of it away from this machine.")
    except (HavreError, KeyFault) as error:
        raise fail(error) from None
    call_command("collectstatic", verbosity=0, interactive=False)
    click.echo("ready: havre serve")


@click.command()
@click.option("--organisation", required=True, help="The service that runs this instance.")
@click.option("--administrator", "people", multiple=True, required=True, help="SIGN-IN-NAME:Full name; exactly two persons.")
def found(organisation: str, people: tuple[str, ...]) -> None:
    """Make the first two administrators of a new instance and print their one-time codes. They invite everybody else."""
    pairs = [(name.strip(), full.strip()) for name, _colon, full in (person.partition(":") for person in people)]
    if any(not full for _name, full in pairs):
        raise click.ClickException("write each administrator as SIGN-IN-NAME:Full name")
    code = slugify(organisation)[:40] or "house"
    made, _new = Organisation.objects.get_or_create(
        code=code,
        defaults={"name": organisation, "kind": OrganisationKind.GOVERNMENT, "country": settings.HAVRE_COUNTRY.upper()},
    )
    try:
        printed = invitations.found_house(organisation=made, people=pairs, at=timezone.now())
    except HavreError as error:
        raise fail(error) from None
    for one in printed:
        click.echo(f"{one.user.username}: {one.code} (once, until {one.expires_at:%Y-%m-%d %H:%M} UTC)")


@click.command()
@click.option("--address", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True, help="Web processes; one is right for SQLite.")
def serve(address: str, port: int, workers: int) -> None:
    """Check, unlock, serve. Refuses, and says why, when something is wrong."""
    bad = [finding for finding in checking.examine(serving=True) if not finding.ok]
    if bad:
        raise click.ClickException("not serving:\n" + "\n".join(f"  {finding.code}: {finding.words}" for finding in bad))
    try:
        # systemd hands the key over by itself; nobody is there to type
        vault.unlock(None if SystemdCredential.place() else passphrase())
        envelopes.make_ready()
    except (HavreError, KeyFault) as error:
        raise fail(error) from None
    click.echo(f"Havre serves http://{address}:{port}/ (country: {settings.HAVRE_COUNTRY}); stop with Ctrl-C")
    sys.exit(House(address=address, port=port, workers=workers).run())


@click.command()
@click.option("--root-from", type=int, default=None, help="The inherited pipe that brings the root key.")
def worker(root_from: int | None) -> None:
    """Work through the queue, seal the audit chain, do what is due. Started by `havre serve`."""
    if root_from is not None:
        vault.receive_root(root_from)
    rls.enforce()
    run_worker()


@click.command()
def doctor() -> None:
    """Say what is right and what is wrong with this instance. Ends with 1 when something is."""
    findings = checking.examine(serving=True, running=True)
    for finding in findings:
        click.echo(f"{'ok ' if finding.ok else 'BAD'} {finding.code}: {finding.words}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


@click.command()
@click.option("--to", "into", type=FOLDER, required=True, help="Where backups are kept; another disk.")
@click.option("--recipient", required=True, help="The age public key that will open them (age1…).")
def backup(into: Path, recipient: str) -> None:
    """Back up while serving: records first, keys last, sealed to a key that this machine does not have."""
    try:
        folder = backing.back_up(into=into, recipient=recipient, now=timezone.now())
    except HavreError as error:
        raise fail(error) from None
    click.echo(str(folder))


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--identity", type=FILE, required=True, help="The age identity that opens it.")
@click.option("--check", is_flag=True, help="Restore elsewhere, check, throw away.")
def restore(folder: Path, identity: Path, check: bool) -> None:
    """Put a backup back into an empty instance; whoever was erased since is erased again."""
    try:
        report = (restoring.check if check else restoring.restore)(folder=folder, identity=identity)
    except (HavreError, KeyFault) as error:
        raise fail(error) from None
    for line in report.notes:
        click.echo(line)
    if report.problems:
        raise click.ClickException("; ".join(report.problems))
    click.echo("the backup is whole" if check else "restored: put root.key beside it, then havre serve")
