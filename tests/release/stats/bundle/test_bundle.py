"""A bundle proves itself, and any change to it is seen."""

import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from havre.release.stats.accounting import Charge
from havre.release.stats.attacks.battery import attack_rows
from havre.release.stats.attacks.subtraction import subtract
from havre.release.stats.bundle import verifier
from havre.release.stats.bundle.contents import About, Column, of_rows, of_tables
from havre.release.stats.bundle.packing import new_key, pack, read_key
from havre.release.stats.cells import Layout, domains_of
from havre.release.stats.errors import BadTable
from havre.release.stats.ledger import Head, Ledger
from havre.release.stats.protect import grid, protect
from havre.release.stats.published import of_grid

ABOUT = About("2026-3", "Persons by place and gender", "Example Ministry", "corrections@ministry.example", "2026-11-24")
COUNTS = {
    ("north", "f"): 3,
    ("north", "m"): 20,
    ("south", "f"): 25,
    ("south", "m"): 40,
    ("isles", "f"): 50,
    ("isles", "m"): 22,
    ("", "m"): 30,
}
BLANK = Column("place", "Place of detection", {"north": "North", "south": "South"}, "national code book 2025")


def counted():
    frame = pl.DataFrame([{"place": a, "gender": b} for (a, b), number in COUNTS.items() for _ in range(number)])
    return protect(frame, Layout((("place", "gender"),), domains_of(frame, ("place", "gender"))), k=11)


def packed(tmp_path, contents=None):
    key = tmp_path / "key.pem"
    if not key.exists():
        new_key(key)
    made = contents or of_tables(counted(), ABOUT, columns=[BLANK], input_digest="f" * 64)
    return pack(made, key=read_key(key), nonce=b"n" * 32).write(tmp_path, "release")


def private(noisy=None):
    members, strangers = (
        pl.DataFrame({"a": [str(n * step % 7) for n in range(300)], "b": [str(n % 5) for n in range(300)]}) for step in (3, 4)
    )
    charges = (Charge("gaussian", "marginals", scale=4.2),)
    ledger = Ledger(Head("made-up", epsilon=2.0, delta=1e-6)).reserve(charges, release="2026-3", dataset="d", by="a", at="t")
    ledger = ledger.draw(release="2026-3", by="a", at="t")
    battery = attack_rows(strangers, members, members.sample(fraction=1.0, shuffle=True, seed=1), seed=3, tries=100)
    columns = [Column(name, name, {str(n): str(n) for n in range(7)}, "code book") for name in "ab"]
    return of_rows(noisy if noisy is not None else strangers, ABOUT, columns=columns, charges=charges, ledger=ledger,
                   battery=battery, mechanism="marginals with Gaussian noise", inside={"errors": {"1": 0.09}})  # fmt: skip


