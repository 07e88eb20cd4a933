"""Code book templates from published lists: HTCDS, CTDC's layouts, Havre's IC-TIP tree, ISO countries. The rows are never looked at."""

from __future__ import annotations

from collections.abc import Sequence

from havre.release.stats.private.codebook import MOST_CODES, Codebook, Column
from havre.standards.library import Library

Filled = dict[str, dict[str, object]]
YES_NO = ("", "0", "1")


def _ctdc(library: Library, name: str) -> Column | None:
    for title, layout in library.ctdc.layouts.items():
        if library.ctdc.column(title, name) is None:  # type: ignore[arg-type]
            continue
        blank = ("", *layout.missing)
        source = f"CTDC, {layout.label.en}"
        groups = {column: group for group, columns in layout.columns.items() for column in columns}
        group = groups[library.ctdc.column(title, name) or name]  # type: ignore[arg-type]
        if name == "gender":
            return Column(name, (*blank, *layout.genders), source)
        if name == "ageBroad":
            return Column(name, (*blank, *layout.age_bands), source)
        if name in ("citizenship", "CountryOfExploitation"):
            places = library.countries.countries
            return Column(name, (*blank, *layout.unknown_country, *(getattr(place, layout.country_codes) for place in places)), source)
        if group in ("means", "exploitation", "labour", "sexual", "recruiter", "other"):
            return Column(name, (*blank, "0", "1"), source)
    return None


def _htcds(library: Library, name: str) -> Column | None:
    field = next((one for one in library.htcds.fields if one.name == name and not one.multiple), None)
    if field is None:
        return None
    source = "HTCDS 2.0"
    if field.values:
        return Column(name, ("", *library.htcds.names(field.values)), source)
    if field.codes == "countries":
        return Column(name, ("", *sorted(library.countries.by_alpha2)), f"{source}; ISO 3166-1 alpha-2")
    return None


def _ictip(library: Library, name: str) -> Column | None:
    try:
        library.ictip.get(name)
    except KeyError:
        return None
    leaves = library.ictip.leaves(name) or ()
    codes = tuple(leaf.code for leaf in leaves)
    parents = tuple((leaf.code, leaf.parent) for leaf in leaves if leaf.parent)
    return Column(name, ("", *codes), "IC-TIP, Havre's codes", tuple(sorted(parents))) if codes else None


def template(names: Sequence[str], library: Library | None = None) -> tuple[Filled, tuple[str, ...]]:
    """A code book for these column names, as JSON, and the names no published list is known for: their codes are left empty to fill in.

    Only names are read, never rows: a list of the codes that occur would itself be a release.
    """
    library = library or Library()
    found: Filled = {}
    missing = []
    for name in names:
        column = _ctdc(library, name) or _htcds(library, name) or _ictip(library, name)
        if column is None or len(column.codes) > MOST_CODES:
            missing.append(name)
            found[name] = {"source": "", "codes": []}
        else:
            one = Codebook((Column(column.name, tuple(dict.fromkeys(column.codes)), column.source, column.parents),))
            found |= one.as_json()
    return found, tuple(missing)
