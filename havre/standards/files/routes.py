"""What a person was at a stage of the route: trafficked, smuggled, seeking asylum and so on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from havre.standards.reading import Page, unique
from havre.standards.words import Words


@dataclass(frozen=True, slots=True)
class Status:
    """One status on the route: its `code`, its `label` for a reader, and the instrument that defines it at `source`."""

    code: str
    label: Words
    source: str


@dataclass(frozen=True)
class RouteStatuses:
    """The statuses in the order in which a list offers them."""

    version: str
    statuses: tuple[Status, ...]

    @cached_property
    def labels(self) -> Mapping[str, Words]:
        """Code to label, in the file's order."""
        return {one.code: one.label for one in self.statuses}


def read(page: Page) -> RouteStatuses:
    """The file. Raises: StandardsError."""
    found = page.read(RouteStatuses)
    unique(page, found.statuses, "code", "statuses")
    for place, one in enumerate(found.statuses):
        fits = re.fullmatch(r"[a-z_]{1,20}", one.code) is not None
        page.require(fits, f"{one.code!r} is no code", "Use up to 20 small letters and _", "statuses", place, "code")
    return found
