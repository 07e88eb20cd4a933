"""What the rest of the house calls to leave a trace."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from havre.trust.actors import Actor
    from havre.trust.context import Context


def record(
    *,
    event: str,
    by: Actor,
    subject: UUID | None = None,
    case_id: UUID | None = None,
    reason: str = "",
    codes: dict[str, str | int] | None = None,
) -> None:
    """Write one act into the acts table, in the caller's own transaction."""


def refuse(*, event: str, by: Actor, subject: UUID | None = None, rows: Iterable[str] = ()) -> None:
    """Commit one refusal row at once, outside the caller's transaction."""


def commit_readings(context: Context) -> None:
    """Commit the one reading row of this request, if anything protected was read."""
