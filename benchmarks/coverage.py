"""How often the intervals hold the truth, on simulated populations of known size.

    python -m benchmarks.coverage RESULTS.jsonl [--draws N] [--only DESIGN ...] [--unseen] [--write PAGE]
    python -m benchmarks.coverage --short

Each design of `benchmarks.populations` draws a population of known size and its lists, and estimates it as `havre estimate` does (without the
sensitivity and consistency checks, so that the traffic light knows less than a reader's). Every draw is one line of RESULTS, written when it is
done: a run that stops goes on where it stopped, and more draws can be asked for later. The tables are made from the lines alone: for each
family and for the families together, how often the 95 % interval holds the truth, how wide it is, how often there is no answer or a refusal,
the colours of the misses, and false confidence (an interval that misses, although short and green). `--short` is the size that CI runs: few
draws, held to the least that it must show.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.populations import DESIGNS, UNSEEN, Design
from havre.evidence.stats.prevalence import FAMILIES, Overlaps, Prevalence, estimate
from havre.evidence.stats.prevalence.words import BadTable

# an interval is short when its upper end is under twice the lower
SHORT = 2.0
COLOURS = ("green", "amber", "red", "refused")
SEED = 20261124
_SMALL = ("independent 4", "referral", "out of reach", "disjoint")


def overlaps(seen: np.ndarray) -> Overlaps:
    """A table from people × lists; those on no list go unseen.

    Args: seen, people × lists of zeros and ones.
    """
    masks = (seen * (1 << np.arange(seen.shape[1]))).sum(axis=1)
    counts = np.bincount(masks, minlength=1 << seen.shape[1])
    return Overlaps.from_masks([f"L{j + 1}" for j in range(seen.shape[1])], dict(enumerate(counts)))


def drawn(design: Design, turn: int) -> Any:
    """The table of one draw: overlaps, or a table with a column of strata where the design shows them.

    Args: turn, the draw's number, which with the design's name is its seed.
    """
    draw = np.random.default_rng([SEED, turn, sum(map(ord, design.name))])
    if not design.strata:
        return overlaps(design.draw(draw, design.size))
    frames = []
    for stratum, share in enumerate(design.strata):
        table = overlaps(design.draw(draw, round(share * design.size), stratum))
        rows = [[f"S{stratum + 1}", *(mask >> j & 1 for j in range(len(table.lists))), people] for mask, people in table.cells]
        frames.append(pl.DataFrame(rows, schema=["stratum", *table.lists, "n"], orient="row"))
    return pl.concat(frames)


def line(design: Design, turn: int, *, resamples: int, sweeps: int, estimator: Callable[..., Prevalence] = estimate) -> dict[str, Any]:
    """One draw, estimated: what the tables need of it.

    Args: resamples and sweeps as `estimate`. Gives a JSON object: answers, ends and lights, in people, and seconds.
    """
    began = time.perf_counter()
    table = drawn(design, turn)
    more = {"strata": "stratum"} if design.strata else {}
    found: dict[str, Any] = {"design": design.name, "turn": turn, "resamples": resamples, "sweeps": sweeps}
    try:
        one = estimator(table, seed=turn + 1, resamples=resamples, sweeps=sweeps, kept=20, checks=False, **more)
    except BadTable as problem:  # a list came out empty, or within another
        return {
            **found,
            "light": "refused",
            "why": [problem.code],
            "families": {},
            "together": None,
            "seconds": time.perf_counter() - began,
        }
    families = {each.family: [each.value, each.low, each.high] if each.answers else None for each in one.families}
    return {
        **found,
        "seen": one.numerator,
        "light": one.light.colour,
        "why": [text.en for text in one.light.reasons],
        "families": families,
        "together": None if one.value is None else [one.value, one.low, one.high],
        "seconds": round(time.perf_counter() - began, 2),
    }


def read(results: Path) -> list[dict[str, Any]]:
    """The lines of a file, none when it is not there.

    Args: results, one JSON object a line.
    """
    return [json.loads(text) for text in results.read_text(encoding="utf-8").splitlines()] if results.exists() else []


class Tally:
    """What one estimator did over the draws of one design, truth in people.

    Source: coverage, width and bias, Morris, White & Crowther, Statistics in Medicine 38 (2019).
    """

    def __init__(self, truth: int, answers: Iterable[list[float] | None]) -> None:
        every = list(answers)
        given = np.array([one for one in every if one is not None and None not in one], dtype=float).reshape(-1, 3)
        self.draws, self.answers = len(every), len(given)
        self.held = (given[:, 1] <= truth) & (truth <= given[:, 2])
        self.ratios, self.errors = given[:, 2] / given[:, 1], given[:, 0] / truth - 1

    @property
    def coverage(self) -> float:
        """Share of the intervals given that hold the truth."""
        return float(self.held.mean()) if self.answers else float("nan")

    def cells(self) -> str:
        """Coverage, median width, median error."""
        return f"{self.coverage:.2f} | {np.median(self.ratios):.2f} | {np.median(self.errors):+.2f}" if self.answers else "– | – | –"


def misses(design: Design, lines: list[dict[str, Any]]) -> dict[str, int]:
    """Intervals that miss, by the colour of their light; `false` those that are short and green, `short` those short and not red.

    Gives colour to number of draws. Source: coverage as Morris, White & Crowther, Statistics in Medicine 38 (2019).
    """
    found = dict.fromkeys((*COLOURS, "false", "short"), 0)
    for one in lines:
        if one["together"] is None or one["together"][1] <= design.size <= one["together"][2]:
            continue
        short = one["together"][2] < SHORT * one["together"][1]
        found[one["light"]] += 1
        found["false"] += short and one["light"] == "green"
        found["short"] += short and one["light"] != "red"
    return found


HEAD = """# Coverage of the intervals on populations of known size

