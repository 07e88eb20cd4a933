"""The determinants as a forest plot: each factor's ratio and interval, level by level; what was refused says why."""

from __future__ import annotations

import math
from collections.abc import Mapping

from havre.evidence.stats.figures.drawing import AMBER, INK, LINE, QUIET, SEA, SEAL, Drawing, figure, folded, interval
from havre.evidence.stats.figures.sheet import HEADS, Figure, Methods
from havre.evidence.stats.vulnerability.factors import LEVELS, level_label
from havre.evidence.stats.vulnerability.result import Determinants, Term
from havre.standards.words import Words, in_a_row

SAYS: Mapping[str, Words] = {
    "title": Words("What goes with “{outcome}”, level by level", "Ce qui va avec « {outcome} », niveau par niveau"),
    "risk_ratio": Words("risk ratio, adjusted (95 %)", "rapport de risques ajusté (95 %)"),
    "odds_ratio": Words("odds ratio, adjusted (95 %)", "rapport de cotes ajusté (95 %)"),
    "less": Words("← less often", "← moins souvent"),
    "more": Words("more often →", "plus souvent →"),
    "risk": Words("held to expose", "réputé exposer"),
    "protective": Words("held to protect", "réputé protéger"),
    "context": Words("either", "selon le contexte"),
    "crude": Words("hollow: crude ratio", "creux : rapport brut"),
    "withheld": Words("withheld", "non donné"),
    "penalised": Words("penalised odds ratio", "rapport de cotes pénalisé"),
    "factor": Words("Factor", "Facteur"),
    "ratio": Words("Ratio", "Rapport"),
    "interval": Words("95 % interval", "Intervalle à 95 %"),
    "crude_head": Words("Crude", "Brut"),
    "q": Words("q", "q"),
    "persons": Words("With outcome / with factor", "Avec résultat / avec facteur"),
    "silent": Words("No answer", "Sans réponse"),
    "bounds": Words("If none / all of them had it", "Si aucune / toutes l'avaient"),
    "rows": Words(
        "{used} of {everyone} persons in the joint model, {cases} with the outcome; {without} without a recorded outcome.",
        "{used} personnes sur {everyone} dans le modèle commun, dont {cases} avec le résultat ; {without} sans résultat noté.",
    ),
}
WIDTH, LEFT, RIGHT, ROW = 900, 330, 170, 40
_COLOURS = {"risk": AMBER, "protective": SEA, "context": SEAL}


def forest(study: Determinants, language: str, *, outcome: Words | None = None, name: str = "determinants") -> Figure:
    """The forest plot of a study, with its table. Source: the usual form of meta-analysis figures (Lewis & Clarke 2001).

    Args: outcome, the outcome in words; else the column's name.
    Ratios on a log scale; q is a share of false discoveries. Gives a Figure in `language`.
    """
    say = lambda key: SAYS[key].text(language)  # noqa: E731
    told = outcome.text(language) if outcome else study.outcome
    title = say("title").format(outcome=told)
    groups = [(level, [one for one in study.terms if one.factor.level == level]) for level in LEVELS]
    groups = [(level, terms) for level, terms in groups if terms]
    height = 96 + sum(30 + ROW * len(terms) for _level, terms in groups) + 40
    axis = _Axis([one.shown for one in study.terms])
    drawing = Drawing(WIDTH, height, title, in_a_row((_words(one, language) for one in study.terms), language))
    drawing.text(12, 26, title, size=17, bold=True)
    _legend(drawing, {one.factor.kind for one in study.terms}, language)
    drawing.text(WIDTH - 12, 78, say(study.scale), size=12, anchor="end", colour=QUIET)
    bottom = height - 44
    axis.draw(drawing, 88, bottom, language)
    y = 92.0
    for level, terms in groups:
        drawing.text(12, y + 20, level_label(level).text(language), bold=True, size=14)
        y += 30
        for one in terms:
            _row(drawing, axis, one, y, language)
            y += ROW
    drawing.text(axis.x(1) - 8, height - 8, say("less"), size=12, anchor="end", colour=QUIET)
    drawing.text(axis.x(1) + 8, height - 8, say("more"), size=12, colour=QUIET)
    methods = Methods(language)
    rows = tuple(_cells(one, methods, language) for one in study.terms)
    head = tuple(say(key) for key in ("factor", "ratio", "interval", "crude_head", "q", "persons", "silent", "bounds"))
    counted = say("rows").format(
        used=figure(study.used, language), everyone=figure(study.everyone, language), cases=figure(study.cases, language),
        without=figure(study.without_outcome, language),
    )  # fmt: skip
    colon = " : " if language == "fr" else ": "
    refused = tuple(
        f"{_label(study.term(column), language)}{colon}{words.text(language)}" if column else words.text(language)
        for column, words in study.refusals()
    )
    return Figure(
        name, title, drawing.svg(), (*head, HEADS["method"].text(language)), rows, tuple(methods.lines), tuple(methods.warnings),
        (counted, *refused),
    )  # fmt: skip


