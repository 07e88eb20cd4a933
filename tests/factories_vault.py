"""A vault that is open: root keys in memory, so that a test needs no passphrase and no file."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.db import connections

from havre.trust.vault import unlocking
from havre.trust.vault.custody import RootsInMemory
from havre.trust.vault.keyfile import Cost

# an eighth of a millisecond instead of a tenth of a second: the strength of the real cost is no test's subject
CHEAP = Cost(passes=1, memory=64, lanes=1)
PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def committed(transactional_db) -> None:
    """For tests that look at files or start processes: what they write is committed, and flushed at the end."""
    # making the test database's tables turned foreign keys on again in this one connection
    connections["ops"].close()


@pytest.fixture
def unlocked(_databases) -> Iterator[RootsInMemory]:
    """The vault, unlocked for one test by a root key of its own."""
    custodian = RootsInMemory({1: os.urandom(32)})
    unlocking.use(custodian)
    yield custodian
    unlocking.lock()
