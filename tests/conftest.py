"""Every test may use all four databases; the actor's clock is fixed where a test needs it."""

import pytest
from django.db import connections

from havre.trust.audit import append_only


@pytest.fixture(autouse=True)
def _databases(db):
    """Records, access, keys and ops are all there, each rolled back after the test."""
    yield
    if not connections["default"].in_atomic_block:
        # a test that commits is followed by Django's flush, which the append-only tables refuse; after it their triggers come back
        for alias in ("default", "access"):
            append_only.unguard(connections[alias], alias)
        # migrating switched foreign keys on again in this connection; a new one has them off
        connections["ops"].close()


def pytest_collection_modifyitems(items):
    for item in items:
        if not any(mark.name == "django_db" for mark in item.iter_markers()):
            item.add_marker(pytest.mark.django_db(databases="__all__"))
