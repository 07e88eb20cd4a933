"""What a run of drills leaves on a server of PostgreSQL: nothing."""

import pytest

from tests.drills import looking


@pytest.fixture(scope="session", autouse=True)
def _no_template_left():
    yield
    looking.drop_templates()
