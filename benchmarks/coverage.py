"""How often the intervals hold the truth, on simulated populations of known size.

    python -m benchmarks.coverage [--short] [--draws N] [--resamples N] [--sweeps N] [--only DESIGN ...] [--write FILE]

Each design draws a population of known size and its lists, estimates it as `havre estimate` does (without the sensitivity and consistency
checks, so that the traffic light knows less than a reader's), and counts, for each family and for the families together: how often the 95 %
interval holds the truth, how wide it is (upper over lower end), how often there is no answer or a refusal, and false confidence: an
interval that misses although short (upper under twice the lower end) and green. Designs marked † are not identified: no method can know;
there a warning or a refusal is right. Writes `docs/reference/coverage.md`; `--short` is the size that CI runs, and writes nothing unless told.
"""

# ruff: noqa: E501

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from havre.evidence.stats.prevalence import FAMILIES, Overlaps, estimate
from havre.evidence.stats.prevalence.words import BadTable

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "coverage.md"
SHORT = 2.0


@dataclass(frozen=True)
class Design:
    """A population of `size` people and how its lists come about: `draw` gives people × lists, zeros and ones."""

    name: str
    words: str
    size: int
    draw: Callable[[np.random.Generator, int], np.ndarray]
    identified: bool = True


def _logistic(x):
    return 1 / (1 + np.exp(-x))


def independent(*chances):
    return lambda draw, size: draw.random((size, len(chances))) < np.array(chances)


def paired(chances, pairs):
    """Lists drawn one after the other; `pairs` maps (earlier, later) to a log odds ratio: referral above 0, avoidance below."""

    def drawn(draw, size):
        seen = np.zeros((size, len(chances)), dtype=bool)
        for j, chance in enumerate(chances):
            logit = np.full(size, np.log(chance / (1 - chance)))
            for (i, later), effect in pairs.items():
                if later == j:
                    logit += effect * seen[:, i]
            seen[:, j] = draw.random(size) < _logistic(logit)
        return seen

    return drawn


def loglinear(chances, terms):
    """From a log-linear model: `terms` maps sets of lists to their parameter."""
    lists = len(chances)
    masks = np.arange(1 << lists)
    logs = sum(np.log(p / (1 - p)) * (masks >> j & 1) for j, p in enumerate(chances))
    for term, effect in terms.items():
        mask = sum(1 << j for j in term)
        logs = logs + effect * ((masks & mask) == mask)
    share = np.exp(logs - logs.max())
    share /= share.sum()

    def drawn(draw, size):
        return (draw.choice(masks, size=size, p=share)[:, None] >> np.arange(lists) & 1).astype(bool)

    return drawn


def classes(*groups):
    """(share, chances) of each class of people; lists are independent within a class."""

    def drawn(draw, size):
        which = draw.choice(len(groups), size=size, p=[share for share, _ in groups])
        return draw.random((size, len(groups[0][1]))) < np.array([chances for _, chances in groups])[which]

    return drawn


def continuous(chances, spread):
    """Every person's own visibility: the same normal shift of the log odds on all lists."""

    def drawn(draw, size):
        logit = np.log(np.array(chances) / (1 - np.array(chances)))
        return draw.random((size, len(chances))) < _logistic(logit + spread * draw.normal(size=(size, 1)))

    return drawn


