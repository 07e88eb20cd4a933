"""The board, the order to publish and its files, through the front door."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone

from havre.publishing import queries, runs, services
from havre.publishing.models import Artefact, PublishRun, RunState
from havre.publishing.queries import State
from havre.trust.enums import Role
from havre.trust.errors import Invalid, Refused
from tests.factories_site import make_now, signed_in
from tests.publishing.trial import BLOCKS, FRENCH, THAI

pytestmark = pytest.mark.usefixtures("trial")
ORDER = {"edition": "trial", "countries": ["gh"], "languages": ["fr"], "formats": ["pdf", "web"]}


@pytest.fixture
def trainer():
    return make_now(Role.TRAINER)


def board():
    return {row.document.language: row for row in queries.board("gh", on=timezone.localdate())}


def test_board_shows_each_document_and_language_with_state_and_reason(trial, trainer):
    trial.words("fr", {"warning.text": "Appelez le 0800 800 800."})
    trial.written({}, [{**BLOCKS[0], "text": BLOCKS[0]["text"] + " You decide."}, BLOCKS[1]])
    trial.words("tet", {"opening.text": ""})
    states = {language: row.state for language, row in board().items()}
    assert states == {"en": State.AWAITING, "fr": State.REFUSED, "tet": State.MISSING, "th": State.REREAD}
    assert [one.code for one in board()["th"].reasons] == ["stale"]
    page = signed_in(trainer).get(reverse("editions")).content.decode()
    assert 'class="fold"' in page
    assert "warning.text" in page
    assert "Appelez le 0800" in page


def test_board_is_looked_at_by_language_and_by_state_and_counts_its_rows(trial, trainer):
    trial.words("fr", {"warning.text": "Appelez le 0800 800 800."})
    client = signed_in(trainer)

    def shown(query: str) -> list[str]:
        page = client.get(f"{reverse('editions')}{query}")
        assert page.status_code == 200
        return [row.document.language for row, *_words in page.context["rows"]]

    assert shown("") == ["en", "fr", "tet", "th"]
    assert shown("?state=refused") == ["fr"]
    assert shown("?language=th&edition=trial") == ["th"]
    assert shown("?language=th&state=refused") == []
    assert "No document answers these filters" in client.get(f"{reverse('editions')}?language=th&state=refused").content.decode()
    assert shown("?language=xx") == ["en", "fr", "tet", "th"]
    counts = client.get(reverse("editions")).context["counts"]
    assert [(kind, count) for _words, kind, count in counts] == [("stop", 1), ("caution", 3)]


def test_title_on_the_board_is_in_the_readers_language_beside_the_documents_own(trainer):
    page = signed_in(trainer).get(reverse("editions") + "?language=th").content.decode()
    assert "A trial" in page
    assert f'<span lang="th">{THAI["title"]}</span>' in page


def test_withheld_part_is_a_state_of_its_own(trial):
    trial.written({}, [BLOCKS[0], {**BLOCKS[1], "text": "Nobody may keep your papers."}])
    assert {language: row.state for language, row in board().items()} == {"en": State.AWAITING} | dict.fromkeys(
        ("fr", "tet", "th"), State.WITHHELD
    )


def test_order_is_worked_off_and_each_artefact_can_be_taken(trainer, django_capture_on_commit_callbacks):
    client = signed_in(trainer)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("publish"), ORDER).status_code == 302
    run = PublishRun.objects.get()
    assert (run.state, run.done, run.total, run.refused) == (RunState.DONE, 2, 2, [])
    assert [(one["format"], one["shape"]) for one in run.made] == [("pdf", "a4"), ("web", "")]
    assert Artefact.objects.count() == 2
    page = client.get(reverse("publish")).content.decode()
    assert page.count(run.made[0]["code"]) >= 2
    place = reverse("publication_file") + "?edition=trial&document=one&country=gh&language=fr"
    paper = client.get(f"{place}&format=pdf&shape=a4")
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    folder = client.get(f"{place}&format=web")
    assert sorted(zipfile.ZipFile(io.BytesIO(folder.content)).namelist()) == ["index.html", "paper.css"]
    assert client.get(f"{place}&format=nothing").status_code == 404


def test_order_names_what_is_refused_and_makes_the_rest(trial, trainer):
    trial.words("fr", {"warning.text": "Appelez le 0800 800 800."})
    asked = {"edition": "trial", "countries": ["gh"], "documents": [], "languages": ["fr", "th"], "formats": ["web"], "address": ""}
    run = runs.ask(**asked, by=trainer)
    runs.work_off(run.pk)
    run.refresh_from_db()
    assert ([one["language"] for one in run.made], [one["language"] for one in run.refused]) == (["th"], ["fr"])
    assert "warning.text" in run.refused[0]["why"][0]
    assert runs.work_off(run.pk) == 0


def test_order_that_fits_nothing_or_waits_behind_five_is_refused(trainer):
    asked = {"edition": "trial", "countries": ["gh"], "documents": [], "languages": ["pt"], "formats": [], "address": ""}
    with pytest.raises(Invalid):
        runs.ask(**asked, by=trainer)
    for _number in range(5):
        runs.ask(**{**asked, "languages": ["fr"]}, by=trainer)
    with pytest.raises(Refused):
        runs.ask(**{**asked, "languages": ["fr"]}, by=trainer)
    assert signed_in(trainer).post(reverse("publish"), ORDER).status_code == 409


def ordered(trainer, **asked):
    return runs.ask(**{"edition": "trial", "countries": ["gh"], "documents": [], "formats": ["web"], "address": "", **asked}, by=trainer)


def killed(run, monkeypatch, after: int) -> None:
    """A worker that dies without a word when it has made so many artefacts of an order."""
    made, record = [], services.record

    def dying(output, *, at):
        if len(made) == after:
            raise SystemExit
        made.append(output)
        return record(output, at=at)

    with monkeypatch.context() as patch:
        patch.setattr(services, "record", dying)
        with pytest.raises(SystemExit):
            runs.work_off(run.pk)


def test_order_whose_worker_was_killed_is_taken_up_where_it_stopped(trainer, monkeypatch, django_capture_on_commit_callbacks):
    run = ordered(trainer, languages=["en", "fr", "th"])
    killed(run, monkeypatch, after=2)
    assert runs.take_up(timezone.now()) == 0
    assert PublishRun.objects.get().state == RunState.RUNNING
    with django_capture_on_commit_callbacks(execute=True):
        assert runs.take_up(timezone.now() + runs.SILENT * 2) == 1
    run.refresh_from_db()
    assert (run.state, run.done, run.taken) == (RunState.DONE, 3, 2)
    assert [one["language"] for one in run.made] == ["en", "fr", "th"]
    assert Artefact.objects.count() == 3


def test_order_that_stops_its_worker_each_time_ends_and_five_of_them_keep_nobody_from_publishing(trainer, monkeypatch):
    for run in [ordered(trainer, languages=["fr"]) for _number in range(5)]:
        for _time in range(runs.MOST_TIMES):
            PublishRun.objects.filter(pk=run.pk).update(state=RunState.WAITING)
            killed(run, monkeypatch, after=0)
    assert runs.take_up(timezone.now() + runs.SILENT * 2) == 5
    assert {run.state for run in PublishRun.objects.all()} == {RunState.STOPPED}
    assert "Order the rest again" in signed_in(trainer).get(reverse("publish")).content.decode()
    assert ordered(trainer, languages=["fr"]).state == RunState.WAITING


def test_order_that_the_queue_lost_is_handed_over_again(trainer):
    run = ordered(trainer, languages=["fr"])
    assert PublishRun.objects.get().state == RunState.WAITING
    assert runs.take_up(timezone.now() + runs.SILENT * 2) == 1
    run.refresh_from_db()
    assert (run.state, run.done) == (RunState.DONE, 1)


def test_preview_shows_a_document_that_may_not_go_out_with_the_reasons(trial, trainer):
    trial.words("fr", {"warning.text": "Appelez le 0800 800 800."})
    client = signed_in(trainer)
    query = "?edition=trial&document=one&country=gh&language=fr"
    page = client.get(reverse("publication_preview") + query).content.decode()
    assert "Appelez le 0800 800 800." in page
    assert "It may not go out yet" in page
    file = reverse("publication_file") + query
    assert client.get(f"{file}&format=pdf&shape=a4&draft=1").content[:5] == b"%PDF-"
    assert client.get(f"{file}&format=pdf&shape=a4").status_code == 409
    assert Artefact.objects.count() == 0
    assert client.get(reverse("publication_preview") + query.replace("fr", "xx")).status_code == 404


def test_preview_of_words_in_thai_is_marked_as_thai(trainer):
    page = signed_in(trainer).get(reverse("publication_preview") + "?edition=trial&document=one&country=gh&language=th").content.decode()
    assert 'lang="th"' in page
    assert THAI["warning.text"] in page
    assert FRENCH["warning.text"] not in page


@pytest.mark.parametrize("name", ["publish", "publication_preview", "publication_file", "publication_words"])
def test_role_that_does_not_publish_is_refused(name):
    assert signed_in(make_now(Role.CASE_MANAGER)).get(reverse(name)).status_code == 403
