"""How the scorer of private linkage was made: `python -m benchmarks.linkage_private_training FOLDER`, then `--fit`, then `--write`.

As for the open model, the learner (LightGBM, tried with 4.7.0) lives in an environment of its own:
1. here: FOLDER/private.npz, candidate pairs of invented lists as the linkage unit sees them, and whether each is one person;
2. there: `python benchmarks/linkage_private_training.py FOLDER --fit`; 3. here: `--write private.json`, the file that is shipped.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

# (records over three lists, seed, level, hardening beyond the default); lists 1 and 2 are compared
RUNS = (
    (24_000, 1041, "high", {}), (24_000, 1042, "ordinary", {}), (24_000, 1043, "low", {}), (24_000, 1044, "high", {}),
    (24_000, 1045, "ordinary", {}), (60_000, 1046, "ordinary", {}), (60_000, 1047, "high", {}), (8_000, 1048, "high", {}),
    (8_000, 1049, "ordinary", {}), (3_000, 1050, "high", {}), (3_000, 1051, "ordinary", {}), (3_000, 1052, "low", {}),
    (24_000, 1053, "high", {"flip": 4}), (24_000, 1054, "ordinary", {"flip": 4}), (24_000, 1055, "ordinary", {"fold": True}),
    (24_000, 1056, "high", {"fold": True}), (24_000, 1057, "ordinary", {"flip": 0}),
)  # fmt: skip
# more agreement in a field, a greater sum or gap never lowers the score
RISING = [1] * 16 + [0] * 3


def tables(folder: Path) -> None:
    """Rows of candidate pairs of all RUNS."""
    from dataclasses import replace

    from benchmarks.private_linkage import encoded, ids_of, two_lists
    from havre.evidence.stats.linkage.private import Hardening, judging, unit

    rows: list[np.ndarray] = []
    kept, judged = [], judging.judged

    def noted(pairs, table, **given):
        rows.append(judging.features(pairs, table, **given))
        return pairs.probability

    judging.judged = noted
    try:
        for records, seed, level, how in RUNS:
            two = two_lists(records, seed, level)
            made = encoded(two, replace(Hardening(), **how))
            found, ids = unit.link(made).scored[0, 1], ids_of(two, made)
            kept.append(np.array([(ids[0][a], ids[1][b]) in two.truth for a, b in zip(found.a.tolist(), found.b.tolist(), strict=True)]))
            print(f"{records:,} records, seed {seed}, {level}: {len(kept[-1]):,} pairs", flush=True)
    finally:
        judging.judged = judged
    np.savez(folder / "private.npz", X=np.vstack(rows), y=np.concatenate(kept))


def fit(folder: Path) -> None:
    """Boosted trees with rising constraints."""
    import lightgbm

    data = np.load(folder / "private.npz")
    settings = {
        "objective": "binary", "num_leaves": 16, "learning_rate": 0.08, "min_data_in_leaf": 150, "feature_fraction": 0.8, "bagging_fraction": 0.8,
        "bagging_freq": 1, "num_threads": 1, "seed": 1, "deterministic": True, "force_row_wise": True, "verbose": -1, "lambda_l2": 5, "max_bin": 127,
        "monotone_constraints": RISING,
    }  # fmt: skip
    trained = lightgbm.train(settings, lightgbm.Dataset(data["X"], data["y"]), 150)
    (folder / "trees.json").write_text(json.dumps(trained.dump_model()["tree_info"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    if asked.fit:
        fit(asked.folder)
    elif asked.write:
        from benchmarks.linkage_training import plain

        scorer = plain(json.loads((asked.folder / "trees.json").read_text()))
        asked.write.write_text(json.dumps(scorer, sort_keys=True, separators=(",", ":")) + "\n", encoding="utf-8")
    else:
        tables(asked.folder)


if __name__ == "__main__":
    main()
