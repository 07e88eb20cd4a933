"""A figure with the table beside it, and each number's way back to its method."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from havre.evidence.stats.measure import WARNINGS, Measure
from havre.standards.words import Words

HEADS: Mapping[str, Words] = {
    "method": Words("Method", "Méthode"),
    "methods": Words("How each number was made", "Comment chaque chiffre est obtenu"),
    "warnings": Words("Read with care", "À lire avec précaution"),
    "period": Words("period", "période"),
    "coverage": Words("coverage", "couverture"),
    "input": Words("input", "données"),
    "seed": Words("seed", "graine"),
    "source": Words("source", "source"),
    "release": Words(
        "For the analyst's own use: what is published goes through havre release, which protects small counts.",
        "Pour l'analyste seul : ce qui est publié passe par havre release, qui protège les petits comptes.",
    ),
}
_NUMBER = re.compile(r"[–\d\[]")
STYLE = """body{font:16px/1.5 sans-serif;color:#1a2528;max-width:62rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.25rem;margin-top:2.5rem}figure{margin:1rem 0;overflow-x:auto}svg{max-width:100%;min-width:40rem;height:auto}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem}caption{text-align:left;font-weight:600;padding:.25rem 0}
th,td{border-bottom:1px solid #d2dad8;padding:.25rem .6rem;text-align:left;vertical-align:top}
td.n{text-align:right;white-space:nowrap}small,.method{font-size:.85rem;color:#4a595d;overflow-wrap:anywhere}
@media print{body{margin:0;max-width:none}h2{break-after:avoid}figure{break-inside:avoid}}
"""


@dataclass(slots=True)
class Methods:
    """Numbers the distinct method lines of a figure: the same method, source, period and seed is one line.

    `mark` gives [1], [2] ...; `lines` and `warnings` are in `language`.
    """

    language: str
    # False where each row says its own period
    dated: bool = True
    lines: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def mark(self, measure: Measure) -> str:
        """The mark of a measure's line, [1], [2] ..., made when it is new."""
        say = lambda key: HEADS[key].text(self.language)  # noqa: E731
        source = measure.source
        seed = "" if measure.seed is None else f"; {say('seed')} {measure.seed}"
        period = f"; {say('period')} {source.period or '–'}" if self.dated else ""
        line = (
            f"{measure.method_words(self.language)}; {say('source')} {source.name or '–'}{period}; {say('coverage')} {source.coverage or '–'};"
            f" {say('input')} {source.fingerprint[:12] or '–'}{seed}"
        )
        if line not in self.lines:
            self.lines.append(line)
        for key in measure.warnings:
            if WARNINGS[key][0 if self.language == "fr" else 1] not in self.warnings:
                self.warnings.append(WARNINGS[key][0 if self.language == "fr" else 1])
        return f"[{self.lines.index(line) + 1}]"


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture, its table (`head`, `rows`; the last column is the mark of the method line), its method lines and warnings.

    Cells are text, in one language. Every row has as many cells as `head`.
    """

    name: str
    title: str
    svg: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    methods: tuple[str, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def html(self, language: str) -> str:
        """Picture, table, methods and warnings, as one section."""
        say = lambda key: escape(HEADS[key].text(language))  # noqa: E731
        top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in self.head)
        body = "".join(
            "<tr>"
            + "".join(f"<td{' class=n' if place and _NUMBER.match(cell) else ''}>{escape(cell)}</td>" for place, cell in enumerate(row))
            + "</tr>"
            for row in self.rows
        )
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        lines = "".join(f"<p class=method>[{number}] {escape(line)}</p>" for number, line in enumerate(self.methods, 1))
        care = "".join(f"<li>{escape(words)}</li>" for words in self.warnings)
        return (
            f"<section id={escape(self.name)}><h2>{escape(self.title)}</h2><figure>{self.svg}</figure>{notes}"
            f'<div class="wide"><table><caption>{escape(self.title)}</caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
            f"<h3>{say('methods')}</h3>{lines}" + (f"<h3>{say('warnings')}</h3><ul>{care}</ul>" if care else "") + "</section>"
        )


def write(figures: Mapping[str, Sequence[Figure]], folder: Path, title: Words) -> tuple[Path, ...]:
    """Write one page a language ("fr", "en"), each figure as SVG and the style. Gives the pages. Raises: OSError.

    Args: figures by language; title in both languages.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "figures.css").write_text(STYLE, encoding="utf-8")
    pages = []
    for language, several in figures.items():
        for one in several:
            (folder / f"{one.name}.{language}.svg").write_text(one.svg, encoding="utf-8")
        said = escape(title.text(language))
        page = (
            f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f'<title>{said}</title><link rel="stylesheet" href="figures.css"></head><body><h1>{said}</h1>'
            f"<p><small>{escape(HEADS['release'].text(language))}</small></p>{''.join(one.html(language) for one in several)}</body></html>\n"
        )
        path = folder / f"figures.{language}.html"
        path.write_text(page, encoding="utf-8")
        pages.append(path)
    return tuple(pages)
