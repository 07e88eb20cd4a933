"""Row-level security for PostgreSQL, generated from the same rows as the queryset filter: the second lock.

It stops a forgotten scope, not somebody who can run SQL as the application's role; the policy book says so. Only correlated EXISTS:
`IN (SELECT …)` took a minute on a count that this answers at once (docs/decisions/row-level-security.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.backends.signals import connection_created

from havre.trust.enums import Act, Basis, Purpose, Role, Section
from havre.trust.errands import APP_ROLE
from havre.trust.policy.decide import person_path
from havre.trust.policy.rows import Policy, Rule
from havre.trust.policy.table import POLICY
from havre.trust.records import ProtectedModel

# each setting in a subquery of its own, so that PostgreSQL reads it once for a statement and not for every row
HOLDERS = "(SELECT string_to_array(NULLIF(current_setting('havre.holders', true), ''), ',')::bigint[])::bigint[]"
NOW = "(SELECT NULLIF(current_setting('havre.now', true), '')::timestamptz)"
PURPOSE = "(SELECT current_setting('havre.purpose', true))"
ROLE = "(SELECT current_setting('havre.role', true))"


def statements(models: Iterable[Any], *, policy: Policy = POLICY) -> list[str]:
    """The SQL that switches row-level security on for these protected models and (re)makes their policies. Idempotent."""
    lines = [
        role_statement(),
        f"DO $$ BEGIN IF NOT pg_has_role(CURRENT_USER, '{APP_ROLE}', 'MEMBER') THEN GRANT {APP_ROLE} TO CURRENT_USER; END IF; END $$",
        f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}",
    ]
    for model in models:
        lines.extend(_for_model(model, policy))
    return lines


def role_statement() -> str:
    """The SQL that makes the application's role where the server does not have it yet: a restore needs it before any table."""
    # roles belong to the whole server: databases that are made at the same time must not both write this one
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN"
        f" CREATE ROLE {APP_ROLE} NOLOGIN NOBYPASSRLS; ALTER ROLE {APP_ROLE} SET jit = off;"
        f" END IF; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )


def _for_model(model: Any, policy: Policy) -> list[str]:
    table = model._meta.db_table
    read, write = predicate(model, Act.READ, policy=policy), predicate(model, Act.WRITE, policy=policy)
    insert = opening(model) or write
    lines = [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
    ]
    for name, command, clause in (
        ("read", "SELECT", f"USING ({read})"),
        ("insert", "INSERT", f"WITH CHECK ({insert})"),
        ("update", "UPDATE", f"USING ({write}) WITH CHECK ({write})"),
    ):
        lines.append(f'DROP POLICY IF EXISTS havre_{name} ON "{table}"')
        lines.append(f'CREATE POLICY havre_{name} ON "{table}" FOR {command} TO {APP_ROLE} {clause}')
    # errands of the house (erasure, extract, import, sealing) run as this role, which the web never takes
    lines.append(f'DROP POLICY IF EXISTS havre_house ON "{table}"')
    lines.append(f'CREATE POLICY havre_house ON "{table}" FOR ALL TO CURRENT_USER USING (true) WITH CHECK (true)')
    return lines


def protected_models() -> list[Any]:
    """Every model whose rows belong to a case."""
    return [model for model in apps.get_models() if issubclass(model, ProtectedModel)]


def install(alias: str = "default") -> None:
    """Switch row-level security on. Called after every migration on PostgreSQL, as the tables' owner."""
    with connections[alias].cursor() as cursor:
        for statement in statements(protected_models()):
            cursor.execute(statement)


def enforce() -> None:
    """From now on every new connection of this process drops to the application's role. Called by whatever serves people."""
    connection_created.connect(_drop, dispatch_uid="havre.rls")
    for alias in ("default", "access"):
        if connections[alias].vendor == "postgresql" and connections[alias].connection is not None:
            _drop(sender=None, connection=connections[alias])


def _drop(*, connection: Any, **_rest: Any) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # a role's own settings come with a sign-in only, not with SET ROLE
            cursor.execute(f"SET ROLE {APP_ROLE}; SET jit = off")


