"""The sources of what is published: editions, documents and blocks, read from the files in `source/` and checked as they are read.

`source/<edition>/edition.yaml` names the documents; `<document>.yaml` holds the blocks in English; `<document>.<language>.po` the other
languages, entry by entry under the block's stable id (havre.publishing.texts). `source/shared/` holds what several editions include.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from havre.publishing.kinds import KINDS
from havre.standards.reading import Page, Unfit

SOURCE = Path(__file__).parent / "source"
LANGUAGES = ("en", "fr", "pt", "tet", "th")


@dataclass(frozen=True, slots=True)
class Unit:
    """One text that a translator sees. `id` is stable: `<block>.<field>`, or `<block>.<field>.<key>`. `note`: its kind, for the translator."""

    id: str
    text: str
    note: str = ""

    @property
    def names(self) -> frozenset[str]:
        """The placeholders in it."""
        return placeholders(self.text)


@dataclass(frozen=True, slots=True)
class BlockSource:
    """One block as it was written, in English. `id` is unique in its document; `file` is where its translations lie."""

    id: str
    kind: str
    data: Mapping[str, Any]
    file: str
    blocks: tuple[BlockSource, ...] = ()

    def is_for(self, country: str) -> bool:
        """Whether a country's edition has this block."""
        return country not in self.data.get("unless", ()) and country in self.data.get("only", (country,))

    def units(self) -> Iterator[Unit]:
        """Its own texts, not those of the blocks in it."""
        kind = KINDS[self.kind]
        for name in (*kind.texts, "without"):
            if self.data.get(name):
                yield Unit(f"{self.id}.{name}", str(self.data[name]), self.kind)
        for name in kind.maps:
            for key, text in (self.data.get(name) or {}).items():
                yield Unit(f"{self.id}.{name}.{key}", str(text), self.kind)
        for row, cells in (self.data.get(kind.grid) or {}).items() if kind.grid else ():
            for column, text in cells.items():
                yield Unit(f"{self.id}.{kind.grid}.{row}.{column}", str(text), self.kind)

    def walk(self) -> Iterator[BlockSource]:
        """Itself and everything in it, in reading order."""
        yield self
        for block in self.blocks:
            yield from block.walk()


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """One document. `form`: how it is laid out; `print`: its shapes on paper; `languages` it promises; `audience` and `level` of its readers;
    `address`: what stands for it in the address of its page, so that a bystander learns nothing from it."""

    edition: str
    id: str
    title: str
    form: str
    formats: tuple[str, ...]
    print: tuple[str, ...]
    languages: tuple[str, ...]
    audience: str
    level: str
    version: str
    revised_on: str
    blocks: tuple[BlockSource, ...]
    files: tuple[str, ...]
    subtitle: str = ""
    address: str = ""

    def walk(self) -> Iterator[BlockSource]:
        """Every block in reading order."""
        for block in self.blocks:
            yield from block.walk()

    def own_units(self) -> Iterator[Unit]:
        """Title and subtitle."""
        yield Unit("title", self.title, "title")
        if self.subtitle:
            yield Unit("subtitle", self.subtitle, "title")


@dataclass(frozen=True, slots=True)
class Edition:
    """Documents that are made and released together. `home`: the country that it was first written for; `words`: its title elsewhere."""

    id: str
    title: str
    home: str
    documents: tuple[str, ...]
    words: Mapping[str, Any] = field(default_factory=dict)


def placeholders(text: str) -> frozenset[str]:
    """The names in braces. Raises: ValueError when a brace is left open, or when braces hold no name or more than one ({}, {day:02})."""
    parts = [part for part in string.Formatter().parse(text) if part[1] is not None]
    for _text, name, more, how in parts:
        if not name or more or how:
            raise ValueError(f"{{{name}{'!' + how if how else ''}{':' + more if more else ''}}} is no name in braces")
    return frozenset(str(name) for _text, name, _more, _how in parts)


@cache
def editions() -> Mapping[str, Edition]:
    """Every edition by id, in the order of `source/editions.yaml`. Raises: StandardsError with file, line and mend."""
    page = Page(SOURCE / "editions.yaml")
    found = {}
    for place, one in enumerate(page.data["editions"]):
        lacking = {"id", "title", "home", "documents"} - set(one)
        if lacking:
            raise page.wrong(Unfit(f"this edition lacks {', '.join(sorted(lacking))}", "Add it", ("editions", place)))
        found[one["id"]] = Edition(one["id"], one["title"], one["home"], tuple(one["documents"]), one.get("titles", {}))
    return found


