"""Which column of a sheet is which field: by name, by the published forms' known slips, or by a mapping that somebody saved."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from havre.register.exchange import vocabulary
from havre.register.exchange.openpyxl_alone import get_column_letter
from havre.register.exchange.problems import Problem
from havre.register.exchange.values import text_of
from havre.register.exchange.vocabulary import fold
from havre.standards.words import in_a_row
from havre.trust.errors import Invalid, Words

IGNORE = "-"
_NUMBERED = re.compile(r"(.+?)[._ #\[(]+(\d{1,2})[\])]?$")
_CTDC = frozenset(
    fold(name)
    for name in (
        "yearOfRegistration",
        "Datasource",
        "ageBroad",
        "majorityStatus",
        "isSexualExploit",
        "isForcedLabour",
        "CountryOfExploitation",
    )
)


@dataclass(frozen=True, slots=True)
class Options:
    """What a person decides about a sheet; a saved mapping holds just this."""

    columns: Mapping[str, str] = field(default_factory=dict)
    names_from: str = ""
    month_first: bool = False
    sheet: str = ""

    @classmethod
    def of(cls, saved: Mapping[str, Any]) -> Options:
        """From the JSON of a saved mapping. Raises: Invalid for a target that is no field."""
        columns = {str(header).strip(): str(target) for header, target in dict(saved.get("columns", {})).items()}
        wrong = sorted({target for target in columns.values() if target and target != IGNORE and target not in vocabulary.fields()})
        if wrong:
            raise Invalid({"columns": [_("These are no fields of the standard: %(names)s.") % {"names": ", ".join(wrong)}]})
        return cls(columns, str(saved.get("names_from", "")), bool(saved.get("month_first", False)), str(saved.get("sheet", "")))

    def as_json(self) -> dict[str, Any]:
        return {"columns": dict(self.columns), "names_from": self.names_from, "month_first": self.month_first, "sheet": self.sheet}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its place from 0, its header, its field ("" = kept sealed, "-" = ignored), a tool's yes/no value, the event's number."""

    index: int
    header: str
    target: str
    value: str = ""
    group: int = 0
    nameless: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """How a sheet will be read. `first` is the number of the first row of data."""

    layout: str
    columns: tuple[Column, ...]
    first: int
    month_first: bool
    notes: tuple[Problem, ...]

    @property
    def understood(self) -> tuple[str, ...]:
        return tuple(column.target for column in self.columns if column.target not in ("", IGNORE))


def plan(head: Sequence[tuple[int, Sequence[Any]]], options: Options | None = None) -> Plan:
    """Read a sheet's first two rows that hold something.

    Raises: Invalid: nothing in the header is a field and no mapping says otherwise; it is CTDC's published data; two header rows
    contradict each other and nobody has said which one holds; a mapping names a column that is not there.
    """
    options = options or Options()
    if not head:
        raise Invalid(_("The sheet holds no row at all."))
    number, names = head[0][0], [text_of(cell) for cell in head[0][1]]
    labels = [text_of(cell) for cell in head[1][1]] if len(head) > 1 and _labelled(names, head[1][1]) else []
    _refuse_ctdc(names, options)
    _refuse_foreign(names, options)
    width = max(len(names), len(labels))
    names += [""] * (width - len(names))
    notes: list[Problem] = []
    columns = [_column(index, name, options) for index, name in enumerate(names)]
    if labels:
        labels += [""] * (width - len(labels))
        columns = _with_labels(columns, labels, options, number, notes)
    for column in columns:
        if column.target == "" and not column.nameless:
            notes.append(Problem(number, column.header, "", "", "column_unknown"))
        elif column.target in vocabulary.fields() and vocabulary.fields()[column.target].deprecated:
            notes.append(Problem(number, column.header, column.target, "", "deprecated"))
    if not any(column.target in vocabulary.fields() for column in columns):
        shown = ", ".join(name for name in names if name)[:300]
        raise Invalid(
            {"columns": [_("No column was recognised (%(names)s). Say on the mapping page what each one holds.") % {"names": shown}]}
        )
    layout = (
        "saved" if options.columns else "template" if labels else "kobo" if "havre_RecordId" in {c.target for c in columns} else "htcds"
    )
    return Plan(layout, tuple(columns), head[1][0] + 1 if labels else number + 1, options.month_first, tuple(notes))


