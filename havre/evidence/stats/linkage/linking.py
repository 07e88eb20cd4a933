"""The front door: lists in, links and clusters out, with the evidence of each pair and one page on the run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from havre.evidence.stats.linkage import blocking, guards, levels, scoring, sieve, thresholds
from havre.evidence.stats.linkage import model as models
from havre.evidence.stats.linkage.clusters import alone, cluster, impossible, weakest
from havre.evidence.stats.linkage.expected import true_joins
from havre.evidence.stats.linkage.reading import ListError, check_together, read_list
from havre.evidence.stats.linkage.records import Records, prepare
from havre.evidence.stats.linkage.report import report_of
from havre.evidence.stats.linkage.workspace import workspace

WRITTEN_LEAST = 0.01  # pairs below this are not written


@dataclass(frozen=True)
class Linkage:
    """A finished linkage.

    Attributes: links, columns record_id_a, record_id_b, probability, decision (link, review, no); clusters, columns
    record_id, cluster_id; report, figures of the run; lists, how many; scored, guard (of `guards`), records, model, blocked and
    unique, for `evidence` and `for_purpose`.
    """

    links: pl.DataFrame
    clusters: pl.DataFrame
    report: dict[str, Any]
    lists: int
    scored: scoring.Scored = field(repr=False)
    guard: np.ndarray = field(repr=False)
    records: Records = field(repr=False)
    model: models.Model = field(repr=False)
    blocked: blocking.Blocked = field(repr=False)
    unique: frozenset[int] = frozenset()

    def for_purpose(self, purpose: str) -> Linkage:
        """The same scored pairs decided for another purpose. Raises: ValueError, for a purpose."""
        return _decide(self.records, self.scored, self.guard, self.model, self.blocked, purpose, self.lists, self.unique)

    def evidence(self, pair: tuple[str, str]) -> list[dict[str, Any]]:
        """The steps from the starting odds to the final ones, for a waterfall: step, label, bits (log2 odds) and total.

        Raises: ListError, when the two records were not compared or fell under the floor.
        """
        ids = {record: i for i, record in enumerate(self.records.table["record_id"].to_list()) if record in pair}
        found = np.flatnonzero((self.scored.left == min(ids.values(), default=-1)) & (self.scored.right == max(ids.values(), default=-1)))
        if len(ids) != 2 or not len(found):
            raise ListError(
                f"{pair[0]} and {pair[1]} were not scored as a pair.", f"{pair[0]} et {pair[1]} n'ont pas été évalués comme paire."
            )
        i = int(found[0])
        prior = self.model.prior(len(self.records.table))
        steps: list[dict[str, Any]] = [{"step": "prior", "label": "starting odds", "bits": float(np.log2(prior / (1 - prior)))}]
        for name, gamma in self.scored.gamma.items():
            level, n = int(gamma[i]), len(self.model.m[name])
            bits = 0.0 if level < 0 else float(np.log2(self.model.m[name][n - 1 - level] / self.model.u[name][n - 1 - level]))
            steps.append({"step": name, "label": "missing" if level < 0 else levels.labels(name)[level], "bits": bits})
        p = min(max(float(self.scored.probability[i]), 1e-6), 1 - 1e-6)
        rest = float(np.log2(p / (1 - p))) - sum(step["bits"] for step in steps)
        steps.append({"step": "fit", "label": "fit of the name parts, rivals and common neighbours", "bits": rest})
        total = 0.0
        for step in steps:
            total += step["bits"]
            step["total"] = total
        return steps

    def write(self, folder: str | Path) -> None:
        """Write links.csv, clusters.csv and report.json. The same input, model and seed give the same bytes."""
        from havre.evidence.stats.linkage.report import as_json

        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.links.write_csv(folder / "links.csv", float_precision=6)
        self.clusters.write_csv(folder / "clusters.csv")
        (folder / "report.json").write_text(as_json(self.report), encoding="utf-8")


def link(
    lists: Sequence[pl.DataFrame | str | Path], *, purpose: str = "balanced", model: models.Model | str | Path | None = None,
    seed: int = 0, retrain: bool = False, unique: Sequence[int] = (),
) -> Linkage:  # fmt: skip
    """Find the records of one person within and between lists.

    Args: lists, tables of `reading.read_list` or paths; purpose, `review`, `auto` or `balanced`; model, a Model or its
        file, else the one shipped; seed, of training; retrain, estimate m and u anew on a sample of these lists; unique,
        positions of lists known to hold nobody twice.
    Raises: ListError, for a list that cannot be read, ids that are not unique, lists without a record or a list number that
        is not there; blocking.OverBudget; ValueError, for a purpose.
    Source: Fellegi and Sunter, A Theory for Record Linkage, JASA 64 (1969); scorers, Friedman 2001; guards are our own.
    """
    if purpose not in thresholds.PURPOSES:
        raise ValueError(f"purpose {purpose!r} is not one of {', '.join(thresholds.PURPOSES)}")
    if any(not 0 <= one < len(lists) for one in unique):
        raise ListError(
            f"--unique: there are {len(lists)} lists; give a number from 1 to {len(lists)}.",
            f"--unique : il y a {len(lists)} listes ; donnez un numéro de 1 à {len(lists)}.",
        )
    used = model if isinstance(model, models.Model) else models.load(model)
    records = _read(lists)
    with workspace(records) as con:
        if retrain:
            used = models.train(con, used, records=len(records.table), seed=seed)
        blocked = blocking.block(con, keep=sieve.sieve(records, used, floor=scoring.FLOOR))
        scored = scoring.weights(con, used, len(records.table))
    scored, guard = scoring.finish(records, scored, used)
    return _decide(records, scored, guard, used, blocked, purpose, len(lists), frozenset(unique))


def _read(lists: Sequence[pl.DataFrame | str | Path]) -> Records:
    """Keys of all lists; the lists themselves are not held any longer than that."""
    tables = [one if isinstance(one, pl.DataFrame) else read_list(one) for one in lists]
    if not tables:
        raise ListError("No list was given.", "Aucune liste n'a été donnée.")
    if not any(one.height for one in tables):
        raise ListError(
            "No list holds a record: there is nothing to link.", "Aucune liste ne contient de fiche : il n'y a rien à rapprocher."
        )
    check_together(tables)
    return prepare(tables, [f"{i}" if isinstance(one, pl.DataFrame) else Path(one).name for i, one in enumerate(lists, start=1)])


def _decide(records, scored, guard, used, blocked, purpose, count, unique) -> Linkage:  # noqa: ANN001
    p = scored.probability
    kept_back = guards.held(guard, purpose)
    limit = thresholds.choose(p[~kept_back], purpose=purpose)
    wanted = (p >= limit.link) & ~kept_back
    test, expected = impossible(records.table, unique), None
    forbidden: set[tuple[int, int]] = set()
    if purpose == "auto":  # every pair of a cluster stands by itself or may follow from a third record
        stands_too = wanted | (guard == guards.THIRD)
        test = alone(test, scored.left[stands_too], scored.right[stands_too])
    else:
        forbidden = set(zip(scored.left[kept_back].tolist(), scored.right[kept_back].tolist(), strict=True))
    if purpose == "balanced":
        expected = true_joins(records, scored, guard, used, unique)
        pairs = scored.left[wanted], scored.right[wanted], p[wanted]
        limit = thresholds.Threshold(weakest(len(records.table), *pairs, test, forbidden, round(expected)))
        wanted &= p >= limit.link
    left, right = scored.left[wanted], scored.right[wanted]
    person, stands = cluster(len(records.table), left, right, p[wanted], test, forbidden)
    linked = wanted.copy()
    linked[np.flatnonzero(wanted)[~stands]] = False
    linked |= person[scored.left] == person[scored.right]  # a pair of one cluster is a link, whatever its own score
    # automatic linking shows a person what it held back; for a balanced figure only what it would have linked
    asked = ~linked & ((p >= limit.review) if purpose != "balanced" else wanted | (kept_back & (p >= limit.link)))
    links = _links(records.table["record_id"], scored, linked, asked)
    ids = records.table["record_id"]
    clusters = pl.DataFrame({"record_id": ids, "cluster_id": ids.gather(person)}).sort("record_id")
    report = report_of(records, scored, guard, linked, limit, expected, blocked, used, purpose, count, person, int((~stands).sum()))
    return Linkage(links, clusters, report, count, scored, guard, records, used, blocked, unique)


def _links(ids: pl.Series, scored: scoring.Scored, linked: np.ndarray, asked: np.ndarray) -> pl.DataFrame:
    """The pairs worth writing, each with the lesser id first. Args: ids, by record number; linked, asked, of each pair."""
    p = np.round(scored.probability, 6)
    shown = np.flatnonzero((p >= WRITTEN_LEAST) | linked | asked)
    a, b = (ids.gather(side[shown]) for side in (scored.left, scored.right))
    return (
        pl.DataFrame({"a": a, "b": b, "probability": p[shown], "linked": linked[shown], "asked": asked[shown]})
        .select(
            record_id_a=pl.min_horizontal("a", "b"), record_id_b=pl.max_horizontal("a", "b"), probability="probability",
            decision=pl.when("linked").then(pl.lit("link")).when("asked").then(pl.lit("review")).otherwise(pl.lit("no")),
        )
        .sort("record_id_a", "record_id_b")
    )  # fmt: skip
