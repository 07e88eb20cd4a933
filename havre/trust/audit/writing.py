"""What the rest of the house calls to leave a trace."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import Resolver404, resolve

from havre.trust.audit.codes import CODE, ROW_NAME, code, code_map, reason_code, row_names, subject_id
from havre.trust.audit.writer import commit
from havre.trust.context import current
from havre.trust.enums import ROLE_PURPOSES, Act, Role, Section
from havre.trust.models.audit import ActRow, Outcome, Reading, ReadingKind
from havre.trust.policy.table import POLICY

if TYPE_CHECKING:
    from havre.trust.actors import Actor
    from havre.trust.context import Context


# the width of the columns event, reason and route
COLUMN = 60


def record(
    *,
    event: str,
    by: Actor,
    subject: UUID | None = None,
    case_id: UUID | None = None,
    reason: str = "",
    codes: dict[str, str | int] | None = None,
    rows: Iterable[str] = (),
) -> None:
    """Write one act into the acts table, in the caller's own transaction.

    Args: event and reason, short codes; codes, codes and whole numbers by code; rows, the policy or workflow rows it rested on.
    Raises: ValueError (our bug) when anything could be free text; the act then does not happen.
    """
    ActRow(
        **_who(by),
        event=code(event, what="event", most=COLUMN),
        subject=subject_id(subject),
        case_id=subject_id(case_id),
        reason=reason_code(reason, most=COLUMN),
        codes=code_map(codes),
        rows=row_names(rows),
        route=_route(current()),
    ).save(force_insert=True)


def record_errand(
    *,
    event: str,
    user_id: UUID,
    organisation_id: UUID,
    role: Role,
    at: datetime,
    subject: UUID,
    codes: dict[str, str | int] | None = None,
) -> None:
    """Write one act that the house does on somebody's earlier order, where nobody is signed in: a restore erases again.

    Args: as `record`; user, organisation and role are those of the order. Raises: ValueError (our bug), as `record`.
    """
    ActRow(
        at=at,
        user_id=user_id,
        organisation_id=organisation_id,
        role=role.value,
        purpose=ROLE_PURPOSES[role][0].value,
        event=code(event, what="event", most=COLUMN),
        subject=subject_id(subject),
        codes=code_map(codes),
    ).save(force_insert=True)


def refuse(*, event: str, by: Actor, subject: UUID | None = None, rows: Iterable[str] = ()) -> None:
    """Commit one refusal row at once, outside the caller's transaction.

    It runs while a refusal is on its way to the person: what cannot be written as a code is left out rather than raised.
    Raises: Unavailable, when the row cannot be committed.
    """
    known = _as_uuid(subject)
    commit(
        Reading(
            **_who(by),
            kind=ReadingKind.REFUSAL,
            outcome=Outcome.REFUSED,
            event=event if CODE.match(str(event)) and len(event) <= COLUMN else "unnamed",
            subjects=[str(known)] if known else [],
            count=1 if known else 0,
            rows=[row for row in dict.fromkeys(map(str, rows)) if ROW_NAME.match(row)],
            route=_route(current()),
        )
    )


def commit_readings(context: Context) -> None:
    """Commit the one reading row of this request, if anything protected was read.

    Raises: Unavailable, when the row cannot be committed: the caller then shows nothing.
    """
    log, actor = context.log, context.actor
    if not log.sections and not log.subjects:
        return
    subjects = sorted(str(subject) for subject in log.subjects)
    commit(
        Reading(
            **_who(actor),
            kind=ReadingKind.READING,
            outcome=Outcome.OPENED if log.opened else Outcome.SHOWN,
            sections=int(log.sections),
            subjects=subjects,
            count=len(subjects),
            rows=list(_rows_that_may_have_allowed(actor.role, int(log.sections))),
            route=_route(context),
        )
    )


def _who(by: Actor) -> dict[str, Any]:
    return {
        "at": by.at,
        "user_id": by.user.pk,
        "organisation_id": by.organisation_id,
        "role": by.role.value,
        "purpose": by.purpose.value,
    }


def _route(context: Context | None) -> str:
    """The name of the address in force; a path is turned into its name, because paths hold ids."""
    route = context.route if context else ""
    if route.startswith("/"):
        try:
            route = resolve(route).view_name or ""
        except Resolver404:
            return ""
    return route if CODE.match(route) and len(route) <= COLUMN else ""


@cache
def _rows_that_may_have_allowed(role: Role, sections: int) -> tuple[str, ...]:
    """The Allow rows that let this role read any of these sections; the grant of the moment says which basis it was."""
    return tuple(
        name
        for name, row in POLICY.allows
        if Act.READ in row.acts and row.when.bases and role in row.roles and row.sections & Section(sections)
    )


def _as_uuid(value: Any) -> UUID | None:
    if isinstance(value, UUID):
        return value
    try:
        return UUID(str(value))
    except ValueError:
        return None
