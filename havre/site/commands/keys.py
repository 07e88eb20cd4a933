"""`havre keys`: the root key, the keys for phones and partners, the sweep."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from havre.trust import erasure
from havre.trust.errors import HavreError, Invalid
from havre.trust.models import IndexKey, PersonKey, RootKey
from havre.trust.vault import handover, recovery, rotation, server_keys, unlocking
from havre.trust.vault.credential import SystemdCredential
from havre.trust.vault.custody import KeyCustodian
from havre.trust.vault.faults import KeyFault
from havre.trust.vault.keyfile import KeyFile


def plainly(command: Callable[..., Any]) -> Callable[..., Any]:
    """People's errors end the command with their words and status 1, without a traceback."""

    @wraps(command)
    def run(*arguments: Any, **named: Any) -> Any:
        try:
            return command(*arguments, **named)
        except HavreError as error:
            raise click.ClickException(str(error)) from None

    return run


def typed(*, twice: bool = False, words: str = "") -> str:
    """The passphrase, from the file that is named for it or from the keyboard; never from an argument."""
    try:
        if not words:
            return unlocking.passphrase_from_file()
    except KeyFault as fault:
        if not sys.stdin.isatty():
            raise fault from None
    return click.prompt(words or _("Passphrase"), hide_input=True, confirmation_prompt=twice)


def writable() -> KeyCustodian:
    """The custodian itself, not what the service hands on: only it can rotate and destroy."""
    place = SystemdCredential.place()
    return SystemdCredential.open(place) if place else KeyFile.open(unlocking.key_file(), typed())


def unlock_for_command() -> KeyCustodian:
    """Open the vault for one command: from the running service, else by credential or passphrase."""
    if handover.socket_path().exists():
        try:
            return unlocking.use(handover.ask())
        except KeyFault:
            click.echo(_("The service does not answer; opening the key itself."), err=True)
    return unlocking.use(writable())


@click.group()
def keys() -> None:
    """The vault's keys: make, check, rotate, passphrase, split, recover, publish, sweep."""


@keys.command()
@plainly
def make() -> None:
    """Make the root key of a new instance."""
    unlocking.make(typed(twice=True))
    server_keys.rotate()
    click.echo(_("Made %(path)s. Keep a copy of it and of the passphrase apart from this machine.") % {"path": unlocking.key_file()})


@keys.command()
@plainly
def check() -> None:
    """Open the vault and count what is wrapped under which root."""
    version = unlock_for_command().versions[-1]
    click.echo(_("The vault opens; root version %(version)s.") % {"version": version})
    for row in RootKey.objects.order_by("version"):
        count = PersonKey.objects.filter(root_version=row.version).count() + IndexKey.objects.filter(root_version=row.version).count()
        state = _("retired") if row.retired_at else _("in force")
        click.echo(_("root %(version)s, %(state)s: %(count)s keys") % {"version": row.version, "state": state, "count": count})
    click.echo(_("erasures that wait for their proof: %(count)s") % {"count": erasure.pending()})


@keys.command()
@plainly
def rotate() -> None:
    """Give the instance a new root key, or finish a rotation that was cut off."""
    done = rotation.rotate_root(writable())
    erasure.checkpoint()
    click.echo(_("Root version %(version)s; %(keys)s keys wrapped anew.") % {"version": done.version, "keys": done.keys})
    click.echo(_("Save the key file again: the former copy does not open what is sealed from now on."))


@keys.command()
@click.option("--at-once", is_flag=True, help="also where backups made under the old root still exist: they can then never be opened")
@plainly
def destroy(at_once: bool) -> None:
    """Remove retired roots whose backups are gone."""
    if at_once:
        click.confirm(_("Backups of the keys made before the rotation can then never be opened. Go on?"), abort=True)
    custodian = unlocking.use(writable())
    gone = rotation.destroy_retired(custodian, now=timezone.now(), at_once=at_once)
    click.echo(_("Removed: %(versions)s") % {"versions": ", ".join(map(str, gone)) or _("none")})


