"""The report's figures as plain SVG: no script, no remote font, readable in print and without colour (every mark has its label)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from havre.evidence.stats.figures.drawing import INK, LAND, LINE, QUIET, Drawing, ticks
from havre.evidence.stats.prevalence.phrases import number, rounded
from havre.evidence.stats.prevalence.words import CHANGES, FAMILY_NAMES, Text
from havre.standards.words import in_a_row

if TYPE_CHECKING:
    from havre.evidence.stats.prevalence.result import Prevalence

WIDTH, LEFT, RIGHT = 760, 210, 30
COLOURS = {
    "stepwise": "#1f5f99",
    "least_bic": "#b35c00",
    "decomposable": "#2a7a4b",
    "latent_class": "#6b4c9a",
    "heterogeneous": "#a3195b",
    "pooled": INK,
}
_MOST_BARS = 40


class Plot(Drawing):
    """A drawing, `height` high and WIDTH wide, with one horizontal axis of people from `left` to the right edge.

    Args: values, in people, that the axis must hold; words, read out in place of the picture.
    """

    def __init__(self, height: float, title: str, words: str, values: Sequence[float], language: str, *, left: float = LEFT) -> None:
        super().__init__(WIDTH, height, title, words)
        self.language, self.left = language, left
        low, high = min(values), max(values)
        margin = 0.04 * (high - low) or max(1.0, 0.05 * high)
        self.low, self.high = max(0.0, low - margin), high + margin

    def x(self, value: float) -> float:
        """Where a number of people stands."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.left + share * (WIDTH - self.left - RIGHT), 1)

    def dot(self, x: float, y: float, colour: str, radius: float = 4.5) -> None:
        """A point."""
        self.circle(x, y, radius, colour, width=0)

    def axis(self, y: float) -> None:
        """Ticks at round numbers, with their labels under them."""
        self.line(self.left, y, WIDTH - RIGHT, y, colour=QUIET)
        for tick in ticks(self.low, self.high, 5):
            self.line(self.x(tick), y, self.x(tick), y + 4, colour=QUIET)
            self.text(self.x(tick), y + 18, number(tick, self.language), anchor="middle", size=11)


def plots(result: Prevalence, language: str) -> dict[str, tuple[str, str]]:
    """Name to (caption, SVG) of every figure that the result allows, in reading order.

    Args: language, "fr" or "en". A figure that the result does not allow is left out.
    """
    made: dict[str, tuple[str, str]] = {}
    for name, draw in (
        ("families", families),
        ("resamples", resamples),
        ("traces", traces),
        ("sensitivity", sensitivity),
        ("strata", strata),
    ):
        found = draw(result, language)
        if found is not None:
            made[name] = (CAPTIONS[name].words(language), found)
    return made


CAPTIONS = {
    "families": Text("Les familles de méthodes, chacune avec son intervalle", "The families of methods, each with its interval"),
    "resamples": Text("Estimations des rééchantillons et des tirages", "Estimates of the resamples and draws"),
    "traces": Text("Chaînes des classes latentes : elles doivent se mêler", "Chains of the latent classes: they should mix"),
    "sensitivity": Text("L'estimation quand on change une chose à la fois", "The estimate when one thing is changed at a time"),
    "strata": Text("Strates : à part (trait fin) et mises en commun (trait épais)", "Strata: apart (thin) and partially pooled (thick)"),
}


