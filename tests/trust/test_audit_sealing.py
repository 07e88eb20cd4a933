"""The sealer, its chain and its checkpoints."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections, transaction
from django.utils import timezone

from havre.trust.audit import keys, lag
from havre.trust.audit.checkpoints import checkpoint_now, export_checkpoints
from havre.trust.audit.exporting import export_to
from havre.trust.audit.pending import Marks
from havre.trust.audit.sealing import run_sealer, seal_pending
from havre.trust.audit.verify_chain import JsonlSource, read_checkpoints, read_public_key, verify
from havre.trust.ids import new_id
from havre.trust.models import ActRow, ChainLink, Checkpoint, Reading
from tests.factories_audit import AT, Key, make_act, make_reading

SHARED = connections["default"].vendor == "postgresql"
committing = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture(autouse=True)
def key(tmp_path, settings):
    settings.HAVRE_HOME = tmp_path / "home"
    made = Key()
    keys.use_signing_key(made)
    yield made
    keys.use_signing_key(None)


def chain_of(tmp_path, key, exported=()):
    """The verifier's report on everything there is."""
    path = tmp_path / f"{new_id()}.jsonl"
    export_to(path)
    return verify(JsonlSource(path), exported=exported, public_keys=[key.public()])


@committing
def test_acts_and_readings_are_linked_once_into_one_chain(tmp_path, key):
    for _ in range(3):
        make_act()
        make_reading()
    assert seal_pending(AT).links == 6
    assert seal_pending(AT).links == 0
    report = chain_of(tmp_path, key)
    assert (report.problems, report.links, report.unsealed) == ([], 6, 0)
    assert list(ChainLink.objects.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6]


@committing
@pytest.mark.parametrize("older_first", [True, False])
def test_row_made_earlier_and_committed_later_is_sealed(older_first, tmp_path, key):
    marks, ids = Marks(), [new_id(), new_id()]
    for made in ids if older_first else reversed(ids):
        make_act(id=made)
        make_reading(id=made)
        assert seal_pending(AT, marks=marks).links == 2
    assert chain_of(tmp_path, key).problems == []
    assert set(ChainLink.objects.values_list("row_id", flat=True)) == set(ids)


@committing
def test_row_with_a_lower_number_that_commits_later_is_sealed(tmp_path, key):
    marks = Marks()
    make_act(no=900), make_reading()
    seal_pending(AT, marks=marks)
    make_act(no=100)
    assert seal_pending(AT, marks=marks).links == 1
    assert chain_of(tmp_path, key).problems == []


@committing
@pytest.mark.skipif(not SHARED, reason="two writing transactions at once need PostgreSQL (HAVRE_DATABASE_URL)")
@pytest.mark.parametrize("late_is_older", [True, False])
def test_transaction_open_while_a_later_one_is_sealed_is_not_skipped(late_is_older, tmp_path, key):
    marks, opened, sealed = Marks(), threading.Event(), threading.Event()

    def late():
        try:
            with transaction.atomic():
                make_act(event="act.late")
                opened.set()
                assert sealed.wait(20)
        finally:
            connections.close_all()

    if not late_is_older:
        make_act(event="act.before")
    thread = threading.Thread(target=late)
    thread.start()
    assert opened.wait(20)
    if late_is_older:
        make_act(event="act.before")
    # the committed row is sealed at once although an older transaction is still open
    assert seal_pending(AT, marks=marks).links == 1
    for _ in range(3):
        make_reading()
        seal_pending(AT, marks=marks)
    sealed.set()
    thread.join()
    assert seal_pending(AT, marks=marks).links == 1
    assert chain_of(tmp_path, key).problems == []
    assert ChainLink.objects.filter(row_id=ActRow.objects.get(event="act.late").id).count() == 1


@committing
@pytest.mark.skipif(not SHARED, reason="numbers of transactions are PostgreSQL's")
def test_database_restored_with_lower_transaction_numbers_is_sealed_from_the_start():
    marks = Marks()
    make_act()
    seal_pending(AT, marks=marks)
    marks.low = dict.fromkeys(marks.low, 2**60)
    make_act()
    assert seal_pending(AT, marks=marks).links == 1