def rewritten(path, change):
    """The bundle with some files changed, as somebody without the key can."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def broken(checks):
    return [check.name for check in checks if check.holds is False]


def test_bundle_of_tables_holds_with_both_halves_and_the_publishers_key(tmp_path):
    public, internal = packed(tmp_path)
    checks = verifier.verify(public, public_key=(tmp_path / "key.pub.pem").read_bytes(), internal=internal)
    assert (broken(checks), verifier.status(checks)) == ([], 0)
    assert "table-1: no count under 11: 11 shown, 4 hidden" in [f"{check.name}: {check.words}" for check in checks]
    assert internal.stat().st_mode & 0o777 == 0o600


def test_bundle_of_private_rows_holds_and_carries_its_ledger(tmp_path):
    public, internal = packed(tmp_path, private())
    checks = verifier.verify(public, internal=internal)
    assert broken(checks) == []
    assert {"ledger", "attack figures"} <= {check.name for check in checks}


def test_public_half_holds_no_figure_of_the_sensitive_rows(tmp_path):
    public, internal = packed(tmp_path, private())
    with zipfile.ZipFile(public) as out, zipfile.ZipFile(internal) as kept:
        everything = b"".join(out.read(name) for name in out.namelist())
        assert b"positive_control" in kept.read("proof.json")
    assert b"positive_control" not in everything and b'"errors"' not in everything
    (tmp_path / "tables").mkdir()
    tables, inner = packed(tmp_path / "tables")
    with zipfile.ZipFile(tables) as out, zipfile.ZipFile(inner) as kept:
        assert b"ffff" in kept.read("proof.json")
        assert not any(b"ffff" in out.read(name) for name in out.namelist())


def test_same_release_is_the_same_bytes(tmp_path):
    new_key(tmp_path / "key.pem")
    key = read_key(tmp_path / "key.pem")
    contents = of_tables(counted(), ABOUT)
    assert pack(contents, key=key, nonce=b"1" * 32) == pack(contents, key=key, nonce=b"1" * 32)
    assert pack(contents, key=key, nonce=b"1" * 32).public != pack(contents, key=key, nonce=b"2" * 32).public


def change_count(files):
    files["data/table-1.csv"] = files["data/table-1.csv"].replace(b",72\n", b",73\n")


def change_manifest(files):
    change_count(files)
    manifest = json.loads(files["manifest.json"])
    manifest["files"]["data/table-1.csv"]["sha256"] = verifier._sha(files["data/table-1.csv"])
    files["manifest.json"] = json.dumps(manifest).encode()


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (change_count, ["files (public)", "table-1: sums"]),
        (change_manifest, ["signature", "table-1: sums"]),
        (lambda files: files.update({"extra.txt": b"x"}), ["nothing added (public)"]),
        (lambda files: files.pop("ddi.xml"), ["files (public)"]),
        (lambda files: files.update({"signature.json": b"{}"}), ["signature"]),
    ],
)
def test_changed_bundle_is_seen(tmp_path, change, names):
    public, _internal = packed(tmp_path)
    rewritten(public, change)
    assert broken(verifier.verify(public)) == names


def test_bundle_signed_again_by_another_key_is_refused_by_the_publishers(tmp_path):
    public, _internal = packed(tmp_path)
    publishers = (tmp_path / "key.pub.pem").read_bytes()
    (tmp_path / "key.pem").unlink()
    packed(tmp_path)
    assert broken(verifier.verify(public, public_key=publishers)) == ["signature"]


def test_internal_half_of_another_release_does_not_fit(tmp_path):
    public, _internal = packed(tmp_path)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "key.pem").write_bytes((tmp_path / "key.pem").read_bytes())
    _public, foreign = packed(tmp_path / "other", of_tables(counted(), replace(ABOUT, release="2026-4")))
    assert "the two halves" in broken(verifier.verify(public, internal=foreign))


def test_internal_ledger_without_a_line_is_broken(tmp_path):
    _public, internal = packed(tmp_path, private())

    def change(files):
        lines = files["ledger.jsonl"].splitlines(keepends=True)
        files["ledger.jsonl"] = b"".join([lines[0], *lines[2:]])

    rewritten(internal, change)
    assert broken(verifier.verify(internal)) == ["files (internal)", "ledger"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("epsilon", 0.1), ("epsilon", 9.0), ("unit", ""), ("family", "trust us"), ("seed", 4), ("k", 1)],
)
def test_proof_that_claims_too_much_or_says_too_much_is_seen(tmp_path, field, value):
    contents = private() if field not in ("k",) else of_tables(counted(), ABOUT)
    public, _internal = packed(tmp_path, replace(contents, public={**contents.public, field: value}))
    # signed by the publisher: only the contents speak
    assert broken(verifier.verify(public)) in (["protection stated"], ["nothing of the inside"])


def test_table_with_a_small_count_is_seen_though_signed(tmp_path):
    contents = of_tables(counted(), ABOUT)
    (table,) = contents.tables
    leaking = replace(table, frame=table.frame.with_columns(pl.col("persons").replace("x", "3")))
    public, _internal = packed(tmp_path, replace(contents, tables=(leaking,)))
    assert "table-1: no count under 11" in broken(verifier.verify(public))


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"no zip", "cannot be opened"), (None, "manifest.json is missing"), ("../up", "leads outside")],
)
def test_what_is_no_bundle_is_said_so(tmp_path, content, words):
    path = tmp_path / "b.zip"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(content or "a.txt", b"x")
    with pytest.raises(verifier.Broken, match=words):
        verifier.verify(path)


def test_verifier_runs_alone_without_havre(tmp_path):
    public, internal = packed(tmp_path)
    alone = tmp_path / "alone" / "verify.py"
    alone.parent.mkdir()
    alone.write_bytes(Path(verifier.__file__).read_bytes())
    run = [
        sys.executable,
        "-S",
        "-c",
        "import sys; sys.path = [p for p in sys.path if 'wt' not in p]",
    ]
    done = subprocess.run([sys.executable, str(alone), str(public), "--internal", str(internal)], cwd=alone.parent,
                          capture_output=True, text=True, check=False, env={"PATH": ""})  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("holds") == len(done.stdout.splitlines())
    # without the library of the signature it says so, and does not pass
    run = [sys.executable, "-c", f"import sys, runpy; sys.modules['cryptography'] = None; sys.argv = ['v', {str(public)!r}];"
           f"runpy.run_path({str(alone)!r}, run_name='__main__')"]  # fmt: skip
    bare = subprocess.run(run, capture_output=True, text=True, check=False)
    assert bare.returncode == 3
    assert "install the Python package" in bare.stdout


def test_release_that_an_attack_got_through_is_not_packed():
    frame = pl.DataFrame({"a": ["1"] * 3 + ["2"] * 40})
    leaking = protect(frame, Layout((("a",),), domains_of(frame, "a")), k=2)
    found = subtract([of_grid(grid(leaking, ("a",)), name="now")], [], k=11)
    with pytest.raises(BadTable, match="a=1: 3, from the tables themselves"):
        of_tables(leaking, ABOUT, subtraction=found)


def test_rows_with_a_foreign_value_or_no_ledger_line_are_not_packed():
    with pytest.raises(BadTable, match=r"column 'a' holds \['None'\]"):
        private(pl.DataFrame({"a": ["None"], "b": ["1"]}))
    columns = [Column("a", "a", {"1": "1"})]
    with pytest.raises(BadTable, match="is not in the ledger"):
        of_rows(pl.DataFrame({"a": ["1"]}), ABOUT, columns=columns, charges=[Charge("zcdp", "x", rho=0.1)])
    with pytest.raises(BadTable, match="say what protects the rows"):
        of_rows(pl.DataFrame({"a": ["1"]}), ABOUT, columns=columns)


def test_metadata_name_every_column_code_and_hidden_cell(tmp_path):
    public, _internal = packed(tmp_path)
    with zipfile.ZipFile(public) as archive:
        package = json.loads(archive.read("datapackage.json"))
        flows = archive.read("data/table-1.sdmx.csv").decode()
        text = archive.read("ddi.xml").decode()
        structure = archive.read("sdmx-structure.xml").decode()
        rows = pl.read_csv(io.BytesIO(archive.read("data/table-1.csv")), infer_schema=False)
    (resource,) = package["resources"]
    assert [field["name"] for field in resource["schema"]["fields"]] == ["place", "gender", "persons"]
    assert resource["schema"]["fields"][0]["constraints"]["enum"] == ["(not recorded)", "isles", "north", "south"]
    assert flows.count(",Q\n") == rows.filter(pl.col("persons") == "x").height
    assert "<labl>Place of detection</labl>" in text and "<catValu>north</catValu>" in text
    assert 'id="CL_place"' in structure and 'id="DSD_TABLE-1"' in structure


def test_key_is_never_overwritten_and_a_wrong_one_is_named(tmp_path):
    new_key(tmp_path / "key.pem")
    with pytest.raises(BadTable, match="never overwritten"):
        new_key(tmp_path / "key.pem")
    (tmp_path / "no.pem").write_text("x")
    with pytest.raises(BadTable, match=r"no\.pem cannot be read as a signing key"):
        read_key(tmp_path / "no.pem")