def families(result: Prevalence, language: str) -> str | None:
    """Every family's estimate and interval, and that of all together.

    People along the axis; None when no family answers.
    """
    rows = [(one.family, one.value, one.low, one.high) for one in result.families if one.outcome == "answer"]
    if not rows:
        return None
    if result.value is not None:
        rows.append(("pooled", result.value, result.low, result.high))
    values = [float(v) for row in rows for v in row[1:] if v is not None]
    words = in_a_row((f"{FAMILY_NAMES[name].words(language)} {rounded(value, language)}" for name, value, *_ends in rows), language)
    drawing = Plot(60 + 48 * len(rows), CAPTIONS["families"].words(language), words, [*values, float(result.numerator)], language)
    for place, (family, value, low, high) in enumerate(rows):
        y = 34 + 48 * place
        colour = COLOURS[family]
        drawing.text(12, y + 5, FAMILY_NAMES[family].words(language), size=14)
        if low is not None and high is not None:
            drawing.line(drawing.x(low), y, drawing.x(high), y, colour=colour, width=5 if family == "pooled" else 3)
        if value is not None:
            drawing.dot(drawing.x(value), y, colour, 6)
            words = rounded(value, language) + (f" ({rounded(low, language)} – {rounded(high, language)})" if low is not None else "")
            middle = min(max(drawing.x(value), LEFT + 90), WIDTH - RIGHT - 90)
            drawing.text(middle, y - 11, words, anchor="middle", size=12)
    drawing.axis(30 + 48 * len(rows))
    return drawing.svg()


def resamples(result: Prevalence, language: str) -> str | None:
    """Histograms of the resamples (bootstrap) or draws (latent classes): jumps between models show as separate heaps.

    People along the axis; None when no family has 20 draws or more.
    """
    rows = [one for one in result.families if len(one.draws) >= 20]
    if not rows:
        return None
    everything = np.concatenate([np.asarray(one.draws) for one in rows])
    top = float(np.quantile(everything, 0.985))
    words = in_a_row(
        (
            f"{FAMILY_NAMES[one.family].words(language)} {rounded(min(one.draws), language)} – {rounded(max(one.draws), language)}"
            for one in rows
        ),
        language,
    )
    drawing = Plot(50 + 80 * len(rows), CAPTIONS["resamples"].words(language), words, [float(everything.min()), top], language)
    for place, one in enumerate(rows):
        floor = 76 + 80 * place
        values = np.asarray(one.draws)
        counts, edges = np.histogram(values, bins=_MOST_BARS, range=(drawing.low, drawing.high))
        for count, left, right in zip(counts, edges[:-1], edges[1:], strict=True):
            if count:
                height = 56 * count / counts.max()
                width = max(drawing.x(right) - drawing.x(left) - 1, 0.8)
                drawing.box(drawing.x(left), floor - height, width, height, COLOURS[one.family])
        drawing.line(LEFT, floor, WIDTH - RIGHT, floor, colour=QUIET)
        drawing.text(12, floor - 18, FAMILY_NAMES[one.family].words(language), size=14)
        beyond = float((values > drawing.high).mean())
        if beyond > 0.001:
            drawing.text(
                WIDTH - RIGHT,
                floor - 44,
                f"{number(100 * beyond, language, 1)} % → {rounded(float(values.max()), language)}",
                anchor="end",
                size=11,
            )
    drawing.axis(80 * len(rows) + 4)
    return drawing.svg()


