"""Texts out to translators and back: XLIFF 1.2 and PO, by the stable ids of the blocks. Nothing is written unless all of a file holds.

A placeholder is an element of its own in XLIFF (`<x id="reflection_days"/>`), so that a tool keeps it whole. A translation made from an
English that has changed since is kept as such: it stands in the PO as stale, and what was translated later is never overwritten by it.

Source: OASIS, XLIFF 1.2 (2008).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from django.utils import timezone
from django.utils.translation import gettext as _

from havre.publishing import revisions, texts
from havre.publishing.packages.xml import child, read, written
from havre.publishing.sources import LANGUAGES, SOURCE, DocumentSource, Unit, every_file
from havre.publishing.tables import TABLES
from havre.publishing.texts import Entry
from havre.trust.errors import Invalid, Words

NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
X = f"{{{NAMESPACE}}}"
PLACEHOLDER = re.compile(r"(?<!\{)\{([a-z][a-z0-9_]*)\}(?!\})")
PROJECT = re.compile(r'"Project-Id-Version: Havre (?P<file>[\w./-]+)\\n"')
LANGUAGE = re.compile(r'"Language: (?P<language>[\w@.-]+)\\n"')
# states of XLIFF that ask for another look at the words
UNSURE = frozenset({"needs-adaptation", "needs-l10n", "needs-review-adaptation", "needs-review-l10n", "needs-review-translation", "new"})


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one source file: texts put in, texts put in that were made from an earlier English, earlier ones left out because newer
    words stand there, texts that stood there already; `ids`: of the texts put in."""

    file: str
    language: str
    entries: Mapping[str, Entry]
    put: int
    stale: int
    left: int
    same: int
    ids: frozenset[str] = frozenset()


def files_of(source: DocumentSource) -> tuple[str, ...]:
    """Every source file that the texts of a document lie in: its own, what it includes, and the questions it asks."""
    asks = any(block.kind == "questions" for block in source.walk())
    banks = [path.relative_to(SOURCE).with_suffix("").as_posix() for path in sorted((SOURCE / source.edition).glob("questions*.yaml"))]
    return tuple(dict.fromkeys([*source.files, *(banks if asks else ())]))


def as_po(files: tuple[str, ...], language: str) -> dict[str, bytes]:
    """A PO for each source file, by its path, with the words as they stand: those that were changed on the page are among them."""
    with revisions.known(language):
        return {f"{file}.{language}.po": texts.written(file, language, texts.standing(file, language), given=True) for file in files}


def as_xliff(files: tuple[str, ...], language: str) -> bytes:
    """One XLIFF for all of them, with what is translated already. The same texts give the same bytes."""
    root = Element("xliff", {"version": "1.2", "xmlns": NAMESPACE})
    with revisions.known(language):
        every = {name: (texts.units_of(name).values(), texts.standing(name, language)) for name in files}
    for name, (units, known) in every.items():
        file = child(root, "file", original=name, datatype="plaintext")
        file.set("source-language", "en")
        file.set("target-language", language)
        body = child(file, "body")
        for unit in units:
            _unit(body, unit, known.get(unit.id))
    return written(root)


def _unit(body: Element, unit: Unit, entry: Entry | None) -> None:
    made = child(body, "trans-unit", id=unit.id)
    made.set("xml:space", "preserve")
    _put(child(made, "source"), unit.text)
    if entry is not None and entry.text:
        stale = entry.source != unit.text or entry.unsure
        made.set("approved", "yes" if entry.reviewer and not stale else "no")
        target = child(made, "target", state="needs-review-translation" if stale else "signed-off" if entry.reviewer else "translated")
        _put(target, entry.text)
        if entry.source != unit.text:
            # for a translator, who reads English
            child(made, "note", f"Translated from: {entry.source}")
    if unit.note:
        child(made, "note", unit.note)


def _put(element: Element, text: str) -> None:
    """Text with its placeholders as elements."""
    pieces = PLACEHOLDER.split(text)
    element.text = pieces[0]
    for name, after in zip(pieces[1::2], pieces[2::2], strict=True):
        mark = child(element, "x", id=name)
        mark.set("equiv-text", f"{{{name}}}")
        mark.tail = after


def _text(element: Element | None) -> str:
    """The text back, whatever inline elements a tool has put around it."""
    if element is None:
        return ""
    inner = (f"{{{one.get('id', '')}}}" if one.tag == f"{X}x" else _text(one) for one in element)
    return (element.text or "") + "".join(text + (one.tail or "") for one, text in zip(element, inner, strict=True))


def take(content: bytes, name: str) -> tuple[Taken, ...]:
    """What a translator's file holds, checked whole; nothing is written. `name`: of the file, for the messages.

    Raises: Invalid with every text that does not hold: where, what is wrong, how to mend it.
    """
    ending = Path(name).suffix.lower()
    if ending not in {".xliff", ".xlf", ".po"}:
        raise Invalid({"file": [_("%(name)s: neither .xliff nor .po. Export it again as one of them.") % {"name": name}]})
    given = list(_from_po(content, name) if ending == ".po" else _from_xliff(content, name))
    found: list[Taken] = []
    problems: list[Words] = []
    for file, language, new in given:
        try:
            found.append(_checked(file, language, new))
        except Invalid as error:
            problems += [f"{name}: {line}" for lines in error.problems.values() for line in lines]
    if problems:
        raise Invalid({"texts": problems})
    return tuple(found)