@committing
def test_act_rolled_back_is_never_in_the_chain():
    with transaction.atomic():
        make_act()
        transaction.set_rollback(True)
    assert seal_pending(AT).links == 0


@committing
def test_sealers_and_writers_at_once_leave_one_whole_chain(tmp_path, key):
    errors = []

    def run(what):
        try:
            for _ in range(8):
                what()
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    sealers = [threading.Thread(target=run, args=(lambda: seal_pending(AT, marks=Marks()),)) for _ in range(2)]
    writers = [threading.Thread(target=run, args=(what,)) for what in (make_act, make_reading, make_act, make_reading)]
    for thread in [*sealers, *writers]:
        thread.start()
    for thread in [*sealers, *writers]:
        thread.join()
    seal_pending(AT, marks=Marks())
    assert errors == []
    report = chain_of(tmp_path, key)
    assert (report.problems, report.links, report.unsealed) == ([], 32, 0)


@committing
def test_checkpoint_is_signed_at_256_links_and_after_60_seconds(tmp_path, key):
    ActRow.objects.bulk_create(
        [ActRow(at=AT, user_id=new_id(), organisation_id=new_id(), role="shelter", purpose="protection", event="x") for _ in range(300)]
    )
    assert seal_pending(AT).checkpoints == 1
    assert seal_pending(AT + timedelta(seconds=59)).checkpoints == 0
    assert seal_pending(AT + timedelta(seconds=60)).checkpoints == 1
    assert seal_pending(AT + timedelta(seconds=200)).checkpoints == 0
    assert list(Checkpoint.objects.order_by("position").values_list("position", flat=True)) == [256, 300]
    assert chain_of(tmp_path, key).problems == []


@committing
def test_checkpoint_of_another_key_is_not_trusted(tmp_path, key):
    make_act()
    seal_pending(AT)
    checkpoint_now(AT)
    path = tmp_path / "trail.jsonl"
    export_to(path)
    report = verify(JsonlSource(path), public_keys=[Key().public()])
    assert [problem.kind for problem in report.problems] == ["signature"]


@committing
def test_exported_checkpoints_are_written_once_and_verify(tmp_path, key):
    make_act()
    seal_pending(AT)
    checkpoint_now(AT)
    folder = tmp_path / "out"
    (written,) = export_checkpoints(folder)
    assert (written.name, export_checkpoints(folder)) == ("checkpoint-000000000001.json", [])
    (public,) = folder.glob("*.pub")
    assert read_public_key(public) == key.public()
    report = chain_of(tmp_path, key, exported=read_checkpoints(folder))
    assert (report.problems, report.checkpoints) == ([], 2)


@committing
def test_chain_that_lost_its_end_is_found_by_an_exported_checkpoint(tmp_path, key):
    for _ in range(4):
        make_act()
    seal_pending(AT)
    checkpoint_now(AT)
    export_checkpoints(tmp_path / "out")
    path = tmp_path / "trail.jsonl"
    export_to(path)
    lines = [line for line in path.read_text().splitlines() if '"position":4' not in line]
    gone = ActRow.objects.order_by("-no").values_list("no", flat=True)[0]
    path.write_text("\n".join(line for line in lines if not ('"table":"act"' in line and f'"no":{gone},' in line)))
    without = verify(JsonlSource(path), public_keys=[key.public()])
    with_it = verify(JsonlSource(path), exported=read_checkpoints(tmp_path / "out"), public_keys=[key.public()])
    assert without.problems == []
    assert [(problem.kind, problem.position) for problem in with_it.problems] == [("truncated", 4)]