def letter(index: int) -> str:
    """The letter that a spreadsheet shows above a column."""
    return get_column_letter(index + 1)


def _column(index: int, name: str, options: Options) -> Column:
    if not name:
        return Column(index, letter(index), "", nameless=True)
    if name in options.columns:
        return Column(index, name, options.columns[name] or IGNORE)
    if name.lower() in vocabulary.TOOL_COLUMNS:
        return Column(index, name, IGNORE)
    known = vocabulary.field_names()
    # a tool writes the groups of its form before the name
    path = re.split(r"[/:]", name)
    target = known.get(fold(name)) or known.get(fold(path[-1]))
    if target:
        return Column(index, name, target)
    return _flag(index, name, path) or _numbered(index, name)


def _flag(index: int, name: str, path: list[str]) -> Column | None:
    """A tool writes a select-multiple also as one yes/no column for each value."""
    known = vocabulary.field_names()
    for pieces in (path, name.split(".")):
        target = known.get(fold(pieces[-2])) if len(pieces) > 1 else None
        if target and vocabulary.fields()[target].kind == "many":
            value = vocabulary.picklist(target).get(fold(pieces[-1]))
            if value:
                return Column(index, name, target, value)
    return None


def _numbered(index: int, name: str) -> Column:
    found = _NUMBERED.match(name)
    target = vocabulary.field_names().get(fold(found[1])) if found else None
    if not found or not target:
        return Column(index, name, "")
    return Column(index, name, target, group=int(found[2]) if target.startswith("hte_") else 0)


def _labelled(names: Sequence[str], second: Sequence[Any]) -> bool:
    """Whether the second row is a row of labels, as in the published workbook."""
    labels, known = vocabulary.field_labels(), vocabulary.field_names()
    pairs = [(name, text_of(cell)) for name, cell in zip(names, second, strict=False) if fold(name) in known and text_of(cell)]
    return len(pairs) > 2 and sum(fold(label) in labels for _name, label in pairs) * 2 > len(pairs)


def _with_labels(columns: list[Column], labels: list[str], options: Options, number: int, notes: list[Problem]) -> list[Column]:
    by_label = vocabulary.field_labels()
    said = {column.index: by_label[fold(labels[column.index])] for column in columns if fold(labels[column.index]) in by_label}
    torn = [
        c for c in columns if c.header not in options.columns and c.target not in ("", IGNORE) and said.get(c.index, c.target) != c.target
    ]
    if torn and options.names_from not in ("names", "labels"):
        raise Invalid({"names_from": _contradiction(torn, labels)})
    changed = []
    for column in columns:
        target = said.get(column.index)
        if column.nameless and target:
            notes.append(Problem(number, labels[column.index], target, "", "label_recovered"))
            changed.append(replace(column, header=labels[column.index], target=target, nameless=False))
        elif column in torn and options.names_from == "labels" and target:
            changed.append(replace(column, target=target))
        else:
            changed.append(column)
    return changed


def _contradiction(torn: list[Column], labels: list[str]) -> list[Words]:
    shown = in_a_row(f"{letter(c.index)}: {c.target} / {labels[c.index]}" for c in torn)
    return [
        _("The two header rows contradict each other in columns %(columns)s.") % {"columns": shown},
        _("Say which row the authors filled the sheet by: the names (first row) or the labels (second row)."),
    ]


def _refuse_ctdc(names: Sequence[str], options: Options) -> None:
    folded = {fold(name) for name in names}
    if not options.columns and len(folded & _CTDC) >= 3:
        raise Invalid(_("This is published data of CTDC. It is never a case: add it as an external data set, with its source and licence."))


def _refuse_foreign(names: Sequence[str], options: Options) -> None:
    missing = [header for header in options.columns if header not in names]
    if not missing:
        return
    problems: list[Words] = [_("The mapping names columns that the sheet lacks: %(names)s.") % {"names": ", ".join(missing)}]
    if all(re.fullmatch(r"[A-Z]{1,3}", header) for header in missing):
        problems.append(_("A column is named by its header, never by its letter: the published workbooks do not agree on the letters."))
    raise Invalid({"columns": problems})