def opening(model: Any) -> str | None:
    """A new case has no grant yet: whoever acts may insert its bare row; the sections that follow need the grant."""
    return f"cardinality({HOLDERS}) > 0" if model._meta.label == "register.Case" else None


def predicate(model: Any, act: Act, *, policy: Policy = POLICY) -> str:
    """The condition on one row of `model`, as one correlated EXISTS over grants."""
    table = f'"{model._meta.db_table}"'
    case = f'{table}."{model._meta.get_field("id" if model.case_path == "id" else "case_id").column}"'
    by_section: dict[Section, dict[Role, Rule]] = {}
    for section in Section if model.section is None else [model.section]:
        rules = {role: rule for role in Role if (rule := policy.rules.get((act, section, role)))}
        if rules:
            by_section[section] = rules
    if not by_section:
        return "false"
    branches = []
    for section, rules in by_section.items():
        mine = f'{table}."section" = {int(section)} AND ' if model.section is None else ""
        branches.append(f"({mine}g.sections & {int(section)} <> 0 AND ({_roles(rules)}))")
    every = [rule for rules in by_section.values() for rule in rules.values()]
    seal = (
        f" AND (g.basis = '{Basis.CUSTODIAN}' OR NOT EXISTS (SELECT 1 FROM trust_seal s WHERE s.case_id = {case} AND s.ended_at IS NULL))"
        if any(rule.minds_seal for rule in every)
        else ""
    )
    conflict = (
        f" AND NOT EXISTS (SELECT 1 FROM trust_conflict c WHERE c.case_id = {case} AND c.holder_id = ANY ({HOLDERS}))"
        if any(rule.minds_conflict for rule in every)
        else ""
    )
    # a row about no one person: closed by anybody's list in the case, and opened by no grant for one person
    person = f'{table}."person_id"' if person_path(model) else ""
    listed = f"r.person_id = {person}" if person else f"r.case_id = {case}"
    bits = f'{table}."section"' if model.section is None else str(int(model.section))
    restricted = (
        f" AND NOT EXISTS (SELECT 1 FROM trust_restriction r WHERE {listed} AND r.holder_id = ANY ({HOLDERS})"
        f" AND r.lifted_at IS NULL AND r.sections & {bits} <> 0)"
        if any(rule.minds_restriction for rule in every)
        else ""
    )
    alone = ""
    if any(rule.by_person for rule in every):
        alone = f" AND (g.person_id IS NULL OR g.person_id = {person})" if person else " AND g.person_id IS NULL"
    return (
        f"EXISTS (SELECT 1 FROM trust_grant g WHERE g.case_id = {case} AND g.holder_id = ANY ({HOLDERS})"
        f" AND g.role = {ROLE} AND g.purpose = {PURPOSE}"
        f" AND g.starts_at <= {NOW} AND g.ends_at > {NOW} AND ({' OR '.join(branches)}){alone}{seal}){conflict}{restricted}"
    )


def _roles(rules: Mapping[Role, Rule]) -> str:
    """Roles with the same bases, the same need of a fresh factor and the same purposes share one branch."""
    groups: dict[tuple[frozenset[Basis], bool, bool], list[Role]] = {}
    for role, rule in rules.items():
        groups.setdefault((rule.bases, rule.needs_factor, rule.never_for_justice), []).append(role)
    parts = []
    for (bases, needs_factor, never_for_justice), roles in groups.items():
        part = f"g.role IN ({_quoted(roles)}) AND g.basis IN ({_quoted(bases)})"
        if needs_factor:
            minutes = int(settings.HAVRE_FACTOR_MINUTES)
            part += f" AND NULLIF(current_setting('havre.factor_at', true), '')::timestamptz >= {NOW} - interval '{minutes} minutes'"
        if never_for_justice:
            part += f" AND g.purpose <> '{Purpose.JUSTICE}'"
        parts.append(f"({part})")
    return " OR ".join(parts)


def _quoted(values: Iterable[Any]) -> str:
    return ", ".join(sorted(f"'{value}'" for value in values))
