"""The commands from a file to a page, and what a bad file is told."""

import json
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from havre.evidence.bilingual_command import Bilingual
from havre.evidence.determinants_command import determinants
from havre.evidence.estimate_command import estimate
from havre.evidence.flows_command import flows
from tests.evidence.stats.test_routes import journeys
from tests.evidence.stats.vulnerability.known import population


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "survey.csv"
    population(1500, 30, 2).write_csv(path)
    return path


def test_determinants_of_a_file_are_printed_and_reported(table, tmp_path):
    asked = [str(table), "--outcome", "exploited", "--cluster", "community", "--report", str(tmp_path / "out"), "--language", "fr"]
    ran = CliRunner().invoke(determinants, asked)
    assert ran.exit_code == 0
    assert "1\u202f500 personnes sur 1\u202f500 dans le modèle commun" in ran.output
    assert "! Association seulement" in ran.output
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "figures.css", "figures.fr.html", "figures.en.html", "determinants.fr.svg", "determinants.en.svg"
    }  # fmt: skip


def test_determinants_as_json_carry_their_source(table):
    ran = CliRunner().invoke(determinants, [str(table), "--outcome", "exploited", "--json", "--period", "2025"])
    found = json.loads(ran.output)["all"]
    assert (found["source"]["name"], found["source"]["period"], len(found["terms"])) == ("survey.csv", "2025", 4)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (["nowhere.csv", "--outcome", "x"], "nowhere.csv: cannot be read (FileNotFoundError)"),
        (["{table}", "--outcome", "age"], "Column 'age' is not there; the table has: exploited, community"),
        (["{table}", "--outcome", "exploited", "--factor", "community"], "Column 'community': no factor of the list"),
        (["{table}", "--outcome", "exploited", "--by", "age_group"], "Column 'age_group' is not there"),
    ],
)
def test_determinants_of_a_bad_file_end_with_a_sentence(asked, says, table):
    ran = CliRunner().invoke(determinants, [word.format(table=table) for word in asked])
    assert ran.exit_code == 1
    assert ran.output.startswith(f"Error: {says}")


def test_flows_of_an_extract_are_written_whole(tmp_path):
    for name, frame in journeys().items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    ran = CliRunner().invoke(flows, [str(tmp_path), "--report", str(tmp_path / "out"), "--engine", "duckdb", "--k", "2"])
    assert ran.exit_code == 0, ran.output
    measures = json.loads((tmp_path / "out" / "measures.json").read_text())
    assert {"flows", "kinds", "statuses", "moves", "debts", "trend", "chain"} <= measures.keys()
    told = {move["code"]: (move["move_en"], move["move_fr"]) for move in measures["moves"]}
    assert told["status_last=trafficked"][0].endswith(" → Trafficked") and told["status_last=trafficked"][1].endswith(
        " → En situation de traite"
    )
    assert [one["numerator"] for one in measures["flows"]] == [1, 1, 1]


def test_flows_of_another_folder_name_what_is_missing(tmp_path):
    ran = CliRunner().invoke(flows, [str(tmp_path), "--report", str(tmp_path / "out")])
    assert ran.exit_code == 1
    assert "persons.parquet, events.parquet, steps.parquet not there; give an extract's folder" in ran.output


@pytest.mark.parametrize(
    ("change", "asked", "says"),
    [
        (
            lambda tables: tables | {"events": tables["events"].drop("leg")},
            [],
            "events.parquet: without leg; give the folder of an extract",
        ),
        (lambda tables: tables, ["--mark", "June 2024", "a", "b"], "--mark 'June 2024': a month is expected, as 2024-06."),
    ],
)
def test_flows_of_a_bad_extract_or_mark_end_with_a_sentence(change, asked, says, tmp_path):
    for name, frame in change(journeys()).items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    ran = CliRunner().invoke(flows, [str(tmp_path), "--report", str(tmp_path / "out"), *asked])
    assert (ran.exit_code, says in ran.output) == (1, True)
    assert not (tmp_path / "out").exists()


def test_commands_load_nothing_heavy_and_no_django():
    code = (
        "import sys, havre.evidence.determinants_command, havre.evidence.flows_command;"
        "raise SystemExit(any(name in sys.modules for name in ('django', 'numpy', 'polars', 'statsmodels')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("command", [estimate, determinants, flows])
def test_help_is_in_the_language_of_the_shell(command, monkeypatch):
    for name in ("HAVRE_LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    french = CliRunner().invoke(command, ["--help"]).output
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    english = CliRunner().invoke(command, ["--help"]).output
    options = [option for param in command.params if isinstance(param, click.Option) for option in param.opts]
    assert all(option in french and option in english for option in options)
    assert [word in english for word in ("Usage:", "[default: ", "Show this message and exit.")] == [True] * 3
    assert [word in french for word in ("default", "required", "of the shell", "Show")] == [False] * 4
    assert [word in french for word in ("Usage :", "[par défaut", "Afficher cette aide")] == [True] * 3


@pytest.mark.parametrize("asked", [["--help", "--language", "fr"], ["--language=fr", "--help"]])
def test_help_is_in_the_language_of_the_line_before_that_of_the_shell(asked, monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert "Estimer combien de personnes il y a" in CliRunner().invoke(estimate, asked).output


def test_command_whose_french_help_forgets_an_option_is_refused():
    with pytest.raises(ValueError, match="folder"):
        Bilingual("count", params=[click.Option(["--folder"], help="Where.")], french={"": "Compter."})
