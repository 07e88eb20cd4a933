"""How the shipped model was made: `python -m benchmarks.linkage_training FOLDER` writes training tables, then `--fit` trees.

Two steps because the learner (LightGBM, tried with 4.7.0) lives in an environment of its own and is no dependency of Havre:
1. here: FOLDER/first.npz, from invented lists; 2. there: `python benchmarks/linkage_training.py FOLDER --fit first`;
3. here again: FOLDER/second.npz from other lists, with the first scorer's logits; 4. there: `--fit second`;
5. here: `--write model.json`; 6. `--calibrate model.json` for the draws of links.
m is counted on true pairs, u on random ones (both kept from the model it starts from).
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

# (records, seed, level, agencies, presence); error rates vary by agency
FIRST = (
    (60_000, 41, "ordinary", 3, 0.5), (20_000, 42, "high", 3, 0.4), (20_000, 43, "low", 3, 0.5), (5_000, 44, "ordinary", 2, 0.4),
    (1_000, 45, "ordinary", 3, 0.5), (300, 46, "ordinary", 2, 0.5), (20_000, 47, "ordinary", 2, 0.25),
    *((n, 80 + k, ("low", "ordinary", "high")[k % 3], 2 + k % 2, 0.5) for k, n in enumerate((60, 120, 200, 300, 400, 500))),
)  # fmt: skip
SECOND = (
    (60_000, 61, "ordinary", 3, 0.5), (20_000, 62, "high", 3, 0.4), (20_000, 63, "low", 3, 0.4), (5_000, 64, "ordinary", 2, 0.5),
    (1_000, 65, "high", 3, 0.5), (300, 66, "ordinary", 3, 0.5), (20_000, 67, "ordinary", 2, 0.25),
    *((n, 90 + k, ("low", "ordinary", "high")[k % 3], 2 + k % 2, 0.5) for k, n in enumerate((60, 120, 200, 300, 400, 500))),
)  # fmt: skip
# more of a weight, a fit or a gap to rivals never lowers the score; more left over never raises it
RISING = [1, 1, -1, 0, 1, 1] + [0] * 19
RISING_SECOND = [*RISING, 1, 1, 1, 0, 1, 0, 0]


def tables(folder: Path, stage: str) -> None:
    """Rows of scored pairs of invented lists and whether each is one person."""
    import duckdb

    from benchmarks.lists import make
    from havre.evidence.stats.linkage import blocking, features, scoring, trees
    from havre.evidence.stats.linkage.model import load
    from havre.evidence.stats.linkage.reading import read_list
    from havre.evidence.stats.linkage.records import prepare

    rows, right = [], []
    for size, seed, level, agencies, presence in FIRST if stage == "first" else SECOND:
        made = make(size, seed=seed, level=level, agencies=agencies, presence=presence, varied=0.5)
        with tempfile.TemporaryDirectory() as place:
            records = prepare([read_list(path) for path in made.write(Path(place))])
        con = duckdb.connect()
        people = records.table.to_arrow()  # noqa: F841 - read by DuckDB by its name
        con.execute("CREATE TABLE people AS SELECT * FROM people")
        blocking.block(con)
        scored = scoring.weights(con, load(), len(records.table))
        found = scoring.first_features(features.sides(records), scored)
        if stage == "second":
            logit = trees.predict(json.loads((folder / "first.json").read_text()), found)
            found = scoring.second_features(records, scored, found, logit)
        person = np.array([made.person[record] for record in records.table["record_id"].to_list()])
        rows.append(found)
        right.append(person[scored.left] == person[scored.right])
    np.savez(folder / f"{stage}.npz", X=np.vstack(rows), y=np.concatenate(right))


def fit(folder: Path, stage: str) -> None:
    """Boosted trees with rising constraints, written as plain arrays."""
    import lightgbm

    data = np.load(folder / f"{stage}.npz")
    settings = {
        "objective": "binary", "num_leaves": 24, "learning_rate": 0.1, "min_data_in_leaf": 150, "feature_fraction": 0.8, "bagging_fraction": 0.8,
        "bagging_freq": 1, "num_threads": 1, "seed": 1, "deterministic": True, "force_row_wise": True, "verbose": -1, "lambda_l2": 5, "max_bin": 127,
        "monotone_constraints": RISING if stage == "first" else RISING_SECOND,
    }  # fmt: skip
    trained = lightgbm.train(settings, lightgbm.Dataset(data["X"], data["y"]), 140 if stage == "first" else 180)
    (folder / f"{stage}.json").write_text(json.dumps(plain(trained.dump_model()["tree_info"])))


CALIBRATED, LARGE = 70, 4  # invented runs, and the last ones of 60,000 to 120,000 records


def calibrate(path: Path) -> None:
    """Lists of all sizes, error rates, shares and numbers of agencies: how many joins (records less persons) were true for each one expected."""
    import random

    import polars as pl

    from benchmarks.lists import make
    from havre.evidence.stats.linkage import calibration, link
    from havre.evidence.stats.linkage.expected import Doubt, joins_expected
    from havre.evidence.stats.linkage.model import load

    rng, rows, ratio = random.Random(7), [], []
    for seed in range(700, 700 + CALIBRATED + LARGE):
        small = seed < 700 + CALIBRATED
        size, level = (
            int(10 ** (rng.uniform(3, 4.3) if small else rng.uniform(4.78, 5.08))),
            float(np.exp(rng.uniform(np.log(0.35), np.log(2.2)))),
        )
        agencies, presence, varied = rng.choice((2, 3, 3)), rng.uniform(0.3, 0.6), rng.choice((0, 0.3, 0.5))
        shares = dict(zip(("west_africa", "thai", "lusophone"), [rng.uniform(0.2, 1) for _ in range(3)], strict=True))
        made = make(size, seed=seed, level=level, agencies=agencies, presence=presence, varied=varied, groups=shares)
        linkage = link([pl.DataFrame(one).with_columns(pl.all().replace("", None)) for one in made.lists])
        rows.append(calibration.covariates(linkage.scored, linkage.guard, len(linkage.records.table)))
        doubt = Doubt(linkage.records, linkage.scored, linkage.guard, linkage.unique)
        ratio.append((len(made.person) - len(set(made.person.values()))) / joins_expected(doubt))
    found = calibration.fit(np.array(rows), np.array(ratio))
    print(f"{len(rows)} runs: true / expected joins {min(ratio):.3f} to {max(ratio):.3f}; spread left over {found['spread']:.4f}")
    replace(load(), calibration=found).save(path)


def plain(forest: list[dict[str, Any]]) -> dict[str, list]:
    """LightGBM's trees as the arrays of `havre.evidence.stats.linkage.trees`."""
    out: dict[str, list] = {key: [] for key in ("feature", "threshold", "left", "right", "missing_left", "value")}

    def walk(node: dict[str, Any]) -> int:
        i = len(out["feature"])
        for key in tuple(out):
            out[key].append(-1 if key in ("left", "right") else 0)
        if "split_feature" not in node:
            out["value"][i] = float(f"{node['leaf_value']:.10g}")
            return i
        threshold = max(-3e38, min(3e38, float(f"{node['threshold']:.10g}")))
        out["feature"][i], out["threshold"][i] = node["split_feature"], threshold
        out["missing_left"][i] = int(node["default_left"]) if node["missing_type"] == "NaN" else int(threshold >= 0)
        out["left"][i], out["right"][i] = walk(node["left_child"]), walk(node["right_child"])
        return i

    roots = [walk(tree["tree_structure"]) for tree in forest]
    return {**out, "roots": roots}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--stage", choices=["first", "second"], default="first")
    parser.add_argument("--fit", choices=["first", "second"])
    parser.add_argument("--write", type=Path)
    parser.add_argument("--calibrate", type=Path, help="model file to write: the shipped model with a new calibration")
    chosen = parser.parse_args()
    if chosen.calibrate:
        calibrate(chosen.calibrate)
    elif chosen.fit:
        fit(chosen.folder, chosen.fit)
    elif chosen.write:
        from havre.evidence.stats.linkage.model import load

        old = load()
        scorers = [json.loads((chosen.folder / f"{stage}.json").read_text()) for stage in ("first", "second")]
        replace(old, scorers=scorers, calibration={}).save(chosen.write)  # new scorers ask for a new calibration
    else:
        tables(chosen.folder, chosen.stage)


if __name__ == "__main__":
    main()
