"""A document as a course: its sections as pages, then every question of it in one form."""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from django.template.loader import render_to_string

from havre.publishing import web
from havre.publishing.nodes import Document, Node
from havre.publishing.terms import every_term, full_stop, sentences

STATIC = Path(__file__).parent.parent / "static" / "publishing"
OWN_FILES = ("player.js", "player.css", "icon.svg")
# of 100: what a learner needs unless the platform says otherwise
PASS_MARK = 80
LETTERS = string.ascii_lowercase


@dataclass(frozen=True, slots=True)
class Page:
    """One page before the quiz. `title` is what the contents call it."""

    id: str
    title: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A document cut into pages, with its questions in the order in which they stand, each once."""

    document: Document
    pages: tuple[Page, ...]
    questions: tuple[Node, ...]
    quiz_title: str

    @property
    def id(self) -> str:
        """What it is called on a platform: the same for every edition of the document in this country and language."""
        one = self.document
        return f"havre-{one.edition}-{one.id}-{one.country}-{one.language}"


def course(document: Document) -> Course:
    """Cut a document into a course. What is for trainers only is left out."""
    words, shown = every_term(document.language), tuple(_for_learners(document.nodes))
    quizzes = [node for top in shown for node in top.walk() if node.kind == "questions"]
    asked = {node.id: node for top in shown for node in top.walk() if node.kind == "question"}
    pages = tuple(
        Page(f"player-page-{place}", _title(nodes) or document.title, nodes) for place, nodes in enumerate(_cut(_told(shown)), start=1)
    )
    title = next((node.title for node in quizzes if node.title and len(quizzes) == 1), words["submit"])
    return Course(document, pages, tuple(asked.values()), title)


def parts(document: Document) -> tuple[Page, ...]:
    """The document cut into pages with its questions left where they stand, for a book. What is for trainers only is left out."""
    shown = tuple(_for_learners(document.nodes))
    return tuple(Page(f"part-{place}", _title(nodes) or document.title, nodes) for place, nodes in enumerate(_cut(shown), start=1))


def _for_learners(nodes: tuple[Node, ...]) -> Iterator[Node]:
    for node in nodes:
        if node.audience != "trainer":
            yield replace(node, nodes=tuple(_for_learners(node.nodes)))


def _told(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Everything but the questions, and but what held nothing else."""
    found = []
    for node in nodes:
        inner = _told(node.nodes)
        emptied = node.kind in {"section", "panel"} and node.nodes and not inner and not node.items
        if node.kind not in {"questions", "question"} and not emptied:
            found.append(replace(node, nodes=inner))
    return tuple(found)


def _cut(nodes: tuple[Node, ...]) -> Iterator[tuple[Node, ...]]:
    """A page for each section, and for what stands before, between or after them."""
    loose: list[Node] = []
    for node in nodes:
        if node.kind != "section":
            loose.append(node)
            continue
        if loose:
            yield tuple(loose)
            loose = []
        yield (node,)
    if loose:
        yield tuple(loose)


def _title(nodes: tuple[Node, ...]) -> str:
    """The name of a page: of its section. A page without one bears the title of the document."""
    return nodes[0].title if nodes[0].kind == "section" else ""


def files(made: Course, platform: str) -> dict[str, bytes]:
    """The page with its style sheets and script, by name; nothing else is asked for."""
    context = {**web.context(made.document), "platform": platform, "mastery": PASS_MARK, "pages": made.pages, "quiz_title": made.quiz_title}
    own = {"questions": questions(made), "full_stop": full_stop(made.document.language)}
    page = render_to_string("publishing/package.html", {**context, **own})
    return {"index.html": page.encode(), "paper.css": web.sheet(), **{name: _own(name) for name in OWN_FILES}}


def questions(made: Course) -> list[dict[str, object]]:
    """The questions as the form needs them. Options are called by letter, in their order, which never changes."""
    words, found = every_term(made.document.language), []
    for place, node in enumerate(made.questions, start=1):
        several = node.data["several"]
        found.append(
            {
                "id": node.id,
                "stem": node.text,
                "place": sentences(made.document.language, words["question"].format(number=place, total=len(made.questions))),
                "hint": words["several_right" if several else "one_right"],
                "type": "checkbox" if several else "radio",
                "right": " ".join(LETTERS[one] for one in node.data["right"]),
                "answer": "; ".join(node.items[one] for one in node.data["right"]),
                "options": [{"letter": letter, "text": text} for letter, text in zip(LETTERS, node.items, strict=False)],
                "reason": node.data["reason"],
                "source": node.data["source"],
            }
        )
    return found


@cache
def _own(name: str) -> bytes:
    return (STATIC / name).read_bytes()
