"""What the measures ask of an engine. Every count is of distinct persons.

A list column has three states: null is not recorded, an empty list is asked and none, else values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

# a condition: column -> the value it must have; a list column must hold it
Where = Mapping[str, str]


# what `with_route` adds to a person: codes, then lists; all are null for a person without events, lists are empty for one whose events
# say nothing of it only in `transits` (an event without a status is a status not recorded)
ROUTE = ("origin", "destination", "status_first", "status_last", "owes")
ROUTE_LISTS = ("transits", "status_recruitment", "status_transit", "status_exploitation")
STAGES = ("Recruitment", "Transit", "Exploitation")


@dataclass(frozen=True, slots=True)
class Spread:
    """How persons spread over the values of one column: `values`, persons by value; `recorded`, with an answer; `everyone`, all.

    Numbers are persons. `recorded` is at most `everyone`.
    """

    values: Mapping[str, int]
    recorded: int
    everyone: int


class Engine(Protocol):
    """What the measures ask. Tables hold a column `person`; a table `persons` has one row a person.

    Numbers are distinct persons, days or amounts, as each method says. Raises: whatever the engine does for a column that is not there.
    """

    def columns(self, table: str) -> tuple[str, ...]:
        """The columns of a table, in order."""

    def spread(self, column: str, where: Where, *, table: str = "persons") -> Spread:
        """How many persons have each value of a column, and how many no answer."""

    def over_time(self, column: str, where: Where, *, table: str = "persons", width: int = 4) -> dict[str, int]:
        """Persons by period: the first `width` characters of an ISO date (4 a year, 7 a month)."""

    def incidence(self, column: str, by: str, where: Where) -> dict[tuple[str, str], int]:
        """Persons by pair of values of two columns."""

    def routes(self, where: Where) -> tuple[dict[tuple[str, str, str], int], int, int]:
        """Persons by origin, transit (joined by ">") and destination; then how many have a whole route, and how many were asked."""

    def waits(self, step: str, where: Where, *, after: str | None = None) -> tuple[list[int], list[int]]:
        """Days to a step: of those who got there, and of those who still wait.

        Counted from the first detection, or among those who reached the step `after`, from there; what came before counts 0.
        """

    def best(self, table: str, key: str | None, column: str, order: Sequence[str], where: Where) -> dict[str, dict[str, int]]:
        """Persons by value of `key` ("all" without one) and by the first value of `order` that one of their rows has.

        Rows whose value is not in `order`, or without a key, are left out.
        """

    def amounts(self, table: str, column: str, currency: str, where: Where) -> dict[str, list[float]]:
        """Each person's largest amount above zero, by currency, sorted; what is no number is left out."""

    def with_route(self) -> Engine:
        """The same tables with the route in `persons` (see `ROUTE`), made from `events`."""
