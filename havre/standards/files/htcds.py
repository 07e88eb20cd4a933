"""HTCDS 2.0 (IOM, CC BY 4.0): fields, picklists, our extension values, and the faults of the published forms as data.

An exchange vocabulary, not a schema: import tolerantly, export strictly from the published names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from havre.standards.reading import Page, unique
from havre.standards.words import Words

Where = Literal["csv", "excel", "xlsform", "definitions"]
FieldType = Literal["text", "long_text", "date", "number", "checkbox", "geolocation", "picklist", "code", "lookup"]


@dataclass(frozen=True, slots=True)
class Standard:
    """Which standard this is, its date and its licence."""

    name: str
    dated: str
    licence: str


@dataclass(frozen=True, slots=True)
class Field:
    """One published field. `values`: the picklist; `codes`: countries or languages; `target`: what a lookup points to.

    Only `live` fields are exported. Label and description are Havre's own words.
    """

    name: str
    section: str
    prefix: str
    status: Literal["live", "deprecated"]
    core: bool
    type: FieldType
    label: Words
    description: Words
    multiple: bool = False
    values: str | None = None
    codes: Literal["countries", "languages"] | None = None
    target: Literal["organisation", "person", "user"] | None = None

    @property
    def is_live(self) -> bool:
        """Whether the standard still uses it."""
        return self.status == "live"


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a picklist. `name` is exactly the published one (trailing spaces apart) and is what is stored and exported."""

    name: str
    label: Words


@dataclass(frozen=True, slots=True)
class Extension:
    """A value that Havre stores and the standard lacks. On export it becomes `export_as` and a note; on re-import the note restores it."""

    list: str
    name: str
    label: Words
    export_as: str
    reason: str
    code: str | None = None


