"""The stand-alone verifier finds one changed byte, a missing row, a missing link and a chain that was cut or written anew."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import connections
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from havre.site.commands.audit import audit
from havre.trust.audit import keys, verify_chain
from havre.trust.audit.checkpoints import checkpoint_now, export_checkpoints
from havre.trust.audit.keys import public_pem
from havre.trust.audit.sealing import seal_pending
from havre.trust.audit.verify_chain import SqliteSource, read_checkpoints, verify
from havre.trust.ids import new_id
from tests.factories_audit import AT, Key, copy_files, make_act, make_reading

pytestmark = [
    pytest.mark.django_db(transaction=True, databases="__all__"),
    pytest.mark.skipif(connections["default"].vendor != "sqlite", reason="reads SQLite files; PostgreSQL goes by the export"),
]
TABLES = {"trust_actrow": 0, "trust_reading": 1, "trust_chainlink": 1, "trust_checkpoint": 1}
many = examples(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def key(settings, tmp_path):
    settings.HAVRE_HOME = tmp_path / "home"
    made = Key()
    keys.use_signing_key(made)
    yield made
    keys.use_signing_key(None)


@pytest.fixture
def files(key, tmp_path):
    """The two files of a small trail: 5 acts, 5 readings, all sealed, one checkpoint that has left the machine."""
    for _ in range(5):
        make_act(subject=new_id(), reason="complete")
        make_reading(new_id(), new_id(), event="page", kind="reading")
    seal_pending(AT)
    checkpoint_now(AT)
    export_checkpoints(tmp_path / "out")
    return copy_files(tmp_path)


def report_on(files, key, tmp_path=None):
    exported = read_checkpoints(tmp_path / "out") if tmp_path else []
    with closing(SqliteSource(*files)) as source:
        return verify(source, exported=exported, public_keys=[key.public()])


def change(path, *statements):
    with sqlite3.connect(path) as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def test_untouched_trail_holds(files, key, tmp_path):
    report = report_on(files, key, tmp_path)
    assert (report.problems, report.links, report.unsealed, report.checkpoints) == ([], 10, 0, 2)


@many
@given(data=st.data())
def test_any_flipped_byte_of_any_column_is_found(data, files, key, tmp_path):
    table = data.draw(st.sampled_from(sorted(TABLES)), label="table")
    path = files[TABLES[table]]
    with sqlite3.connect(path, isolation_level=None) as database:
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[1] not in ("no", "position")]
        names = [name for name in columns if database.execute(f"SELECT count({name}) FROM {table}").fetchone()[0]]
        # when it left is bookkeeping: no signature covers it
        column = data.draw(st.sampled_from([name for name in names if name != "exported_at"]), label="column")
        number, value = data.draw(
            st.sampled_from(database.execute(f"SELECT rowid, {column} FROM {table} WHERE {column} IS NOT NULL").fetchall()), label="row"
        )
        raw = value if isinstance(value, bytes) else str(value).encode()
        if not raw:
            changed = b"x"
        else:
            at = data.draw(st.integers(0, len(raw) - 1), label="byte")
            changed = raw[:at] + bytes([raw[at] ^ (1 << data.draw(st.integers(0, 7), label="bit"))]) + raw[at + 1 :]
        kind = "BLOB" if isinstance(value, bytes) else "TEXT"
        if isinstance(value, int):
            changed, kind = str(value + 4096).encode(), "INTEGER"
        database.execute(f"UPDATE {table} SET {column} = CAST(? AS {kind}) WHERE rowid = ?", [changed, number])
        try:
            problems = report_on(files, key).problems
        finally:
            database.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", [value, number])
    database.close()
    assert [problem for problem in problems if problem.kind != "damage"] != []
    assert report_on(files, key).problems == []


@many
@given(data=st.data())
def test_any_flipped_byte_of_a_row_in_the_file_is_found(data, files, key, tmp_path):
    table = data.draw(st.sampled_from(sorted(TABLES)), label="table")
    path = files[TABLES[table]]
    with sqlite3.connect(path) as database:
        query = f"SELECT * FROM {table}"
        rows = database.execute(query).fetchall()
        checkpoint = [row[1] for row in database.execute(f"PRAGMA table_info({table})")].index("exported_at") if "check" in table else None
    database.close()
    row = data.draw(st.sampled_from(rows), label="row")[:checkpoint]
    runs = [b""]
    for value in row:
        runs.append(b"") if isinstance(value, int) else runs.append(runs.pop() + (value if isinstance(value, bytes) else value.encode()))
    good = path.read_bytes()
    # where the row lies in its table (no index repeats so many columns), with the bytes before it that say how long its columns are
    mark = max(runs, key=len)
    start = good.index(mark)
    header = 12 if runs.index(mark) == 1 else 0
    offset = data.draw(st.integers(start - header, start + len(mark) - 1), label="offset")
    bit = 1 << data.draw(st.integers(0, 7), label="bit")
    path.write_bytes(good[:offset] + bytes([good[offset] ^ bit]) + good[offset + 1 :])
    try:
        found = report_on(files, key, tmp_path).ok
    except (ValueError, OSError):
        found = False
    finally:
        path.write_bytes(good)
    assert found is False


@pytest.mark.parametrize(
    ("where", "statement", "kinds"),
    [
        (0, "DELETE FROM trust_actrow WHERE no = (SELECT max(no) FROM trust_actrow)", {"missing_row"}),
        (1, "DELETE FROM trust_reading WHERE no = (SELECT min(no) FROM trust_reading)", {"missing_row"}),
        (1, "DELETE FROM trust_chainlink WHERE position = 4", {"gap", "broken_link", "altered"}),
        (1, "UPDATE trust_chainlink SET position = 40 WHERE position = 10", {"gap", "altered", "rewritten"}),
        (1, "DELETE FROM trust_chainlink WHERE position > 7", {"truncated"}),
        (1, "DELETE FROM trust_chainlink", {"truncated"}),
        (1, "UPDATE trust_checkpoint SET position = 9", {"signature"}),
        (1, "UPDATE trust_checkpoint SET signature = zeroblob(64)", {"signature"}),
        (1, "UPDATE trust_checkpoint SET exported_at = CAST(exported_at AS BLOB)", {"signature"}),
        (1, "UPDATE trust_reading SET subjects = '[]' WHERE no = (SELECT max(no) FROM trust_reading)", {"altered"}),
        (0, "UPDATE trust_actrow SET reason = NULL", {"altered"}),
    ],
)
def test_each_way_to_tamper_is_named(where, statement, kinds, files, key, tmp_path):
    change(files[where], "PRAGMA writable_schema=0", "PRAGMA ignore_check_constraints=ON", statement.replace("= NULL", "= ''"))
    found = {problem.kind for problem in report_on(files, key, tmp_path).problems}
    assert found == kinds


def test_chain_computed_anew_after_a_change_is_found_by_the_exported_checkpoint(files, key, tmp_path):
    change(files[0], "UPDATE trust_actrow SET event = 'case.close' WHERE no = (SELECT min(no) FROM trust_actrow)")
    source = SqliteSource(*files)
    previous, links = verify_chain.GENESIS, []
    for link in source.links():
        digest = verify_chain.link_hash(previous, link, source.row(link["source"], link["row_no"]))
        links.append((previous, digest, link["position"]))
        previous = digest
    source.close()
    with sqlite3.connect(files[1]) as database:
        database.executemany("UPDATE trust_chainlink SET previous = ?, hash = ? WHERE position = ?", links)
        database.execute("DELETE FROM trust_checkpoint")
    database.close()
    assert report_on(files, key).problems == []
    assert [(p.kind, p.position) for p in report_on(files, key, tmp_path).problems] == [("rewritten", 10)]


def test_row_left_behind_is_a_problem_and_a_fresh_one_is_a_tail(files, key, tmp_path):
    late, fresh = "01900000000070008000000000000001", new_id().hex
    for number, made in ((801, late), (802, fresh)):
        change(
            files[0],
            "CREATE TEMP TABLE t AS SELECT * FROM trust_actrow LIMIT 1",
            f"UPDATE t SET no = {number}, id = '{made}'",
            "INSERT INTO trust_actrow SELECT * FROM t",
        )
    report = report_on(files, key)
    assert ([problem.kind for problem in report.problems], report.unsealed) == (["unsealed"], 2)


def test_verifier_runs_alone_without_django(files, key, tmp_path):
    public = tmp_path / "auditor.pub"
    public.write_bytes(public_pem(key.public()))
    script = shutil.copy(verify_chain.__file__, tmp_path / "verify_chain.py")
    blocked = tmp_path / "django"
    blocked.mkdir()
    (blocked / "__init__.py").write_text("raise ImportError('the verifier may not need Django')")
    command = [sys.executable, script, str(tmp_path), "--checkpoints", str(tmp_path / "out"), "--public-key", str(public)]
    good = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (good.returncode, good.stdout.splitlines()[-1]) == (0, "the chain holds")
    change(files[0], "UPDATE trust_actrow SET role = 'shelter' WHERE no = (SELECT min(no) FROM trust_actrow)")
    bad = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (bad.returncode, bad.stdout.splitlines()[-1]) == (1, "THE CHAIN DOES NOT HOLD; first bad position: 1")
    gone = subprocess.run([sys.executable, script, str(tmp_path / "nowhere")], capture_output=True, text=True, check=False)
    assert gone.returncode == 2


def test_commands_verify_export_sign_and_say_the_lag(key, tmp_path):
    run = CliRunner().invoke
    assert run(audit, ["checkpoint"]).exit_code == 1
    make_act(), make_reading()
    signed = run(audit, ["checkpoint", "--to", str(tmp_path / "out")])
    assert (signed.exit_code, "1 checkpoints written" in signed.output) == (0, True)
    file = tmp_path / "trail.jsonl"
    assert run(audit, ["export", str(file)]).output == f"5 lines in {file}\n"
    again = run(audit, ["export", str(file)])
    assert (again.exit_code, "name a new file" in again.output) == (1, True)
    assert run(audit, ["verify", "--checkpoints", str(tmp_path / "out")]).exit_code == 0
    assert run(audit, ["verify", "--export", str(file)]).exit_code == 0
    file.write_text(file.read_text().replace("case_manager", "case_managet", 1))
    assert run(audit, ["verify", "--export", str(file)]).exit_code == 1
    assert run(audit, ["lag"]).output == "0.0 s, ok\n"


def test_verifier_imports_nothing_of_the_house():
    lines = Path(verify_chain.__file__).read_text().splitlines()
    imported = {line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))}
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}
