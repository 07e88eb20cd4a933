"""The report's figures as plain SVG: no script, no remote font, readable in print and without colour (every mark has its label)."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from havre.evidence.stats.prevalence.phrases import number, rounded
from havre.evidence.stats.prevalence.result import Prevalence
from havre.evidence.stats.prevalence.words import CHANGES, FAMILY_NAMES, Text

WIDTH, LEFT, RIGHT = 760, 210, 30
COLOURS = {
    "stepwise": "#1f5f99",
    "least_bic": "#b35c00",
    "decomposable": "#2a7a4b",
    "latent_class": "#6b4c9a",
    "heterogeneous": "#a3195b",
    "pooled": "#222222",
}
_INK, _GREY, _BAND = "#222222", "#8a8a8a", "#e6eaf0"
_MOST_BARS = 40


class Drawing:
    """An SVG under construction, with one horizontal axis of people."""

    def __init__(self, height: int, title: str, values: Sequence[float], language: str, *, left: int = LEFT) -> None:
        self.height, self.language, self.left = height, language, left
        low, high = min(values), max(values)
        margin = 0.04 * (high - low) or max(1.0, 0.05 * high)
        self.low, self.high = max(0.0, low - margin), high + margin
        self.parts = [f"<title>{escape(title)}</title>", f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>']

    def x(self, value: float) -> float:
        """Where a number of people stands."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.left + share * (WIDTH - self.left - RIGHT), 1)

    def text(self, x: float, y: float, words: str, *, anchor: str = "start", size: int = 13, colour: str = _INK) -> None:
        """Words at a place."""
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">{escape(words)}</text>')

    def line(self, x1: float, y1: float, x2: float, y2: float, *, colour: str = _INK, width: float = 1.0, dash: str = "") -> None:
        """A line."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"{dashed}/>'
        )

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A filled rectangle."""
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.8):.1f}" height="{height:.1f}" fill="{colour}"/>')

    def dot(self, x: float, y: float, colour: str, radius: float = 4.5) -> None:
        """A point."""
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}"/>')

    def axis(self, y: float) -> None:
        """Ticks at round numbers, with their labels under them."""
        self.line(self.left, y, WIDTH - RIGHT, y, colour=_GREY)
        for tick in _ticks(self.low, self.high):
            self.line(self.x(tick), y, self.x(tick), y + 4, colour=_GREY)
            self.text(self.x(tick), y + 18, number(tick, self.language), anchor="middle", size=11)

    def svg(self) -> str:
        """The whole drawing."""
        box = f'viewBox="0 0 {WIDTH} {self.height}" width="{WIDTH}" height="{self.height}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" font-family="sans-serif">'
        return head + "".join(self.parts) + "</svg>"


def _ticks(low: float, high: float, most: int = 5) -> list[float]:
    step = 10.0 ** np.floor(np.log10(max(high - low, 1e-9) / most))
    for factor in (1, 2, 5, 10):
        if (high - low) / (step * factor) <= most:
            step *= factor
            break
    step = max(1.0, step)
    return [float(tick) for tick in np.arange(np.ceil(low / step) * step, high + 1e-9, step)]


