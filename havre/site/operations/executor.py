"""Django's migrations for one of four databases, without building the models of what another database holds.

Django renders every model again for each step of each migration on each database; three of the four hold a handful of tables. A migration
that changes nothing in a database is written down there as applied and its models are left undrawn.
"""

from __future__ import annotations

from typing import Any

from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connections, router
from django.db.migrations import Migration, RunPython, RunSQL
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class LeanExecutor(MigrationExecutor):
    """As its parent, forwards; only migrations with an operation that this database takes are carried out on rendered models."""

    def _migrate_all_forwards(
        self,
        state: ProjectState,
        plan: list[tuple[Migration, bool]],
        full_plan: list[tuple[Migration, bool]],
        fake: bool,
        fake_initial: bool,
    ) -> ProjectState:
        to_run = {migration for migration, _backwards in plan}
        for migration, _backwards in full_plan:
            if migration not in to_run:
                continue
            if any(_touches(operation, migration.app_label, self.connection.alias) for operation in migration.operations):
                # once for the whole migration: a copy of a state that is not rendered is rendered by each of its steps
                _ = state.apps
                state = self.apply_migration(state, migration, fake=fake, fake_initial=fake_initial)
            else:
                state.__dict__.pop("apps", None)
                state = migration.mutate_state(state, preserve=False)
                self.record_migration(migration)
        return state


def migrate(alias: str) -> None:
    """Bring the database of one alias to this version's migrations; what `migrate` of Django does, its signals with it.

    Raises: InconsistentMigrationHistory when a migration is applied before one that it needs.
    """
    connection = connections[alias]
    connection.prepare_database()
    executor = LeanExecutor(connection)
    executor.loader.check_consistent_history(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        before = executor._create_project_state(with_applied_migrations=True)  # type: ignore[attr-defined]
        emit_pre_migrate_signal(0, False, alias, apps=before.apps, plan=plan)
        executor.migrate(executor.loader.graph.leaf_nodes(), plan, before.clone())
    emit_post_migrate_signal(0, False, alias, plan=plan)


def _touches(operation: Operation, app_label: str, alias: str) -> bool:
    """Whether the router lets an operation change the database of `alias`; one whose subject is unknown counts as one that does."""
    if isinstance(operation, SeparateDatabaseAndState):
        return any(_touches(inner, app_label, alias) for inner in operation.database_operations)
    if isinstance(operation, (RunPython, RunSQL)):
        return router.allow_migrate(alias, app_label, **operation.hints)
    named: Any = getattr(operation, "model_name", None) or getattr(operation, "name", None)
    return router.allow_migrate(alias, app_label, model_name=named) if isinstance(named, str) else True
