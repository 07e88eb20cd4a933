"""The same on PostgreSQL, as an owner who is no superuser. HAVRE_DRILL_DATABASE_URL names a server where databases may be made."""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pyrage
import pytest

from tests.drills.house import House
from tests.drills.looking import scratch, unscratch

SERVER = os.environ.get("HAVRE_DRILL_DATABASE_URL", "")

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(not SERVER, reason="HAVRE_DRILL_DATABASE_URL names no PostgreSQL server"),
]


@pytest.fixture
def databases():
    """Two empty databases of an owner who may make databases and roles and is no superuser: one serves, one receives."""
    import psycopg

    mark = uuid4().hex[:10]
    owner, names = f"havre_owner_{mark}", [f"havre_serving_{mark}", f"havre_receiving_{mark}"]
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE ROLE {owner} LOGIN CREATEDB CREATEROLE PASSWORD 'only-for-tests'")
        server.execute(
            "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'havre_app') THEN EXECUTE 'GRANT havre_app TO "
            + owner
            + " WITH ADMIN OPTION'; END IF; END $$"
        )
    found = []
    for name in names:
        url = scratch(SERVER, name)
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"ALTER DATABASE {name} OWNER TO {owner}")
        parts = urlsplit(url)
        found.append(parts._replace(netloc=f"{owner}:only-for-tests@{parts.hostname}:{parts.port or 5432}").geturl())
    yield found
    for name in names:
        unscratch(SERVER, name)
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"DROP ROLE {owner}")


def rows(url: str) -> dict[str, int]:
    import psycopg

    with psycopg.connect(url) as database:
        names = [name for (name,) in database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()]
        return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in sorted(names)}


def known_rows(url: str, table: str) -> int:
    """How many rows the server's statistics give a table; -1 where it was never analysed."""
    import psycopg

    with psycopg.connect(url) as database:
        return int(database.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [table]).fetchone()[0])


def test_backup_on_postgresql_is_checked_beside_and_restored_elsewhere(tmp_path, databases):
    serving, receiving = databases
    (tmp_path / "one").mkdir()
    house = House(tmp_path / "one", database=serving)
    house.must("init")
    house.errand("seed", "1", "2", json.dumps({"prs_FirstName": "Example"}))
    before = rows(serving)
    made = pyrage.x25519.Identity.generate()
    identity = tmp_path / "identity"
    identity.write_text(f"{made}\n")
    folder = Path(house.must("backup", "--to", str(tmp_path / "backups"), "--recipient", str(made.to_public())).strip())

    checked = house.run("restore", str(folder), "--identity", str(identity), "--check", home=tmp_path / "check")
    assert (checked.returncode, "the backup is whole" in checked.stdout) == (0, True), checked.stdout + checked.stderr
    assert rows(serving) == before

    # never into a database that holds records
    refused = house.run("restore", str(folder), "--identity", str(identity), home=tmp_path / "refused")
    assert (refused.returncode, "already" in refused.stderr) == (1, True), refused.stderr
    assert rows(serving) == before

    (tmp_path / "two").mkdir()
    other = House(tmp_path / "two", database=receiving)
    other.must("restore", str(folder), "--identity", str(identity))
    after = rows(receiving)
    assert after["trust_sealedsection"] == 2
    assert after == before
    # the planner knows the tables: nobody waits for autovacuum
    assert known_rows(receiving, "trust_sealedsection") == 2
    for name in ("secret_key", "audit_key"):
        assert (other.home / name).read_bytes() == (house.home / name).read_bytes()
