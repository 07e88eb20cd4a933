"""`havre link-private` from agreement to cells, both owners and the linkage unit, and what it refuses."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from havre.evidence.link_private_command import link_private
from havre.evidence.stats.linkage.private import CannotLink, agreement, encoded_file, vectors
from havre.evidence.stats.linkage.reading import COLUMNS
from tests.evidence.stats.linkage.private.exchanges import agreement as terms_of
from tests.evidence.stats.linkage.private.exchanges import key, two_files, two_lists

WORDS = "correct horse"


def run(*words: str, typed: int = 1) -> Result:
    return CliRunner().invoke(link_private, words, input=f"{WORDS}\n" * typed, catch_exceptions=False)


def written(folder: Path) -> None:
    for name, columns in zip("ab", two_lists()[:2], strict=True):
        with (folder / f"{name}.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(COLUMNS)
            for place in range(len(columns["record_id"])):
                rows.writerow([columns[column][place] if column in columns else "" for column in COLUMNS])


@pytest.fixture(scope="module")
def exchange(tmp_path_factory):
    """Two owners with confirmed keys, and their lists, in one folder."""
    folder = tmp_path_factory.mktemp("exchange")
    written(folder)
    at = {
        name: str(folder / name)
        for name in ("agreement.json", "a.pair", "b.pair", "a.key", "b.key", "a.pair.public.json", "b.pair.public.json")
    }
    terms = ("--exchange", "gh-2026", "--parties", "ngo, police", "--purpose", "prevalence", "--until", "2099-01-01", "--size", "300")
    run("agreement", *terms, "--output", "pairs", "--out", at["agreement.json"])
    for side, party in (("a", "ngo"), ("b", "police")):
        assert run("keys", "new", "--exchange", "gh-2026", "--party", party, "--out", at[f"{side}.pair"], typed=2).exit_code == 0
    codes = []
    for side, other in (("a", "b"), ("b", "a")):
        pair = ("--mine", at[f"{side}.pair"], "--theirs", at[f"{other}.pair.public.json"], "--agreement", at["agreement.json"])
        codes.append(
            run("keys", "agree", *pair, "--register", str(folder / "none"), "--out", at[f"{side}.key"]).stdout.strip().splitlines()[-1]
        )
    assert codes[0] == codes[1]
    assert "not confirmed" in run("vectors", "--key", at["a.key"], "--agreement", at["agreement.json"]).stderr
    assert all(run("keys", "confirm", at[f"{side}.key"], codes[0]).exit_code == 0 for side in "ab")
    return folder


def owner(folder: Path, side: str) -> tuple[str, ...]:
    return ("--key", str(folder / f"{side}.key"), "--agreement", str(folder / "agreement.json"))


def digest(folder: Path, side: str) -> str:
    return next(line.split()[1] for line in run("vectors", *owner(folder, side)).stdout.splitlines() if line.startswith("vectors"))


def encode(folder: Path, side: str, out: Path, their: str) -> Result:
    return run(
        "encode",
        str(folder / f"{side}.csv"),
        *owner(folder, side),
        "--their-vectors",
        their,
        "--register",
        str(folder / "none"),
        "--out",
        str(out),
    )


def test_both_owners_print_one_digest_and_the_unit_writes_cells(exchange, tmp_path):
    first, second = digest(exchange, "a"), digest(exchange, "b")
    assert first == second
    for side, their in (("a", second), ("b", first)):
        assert encode(exchange, side, tmp_path / f"{side}.enc", their).exit_code == 0
    files = (str(tmp_path / "a.enc"), str(tmp_path / "b.enc"))
    assert run("compare", *files, "--out", str(tmp_path / "out")).exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["cells.csv", "cells.json"]
    rows = list(csv.DictReader((tmp_path / "out" / "cells.csv").open()))
    assert [(row["ngo"], row["police"]) for row in rows] == [("1", "1"), ("1", "0"), ("0", "1")]
    assert abs(int(rows[0]["count"]) - 120) <= 12

    refused = run("compare", *files, "--out", str(tmp_path / "pairs"), "--pairs")
    assert (refused.exit_code, (tmp_path / "pairs").exists()) == (1, False)
    agreed = run("compare", *files, "--out", str(tmp_path / "pairs"), "--pairs", "--agreement", str(exchange / "agreement.json"))
    assert agreed.exit_code == 0
    mine = tmp_path / "mine.csv"
    resolved = (
        "resolve",
        str(tmp_path / "pairs" / "pairs.csv"),
        "--list",
        str(exchange / "a.csv"),
        *owner(exchange, "a"),
        "--out",
        str(mine),
    )
    assert run(*resolved).exit_code == 0
    assert {row["record_id"] for row in csv.DictReader(mine.open())} <= set(two_lists()[0]["record_id"])


def test_encode_with_vectors_that_differ_is_refused_and_writes_nothing(exchange, tmp_path):
    refused = encode(exchange, "a", tmp_path / "a.enc", "0" * 64)
    assert (refused.exit_code, list(tmp_path.iterdir())) == (1, [])
    assert "test vectors differ" in refused.stderr


def test_encode_of_a_list_too_small_or_not_as_agreed_is_refused(exchange, tmp_path):
    lines = (exchange / "a.csv").read_text().splitlines(keepends=True)
    for number, words in ((5, "nobody can hide"), (60, "agreement says about 300")):
        (tmp_path / "a.csv").write_text("".join(lines[: number + 1]))
        command = ("encode", str(tmp_path / "a.csv"), *owner(exchange, "a"), "--their-vectors", digest(exchange, "a"))
        refused = run(*command, "--register", str(tmp_path / "none"), "--out", str(tmp_path / "a.enc"))
        assert (refused.exit_code, words in refused.stderr, (tmp_path / "a.enc").exists()) == (1, True, False)


def test_encode_after_the_keys_were_destroyed_is_refused(exchange, tmp_path):
    register = tmp_path / "register.jsonl"
    copy = tmp_path / "copy.key"
    copy.write_bytes((exchange / "a.key").read_bytes())
    assert run("keys", "destroy", str(copy), "--by", "officer 12", "--register", str(register)).exit_code == 0
    command = ("encode", str(exchange / "a.csv"), *owner(exchange, "a"), "--their-vectors", "0" * 64, "--register", str(register))
    refused = run(*command, "--out", str(tmp_path / "a.enc"))
    assert (refused.exit_code, "destroyed" in refused.stderr, (tmp_path / "a.enc").exists()) == (1, True, False)


def test_encode_with_an_agreement_changed_by_one_side_is_refused(exchange, tmp_path):
    changed = tmp_path / "agreement.json"
    changed.write_text((exchange / "agreement.json").read_text().replace('"least_cell": 11', '"least_cell": 1'))
    command = ("encode", str(exchange / "a.csv"), "--key", str(exchange / "a.key"), "--agreement", str(changed), "--their-vectors", "0")
    assert "another agreement" in run(*command, "--out", str(tmp_path / "a.enc")).stderr


def test_encoded_file_holds_no_name_no_id_and_no_secret(tmp_path):
    path = tmp_path / "a.enc"
    head, made = two_files()[0]
    encoded_file.write(path, made, head)
    raw, columns = path.read_bytes(), two_lists()[0]
    words = [
        value for name in ("given_name", "family_name", "birthplace", "phone", "birth_date") for value in columns[name] if len(value) > 3
    ]
    assert not [word for word in words if word.encode() in raw]
    assert key().secret not in raw and key().secret.hex().encode() not in raw
    stored = json.loads(pq.read_schema(path).metadata[b"havre-private-linkage"])
    assert (stored["format"], stored["version"], stored["records"]) == ("havre-private-linkage", 1, 300)


def test_encoded_file_comes_back_as_it_was_and_damage_is_refused(tmp_path):
    path = tmp_path / "a.enc"
    head, made = two_files()[0]
    encoded_file.write(
        path, made, encoded_file.header(key("ngo"), terms_of(), vectors(key("ngo"), size=300, how=terms_of().hardening), made)
    )
    again_head, again = encoded_file.read(path)
    assert again_head.records == head.records
    assert (again.words == made.words).all() and (again.record == made.record).all()
    raw = bytearray(path.read_bytes())
    place = raw.find(made.words[5].tobytes())
    raw[place] ^= 1
    for content in (bytes(raw), bytes(raw[: len(raw) // 2]), b"", b"hello"):
        path.write_bytes(content)
        with pytest.raises(CannotLink) as refusal:
            encoded_file.read(path)
        assert refusal.value.code == "bad_file"


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "x"}, {"parties": ["ngo"]}, {"parties": ["ngo", "ngo"]}, {"expires_on": "soon"}, {"size": 0}, {"size": True}, {"least_cell": 0},
        {"output": "names"}, {"purpose": " "}, {"exchange": "../x"}, {"hardening": {"flip": 0}}, {"hardening": {"salt": False}},
        {"hardening": {"unknown": 1}}, {"surprise": 1},
    ],
)  # fmt: skip
def test_agreement_with_a_wrong_term_is_refused(change):
    good = terms_of().as_json()
    assert agreement.read(json.dumps(good)) == terms_of()
    with pytest.raises(CannotLink) as refusal:
        agreement.read(json.dumps(good | change))
    assert refusal.value.words("fr") != refusal.value.words("en")


def test_agreement_after_its_last_day_is_refused():
    with pytest.raises(CannotLink) as refusal:
        agreement.in_force(terms_of(), on=terms_of().expires_on.replace(year=2100))
    assert refusal.value.code == "expired"


def test_compare_runs_where_neither_django_nor_cryptography_can_be_imported(tmp_path):
    paths = []
    for head, made in two_files():
        content = encoded_file.header(key(head.party), terms_of(), vectors(key(head.party), size=300, how=terms_of().hardening), made)
        paths.append(tmp_path / f"{head.party}.enc")
        encoded_file.write(paths[-1], made, content)
    program = (
        "import sys; sys.modules['django'] = None; sys.modules['cryptography'] = None\n"
        "from pathlib import Path\n"
        "from havre.evidence.stats.linkage.private import CannotLink, compare_files, keys\n"
        f"found = compare_files([Path(p) for p in {[str(path) for path in paths]!r}], Path({str(tmp_path / 'out')!r}))\n"
        "assert found.cells[0].count\n"
        "try: keys.new_pair('x', 'y')\n"
        "except CannotLink as refusal: assert refusal.code == 'no_cryptography'\n"
        "else: raise SystemExit('made a key without the library')\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("spoken", [{"HAVRE_LANGUAGE": "fr"}, {"LC_ALL": "fr_FR.UTF-8", "LANG": "C"}])
def test_every_answer_is_french_where_the_house_or_the_shell_is(exchange, tmp_path, monkeypatch, spoken):
    for name in ("HAVRE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in spoken.items():
        monkeypatch.setenv(name, value)
    owner = ("--key", str(exchange / "a.key"), "--agreement", str(exchange / "agreement.json"), "--register", str(tmp_path / "none"))

    differ = run("encode", str(exchange / "a.csv"), *owner, "--their-vectors", "0" * 64, "--out", str(tmp_path / "a.enc"))
    assert differ.exit_code == 1 and "Erreur : les vecteurs d'essai diffèrent" in differ.output
    there = run("encode", str(exchange / "a.csv"), *owner, "--their-vectors", "0" * 64, "--out", str(exchange / "a.csv"))
    assert there.exit_code == 1 and "Erreur : a.csv existe déjà" in there.output
    absent = run("keys", "confirm", str(tmp_path / "no.key"), "AAAA")
    assert absent.exit_code == 1 and "no.key : fichier introuvable ; vérifiez le chemin" in absent.output
    assert "Phrase secrète" in absent.output
