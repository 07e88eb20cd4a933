"""PDF by Typst: PDF/A-2a and PDF/UA-1, the same bytes for the same document, fonts shipped with Havre."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import segno
import typst

from havre.publishing.citations import cited
from havre.publishing.fitting import refused, runs
from havre.publishing.nodes import Document
from havre.publishing.terms import day_words, every_term, option_letters, sentences

PLACE = Path(__file__).parent
STANDARDS = ["a-2a", "ua-1"]
# shape of the paper → its template; a shape is what a document lists under `print`
TEMPLATES = {
    "a4": "leaflet.typ",
    "sheet": "sheet.typ",
    "book": "guide.typ",
    "trainer": "guide.typ",
    "trifold": "trifold.typ",
    "a6": "a6.typ",
    "card": "card.typ",
}
# The engine keeps what it set until ten makings have not asked for it, and each size that is tried for a panel is kept too. An empty page
# counts as a making: so many after each paper keep templates and fonts, and let go of the papers before the last three
FORGETTING = 3
# a compiler serves one paper at a time, and says that it is borrowed to whoever else asks; a web worker answers several readers at once
_SETTING = Lock()


def as_pdf(document: Document, shape: str = "a4", *, address: str = "") -> bytes:
    """The document on paper.

    Args: shape, one of TEMPLATES; address, where its code is answered: with it a QR code is printed.
    The document's date is that of its text, never that of making: a repeat gives identical bytes.
    Raises: Invalid when a panel does not fit its place, with its name and the mend; typst.TypstError when the document is not accessible
    (no alternative text, headings out of order): our bug.
    """
    data = json.dumps(_data(document, shape, address), ensure_ascii=False)
    with _SETTING, refused(document, shape):
        made: bytes = _compiler(TEMPLATES[shape]).compile(format="pdf", sys_inputs={"data": data}, pdf_standards=STANDARDS)
        for _turn in range(FORGETTING):
            _nothing().compile(format="pdf")
    return made


@cache
def _nothing() -> Any:
    return typst.Compiler(
        str(PLACE / "typst" / "nothing.typ"), root=str(PLACE), font_paths=typst.Fonts(font_paths=[], include_system_fonts=False)
    )


@cache
def _compiler(template: str) -> Any:
    fonts = typst.Fonts(font_paths=[str(PLACE / "fonts")], include_system_fonts=False)
    return typst.Compiler(str(PLACE / "typst" / template), root=str(PLACE), font_paths=fonts)


def made_line(document: Document) -> str:
    """What a document says of its edition and dates."""
    words = every_term(document.language)
    days = {"day": day_words(document.revised_on, document.language), "on": day_words(document.on, document.language)}
    return sentences(document.language, words["edition"].format(code=document.code), words["revised"].format(**days))


def states(document: Document) -> list[str]:
    """What a reader is told of the review of its words and facts."""
    words = every_term(document.language)
    found = [f"* {words['awaits_national']}"] if document.unconfirmed else []
    found += [words["awaits_native"]] if document.unreviewed else []
    found += [words["cases_pending"]] if document.manifest.get("cases") == "pending" else []
    return found + ([words["withheld"]] if document.manifest["withheld"] else [])


def _data(document: Document, shape: str, address: str) -> dict[str, Any]:
    words, day = every_term(document.language), document.revised_on
    check = (
        {"words": words["check"].format(code=document.code, address=address), "svg": _square(f"{address}{document.code}/")}
        if address
        else {"words": "", "svg": ""}
    )
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "runs": {"title": runs(document.title, document.language), "subtitle": runs(document.subtitle, document.language)},
        "country": document.country_name,
        "language": document.language,
        "date": {"year": day.year, "month": day.month, "day": day.day},
        "made": made_line(document),
        "states": states(document),
        "words": {**words, "letters": option_letters(document.language)},
        "trainer": shape == "trainer",
        "check": check,
        "index": [entry for node in document.walk() if node.kind == "index" for entry in node.data["entries"]],
        "nodes": [_said(node.plain, document.language) for node in document.nodes],
    }


def _said(node: dict[str, Any], language: str) -> dict[str, Any]:
    """A node with the texts of law that it rests on as its readers call them, and what no line of it can break."""
    law = [cited(node["law"], language)] if node["law"] else []
    long = {name: runs(node[name], language) for name in ("title", "text")}
    long["items"] = [run for item in node["items"] for run in runs(item, language)]
    return {**node, "law": law, "runs": long, "nodes": [_said(inner, language) for inner in node["nodes"]]}


def _square(text: str) -> str:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=1, xmldecl=False, svgns=True)
    return out.getvalue().decode()
