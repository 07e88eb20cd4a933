"""`acting`: the only state in which a protected table answers. Also the request's log of what was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from havre.trust.actors import Actor
from havre.trust.enums import Section
from havre.trust.errands import APP_ROLE, give_back, take_role
from havre.trust.errors import Unscoped

# the names under which row-level security reads the actor in force, in the order of `_set_on_postgresql`
SETTINGS = ("havre.holders", "havre.purpose", "havre.factor_at", "havre.now", "havre.role")
_SET = "SELECT " + ", ".join(f"set_config('{name}', %s, true)" for name in SETTINGS)


@dataclass(slots=True)
class ReadingLog:
    """What one request has taken from protected tables so far; becomes one row before the response leaves."""

    sections: Section = field(default_factory=lambda: Section(0))
    subjects: set[UUID] = field(default_factory=set)
    opened: bool = False

    def add(self, section: Section, subjects: Iterable[UUID], *, opened: bool = False) -> None:
        """Note that these subjects were seen in this section; `opened` when a sealed body was opened, not only listed."""
        self.sections |= section
        self.subjects.update(subjects)
        self.opened = self.opened or opened


@dataclass(slots=True)
class Context:
    """The actor in force, the reading log, the idempotency key of the request and its route's name."""

    actor: Actor
    log: ReadingLog
    once: UUID | None = None
    route: str = ""


_context: ContextVar[Context | None] = ContextVar("havre_context", default=None)


def current() -> Context | None:
    """The context in force, or None outside `acting`."""
    return _context.get()


def require(actor: Actor) -> Context:
    """The context in force, for this very user and job.

    Raises: Unscoped when there is none, or when it belongs to another actor.
    """
    context = _context.get()
    if context is None or context.actor.holders != actor.holders:
        raise Unscoped("protected records are read inside `with trust.acting(actor):` only")
    return context


def _set_on_postgresql(connection: Any, actor: Actor | None) -> None:
    """What row-level security reads, until the transaction ends; nobody in force: nothing is seen. As a switch of role, no query."""
    values = ("", "", "", "", "")
    if actor is not None:
        factor = actor.factor_at.isoformat() if actor.factor_at else ""
        values = (",".join(map(str, actor.holders)), actor.purpose.value, factor, actor.at.isoformat(), actor.role.value)
    connection.connection.execute(_SET, values)


@contextmanager
def acting(actor: Actor, *, once: UUID | None = None, route: str = "") -> Iterator[Context]:
    """Make `actor` the one who reads and writes.

    On PostgreSQL this opens a transaction, takes the application's role in it (for a command too) and sets the row-level-security
    context (`SET LOCAL`); on SQLite it is no transaction. Inside another `acting` of the same actor it only changes time and purpose.
    What was read is committed to the audit trail on the way out, before the caller can hand anything on.
    Raises: Unavailable, when that commit fails.
    """
    from havre.trust import audit  # audit's models need the app registry, this module is imported before it is ready

    outer = _context.get()
    context = Context(
        actor, outer.log if outer else ReadingLog(), once or (outer.once if outer else None), route or (outer.route if outer else "")
    )
    connection = connections["default"]
    shared = connection.vendor == "postgresql"
    role = ""
    with ExitStack() as stack:
        if shared:
            stack.enter_context(transaction.atomic())
            role = take_role(connection, APP_ROLE)
            _set_on_postgresql(connection, actor)
        token = _context.set(context)
        try:
            yield context
        finally:
            _context.reset(token)
            if outer is None:
                audit.commit_readings(context)
        # after a failure the savepoint's rollback restores the outer values by itself
        if shared and give_back(connection, role):
            _set_on_postgresql(connection, outer.actor if outer else None)