@keys.command()
@plainly
def passphrase() -> None:
    """Put the same root key under another passphrase."""
    custodian = KeyFile.open(unlocking.key_file(), typed())
    custodian.change(typed(twice=True, words=_("New passphrase")))
    click.echo(_("Changed. Copies of the former file still open with the former passphrase: destroy them."))


@keys.command()
@click.option("--shares", type=int, default=5, show_default=True, help="how many papers")
@click.option("--needed", type=int, default=3, show_default=True, help="how many of them bring the key back")
@plainly
def split(shares: int, needed: int) -> None:
    """Make the papers of a quorum: so many words for each holder, shown once, one holder after the other."""
    if not sys.stdout.isatty():
        click.echo(_("Each paper is shown once: whoever reads this output reads them all."), err=True)
    made = recovery.split(writable(), shares=shares, needed=needed)
    for number, words in enumerate(made.words, start=1):
        click.echo(_("Paper %(number)d of %(shares)d, %(needed)d needed:") % {"number": number, "shares": shares, "needed": needed})
        for place in range(0, len(parts := words.split()), 4):
            click.echo("  " + " ".join(f"{place + offset + 1:2}. {word:<9}" for offset, word in enumerate(parts[place : place + 4])))
        click.pause(_("Written down and read back? Press a key for the next holder."))
        click.clear()
    click.echo(
        _("Keep each paper with another person, in another place. %(path)s may lie beside the backups.")
        % {"path": recovery.recovery_file()}
    )


@keys.command()
@plainly
def recover() -> None:
    """Bring the root key back from the papers of a quorum, under a new passphrase."""
    papers: list[str] = []
    wanted = recovery.needed()
    while len(papers) < wanted:
        words = click.prompt(_("Words of paper %(number)d of %(wanted)d") % {"number": len(papers) + 1, "wanted": wanted}, hide_input=True)
        try:
            paper = recovery.read_share(words)
        except Invalid as invalid:
            click.echo(str(invalid), err=True)
            continue
        if paper in papers:
            click.echo(_("This paper was given already: the next holder, please."), err=True)
            continue
        papers.append(paper)
    recovery.recover(papers, passphrase=typed(twice=True, words=_("New passphrase")))
    click.echo(_("The key is back in %(path)s. Make new papers now: `havre keys split`.") % {"path": unlocking.key_file()})


@keys.command()
@click.option("--more", is_flag=True, help="the present roots and one more, for a rotation")
@plainly
def credential(more: bool) -> None:
    """Write a root key for `systemd-creds encrypt --name=havre-root - FILE` to the standard output."""
    if sys.stdout.isatty():
        raise click.ClickException(_("This would show the key: pipe it into systemd-creds."))
    place = SystemdCredential.place()
    if more and place is None:
        raise click.ClickException(_("There is no credential here: run this where the service runs, with CREDENTIALS_DIRECTORY set."))
    sys.stdout.buffer.write(SystemdCredential.content(SystemdCredential.open(place) if more and place else None))


@keys.command()
@click.option("--new", is_flag=True, help="make the next key pairs; the former still open")
@plainly
def publish(new: bool) -> None:
    """Show the public keys to which phones and partners seal."""
    if new:
        unlock_for_command()
    key = server_keys.rotate() if new else server_keys.published()
    click.echo(_("version %(version)s") % {"version": key.version})
    click.echo(f"p256 {key.p256.hex()}\nx25519 {key.x25519.hex()}\nage {key.age}")


@keys.command()
@click.option("--most", type=int, help="how many keys may go at once")
@plainly
def sweep(most: int | None) -> None:
    """Remove keys that no section stands under and nobody used for 24 hours."""
    click.echo(_("Swept: %(count)s") % {"count": erasure.sweep_orphans(timezone.now(), most=most)})
