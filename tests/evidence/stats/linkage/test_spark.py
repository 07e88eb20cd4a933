"""The same model on Spark: the weights equal DuckDB's. Needs Java; run by `make drill`."""

import shutil

import duckdb
import pytest

from benchmarks.lists import make
from havre.evidence.stats.linkage import scoring
from havre.evidence.stats.linkage.blocking import block
from havre.evidence.stats.linkage.model import load
from havre.evidence.stats.linkage.reading import read_list
from havre.evidence.stats.linkage.records import prepare

pytestmark = pytest.mark.drill


# DuckDB speaks of its own memory here, once, when Spark is handed the rows
@pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result:UserWarning")
def test_weights_on_spark_equal_those_on_duckdb(tmp_path):
    pytest.importorskip("pyspark")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java")
    records = prepare([read_list(path) for path in make(300, seed=5).write(tmp_path)])
    con = duckdb.connect()
    people = records.table.to_arrow()
    con.register("arrived", people)
    con.execute("CREATE TABLE people AS SELECT * FROM arrived")
    block(con)
    ours = scoring.weights(con, load(), len(records.table), floor=-1000)
    theirs = scoring.weights_on_spark(con, load(), len(records.table))
    assert len(theirs) == len(ours.left) > 0
    assert [theirs[pair] for pair in zip(ours.left.tolist(), ours.right.tolist(), strict=True)] == pytest.approx(
        ours.weight.tolist(), abs=1e-6
    )
