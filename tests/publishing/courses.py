"""A small course made by hand: three pages and four questions, one of them with several right answers; nothing of it is real."""

from __future__ import annotations

from datetime import date

from havre.publishing.nodes import Document, Node

DAY = date(2026, 11, 24)
# for each language the title, a sentence, a stem and options: enough to see that a package speaks one language only
WORDS = {
    "en": (
        "First signs",
        "Somebody keeps another's passport.",
        "What do you ask first?",
        ["Whether she is safe", "Her papers", "Her employer", "Nothing"],
    ),
    "fr": (
        "Premiers signes",
        "Quelqu’un garde le passeport d’autrui.",
        "Que demandez-vous d’abord ?",
        ["Si elle est en sécurité", "Ses papiers", "Son employeur", "Rien"],
    ),
    "pt": (
        "Primeiros sinais",
        "Alguém guarda o passaporte de outra pessoa.",
        "O que pergunta primeiro?",
        ["Se está segura", "Os documentos", "O patrão", "Nada"],
    ),
    "tet": (
        "Sinál dahuluk",
        "Ema ida kaer ema seluk nia pasaporte.",
        "Ita husu saida uluk?",
        ["Nia seguru ka lae", "Nia surat", "Nia patraun", "La iha"],
    ),
    "th": ("สัญญาณแรก", "มีคนเก็บหนังสือเดินทางของผู้อื่น", "คุณถามอะไรก่อน", ["เธอปลอดภัยหรือไม่", "เอกสาร", "นายจ้าง", "ไม่ถาม"]),
}
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M1 1h6v6H1z" fill="currentColor"/></svg>'
RIGHT = ((1,), (0, 2), (0,), (3,))


def question(place: int, language: str, right: tuple[int, ...]) -> Node:
    """One question; the right options are those at `right`."""
    stem, options = WORDS[language][2:]
    data = {"right": list(right), "several": len(right) > 1, "reason": WORDS[language][1], "source": "CoE-THB:10", "keys": list("wxyz")}
    return Node(f"q.{place}", "question", text=f"{stem} ({place})", items=tuple(options), data=data, unreviewed=True)


def course(language: str = "en", *, questions: bool = True) -> Document:
    """The document. With a table, a pictogram and a part for trainers only, which no package may show."""
    title, sentence = WORDS[language][:2]
    figure = Node("sign", "figure", text=title, data={"svg": SQUARE, "alt": sentence, "name": "sign"})
    table = Node("rows", "table", title=title, columns=(title, title), rows=((sentence, sentence),))
    asked = [question(place, language, right) for place, right in enumerate(RIGHT, start=1)]
    quiz = Node("quiz-1", "questions", title=title, nodes=tuple(asked)) if questions else Node("end", "text", text=sentence)
    nodes = (
        Node("opening", "text", text=sentence),
        Node("unit-1", "section", title=f"{title} 1", nodes=(figure, table, Node("only", "text", text="TRAINER", audience="trainer"))),
        Node("unit-2", "section", title=f"{title} 2", items=(sentence,), nodes=(Node("told", "text", text=sentence), quiz)),
    )
    manifest = {"rows": {}, "withheld": [], "version": "1"}
    kept = {"country": "gh", "country_name": "Ghana", "on": DAY, "revised_on": DAY, "form": "module", "print": ()}
    return Document(
        edition="module", id="trial", language=language, title=title, subtitle="", nodes=nodes, manifest=manifest, code="ABCDE12345", **kept
    )
