"""The command of a notebook user: no Django, plain words, an exit status that a script can read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from havre.release.command import release

EXTRACT = Path(os.environ.get("HAVRE_PUBLISHED_DATA", "/nowhere")) / "ctdc" / "ctdc_k_anonymised_extract.csv"


@pytest.fixture
def rows(tmp_path):
    path = tmp_path / "rows.csv"
    counts = {("f", "child"): 3, ("f", "adult"): 40, ("m", "child"): 20, ("m", "adult"): 30}
    path.write_text("gender,age\n" + "".join(f"{a},{b}\n" * n for (a, b), n in counts.items()))
    return path


def test_check_names_the_small_cell_and_ends_with_status_one(rows):
    done = CliRunner().invoke(release, ["check", str(rows), "--by", "gender,age", "--k", "11"])
    assert done.exit_code == 1
    assert done.output.splitlines() == ["   3  age=child gender=f", "1 of 4 cells below 11, holding 3 of 93 rows; smallest 3"]


def test_table_hides_the_rectangle_and_says_what_the_attack_found(rows, tmp_path):
    out, proof = tmp_path / "table.csv", tmp_path / "proof.json"
    done = CliRunner().invoke(release, ["table", str(rows), "--by", "gender,age", "--out", str(out), "--proof", str(proof)])
    assert (done.exit_code, done.exception) == (0, None)
    assert out.read_text().splitlines()[0] == "gender,age,persons"
    assert out.read_text().count(",x") == 4
    assert "primary cells alone: 1" in done.output
    assert '"exposed": 0' in proof.read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "nothing.csv", "--by", "a"], "there is no such file"),
        (["check", "{rows}", "--by", "height"], "no column 'height'; the file has 'gender', 'age'"),
        (["table", "{rows}", "--by", "gender", "--codes", "{rows}"], "give JSON of every column"),
    ],
)
def test_bad_input_says_what_and_how_to_mend(rows, arguments, words):
    done = CliRunner().invoke(release, [argument.format(rows=rows) for argument in arguments])
    assert done.exit_code == 1
    assert words in done.output


def test_command_runs_without_django(rows):
    code = (
        "import sys; sys.modules['django'] = None; from havre.release.command import release; "
        f"release(['check', {str(rows)!r}, '--by', 'gender', '--k', '3'], standalone_mode=True)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not EXTRACT.is_file(), reason="HAVRE_PUBLISHED_DATA does not hold the CTDC extract")
def test_check_on_the_published_extract_says_28_cells_and_138_rows():
    done = CliRunner().invoke(release, ["check", str(EXTRACT), "--by", "yearOfRegistration,gender,citizenship,ageCategories"])
    assert done.output.splitlines()[-1].endswith("holding 138 of 14299 rows; smallest 1")
    assert len(done.output.splitlines()) == 29
