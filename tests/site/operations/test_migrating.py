"""Each database holds the tables that the router gives it, no other, and knows every migration."""

import pytest
from django.apps import apps
from django.db import connections, migrations, router
from django.db.migrations.loader import MigrationLoader

from havre.site.operations import executor, migrating

DJANGO = {"django_migrations", "sqlite_sequence"}


@pytest.mark.parametrize("alias", migrating.ALIASES)
def test_database_holds_exactly_the_tables_that_are_its_own(alias):
    held = set(connections[alias].introspection.table_names()) - DJANGO
    models = [model for app in apps.get_app_configs() for model in app.get_models(include_auto_created=True)]
    own = {model._meta.db_table for model in models if model._meta.managed and router.allow_migrate_model(alias, model)}
    assert held == own


@pytest.mark.parametrize("alias", migrating.ALIASES)
def test_every_migration_is_written_down_as_applied(alias):
    loader = MigrationLoader(connections[alias])
    assert set(loader.applied_migrations) == set(loader.disk_migrations)


class Elsewhere(migrations.RunSQL):
    """An operation that its hint sends to the keys' database."""

    def __init__(self):
        super().__init__("SELECT 1", hints={"alias": "keys"})


@pytest.mark.parametrize(
    ("operation", "app", "alias", "touches"),
    [
        (migrations.CreateModel("PersonKey", []), "trust", "keys", True),
        (migrations.CreateModel("PersonKey", []), "trust", "default", False),
        (migrations.AddField("reading", "route", None), "trust", "access", True),
        (migrations.AddField("reading", "route", None), "trust", "ops", False),
        (migrations.RemoveIndex("case", "case_index"), "register", "default", True),
        (migrations.RemoveIndex("case", "case_index"), "register", "keys", False),
        (Elsewhere(), "trust", "keys", True),
        (Elsewhere(), "trust", "default", False),
        (migrations.SeparateDatabaseAndState([Elsewhere()]), "trust", "keys", True),
        (migrations.SeparateDatabaseAndState([], [Elsewhere()]), "trust", "keys", False),
        # nothing says whom it concerns: it is carried out
        (migrations.operations.base.Operation(), "trust", "ops", True),
    ],
)
def test_operation_is_carried_out_where_the_router_lets_it(operation, app, alias, touches):
    assert executor._touches(operation, app, alias) is touches
