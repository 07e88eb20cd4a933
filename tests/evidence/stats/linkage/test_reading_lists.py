"""What `havre link` says of lists that it can only partly read, or not at all, in French and English."""

import json
import time

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.lists import make
from havre.evidence.link_command import link as command
from havre.evidence.stats.linkage import link
from havre.evidence.stats.linkage.clusters import LARGEST, cluster
from havre.evidence.stats.linkage.dates import parse
from havre.evidence.stats.linkage.fields import nationality, sex
from havre.evidence.stats.linkage.reading import COLUMNS, ListError, read_list

HEADER = ",".join(COLUMNS)
PERSON = "a1,Akosua,Quartey,F,1998-04-03,GHA,Keta,0241234567,G1234567,House 4,2024-05-01"


@pytest.fixture(scope="module")
def lists():
    return [list(rows) for rows in make(240, seed=5).lists[:2]]


def written(folder, name, rows, **changed):
    """A list as a file, some fields written otherwise by the functions of `changed`."""
    lines = [HEADER]
    for row in rows:
        fields = dict.fromkeys(COLUMNS, "") | {name: value or "" for name, value in row.items() if name in COLUMNS}
        fields |= {column: how(fields[column]) for column, how in changed.items()}
        lines.append(",".join('"' + fields[column].replace('"', "") + '"' for column in COLUMNS))
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(folder / name)


def run(tmp_path, *files, language="en", more=()):
    return CliRunner().invoke(command, [*files, "--out", str(tmp_path / "out"), "--language", language, *more])


@pytest.mark.parametrize(
    "content",
    [
        PERSON + "\n",  # no header
        PERSON.replace(",", ";") + "\n",
        HEADER + "\n" + PERSON + ",more\n",
        HEADER + "\n" + PERSON.replace(",GHA", ',"GHA') + "\n",
        HEADER + "\n" + PERSON.rsplit(",", 3)[0] + "\n",
    ],
)
def test_no_error_repeats_what_a_record_holds(tmp_path, content):
    (tmp_path / "A.csv").write_text(content)
    for language in ("en", "fr"):
        result = run(tmp_path, str(tmp_path / "A.csv"), language=language)
        assert result.exit_code == 1 and any(f"{word} {n}" in result.output for word in ("line", "ligne") for n in (1, 2))
        assert not any(word in result.output for word in ("Akosua", "Quartey", "0241234567", "G1234567", "House 4"))


def test_a_list_with_the_line_ends_of_old_programs_is_read(tmp_path):
    (tmp_path / "A.csv").write_bytes((HEADER + "\r" + PERSON + "\r").encode())
    assert read_list(tmp_path / "A.csv")["family_name"].to_list() == ["Quartey"]


def test_dates_that_cannot_be_read_are_counted_and_said(tmp_path, lists):
    files = written(tmp_path, "A.csv", lists[0]), written(tmp_path, "B.csv", lists[1], birth_date=lambda text: f"~{text}" if text else "")
    filled = sum(bool(row["birth_date"]) for row in lists[1])
    first = next(i for i, row in enumerate(lists[1], start=1) if row["birth_date"])
    result = run(tmp_path, *files)
    assert result.exit_code == 0, result.output
    assert f"B.csv: {filled} of {filled} values of birth_date cannot be read and count as missing (first: record {first})." in result.output
    assert f"B.csv: 0 of {len(lists[1])} records have a birth date" in result.output and "A.csv:" not in result.output
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["read"][1]["not_read"] == {"birth_date": {"count": filled, "first": first}}
    assert "ne se lisent pas" in run(tmp_path, *files, language="fr").output


def test_sexes_in_words_link_as_their_letters_do(tmp_path, lists):
    words = {"F": "Femme", "M": "ชาย"}
    plain = link([written(tmp_path, "A.csv", lists[0]), written(tmp_path, "B.csv", lists[1])])
    told = link([written(tmp_path, "A.csv", lists[0]), written(tmp_path, "B.csv", lists[1], sex=lambda text: words.get(text, text))])
    assert told.links.equals(plain.links) and told.report["warnings"] == plain.report["warnings"]


def test_a_nationality_in_words_is_no_disagreement_and_is_said(tmp_path, lists):
    files = [
        written(tmp_path, "A.csv", lists[0]),
        written(tmp_path, "B.csv", lists[1], nationality=lambda text: f"of {text}" if text else ""),
    ]
    empty = [files[0], written(tmp_path, "C.csv", lists[1], nationality=lambda text: "")]
    told, none = link(files), link(empty)
    assert told.links.equals(none.links)
    assert "values of nationality cannot be read" in told.report["warnings"][0]["en"]