def _from_po(content: bytes, name: str) -> Iterator[tuple[str, str, dict[str, Entry]]]:
    new = texts.parsed(content, name)
    head = content.decode("utf-8", "replace")
    project, language = PROJECT.search(head), LANGUAGE.search(head)
    if project is not None and language is None:
        words = _("%(name)s: its head does not say which language this is. Write one of %(known)s under Language.")
        raise Invalid({"file": [words % {"name": name, "known": ", ".join(LANGUAGES[1:])}]})
    if project is None or language is None:
        words = _("%(name)s: its head does not say which texts these are. Write Havre <folder>/<name> under Project-Id-Version.")
        raise Invalid({"file": [words % {"name": name}]})
    yield project["file"], language["language"], new


def _from_xliff(content: bytes, name: str) -> Iterator[tuple[str, str, dict[str, Entry]]]:
    root = read(content, name)
    if root.tag != f"{X}xliff":
        raise Invalid({"file": [_("%(name)s: no XLIFF 1.2. Export it again in that version.") % {"name": name}]})
    for file in root.iter(f"{X}file"):
        new: dict[str, Entry] = {}
        for unit in file.iter(f"{X}trans-unit"):
            target = unit.find(f"{X}target")
            unsure, id = target is not None and target.get("state") in UNSURE, unit.get("id", "")
            if not id or id in new:
                what = _("a trans-unit has no id") if not id else _("%(text)s is there twice") % {"text": id}
                raise Invalid(
                    {"file": [_("%(name)s: %(what)s. Export it again from the translation tool.") % {"name": name, "what": what}]}
                )
            new[id] = Entry(_text(unit.find(f"{X}source")), _text(target), unsure)
        yield file.get("original", ""), file.get("target-language", ""), new


def _checked(file: str, language: str, new: Mapping[str, Entry]) -> Taken:
    # tools write a country after the language: pt_PT, th-TH
    language = re.split("[-_@.]", language)[0].lower()
    if file not in (*every_file(), *TABLES):
        raise Invalid({"file": [_("%(file)s is no file of texts: leave the name as it was exported") % {"file": file}]})
    if language not in LANGUAGES[1:]:
        words = _("%(language)s is no language of translation: one of %(known)s")
        raise Invalid({"file": [words % {"language": language, "known": ", ".join(LANGUAGES[1:])}]})
    with revisions.known(language):
        return _compared(file, language, new)


def _compared(file: str, language: str, new: Mapping[str, Entry]) -> Taken:
    units, before = texts.units_of(file), texts.standing(file, language)
    worded = {id: one for id, one in new.items() if one.text.strip()}
    changed = {
        id: one for id, one in worded.items() if id not in before or one.text != before[id].text or _again(one, before[id], units.get(id))
    }
    # what was translated from the English of today is worth more than what was translated from an earlier one
    late = {id: one for id, one in changed.items() if id in units and one.source != units[id].text}
    stale = {id: one for id, one in late.items() if not _current(before.get(id), units[id])}
    fresh = {id: one for id, one in changed.items() if id not in late}
    known = _filled(file, language, fresh, stale)
    put = frozenset([*fresh, *stale])
    return Taken(file, language, known, len(fresh), len(stale), len(late) - len(stale), len(worded) - len(changed), put)


def _again(one: Entry, before: Entry, unit: Unit | None) -> bool:
    """Whether a translator says something new of the same words: they were read again and hold, or they are in doubt."""
    return unit is not None and one.source == unit.text and one.unsure == _current(before, unit)


def _filled(file: str, language: str, fresh: Mapping[str, Entry], stale: Mapping[str, Entry]) -> dict[str, Entry]:
    """The entries of a file with these put in. Raises: Invalid with every text that does not hold."""
    units, known, today = texts.units_of(file), dict[str, Entry](), timezone.localdate()
    problems: list[Words] = [
        line for id, one in stale.items() for line in texts._lost(Unit(id, one.source), one.text, f"{file}.{language}")
    ]
    try:
        known = texts.filled(file, language, {id: one.text for id, one in fresh.items()}, on=today)
    except Invalid as error:
        problems = [line for lines in error.problems.values() for line in lines] + problems
    else:
        # what a translator is not sure of is looked at later
        sure = {id: one.text for id, one in fresh.items() if not one.unsure}
        problems += [
            f"{file}.{language} {id}: {fault}" for id, text in sure.items() for fault in revisions.faults(units[id], text, language, file)
        ]
    if problems:
        raise Invalid({"texts": problems})
    written = today.isoformat()
    known.update({id: Entry(units[id].text, one.text, unsure=True, written_on=written) for id, one in fresh.items() if one.unsure})
    known.update({id: Entry(one.source, one.text, one.unsure, written_on=written) for id, one in stale.items()})
    return known


def _current(entry: Entry | None, unit: Unit) -> bool:
    return entry is not None and bool(entry.text) and entry.source == unit.text and not entry.unsure


def put(taken: tuple[Taken, ...]) -> None:
    """Write what was taken, each PO at once: a stop in the middle leaves no half file. Words saved on the page before give way to it."""
    for one in taken:
        path = texts.po_path(one.file, one.language)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".new")
        beside.write_bytes(texts.written(one.file, one.language, one.entries))
        beside.replace(path)
        revisions.set_aside(one.file, one.ids, one.language, at=timezone.now())
    texts.entries.cache_clear()