Generated by `python -m benchmarks.coverage`; not written by hand. At most {draws} populations a design, {resamples} resamples (the 20 best models of
least BIC refitted in each), four latent-class chains of {sweeps} sweeps, 95 % intervals. *holds*: share of the intervals given that hold the
truth (its own standard error is about {error:.2f} at 0.95); *width*: median of upper over lower end; *error*: median of estimate over truth,
less 1; *draws*: populations drawn. Designs marked † are not identified: no method can know; there a warning or a refusal is right. The light is
set without the sensitivity and consistency checks. *Misses*: by the colour of their light. *False confidence*: misses that are short
(upper under twice the lower end) and green. Refusals stand apart and count for nothing.
"""
TAIL = "What the tables do not show: dependence on populations unlike these. Independent checks on other populations are welcome."


def page(lines: list[dict[str, Any]], note: str = "") -> str:
    """The tables, in Markdown, of whatever lines there are; `note` is one paragraph on how the run went.

    Source: reporting of simulations, Morris, White & Crowther, Statistics in Medicine 38 (2019).
    """
    by_design: dict[str, list[dict[str, Any]]] = {}
    for one in lines:
        by_design.setdefault(one["design"], []).append(one)
    draws = max(len(some) for some in by_design.values())
    head = HEAD.format(draws=draws, error=(0.95 * 0.05 / draws) ** 0.5, resamples=lines[0]["resamples"], sweeps=lines[0]["sweeps"])
    found = [head, note] if note else [head]
    for title, designs in (
        ("Designs looked at while the interval was made", DESIGNS),
        ("Designs written before it was frozen and run afterwards", UNSEEN),
    ):
        chosen = [(one, by_design[one.name]) for one in designs if one.name in by_design]
        if chosen:
            found += [f"\n## {title}\n", *_together(chosen), f"\n### Each family alone ({title[0].lower()}{title[1:]})\n", *_alone(chosen)]
    return "\n".join([*found, "", TAIL]) + "\n"


def _mark(design: Design) -> str:
    return design.name if design.identified else f"{design.name} †"


def _together(chosen: list[tuple[Design, list[dict[str, Any]]]]) -> list[str]:
    found = [
        "| design | | truth | draws | holds | width | error | green / amber / red / refused | misses green / amber / red | false confidence |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for design, lines in chosen:
        tally, missed = Tally(design.size, (one["together"] for one in lines)), misses(design, lines)
        lights = " / ".join(str(sum(one["light"] == colour for one in lines)) for colour in COLOURS)
        wrong = " / ".join(str(missed[colour]) for colour in COLOURS[:3])
        found.append(
            f"| {_mark(design)} | {design.words} | {design.size:,} | {tally.draws} | {tally.cells()} | {lights} | {wrong} | {missed['false']} |"
        )
    return found


def _alone(chosen: list[tuple[Design, list[dict[str, Any]]]]) -> list[str]:
    found = ["| design | family | holds | width | error | no answer |", "|---|---|---|---|---|---|"]
    for design, lines in chosen:
        for family in FAMILIES:
            tally = Tally(design.size, (one["families"].get(family) for one in lines))
            found.append(f"| {_mark(design)} | {family} | {tally.cells()} | {tally.draws - tally.answers} of {tally.draws} |")
    return found


def run(designs: Iterable[Design], results: Path, *, draws: int, resamples: int, sweeps: int) -> None:
    """Estimate what is not yet in the file, one line after the other.

    Args: draws, how many a design in the end.
    """
    done = {(one["design"], one["turn"]) for one in read(results)}
    results.parent.mkdir(parents=True, exist_ok=True)
    for design in designs:
        began = time.perf_counter()
        for turn in range(draws):
            if (design.name, turn) not in done:
                with results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line(design, turn, resamples=resamples, sweeps=sweeps), ensure_ascii=False) + "\n")
        lines = [one for one in read(results) if one["design"] == design.name]
        tally, missed = Tally(design.size, (one["together"] for one in lines)), misses(design, lines)
        lights = {colour: sum(one["light"] == colour for one in lines) for colour in COLOURS}
        print(f"{_mark(design):26} {tally.cells()}  {lights} misses {missed}  {time.perf_counter() - began:.0f} s", flush=True)


def short(estimator: Callable[..., Prevalence] = estimate) -> list[str]:
    """CI's size: five draws of four designs, and what is wrong with what they show (an empty list: nothing).

    Args: estimator, what is tried; another shows that the test can fail.
    """
    wrong = []
    every = {one.name: one for one in DESIGNS}
    for name in _SMALL:
        design = every[name]
        lines = [line(design, turn, resamples=60, sweeps=3_000, estimator=estimator) for turn in range(5)]
        tally, missed = Tally(design.size, (one["together"] for one in lines)), misses(design, lines)
        lights = [one["light"] for one in lines]
        print(f"{_mark(design):26} {tally.cells()}  {lights} misses {missed}  {sum(one['seconds'] for one in lines):.0f} s", flush=True)
        if missed["green"]:
            wrong.append(f"{name}: {missed['green']} interval(s) miss under a green light")
        if design.identified and (tally.held.sum() < 4 or tally.answers < 5):
            wrong.append(f"{name}: {tally.held.sum()} of 5 intervals hold the truth")
        if name == "disjoint" and not set(lights) <= {"red", "refused"}:
            wrong.append(f"{name}: lists that hardly meet are neither red nor refused")
    return wrong


def main() -> None:
    """Read the line and run, or write the page. Ends with status 1 when the short run shows less than it must."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("results", type=Path, nargs="?", help="where each draw is one line; what is there is not done again")
    parser.add_argument("--short", action="store_true", help="the size of CI; ends with status 1 when it shows less than it must")
    parser.add_argument("--draws", type=int, default=30)
    parser.add_argument("--resamples", type=int, default=200)
    parser.add_argument("--sweeps", type=int, default=10_000)
    parser.add_argument("--only", nargs="*", help="names of designs")
    parser.add_argument("--unseen", action="store_true", help="the designs that were run after the interval was frozen")
    parser.add_argument("--write", type=Path, help="where the page goes")
    parser.add_argument("--note", default="", help="a paragraph on how the run went, under the page's head")
    arguments = parser.parse_args()
    if arguments.short:
        sys.exit("\n".join(short()) or 0)
    if arguments.results is None:
        parser.error("name a file for the results")
    designs = [one for one in (UNSEEN if arguments.unseen else DESIGNS) if not arguments.only or one.name in arguments.only]
    if arguments.draws:
        run(designs, arguments.results, draws=arguments.draws, resamples=arguments.resamples, sweeps=arguments.sweeps)
    if arguments.write:
        arguments.write.write_text(page(read(arguments.results), arguments.note), encoding="utf-8")


if __name__ == "__main__":
    main()
