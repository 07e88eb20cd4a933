"""Candidate pairs to probabilities: Fellegi-Sunter weights by Splink, then the shipped scorer over fit, rivals and neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import duckdb
import numpy as np

from havre.evidence.stats.linkage import features, guards, levels, trees
from havre.evidence.stats.linkage.model import Model, settings
from havre.evidence.stats.linkage.records import Records
from havre.evidence.stats.linkage.scored import Scored
from havre.evidence.stats.linkage.thresholds import REVIEW_LEAST

FLOOR = -7.0  # match weight (log2 of the odds, prior included) under which a pair is not looked at again
HOPELESS = -7.0  # first logit under which rivals are not asked: of such pairs none came above 0.05
CHUNK = 1_000_000  # candidate pairs that Splink weighs at a time
SLICE = 400_000  # pairs whose features are held at a time


def weights(con: duckdb.DuckDBPyConnection, model: Model, records: int, *, floor: float = FLOOR) -> Scored:
    """Splink's weights of table `pairs` over table `people`, in chunks, pairs under `floor` left out.

    Source: Fellegi and Sunter, A Theory for Record Linkage, JASA 64 (1969); Linacre and others, Splink, Int. J. Population Data Science 7 (2022).
    """
    from splink import Linker
    from splink.backends.duckdb import DuckDBAPI

    names = list(levels.definitions())
    columns = ", ".join(f"mw_{name}" for name in names)
    total = int(con.execute("SELECT count(*) FROM pairs").fetchall()[0][0])
    parts: list[dict[str, np.ndarray]] = []
    for chunk in range(max(1, -(-total // CHUNK))):
        api = DuckDBAPI(connection=con)
        linker = Linker(
            api.register("people", table_name=f"people_{chunk}"), settings(model, records), log_level=None, validate_settings=False
        )
        con.execute(
            f"""CREATE OR REPLACE TABLE blocked AS SELECT l AS join_key_l, r AS join_key_r, '0' AS match_key FROM pairs
            WHERE {total} <= {CHUNK} OR hash(l) % {max(1, -(-total // CHUNK))} = {chunk}"""
        )
        linker.table_management.register_blocked_pairs_for_predict(api.register("blocked", table_name=f"blocked_{chunk}"))
        found = linker.inference.predict(threshold_match_weight=floor)
        part = con.execute(
            f"""SELECT p.rid_l AS l, p.rid_r AS r, match_weight AS w, pairs.rules AS rules, {columns}
                FROM {found.physical_name} p JOIN pairs ON pairs.l = p.rid_l AND pairs.r = p.rid_r"""
        ).fetchnumpy()
        found.drop_table_from_database_and_remove_from_cache()
        # a level is one byte, its weight eight: at a million records a list that is a gigabyte
        gammas = {name: _levels(np.asarray(part.pop(f"mw_{name}")), model, name) for name in names}
        parts.append({key: np.asarray(value) for key, value in part.items()} | gammas)
    order = np.lexsort((np.concatenate([part["r"] for part in parts]), np.concatenate([part["l"] for part in parts])))
    pick = {key: np.concatenate([part.pop(key) for part in parts])[order] for key in list(parts[0])}
    gamma = {name: pick[name] for name in names}
    weight = pick["w"].astype(np.float64)
    chance = 1 / (1 + np.exp2(-weight))
    return Scored(pick["l"].astype(np.int32), pick["r"].astype(np.int32), weight, gamma, chance, pick["rules"].astype(np.int32), total)


def _levels(found: np.ndarray, model: Model, name: str) -> np.ndarray:
    """Levels (0 none, -1 missing) back from the weights Splink returns: each level has a weight of its own, missing has 0."""
    ratio = np.log2(np.array(model.m[name]) / np.array(model.u[name]))
    known = np.append(ratio, 0.0)
    level = np.append(np.arange(len(ratio))[::-1], -1)
    order = np.argsort(known, kind="stable")
    middle = (known[order][1:] + known[order][:-1]) / 2
    return level[order][np.searchsorted(middle, found)].astype(np.int8)


def _slices(pairs: int) -> Iterator[slice]:
    for start in range(0, pairs, SLICE):
        yield slice(start, min(start + SLICE, pairs))


def first_features(of: features.Sides, scored: Scored, some: Any = slice(None)) -> np.ndarray:
    """What the first scorer reads of some pairs, one row each. Args: of, of `features.sides`; some, a slice or places of pairs."""
    gamma = {name: level[some] for name, level in scored.gamma.items()}
    return features.pair_features(of, scored.left[some], scored.right[some], scored.weight[some], gamma)


def second_features(records: Records, scored: Scored, first: np.ndarray, logit: np.ndarray) -> np.ndarray:
    """What the second scorer reads of all pairs: the first one's columns, rivals and common neighbours."""
    everyone = np.arange(len(scored.left))
    return np.hstack([first, features.rival_features(records, scored.left, scored.right, logit, everyone)])


def finish(records: Records, scored: Scored, model: Model) -> tuple[Scored, np.ndarray]:
    """The final probability of each pair and the guard that holds it, a slice of pairs at a time: no matrix of all is ever held.

    Without scorers in the model the Fellegi-Sunter probability stays.
    Source: Friedman, Greedy Function Approximation, Annals of Statistics 29 (2001), for the scorers; guards are our own.
    """
    n, of = len(scored.left), features.sides(records)
    final, guard = np.empty(n), np.zeros(n, np.int8)
    for some in _slices(n):
        first = first_features(of, scored, some)
        final[some] = trees.predict(model.scorers[0], first) if model.scorers else 0.0
        guard[some] = guards.kin(of, scored, some, first)
    if model.scorers:
        asked = np.flatnonzero(final >= HOPELESS).astype(np.int32)
        rivals, logit = features.rival_features(records, scored.left, scored.right, final, asked), final.copy()
        for some in _slices(len(asked)):
            rows = np.hstack([first_features(of, scored, asked[some]), rivals[some]])
            logit[asked[some]] = trees.predict(model.scorers[1], rows)
        probability = np.round(1 / (1 + np.exp(-logit)), 6)
    else:
        probability = scored.probability
    done = replace(scored, probability=probability)
    rival = guards.rivals(records, done)
    # what is less likely is never linked, kin or not
    asked = np.flatnonzero((guard == 0) & (probability >= REVIEW_LEAST)).astype(np.int32)
    for some in _slices(len(asked)):
        at = asked[some]
        guard[at] = guards.open_to_kin(records, done, at, first_features(of, done, at), rival)
    return done, guard


def weights_on_spark(con: duckdb.DuckDBPyConnection, model: Model, records: int, *, session: Any = None) -> dict[tuple[int, int], float]:
    """The same weights computed by Splink on Spark: (left, right) to log2 odds. Tables `people` and `pairs` come from DuckDB.

    Args: session, a SparkSession; else a local one is started and stopped. Needs the extra `spark` and Java.
    Source: Fellegi and Sunter, A Theory for Record Linkage, JASA 64 (1969); Linacre and others, Splink, Int. J. Population Data Science 7 (2022).
    """
    from pyspark.sql import SparkSession
    from splink import Linker
    from splink.backends.spark import SparkAPI

    own = session is None
    spark = (
        session
        or SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    try:
        people = con.execute("SELECT * EXCLUDE (rid, recorded), rid::BIGINT AS rid FROM people").to_arrow_table()
        pairs = con.execute("SELECT l::BIGINT AS join_key_l, r::BIGINT AS join_key_r, '0' AS match_key FROM pairs").to_arrow_table()
        api = SparkAPI(spark_session=spark, break_lineage_method="persist", num_partitions_on_repartition=2)
        linker = Linker(
            api.register(spark.createDataFrame(people), table_name="people"),
            settings(model, records, "spark"),
            log_level=None,
            validate_settings=False,
        )
        linker.table_management.register_blocked_pairs_for_predict(api.register(spark.createDataFrame(pairs), table_name="blocked"))
        found = linker.inference.predict(threshold_match_weight=-1000).as_record_list()
        return {(int(row["rid_l"]), int(row["rid_r"])): float(row["match_weight"]) for row in found}
    finally:
        if own:
            spark.stop()
