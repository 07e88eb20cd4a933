"""Memory of a large linkage: the same pairs whatever its pieces, and nothing left behind on the disk."""

import stat
import tempfile
from pathlib import Path

import polars as pl
import pytest

from benchmarks.lists import make
from havre.evidence.stats.linkage import link, scoring, workspace
from havre.evidence.stats.linkage.records import prepare


def lists(records, seed):
    return [pl.DataFrame(rows).with_columns(pl.all().replace("", None)) for rows in make(records, seed=seed).lists]


def test_link_in_many_small_pieces_gives_the_very_same_pairs(monkeypatch):
    tables = lists(1_200, 79)
    whole = link(tables)
    assert len(whole.scored.left) > 700
    monkeypatch.setattr(scoring, "CHUNK", 150)
    monkeypatch.setattr(scoring, "SLICE", 97)
    pieces = link(tables)
    assert pieces.report["blocking"] == whole.report["blocking"]
    for purpose in ("balanced", "auto"):
        one, other = whole.for_purpose(purpose), pieces.for_purpose(purpose)
        assert other.links.equals(one.links) and other.clusters.equals(one.clusters) and other.report == one.report


def test_workspace_spills_to_a_folder_of_this_user_alone_and_removes_it(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    people = prepare(lists(300, 80))
    with workspace.workspace(people, memory="40MB") as con:
        con.execute("SET threads = 1")
        con.execute("CREATE TABLE large AS SELECT i, hash(i) AS h FROM range(8000000) r(i)")
        spilled = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert sum(path.stat().st_size for path in spilled) > 10_000_000
        assert {stat.S_IMODE(Path(folder).stat().st_mode) for folder in tmp_path.iterdir()} == {0o700}
        assert con.execute("SELECT count(*) FROM large").fetchone() == (8_000_000,)
    assert list(tmp_path.iterdir()) == []


def test_workspace_is_removed_when_the_linkage_fails(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    people = prepare(lists(100, 80))
    with pytest.raises(ZeroDivisionError), workspace.workspace(people):
        assert len(list(tmp_path.iterdir())) == 1
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
