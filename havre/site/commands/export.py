"""`havre export`: a sealed copy of an organisation's cases, as from the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

import click
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _

from havre.register.exchange.exporting import export_cases
from havre.register.exchange.tables import FORMS
from havre.register.models.exchange import ExportReason
from havre.site.commands.import_ import by_password
from havre.site.commands.keys import plainly, unlock_for_command
from havre.trust.actors import Actor


def with_code(actor: Actor) -> Actor:
    """The same actor with a fresh second factor: the code of their application, typed now."""
    application = Authenticator.objects.filter(user_id=actor.user.pk, type=Authenticator.Type.TOTP).first()
    code = click.prompt(_("Code of your application"))
    if application is None or not application.wrap().validate_code(code):
        raise click.ClickException(
            _("The code is wrong, or this account has no application for codes: use the page with your security key.")
        )
    return replace(actor, factor_at=actor.at)


@click.command()
@click.argument("to", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--as", "username", required=True, help="account that takes the cases out")
@click.option("--organisation", default="", help="code of its organisation, if it has several jobs")
@click.option("--reason", type=click.Choice(ExportReason.values), required=True)
@click.option("--recipient", required=True, help="the recipient's age public key")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="day by which the copy must be destroyed")
@click.option("--form", type=click.Choice(FORMS), default="csv", show_default=True)
@plainly
def export(to: Path, username: str, organisation: str, reason: str, recipient: str, until: datetime, form: str) -> None:
    """Write a sealed copy of the cases that this account may take out into the file TO."""
    if to.exists():
        raise click.ClickException(_("%(path)s is there already: choose another name.") % {"path": to})
    by = with_code(by_password(username, organisation))
    unlock_for_command()
    ends = datetime.combine(until.date(), time(23, 59, 59), UTC)
    copy = export_cases(by=by, reason=reason, recipient=recipient, expires_at=ends, form=form)
    to.touch(mode=0o600)
    to.write_bytes(copy.content)
    words = _("%(cases)s cases, copy %(mark)s, SHA-256 %(digest)s.")
    click.echo(words % {"cases": copy.record.cases, "mark": copy.record.mark, "digest": copy.record.sha256})