DESIGNS = (
    Design("independent 3", "three independent lists", 1500, independent(0.15, 0.2, 0.12)),
    Design("independent 4", "four independent lists", 2000, independent(0.15, 0.1, 0.12, 0.08)),
    Design("independent 5", "five independent lists", 2000, independent(0.12, 0.1, 0.08, 0.06, 0.1)),
    Design("referral", "four lists, one pair refers (log odds ratio 1.5)", 2000, paired((0.15, 0.12, 0.1, 0.1), {(0, 1): 1.5})),
    Design("avoidance", "four lists, one pair avoids (-1.5)", 2000, paired((0.2, 0.15, 0.15, 0.1), {(0, 1): -1.5})),
    Design("both ways", "five lists, one pair refers, one avoids", 2500, paired((0.12, 0.1, 0.1, 0.08, 0.12), {(0, 1): 1.2, (2, 4): -1.2})),
    Design("weak pair", "four lists, a weak referral (0.6), hard to see", 2000, paired((0.15, 0.12, 0.1, 0.1), {(0, 1): 0.6})),
    Design("triple", "four lists, three pairs and their triple", 3000, loglinear((0.2, 0.2, 0.15, 0.15), {(0, 1): 0.8, (1, 2): 0.8, (0, 2): 0.8, (0, 1, 2): 0.6})),
    Design("classes", "five lists, two classes of people", 2000, classes((0.35, (0.35, 0.3, 0.25, 0.3, 0.25)), (0.65, (0.08, 0.06, 0.1, 0.05, 0.08)))),
    Design("continuous", "five lists, visibility varies (log odds, s.d. 0.7)", 2000, continuous((0.12, 0.15, 0.1, 0.12, 0.1), 0.7)),
    Design("strata", "four lists, two strata seen by different lists", 2500, classes((0.5, (0.2, 0.18, 0.06, 0.05)), (0.5, (0.06, 0.05, 0.18, 0.2)))),
    Design("sparse", "five small lists, few overlaps", 3000, independent(0.03, 0.04, 0.02, 0.05, 0.03)),
    Design("never meet", "four lists, one pair never meets", 2500, paired((0.12, 0.1, 0.1, 0.12), {(0, 1): -9.0})),
    Design("unequal", "six lists from 1 to 20 %", 2500, independent(0.2, 0.12, 0.06, 0.03, 0.02, 0.01)),
    Design("eight", "eight lists of 2 to 8 %, one pair refers", 2000, paired((0.08, 0.06, 0.05, 0.04, 0.03, 0.03, 0.02, 0.02), {(0, 1): 1.2})),
    Design("three bound", "three lists, all bound at once (pairs 0.8, triple 1)", 2000, loglinear((0.15, 0.15, 0.12), {(0, 1): 0.8, (1, 2): 0.8, (0, 2): 0.8, (0, 1, 2): 1.0}), False),
    Design("four bound", "four lists, every order of dependence", 2500, loglinear((0.12, 0.12, 0.1, 0.1), {(0, 1): 0.7, (1, 2): 0.7, (0, 2): 0.7, (0, 3): 0.7, (1, 3): 0.7, (2, 3): 0.7, (0, 1, 2, 3): 1.2}), False),
    Design("out of reach", "four independent lists, two people in five out of their reach", 2000, classes((0.6, (0.15, 0.12, 0.12, 0.1)), (0.4, (0.0, 0.0, 0.0, 0.0))), False),
    Design("disjoint", "three lists that hardly meet", 2000, classes((1 / 3, (0.2, 0, 0)), (1 / 3, (0, 0.2, 0)), (1 / 3, (0.002, 0.002, 0.2))), False),
)  # fmt: skip


@dataclass
class Tally:
    """What one estimator did over the draws of one design."""

    draws: int = 0
    answers: int = 0
    held: int = 0
    ratios: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)

    def add(self, truth, value, low, high):
        self.draws += 1
        if low is None:
            return
        self.answers += 1
        self.held += low <= truth <= high
        self.ratios.append(high / low)
        self.errors.append(value / truth - 1)

    def cells(self):
        if not self.answers:
            return "– | – | –"
        return f"{self.held / self.answers:.2f} | {np.median(self.ratios):.2f} | {np.median(self.errors):+.2f}"


def overlaps(seen: np.ndarray) -> Overlaps:
    """A table from people × lists; those on no list go unseen."""
    masks = (seen * (1 << np.arange(seen.shape[1]))).sum(axis=1)
    counts = np.bincount(masks, minlength=1 << seen.shape[1])
    return Overlaps.from_masks([f"L{j + 1}" for j in range(seen.shape[1])], dict(enumerate(counts)))


def run(design: Design, *, draws: int, resamples: int, sweeps: int, seed: int = 20261124):
    """Tallies by family and together, lights, and false confidence of one design."""
    tallies = {name: Tally() for name in (*FAMILIES, "together")}
    lights = dict.fromkeys(("green", "amber", "red", "refused"), 0)
    confident = flagged_misses = 0
    for turn in range(draws):
        draw = np.random.default_rng([seed, turn, sum(map(ord, design.name))])
        try:
            found = estimate(
                overlaps(design.draw(draw, design.size)), seed=turn + 1, resamples=resamples, sweeps=sweeps, kept=20, checks=False
            )
        except BadTable:  # a list came out empty
            lights["refused"] += 1
            continue
        lights[found.light.colour] += 1
        for one in found.families:
            tallies[one.family].add(design.size, one.value, one.low if one.answers else None, one.high)
        tallies["together"].add(design.size, found.value, found.low, found.high)
        if found.low is not None and not found.low <= design.size <= found.high:
            if found.light.colour == "green" and found.high / found.low < SHORT:
                confident += 1
            else:
                flagged_misses += 1
    return tallies, lights, confident, flagged_misses


