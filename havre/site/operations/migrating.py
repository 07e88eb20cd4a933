"""Bringing all four databases to this version's schema, and the guards that a migration cannot express."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from havre.site.operations import executor
from havre.trust.audit.append_only import guard
from havre.trust.errors import Refused
from havre.trust.policy import rls

ALIASES = ("default", "access", "keys", "ops")


def make_home() -> Path:
    """The instance's folder, 0700."""
    home = Path(settings.HAVRE_HOME)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chmod(home, 0o700)
    return home


def migrate_all() -> None:
    """Migrate every database, then put row-level security and the append-only guards (again) in place.

    An interrupted run is finished by the next one: each migration is one transaction on both databases.
    Raises: Refused when a database is of a newer Havre than this one.
    """
    refuse_newer()
    make_home()
    for alias in ALIASES:
        executor.migrate(alias)
    if connections["default"].vendor == "postgresql":
        rls.install()
    for alias in ("default", "access"):
        guard(connections[alias], alias)


def pending() -> list[str]:
    """Migrations that this version has and a database lacks, as `alias: app.name`."""
    found: list[str] = []
    for alias in ALIASES:
        at_head = MigrationExecutor(connections[alias])
        plan = at_head.migration_plan(at_head.loader.graph.leaf_nodes())
        found.extend(f"{alias}: {migration.app_label}.{migration.name}" for migration, _backwards in plan)
    return found


def refuse_newer() -> None:
    """Raises: Refused when a database knows a migration of ours that this version does not have."""
    unknown: list[str] = []
    for alias in ALIASES:
        loader = MigrationExecutor(connections[alias]).loader
        ours = {label for label, _name in loader.disk_migrations}
        unknown.extend(
            f"{alias}: {app}.{name}" for app, name in loader.applied_migrations if app in ours and (app, name) not in loader.disk_migrations
        )
    if unknown:
        words = _("This database was made by a newer Havre (%(names)s). Install that version; an older one would damage it.")
        raise Refused((words % {"names": ", ".join(sorted(unknown)[:3])},))