@dataclass(frozen=True)
class Htcds:
    """The whole vocabulary. `picklists` hold published values only; `values()` adds the extensions."""

    version: str
    standard: Standard
    sections: Mapping[str, Words]
    fields: tuple[Field, ...]
    picklists: Mapping[str, tuple[Value, ...]]
    extensions: tuple[Extension, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """Fields by full name (`vic_MethodsOfControl`)."""
        return {field.name: field for field in self.fields}

    def field(self, name: str) -> Field:
        """The field with this full name. Raises: KeyError."""
        return self.by_name[name]

    def live(self, section: str | None = None) -> tuple[Field, ...]:
        """The live fields of a section, or all, in published order."""
        return tuple(f for f in self.fields if f.is_live and section in {None, f.section})

    def names(self, picklist: str, *, extended: bool = True) -> tuple[str, ...]:
        """The value names of a picklist in published order, then ours. Raises: KeyError."""
        published = tuple(value.name for value in self.picklists[picklist])
        return published + (tuple(e.name for e in self.extensions if e.list == picklist) if extended else ())

    def values(self, picklist: str) -> tuple[tuple[str, Words], ...]:
        """Name and label of every value that may be stored: what a form offers. Raises: KeyError."""
        ours = tuple((e.name, e.label) for e in self.extensions if e.list == picklist)
        return tuple((value.name, value.label) for value in self.picklists[picklist]) + ours

    def label(self, picklist: str, name: str) -> Words:
        """The label of a stored value. Raises: KeyError."""
        return dict(self.values(picklist))[name]

    def exported(self, picklist: str, name: str) -> tuple[str, bool]:
        """The published value to write, and whether a note must say what was lost. Raises: KeyError for a value that is not storable."""
        for extension in self.extensions:
            if extension.list == picklist and extension.name == name:
                return extension.export_as, True
        if name not in self.names(picklist, extended=False):
            raise KeyError(name)
        return name, False


@dataclass(frozen=True, slots=True)
class Shape:
    """What was counted in the published CSV."""

    csv_records: int
    csv_physical_lines: int
    live_fields: int
    deprecated_fields: int
    example_questions: int
    core_fields: int


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name under which a field or a value is published."""

    trap: int
    kind: Literal["field", "value"]
    where: Where
    from_name: str
    to: str
    list: str | None = None


@dataclass(frozen=True, slots=True)
class CoarserValue:
    """A defined value that says less than any of the list: kept with its code, never split."""

    trap: int
    list: str
    name: str
    code: str
    label: Words


@dataclass(frozen=True, slots=True)
class Misleading:
    """A label on which nothing may be matched, and why."""

    trap: int
    field: str
    why: Words
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class Spelling:
    """A published spelling that is kept on export although our label differs."""

    trap: int
    list: str
    name: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """A row of the CSV whose cells are shifted or empty, and how to read it."""

    trap: int
    field: str
    read_as: FieldType
    target: str
    why: Words


@dataclass(frozen=True, slots=True)
class Prose:
    """A cell that holds a sentence about a code list, and the code that is stored."""

    trap: int
    field: str
    stored: Literal["iso_3166_1_alpha_2", "iso_639_3"]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An Excel column whose name and label speak of different fields. Ask which row the authors followed."""

    trap: int
    column: str
    name: str
    label_says: str


@dataclass(frozen=True, slots=True)
class Recovered:
    """An Excel column without a name that its label identifies. Warn."""

    trap: int
    column: str
    published_label: str
    field: str


@dataclass(frozen=True, slots=True)
class Excel:
    """What is wrong with the three Excel templates, each in the same way."""

    import_by_column_letter: Literal["refused"]
    blank_rows: str
    macros: str
    contradictions: tuple[Contradiction, ...]
    recover_by_label: tuple[Recovered, ...]


@dataclass(frozen=True, slots=True)
class FormConsent:
    """How a consent of the published form is read, and the gates that replace it."""

    trap: int
    read_as: Literal["reported_elsewhere"]
    gates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Xlsform:
    """Where the published XLSForm departs from the CSV."""

    missing_core_fields: tuple[str, ...]
    free_text_instead_of_picklist: tuple[str, ...]
    single_instead_of_multiple: tuple[str, ...]
    multiple_instead_of_single: tuple[str, ...]
    consent: FormConsent


@dataclass(frozen=True, slots=True)
class ReadingRule:
    """What an importer must not conclude from a field."""

    trap: int
    field: str
    rule: Words


@dataclass(frozen=True, slots=True)
class Traps:
    """Every fault of the published forms that is data. `trap` numbers are those of docs/reference/standards.md."""

    version: str
    shape: Shape
    aliases: tuple[Alias, ...]
    coarser_values: tuple[CoarserValue, ...]
    misleading_labels: tuple[Misleading, ...]
    published_spellings: tuple[Spelling, ...]
    malformed_rows: tuple[Malformed, ...]
    prose_cells: tuple[Prose, ...]
    excel: Excel
    xlsform: Xlsform
    reading_rules: tuple[ReadingRule, ...]

    def field_name(self, name: str) -> str:
        """The published CSV name of a field, whatever form it came from. An unknown name comes back stripped."""
        found = {alias.from_name: alias.to for alias in self.aliases if alias.kind == "field"}
        return found.get(name.strip(), name.strip())

    def value_name(self, picklist: str, name: str) -> str:
        """The published value name, without spaces around it (no-break ones too). An unknown value comes back as it is."""
        bare = name.strip().strip("\u00a0").strip()
        found = {alias.from_name.strip(): alias.to for alias in self.aliases if alias.kind == "value" and alias.list == picklist}
        return found.get(bare, bare)


def read(page: Page, *, codes: frozenset[str]) -> Htcds:
    """The vocabulary, with sections, picklists and our codes checked. Raises: StandardsError."""
    found = page.read(Htcds)
    unique(page, found.fields, "name", "fields")
    for place, field in enumerate(found.fields):
        at = ("fields", place)
        page.refer(field.section, found.sections, "section of this file", *at, "section")
        page.require(field.name.startswith(field.prefix), f"{field.name!r} lacks its prefix", f"Begin with {field.prefix}", *at, "name")
        page.require((field.type == "picklist") == (field.values is not None), "a picklist and its values go together",
                     "Add 'values:' to a picklist, and to nothing else", *at, "type")  # fmt: skip
        if field.values is not None:
            page.refer(field.values, found.picklists, "picklist of this file", *at, "values")
    for name, values in found.picklists.items():
        unique(page, values, "name", "picklists", name)
    for place, one in enumerate(found.extensions):
        at = ("extensions", place)
        page.refer(one.list, found.picklists, "picklist of this file", *at, "list")
        published = found.names(one.list, extended=False)
        page.refer(one.export_as, published, "published value", *at, "export_as")
        page.require(one.name not in published, f"{one.name!r} is already published", "Take the extension away", *at, "name")
        if one.code is not None:
            page.refer(one.code, codes, "code of ictip.yaml", *at, "code")
    return found


def read_traps(page: Page, *, htcds: Htcds, gates: frozenset[str], codes: frozenset[str]) -> Traps:
    """The faults, each checked against the vocabulary. Raises: StandardsError."""
    found = page.read(Traps)
    names = frozenset(htcds.by_name)
    for place, alias in enumerate(found.aliases):
        known = names if alias.kind == "field" else htcds.names(alias.list or "") if alias.list in htcds.picklists else ()
        page.refer(alias.to, known, f"published {alias.kind}", "aliases", place, "to")
    for place, value in enumerate(found.coarser_values):
        page.refer(value.code, codes, "code of ictip.yaml", "coarser_values", place, "code")
    for place, spelling in enumerate(found.published_spellings):
        page.refer(spelling.list, htcds.picklists, "picklist of htcds.yaml", "published_spellings", place, "list")
        page.refer(spelling.name, htcds.names(spelling.list), "published value", "published_spellings", place, "name")
    for group in ("misleading_labels", "malformed_rows", "prose_cells", "reading_rules"):
        for place, row in enumerate(getattr(found, group)):
            page.refer(row.field, names, "HTCDS field", group, place, "field")
    for place, column in enumerate(found.excel.contradictions):
        page.refer(column.name, names, "HTCDS field", "excel", "contradictions", place, "name")
        page.refer(column.label_says, names, "HTCDS field", "excel", "contradictions", place, "label_says")
    for place, recovered in enumerate(found.excel.recover_by_label):
        page.refer(recovered.field, names, "HTCDS field", "excel", "recover_by_label", place, "field")
    for name in ("missing_core_fields", "free_text_instead_of_picklist", "single_instead_of_multiple", "multiple_instead_of_single"):
        for place, field in enumerate(getattr(found.xlsform, name)):
            page.refer(field, names, "HTCDS field", "xlsform", name, place)
    for place, gate in enumerate(found.xlsform.consent.gates):
        page.refer(gate, gates, "gate of rights_gates.yaml", "xlsform", "consent", "gates", place)
    return found