HEAD = """# Coverage of the intervals on populations of known size

Generated by `python -m benchmarks.coverage`; not written by hand. {draws} populations a design, {resamples} resamples (the 20 best models of
least BIC refitted in each), four latent-class chains of {sweeps} sweeps, 95 % intervals. *holds*: share of the intervals given that hold the truth (its own
standard error is about {error:.2f} at 0.95); *width*: median of upper over lower end; *error*: median of estimate over truth, less 1. *No answer* counts the
draws on which a family has none. Designs marked † are not identified. The light is set without the sensitivity and consistency checks.
*False confidence*: misses that are short (upper under twice the lower end) and green.

"""


def page(results, arguments) -> str:
    """The tables, in Markdown."""
    lines = [
        HEAD.format(
            draws=arguments.draws, resamples=arguments.resamples, sweeps=arguments.sweeps, error=(0.95 * 0.05 / arguments.draws) ** 0.5
        )
    ]
    lines.append("## The families together (the interval that Havre quotes)\n")
    lines.append("| design | | truth | holds | width | error | green / amber / red / refused | misses with a warning | false confidence |")
    lines.append("|---|---|---|---|---|---|---|---|---|")
    for design, (tallies, lights, confident, flagged) in results:
        mark = "" if design.identified else " †"
        colours = " / ".join(str(lights[colour]) for colour in ("green", "amber", "red", "refused"))
        lines.append(
            f"| {design.name}{mark} | {design.words} | {design.size:,} | {tallies['together'].cells()} | {colours} | {flagged} | {confident} |"
        )
    lines.append("\n## Each family alone\n")
    lines.append("| design | family | holds | width | error | no answer |")
    lines.append("|---|---|---|---|---|---|")
    for design, (tallies, *_) in results:
        mark = "" if design.identified else " †"
        for family in FAMILIES:
            tally = tallies[family]
            lines.append(f"| {design.name}{mark} | {family} | {tally.cells()} | {tally.draws - tally.answers} of {tally.draws} |")
    lines.append("")
    lines.append(
        "What the table does not show: dependence on populations unlike these. Independent checks on other populations are welcome."
    )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--short", action="store_true", help="the size of CI: 4 draws of 6 designs")
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--resamples", type=int, default=200)
    parser.add_argument("--sweeps", type=int, default=20_000)
    parser.add_argument("--only", nargs="*", help="names of designs")
    parser.add_argument("--write", type=Path, help="where the page goes")
    arguments = parser.parse_args()
    chosen = [one for one in DESIGNS if not arguments.only or one.name in arguments.only]
    if arguments.short:
        arguments.draws, arguments.resamples, arguments.sweeps = min(arguments.draws, 4), 100, 4_000
        chosen = [one for one in chosen if one.name in ("independent 3", "referral", "avoidance", "strata", "three bound", "disjoint")]
    target = arguments.write or (None if arguments.short or arguments.only else PAGE)
    results = []
    for design in chosen:
        began = time.perf_counter()
        found = run(design, draws=arguments.draws, resamples=arguments.resamples, sweeps=arguments.sweeps)
        results.append((design, found))
        tallies, lights, confident, flagged = found
        alone = "  ".join(f"{family} {tallies[family].cells()}" for family in FAMILIES)
        print(
            f"{design.name:14} together {tallies['together'].cells()}  {lights} false {confident} flagged misses {flagged}  {time.perf_counter() - began:.0f} s",
            flush=True,
        )
        print(f"{'':14} {alone}", flush=True)
        # after each design, so that a run that is stopped leaves a whole page of what was done
        if target:
            target.write_text(page(results, arguments), encoding="utf-8")
    if any(confident for _, (_, _, confident, _) in results):
        print("false confidence was found: see the table")


if __name__ == "__main__":
    main()
