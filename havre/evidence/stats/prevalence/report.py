"""The prevalence report in French and English: one page that stands alone, its plots as SVG, and the whole result as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from havre.evidence.stats.prevalence.phrases import number, rounded
from havre.evidence.stats.prevalence.plots import plots
from havre.evidence.stats.prevalence.words import CHANGES, COLOURS, CRITICS, FAMILY_NAMES, HEADINGS, Text

if TYPE_CHECKING:
    from havre.evidence.stats.prevalence.result import Prevalence

STYLE = """body{font:16px/1.5 sans-serif;color:#222;max-width:50rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}
.figure{font-size:1.3rem;font-weight:bold}
.light{border-left:.8rem solid;padding:.4rem 1rem;margin:1rem 0}
.green{border-color:#2a7a4b}.amber{border-color:#d98e04}.red{border-color:#b3261e}.refused{border-color:#555}
.wide{overflow-x:auto}table{border-collapse:collapse;margin:.5rem 0}
th,td{border-bottom:1px solid #ccc;padding:.25rem .7rem;text-align:left;vertical-align:top}
td.n{text-align:right;white-space:nowrap}caption{text-align:left;font-weight:bold}
td:last-child:not(.n){min-width:15rem}
figure{margin:1rem 0;overflow-x:auto}svg{width:100%;min-width:36rem;height:auto;display:block}figcaption{font-size:.9rem}
small,.method{font-size:.85rem;color:#444}.method td:last-child{overflow-wrap:anywhere}
summary{cursor:pointer;padding:.6rem 0}
@media print{body{margin:0;max-width:none}svg{min-width:0}figure,.wide{overflow:visible}}
"""
# an overlap under this many people is not printed: it may point to a person (see havre/release)
SMALLEST_SHOWN = 5
_MOST_MODELS = 12


def write(result: Prevalence, folder: Path) -> tuple[Path, Path]:
    """Write the pages, the plots of both languages, the style and the JSON into a folder, made if need be.

    Args: folder. Gives the paths of the French and the English page. Raises: OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pages = []
    for language in ("fr", "en"):
        for name, (_, svg) in plots(result, language).items():
            (folder / f"{name}.{language}.svg").write_text(svg, encoding="utf-8")
        target = folder / f"prevalence.{language}.html"
        target.write_text(page(result, language), encoding="utf-8")
        pages.append(target)
    (folder / "prevalence.css").write_text(STYLE, encoding="utf-8")
    (folder / "prevalence.json").write_text(json.dumps(result.as_json(), ensure_ascii=False, indent=1), encoding="utf-8")
    return pages[0], pages[1]


def page(result: Prevalence, language: str) -> str:
    """The report as HTML; its style is the file prevalence.css beside it.

    Args: language, "fr" or "en". Counts under SMALLEST_SHOWN people are not printed.
    """
    say = lambda key: escape(HEADINGS[key].words(language))  # noqa: E731
    drawn = plots(result, language)
    body = [f"<h1>{say('title')}</h1>", *_answer(result, language)]
    if result.families:
        body += [f"<h2>{say('families')}</h2>", _figure(drawn, "families"), _families(result, language)]
        if result.spread:
            body.append(f"<p>{say('spread').format(spread=number(result.spread, language, 2))}</p>")
        body += [_figure(drawn, "resamples"), _figure(drawn, "traces")]
    if result.strata is not None:
        body += [f"<h2>{say('strata')}</h2>", _figure(drawn, "strata"), *_strata(result, language)]
    if result.linkage is not None:
        body += [f"<h2>{say('linkage')}</h2>", _linkage(result, language)]
    if result.sensitivity:
        body += [
            f"<h2>{say('sensitivity')}</h2>",
            f"<p>{say('sensitivity_how')}</p>",
            _figure(drawn, "sensitivity"),
            _sensitivity(result, language),
        ]
    if result.consistency:
        body += [f"<h2>{say('consistency')}</h2>", f"<p>{say('consistency_how')}</p>", _consistency(result, language)]
    body += [f"<h2>{say('assumptions')}</h2>", _bullets(result.assumptions, language)]
    body += [f"<h2>{say('critics')}</h2>", *(f"<p>{escape(text.words(language))}</p>" for text in CRITICS)]
    body += [f"<h2>{say('table')}</h2>", f"<p>{say('table_how')}</p>", _table(result, language)]
    body += [
        f"<h2>{say('models')}</h2>",
        _folded("all_models", _models(result, language), language),
        f"<h2>{say('how')}</h2>",
        _how(result, language),
    ]
    head = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>{say("title")}</title><link rel="stylesheet" href="prevalence.css"></head><body>'
    )
    return head + "\n".join(part for part in body if part) + "</body></html>\n"


def _answer(result: Prevalence, language: str) -> list[str]:
    say = lambda key: escape(HEADINGS[key].words(language))  # noqa: E731
    light = result.light
    found = [f'<p class="figure">{escape(result.sentence(language))}</p>']
    if result.population and not result.refused:
        rates = [number(result.rate(figure), language, 1) for figure in (result.value, result.low, result.high)]
        found.append(
            f"<p>{say('rate').format(value=rates[0], low=rates[1], high=rates[2], population=number(result.population, language))}</p>"
        )
    found.append(f'<div class="light {light.colour}"><p><strong>{escape(COLOURS[light.colour].words(language))}</strong></p>')
    found.append(_bullets(light.reasons, language))
    if light.helps:
        found += [f"<p>{say('helps')}</p>", _bullets(light.helps, language)]
    found.append("</div>")
    return found


def _bullets(texts: Iterable[Text], language: str) -> str:
    lines = "".join(f"<li>{escape(text.words(language))}</li>" for text in texts)
    return f"<ul>{lines}</ul>" if lines else ""


def _figure(drawn: dict[str, tuple[str, str]], name: str) -> str:
    if name not in drawn:
        return ""
    caption, svg = drawn[name]
    return f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>"


def _rows(head: Iterable[str], rows: Iterable[Iterable[str]], *, numbers: frozenset[int] = frozenset()) -> str:
    """A table; cells are text and are escaped here."""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    lines = []
    for row in rows:
        cells = "".join(f"<td{' class=n' if place in numbers else ''}>{escape(cell)}</td>" for place, cell in enumerate(row))
        lines.append(f"<tr>{cells}</tr>")
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'


def _heads(language: str, *keys: str) -> list[str]:
    return [HEADINGS[key].words(language) for key in keys]


def _interval(low: float | None, high: float | None, language: str) -> str:
    return "–" if low is None or high is None else f"{rounded(low, language)} – {rounded(high, language)}"


def _families(result: Prevalence, language: str) -> str:
    rows = []
    for one in result.families:
        gates = one.gates
        seen = (
            ""
            if gates is None or not gates.hold
            else f"R̂ {number(gates.rhat, language, 3)} ; ESS {number(gates.bulk, language)} / {number(gates.tail, language)}"
        )
        words = " ".join([*(text.words(language) for text in one.reasons), seen]).strip()
        rows.append([FAMILY_NAMES[one.family].words(language), rounded(one.value, language), _interval(one.low, one.high, language), words])
    if result.value is not None:
        rows.append(
            [FAMILY_NAMES["pooled"].words(language), rounded(result.value, language), _interval(result.low, result.high, language), ""]
        )
    return _rows(_heads(language, "family", "estimate", "interval", "remarks"), rows, numbers=frozenset((1, 2)))


def _strata(result: Prevalence, language: str) -> list[str]:
    strata = result.strata
    assert strata is not None
    rows = [
        [
            row.name,
            number(row.people, language),
            f"{rounded(row.value, language)} ({_interval(row.low, row.high, language)})" if row.value is not None else "–",
            f"{rounded(row.pooled, language)} ({_interval(row.pooled_low, row.pooled_high, language)})" if row.pooled is not None else "–",
            number(row.weight, language, 2),
            number(row.rate, language, 1),
            " ".join(text.words(language) for text in row.reasons),
        ]
        for row in strata.rows
    ]
    table = _rows(
        _heads(language, "stratum", "seen", "apart", "pooled", "weight", "per", "remarks"), rows, numbers=frozenset((1, 2, 3, 4, 5))
    )
    if strata.total is None or strata.gap is None:
        return [table]
    words = HEADINGS["gap"].words(language)
    filled = words.format(
        total=rounded(strata.total, language),
        ends=_interval(strata.low, strata.high, language),
        gap=number(round(strata.gap), language),
        national=rounded(result.value, language),
    )
    return [table, f"<p>{escape(filled)}</p>"]


def _linkage(result: Prevalence, language: str) -> str:
    one = result.linkage
    assert one is not None
    words = (
        HEADINGS["linkage_how"]
        .words(language)
        .format(
            tables=one.tables, inside=_interval(one.low, one.high, language), without=_interval(one.without_low, one.without_high, language)
        )
    )
    return f"<p>{escape(words)}</p>"


def _sensitivity(result: Prevalence, language: str) -> str:
    families = list(dict.fromkeys(change.family for change in result.sensitivity))
    rows: dict[tuple[str, str], dict[str, float | None]] = {}
    for change in result.sensitivity:
        rows.setdefault((change.kind, change.what), {})[change.family] = change.value
    lines = [
        [CHANGES[kind].words(language).format(what=what), *(rounded(values.get(family), language) for family in families)]
        for (kind, what), values in rows.items()
    ]
    head = [HEADINGS["change"].words(language), *(FAMILY_NAMES[family].words(language) for family in families)]
    table = _rows(head, lines, numbers=frozenset(range(1, len(head))))
    return _folded("all_changes", table, language)


def _folded(summary: str, table: str, language: str) -> str:
    return f"<details><summary>{escape(HEADINGS[summary].words(language))}</summary>{table}</details>"


def _consistency(result: Prevalence, language: str) -> str:
    answers = {True: HEADINGS["hit"], False: HEADINGS["miss"], None: HEADINGS["untested"]}
    rows = [
        [
            one.list,
            number(one.known, language),
            rounded(one.value, language),
            _interval(one.low, one.high, language),
            answers[one.hit].words(language),
        ]
        for one in result.consistency
    ]
    return _rows(_heads(language, "list", "known", "estimate", "interval", "verdict"), rows, numbers=frozenset((1, 2, 3)))


def _table(result: Prevalence, language: str) -> str:
    """The overlaps used, small ones masked; when one only is small, the next smallest is masked too, so that the total does not give it away."""
    cells = sorted(result.table.cells, key=lambda cell: (cell[0].bit_count(), cell[0]))
    hidden = {history for history, people in cells if people < SMALLEST_SHOWN}
    if len(hidden) == 1:
        others = [(people, history) for history, people in cells if history not in hidden]
        hidden |= {min(others)[1]} if others else set()
    rows = [[result.table.name(history), "✱" if history in hidden else number(people, language)] for history, people in cells]
    return _rows(_heads(language, "on_lists", "people"), rows, numbers=frozenset((1,)))


def _models(result: Prevalence, language: str) -> str:
    rows = []
    for one in result.families:
        for model in one.models[:_MOST_MODELS]:
            rows.append(
                [
                    FAMILY_NAMES[one.family].words(language),
                    " ".join(model.terms) or HEADINGS["main_effects"].words(language),
                    "–" if model.weight is not None else number(model.value, language),
                    number(model.bic, language, 2),
                    number(model.weight, language, 3),
                    " ".join(model.at_minus_infinity),
                ]
            )
    return _rows(_heads(language, "family", "terms", "estimate", "bic", "mass", "minus"), rows, numbers=frozenset((2, 3, 4)))


def _how(result: Prevalence, language: str) -> str:
    source = result.source
    lines = [
        (HEADINGS["method"].words(language), result.method.words(language)),
        *((FAMILY_NAMES[one.family].words(language), one.method.words(language)) for one in result.families),
        (HEADINGS["source"].words(language), source.name),
        (HEADINGS["period"].words(language), source.period or "–"),
        (HEADINGS["coverage"].words(language), source.coverage or "–"),
        ("SHA-256", source.fingerprint),
        (HEADINGS["seed"].words(language), str(result.seed)),
        (HEADINGS["versions"].words(language), ", ".join(f"{name} {value}" for name, value in result.versions.items())),
    ]
    return f'<div class="method">{_rows(_heads(language, "what", "value"), lines)}</div>'
