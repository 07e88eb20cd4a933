"""Reading the standard's own table of fields, as IOM publishes it, to compare a new publication with what Havre knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from havre.register.exchange import vocabulary
from havre.register.exchange.sheets import open_book
from havre.register.exchange.values import text_of
from havre.register.exchange.workbooks import refuse

_NAME, _WHOLE, _PREFIX, _STATUS = "Field Name", "Field Name including Prefix", "Field Name Prefix", "Status"
_VALUES, _LABEL, _TYPE = "Value Names (if picklist)", "Field Label", "Field Type"


@dataclass(frozen=True, slots=True)
class Definition:
    """One field as published. `values` is empty where the cell is prose ("Use ISO 3166 …"): that is no picklist."""

    name: str
    label: str
    status: str
    values: tuple[str, ...]


def read_definitions(source: BinaryIO) -> list[Definition]:
    """The fields of a published table (CSV or OpenDocument), section rows and example questions left out; unknown columns are ignored.

    Raises: Invalid when the columns that name a field are not there.
    """
    rows = iter(open_book(source).rows())
    header = [text_of(cell) for cell in next(rows)[1]]
    if not {_NAME, _PREFIX} <= set(header):
        refuse(_("This is not the table of fields of the standard: the columns “Field Name Prefix” and “Field Name” are missing."))
    found = []
    for _number, cells in rows:
        row = dict(zip(header, [text_of(cell) for cell in cells], strict=False))
        # sections have no prefix; the OpenDocument file writes "N/A" for it beside the example questions
        if not row.get(_PREFIX, "").endswith("_") or not row.get(_NAME):
            continue
        # one published row is shifted: its full name and type are empty, and the two first parts still name it
        name = row.get(_WHOLE) or row[_PREFIX] + row[_NAME]
        found.append(Definition(name, row.get(_LABEL, ""), row.get(_STATUS, ""), _picklist(row.get(_VALUES, ""))))
    return found


def _picklist(cell: str) -> tuple[str, ...]:
    values = tuple(line.strip() for line in cell.split("\n") if line.strip())
    # a value name has no blank in it; a sentence has
    return () if any(" " in value for value in values) else values


def differences(definitions: list[Definition]) -> list[str]:
    """What a publication has that Havre has not, and the other way round: one line each, empty when they agree."""
    ours = {name: field for name, field in vocabulary.fields().items() if field.place != "own"}
    theirs = {definition.name: definition for definition in definitions}
    found = [f"+ {name}" for name in theirs if name not in ours] + [f"- {name}" for name in ours if name not in theirs]
    for name in theirs.keys() & ours.keys():
        if theirs[name].values != ours[name].values:
            found.append(f"~ {name}: {', '.join(sorted(set(theirs[name].values) ^ set(ours[name].values)))}")
    return sorted(found)
