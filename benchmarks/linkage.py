"""Linkage on known-truth lists, Havre beside a tutorial-style Splink model in the same run.

`python -m benchmarks.linkage` (small) or `--full` (100,000 records, one seed); `--size`, `--draws` and `--held-out` as their help
says; three seeds and three error levels: `python -m benchmarks.linkage_grid`. Prints F1, recall at precision 0.99, what is lost at
blocking, scoring and threshold for each name group, and a Lincoln-Petersen figure before and after the balanced threshold.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from collections import Counter
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from benchmarks.lists import Made, make
from havre.evidence.stats.linkage import Linkage, blocking, link, linking, model, scoring, sieve
from havre.evidence.stats.linkage.draws import draw, histories, lincoln_petersen
from havre.evidence.stats.linkage.reading import read_list


def curve(scores: np.ndarray, right: np.ndarray, total: int) -> tuple[float, float, float]:
    """Best F1, its precision, and the recall at precision 0.99."""
    order = np.argsort(-scores, kind="stable")
    hits, n = np.cumsum(right[order]), np.arange(1, len(scores) + 1)
    precision, recall = hits / n, hits / total
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    good = np.flatnonzero(precision >= 0.99)
    return float(f1.max(initial=0)), float(precision[f1.argmax()]), float(recall[good[-1]]) if len(good) else 0.0


def tutorial(paths: list[Path]) -> pl.DataFrame:
    """The peer: Jaro-Winkler on lower-cased names, Levenshtein on the date, six rules, trained as the tutorial does."""
    import splink.comparison_library as cl
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    rows = pl.concat([read_list(path) for path in paths]).with_columns(
        given=pl.col("given_name").str.to_lowercase(),
        family=pl.col("family_name").str.to_lowercase(),
        year=pl.col("birth_date").str.slice(0, 4),
    )
    con = duckdb.connect()
    con.execute("SET threads = 2")
    written = rows.to_arrow()  # noqa: F841 - read by DuckDB by its name
    con.execute("CREATE TABLE tutorial AS SELECT * FROM written")
    settings = SettingsCreator(
        link_type="dedupe_only", unique_id_column_name="record_id",
        comparisons=[
            cl.JaroWinklerAtThresholds("given", [0.92, 0.8]), cl.JaroWinklerAtThresholds("family", [0.92, 0.8]),
            cl.LevenshteinAtThresholds("birth_date", [1, 2]), cl.ExactMatch("sex"), cl.ExactMatch("nationality"), cl.ExactMatch("doc_number"), cl.ExactMatch("phone"),  # noqa: E501
        ],
        blocking_rules_to_generate_predictions=[
            block_on("given", "family"), block_on("given", "birth_date"), block_on("family", "birth_date"), block_on("doc_number"),
            block_on("birth_date", "birthplace"), block_on("given", "year", "nationality"),
        ],
    )  # fmt: skip
    linker = Linker(DuckDBAPI(connection=con).register("tutorial"), settings, log_level=None)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("birth_date"), estimate_without_term_frequencies=True)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("given", "family"), estimate_without_term_frequencies=True)
    found = linker.inference.predict(threshold_match_probability=0.01)
    rows = con.execute(f"SELECT record_id_l, record_id_r, match_probability FROM {found.physical_name}").fetchall()
    return pl.DataFrame(rows, schema=["a", "b", "p"], orient="row")


def _marks(table: pl.DataFrame, person: dict[str, int]) -> np.ndarray:
    return np.array([person[a] == person[b] for a, b in zip(table["a"], table["b"], strict=True)], dtype=bool)


def _truth_histories(made: Made) -> pl.DataFrame:
    source = {row["record_id"]: i for i, rows in enumerate(made.lists) for row in rows}
    ids = list(made.person)
    return histories(np.array([source[i] for i in ids]), np.array([made.person[i] for i in ids]), len(made.lists))


def run(records: int, *, seed: int, level: str, peer: bool, groups: dict[str, float] | None = None, draws: int = 0) -> None:
    """One linkage beside the tutorial model, printed."""
    made = make(records, seed=seed, level=level, groups=groups)
    truth = made.true_pairs()
    with tempfile.TemporaryDirectory() as folder:
        paths = made.write(Path(folder))
        start = time.process_time()
        linkage = link(paths)
        cpu = time.process_time() - start
        pairs = linkage.links.rename({"record_id_a": "a", "record_id_b": "b", "probability": "p"})
        right = _marks(pairs, made.person)
        f1, precision, recall = curve(pairs["p"].to_numpy(), right, len(truth))
        linked = (pairs["decision"] == "link").to_numpy()
        got = int((linked & right).sum())
        p, r = got / max(int(linked.sum()), 1), got / len(truth)
        print(f"\n{records:,} records, seed {seed}, {level}, {len(truth):,} true pairs | CPU {cpu:.0f} s, peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB, {linkage.report['blocking']['pairs_per_record']} pairs a record")  # fmt: skip  # noqa: E501
        print(
            f"  havre     best F1 {f1:.3f} (P {precision:.3f}), recall at P 0.99 {recall:.3f}; at the balanced threshold P {p:.3f} R {r:.3f} F1 {2 * p * r / max(p + r, 1e-9):.3f}"  # noqa: E501
        )
        losses(linkage, made, truth, pairs, right, linked)
        kin(linkage, made)
        figures(linkage, made, pairs, draws)
        if peer:
            start = time.process_time()
            other = tutorial(paths)
            theirs = curve(other["p"].to_numpy(), _marks(other, made.person), len(truth))
            print(
                f"  tutorial  best F1 {theirs[0]:.3f} (P {theirs[1]:.3f}), recall at P 0.99 {theirs[2]:.3f}; CPU {time.process_time() - start:.0f} s | ratio of F1 {f1 / max(theirs[0], 1e-9):.2f}"  # noqa: E501
            )


def losses(linkage, made, truth, pairs, right, linked) -> dict[str, tuple[int, int, int, int, int]]:
    """Shares of true pairs lost at blocking, scoring (under the written floor) and threshold, by name group; returned as counts: true pairs,
    met by blocking, scored, linked, false links."""
    counts = {}
    ids = linkage.records.table["record_id"].to_list()
    reported = linkage.report["blocking"]["estimated_recall"]
    seen = {(min(a, b), max(a, b)) for a, b in zip(pairs["a"], pairs["b"], strict=True)}
    blocked = _blocked(linkage, truth)
    held = {(a, b) for a, b, ok, up in zip(pairs["a"], pairs["b"], right, linked, strict=True) if ok and up}
    false = [made.group[a] for a, ok, up in zip(pairs["a"], right, linked, strict=True) if up and not ok]
    print(f"  blocking recall {len(blocked) / len(truth):.3f} (report's own estimate, scored pairs: {reported}); records {len(ids):,}")
    for group in sorted(set(made.group.values())):
        mine = {pair for pair in truth if made.group[pair[0]] == group}
        n, at_block, scored, got = len(mine), len(mine & blocked), len(mine & seen), len(mine & held)
        counts[group] = (n, at_block, scored, got, false.count(group))
        f1 = 2 * got / max(got + false.count(group) + n, 1)
        print(
            f"    {group:12} F1 {f1:.3f}; lost at blocking {1 - at_block / n:.3f}, scoring {(at_block - scored) / n:.3f}, threshold {(scored - got) / n:.3f}"  # noqa: E501
        )
    return counts


def _blocked(linkage, truth) -> set[tuple[str, str]]:
    from havre.evidence.stats.linkage.blocking import block

    con = duckdb.connect()
    people = linkage.records.table.to_arrow()  # noqa: F841 - read by DuckDB by its name
    con.execute("CREATE TABLE people AS SELECT * FROM people")
    block(con)
    known = pl.DataFrame(list(truth), schema=["a", "b"], orient="row").to_arrow()  # noqa: F841
    rows = con.execute("SELECT least(x.record_id, y.record_id), greatest(x.record_id, y.record_id) FROM known t JOIN people x ON x.record_id = t.a JOIN people y ON y.record_id = t.b JOIN pairs ON pairs.l = least(x.rid, y.rid) AND pairs.r = greatest(x.rid, y.rid)").fetchall()  # fmt: skip  # noqa: E501
    return set(rows)


def kin(linkage: Linkage, made: Made) -> None:
    """How many links are siblings, twins, parents: for a balanced figure and for automatic linking."""
    home = lambda person: made.kin.get(person, person)  # noqa: E731
    truth = len(made.true_pairs())
    for purpose in ("balanced", "auto"):
        decided = linkage.for_purpose(purpose)
        pairs = decided.links.filter(pl.col("decision") == "link")
        false = [
            (made.person[a], made.person[b])
            for a, b in zip(pairs["record_id_a"], pairs["record_id_b"], strict=True)
            if made.person[a] != made.person[b]
        ]
        related, n = sum(home(x) == home(y) for x, y in false), max(len(pairs), 1)
        print(
            f"  {purpose:9} {len(pairs):,} links, precision {1 - len(false) / n:.4f} (estimated {decided.report['estimated_precision']}), "
            f"recall {(len(pairs) - len(false)) / truth:.3f}; kin {related} ({1e4 * related / n:.1f} per 10,000); "
            f"for a person {decided.links.filter(pl.col('decision') == 'review').height:,}"
        )


def figures(linkage, made: Made, pairs: pl.DataFrame, draws: int) -> tuple[float, float]:
    """A Lincoln-Petersen figure of lists 1 and 2 by the true links, strict links and balanced links; returned as errors of the last two."""
    true = lincoln_petersen(_truth_histories(made))
    source = linkage.records.table["source"].to_numpy()
    ids = {record: i for i, record in enumerate(linkage.records.table["record_id"].to_list())}
    out, errors = [], []
    for name, keep in (
        ("strict (p at least 0.97)", (pl.col("decision") == "link") & (pl.col("p") >= 0.97)),
        ("balanced", pl.col("decision") == "link"),
    ):
        person = _roots(len(ids), pairs.filter(keep), ids)
        errors.append(lincoln_petersen(histories(source, person, len(made.lists))) / true - 1)
        out.append(f"{name} {errors[-1]:+.1%}")
    print(f"  Lincoln-Petersen against the true links ({true:,.0f}): " + ", ".join(out))
    if draws:
        values = [lincoln_petersen(one) / true - 1 for one in draw(linkage, draws=draws)]
        print(f"    {draws} draws: mean {np.mean(values):+.1%}, from {min(values):+.1%} to {max(values):+.1%}")
    return errors[0], errors[1]


def _roots(n: int, pairs: pl.DataFrame, ids: dict[str, int]) -> np.ndarray:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    rows, columns = [ids[a] for a in pairs["a"]], [ids[b] for b in pairs["b"]]
    return connected_components(coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(n, n)), directed=False)[1]


def _matched(table: pl.DataFrame) -> int:
    """Persons on lists 1 and 2."""
    return int(table.filter((pl.col("list_1") == 1) & (pl.col("list_2") == 1))["count"].sum())


def coverage(records: int, seeds: list[int], *, draws: int = 40) -> None:
    """How often the 95 % interval of the draws covers the truth: persons on lists 1 and 2, and their Lincoln-Petersen figure."""
    print(f"{records:,} records, {len(seeds)} seeds a level, {draws} draws: is the truth between the 2.5 % and the 97.5 % quantile?")
    every: list[tuple[bool, bool]] = []
    for level in ("low", "ordinary", "high"):
        rows = []
        for seed in seeds:
            made = make(records, seed=seed, level=level)
            linkage = link([pl.DataFrame(one).with_columns(pl.all().replace("", None)) for one in made.lists])
            tables, truth = list(draw(linkage, draws=draws, seed=seed)), _truth_histories(made)
            figures_of = [(_matched(one), lincoln_petersen(one)) for one in tables]
            true = (_matched(truth), lincoln_petersen(truth))
            low, high = np.quantile(figures_of, [0.025, 0.975], axis=0)
            rows.append([low[0] <= true[0] <= high[0], low[1] <= true[1] <= high[1], np.mean(figures_of, axis=0)[0] / true[0] - 1, (high - low)[0] / true[0], np.mean(figures_of, axis=0)[1] / true[1] - 1])  # fmt: skip  # noqa: E501
        every += [(bool(row[0]), bool(row[1])) for row in rows]
        matched, total, bias, width, lincoln = np.array(rows, dtype=float).mean(axis=0)
        print(f"  {level:9} matched persons {matched:.0%} covered, mean off {bias:+.1%}, width {width:.1%}; Lincoln-Petersen {total:.0%}, mean off {lincoln:+.1%}", flush=True)  # fmt: skip  # noqa: E501
    print(f"  together  matched persons {np.mean([a for a, _ in every]):.0%}, Lincoln-Petersen {np.mean([b for _, b in every]):.0%}")


def _write_lists(folder: Path, sizes: list[int], seed: int) -> None:
    """Lists of the sizes asked, in a process of its own: the memory of the inventor is not the linker's."""
    made = make(int(1.04 * max(sizes) * len(sizes)), seed=seed, agencies=len(sizes))
    made.lists = [rows[:size] for rows, size in zip(made.lists, sizes, strict=True)]
    made.write(folder)
    kept = {row["record_id"]: made.person[row["record_id"]] for rows in made.lists for row in rows}
    (folder / "truth.json").write_text(json.dumps(kept))


