"""The words of a document in a language: entries of PO files, under the stable ids of the blocks, with the English that they were made from.

The English of an entry is what its translator read. When the source says something else today, the entry is *stale*: the former words are
still there, and a reader is told of which day they are, or the block is withheld. Format: GNU gettext PO, one entry a unit, `msgctxt` its
id; its words are of the day of the file's `PO-Revision-Date`, unless a comment of its own names another (`written: 2026-11-29`).
"""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from django.utils.translation import gettext as _

from havre.publishing import tables
from havre.publishing.sources import SOURCE, Unit, placeholders, texts_of
from havre.trust.errors import Invalid, Words

# marks that turn the direction of letters, and the mark of byte order: no language of this house needs them
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
CONTEXT = re.compile(r'^msgctxt "((?:[^"\\]|\\.)*)"', re.MULTILINE)
REVIEWED = re.compile(r"^reviewed: (?P<by>.+), (?P<on>\d{4}-\d\d-\d\d)$")
WRITTEN = re.compile(r"^written: (?P<on>\d{4}-\d\d-\d\d)$")
DAY_OF_FILE = re.compile(r'^"PO-Revision-Date: (?P<on>\d{4}-\d\d-\d\d)', re.MULTILINE)


class TextState(StrEnum):
    """Where a text stands: as written, translated from what is written now, from something else, or not at all."""

    SOURCE, CURRENT, STALE, MISSING = "source", "current", "stale", "missing"


@dataclass(frozen=True, slots=True)
class Entry:
    """One translation: the English read, the words, whether they are marked as unsure, the native reviewer with the date, and the day on
    which the words were written ("" when nobody noted it)."""

    source: str
    text: str
    unsure: bool = False
    reviewer: str = ""
    reviewed_on: str = ""
    written_on: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it is printed. `reviewed` False: machine-made or not read by a native reviewer; the document says so. `written_on`: as in
    Entry."""

    value: str
    state: TextState
    reviewed: bool
    source: str = ""
    written_on: str = ""


def units_of(file: str, language: str = "") -> Mapping[str, Unit]:
    """Every text of a source file, or of a table of the data, by id; with a language, those that its PO file holds. Raises: StandardsError.

    English is that of today: while `page_words` is open, that of the page.
    """
    if file in tables.TABLES:
        return tables.units(file, language)
    found = texts_of(file)
    return {id: english(unit, file) for id, unit in found.items()} if _PAGE.get().get("en", {}).get(file) else found


def po_path(file: str, language: str) -> Path:
    """Where the translations of a source file lie."""
    return SOURCE / f"{file}.{language}.po"


@cache
def entries(file: str, language: str) -> Mapping[str, Entry]:
    """Every translation of a source file, by unit; empty when there is none. Raises: Invalid for a file that is no PO."""
    path = po_path(file, language)
    return parsed(path.read_bytes(), str(path.relative_to(SOURCE))) if path.exists() else {}


def parsed(content: bytes, name: str) -> dict[str, Entry]:
    """The entries of a PO file, by the ids of their texts. Raises: Invalid with file, entry and mend."""
    # an editor under Windows puts a mark before the first letter
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        catalog = read_po(io.BytesIO(content), abort_invalid=True)
    except Exception as error:
        raise Invalid({"file": [f"{name}: {error}. Save it as PO, UTF-8, one msgctxt an entry."]}) from error
    wrong: list[Words] = []
    text = content.decode(catalog.charset or "utf-8", "replace")
    named, day = Counter(CONTEXT.findall(text)), DAY_OF_FILE.search(text)
    of_file = day["on"] if day else ""
    found = {}
    for message in catalog:
        if not message.id:
            continue
        source = message.id if isinstance(message.id, str) else message.id[0]
        shown = {"name": name, "text": message.context or source[:60]}
        if not message.context:
            wrong.append(_("%(name)s: “%(text)s” has lost its msgctxt, which says where it belongs: export the file again") % shown)
            continue
        if source is not message.id:
            wrong.append(_("%(name)s: %(text)s has plural forms: write one msgid and one msgstr") % shown)
            continue
        if named[message.context] > 1:
            wrong.append(_("%(name)s: %(text)s is there twice: keep one") % shown)
        signed = next((match for line in message.user_comments if (match := REVIEWED.match(line))), None)
        by, on = (signed["by"], signed["on"]) if signed else ("", "")
        own = next((match["on"] for line in message.user_comments if (match := WRITTEN.match(line))), of_file)
        found[message.context] = Entry(source, str(message.string or ""), message.fuzzy, by, on, own)
    if wrong:
        raise Invalid({"texts": list(dict.fromkeys(wrong))})
    return found


def text_of(unit: Unit, file: str, language: str) -> Text:
    """A unit in a language, with its state. English is the source itself, or the page's."""
    unit = english(unit, file)
    if language == "en":
        return Text(unit.text, TextState.SOURCE, True, unit.text)
    entry = _entry(unit, file, language)
    if entry is None or not entry.text.strip():
        return Text(unit.text, TextState.MISSING, False, unit.text)
    state = TextState.CURRENT if entry.source == unit.text and not entry.unsure else TextState.STALE
    return Text(entry.text, state, bool(entry.reviewer), unit.text, entry.written_on)


PageWords = Mapping[str, Mapping[str, Mapping[str, Entry]]]
# the words that were changed on the page, while a document is made: language → file → unit → entry
_PAGE: ContextVar[PageWords] = ContextVar("words of the page", default=MappingProxyType({}))