def traces(result: Prevalence, language: str) -> str | None:
    """Population size along each latent-class chain.

    People upward, draws along; None without latent classes.
    """
    found = next((one.traces for one in result.families if one.traces is not None), None)
    if found is None:
        return None
    low, high = float(found.min()), float(np.quantile(found, 0.995))
    height, shades = 240, ("#1f5f99", "#b35c00", "#2a7a4b", "#6b4c9a")
    words = f"{rounded(low, language)} – {rounded(float(found.max()), language)}"
    drawing = Plot(height, CAPTIONS["traces"].words(language), words, [low, high], language, left=80)
    span = max(high - low, 1.0)
    for tick in ticks(low, high, 4):
        y = 20 + 200 * (1 - (tick - low) / span)
        drawing.text(74, y + 4, number(tick, language), anchor="end", size=11)
        drawing.line(80, y, WIDTH - RIGHT, y, colour=LINE)
    for chain, values in enumerate(found):
        step = max(1, len(values) // 350)
        kept = values[::step]
        xs = np.linspace(80, WIDTH - RIGHT, len(kept))
        points = [f"{x:.0f},{20 + 200 * (1 - (min(v, high) - low) / span):.0f}" for x, v in zip(xs, kept, strict=True)]
        drawing.path("M" + " L".join(points), shades[chain % 4], width=0.8, opacity=0.75)
    return drawing.svg()


def sensitivity(result: Prevalence, language: str) -> str | None:
    """One row a change, one dot a family, over the band of the interval quoted; at most the 40 that move the estimate most.

    People along the axis; None when nothing was changed or nothing is quoted.
    """
    if not result.sensitivity or result.value is None or result.low is None or result.high is None:
        return None
    rows: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for change in result.sensitivity:
        if change.value is not None:
            rows.setdefault((change.kind, change.what), []).append((change.family, change.value))
    centre = result.value
    kept = sorted(rows, key=lambda key: -max(abs(np.log(value / centre)) for _, value in rows[key]))[:_MOST_BARS]
    shown = [key for key in rows if key in kept]
    if not shown:
        return None
    values = [value for key in shown for _, value in rows[key]]
    top = min(max(values), 3 * result.high)
    words = f"{rounded(min(values), language)} – {rounded(max(values), language)}"
    reach = [min(*values, result.low), max(top, result.high)]
    drawing = Plot(70 + 18 * len(shown), CAPTIONS["sensitivity"].words(language), words, reach, language, left=300)
    drawing.box(drawing.x(result.low), 30, drawing.x(result.high) - drawing.x(result.low), 18 * len(shown), LAND)
    place = 300
    for family in dict.fromkeys(family for key in shown for family, _ in rows[key]):
        drawing.dot(place, 14, COLOURS[family])
        drawing.text(place + 10, 18, FAMILY_NAMES[family].words(language), size=12)
        place += 140
    for row, key in enumerate(shown):
        y = 40 + 18 * row
        drawing.text(292, y + 4, CHANGES[key[0]].words(language).format(what=key[1]), anchor="end", size=11)
        for place, (family, value) in enumerate(rows[key]):
            # a little apart, so that two equal estimates both show
            drawing.dot(drawing.x(value), y + 3 * (place - (len(rows[key]) - 1) / 2), COLOURS[family], 3.6)
            if value > drawing.high:
                drawing.text(WIDTH - 4, y + 4, "→", anchor="end", size=11)
    drawing.line(drawing.x(centre), 30, drawing.x(centre), 30 + 18 * len(shown), dash="4 3")
    drawing.axis(34 + 18 * len(shown))
    return drawing.svg()


def strata(result: Prevalence, language: str) -> str | None:
    """Each stratum apart and pooled.

    People along the axis; None without a pooled stratum.
    """
    if result.strata is None:
        return None
    rows = [row for row in result.strata.rows if row.pooled is not None]
    if not rows:
        return None
    values = [float(v) for row in rows for v in (row.pooled, row.pooled_low, row.pooled_high, row.low, row.high) if v is not None]
    top = min(max(values), 3 * max(float(row.pooled_high or 0) for row in rows))
    words = in_a_row((f"{row.name} {rounded(row.pooled, language)}" for row in rows), language)
    drawing = Plot(50 + 40 * len(rows), CAPTIONS["strata"].words(language), words, [min(values), top], language)
    for place, row in enumerate(rows):
        y = 28 + 40 * place
        drawing.text(12, y + 5, row.name[:28], size=13)
        if row.low is not None and row.high is not None:
            drawing.line(drawing.x(row.low), y + 8, drawing.x(row.high), y + 8, colour=QUIET, width=1.5)
        if row.pooled is not None and row.pooled_low is not None and row.pooled_high is not None:
            drawing.line(drawing.x(row.pooled_low), y, drawing.x(row.pooled_high), y, colour=COLOURS["stepwise"], width=3)
            drawing.dot(drawing.x(row.pooled), y, COLOURS["stepwise"])
    drawing.axis(22 + 40 * len(rows))
    return drawing.svg()
