"""Every test may use all four databases; the audit tables keep their triggers but for the clean-up after a test that commits."""

import pytest
from django.db import connections

from havre.trust.audit.append_only import guard, unguard


def pytest_collection_modifyitems(items):
    for item in items:
        # the statistics know no Django
        plain = "/stats/" in item.location[0]
        if not plain and not any(mark.name == "django_db" for mark in item.iter_markers()):
            item.add_marker(pytest.mark.django_db(databases="__all__"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Making the tables turned foreign keys on again in this one connection of `ops`, whose links to users cross files."""
    with django_db_blocker.unblock():
        connections["ops"].close()
    yield
    with django_db_blocker.unblock():
        if connections["default"].vendor == "postgresql":
            # two aliases (and threads of tests) hold the one database that is about to be dropped
            with connections["default"].cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        connections.close_all()


@pytest.fixture(autouse=True)
def _databases(db):
    """Records, access, keys and ops are all there, each rolled back (or, for a test that commits, emptied) afterwards."""


@pytest.fixture(autouse=True)
def _append_only(request, _databases):
    mark = request.node.get_closest_marker("django_db")
    commits = bool(mark and mark.kwargs.get("transaction")) or "transactional_db" in request.fixturenames
    if commits:
        for alias in ("default", "access"):
            guard(connections[alias], alias)
    yield
    if commits:
        # emptying deletes rows, which the triggers are there to stop
        for alias in ("default", "access"):
            unguard(connections[alias], alias)
