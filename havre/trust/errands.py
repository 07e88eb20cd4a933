"""Errands of the house: reads and writes that show nobody anything, by name. Each is listed in docs/reference/errands.md."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connections, transaction
from django.utils.translation import gettext_lazy as _

from havre.trust.errors import Words

# the role of whoever serves people, and the name that PostgreSQL gives to the role which signed in
APP_ROLE, OWNER = "havre_app", "none"
# libpq's PQTRANS_INTRANS: in a transaction that has not failed
IN_TRANSACTION = 2

# what each is for; whatever is not named here cannot be called
WORDS: dict[str, Words] = {
    "backup check": _("counts whether every sealed section of a restored backup has its key"),
    "clocks": _("runs legal time limits out, reminds, and moves what the house moves by itself"),
    "emergency": _("finds the one case that an emergency access names, before its grant exists"),
    "erase": _("removes an erased person's rows and what hangs on them"),
    "extract": _("writes the pseudonymised extract: coded columns only, no name, no free text"),
    "gates": _("asks whether a right was recorded in another part before a step is taken"),
    "history": _("gives the ids of the persons in a case, for the history of accesses"),
    "import": _("asks whether a record of a file was imported before, so that a second import adds nothing"),
    "matching": _("finds the keys of the rows that hold what was typed, before the policy judges each of them"),
    "merging": _("lets open rows of one organisation name the one that it has become part of; what is past stays"),
    "offers": _("finds the referrals offered to a service and role before any grant exists; a sealed case leaves no trace"),
    "opening": _("writes the first rows of a case, before its first grant exists"),
    "own data": _(
        "finds a code for reading from afar by its digest, and lists the requests about own data by number and clock for the officer"
    ),
    "retention": _("finds what is kept longer than its term"),
    "sealing": _("seals a case: ends grants and names custodians"),
    "tests": _("the test suite looking at what it made"),
    "vault": _("opens, re-seals and rotates sealed sections after the policy has been asked for the person"),
    "withdrawal": _("ends what rested on a consent that was withdrawn, keeps the proof, and finds a receiver's notices of what has ended"),
}
ERRANDS = frozenset(WORDS)


@contextmanager
def as_house(alias: str = "default") -> Iterator[None]:
    """Run an errand of the house: on PostgreSQL as the owner of the tables, inside a transaction; on SQLite nothing changes."""
    connection = connections[alias]
    if connection.vendor != "postgresql":
        yield
        return
    with ExitStack() as stack:
        if not connection.in_atomic_block:
            stack.enter_context(transaction.atomic(using=alias))
        before = take_role(connection, OWNER)
        try:
            yield
        finally:
            give_back(connection, before)


def take_role(connection: Any, role: str) -> str:
    """Change the role until the transaction ends; gives the role before. A switch is no query: it is not counted or logged as one."""
    found = connection.connection.execute("SELECT current_setting('role'), set_config('role', %s, true)", [role]).fetchone()
    return str(found[0])


def give_back(connection: Any, role: str) -> bool:
    """Take up the role from before. False for a transaction that failed, which takes no statement: its rollback does the same."""
    if connection.connection is None or connection.connection.info.transaction_status != IN_TRANSACTION:
        return False
    connection.connection.execute("SELECT set_config('role', %s, true)", [role])
    return True
