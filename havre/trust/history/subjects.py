"""What the history must be told from above: which persons a case holds, and which case bears a reference. Cases live one floor up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

_persons: Callable[[UUID], Iterable[UUID]] = lambda _case: ()
_case: Callable[[str], UUID | None] = lambda _reference: None


def register_subjects(*, persons_of_case: Callable[[UUID], Iterable[UUID]], case_by_reference: Callable[[str], UUID | None]) -> None:
    """Called once by the part that keeps cases, when the process starts."""
    global _persons, _case
    _persons, _case = persons_of_case, case_by_reference


def persons_of_case(case_id: UUID) -> tuple[UUID, ...]:
    """The ids of the persons in a case; none for a case that is not there."""
    return tuple(_persons(case_id))


def case_by_reference(reference: str) -> UUID | None:
    """The id of the case that bears this reference, or None."""
    return _case(reference)