@committing
def test_lag_counts_from_the_oldest_waiting_row_and_closes_identity_pages():
    now = timezone.now()
    make_act()
    assert lag.state(now + timedelta(seconds=30)) == "ok"
    assert lag.state(now + timedelta(seconds=90)) == "late"
    assert lag.state(now + timedelta(minutes=11)) == "closed"
    seal_pending(now + timedelta(minutes=11))
    assert lag.sealer_lag(now + timedelta(hours=5)) == timedelta(0)


@committing
def test_long_transaction_that_commits_late_does_not_close_identity_pages():
    now = timezone.now()
    late = new_id()
    seal_pending(now + timedelta(minutes=20))
    make_act(id=late)
    assert lag.sealer_lag(now + timedelta(minutes=20, seconds=4)) == timedelta(seconds=4)
    assert lag.identity_pages_open()


@committing
def test_sealer_loop_seals_until_it_is_stopped_and_outlives_an_error(settings, tmp_path, key, caplog):
    settings.HAVRE_CHECKPOINT_FOLDER = str(tmp_path / "out")
    keys.use_signing_key(None)
    settings.HAVRE_HOME = Path("/dev/null/no-such-place")
    make_act()
    stop = threading.Event()
    thread = threading.Thread(target=run_sealer, args=(stop,), kwargs={"every": 0.01})
    thread.start()
    while not caplog.records:
        stop.wait(0.01)
    settings.HAVRE_HOME = tmp_path / "home"
    while not (tmp_path / "home" / "audit_sealer").exists():
        stop.wait(0.01)
    stop.set()
    thread.join()
    assert chain_of(tmp_path, key).links == 1


def test_signing_key_file_is_made_once_for_its_owner_only(tmp_path):
    path = tmp_path / "data" / "audit_key"
    first = keys.FileSigningKey(path)
    public = first.public()
    assert (path.stat().st_mode & 0o777, keys.FileSigningKey(path).public()) == (0o600, public)
    assert read_public_key(path.with_name("audit_key.pub")) == public
    path.chmod(0o644)
    with pytest.raises(PermissionError):
        first.sign(b"x")


TABLES = [("default", "trust_actrow"), ("access", "trust_reading"), ("access", "trust_chainlink"), ("access", "trust_checkpoint")]


@committing
@pytest.mark.parametrize(("alias", "table"), TABLES)
@pytest.mark.parametrize("change", ["UPDATE {} SET {}", "DELETE FROM {}", "INSERT OR REPLACE INTO {} SELECT * FROM {}"])
def test_audit_tables_refuse_every_change(alias, table, change):
    if SHARED and "REPLACE" in change:
        pytest.skip("PostgreSQL has no INSERT OR REPLACE")
    make_act(), make_reading()
    seal_pending(AT)
    checkpoint_now(AT)
    column = {"trust_chainlink": "row_no = row_no + 1", "trust_checkpoint": "at = sealed"}.get(table, "role = 'shelter'")
    column = "key = 'x'" if table == "trust_checkpoint" else column
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        before = cursor.fetchall()
        with pytest.raises(Exception, match="append-only"):
            cursor.execute(change.format(table, column if "UPDATE" in change else table))
        cursor.execute(f"SELECT * FROM {table}")
        assert cursor.fetchall() == before
    assert len(before) > 0


@committing
@pytest.mark.skipif(not SHARED, reason="TRUNCATE is PostgreSQL's")
@pytest.mark.parametrize("table", [table for _alias, table in TABLES])
def test_audit_tables_refuse_to_be_truncated(table):
    with connections["default"].cursor() as cursor, pytest.raises(Exception, match="append-only"):
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_subject_index_is_built_again_from_the_readings():
    from havre.trust.audit.exporting import rebuild_index
    from havre.trust.models import ReadingSubject

    rows = [make_reading(new_id(), new_id()) for _ in range(3)]
    before = sorted(ReadingSubject.objects.values_list("subject", "reading"))
    ReadingSubject.objects.all().delete()
    assert rebuild_index() == 3
    assert sorted(ReadingSubject.objects.values_list("subject", "reading")) == before
    assert Reading.objects.count() == len(rows)
