"""`havre retention`: the dry run on a terminal. It removes nothing: the officer orders, the worker carries out."""

from __future__ import annotations

from collections import Counter

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from havre.site.commands.keys import plainly
from havre.trust.retention.planning import plan


@click.command()
@plainly
def retention() -> None:
    """Count what is over its term today, by term, and what is held. Shows no reference and removes nothing."""
    found = plan(timezone.now())
    going = Counter(line.rule.id for line in found.going)
    held = Counter(line.rule.id for line in found.held)
    for rule in sorted({*going, *held}):
        click.echo(
            _("%(rule)s: %(going)d over the term, %(held)d of them held")
            % {"rule": rule, "going": going[rule] + held[rule], "held": held[rule]}
        )
    if not found.lines:
        click.echo(_("Nothing is over its term."))
    click.echo(_("The data-protection officer orders what goes, on the page “Retention”."))
