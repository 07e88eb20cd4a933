"""One request, one row; no row, no plaintext; and the writer thread that commits the rows of many."""

import ctypes
import os
import threading
import time
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import DatabaseError, connections, transaction

from havre.trust.audit import writer
from havre.trust.audit.writer import GroupWriter
from havre.trust.enums import Section
from havre.trust.errors import Unavailable
from havre.trust.models import Reading, ReadingSubject
from tests.factories import give_to, make_actor, make_case
from tests.factories_audit import AT, new_reading
from tests.pages import browser, shell  # noqa: F401

SHARED = connections["default"].vendor == "postgresql"
committing = pytest.mark.django_db(transaction=True, databases="__all__")
on_sqlite = pytest.mark.skipif(SHARED, reason="PostgreSQL commits in groups by itself: there is no writer thread")
pytestmark = pytest.mark.urls("tests.trust.audit_urls")


@pytest.fixture
def signed_in(shell):  # noqa: F811
    """A client of a case manager who holds one case."""
    actor = make_actor()
    return browser(actor), actor, make_case(actor)


def until(condition):
    """Wait for what another thread does."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "the other thread never came so far"
        time.sleep(0.005)


def stop_the_access_file(alias="access"):
    """From here on the readings' table takes no row, as on a full disk."""
    with connections[alias].cursor() as cursor:
        if SHARED:
            cursor.execute("ALTER TABLE trust_reading ADD CONSTRAINT full_disk CHECK (false) NOT VALID")
        else:
            cursor.execute("CREATE TRIGGER full_disk BEFORE INSERT ON trust_reading BEGIN SELECT RAISE(ABORT, 'full'); END")


def mend_the_access_file():
    with connections["access"].cursor() as cursor:
        cursor.execute("ALTER TABLE trust_reading DROP CONSTRAINT full_disk" if SHARED else "DROP TRIGGER full_disk")


@pytest.mark.parametrize("path", ["read", "refuse"])
def test_one_request_leaves_one_row_whatever_its_answer(path, signed_in):
    client, actor, case = signed_in
    response = client.get(f"/{path}/{case.pk}/")
    assert response.status_code == {"read": 200, "refuse": 409}[path]
    row = Reading.objects.get()
    assert (row.route, row.subjects, row.user_id) == (f"{path}.case", [str(case.pk)], actor.user.pk)
    assert row.sections == Section.CASE


def test_request_for_another_services_case_leaves_no_reading(signed_in):
    client, _actor, _case = signed_in
    assert client.get(f"/read/{make_case(make_actor()).pk}/").status_code == 404
    assert list(Reading.objects.all()) == []


@committing
def test_row_that_cannot_be_committed_is_a_503_without_plaintext(signed_in):
    client, _actor, case = signed_in
    assert case.ref.encode() in client.get(f"/read/{case.pk}/").content
    stop_the_access_file()
    try:
        response = client.get(f"/read/{case.pk}/")
    finally:
        mend_the_access_file()
    assert (response.status_code, case.ref.encode() in response.content) == (503, False)
    assert Reading.objects.count() == 1
    assert client.get(f"/read/{case.pk}/").status_code == 200


def kill(thread):
    """End a thread as nothing in it expects: an exception from outside, at its next step."""
    assert ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit)) == 1


@on_sqlite
@committing
def test_killed_writer_thread_is_a_503_without_plaintext_and_the_next_request_is_served(signed_in):
    client, _actor, case = signed_in
    assert client.get(f"/read/{case.pk}/").status_code == 200
    thread = writer._writer.thread
    kill(thread)
    response = client.get(f"/read/{case.pk}/")
    assert (response.status_code, case.ref.encode() in response.content) == (503, False)
    thread.join(10)
    assert not thread.is_alive()
    response = client.get(f"/read/{case.pk}/")
    assert (response.status_code, case.ref.encode() in response.content) == (200, True)
    assert Reading.objects.count() == 2


@committing
def test_every_row_of_many_threads_is_committed_with_its_index():
    subjects, errors = [uuid4() for _ in range(60)], []

    def read(mine):
        try:
            for subject in mine:
                writer.commit(new_reading(subject))
        except Unavailable as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=read, args=(subjects[number::6],)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(s for row in Reading.objects.all() for s in row.subjects) == sorted(map(str, subjects))
    assert sorted(ReadingSubject.objects.values_list("subject", flat=True)) == sorted(subjects)


