"""What a paper has to say, in the order of its tags: every string of the document's tree, each with the part that its tag gives it.

This walks the tree of nodes as the templates do (havre/publishing/typst), and never reads a paper: what a paper gives back is compared with
it (benchmarks.reread). A trifold has its panels face by face, as they lie on the two pages; every other shape has them as the source has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from havre.publishing.citations import cited
from havre.publishing.nodes import Document, Node
from havre.publishing.printing import made_line, states
from havre.publishing.terms import every_term, option_letters

# shape → the panels of each page, in reading order
FACES = {"trifold": (("cover", "flap", "back"), ("inside1", "inside2", "inside3"))}
BOOKS = frozenset({"book", "trainer"})
# shapes whose foot stands outside the tags, on every page; the others say the same once, in their text
FEET = frozenset({"a4", "sheet", *BOOKS})


@dataclass(frozen=True, slots=True)
class Said:
    """One string. `role`: H1 to H4, P, LBody (a line of a list), TH, TD, TOCI (a line of the contents), or Figure, whose text is its words."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The words around a document, and what its template shows: the trainer's part, the law behind each statement."""

    words: dict[str, str]
    language: str
    trainer: bool
    cite: bool


def foot(document: Document) -> str:
    """What stands under a paper: its edition, its dates, and the state of its words."""
    return " · ".join([made_line(document), *states(document)])


def said(document: Document, shape: str, address: str = "") -> tuple[Said, ...]:
    """Every string of the paper in reading order. Args: as for havre.publishing.printing.as_pdf."""
    words = {**every_term(document.language), "letters": option_letters(document.language)}
    frame = Frame(words, document.language, trainer=shape == "trainer", cite=shape in BOOKS)
    check = words["check"].format(code=document.code, address=address)
    code = (Said("Figure", check), Said("P", check)) if address else ()
    if shape in BOOKS:
        found = _book(document, frame, code)
    elif shape in {"trifold", "a6"}:
        found = _panels(document, frame, (*code, Said("P", foot(document))), shape)
    elif shape == "card":
        found = _card(document, frame, (*code, Said("P", foot(document))))
    else:
        inner = [one for node in document.nodes for one in _node(node, 2, frame)]
        found = iter([Said("H1", document.title), Said("P", document.subtitle), Said("P", document.country_name), *inner, *code])
    return tuple(one for one in found if one.text)


def _book(document: Document, frame: Frame, code: tuple[Said, ...]) -> Iterator[Said]:
    entries = [entry["words"] for node in document.walk() if node.kind == "index" for entry in node.data["entries"]]
    body = [one for node in document.nodes for one in _node(node, 1, frame)]
    if entries:
        body += [Said("H1", frame.words["index"]), *(Said("P", word) for word in entries)]
    yield from (Said("P", document.title), Said("P", document.subtitle), Said("P", document.country_name), *code, Said("P", foot(document)))
    yield Said("H1", frame.words["contents"])
    yield from (Said("TOCI", one.text) for one in body if one.role in {"H1", "H2"})
    yield from body


def _panels(document: Document, frame: Frame, end: tuple[Said, ...], shape: str) -> Iterator[Said]:
    by_place = {str(node.data["place"]): node for node in document.nodes}
    order = (
        [place for face in FACES[shape] for place in face]
        if shape in FACES
        else ["cover", *(place for place in by_place if place != "cover")]
    )
    for place in order:
        panel = by_place[place]
        first = [child for child in panel.nodes if place != "cover" or child.kind == "figure"]
        heads = 1 if place == "cover" or (first and first[0].kind == "figure") else 0
        front = [Said("H1", document.title), Said("P", document.subtitle)] if place == "cover" else [Said("H2", panel.title)]
        pictures = first if place == "cover" else first[:heads]
        yield from (Said("Figure", str(child.data["alt"])) for child in pictures)
        yield from front
        for child in (one for one in panel.nodes if one not in pictures):
            yield from [Said("Figure", str(child.data["alt"]))] if child.kind == "figure" else _node(child, 3, frame)
        if place == "cover":
            yield Said("P", document.country_name)
        elif place == "back" and shape == "trifold":
            yield from end
    if shape != "trifold":
        yield from end