class _Axis:
    """A logarithmic axis that holds every interval, cut at 1/20 and 20, and one in the middle of its thoughts."""

    def __init__(self, measures: list) -> None:
        ends = [value for one in measures if one for value in (one.low, one.high, one.value) if value]
        self.low = max(0.05, min([0.67, *ends]) / 1.1)
        self.high = min(20.0, max([1.5, *ends]) * 1.1)

    def x(self, value: float) -> float:
        inside = min(max(value, self.low), self.high)
        share = (math.log(inside) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def draw(self, drawing: Drawing, top: float, bottom: float, language: str) -> None:
        shown = [tick for tick in (0.05, 0.1, 0.2, 0.33, 0.5, 0.67, 1, 1.5, 2, 3, 5, 10, 20) if self.low <= tick <= self.high]
        for tick in shown:
            drawing.line(self.x(tick), top, self.x(tick), bottom, colour=QUIET if tick == 1 else LINE, width=1.4 if tick == 1 else 1)
            drawing.text(
                self.x(tick),
                bottom + 16,
                figure(tick, language, 0 if tick == int(tick) else 2 if tick < 1 else 1),
                anchor="middle",
                size=12,
            )


def _legend(drawing: Drawing, kinds: set[str], language: str) -> None:
    x = 12.0
    for kind, colour in ((kind, colour) for kind, colour in _COLOURS.items() if kind in kinds):
        words = SAYS[kind].text(language)
        _marker(drawing, x + 6, 50, kind, colour)
        drawing.text(x + 18, 54, words, size=12, colour=QUIET)
        x += 36 + 6.6 * len(words)
    drawing.circle(x + 6, 50, 4, QUIET, fill="#ffffff")
    drawing.text(x + 16, 54, SAYS["crude"].text(language), size=12, colour=QUIET)


def _marker(drawing: Drawing, x: float, y: float, kind: str, colour: str) -> None:
    """Each kind has its own shape, so that colour is not needed."""
    if kind == "risk":
        drawing.circle(x, y, 5, colour)
    elif kind == "protective":
        drawing.shape([(x, y - 7), (x + 7, y), (x, y + 7), (x - 7, y)], colour)
    else:
        drawing.box(x - 5, y - 5, 10, 10, colour)


def _row(drawing: Drawing, axis: _Axis, one: Term, y: float, language: str) -> None:
    middle = y + ROW / 2
    lines = folded(one.factor.label.text(language), 48)[:2]
    for number, words in enumerate(lines):
        drawing.text(24, middle + 4 - 7.5 * (len(lines) - 1) + 15 * number, words, size=12.5)
    shown, colour = one.shown, _COLOURS[one.factor.kind]
    if shown is None or shown.value is None or shown.low is None or shown.high is None:
        drawing.text(WIDTH - 12, middle + 4, SAYS["withheld"].text(language), anchor="end", size=12.5, colour=QUIET)
        return
    drawing.line(axis.x(shown.low), middle, axis.x(shown.high), middle, colour=colour, width=2.4)
    for edge in (shown.low, shown.high):
        drawing.line(axis.x(edge), middle - 5, axis.x(edge), middle + 5, colour=colour, width=1.6)
    if one.adjusted:
        _marker(drawing, axis.x(shown.value), middle, one.factor.kind, colour)
    if one.crude and one.crude.value:
        drawing.circle(axis.x(one.crude.value), middle + (10 if one.adjusted else 0), 3.2, colour, fill="#ffffff")
    words = f"{figure(shown.value, language, 2)}  ({interval(shown.low, shown.high, language, 2)})"
    drawing.text(WIDTH - 12, middle + 4, words, anchor="end", size=12.5, bold=one.finding in ("exposes", "protects"), colour=INK)


def _label(one: Term, language: str) -> str:
    return one.factor.label.text(language)


def _words(one: Term, language: str) -> str:
    shown = one.shown
    said = (
        SAYS["withheld"].text(language)
        if shown is None
        else f"{figure(shown.value, language, 2)} ({interval(shown.low, shown.high, language, 2)})"
    )
    return f"{_label(one, language)}: {said}"


def _cells(one: Term, methods: Methods, language: str) -> tuple[str, ...]:
    shown, crude = one.shown, one.crude
    if one.refusal or shown is None:
        apart = one.penalised
        said = SAYS["withheld"].text(language)
        mark = ""
        if apart:
            ends = interval(apart.low, apart.high, language, 2)
            said += f" ({SAYS['penalised'].text(language)} {figure(apart.value, language, 2)}, {ends})"
            mark = methods.mark(apart)
        return (f"{_label(one, language)} — {said}", "–", "–", "–", "–", "–", figure(one.silent, language), "–", mark)
    bounds = (
        f"{figure(one.if_none, language, 2)} / {figure(one.if_all, language, 2)}"
        if one.if_none is not None or one.if_all is not None
        else "–"
    )
    return (
        _label(one, language),
        figure(shown.value, language, 2),
        interval(shown.low, shown.high, language, 2),
        figure(crude.value, language, 2) if crude else "–",
        figure(one.q, language, 3),
        f"{figure(shown.numerator, language)} / {figure(shown.denominator, language)}",
        figure(one.silent, language),
        bounds,
        methods.mark(shown) + (methods.mark(crude) if crude and crude is not shown else ""),
    )
