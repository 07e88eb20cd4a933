"""Workflow pictures from plain edges: states as columns, moves as lines, so nothing overlaps; the same table gives the same bytes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from textwrap import wrap

COLUMN, HEAD, ROW, MARGIN = 132, 64, 40, 16
# of the words on an arrow, in the units of the picture
LETTER_WIDTH = 5.6
THAI = re.compile(r"[\u0e01-\u0e5b]")
# Thai sets no space between words. A line may end before one of these: each opens a phrase, and stands inside no word that a label has
# but those named
OPENERS = re.compile(
    "(?<=.)(?=ผู้|(?<!หน้า)ที่|ได้|แล้ว|ไม่|และ|หรือ|โดย|จาก|(?<!ก)ว่า|(?<!สิ่ง)ของ|ให้|ยัง|ด้วย|เมื่อ|ระหว่าง|(?<!จำ)เป็น|(?<!ที่)อยู่|จน|กำลัง|ทั้ง"
    "|สิ้นสุด|พนักงาน|หน่วยงาน|เฉพาะ|เจ้าตัว)"
)
# what is never parted: a consonant with the vowel before it and all that follows or hangs on it
LETTER = re.compile("[เ-ไ]?[ก-ฮ][ะ-ฺๅ็-๎ๆ]*|.")


@dataclass(frozen=True, slots=True)
class Edge:
    """One arrow. `start` is empty for what begins the workflow; `note` names the rights that come before."""

    start: str
    end: str
    label: str
    note: str = ""


def svg(title: str, states: list[tuple[str, str]], edges: list[Edge]) -> str:
    """A standing picture: columns are states (code, label), lines are moves. Classes `wf-*` carry the colours."""
    columns = {"": 0, **{code: number for number, (code, _label) in enumerate(states, 1)}}
    width, height = MARGIN * 2 + COLUMN * len(columns), HEAD + ROW * len(edges) + MARGIN
    out = [
        f'<svg class="wf" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<title>{escape(title)}</title>",
        '<g fill="none" stroke="currentColor">',
    ]
    moves = [_words(columns, edge) for edge in edges]
    out += [f'<path class="wf-life" stroke-dasharray="2 4" d="{_life(_x(n), height - MARGIN, moves)}"/>' for n in range(1, len(columns))]
    out += [_arrow(columns, edge, number) for number, edge in enumerate(edges)]
    out.append('</g><g fill="currentColor" text-anchor="middle" font-family="Noto Sans, sans-serif" font-size="12">')
    for number, (_code, label) in enumerate(states, 1):
        for line, words in enumerate(lines(label, 18)[:3]):
            out.append(f'<text class="wf-state" x="{_x(number)}" y="{16 + 14 * line}">{escape(words)}</text>')
    for number, (middle, words) in enumerate(moves):
        out.append(f'<text class="wf-move" font-size="11" x="{middle}" y="{_y(number) - 5}">{escape(words)}</text>')
    out.append("</g></svg>")
    return "".join(out)


def lines(words: str, width: int) -> list[str]:
    """Words as lines of `width` letters at most. Thai is broken where a phrase opens, else between two letters, never before a mark."""
    if not THAI.search(words):
        return wrap(words, width)
    found = [""]
    for run in words.split():
        for place, piece in enumerate(_pieces(run, width)):
            longer = f"{found[-1]}{' ' if found[-1] and not place else ''}{piece}"
            if _seen(longer) <= width:
                found[-1] = longer
            else:
                found.append(piece)
    return [line for line in found if line]


def _pieces(run: str, width: int) -> Iterator[str]:
    """A run without a space, in parts that are not broken again."""
    for phrase in OPENERS.split(run):
        yield from [phrase] if _seen(phrase) <= width else LETTER.findall(phrase)


def _seen(words: str) -> int:
    """How many letters take room: marks above and below stand on another."""
    return sum(unicodedata.category(letter) != "Mn" for letter in words)


def mermaid(states: list[tuple[str, str]], edges: list[Edge]) -> str:
    """The same as a Mermaid state diagram."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{_plain(label)}" as {code}' for code, label in states]
    lines += [f"    {edge.start or '[*]'} --> {edge.end} : {_plain(edge.label)}{' / ' + edge.note if edge.note else ''}" for edge in edges]
    return "\n".join(lines) + "\n"


def _words(columns: dict[str, int], edge: Edge) -> tuple[int, str]:
    """What stands on an arrow, and where its middle is."""
    first, last = _x(columns[edge.start]), _x(columns[edge.end])
    return (first + last) // 2 if first != last else first + 34, f"{edge.label} ({edge.note})" if edge.note else edge.label


def _life(x: int, foot: int, moves: list[tuple[int, str]]) -> str:
    """The path of a state's line: it leaves out the words that stand across it, which a line through them would hide."""
    path = f"M{x} {HEAD - 12}"
    for number, (middle, words) in enumerate(moves):
        if abs(middle - x) < _seen(words) * LETTER_WIDTH / 2 + 3:
            path += f"V{_y(number) - 16}M{x} {_y(number) - 2}"
    return f"{path}V{foot}"


def _arrow(columns: dict[str, int], edge: Edge, number: int) -> str:
    first, last, y = _x(columns[edge.start]), _x(columns[edge.end]), _y(number)
    if first == last:
        return f'<path class="wf-edge" d="M{first} {y}h28v12H{first + 6}l6 -4m-6 4l6 4"/>'
    tip = -6 if last > first else 6
    return f'<path class="wf-edge" d="M{first} {y}H{last}l{tip} -4m{-tip} 4l{tip} 4"/>'


def _x(column: int) -> int:
    return MARGIN + COLUMN * column + COLUMN // 2


def _y(number: int) -> int:
    return HEAD + ROW * number + ROW // 2


def _plain(words: str) -> str:
    return words.replace('"', "'").replace(":", ",").replace("\n", " ")
