"""Every test may use all four databases; the actor's clock is fixed where a test needs it."""

import pytest


@pytest.fixture(autouse=True)
def _databases(db):
    """Records, access, keys and ops are all there, each rolled back after the test."""


def pytest_collection_modifyitems(items):
    for item in items:
        if not any(mark.name == "django_db" for mark in item.iter_markers()):
            item.add_marker(pytest.mark.django_db(databases="__all__"))
