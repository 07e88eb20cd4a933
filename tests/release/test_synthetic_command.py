"""The commands, as a person gives them."""

import json

import pytest
from click.testing import CliRunner

from havre.release.command import release
from havre.release.stats.ledger import Head
from havre.release.stats.ledger_file import create, read

BOOK = {"gender": ["Female", "Male"], "age": ["child", "adult"], "work": ["farm", "sea", "home"]}


@pytest.fixture
def place(tmp_path):
    lines = [f"{('Female', 'Male')[i % 3 == 0]},{('child', 'adult')[i % 4 == 0]},{('farm', 'sea', 'home')[i % 7 % 3]}" for i in range(600)]
    (tmp_path / "rows.csv").write_text("gender,age,work\n" + "\n".join(lines) + "\n")
    (tmp_path / "book.json").write_text(json.dumps(BOOK))
    create(tmp_path / "ledger", Head("test", 1.0, 1e-6))
    return tmp_path


def give(place, *words):
    return CliRunner().invoke(release, [str(place / word[1:]) if word.startswith("@") else word for word in words])


def test_synthetic_writes_rows_and_a_proof_that_holds_no_error_figure(place):
    done = give(place, "synthetic", "@rows.csv", "--codebook", "@book.json", "--out", "@out")

    assert done.exit_code == 0, done.output
    proof = json.loads((place / "out" / "proof.json").read_text())
    assert sorted(path.name for path in (place / "out").iterdir()) == ["proof.json", "rows.csv"]
    assert proof["epsilon"] <= 1.0
    assert "relative" not in json.dumps(proof)


def test_synthetic_without_code_book_is_refused_with_the_way_out(place):
    done = give(place, "synthetic", "@rows.csv", "--out", "@out")

    assert done.exit_code == 1
    assert "havre release codebook" in done.output
    assert not (place / "out").exists()


def test_synthetic_over_budget_is_refused_and_the_same_run_is_not_charged_twice(place):
    asked = ("synthetic", "@rows.csv", "--codebook", "@book.json", "--delta", "0.000001", "--ledger", "@ledger")
    first = give(place, *asked, "--out", "@one")
    other = give(place, *asked, "--out", "@two")
    again = give(place, *asked, "--out", "@three", "--run", "one")

    assert (first.exit_code, other.exit_code, again.exit_code) == (0, 1, 0), first.output + again.output
    assert "budget" in other.output
    assert not (place / "two").exists()
    assert (place / "one" / "rows.csv").read_bytes() == (place / "three" / "rows.csv").read_bytes()
    assert len(read(place / "ledger").counting) == 1


def test_synthetic_existing_folder_is_never_written_over(place):
    (place / "out").mkdir()

    assert "written over" in give(place, "synthetic", "@rows.csv", "--codebook", "@book.json", "--out", "@out").output
    assert list((place / "out").iterdir()) == []


def test_synthetic_k_anonymous_needs_no_code_book(place):
    done = give(place, "synthetic", "@rows.csv", "--method", "k-anonymous", "--k", "11", "--out", "@out")

    assert done.exit_code == 0, done.output
    assert json.loads((place / "out" / "proof.json").read_text())["combinations shown that fewer than k persons have"] == 0


def test_dp_writes_each_table(place):
    done = give(place, "dp", "@rows.csv", "--tables", "gender,age;work", "--codebook", "@book.json", "--out", "@out")

    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in (place / "out").iterdir()) == ["gender-by-age.csv", "proof.json", "work.csv"]


def test_codebook_fills_published_columns_and_names_the_others(place):
    (place / "ctdc.csv").write_text("gender,citizenship,shoe\nFemale,GH,41\n")
    done = give(place, "codebook", "@ctdc.csv", "--out", "@made.json")
    found = json.loads((place / "made.json").read_text())

    assert "shoe" in done.output
    assert found["shoe"]["codes"] == []
    assert {"GH", "TH", ""} <= set(found["citizenship"]["codes"])
    assert "41" not in (place / "made.json").read_text()
