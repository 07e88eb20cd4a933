"""Origin, transit and destination on a map drawn here: the land's outline, no border, no tile; width is persons, colour and dash the kind."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from havre.evidence.stats.figures.drawing import AMBER, INK, LAND, LETTER, QUIET, SEA, SEAL, SHEET, Drawing, crosses, figure, percent
from havre.evidence.stats.figures.sheet import HEADS, Figure, Methods
from havre.evidence.stats.places import outlines, places, project
from havre.evidence.stats.profiles import Flow
from havre.standards.library import library
from havre.standards.words import Words, in_a_row

SAYS: Mapping[str, Words] = {
    "title": Words("Routes of {group}", "Itinéraires : {group}"),
    "near": Words(", inside a country or a region", ", dans un pays ou une région"),
    "far": Words(", from one region to another", ", d'une région à une autre"),
    "all": Words("all persons", "toutes les personnes"),
    "adult": Words("adults", "adultes"),
    "child": Words("children", "enfants"),
    "not_recorded": Words("persons of unknown age", "personnes d'âge inconnu"),
    "domestic": Words("inside one country", "dans un seul pays"),
    "intra_regional": Words("inside one region", "dans une même région"),
    "cross_regional": Words("between regions", "entre régions"),
    "cross_border": Words("across a border, region unknown", "passage d'une frontière, région inconnue"),
    "route": Words("Route", "Itinéraire"),
    "kind": Words("Kind", "Sorte"),
    "persons": Words("Persons", "Personnes"),
    "share": Words("Share of whole routes", "Part des itinéraires complets"),
    "interval": Words("95 % interval", "Intervalle à 95 %"),
    "whole": Words(
        "{whole} of {everyone} persons have a whole route, from recruitment to exploitation.",
        "{whole} personnes sur {everyone} ont un itinéraire complet, du recrutement à l'exploitation.",
    ),
    "held": Words(
        "{n} routes of fewer than {k} persons are not shown; together {sum}.",
        "{n} itinéraires de moins de {k} personnes ne sont pas montrés ; ensemble {sum}.",
    ),
    "held_few": Words("Routes of fewer than {k} persons are not shown.", "Les itinéraires de moins de {k} personnes ne sont pas montrés."),
    "unplaced": Words("Not on the map, for want of a known country: {codes}.", "Hors de la carte, faute de pays connu : {codes}."),
    "none": Words("No route of {k} persons or more.", "Aucun itinéraire de {k} personnes ou plus."),
}
WIDTH, TOP = 900, 78
_NEAR = ("domestic", "intra_regional")
COLOURS = {"domestic": SEA, "intra_regional": AMBER, "cross_regional": SEAL, "cross_border": QUIET}
# lengths of dash and gap over the width of the line
DASHES = {"domestic": None, "intra_regional": None, "cross_regional": (3.0, 1.2), "cross_border": (1.0, 1.2)}


@dataclass(frozen=True, slots=True)
class _Frame:
    """From the plane of the projection to the picture."""

    west: float
    north: float
    scale: float
    height: float

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        x, y = project(longitude, latitude)
        return (x - self.west) * self.scale, TOP + (self.north - y) * self.scale


def flow_map(
    flows: Sequence[Flow], language: str, *, group: str = "all", near: bool | None = None, k: int = 11, name: str | None = None
) -> Figure:
    """The map of one group's flows and its table; routes of fewer than k persons are in neither.

    Args: near, only what stays in a country or a region (True) or only the rest (False): one map seldom shows both well.
    Source: UNODC Global Report's kinds of flow; Equal Earth projection (Šavrič, Patterson & Jenny 2018); Natural Earth outlines.
    """
    say = lambda key: SAYS[key].text(language)  # noqa: E731
    title = say("title").format(group=say(group) if group in SAYS else group)
    if near is not None:
        title += say("near" if near else "far")
        flows = [one for one in flows if (one.kind in _NEAR) == near]
    shown = [one for one in flows if one.measure.numerator >= k]
    placed = [one for one in shown if {one.origin, one.end, *one.via} <= places().keys()]
    frame = _frame(placed)
    words = in_a_row((f"{_route(one, language)}: {figure(one.measure.numerator, language)}" for one in shown), language)
    drawing = Drawing(WIDTH, frame.height, title, words or say("none").format(k=k))
    _land(drawing, frame)
    most = max((one.measure.numerator for one in placed), default=1)
    for one in sorted(placed, key=lambda one: -one.measure.numerator):
        _flow(drawing, frame, one, most)
    _labels(drawing, frame, placed, language, most)
    drawing.box(0, 0, WIDTH, TOP - 12, "#ffffff")
    drawing.text(12, 26, title, size=17, bold=True)
    _legend(drawing, {one.kind for one in placed}, most, language)
    methods = Methods(language)
    rows = tuple(_cells(one, methods, language) for one in shown)
    head = tuple(say(key) for key in ("route", "kind", "persons", "share", "interval"))
    named = name or "-".join(["flows", group, *([] if near is None else ["near" if near else "far"])])
    notes = _notes(flows, shown, placed, language, k)
    head = (*head, HEADS["method"].text(language))
    return Figure(named, title, drawing.svg(), head, rows, tuple(methods.lines), tuple(methods.warnings), notes)


def _notes(flows: Sequence[Flow], shown: Sequence[Flow], placed: Sequence[Flow], language: str, k: int) -> tuple[str, ...]:
    say = lambda key: SAYS[key].text(language)  # noqa: E731
    notes = []
    if flows:
        first = flows[0].measure
        notes.append(say("whole").format(whole=figure(first.denominator, language), everyone=figure(first.everyone, language)))
    held = [one for one in flows if one.measure.numerator < k]
    together = sum(one.measure.numerator for one in held)
    if held:
        # one held-back route alone, or few persons in all, could be worked out from the total
        safe = len(held) > 1 and together >= k
        notes.append(say("held").format(n=len(held), k=k, sum=figure(together, language)) if safe else say("held_few").format(k=k))
    if not shown:
        notes.append(say("none").format(k=k))
    lost = sorted({code for one in shown if one not in placed for code in (one.origin, *one.via, one.end) if code not in places()})
    if lost:
        notes.append(say("unplaced").format(codes=", ".join(lost)))
    return tuple(notes)


def _frame(flows: Sequence[Flow]) -> _Frame:
    codes = {code for one in flows for code in (one.origin, *one.via, one.end)}
    points = [project(places()[code].longitude, places()[code].latitude) for code in codes] or [(-2.2, -0.9), (2.4, 1.2)]
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    wide, high = max(east - west, 0.2) * 1.45, max(north - south, 0.12) * 1.6
    # neither a ribbon nor a tower
    wide, high = max(wide, high * 1.45), max(high, wide / 2.1)
    scale = WIDTH / wide
    return _Frame((west + east - wide) / 2, (south + north + high) / 2, scale, TOP + high * scale)


def _land(drawing: Drawing, frame: _Frame) -> None:
    land, water = outlines()
    for ring, colour in (*((one, LAND) for one in land), *((one, SHEET) for one in water)):
        points = [frame.at(*point) for point in ring]
        across, down = [x for x, _y in points], [y for _x, y in points]
        if crosses((-50, TOP - 50, WIDTH + 50, frame.height + 50), (min(across), min(down), max(across), max(down))):
            drawing.shape(points, colour)


def _size(persons: float, most: float) -> float:
    return 1.6 + 10 * persons / most


def _radius(persons: float, most: float) -> float:
    return 5 + 17 * math.sqrt(persons / most)


def _flow(drawing: Drawing, frame: _Frame, one: Flow, most: float) -> None:
    colour = COLOURS[one.kind]
    stops = [frame.at(places()[code].longitude, places()[code].latitude) for code in (one.origin, *one.via, one.end)]
    if one.origin == one.end and not one.via:
        drawing.circle(*stops[0], _radius(one.measure.numerator, most), colour, opacity=0.35, width=2)
        return
    width = _size(one.measure.numerator, most)
    for number, (start, stop) in enumerate(itertools.pairwise(stops)):
        last = number == len(stops) - 2
        _arc(drawing, start, stop, colour, width, _dash(one.kind, width), last)


def _dash(kind: str, width: float) -> str:
    lengths = DASHES[kind]
    return f"{lengths[0] * width:.1f} {lengths[1] * width:.1f}" if lengths else ""


def _arc(drawing: Drawing, start: tuple[float, float], stop: tuple[float, float], colour: str, width: float, dash: str, head: bool) -> None:
    """A bow to the left of the way, so that both directions can be told apart, with an arrow head at its end."""
    (x1, y1), (x2, y2) = start, stop
    length = math.hypot(x2 - x1, y2 - y1) or 1.0
    cx, cy = (x1 + x2) / 2 + 0.18 * (y2 - y1), (y1 + y2) / 2 - 0.18 * (x2 - x1)
    angle = math.atan2(y2 - cy, x2 - cx)
    tip = 6 + width * 1.3 if head else 0.0
    back = min(tip, 0.6 * length)
    ex, ey = x2 - back * math.cos(angle), y2 - back * math.sin(angle)
    drawing.path(f"M{x1:.1f} {y1:.1f}Q{cx:.1f} {cy:.1f} {ex:.1f} {ey:.1f}", colour, width=width, opacity=0.72, dash=dash)
    if head:
        half = 4 + width * 0.8
        side = [(ex - half * math.sin(angle), ey + half * math.cos(angle)), (ex + half * math.sin(angle), ey - half * math.cos(angle))]
        drawing.shape([(x2, y2), *side], colour, opacity=0.9)


def _labels(drawing: Drawing, frame: _Frame, flows: Sequence[Flow], language: str, most: float) -> None:
    """Each country's name beside its point where nothing is yet; the busiest first."""
    weight: dict[str, float] = {}
    circles: dict[str, float] = {}
    for one in flows:
        for code in {one.origin, *one.via, one.end}:
            weight[code] = weight.get(code, 0) + one.measure.numerator
        if one.kind == "domestic" and not one.via:
            circles[one.origin] = _radius(one.measure.numerator, most)
    taken: list[tuple[float, float, float, float]] = []
    for code in sorted(weight, key=lambda code: (-weight[code], code)):
        x, y = frame.at(places()[code].longitude, places()[code].latitude)
        drawing.circle(x, y, 3, INK)
        words, away = library().countries.label(code).text(language), circles.get(code, 3) + 5
        wide = LETTER * 13 * len(words)
        slant = 0.72 * away + 4
        spots = (
            (x + away, y + 4, "start"), (x - away, y + 4, "end"), (x, y - away - 3, "middle"), (x, y + away + 12, "middle"),
            (x + slant, y - slant, "start"), (x - slant, y - slant, "end"), (x + slant, y + slant + 9, "start"), (x - slant, y + slant + 9, "end"),
        )  # fmt: skip
        boxes = [_box(spot, wide) for spot in spots]
        free = [
            place
            for place, box in enumerate(boxes)
            if box[0] > 4 and box[2] < WIDTH - 4 and not any(crosses(box, other) for other in taken)
        ]
        chosen = free[0] if free else 2
        taken.append(boxes[chosen])
        drawing.text(spots[chosen][0], spots[chosen][1], words, anchor=spots[chosen][2], size=13, halo=True)


