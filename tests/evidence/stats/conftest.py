"""The statistics know no Django: no database is opened for their tests."""

import pytest


@pytest.fixture
def _databases() -> None:
    """Instead of the suite's databases."""
