"""Packages run in real clients, in Chromium: scorm-again, and an LRS of our own. The answers are learnt only from what a package reports."""

import itertools
import os

import pytest

from havre import standards
from havre.publishing import documents, sources
from tests.journeys.conftest import chromium
from tests.journeys.steps import FULL
from tests.publishing.attempts import answer, files_of, first, run
from tests.publishing.courses import DAY, RIGHT, WORDS, course
from tests.publishing.platform import CLIENTS, PLAYERS, Platform

pytestmark = pytest.mark.journey
FORMATS = ("scorm12", "scorm2004", "cmi5")


@pytest.fixture(scope="module", autouse=True)
def _players():
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    if not all((PLAYERS / client).exists() for client in CLIENTS.values()):
        pytest.skip("the players are not installed: npm ci --ignore-scripts --prefix tests/publishing/players")


@pytest.fixture(scope="module")
def browser():
    """A browser of this file's own, gone before the journeys start theirs: two of Playwright's loops cannot run in one thread."""
    with chromium() as found:
        yield found


@pytest.mark.parametrize("format", FORMATS)
def test_all_right_is_passed_with_100_and_wrong_is_failed_with_less(browser, format):
    files = files_of(format, course("fr"))
    trial = run(browser, format, files, first, looked_at=True)
    assert trial.faults == []
    assert (trial.score, trial.status, trial.answers) == (25, "failed", [False, False, True, False])
    right = run(browser, format, files, lambda place, _letters: trial.key[place])
    assert (right.faults, right.score, right.status, right.answers) == ([], 100, "passed", [True] * 4)
    assert right.words == "Votre résultat\u00a0: 100 sur 100. Réussi.\n\nVotre résultat a été transmis à la plateforme de formation."
    wrong = run(
        browser,
        format,
        files,
        lambda place, letters: [one for one in letters if one not in trial.key[place]][:1] if place else trial.key[0],
    )
    assert (wrong.faults, wrong.score, wrong.status) == ([], 25, "failed")
    nothing = run(browser, format, files, lambda _place, _letters: [])
    assert (nothing.faults, nothing.score, nothing.status) == ([], 0, "failed")


def key(place, _letters):
    return ["abcd"[one] for one in RIGHT[place]]


FAULTS = {
    "score": ("player.js", "raw: result.score", "raw: 200"),
    "status": ("player.js", "", ""),
    "image from elsewhere": ("index.html", "<p>", '<img alt="x" src="https://example.org/x.png"><p>'),
    "image without words": ("index.html", "<p>", '<img src="icon.svg"><p>'),
}
STATUSES = {
    "scorm12": ('result.passed ? "passed"', 'result.passed ? "complete"'),
    "scorm2004": ('"cmi.completion_status", "completed"', '"cmi.completion_status", "complete"'),
    "cmi5": ('statement("completed"', 'statement("complete"'),
}


@pytest.mark.parametrize("fault", sorted(FAULTS))
@pytest.mark.parametrize("format", FORMATS)
def test_package_with_a_fault_is_seen(browser, format, fault):
    name, before, after = FAULTS[fault]
    files = files_of(format)
    if fault == "status":
        before, after = STATUSES[format]
    content = files[name].decode()
    assert before in content
    made = run(
        browser, format, {**files, name: content.replace(before, after, 1 if name == "index.html" else -1).encode()}, key, looked_at=True
    )
    assert made.faults != []


@pytest.mark.parametrize("language", sorted(WORDS))
@pytest.mark.parametrize("format", FORMATS)
def test_package_opens_from_a_folder_and_says_that_nothing_is_sent(browser, tmp_path, format, language):
    for name, content in files_of(format, course(language)).items():
        (tmp_path / name).write_bytes(content)
    seen = []
    page = browser.new_context(viewport={"width": 320, "height": 700}).new_page()
    page.on("console", lambda line: seen.append(line.text) if line.type == "error" else None)
    page.on("request", lambda asked: None if asked.url.startswith("file:") else seen.append(asked.url))
    page.goto((tmp_path / "index.html").as_uri())
    page.wait_for_function("!document.getElementById('player-alone').hidden")
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    while page.locator("button[name=next]").is_visible():
        assert page.evaluate(wide) <= 0
        page.locator("button[name=next]").click()
    answer(page, key)
    page.wait_for_function("document.getElementById('player-told').textContent !== ''")
    assert "100" in page.locator("[role=status]").inner_text()
    assert page.locator(".reason:visible").count() == len(RIGHT)
    assert page.evaluate(wide) <= 0
    assert seen == []
    page.context.close()


def shipped():
    """Every package that is promised; in the short form enough of them to meet each format and each language, countries taking turns."""
    promised = [(edition.id, id) for edition in sources.editions().values() for id in edition.documents]
    countries = sorted(standards.country_codes())
    for edition, id in promised:
        written = sources.document(edition, id)
        formats = [format for format in FORMATS if format in written.formats]
        every = itertools.product(countries, written.languages, formats)
        turns = zip(itertools.cycle(countries), itertools.cycle(written.languages), itertools.cycle(formats), strict=False)
        short = itertools.islice(turns, max(len(written.languages), len(formats)) if formats else 0)
        yield from ((edition, id, *one) for one in (every if FULL else short))


