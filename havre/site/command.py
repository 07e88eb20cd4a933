"""The `havre` command. Sub-commands are imported when called, so that the statistics run where Django is not installed."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

# name -> module:function, and whether Django must be set up first
COMMANDS: dict[str, tuple[str, bool]] = {
    "audit": ("havre.site.commands.audit:audit", True),
    "demonstration": ("havre.site.commands.import_:demonstration", True),
    "export": ("havre.site.commands.export:export", True),
    "determinants": ("havre.evidence.determinants_command:determinants", False),
    "estimate": ("havre.evidence.estimate_command:estimate", False),
    "external": ("havre.site.commands.import_:external", True),
    "import": ("havre.site.commands.import_:import_", True),
    "demo": ("havre.site.commands.demo:demo", True),
    "erase": ("havre.site.commands.erase:erase", True),
    "retention": ("havre.site.commands.retention:retention", True),
    "keys": ("havre.site.commands.keys:keys", True),
    "release": ("havre.release.command:release", False),
    "publish": ("havre.publishing.command:publish", True),
    "texts": ("havre.publishing.command:texts_", True),
    "flows": ("havre.evidence.flows_command:flows", False),
    "link": ("havre.evidence.link_command:link", False),
    "link-private": ("havre.evidence.link_private_command:link_private", False),
    "manage": ("havre.site.commands.manage:manage", True),
    "messages": ("havre.site.commands.messages:messages", True),
    "found": ("havre.site.commands.house:found", True),
    "init": ("havre.site.commands.house:init", True),
    "serve": ("havre.site.commands.house:serve", True),
    "worker": ("havre.site.commands.house:worker", True),
    "doctor": ("havre.site.commands.house:doctor", True),
    "backup": ("havre.site.commands.house:backup", True),
    "restore": ("havre.site.commands.house:restore", True),
    "reference": ("havre.site.operations.reference:reference", True),
}


class Lazy(click.Group):
    """A group that imports a command only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        target, needs_django = COMMANDS[name]
        if needs_django:
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "havre.site.settings")
            import django

            django.setup()
        module, function = target.split(":")
        return getattr(import_module(module), function)


@click.command(cls=Lazy)
@click.version_option(package_name="havre")
def main() -> None:
    """Havre: a country's institutional response to trafficking in human beings."""


if __name__ == "__main__":
    sys.exit(main())
