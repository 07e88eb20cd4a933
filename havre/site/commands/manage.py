"""Django's own commands, for developers: `havre manage makemigrations`."""

import sys

import click
from django.core.management import execute_from_command_line


@click.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Run one of Django's commands."""
    execute_from_command_line([sys.argv[0], *arguments])
