"""Counts over time with their interval as a band, changes of practice marked, breaks as levels with the interval of their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from havre.evidence.stats.changes import Changes
from havre.evidence.stats.figures.drawing import AMBER, INK, LETTER, LINE, QUIET, SEA, Drawing, figure, interval, ticks
from havre.evidence.stats.figures.sheet import HEADS, Figure, Methods
from havre.evidence.stats.measure import Measure
from havre.evidence.stats.trends import Trend
from havre.standards.words import Words, in_a_row

SAYS: Mapping[str, Words] = {
    "title": Words("Persons detected, by {unit}", "Personnes repérées, par {unit}"),
    "month": Words("month", "mois"),
    "year": Words("year", "an"),
    "band": Words("band: 95 % of a count of this size", "bande : 95 % d'un compte de cette taille"),
    "level": Words("level between breaks", "niveau entre ruptures"),
    "break": Words("break, and where it may lie (95 %)", "rupture, et où elle peut se trouver (95 %)"),
    "mark": Words("change of practice", "changement de pratique"),
    "period": Words("Period", "Période"),
    "persons": Words("Persons", "Personnes"),
    "interval": Words("95 % interval", "Intervalle à 95 %"),
    "held": Words("under {k}", "moins de {k}"),
    "note": Words(
        "Break at {period} (between {low} and {high}): level × {ratio} ({interval}).",
        "Rupture en {period} (entre {low} et {high}) : niveau × {ratio} ({interval}).",
    ),
    "marked": Words("From {period}: {words}.", "À partir de {period} : {words}."),
}
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 900, 450, 60, 20, 126, 40


def trend_chart(trend: Trend, language: str, *, changes: Changes | None = None, k: int = 11, name: str = "trend") -> Figure:
    """A trend with its band. Counts from 1 to k - 1 leave a gap, in the picture and in the table. Source: Garwood 1936 (band).

    Counts are persons a period. Gives a Figure in `language`.
    """
    say = lambda key: SAYS[key].text(language)  # noqa: E731
    counts = trend.counts
    unit = say("month" if counts and len(counts[0].source.period) > 4 else "year")
    title = say("title").format(unit=unit)
    periods = [one.source.period for one in counts]
    chart = _Chart(counts, periods, k)
    words = in_a_row((f"{one.source.period} {_said(one, language, k)}" for one in counts), language)
    drawing = Drawing(WIDTH, HEIGHT, title, words)
    drawing.text(12, 26, title, size=17, bold=True)
    chart.axes(drawing, language)
    chart.series(drawing)
    if changes is not None:
        chart.breaks(drawing, changes)
    chart.marks(drawing, trend, language)
    _legend(drawing, language, bool(changes and changes.changes), bool(trend.marks))
    methods = Methods(language, dated=False)
    rows = tuple(
        (one.source.period, _said(one, language, k), "–" if _held(one, k) else interval(one.low, one.high, language, 1), methods.mark(one))
        for one in counts
    )
    head = (say("period"), say("persons"), say("interval"), HEADS["method"].text(language))
    notes = [say("marked").format(period=mark.period, words=mark.fr if language == "fr" else mark.en) for mark in trend.marks]
    for one in changes.changes if changes else ():
        ratio = one.ratio
        line = say("note").format(
            period=one.period, low=one.earliest, high=one.latest, ratio=figure(ratio.value, language, 2),
            interval=interval(ratio.low, ratio.high, language, 2),
        )  # fmt: skip
        notes.append(f"{line} {methods.mark(ratio)}")
    return Figure(name, title, drawing.svg(), head, rows, tuple(methods.lines), tuple(methods.warnings), tuple(notes))


def _held(one: Measure, k: int) -> bool:
    return 0 < one.numerator < k


def _said(one: Measure, language: str, k: int) -> str:
    return SAYS["held"].text(language).format(k=k) if _held(one, k) else figure(one.numerator, language)


class _Chart:
    """The plane of the counts."""

    def __init__(self, counts: Sequence[Measure], periods: Sequence[str], k: int) -> None:
        self.counts, self.periods, self.k = counts, list(periods), k
        self.top = max([1.0, *(one.high or one.numerator for one in counts if not _held(one, k))]) * 1.05

    def x(self, place: float) -> float:
        return LEFT + (place + 0.5) / max(1, len(self.periods)) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - value / self.top * (HEIGHT - TOP - BOTTOM)

    def axes(self, drawing: Drawing, language: str) -> None:
        for tick in ticks(0, self.top):
            drawing.line(LEFT, self.y(tick), WIDTH - RIGHT, self.y(tick), colour=LINE)
            drawing.text(LEFT - 8, self.y(tick) + 4, figure(tick, language), anchor="end", size=12, colour=QUIET)
        monthly = bool(self.periods) and len(self.periods[0]) > 4
        for place, period in enumerate(self.periods):
            if not monthly or period.endswith("-01") or place == 0:
                drawing.line(self.x(place), HEIGHT - BOTTOM, self.x(place), HEIGHT - BOTTOM + 5, colour=QUIET)
            if not monthly or period.endswith("-01"):
                drawing.text(self.x(place), HEIGHT - BOTTOM + 20, period[:4], anchor="middle", size=12, colour=QUIET)

    def series(self, drawing: Drawing) -> None:
        for run in self._runs():
            upper = [(self.x(place), self.y(self.counts[place].high or 0)) for place in run]
            lower = [(self.x(place), self.y(self.counts[place].low or 0)) for place in reversed(run)]
            drawing.shape([*upper, *lower], SEA, opacity=0.16)
            line = " ".join(f"{self.x(place):.1f} {self.y(self.counts[place].numerator):.1f}" for place in run)
            drawing.path(f"M{line}", SEA, width=1.8)
            for place in run:
                drawing.circle(self.x(place), self.y(self.counts[place].numerator), 2.2, SEA)

    def _runs(self) -> list[list[int]]:
        """Places in a row without a held-back count."""
        runs: list[list[int]] = [[]]
        for place, one in enumerate(self.counts):
            if _held(one, self.k):
                runs.append([])
            else:
                runs[-1].append(place)
        return [run for run in runs if run]

    def breaks(self, drawing: Drawing, changes: Changes) -> None:
        edges = [0, *(self.periods.index(one.period) for one in changes.changes), len(self.periods)]
        for number, level in enumerate(changes.levels):
            if len(changes.levels) > 1 and level.value is not None:
                left, right = self.x(edges[number] - 0.5), self.x(edges[number + 1] - 0.5)
                drawing.line(left, self.y(level.value), right, self.y(level.value), colour=INK, width=1.6, dash="6 4")
        base = HEIGHT - BOTTOM - 5
        for one in changes.changes:
            low, high, at = (self.periods.index(period) for period in (one.earliest, one.latest, one.period))
            drawing.line(self.x(low - 0.5), base, self.x(high - 0.5), base, colour=INK, width=4)
            drawing.shape([(self.x(at - 0.5), base - 10), (self.x(at - 0.5) + 6, base), (self.x(at - 0.5) - 6, base)], INK)

    def marks(self, drawing: Drawing, trend: Trend, language: str) -> None:
        for number, mark in enumerate(trend.marks):
            # a mark of a year stands at its first month
            x = self.x(sum(period < mark.period for period in self.periods) - 0.5)
            top = TOP - 14 - 15 * (number % 2)
            drawing.line(x, top, x, HEIGHT - BOTTOM, colour=AMBER, width=1.6, dash="2 3")
            words = mark.fr if language == "fr" else mark.en
            fits = x + LETTER * 12 * len(words) < WIDTH - RIGHT
            drawing.text(x + (5 if fits else -5), top + 4, words, size=12, colour=AMBER, anchor="start" if fits else "end", halo=True)


def _legend(drawing: Drawing, language: str, breaks: bool, marks: bool) -> None:
    x, y = 12.0, 50.0
    keys = ["band", *(("level", "break") if breaks else ()), *(("mark",) if marks else ())]
    for key in keys:
        words = SAYS[key].text(language)
        if x + 28 + LETTER * 12 * len(words) > WIDTH:
            x, y = 12.0, y + 22
        if key == "band":
            drawing.shape([(x, y - 6), (x + 22, y - 6), (x + 22, y + 6), (x, y + 6)], SEA, opacity=0.16)
            drawing.line(x, y, x + 22, y, colour=SEA, width=1.8)
        elif key == "level":
            drawing.line(x, y, x + 22, y, colour=INK, width=1.6, dash="6 4")
        elif key == "break":
            drawing.line(x, y + 4, x + 22, y + 4, colour=INK, width=4)
            drawing.shape([(x + 11, y - 6), (x + 17, y + 4), (x + 5, y + 4)], INK)
        else:
            drawing.line(x + 11, y - 8, x + 11, y + 8, colour=AMBER, width=1.6, dash="2 3")
        drawing.text(x + 28, y + 4, words, size=12, colour=QUIET)
        x += 50 + LETTER * 11 * len(words)