def plots(result: Prevalence, language: str) -> dict[str, tuple[str, str]]:
    """Name to (caption, SVG) of every figure that the result allows, in reading order."""
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
    """Every family's estimate and interval, and that of all together."""
    rows = [(one.family, one.value, one.low, one.high) for one in result.families if one.outcome == "answer"]
    if not rows:
        return None
    if result.value is not None:
        rows.append(("pooled", result.value, result.low, result.high))
    values = [float(v) for row in rows for v in row[1:] if v is not None]
    drawing = Drawing(60 + 48 * len(rows), CAPTIONS["families"].words(language), [*values, float(result.numerator)], language)
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
    """Histograms of the resamples (bootstrap) or draws (latent classes): jumps between models show as separate heaps."""
    rows = [one for one in result.families if len(one.draws) >= 20]
    if not rows:
        return None
    everything = np.concatenate([np.asarray(one.draws) for one in rows])
    top = float(np.quantile(everything, 0.985))
    drawing = Drawing(50 + 80 * len(rows), CAPTIONS["resamples"].words(language), [float(everything.min()), top], language)
    for place, one in enumerate(rows):
        floor = 76 + 80 * place
        values = np.asarray(one.draws)
        counts, edges = np.histogram(values, bins=_MOST_BARS, range=(drawing.low, drawing.high))
        for count, left, right in zip(counts, edges[:-1], edges[1:], strict=True):
            if count:
                height = 56 * count / counts.max()
                drawing.box(drawing.x(left), floor - height, drawing.x(right) - drawing.x(left) - 1, height, COLOURS[one.family])
        drawing.line(LEFT, floor, WIDTH - RIGHT, floor, colour=_GREY)
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
    """Population size along each latent-class chain."""
    found = next((one.traces for one in result.families if one.traces is not None), None)
    if found is None:
        return None
    low, high = float(found.min()), float(np.quantile(found, 0.995))
    height, shades = 240, ("#1f5f99", "#b35c00", "#2a7a4b", "#6b4c9a")
    drawing = Drawing(height, CAPTIONS["traces"].words(language), [low, high], language, left=80)
    span = max(high - low, 1.0)
    for tick in _ticks(low, high, 4):
        y = 20 + 200 * (1 - (tick - low) / span)
        drawing.text(74, y + 4, number(tick, language), anchor="end", size=11)
        drawing.line(80, y, WIDTH - RIGHT, y, colour="#dddddd")
    for chain, values in enumerate(found):
        step = max(1, len(values) // 350)
        kept = values[::step]
        xs = np.linspace(80, WIDTH - RIGHT, len(kept))
        points = " ".join(f"{x:.0f},{20 + 200 * (1 - (min(v, high) - low) / span):.0f}" for x, v in zip(xs, kept, strict=True))
        drawing.parts.append(
            f'<polyline points="{points}" fill="none" stroke="{shades[chain % 4]}" stroke-width="0.8" stroke-opacity="0.75"/>'
        )
    return drawing.svg()


def sensitivity(result: Prevalence, language: str) -> str | None:
    """One row a change, one dot a family, over the band of the interval quoted; at most the 40 that move the estimate most."""
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
    drawing = Drawing(
        70 + 18 * len(shown), CAPTIONS["sensitivity"].words(language), [min(*values, result.low), max(top, result.high)], language, left=300
    )
    drawing.box(drawing.x(result.low), 30, drawing.x(result.high) - drawing.x(result.low), 18 * len(shown), _BAND)
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
    """Each stratum apart and pooled."""
    if result.strata is None:
        return None
    rows = [row for row in result.strata.rows if row.pooled is not None]
    if not rows:
        return None
    values = [float(v) for row in rows for v in (row.pooled, row.pooled_low, row.pooled_high, row.low, row.high) if v is not None]
    top = min(max(values), 3 * max(float(row.pooled_high or 0) for row in rows))
    drawing = Drawing(50 + 40 * len(rows), CAPTIONS["strata"].words(language), [min(values), top], language)
    for place, row in enumerate(rows):
        y = 28 + 40 * place
        drawing.text(12, y + 5, row.name[:28], size=13)
        if row.low is not None and row.high is not None:
            drawing.line(drawing.x(row.low), y + 8, drawing.x(row.high), y + 8, colour=_GREY, width=1.5)
        if row.pooled is not None and row.pooled_low is not None and row.pooled_high is not None:
            drawing.line(drawing.x(row.pooled_low), y, drawing.x(row.pooled_high), y, colour=COLOURS["stepwise"], width=3)
            drawing.dot(drawing.x(row.pooled), y, COLOURS["stepwise"])
    drawing.axis(22 + 40 * len(rows))
    return drawing.svg()
