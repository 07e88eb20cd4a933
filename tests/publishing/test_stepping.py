"""One number, one time limit and one sign change: exactly what is written here by hand no longer holds, and is remade or withheld."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
import yaml
from click.testing import CliRunner
from django.urls import reverse
from django.utils import timezone

from havre import standards
from havre.publishing import documents, rebuilding, services, stepping, tables, texts
from havre.publishing.command import publish
from havre.publishing.models import Artefact
from havre.publishing.sources import SOURCE
from havre.publishing.stepping import Change
from havre.site.facts import services as facts
from havre.standards.models import FactRevision
from havre.standards.words import Words
from havre.trust.enums import Role
from tests.factories_site import make_now, signed_in
from tests.publishing.trial import BLOCKS, FRENCH, THAI, Trial

pytestmark = pytest.mark.django_db
SIGN = "DEL-DR01"
SIGNS = {"id": "signs", "kind": "indicators", "ids": [SIGN], "safety": True}
NUMBERS = {"id": "numbers", "kind": "numbers", "fact": "helplines", "without": "The numbers are being checked."}
PLAIN = {"id": "plain", "kind": "text", "text": "You may leave at any time."}
DIALLED = [{"number": "0800 800 801", "channel": "call", "verified": True}]


def sign(fact, value):
    """A fact of Ghana as two persons put it in force, through the services of the house."""
    author, reader = make_now(Role.COORDINATOR), make_now(Role.LEGAL_AID)
    today = timezone.localdate()
    revision = facts.propose(fact=fact, value=value, valid_from=today, source="Act 999, s. 3", confidence="high", by=author)
    facts.accept(revision_id=revision.pk, by=reader)
    facts.put_in_force(revision_id=revision.pk, valid_from=today, by=reader)


@pytest.fixture
def four(trial):
    """Four documents: on a time limit, a sign, numbers, and nothing that changes. In English and French for Ghana, as pages, recorded."""
    written(trial, "limit", BLOCKS)
    written(trial, "sign", [PLAIN, SIGNS])
    written(trial, "number", [PLAIN, NUMBERS])
    written(trial, "still", [PLAIN])
    made()
    return trial


def written(trial: Trial, id: str, blocks: list[dict]) -> None:
    head = {"title": "A trial", "form": "leaflet", "formats": ["web"], "print": ["a4"], "languages": ["en", "fr"], "audience": "person"}
    head |= {"level": "easy", "version": "1", "revised_on": "2026-11-20", "address": f"x-{id}"}
    (trial.folder / "trial" / f"{id}.yaml").write_text(yaml.safe_dump(head | {"blocks": blocks}, sort_keys=False))
    listed = yaml.safe_load((trial.folder / "editions.yaml").read_text())
    listed["editions"][0]["documents"] = [one for one in listed["editions"][0]["documents"] if one != "one"] + [id]
    (trial.folder / "editions.yaml").write_text(yaml.safe_dump(listed))
    trial.forget()
    french = FRENCH | {"plain.text": "Vous pouvez partir à tout moment.", "numbers.without": "Les numéros sont en cours de vérification."}
    known = {unit: texts.Entry(one.text, french[unit]) for unit, one in texts.units_of(f"trial/{id}").items()}
    texts.po_path(f"trial/{id}", "fr").write_bytes(texts.written(f"trial/{id}", "fr", known))
    trial.forget()


def made():
    for output in services.make(services.Asked("trial", ("gh", "th")), on=timezone.localdate()):
        services.record(output, at=timezone.now())


def listed():
    found = stepping.superseded(on=timezone.localdate())
    return sorted((one.artefact.document, one.artefact.country, one.artefact.language, one.change) for one in found)


def change_sign(monkeypatch, id=SIGN):
    """Another statement in English and French, as a new version of the standards brings it."""
    rows = dict(tables.table(tables.SIGNS))
    profiles = [key for key in rows if key == id or key.startswith(f"{id}.")]
    rows |= {key: Words(f"{rows[key].en} Really.", f"{rows[key].fr} Vraiment.", rows[key].more) for key in profiles}
    whole = tables.table
    monkeypatch.setattr(tables, "table", lambda name: rows if name == tables.SIGNS else whole(name))


def test_nothing_changed_nothing_is_listed(four):
    assert Artefact.objects.count() == 4 * 2 * 2
    assert listed() == []


def test_time_limit_changes_and_its_documents_of_that_country_are_listed_and_no_other(four):
    sign("reflection_days", 45)
    assert listed() == [("limit", "gh", "en", Change.VALUE), ("limit", "gh", "fr", Change.VALUE)]


def test_number_changes_and_its_documents_are_listed_and_no_other(four):
    sign("hotline", DIALLED)
    assert listed() == [("number", "gh", "en", Change.VALUE), ("number", "gh", "fr", Change.VALUE)]


def test_sign_changes_and_its_documents_of_every_country_are_listed_and_no_other(four, monkeypatch):
    change_sign(monkeypatch)
    assert listed() == [("sign", country, language, Change.MEANING) for country in ("gh", "th") for language in ("en", "fr")]


def test_all_three_at_once_are_remade_within_thirty_seconds_and_nothing_is_left(four, monkeypatch, tmp_path):
    sign("reflection_days", 45)
    sign("hotline", DIALLED)
    change_sign(monkeypatch)
    began = time.monotonic()
    told: list[str] = []
    assert rebuilding.rebuild(tmp_path / "out", on=timezone.localdate(), at=timezone.now(), tell=told.append) == (8, 0)
    assert time.monotonic() - began < 30
    assert sum(path.name == "index.html" for path in (tmp_path / "out").rglob("*")) == 8
    assert "0800 800 801" in (tmp_path / "out/trial/web/number-gh-fr/index.html").read_text()
    assert listed() == []


@pytest.mark.parametrize(
    ("file", "of"),
    [
        (tables.FACTS, "source"),
        (tables.FACTS, "unit."),
        (tables.WORKFLOWS, "law."),
        (tables.AUTHORITIES, "gh"),
        ("module/questions-05", "stem"),
        ("module/questions-05", "options"),
    ],
)
def test_changed_translation_of_a_row_gives_the_paper_another_code(file, of, monkeypatch):
    def course():
        return documents.draft("module", "course", country="gh", language="th", on=timezone.localdate())

    before, whole = course(), texts.entries
    other = {key: replace(one, text=f"{one.text} ก") if of in key else one for key, one in whole(file, "th").items()}
    monkeypatch.setattr(texts, "entries", lambda name, language: other if (name, language) == (file, "th") else whole(name, language))
    after = course()
    assert [one.strings() for one in after.nodes] != [one.strings() for one in before.nodes]
    assert after.code != before.code


def test_changed_key_of_a_question_gives_its_course_another_code(trial):
    def course():
        return documents.draft("module", "course", country="gh", language="en", on=timezone.localdate()).code

    path = trial.folder / "editions.yaml"
    path.write_text((SOURCE / "editions.yaml").read_text())
    trial.forget()
    before, bank = course(), trial.folder / "module" / "questions-05.yaml"
    first = yaml.safe_load(bank.read_text())
    one = next(one for one in first["questions"] if len(one["right"]) == 1)
    one["right"] = [next(key for key in one["options"] if key not in one["right"])]
    bank.write_text(yaml.safe_dump(first, allow_unicode=True, sort_keys=False))
    trial.forget()
    assert course() != before


def test_number_of_a_body_that_is_printed_is_a_value_of_its_papers(trial, monkeypatch):
    code = "gh-legal-aid"
    trial.written({}, [{"id": "bodies", "kind": "authorities", "roles": ["legal_aid"], "phones": True}])
    whole = standards.profile

    def dialled(number):
        bodies = [replace(one, phone=(number,), phone_verified=True) if one.code == code else one for one in whole("gh").authorities]
        monkeypatch.setattr(
            standards, "profile", lambda name: replace(whole(name), authorities=tuple(bodies)) if name == "gh" else whole(name)
        )

    dialled("0302 000 001")
    for output in services.make(services.Asked("trial", ("gh",), languages=("en",), formats=("web",)), on=timezone.localdate()):
        services.record(output, at=timezone.now())
    dialled("0302 000 002")
    (one,) = stepping.superseded(on=timezone.localdate())
    assert (one.changed, one.change) == ((f"phones gh.{code}",), Change.VALUE)


def test_what_is_put_back_is_remade_once_and_its_first_paper_holds_again(four, client, tmp_path):
    first = Artefact.objects.get(document="limit", country="gh", language="fr").code

    def again() -> tuple[int, int]:
        return rebuilding.rebuild(tmp_path / "out", on=timezone.localdate(), at=timezone.now(), tell=lambda _line: None)

    sign("reflection_days", 45)
    assert again() == (2, 0)
    FactRevision.objects.all().delete()
    assert again() == (2, 0)
    assert "30 jours" in (tmp_path / "out/trial/web/limit-gh-fr/index.html").read_text()
    assert listed() == []
    assert again() == (0, 0)
    assert "n’est plus à jour" not in client.get(reverse("paper_code", args=[first])).content.decode()


def test_command_remakes_what_changed_and_only_that(four, tmp_path):
    sign("hotline", DIALLED)
    done = CliRunner().invoke(publish, ["--changed", "--out", str(tmp_path / "out")])
    assert (done.exit_code, done.output.splitlines()[-1].partition(",")[0]) == (0, "2 artefacts remade")
    assert {path.parent.name for path in (tmp_path / "out").rglob("index.html")} == {"number-gh-en", "number-gh-fr"}


@pytest.mark.django_db(databases="__all__")
def test_page_of_what_changed_has_a_row_a_document_and_language_and_orders_them_all(four, django_capture_on_commit_callbacks):
    for output in services.make(services.Asked("trial", ("gh",), documents=("number",), formats=("web", "pdf")), on=timezone.localdate()):
        services.record(output, at=timezone.now())
    sign("hotline", DIALLED)
    client = signed_in(make_now(Role.TRAINER))
    page = client.get(reverse("publication_changed"))
    assert [(row["row"].language, row["formats"]) for row in page.context["rows"]] == [("en", ["web"]), ("fr", ["web"])]
    assert page.content.decode().count("Helplines") == 2
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("publication_changed")).status_code == 302
    assert "Everything that was made still holds" in client.get(reverse("publication_changed")).content.decode()
    assert client.post(reverse("publication_changed")).status_code == 409


def test_changed_words_are_for_the_translators_to_read_again(four):
    written(four, "still", [{**PLAIN, "text": "You may leave whenever you want."}])
    assert listed() == [("still", country, language, Change.WORDING) for country in ("gh", "th") for language in ("en", "fr")]


def test_document_that_a_check_refuses_now_is_not_remade_and_says_why_and_former_words_go_out_with_a_notice(four, tmp_path):
    path = four.folder / "trial" / "still.yaml"
    path.write_text(path.read_text().replace("at any time", "at any time. Call 112"))
    four.forget()
    told: list[str] = []
    assert rebuilding.rebuild(tmp_path / "out", on=timezone.localdate(), at=timezone.now(), tell=told.append) == (2, 2)
    assert sum("112" in line and "plain.text" in line for line in told) == 2


def test_former_words_of_a_row_are_withheld_where_safety_asks(trial, monkeypatch):
    trial.written({"languages": ["th"]}, [BLOCKS[1], SIGNS, {**SIGNS, "id": "again", "safety": False}])
    thai = {"warning.text": THAI["warning.text"], "title": THAI["title"]}
    trial.words("th", thai)
    keys = [key for key in (SIGN, f"{SIGN}.adult_labour") if key in tables.table(tables.SIGNS)]
    drafts = {key: texts.Entry(tables.table(tables.SIGNS)[key].en, "ป้าย") for key in keys}
    whole = texts.entries
    monkeypatch.setattr(texts, "entries", lambda file, language: drafts if file == tables.SIGNS else whole(file, language))
    before = {node.id: node for node in draft().walk()}
    assert (before["signs"].items, before["signs"].stale) == (("ป้าย",), "")
    change_sign(monkeypatch)
    after = {node.id: node for node in draft().walk()}
    assert (after["signs"].items, after["signs"].stale) == ((), "")
    assert (after["again"].items, bool(after["again"].stale)) == (("ป้าย",), True)
    assert draft().manifest["withheld"] == [f"signs {keys[-1]}"]


def draft():
    return documents.draft("trial", "one", country="gh", language="th", on=timezone.localdate())


def test_old_code_says_superseded_by_the_new_one_and_what_changed(four, client):
    old = Artefact.objects.get(document="limit", country="gh", language="en").code
    page = reverse("paper_code", args=[old])
    assert "This paper is current" in client.get(page).content.decode()
    sign("reflection_days", 45)
    text = client.get(page).content.decode()
    new = documents.draft("trial", "limit", country="gh", language="en", on=timezone.localdate()).code
    assert "This paper is current" not in text
    assert new != old
    assert f">{new}</a>" in text
    assert "Whole recovery and reflection period: 45" in text


def test_paper_of_a_document_that_is_withdrawn_says_so(four, client):
    code = Artefact.objects.get(document="limit", country="gh", language="fr").code
    listing = four.folder / "editions.yaml"
    listed_now = yaml.safe_load(listing.read_text())
    listed_now["editions"][0]["documents"].remove("limit")
    listing.write_text(yaml.safe_dump(listed_now))
    four.forget()
    answer = client.get(reverse("paper_code", args=[code]))
    assert answer.status_code == 200
    assert "rien ne le remplace" in answer.content.decode()
    assert listed() == []


def test_paper_whose_document_may_not_go_out_now_is_not_led_to_a_refusal(four, client):
    code = Artefact.objects.get(document="still", country="gh", language="en").code
    path = four.folder / "trial" / "still.yaml"
    path.write_text(path.read_text().replace("at any time", "at any time. Call 112"))
    four.forget()
    page = client.get(reverse("paper_code", args=[code])).content.decode()
    assert "nothing takes its place at the moment" in page
    assert "x-still" not in page


@pytest.mark.parametrize(("accept", "says"), [("fr", "Relisez les lettres"), ("th", "โปรดดูตัวอักษร"), ("xx", "Look at the letters again")])
def test_code_that_no_paper_has_is_answered_in_the_readers_language(client, accept, says):
    answer = client.get(reverse("paper_code", args=["ABCDEF0123"]), headers={"accept-language": accept})
    assert answer.status_code == 404
    assert says in answer.content.decode()
