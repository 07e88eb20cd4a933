"""SVG by plain attributes: no script, no style, no font of another host. Every mark has its words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

INK, QUIET, LINE, LAND, SHEET = "#1a2528", "#4a595d", "#d2dad8", "#e2e7e4", "#ffffff"
SEA, AMBER, SEAL, STOP = "#16595c", "#b06f00", "#5a3d78", "#96271e"
# a letter's width over its size, for sans-serif text; wide enough for most letters
LETTER = 0.56


class Drawing:
    """An SVG under construction, `width` × `height` units.

    Units are SVG's user units, from the top left. Args: title and words, read out in place of the picture. Source: SVG 1.1, W3C 2011.
    """

    def __init__(self, width: float, height: float, title: str, words: str) -> None:
        self.width, self.height = width, height
        self.parts = [f"<title>{escape(title)}</title><desc>{escape(words)}</desc>"]
        self.box(0, 0, width, height, SHEET)

    def text(
        self, x: float, y: float, words: str, *, anchor: str = "start", size: float = 13, colour: str = INK, bold: bool = False, halo: bool = False
    ) -> None:  # fmt: skip
        """Words at a place; `halo` draws the sheet's colour around them, over lines."""
        more = ' font-weight="600"' if bold else ""
        more += f' stroke="{SHEET}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"' if halo else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}"{more}>{escape(words)}</text>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, *, colour: str = INK, width: float = 1, dash: str = "") -> None:
        """A straight line."""
        more = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width:.1f}"{more}/>'
        )

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A filled rectangle."""
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>')

    def circle(
        self, x: float, y: float, radius: float, colour: str, *, fill: str | None = None, opacity: float = 1, width: float = 1.6
    ) -> None:
        """A circle: filled with its colour, or with `fill` inside an outline."""
        inside = f'fill="{fill or colour}" fill-opacity="{opacity:g}"'
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" {inside} stroke="{colour}" stroke-width="{width:g}"/>')

    def shape(
        self, points: Iterable[tuple[float, float]], colour: str, *, opacity: float = 1, edge: str = "none", width: float = 0
    ) -> None:
        """A filled polygon."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polygon points="{path}" fill="{colour}" fill-opacity="{opacity:g}" stroke="{edge}" stroke-width="{width:g}"/>')

    def path(self, words: str, colour: str, *, width: float, opacity: float = 1, dash: str = "") -> None:
        """An open path by its SVG words."""
        more = f' stroke-dasharray="{dash}"' if dash else ' stroke-linecap="round"'
        self.parts.append(
            f'<path d="{words}" fill="none" stroke="{colour}" stroke-width="{width:.1f}" stroke-opacity="{opacity:g}"{more}/>'
        )

    def svg(self) -> str:
        """The whole drawing."""
        box = f'viewBox="0 0 {self.width:g} {self.height:g}" width="{self.width:g}" height="{self.height:g}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" font-family="sans-serif">{"".join(self.parts)}</svg>'


# languages that part thousands by a narrow no-break space and write a decimal comma; Thai writes figures as English does
SPACED = frozenset({"fr", "pt", "tet"})


def figure(value: float | None, language: str, digits: int = 0) -> str:
    """A number as the language writes it; a dash for None.

    Args: digits after the comma; language, one of SPACED, or anything else for English.

    >>> figure(12345.6, "en", 1), figure(0.25, "fr", 2), figure(None, "fr")
    ('12,345.6', '0,25', '–')
    """
    if value is None:
        return "–"
    text = f"{value:,.{digits}f}"
    return text.replace(",", "\u202f").replace(".", ",") if language in SPACED else text


def percent(value: float | None, language: str) -> str:
    """A share as a percentage.

    Args: value, a share of one.

    >>> percent(0.256, "en"), percent(0.256, "fr")
    ('26%', '26\\u202f%')
    """
    if value is None:
        return "–"
    return f"{100 * value:.0f}\u202f%" if language == "fr" else f"{100 * value:.0f}%"


def interval(low: float | None, high: float | None, language: str, digits: int = 0) -> str:
    """Both ends, or a dash.

    Args: low and high in one unit; digits after the comma.
    """
    if low is None or high is None:
        return "–"
    return f"{figure(low, language, digits)} – {figure(high, language, digits)}"


def folded(words: str, letters: int) -> list[str]:
    """The words in lines of at most so many letters where a space allows.

    A word longer than that has a line of its own.

    >>> folded("one two three", 8)
    ['one two', 'three']
    """
    lines: list[str] = []
    for word in words.split():
        if lines and len(lines[-1]) + 1 + len(word) <= letters:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers between two ends.

    Args: low, high in any unit; most, about how many. Source: steps of 1, 2 and 5, Heckbert, Graphics Gems, 1990.

    >>> ticks(0, 43)
    [0.0, 10.0, 20.0, 30.0, 40.0]
    """
    span = max(high - low, 1e-9)
    step = 10.0 ** len(str(int(span / most))) / 10 if span >= most else 1.0
    for factor in (1, 2, 5, 10):
        if span / (step * factor) <= most:
            step *= factor
            break
    first = int(-(-low // step))
    return [round(step * place, 10) for place in range(first, int(high // step) + 1)]


def crosses(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether two boxes (left, top, right, bottom) overlap.

    Both in the same units; boxes that touch do not cross.
    """
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
