"""What a press officer types before publishing, and a reader after."""

import json
import os
from dataclasses import asdict
from pathlib import Path

import pytest
from click.testing import CliRunner

from havre.release.command import release
from havre.release.stats.bundle.contents import About
from tests.release.stats.media import samples

EXTRACT = Path(os.environ.get("HAVRE_PUBLISHED_DATA", "/nowhere")) / "ctdc" / "ctdc_k_anonymised_extract.csv"


def run(*arguments):
    return CliRunner().invoke(release, [str(argument) for argument in arguments])


@pytest.fixture
def rows(tmp_path):
    path = tmp_path / "rows.csv"
    counts = {("f", "child"): 3, ("f", "adult"): 40, ("m", "child"): 20, ("m", "adult"): 30}
    lines = [f"{a},{b},C-{a}{b}{n}\n" for (a, b), number in counts.items() for n in range(number)]
    path.write_text("gender,age,case_id\n" + "".join(lines))
    return path


@pytest.fixture
def signed(tmp_path, rows):
    run("key", tmp_path / "key.pem")
    about = tmp_path / "about.json"
    about.write_text(json.dumps(asdict(About("2026-1", "Persons by age", "Example Ministry", "c@ministry.example", "2026-11-24"))))
    done = run("table", rows, "--by", "gender,age", "--bundle", tmp_path / "out", "--key", tmp_path / "key.pem", "--about", about,
               "--out", tmp_path / "table.csv")  # fmt: skip
    assert (done.exit_code, done.exception) == (0, None), done.output
    return tmp_path / "out" / "2026-1.public.zip"


def test_text_with_faults_is_blocked_and_each_is_named(tmp_path):
    path = tmp_path / "post.txt"
    path.write_text("Police arrested four traffickers at dawn. Illegal migrants were held by them.")
    done = run("check", path)
    assert done.exit_code == 1
    assert [line.split(" ")[0] for line in done.stdout.splitlines()] == ["MR27", "MR16", "1"]


def test_clean_text_passes_and_says_what_a_person_still_answers_for(tmp_path):
    path = tmp_path / "post.txt"
    path.write_text("Le plan national prévoit une aide juridique pour chaque victime.")
    done = run("check", path, "--lang", "fr")
    assert (done.exit_code, done.stdout) == (0, "0 à corriger, 0 à revoir\n")
    assert "une personne répond encore de 14 règles" in done.stderr


def test_photo_with_its_place_is_blocked_and_the_picture_itself_left_to_a_person(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(samples.jpeg(samples.exif(gps=True)))
    done = run("check", path, "--json")
    verdict = json.loads(done.stdout)
    assert (done.exit_code, verdict["blocked"], verdict["findings"][0]["excerpt"]) == (1, True, "place (GPS)")
    assert verdict["unread"] == "what the picture shows: see the checklist"


def test_rows_with_an_id_column_among_the_keys_are_refused_by_name(rows):
    done = run("check", rows, "--by", "gender,case_id")
    assert done.exit_code == 1
    assert "MR01 ! a column of identifiers: leave it out: case_id" in done.stdout
    table = run("table", rows, "--by", "gender,case_id")
    assert table.exit_code == 1
    assert "nothing can be released over these columns: column 'case_id'" in table.output


def test_checklist_asks_for_every_human_rule_and_signs_the_answers(tmp_path):
    path = tmp_path / "post.txt"
    path.write_text("text")
    printed = run("checklist", path, "--lang", "fr")
    assert len(printed.stdout.splitlines()) == 14
    run("key", tmp_path / "key.pem")
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({line.split(" ")[0]: "yes" for line in printed.stdout.splitlines()}))
    done = run("checklist", path, "--answers", answers, "--by", "reviewer-3", "--key", tmp_path / "key.pem", "--out", tmp_path / "l.json")
    assert done.stdout == "14 answers signed by reviewer-3 over post.txt\n"
    answers.write_text("{}")
    refused = run("checklist", path, "--answers", answers, "--by", "r", "--key", tmp_path / "key.pem", "--out", tmp_path / "l2.json")
    assert refused.exit_code == 1 and not (tmp_path / "l2.json").exists()


def test_bundle_made_by_the_table_command_is_verified_and_attacked_again(signed, tmp_path):
    done = run("verify", signed, "--public-key", tmp_path / "key.pub.pem", "--internal", signed.with_name("2026-1.internal.zip"))
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1] == "holds   attacked again: 9 cells, 0 earlier tables: no small count"
    broken = signed.read_bytes().replace(b"README", b"REEDME")
    signed.write_bytes(broken)
    assert run("verify", signed).exit_code == 1


def test_table_after_an_earlier_one_that_would_tell_a_departure_is_refused_with_the_cells(signed, rows, tmp_path):
    lines = rows.read_text().splitlines(keepends=True)
    rows.write_text("".join(line for number, line in enumerate(lines) if number != len(lines) - 1))
    done = run("table", rows, "--by", "gender,age", "--earlier", tmp_path / "table.csv")
    assert done.exit_code == 1
    assert "gender=m: differs from the earlier release by fewer than 11 persons" in done.output


def test_bundle_without_key_or_description_is_a_usage_error(rows, tmp_path):
    done = run("table", rows, "--by", "gender", "--bundle", tmp_path)
    assert done.exit_code == 2 and "a bundle needs --key" in done.output


@pytest.mark.parametrize(("name", "words"), [("none.txt", "there is no such file"), ("empty.txt", "is empty")])
def test_file_that_is_not_there_or_empty_says_so(tmp_path, name, words):
    (tmp_path / "empty.txt").touch()
    done = run("check", tmp_path / name)
    assert done.exit_code == 1 and words in done.output


@pytest.mark.skipif(not EXTRACT.is_file(), reason="HAVRE_PUBLISHED_DATA does not hold the CTDC extract")
def test_published_extract_has_no_identifying_column():
    assert "MR" not in run("check", EXTRACT).stdout