def test_one_name_on_every_record_is_called_a_placeholder_and_weak_links_no_figure(tmp_path, lists):
    same = {"given_name": lambda _: "Maria", "family_name": lambda _: "Soares"}
    result = run(tmp_path, *(written(tmp_path, f"{n}.csv", rows, **same) for n, rows in zip("AB", lists, strict=True)))
    assert f"A.csv: {len(lists[0])} of {len(lists[0])} records have one and the same name" in result.output
    assert "of these links are expected to be false" in result.output and "Maria" not in result.output


def test_lists_of_which_all_are_empty_are_refused_and_one_alone_is_said(tmp_path, lists):
    empty, full = written(tmp_path, "E.csv", []), written(tmp_path, "A.csv", lists[0][:20])
    assert "nothing to link" in run(tmp_path, empty).output and run(tmp_path, empty).exit_code == 1
    result = run(tmp_path, full, empty)
    assert result.exit_code == 0 and "E.csv: holds no record." in result.output


def test_a_list_number_that_is_not_there_is_refused(tmp_path, lists):
    file = written(tmp_path, "A.csv", lists[0][:20])
    for number in ("0", "2"):
        result = run(tmp_path, file, more=("--unique", number), language="fr")
        assert result.exit_code == 1 and "numéro de 1 à 1" in result.output


def test_a_folder_that_cannot_be_written_is_said(tmp_path, lists):
    file = written(tmp_path, "A.csv", lists[0][:20])
    (tmp_path / "out").write_text("")
    assert run(tmp_path, file).exit_code == 2
    result = CliRunner().invoke(command, [file, "--out", str(tmp_path / "out" / "below"), "--language", "en"])
    assert result.exit_code == 1 and result.output.startswith("Error:")


def test_clean_lists_have_no_warning(tmp_path, lists):
    result = run(tmp_path, *(written(tmp_path, f"{n}.csv", rows) for n, rows in zip("AB", lists, strict=True)), language="fr")
    assert "fiches" in result.output and "cannot" not in result.output and "ne se lisent pas" not in result.output


def test_over_budget_says_so_in_both_languages():
    from havre.evidence.stats.linkage.blocking import OverBudget

    problem = OverBudget(1_000_000, 10, {"line": 900_000, "home": 100_000})
    assert "1,000,000 candidate pairs" in problem.en and "1\u202f000\u202f000 paires" in problem.fr


@given(st.text(max_size=12))
def test_a_field_is_read_or_not_and_never_fails(text):
    assert sex(text) in {None, "F", "M", "X"}
    assert nationality(text) is None or len(nationality(text)) == 3
    assert parse(text).precision in {"day", "month", "year", "none"}


def test_a_list_without_any_header_names_what_is_expected(tmp_path):
    (tmp_path / "A.csv").write_text(PERSON + "\n")
    with pytest.raises(ListError, match="Expected: record_id,given_name") as problem:
        read_list(tmp_path / "A.csv")
    assert "Attendu : record_id,given_name" in problem.value.fr


def test_many_records_of_one_name_end_in_persons_of_forty_records_at_most_and_say_so():
    many = [
        {
            **dict.fromkeys(COLUMNS),
            "record_id": f"a{i}",
            "given_name": "Maria",
            "family_name": "Soares",
            "birth_date": f"{1990 + i % 4}-03-0{1 + i % 3}",
        }
        for i in range(600)
    ]
    began = time.process_time()
    found = link([pl.DataFrame(many, schema=dict.fromkeys(COLUMNS, pl.String))])
    sizes = found.clusters.group_by("cluster_id").len()["len"]

    assert sizes.sum() == 600 and sizes.max() == LARGEST == 40
    assert any("40 records, the most there may be" in text["en"] for text in found.report["warnings"])
    assert found.report["joins"]["expected"] < 600
    assert time.process_time() - began < 20


def test_records_of_which_none_are_compared_are_not_called_different_people(tmp_path):
    alike = [{"record_id": f"{i}", "given_name": "Maria", "family_name": "Soares"} for i in range(2_500)]
    result = run(tmp_path, written(tmp_path, "A.csv", alike))
    assert result.exit_code == 0 and "No two records were compared" in result.output


@given(st.integers(2, 90), st.integers(0, 5))
@settings(deadline=None)
def test_no_cluster_grows_above_its_limit_whatever_the_links(records, seed):
    draw = np.random.default_rng(seed)
    left, right = np.triu_indices(records, 1)
    person, held = cluster(records, left, right, draw.random(len(left)), lambda a, b: False, set())
    assert np.bincount(person).max() <= LARGEST
    assert all(person[a] == person[b] for a, b in zip(left[held], right[held], strict=True))
