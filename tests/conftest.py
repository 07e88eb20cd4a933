"""Every test may use all four databases; the audit tables keep their triggers but for the clean-up after a test that commits.

On PostgreSQL row-level security is on, as in the served product: a request runs as `havre_app` from its first statement to its last,
and `trust.acting` takes that role by itself. Factories and looks behind the scenes run as the owner of the tables.
"""

import os

import pytest
from django.core.signals import request_finished, request_started
from django.db import connections
from django.test.utils import setup_databases, teardown_databases
from django.utils import translation

from havre.trust.audit.append_only import guard, unguard
from havre.trust.errands import APP_ROLE
from havre.trust.policy import rls
from tests import databases

SHARED = ("default", "access")
# what CI runs on PostgreSQL too: whatever reads, writes, locks or counts records of cases, accounts and their pages, besides single marks.
# A test that fails there and passes on SQLite shows a fault of the product: row-level security is on.
ON_POSTGRESQL_TOO = (
    "tests/referral/test_conference.py",
    "tests/referral/test_directory.py",
    "tests/referral/test_more.py",
    "tests/referral/test_pages_more.py",
    "tests/referral/test_outside.py",
    "tests/referral/test_services.py",
    "tests/referral/test_transfer.py",
    "tests/referral/test_views.py",
    "tests/justice/test_claims.py",
    "tests/justice/test_custody.py",
    "tests/justice/test_faults.py",
    "tests/justice/test_leaving.py",
    "tests/justice/test_non_punishment.py",
    "tests/justice/test_records.py",
    "tests/justice/test_records_pages.py",
    "tests/justice/test_services.py",
    "tests/justice/test_views.py",
    "tests/justice/test_waiving.py",
    "tests/protection/test_assistance.py",
    "tests/protection/test_identification.py",
    "tests/protection/test_intake.py",
    "tests/protection/test_intake_papers.py",
    "tests/protection/test_offline.py",
    "tests/protection/test_offline_aside.py",
    "tests/protection/test_offline_pages.py",
    "tests/protection/test_screening.py",
    "tests/protection/test_views.py",
    "tests/protection/test_contract.py",
    "tests/register/test_attachments.py",
    "tests/register/test_exchange_pages.py",
    "tests/register/test_importing.py",
    "tests/evidence/test_extract.py",
    "tests/site/test_cases.py",
    "tests/site/test_views.py",
    "tests/trust/test_accounts_glass.py",
    "tests/trust/test_assessment.py",
    "tests/trust/test_retention.py",
    "tests/trust/test_accounts_invitations.py",
    "tests/trust/test_accounts_invitations_pages.py",
    "tests/trust/test_accounts_pages.py",
    "tests/trust/test_accounts_resets.py",
    "tests/trust/test_erasure.py",
    "tests/trust/test_history.py",
    "tests/trust/test_identity.py",
    "tests/trust/test_identity_requests.py",
    "tests/trust/test_identity_requests_any.py",
    "tests/trust/test_identity_requests_pages.py",
    "tests/trust/test_identity_search.py",
    "tests/trust/test_mergers.py",
    "tests/trust/test_records.py",
    "tests/trust/test_workflow_clocks.py",
    "tests/partnership/test_counting.py",
    "tests/trust/test_counting.py",
)
# libpq's PQTRANS_INERROR
IN_ERROR = 3


def pytest_collection_modifyitems(items):
    for item in items:
        if os.environ.get("HAVRE_POSTGRESQL") == "all" and item.location[0].startswith(ON_POSTGRESQL_TOO):
            item.add_marker(pytest.mark.postgresql)
        # the statistics know no Django
        plain = "/stats/" in item.location[0]
        if not plain and not any(mark.name == "django_db" for mark in item.iter_markers()):
            item.add_marker(pytest.mark.django_db(databases="__all__"))


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_modify_db_settings, django_db_blocker, worker_number):
    """Four databases at the head of the migrations: copies on SQLite, Django's own way on PostgreSQL."""
    on_server = {alias: False for alias in connections if connections[alias].vendor == "postgresql"}
    with django_db_blocker.unblock():
        databases.put_in_place(worker_number)
        made = setup_databases(verbosity=0, interactive=False, aliases=on_server, serialized_aliases=set()) if on_server else []
        if on_server:
            # what `havre migrate` does after the migrations
            rls.install()
            for alias in SHARED:
                guard(connections[alias], alias)
            request_started.connect(_drop_role)
            request_finished.connect(_take_role_back)
    yield
    with django_db_blocker.unblock():
        if on_server:
            # two aliases (and threads of tests) hold the one database that is about to be dropped
            with connections["default"].cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        connections.close_all()
        databases.take_away()
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session")
def worker_number(request):
    """0 for a run of one process and for the first worker of several."""
    named = getattr(request.config, "workerinput", {}).get("workerid", "gw0")
    return int(named.removeprefix("gw"))


def _drop_role(**_: object) -> None:
    _set_role(APP_ROLE)


def _take_role_back(**_: object) -> None:
    _set_role("NONE")


def _set_role(role: str) -> None:
    for alias in SHARED:
        found = connections[alias].connection
        # a transaction that failed takes no statement; its end gives the role back
        if found is not None and not found.closed and found.info.transaction_status != IN_ERROR:
            found.execute(f"SET ROLE {role}")


@pytest.fixture(autouse=True)
def _databases(db):
    """Records, access, keys and ops are all there, each rolled back (or, for a test that commits, emptied) afterwards."""


@pytest.fixture(autouse=True)
def _language():
    """A page in French leaves French behind in its thread."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _append_only(request, _databases):
    mark = request.node.get_closest_marker("django_db")
    commits = bool(mark and mark.kwargs.get("transaction")) or "transactional_db" in request.fixturenames
    if commits:
        for alias in ("default", "access"):
            guard(connections[alias], alias)
    yield
    if commits:
        # emptying deletes rows, which the triggers are there to stop
        for alias in ("default", "access"):
            unguard(connections[alias], alias)