def _timed(module, name: str, spent: dict[str, float]) -> None:
    """Count the CPU seconds of one step."""
    inner = getattr(module, name)

    def outer(*given, **named):
        start = time.process_time()
        try:
            return inner(*given, **named)
        finally:
            spent[name] = spent.get(name, 0.0) + time.process_time() - start
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"    {name.strip('_'):10} {spent[name]:5.0f} CPU s so far, peak {peak:,} MB", flush=True)

    setattr(module, name, outer)


def size(sizes: list[int], *, seed: int, retrain: bool) -> None:
    """Lists of given sizes linked end to end: CPU seconds by step, wall time, peak memory; quality of the links as they are written."""
    spent: dict[str, float] = {}
    for module, names in ((linking, ("read_list", "prepare", "_decide")), (blocking, ("block",)), (sieve, ("sieve",)), (scoring, ("weights", "finish")), (model, ("train",))):  # fmt: skip  # noqa: E501
        for name in names:
            _timed(module, name, spent)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        writer = multiprocessing.get_context("spawn").Process(target=_write_lists, args=(folder, sizes, seed))
        writer.start()
        writer.join()
        cpu, wall = time.process_time(), time.monotonic()
        done = link(sorted(folder.glob("*.csv")), retrain=retrain)
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        steps = ", ".join(f"{name.strip('_')} {value:.0f}" for name, value in spent.items())
        print(f"{' x '.join(f'{n:,}' for n in sizes)}, seed {seed}: {done.report['blocking']['candidate_pairs']:,} pairs compared")
        print(f"  CPU {cpu:.0f} s ({steps}); wall {wall:.0f} s; peak {peak:,.0f} MB", flush=True)
        person = json.loads((folder / "truth.json").read_text())
    held = Counter(Counter(person.values()).values())
    truth = sum(many * times * (times - 1) // 2 for times, many in held.items())
    links = done.links.filter(pl.col("decision") == "link")
    right = sum(person[a] == person[b] for a, b in zip(links["record_id_a"], links["record_id_b"], strict=True))
    p, r = right / max(len(links), 1), right / truth
    print(f"  balanced: {len(links):,} links of {truth:,} true pairs, P {p:.3f} R {r:.3f} F1 {2 * p * r / max(p + r, 1e-9):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true", help="the default")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--held-out", action="store_true", help="names of the Horn of Africa, held out of development")
    parser.add_argument("--size", help="records of each list, such as 375000,358000: time and memory of a large linkage")
    parser.add_argument("--retrain", action="store_true", help="with --size: estimate m and u on a sample first")
    parser.add_argument(
        "--draws", type=int, metavar="SEEDS", help="coverage of the interval that draws of links give, so many seeds a level"
    )
    chosen = parser.parse_args()
    if chosen.draws:
        coverage(6_000, list(range(801, 801 + chosen.draws)))
    elif chosen.size:
        size([int(part) for part in chosen.size.split(",")], seed=401, retrain=chosen.retrain)
    elif chosen.full:
        run(100_000, seed=201, level="ordinary", peer=True, draws=10)
    elif chosen.held_out:
        run(20_000, seed=221, level="ordinary", peer=True, groups={"horn": 1.0})
    else:
        run(6_000, seed=231, level="ordinary", peer=True, draws=10)


if __name__ == "__main__":
    main()
