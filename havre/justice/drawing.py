"""The link view as a drawing made by the server: nodes on a circle, a line for each link. No script, no style, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, pi, sin
from typing import Any
from uuid import UUID

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from havre.justice.enums_records import LinkStatus

# an upright oval: on a phone the letters stay readable, which a wide drawing shrinks
WIDTH, HEIGHT, ACROSS, DOWN = 440, 400, 100, 140
# more than this many do not fit on a circle: the table beside the drawing has them all
MOST = 24
LETTERS = 14


def svg(nodes: Iterable[tuple[Any, str]], links: Iterable[Any]) -> SafeString:
    """An SVG of these nodes (id, words) and links (first_id, second_id, status); empty without a node. A refuted link is not drawn.

    A corroborated link is a full line, an asserted one is broken. The table on the same page says the same in words.
    """
    shown = list(nodes)[:MOST]
    if not shown:
        return SafeString("")
    places = {UUID(str(pk)): _place(number, len(shown)) for number, (pk, _words) in enumerate(shown)}
    lines = [
        (*places[one.first_id], *places[one.second_id], _dashes(one))
        for one in links
        if one.status != LinkStatus.REFUTED and one.first_id in places and one.second_id in places
    ]
    drawn = format_html_join("", '<path class="l-ink" d="M{} {}L{} {}"{}/>', lines)
    dots = format_html_join("", '<circle class="c-sea" cx="{}" cy="{}" r="6"/>', places.values())
    texts = format_html_join(
        "",
        '<text class="q" x="{0}" y="{1}" text-anchor="{2}">{3}<tspan x="{0}" dy="1.2em">{4}</tspan></text>',
        ((*_beside(*places[UUID(str(pk))]), *_two_lines(words)) for pk, words in shown),
    )
    title = _("%(nodes)s things and %(links)s links between them; the table says the same.") % {"nodes": len(shown), "links": len(lines)}
    head = (
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="links-drawing"><title id="links-drawing">{}</title>{}{}{}</svg>'
    )
    return format_html(head, WIDTH, HEIGHT, title, drawn, dots, texts)


def _place(number: int, count: int) -> tuple[int, int]:
    angle = 2 * pi * number / count - pi / 2
    return round(WIDTH / 2 + ACROSS * cos(angle)), round(HEIGHT / 2 + DOWN * sin(angle))


def _dashes(link: Any) -> SafeString:
    return SafeString("") if link.status == LinkStatus.CORROBORATED else SafeString(' stroke-dasharray="4 3"')


def _beside(x: int, y: int) -> tuple[int, int, str]:
    if abs(x - WIDTH / 2) < 20:
        return x, y - 32 if y < HEIGHT / 2 else y + 24, "middle"
    return (x + 12, y - 2, "start") if x > WIDTH / 2 else (x - 12, y - 2, "end")


def _two_lines(words: str) -> tuple[str, str]:
    """The pseudonym, and beneath it what the thing is."""
    first, _space, rest = words.partition(" ")
    return _cut(first), _cut(rest)


def _cut(words: str) -> str:
    return words if len(words) <= LETTERS else words[: LETTERS - 1] + "…"
