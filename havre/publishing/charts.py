"""Charts of published figures: bars and a map as SVG made here, never without its table. Loads the pens of the statistics: only when drawn."""

from __future__ import annotations

from collections.abc import Callable

from havre import standards
from havre.evidence.stats.figures.drawing import INK, LAND, LETTER, QUIET, SEA, SHEET, Drawing, crosses, figure
from havre.evidence.stats.places import outlines, places, project
from havre.publishing.published import Shown
from havre.trust.diagrams import lines

WIDTH, ROW, LABEL, TOP = 640.0, 30.0, 210.0, 14.0
# the words of a code
Say = Callable[[str], str]
# land is drawn this far around the outermost country, as a share of the map
AROUND = 1.35


def bars(shown: Shown, say: Say, title: str, language: str, hidden: str) -> str:
    """One bar a row, with its number; a hidden count is said in words and has no bar."""
    names = [", ".join(row) for row in shown.words(say)]
    height = TOP + ROW * len(names) + 10
    words = "; ".join(
        f"{name}: {hidden if count is None else figure(count, language)}" for name, count in zip(names, shown.counts, strict=True)
    )
    drawing = Drawing(WIDTH, height, title, words)
    most = max((count for count in shown.counts if count is not None), default=1) or 1
    for place, (name, count) in enumerate(zip(names, shown.counts, strict=True)):
        y = TOP + ROW * place
        for line, part in enumerate(lines(name, 30)[:2]):
            drawing.text(LABEL - 8, y + 14 + 13 * line, part, anchor="end", size=12)
        long = 0.0 if count is None else (WIDTH - LABEL - 70) * count / most
        if long:
            drawing.box(LABEL, y + 3, long, ROW - 12, SEA)
        drawing.text(
            LABEL + long + 6, y + 16, hidden if count is None else figure(count, language), size=12, colour=QUIET if count is None else INK
        )
    drawing.line(LABEL, TOP - 4, LABEL, height - 8, colour=QUIET)
    return drawing.svg()


def country_map(shown: Shown, say: Say, title: str, language: str, hidden: str) -> str:
    """A circle on each country, its area by the count: outlines without borders, so that none is taken a side on. Natural Earth, Equal Earth."""
    found = [(_alpha2(codes[0]), count) for codes, count in zip(shown.codes, shown.counts, strict=True) if _alpha2(codes[0]) in places()]
    points = {code: project(places()[code].longitude, places()[code].latitude) for code, _count in found}
    words = "; ".join(f"{say(code)}: {hidden if count is None else figure(count, language)}" for code, count in found)
    west, east, south, north = _around(list(points.values()))
    scale, height = WIDTH / (east - west), WIDTH / (east - west) * (north - south)
    at = lambda x, y: ((x - west) * scale, (north - y) * scale)  # noqa: E731
    drawing = Drawing(WIDTH, height, title, words)
    land, water = outlines()
    for ring, colour in (*((one, LAND) for one in land), *((one, SHEET) for one in water)):
        shape = [at(*project(*point)) for point in ring]
        across, down = [x for x, _y in shape], [y for _x, y in shape]
        if crosses((-20, -20, WIDTH + 20, height + 20), (min(across), min(down), max(across), max(down))):
            drawing.shape(shape, colour)
    most = max((count for _code, count in found if count is not None), default=1) or 1
    taken: list[tuple[float, float, float, float]] = []
    for code, count in sorted(found, key=lambda one: -(one[1] or 0)):
        x, y = at(*points[code])
        radius = 4 if count is None else 5 + 21 * (count / most) ** 0.5
        drawing.circle(x, y, radius, SEA, opacity=0.45)
        # the table names every country: on the map a name that would lie on another is left out
        for words_x, words_y in ((x, y), (x, y - radius - 12), (x, y + radius + 14)):
            name = say(code)
            wide = LETTER * 12 * max(len(name), 4) / 2
            box = (words_x - wide, words_y - 13, words_x + wide, words_y + 12)
            if not any(crosses(box, other) for other in taken):
                drawing.text(words_x, words_y - 2, name, anchor="middle", size=11, halo=True)
                drawing.text(
                    words_x,
                    words_y + 10,
                    hidden if count is None else figure(count, language),
                    anchor="middle",
                    size=11,
                    bold=True,
                    halo=True,
                )
                taken.append(box)
                break
    return drawing.svg()


def _alpha2(code: str) -> str:
    known = standards.countries().by_alpha3.get(code.upper())
    return known.alpha2 if known else code.upper()


def _around(points: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _y in points] or [-2.2, 2.4], [y for _x, y in points] or [-0.9, 1.2]
    wide = max((max(xs) - min(xs)) * AROUND, (max(ys) - min(ys)) * AROUND * 1.6, 0.5)
    high, x, y = wide / 1.6, (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    return x - wide / 2, x + wide / 2, y - high / 2, y + high / 2
