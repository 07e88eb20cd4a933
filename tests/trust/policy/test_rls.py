"""Row-level security on PostgreSQL: every protected table, read by a session that forgot to scope. Its rows are behind the second lock."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from havre import trust
from havre.trust.enums import ALL_SECTIONS, Basis, Role
from havre.trust.policy import rls
from tests.factories import give_to
from tests.factories_site import make_now
from tests.factories_whole import fill_case

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no row-level security: `visible_to` is the only lock there"),
]
TABLES = sorted(model._meta.db_table for model in rls.protected_models())


@pytest.fixture
def rows():
    """What a case of somebody else's holds, a row in every protected table."""
    return fill_case(make_now())


def seen() -> dict[str, int]:
    """How many rows of each protected table this very session sees, with no scope of ours on it; the tables that show none left out."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return {table: number for table, number in found.items() if number}


def as_app(look=seen):
    """The same in a plain session of the application's role, without any actor."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE havre_app")
        try:
            return look()
        finally:
            cursor.execute("SET LOCAL ROLE NONE")


def disable(table: str) -> None:
    with connection.cursor() as cursor:
        # a foreign key that is still to be checked would hold the table
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')


def test_every_protected_model_has_a_row_to_hide(rows):
    assert set(rows) == {model._meta.label for model in rls.protected_models()}


def test_every_table_with_a_case_is_protected_or_holds_access_only():
    """A new table about a case that is no ProtectedModel would be behind no lock at all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE c.table_schema = 'public' AND c.column_name = 'case_id' AND t.table_type = 'BASE TABLE'"
        )
        found = {name for (name,) in cursor.fetchall()}
    # what the policy itself is made of, the audit trail, and the officer's holds: ids and codes
    access = {"trust_grant", "trust_seal", "trust_conflict", "trust_breakglass", "trust_actrow", "trust_legalhold"}
    access |= {"trust_restriction", "trust_identityrequest"}
    assert found - set(TABLES) == access


def test_every_protected_table_forces_row_level_security_with_its_four_policies():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity ORDER BY relname")
        forced = [name for (name,) in cursor.fetchall()]
        cursor.execute("SELECT tablename, policyname, roles::text[] FROM pg_policies WHERE schemaname = 'public'")
        policies = {(table, name): roles for table, name, roles in cursor.fetchall()}
        cursor.execute("SELECT session_user")
        owner = cursor.fetchone()[0]
    assert forced == TABLES
    names = {"havre_read": ["havre_app"], "havre_insert": ["havre_app"], "havre_update": ["havre_app"], "havre_house": [owner]}
    assert policies == {(table, name): roles for table in TABLES for name, roles in names.items()}


def test_application_role_has_no_way_round():
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls, rolcreaterole, rolcanlogin FROM pg_roles WHERE rolname = 'havre_app'")
        assert cursor.fetchall() == [(False, False, False, False)]
        cursor.execute("SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = 'havre_app'")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = 'havre_app'")
        assert cursor.fetchone() == (0,)


def test_plain_session_of_the_application_sees_no_row_of_any_protected_table(rows):
    assert set(seen()) == set(TABLES)
    assert as_app() == {}


def test_plain_session_deletes_and_updates_nothing(rows):
    def try_all() -> dict[str, int]:
        changed = {}
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f'DELETE FROM "{table}"')
                changed[table] = cursor.rowcount
        return {table: number for table, number in changed.items() if number}

    assert as_app(try_all) == {}


def test_table_without_row_level_security_is_noticed(rows):
    """The planted fault: with the lock off one table, the plain session sees its rows and the test above is red. Each table in turn."""
    noticed = {}
    for table in TABLES:
        savepoint = transaction.savepoint()
        disable(table)
        noticed[table] = set(as_app())
        transaction.savepoint_rollback(savepoint)
    assert noticed == {table: {table} for table in TABLES}


def test_session_of_an_actor_sees_no_row_of_a_case_that_is_not_granted(rows):
    stranger = make_now(Role.CASE_MANAGER)
    with trust.acting(stranger):
        assert seen() == {}
    assert set(seen()) == set(TABLES)


@pytest.mark.parametrize("fault", ["", "USING (true)", "no lock"])
def test_receiver_sees_what_its_referral_opened_and_with_a_policy_gone_a_foreign_row(fault, rows):
    """A shelter holds one case by referral. A forgotten scope shows nothing of another case, until a policy is dropped or opened."""
    mine, receiver = fill_case(make_now()), make_now(Role.SHELTER)
    give_to(receiver, mine["register.Case"], sections=ALL_SECTIONS, basis=Basis.REFERRAL)
    with connection.cursor() as cursor:
        if fault == "no lock":
            disable("register_consent")
        elif fault:
            cursor.execute("DROP POLICY havre_read ON register_consent")
            cursor.execute(f"CREATE POLICY havre_read ON register_consent FOR SELECT TO havre_app {fault}")
        with trust.acting(receiver):
            cursor.execute("SELECT case_id FROM register_consent")
            found = {case_id for (case_id,) in cursor.fetchall()}
    foreign = rows["register.Case"].pk
    assert found == ({mine["register.Case"].pk, foreign} if fault else {mine["register.Case"].pk})
