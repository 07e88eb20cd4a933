"""The two public layouts of CTDC. Never mixed in one count; a blank is not a zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from havre.standards.reading import Page
from havre.standards.words import Words

LayoutName = Literal["k_anonymised", "synthetic"]


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout. `k` is its own claim, to be checked.

    `missing`: cells that mean "not recorded", as a blank always does; `unknown_country`: unknown or suppressed.

    `columns` are grouped by meaning: id, person, means, exploitation, labour, sexual, recruiter, place, duration.
    """

    label: Words
    missing: tuple[str, ...]
    unknown_country: tuple[str, ...]
    country_codes: Literal["alpha2", "alpha3"]
    k: int | None
    variables: int
    name_limit: int | None
    columns: Mapping[str, tuple[str, ...]]
    age_bands: tuple[str, ...]
    genders: Mapping[str, str]
    confidence: Literal["high", "memory_check"]
    duration_bands: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Every column name."""
        return frozenset(name for group in self.columns.values() for name in group)


@dataclass(frozen=True, slots=True)
class ColumnAlias:
    """The name of a column in another release."""

    layout: LayoutName
    from_name: str
    to: str


@dataclass(frozen=True, slots=True)
class Ctdc:
    """Both layouts."""

    version: str
    layouts: Mapping[str, Layout]
    aliases: tuple[ColumnAlias, ...]

    def column(self, layout: LayoutName, name: str) -> str | None:
        """The column of this layout behind a published name: itself, an alias, or a name cut at the layout's limit. None if unknown."""
        known = self.layouts[layout]
        if name in known.names:
            return name
        for alias in self.aliases:
            if alias.layout == layout and alias.from_name == name:
                return alias.to
        if known.name_limit and len(name) == known.name_limit:
            return next((column for column in sorted(known.names) if column.startswith(name)), None)
        return None


def read(page: Page, *, genders: tuple[str, ...]) -> Ctdc:
    """The file. Raises: StandardsError."""
    found = page.read(Ctdc)
    for name in ("k_anonymised", "synthetic"):
        page.require(name in found.layouts, f"the layout {name!r} is missing", f"Add '{name}:'", "layouts")
    for name, layout in found.layouts.items():
        for text, gender in layout.genders.items():
            page.refer(gender, genders, "gender of HTCDS", "layouts", name, "genders", text)
    for place, alias in enumerate(found.aliases):
        page.refer(alias.to, found.layouts[alias.layout].names, "column of this layout", "aliases", place, "to")
    return found