@pytest.mark.parametrize(("edition", "id", "country", "language", "format"), list(shipped()))
def test_shipped_package_teaches_its_key_to_whoever_asks(browser, edition, id, country, language, format):
    """As it is published: one blind attempt learns the key from the reports alone, then all right is 100 and all wrong is 0.

    The key that is reported is that of the source, and the course holds the whole bank: identifiers, lengths and counts are the real ones.
    """
    document = documents.draft(edition, id, country=country, language=language, on=DAY)
    files = files_of(format, document)
    asked = [node for node in document.walk() if node.kind == "question"]
    assert len(asked) >= 120
    trial = run(browser, format, files, first, looked_at=True, questions=len(asked))
    assert (trial.faults, trial.status) == ([], "failed")
    assert trial.key == [["abcdefgh"[place] for place in node.data["right"]] for node in asked]
    right = run(browser, format, files, lambda place, _letters: trial.key[place], questions=len(asked))
    assert (right.faults, right.score, right.status, right.answers) == ([], 100, "passed", [True] * len(asked))
    wrong = run(
        browser, format, files, lambda place, letters: [one for one in letters if one not in trial.key[place]][:1], questions=len(asked)
    )
    assert (wrong.faults, wrong.score, wrong.status) == ([], 0, "failed")


def test_package_without_questions_is_completed_when_read(browser):
    for format in ("scorm12", "scorm2004"):
        with Platform(files_of(format, course(questions=False)), format) as platform:
            page = browser.new_page()
            page.goto(platform.launch)
            frame = page.frames[1]
            while frame.locator("button[name=next]").is_visible():
                frame.locator("button[name=next]").click()
            values = {given[0]: given[1] for name, given, *_rest in page.evaluate("calls") if name == "SetValue"}
            assert "completed" in {values.get("cmi.core.lesson_status"), values.get("cmi.completion_status")}
            page.close()


def test_place_is_kept_for_the_next_time(browser):
    with Platform(files_of("scorm12"), "scorm12") as platform:
        page = browser.new_page()
        page.goto(platform.launch)
        page.frames[1].locator("button[name=next]").click()
        page.evaluate("document.querySelector('iframe').src = '/empty.html'")
        page.wait_for_function("calls.some(([name]) => name === 'Finish')")
        values = {given[0]: given[1] for name, given, *_rest in page.evaluate("calls") if name == "SetValue"}
        assert (values["cmi.core.lesson_location"], values["cmi.core.exit"]) == ("1", "suspend")
        page.close()


REVIEW = """
  const mode = { "cmi.core.lesson_mode": "review", "cmi.mode": "review" };
  const get = (name) => mode[name] ?? "", yes = () => "true";
  window.API = { LMSInitialize: yes, LMSGetValue: get, LMSSetValue: yes, LMSCommit: yes, LMSFinish: yes };
  window.API_1484_11 = { Initialize: yes, GetValue: get, SetValue: yes, Commit: yes, Terminate: yes };
"""


@pytest.mark.parametrize("format", ["scorm12", "scorm2004"])
def test_result_that_a_platform_does_not_record_is_not_said_to_be_given(browser, tmp_path, format):
    for name, content in files_of(format).items():
        (tmp_path / name).write_bytes(content)
    page = browser.new_page()
    page.add_init_script(REVIEW)
    page.goto((tmp_path / "index.html").as_uri())
    answer(page, first)
    page.wait_for_function("document.getElementById('player-result').className === 'note'")
    assert page.locator("#player-told").text_content() == ""
    assert page.locator("#player-result p").first.text_content().startswith("Your result: ")
    page.close()


def test_launcher_is_what_a_real_client_expects(browser):
    """@xapi/cmi5 runs a session on our launcher and LRS: what they hold to be right is not only our own reading."""
    with Platform(
        {"check.html": b'<!doctype html><html lang="en"><title>x</title><link rel="icon" href="data:,"><script src="/client.js"></script>'},
        "cmi5",
    ) as platform:
        page = browser.new_page()
        page.goto(f"{platform.url}/package/check.html?{platform.query}")
        page.evaluate(
            """async () => {
              const unit = new Cmi5();
              await unit.initialize();
              await unit.interactionChoice("t", "q", ["a"], ["a"], undefined, undefined, undefined, true, {start: new Date(0), end: new Date(1000)});
              await unit.pass({scaled: 1, raw: 100, min: 0, max: 100});
              await unit.complete();
              await unit.terminate();
            }"""
        )
        page.close()
    verbs = [one["verb"]["id"].rpartition("/")[2] for one in platform.statements]
    assert verbs == ["initialized", "answered", "passed", "completed", "terminated"]
    assert platform.faults == []