def _box(spot: tuple[float, float, str], wide: float) -> tuple[float, float, float, float]:
    x, y, anchor = spot
    left = x if anchor == "start" else x - wide if anchor == "end" else x - wide / 2
    return left, y - 13, left + wide, y + 4


def _legend(drawing: Drawing, kinds: set[str], most: float, language: str) -> None:
    x, y = 12.0, 50.0
    for kind in (kind for kind in COLOURS if kind in kinds):
        words = SAYS[kind].text(language)
        if kind == "domestic":
            drawing.circle(x + 12, y, 8, COLOURS[kind], opacity=0.35, width=2)
        else:
            drawing.path(f"M{x:.1f} {y:.1f}H{x + 24:.1f}", COLOURS[kind], width=4, opacity=0.8, dash=_dash(kind, 4))
        drawing.text(x + 30, y + 4, words, size=12, colour=QUIET)
        x += 50 + 6.6 * len(words)
    half = max(1, round(most / 2))
    for persons in (half, most):
        drawing.path(f"M{x:.1f} {y:.1f}H{x + 24:.1f}", QUIET, width=_size(persons, most), opacity=0.5)
        words = figure(persons, language) + (f" {SAYS['persons'].text(language).lower()}" if persons == most else "")
        drawing.text(x + 34, y + 4, words, size=12, colour=QUIET)
        x += 74


def _route(one: Flow, language: str) -> str:
    names = library().countries
    return " → ".join(names.label(code).text(language) if code in places() else code for code in (one.origin, *one.via, one.end))


def _cells(one: Flow, methods: Methods, language: str) -> tuple[str, ...]:
    measure = one.measure
    ends = "–" if measure.low is None or measure.high is None else f"{percent(measure.low, language)} – {percent(measure.high, language)}"
    return (
        _route(one, language),
        SAYS[one.kind].text(language),
        figure(measure.numerator, language),
        percent(measure.value, language),
        ends,
        methods.mark(measure),
    )