@on_sqlite
@committing
def test_one_row_the_database_does_not_take_refuses_only_its_own_request():
    taken = uuid4()
    writer.commit(new_reading(id=taken))
    gate, entered, results = threading.Event(), threading.Event(), {}
    group = GroupWriter(lambda rows: (entered.set(), gate.wait(20), writer.insert(rows)))

    def submit(name, row):
        try:
            group.submit(row)
            results[name] = "committed"
        except Unavailable:
            results[name] = "refused"
        finally:
            connections.close_all()

    rows = {"good": new_reading(), "again": new_reading(id=taken), "better": new_reading()}
    first = threading.Thread(target=submit, args=("first", new_reading()))
    first.start()
    until(entered.is_set)
    others = [threading.Thread(target=submit, args=pair) for pair in rows.items()]
    for thread in others:
        thread.start()
    until(lambda: len(group._waiting) == 3)
    gate.set()
    for thread in [first, *others]:
        thread.join()
    group.stop()
    assert results == {"first": "committed", "good": "committed", "again": "refused", "better": "committed"}
    assert Reading.objects.count() == 4


def test_rows_that_wait_together_are_written_together():
    gate, entered, batches = threading.Event(), threading.Event(), []

    def write(rows):
        entered.set()
        gate.wait(20)
        batches.append(len(rows))

    group = GroupWriter(write)
    threads = [threading.Thread(target=group.submit, args=(number,)) for number in range(9)]
    threads[0].start()
    until(entered.is_set)
    for thread in threads[1:]:
        thread.start()
    until(lambda: len(group._waiting) == 8)
    gate.set()
    for thread in threads:
        thread.join()
    group.stop()
    assert batches == [1, 8]


def test_writer_that_does_not_answer_in_time_is_refused_and_the_row_withdrawn():
    gate = threading.Event()
    group = GroupWriter(lambda rows: gate.wait(10), patience=0.3)
    with pytest.raises(Unavailable):
        group.submit("first")
    with pytest.raises(Unavailable):
        group.submit("second")
    assert group._waiting == []
    gate.set()
    group.stop()


def test_writer_stops_after_what_waits_and_starts_again():
    written = []
    group = GroupWriter(written.extend)
    group.submit("first")
    group.stop()
    assert group.thread is None
    group.submit("second")
    group.stop()
    assert written == ["first", "second"]


def test_writer_tells_every_waiting_caller_when_the_write_ends_its_thread():
    def write(rows):
        raise KeyboardInterrupt

    group = GroupWriter(write)
    with pytest.raises(Unavailable):
        group.submit("row")


def test_writer_gives_up_a_batch_of_one_that_the_database_refuses():
    def write(rows):
        raise DatabaseError("full")

    group = GroupWriter(write)
    with pytest.raises(Unavailable):
        group.submit("row")
    group.stop()


@on_sqlite
@committing
def test_forked_child_commits_by_a_thread_of_its_own():
    writer.commit(new_reading())
    connections.close_all()
    child = os.fork()
    if child == 0:  # pragma: no cover, another process
        try:
            writer.commit(new_reading())
            writer._writer.stop()
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    writer.commit(new_reading())
    assert Reading.objects.count() == 3


@on_sqlite
@committing
def test_committed_row_is_synced_to_the_disk():
    writer.commit(new_reading())
    path = Path(connections["access"].settings_dict["NAME"])
    with connections["access"].cursor() as cursor:
        assert [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")] == ["wal", 2]
    assert path.with_name(f"{path.name}-wal").stat().st_size > 0


def test_grant_may_be_shortened_and_nothing_else():
    actor = make_actor()
    case = make_case(actor)
    grant = give_to(actor, case, ends_at=AT.replace(year=2027))
    for change in ({"ends_at": AT.replace(year=2028)}, {"sections": 1}, {"ends_at": AT, "role": "shelter"}, {"source_id": uuid4()}):
        with pytest.raises(DatabaseError), transaction.atomic():
            type(grant).objects.filter(pk=grant.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        type(grant).objects.filter(pk=grant.pk).delete()
    type(grant).objects.filter(pk=grant.pk).update(ends_at=AT)
    grant.refresh_from_db()
    assert (grant.ends_at, grant.role) == (AT, actor.role)
