"""`havre flows` on what the extraction writes, column for column."""

import json

from click.testing import CliRunner

from havre.evidence.flows_command import flows
from havre.evidence.jobs import extracting
from tests.factories import NOW
from tests.factories_evidence import make_register


def test_flows_are_counted_from_an_extract_as_it_is_written(tmp_path):
    make_register(24)
    extract = tmp_path / "extract"
    extract.mkdir()
    extracting.write(extract, now=NOW)
    for engine in ("polars", "duckdb"):
        ran = CliRunner().invoke(flows, [str(extract), "--report", str(tmp_path / engine), "--engine", engine])
        assert ran.exit_code == 0, ran.output
    measures, same = (json.loads((tmp_path / engine / "measures.json").read_text()) for engine in ("polars", "duckdb"))
    assert measures == same
    assert [(one["group"], one["code"], one["numerator"], one["denominator"]) for one in measures["flows"]] == [
        ("child", "TG>GH", 12, 12), ("adult", "TG>GH", 12, 12)
    ]  # fmt: skip
    assert {one["code"] for one in measures["kinds"]} == {"flow=intra_regional"}
    page = (tmp_path / "polars" / "figures.fr.html").read_text(encoding="utf-8")
    assert "Togo → Ghana" in page