@contextmanager
def page_words(words: PageWords) -> Iterator[None]:
    """While it is open, these words stand before those of the files (havre.publishing.revisions reads them)."""
    token = _PAGE.set(words)
    try:
        yield
    finally:
        _PAGE.reset(token)


def english(unit: Unit, file: str) -> Unit:
    """A text of the sources with its English of today. What the page says stands until the page says something else."""
    entry = _PAGE.get().get("en", {}).get(file, {}).get(unit.id)
    return unit if entry is None else replace(unit, text=entry.text)


def _entry(unit: Unit, file: str, language: str) -> Entry | None:
    """The newest words: those of the page, unless only those of the file were made from the English of today."""
    filed, mine = entries(file, language).get(unit.id), _PAGE.get().get(language, {}).get(file, {}).get(unit.id)
    if mine is None or (mine.source != unit.text and filed is not None and filed.source == unit.text):
        return filed
    return mine


def standing(file: str, language: str) -> dict[str, Entry]:
    """The entries of a file as they stand: those of the page, while `page_words` is open, before those of the PO file."""
    found = dict(entries(file, language))
    for unit in units_of(file, language).values():
        entry = _entry(unit, file, language)
        if entry is not None:
            found[unit.id] = entry
    return found


def worded(table: str, key: str, language: str) -> Text:
    """The words of one row of the data in a language, with their state. Raises: KeyError for a row that is not there."""
    words = tables.table(table)[key]
    if language in words.languages and not tables.in_file(table, key, language):
        # the project's French was read by its authors
        return Text(words.text(language), TextState.SOURCE if language == "en" else TextState.CURRENT, True, words.en)
    return text_of(Unit(key, words.en), table, language)


def written(file: str, language: str, known: Mapping[str, Entry], *, given: bool = False) -> bytes:
    """The PO of a source file: every unit in order, with what is known of each. The same input gives the same bytes.

    Args: given, as a translator takes it: with the English of today, and what was made from an earlier one marked as fuzzy beside that one.
    """
    catalog = Catalog(fuzzy=False)
    # a translator's own tool writes the day of its own work
    day = "" if given else _day_of(known)
    for unit in units_of(file, language).values():
        entry = known.get(unit.id)
        # an entry made from other words keeps them: the difference is what shows that it is stale
        before = entry.source if entry and entry.text else unit.text
        late = given and before != unit.text
        previous = before if late else ()
        message = catalog.add(unit.text if given else before, entry.text if entry else "", context=unit.id, previous_id=previous)
        message.auto_comments = [unit.note] if unit.note else []
        if entry and entry.reviewer:
            # who signed is nothing for whoever translates elsewhere
            message.user_comments = [f"reviewed: {entry.reviewed_on}" if given else f"reviewed: {entry.reviewer}, {entry.reviewed_on}"]
        if entry and entry.text and entry.written_on != day and not given:
            message.user_comments.append(f"written: {entry.written_on}")
        if late or (entry and entry.unsure):
            message.flags.add("fuzzy")
    head = f'msgid ""\nmsgstr ""\n"Project-Id-Version: Havre {file}\\n"\n"Language: {language}\\n"\n'
    head += f'"PO-Revision-Date: {day} 00:00+0000\\n"\n' if day else ""
    head += '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n\n'
    out = io.BytesIO()
    write_po(out, catalog, width=0, omit_header=True, include_previous=given)
    return head.encode() + out.getvalue()


def _day_of(known: Mapping[str, Entry]) -> str:
    """The day of most of the words; "" while one of them has none, for it would be given another's."""
    days = Counter(entry.written_on for entry in known.values() if entry.text)
    return "" if "" in days else min(days, key=lambda day: (-days[day], day), default="")


def filled(file: str, language: str, words: Mapping[str, str], *, on: date) -> dict[str, Entry]:
    """The entries of a file with new words put in, as made from the English of today.

    Args: on, today.
    Raises: Invalid for a unit that the file does not have, or words that lose or invent a placeholder.
    """
    units = units_of(file)
    known = dict(entries(file, language))
    problems = [f"{file} has no text {id}" for id in words if id not in units]
    for id, text in words.items():
        if id in units:
            problems += _lost(units[id], text, f"{file}.{language}")
            known[id] = Entry(units[id].text, text, written_on=on.isoformat())
    if problems:
        raise Invalid({"texts": [*problems]})
    return known


def unfit(text: str) -> str:
    """What no text of this house may hold: tags, and signs that nobody sees, which break pages or turn the order of letters. "" for none."""
    strange = next((one for one in text if (unicodedata.category(one) == "Cc" and one not in "\n\t") or one in TURNING), None)
    if strange is not None:
        return _("it holds a sign that nobody sees (U+%(code)s): take it out") % {"code": f"{ord(strange):04X}"}
    tag = TAG.search(text)
    return _("%(tag)s would be printed as it stands: write the words alone") % {"tag": tag.group()[:40]} if tag else ""


def _lost(unit: Unit, text: str, where: str) -> list[str]:
    try:
        found = placeholders(text)
    except ValueError as error:
        return [f"{where} {unit.id}: {error}. Write one name between two braces."]
    if strange := unfit(text):
        return [f"{where} {unit.id}: {strange}"]
    lost, new = unit.names - found, found - unit.names
    words = [f"{where} {unit.id}: {{{name}}} is missing" for name in sorted(lost)]
    return words + [f"{where} {unit.id}: {{{name}}} is not in the English" for name in sorted(new)]