def _card(document: Document, frame: Frame, end: tuple[Said, ...]) -> Iterator[Said]:
    for panel in document.nodes:
        if panel.data["place"] == "front":
            yield from (Said("H1", document.title), Said("P", document.country_name))
        yield from _node(panel, 2, frame)
        if panel.data["place"] == "back":
            yield from end


def _node(node: Node, base: int, frame: Frame) -> Iterator[Said]:
    if node.audience == "trainer" and not frame.trainer:
        return
    heading = f"H{min(base, 4)}"
    if node.kind == "heading":
        yield Said(heading, node.text)
    elif node.kind in {"section", "panel"}:
        yield from _section(node, heading, base, frame)
    elif node.kind == "questions":
        yield Said(heading, node.title)
        for number, child in enumerate(node.nodes, 1):
            yield from _question(child, number, len(node.nodes), frame, answers=frame.trainer or bool(node.data["answers"]))
    elif node.kind == "case":
        yield from _case(node, heading, frame)
    elif node.kind == "figure":
        yield Said("Figure", str(node.data["alt"]))
        if not node.data.get("wide"):
            yield Said("P", node.text)
    elif node.kind in {"list", "steps", "checklist"}:
        yield from (Said("P", node.title), *_stale(node, bool(node.title)))
        yield from (*_items(node), *_told(node, frame), *_laws(node, frame))
    elif node.kind == "table":
        yield from _table(node, frame)
    elif node.kind == "form":
        yield from (Said("P", text) for text in (node.title, *node.items))
    elif node.kind in {"text", "note"}:
        yield from (Said("P", node.title if node.kind == "note" else ""), Said("P", node.text), *_stale(node))
        yield from _laws(node, frame) if node.kind == "text" else ()


def _table(node: Node, frame: Frame) -> Iterator[Said]:
    yield from (Said("P", node.title), *_stale(node, bool(node.title)))
    # of the columns of steps the second and the fourth share one, and the third and the fifth
    order = (0, 1, 3, 2, 4, 5) if node.data.get("folded") else range(len(node.columns))
    yield from (Said("TH", node.columns[place]) for place in order)
    yield from (Said("TD", row[place]) for row in node.rows for place in order)
    yield from _told(node, frame)


def _told(node: Node, frame: Frame) -> Iterator[Said]:
    """The marks of a list or table without a title, below it, in words; with one they stand beside the title."""
    if not node.title:
        yield Said("P", f"* {frame.words['awaits_national']}" if node.unconfirmed else "")
        yield from _stale(node)


def _section(node: Node, heading: str, base: int, frame: Frame) -> Iterator[Said]:
    yield Said(heading, node.title)
    if node.data.get("minutes") is not None:
        yield Said("P", frame.words["minutes"].replace("{minutes}", str(node.data["minutes"])))
    if node.items:
        yield from (Said("P", frame.words["objectives"]), *_items(node))
    for child in node.nodes:
        yield from _node(child, base + 1, frame)


def _case(node: Node, heading: str, frame: Frame) -> Iterator[Said]:
    yield from (Said(heading, node.title), Said("P", frame.words["case_label"]))
    yield from (Said("P", part) for part in node.text.split("\n\n"))
    if node.items:
        yield from (Said("P", frame.words["tasks"]), *_items(node))
    notes: Any = node.data.get("notes", ())
    if frame.trainer and notes:
        yield from (Said("P", frame.words["trainer_notes"]), *(Said("LBody", note) for note in notes))


def _question(node: Node, number: int, total: int, frame: Frame, *, answers: bool) -> Iterator[Said]:
    yield Said("P", frame.words["question"].replace("{number}", str(number)).replace("{total}", str(total)))
    yield from (Said("P", node.text), Said("P", frame.words["several_right" if node.data["several"] else "one_right"]))
    yield from (Said("P", f"{frame.words['letters'][place]}) {item}") for place, item in enumerate(node.items))
    if answers:
        yield Said("P", f"{frame.words['reason']}: {node.data['reason']} ({node.data['source']})")


def _items(node: Node) -> Iterator[Said]:
    yield from (Said("LBody", item) for item in node.items)


def _stale(node: Node, here: bool = True) -> Iterator[Said]:
    if node.stale and here:
        yield Said("P", f"({node.stale})")


def _laws(node: Node, frame: Frame) -> Iterator[Said]:
    if frame.cite and node.law:
        yield Said("P", f"({cited(node.law, frame.language)})")
