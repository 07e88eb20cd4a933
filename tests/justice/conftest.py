"""A case, its officers and its inquiry."""

import pytest

from havre.trust.enums import Role
from tests.factories import make_actor, make_case
from tests.justice.acting import justice, opened


@pytest.fixture
def case():
    return make_case(make_actor())


@pytest.fixture
def police(case):
    return justice(Role.INVESTIGATOR, case)


@pytest.fixture
def prosecutor(case):
    return justice(Role.PROSECUTOR, case)


@pytest.fixture
def proceeding(case, police):
    return opened(case, police)