@cache
def document(edition: str, id: str) -> DocumentSource:
    """One document with everything that it includes. Raises: StandardsError with file, line and mend; KeyError for an unknown edition."""
    page = Page(SOURCE / edition / f"{id}.yaml")
    data = page.data
    lacking = {"title", "form", "formats", "languages", "audience", "level", "version", "revised_on", "blocks"} - set(data)
    if lacking:
        raise page.wrong(Unfit(f"the document lacks {', '.join(sorted(lacking))}", "Add it at the top", ()))
    blocks = tuple(_blocks(page, data["blocks"], f"{edition}/{id}", "", ("blocks",)))
    made = DocumentSource(
        edition=edition,
        id=id,
        title=data["title"],
        subtitle=data.get("subtitle", ""),
        address=data.get("address", id),
        form=data["form"],
        formats=tuple(data["formats"]),
        print=tuple(data.get("print", ())),
        languages=tuple(data["languages"]),
        audience=data["audience"],
        level=data["level"],
        version=str(data["version"]),
        revised_on=str(data["revised_on"]),
        blocks=blocks,
        files=tuple(dict.fromkeys([f"{edition}/{id}", *(block.file for top in blocks for block in top.walk())])),
    )
    _unique(page, made)
    return made


@cache
def shared(file: str) -> tuple[BlockSource, ...]:
    """The blocks of a file in `source/` that documents include. Its ids begin with its own name."""
    page = Page(SOURCE / f"{file}.yaml")
    return tuple(_blocks(page, page.data["blocks"], file, "", ("blocks",)))


@cache
def texts_of(file: str) -> Mapping[str, Unit]:
    """Every text of one source file by id: what its PO files hold. `file` is `<folder>/<name>`, without ending."""
    page = Page(SOURCE / f"{file}.yaml")
    found: dict[str, Unit] = {}
    if "units" in page.data:
        # plain words by key: terms of the pages
        return {key: Unit(key, text, page.data.get("note", "")) for key, text in page.data["units"].items()}
    if "questions" in page.data:
        return {unit.id: unit for one in _questions(page, file) for unit in one.units()}
    for name in ("title", "subtitle"):
        if page.data.get(name):
            found[name] = Unit(name, page.data[name], "title")
    for top in _blocks(page, page.data["blocks"], file, "", ("blocks",)):
        for block in top.walk():
            if block.file == file:
                found.update({unit.id: unit for unit in block.units()})
    return found


def _blocks(page: Page, written: Any, file: str, under: str, path: tuple[str | int, ...]) -> Iterator[BlockSource]:
    for place, data in enumerate(written):
        here = (*path, place)
        if not isinstance(data, dict) or "kind" not in data:
            raise page.wrong(Unfit("a block needs an id and a kind", "Write `- id: …` and `kind: …`", here))
        kind = KINDS.get(data["kind"])
        if kind is None or not kind.written:
            known = ", ".join(name for name, one in KINDS.items() if one.written)
            raise page.wrong(Unfit(f"{data['kind']} is no kind of block", f"Use one of {known}", here))
        if data["kind"] == "include":
            yield from shared(data["file"])
            continue
        _fits(page, data, here)
        inner = tuple(_blocks(page, data.get("blocks", ()), file, data["id"], (*here, "blocks")))
        yield BlockSource(data["id"], data["kind"], data, file, inner)


def _questions(page: Page, file: str) -> Iterator[BlockSource]:
    """The questions of a bank as blocks, for their words; what else a question needs is checked where the bank is read."""
    for place, data in enumerate(page.data["questions"]):
        asked = {"kind": "question", **data}
        _fits(page, asked, ("questions", place))
        yield BlockSource(asked["id"], "question", asked, file)


def _fits(page: Page, data: dict[str, Any], here: tuple[str | int, ...]) -> None:
    kind = KINDS[data["kind"]]
    if "id" not in data:
        raise page.wrong(Unfit("this block has no id", "Give it one that nothing else in the document has, and never change it", here))
    unknown = sorted(set(data) - kind.fields)
    if unknown:
        raise page.wrong(
            Unfit(f"{data['kind']} has no field {unknown[0]}", f"It may have {', '.join(sorted(kind.fields))}", (*here, unknown[0]))
        )
    lacking = [name for name in kind.needs if not data.get(name)]
    if lacking:
        raise page.wrong(Unfit(f"block {data['id']} lacks {lacking[0]}", "Add it", here))
    try:
        for unit in BlockSource(data["id"], data["kind"], data, "").units():
            placeholders(unit.text)
    except ValueError as error:
        raise page.wrong(
            Unfit(f"block {data['id']}: {error}", "Write one name between two braces, and {{ for a brace that is printed", here)
        ) from None


def _unique(page: Page, made: DocumentSource) -> None:
    seen: set[str] = set()
    for block in made.walk():
        if block.id in seen:
            raise page.wrong(Unfit(f"the id {block.id} is used twice", "Give each block its own; ids of included files count", ()))
        seen.add(block.id)


def every_file() -> tuple[str, ...]:
    """Every source file that has texts, as `<folder>/<name>`."""
    paths = sorted(SOURCE.rglob("*.yaml"))
    return tuple(str(path.relative_to(SOURCE).with_suffix("")) for path in paths if _has_texts(path))


def _has_texts(path: Path) -> bool:
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return isinstance(data, dict) and bool({"blocks", "units", "questions"} & set(data))


@cache
def addresses() -> Mapping[str, tuple[str, str]]:
    """Edition and document by the word that stands for them in an address."""
    return {document(edition.id, id).address: (edition.id, id) for edition in editions().values() for id in edition.documents}
