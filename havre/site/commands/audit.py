"""`havre audit`: verify the chain, take it out, sign where it stands, and say how far behind it is."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import click
from django.conf import settings
from django.db import connections

from havre.trust.audit import lag
from havre.trust.audit.checkpoints import as_exported, checkpoint_now, export_checkpoints
from havre.trust.audit.exporting import export_to
from havre.trust.audit.keys import signing_key
from havre.trust.audit.sealing import seal_pending
from havre.trust.audit.verify_chain import (
    JsonlSource,
    Source,
    SqliteSource,
    read_checkpoints,
    read_public_key,
    say,
    verify,
)
from havre.trust.models.audit import Checkpoint

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def audit() -> None:
    """The audit trail: who did and read what, sealed into one chain."""


@audit.command("verify")
@click.option("--checkpoints", "folders", type=FOLDER, multiple=True, help="A folder of checkpoints that left this machine.")
@click.option("--public-key", "keys", type=FILE, multiple=True, help="The public key, kept apart from this machine.")
@click.option("--export", "exported", type=FILE, help="Verify this export file instead of the database.")
def verify_(folders: tuple[Path, ...], keys: tuple[Path, ...], exported: Path | None) -> None:
    """Compute every hash again and compare the chain with its checkpoints. Ends with 1 when it does not hold."""
    public = [read_public_key(path) for path in keys] or [signing_key().public()]
    if not keys:
        click.echo("note: the key of this machine is used; an auditor brings their own copy (--public-key)")
    outside = [checkpoint for folder in folders for checkpoint in read_checkpoints(folder)]
    with closing(_source(exported)) as source:
        report = verify(source, exported=outside, public_keys=public)
    click.echo("\n".join(say(report)))
    sys.exit(0 if report.ok else 1)


@audit.command()
@click.argument("file", type=FILE)
def export(file: Path) -> None:
    """Write the whole trail to FILE, one JSON object a line. Ids and codes only; keep it as you keep the database."""
    try:
        lines = export_to(file)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}; name a new file in a folder that can be written") from error
    click.echo(f"{lines} lines in {file}")


@audit.command()
@click.option("--to", "folder", type=FOLDER, help="Also write every checkpoint that has not left yet into this folder.")
def checkpoint(folder: Path | None) -> None:
    """Seal what waits, sign the head of the chain, and print it for the file that is kept on paper."""
    seal_pending()
    checkpoint_now()
    last = Checkpoint.objects.using("access").order_by("-position").first()
    if last is None:
        raise click.ClickException("the chain is empty: there is nothing to sign yet")
    for name, value in as_exported(last).items():
        click.echo(f"{name:<10} {_in_groups(str(value)) if name in ('hash', 'signature') else value}")
    if folder:
        try:
            written = export_checkpoints(folder)
        except OSError as error:
            raise click.ClickException(f"{folder}: {error.strerror}; the checkpoints stay marked as not exported") from error
        click.echo(f"{len(written)} checkpoints written to {folder}")


@audit.command("lag")
def lag_() -> None:
    """How far the chain is behind. Ends with 1 over 60 seconds."""
    behind, state = lag.sealer_lag(), lag.state()
    click.echo(f"{behind.total_seconds():.1f} s, {state}")
    sys.exit(0 if state == "ok" else 1)


def _source(exported: Path | None) -> Source:
    if exported is not None:
        return JsonlSource(exported)
    if settings.SHARED:
        raise click.ClickException("beside PostgreSQL: `havre audit export FILE` first, then `havre audit verify --export FILE`")
    return SqliteSource(*(Path(connections[alias].settings_dict["NAME"]) for alias in ("default", "access")))


def _in_groups(text: str) -> str:
    return " ".join(text[start : start + 8] for start in range(0, len(text), 8))
