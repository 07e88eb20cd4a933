"""`havre erase`: erase a person and print the proof."""

from __future__ import annotations

from uuid import UUID

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from havre.site.commands.keys import plainly
from havre.trust import erasure
from havre.trust.actors import Actor
from havre.trust.enums import Role
from havre.trust.middleware import actor_of
from havre.trust.models import Membership
from havre.trust.models.vault import ErasureReason


def officer(username: str) -> Actor:
    """The data-protection officer of this name, once the account's password is typed."""
    membership = (
        Membership.objects.filter(user__username=username, user__is_active=True, role=Role.DATA_PROTECTION_OFFICER, ended_at=None)
        .select_related("user", "organisation")
        .first()
    )
    # asked in either case, so that the answer does not say which accounts exist
    password = click.prompt(_("Password of %(name)s") % {"name": username}, hide_input=True)
    if membership is None or not membership.user.check_password(password):
        raise click.ClickException(_("No data-protection officer has this name and password."))
    return actor_of(membership, at=timezone.now())


@click.command()
@click.argument("person_id", type=click.UUID, required=False)
@click.option("--reason", type=click.Choice(ErasureReason.values), help="why, as a code")
@click.option("--as", "username", required=True, help="account of the data-protection officer")
@click.option("--resume", is_flag=True, help="go on with every erasure that is not proved")
@plainly
def erase(person_id: UUID | None, reason: str | None, username: str, resume: bool) -> None:
    """Erase PERSON_ID for ever: destroy the key, prove on disk that it is gone, remove what it sealed. Ends with 3 while not proved."""
    if resume == bool(person_id or reason) or (person_id is None) != (reason is None):
        raise click.UsageError(_("Give PERSON_ID and --reason, or --resume."))
    by = officer(username)
    # no `acting` around: on PostgreSQL each step then commits by itself, the trace before the key is touched
    proofs = [erasure.erase(person_id=person_id, by=by, reason=reason)] if person_id and reason else erasure.resume(by=by)
    for proof in proofs:
        show(proof)
    if not all(proof.proved for proof in proofs):
        raise SystemExit(3)


def show(proof: erasure.Proof) -> None:
    """Print one proof: files, bytes, occurrences before and after."""
    before = {one.name: one.found for one in proof.before}
    click.echo(_("person %(person)s: %(rows)s rows removed") % {"person": proof.person_id, "rows": proof.records})
    for one in proof.after:
        words = _("%(file)s: %(size)s bytes searched, windows of the key before %(before)s, after %(after)s")
        click.echo(words % {"file": one.name, "size": one.size, "before": before.get(one.name, "-"), "after": one.found})
    for folder in proof.not_told:
        words = _("%(folder)s cannot be written: until `havre backup` reaches it again, a restore from there would bring the person back.")
        click.echo(words % {"folder": folder})
    if proof.proved:
        click.echo(_("ERASED. Proof %(digest)s") % {"digest": proof.digest})
        click.echo(_("Backups of the keys may hold the key until %(day)s.") % {"day": proof.backups_until})
        click.echo(_("Blocks that a flash drive keeps aside cannot be searched: disk encryption lies under them."))
    else:
        click.echo(_("NOT YET PROVED: %(why)s") % {"why": proof.why_not})
