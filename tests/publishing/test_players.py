"""Packages run in real clients, in Chromium: scorm-again, and an LRS of our own. The answers are learnt only from what a package reports."""

import io
import os
import re
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from havre.publishing.binding import Binding
from havre.publishing.packages import packed
from havre.publishing.sources import BlockSource
from tests.journeys.conftest import CHROMIUM, QUIET
from tests.journeys.test_pages import barriers
from tests.publishing.courses import DAY, RIGHT, WORDS, course
from tests.publishing.platform import CLIENTS, PLAYERS, Platform, faults_of_statements

pytestmark = pytest.mark.journey
FORMATS = ("scorm12", "scorm2004", "cmi5")
STATUS = {
    "cmi.core.lesson_status": {"passed", "completed", "failed", "incomplete", "browsed"},
    "cmi.completion_status": {"completed", "incomplete", "not attempted", "unknown"},
    "cmi.success_status": {"passed", "failed", "unknown"},
}


@pytest.fixture(scope="module", autouse=True)
def _players():
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    if not all((PLAYERS / client).exists() for client in CLIENTS.values()):
        pytest.skip("the players are not installed: npm ci --ignore-scripts --prefix tests/publishing/players")


@pytest.fixture(scope="module")
def browser():
    """A browser of this file's own, gone before the journeys start theirs: two of Playwright's loops cannot run in one thread."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no browser at {CHROMIUM}: set HAVRE_CHROMIUM")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield found
        found.close()


@dataclass
class Run:
    """One attempt. `key`: the right letters of each question, as reported; `faults`: whatever a platform or a reader must not meet."""

    score: float = -1
    status: str = ""
    key: list[list[str]] = field(default_factory=list)
    answers: list[bool] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    words: str = ""
    calls: list = field(default_factory=list)


def files_of(format, document=None):
    with zipfile.ZipFile(io.BytesIO(packed(document or course(), format))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def run(browser, format, files, choose, *, looked_at=False, questions=len(RIGHT)) -> Run:
    """A whole attempt. `choose`: question and its letters → the letters to mark."""
    made = Run()
    with Platform(files, format) as platform:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.on("console", lambda line: made.faults.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: made.faults.append(str(error)))
        foreign = f"{platform.url}/"
        page.on("request", lambda asked: None if asked.url.startswith(foreign) else made.faults.append(f"asks {asked.url}"))
        page.goto(platform.launch)
        frame = page if format == "cmi5" else page.frames[1]
        frame.wait_for_load_state("load")
        if format == "cmi5":
            wait(page, lambda: platform.statements)
        made.faults += barriers(frame) if looked_at else []
        answer(frame, choose)
        wait(page, lambda: frame.locator("#player-told").text_content())
        made.words = frame.locator("[role=status]").inner_text()
        made.faults += barriers(frame) if looked_at else []
        if format == "cmi5":
            page.goto(f"{platform.url}/empty.html")
            wait(page, lambda: platform.statements[-1]["verb"]["id"].endswith("terminated"))
            read_statements(made, platform, questions)
        else:
            page.evaluate("document.querySelector('iframe').src = '/empty.html'")
            page.wait_for_function("calls.some(([name]) => name === 'Finish' || name === 'Terminate')")
            read_calls(made, format, page.evaluate("calls"), questions)
        context.close()
    return made


def wait(page, done):
    for _turn in range(100):
        if done():
            return
        page.wait_for_timeout(50)


def answer(frame, choose):
    """Through the pages to the quiz, as anybody drives it who knows no more than the contract."""
    while frame.locator("button[name=next]").is_visible():
        frame.locator("button[name=next]").click()
    for place, one in enumerate(frame.locator("fieldset").all()):
        boxes = one.locator("input").all()
        marked = choose(place, [box.get_attribute("value") for box in boxes])
        for box in boxes:
            if box.get_attribute("value") in marked:
                box.check()
    submits = [button for button in frame.locator("button:visible").all() if button.get_attribute("type") == "submit"]
    assert len(submits) == 1
    submits[0].click()


def read_calls(made, format, calls, questions):
    made.calls = calls
    made.faults += [f"{name} {given}: error {error}" for name, given, _answer, error in calls if error != "0"]
    values = [given for name, given, _answer, _error in calls if name == "SetValue"]
    last, names = {name: str(value) for name, value in values}, [name for name, *_rest in calls]
    for name, value in values:
        if name in STATUS and value not in STATUS[name]:
            made.faults.append(f"{name} {value} is outside the vocabulary")
        if name.endswith("score.raw") and not 0 <= float(value) <= 100:
            made.faults.append(f"score {value} is out of bounds")
    ends = "Finish" if format == "scorm12" else "Terminate"
    if (names[0], names[-1], names.count("Initialize"), names.count(ends)) != ("Initialize", ends, 1, 1):
        made.faults.append(f"initialise first, {ends} last, each once")
    core = "cmi.core." if format == "scorm12" else "cmi."
    made.faults += [
        f"{name} was not reported" for name in (f"{core}score.min", f"{core}score.max", f"{core}session_time") if name not in last
    ]
    made.faults += ["nothing was committed"] if "Commit" not in names else []
    made.score, made.status = (
        float(last.get(f"{core}score.raw", -1)),
        last.get("cmi.core.lesson_status") or last.get("cmi.success_status", ""),
    )
    if format == "scorm2004" and (last.get("cmi.completion_status"), float(last.get("cmi.score.scaled", -1))) != (
        "completed",
        made.score / 100,
    ):
        made.faults.append("completed, and scaled of a hundredth of the score")
    split, right = (",", "correct") if format == "scorm12" else ("[,]", "correct")
    ids = [value for name, value in values if re.fullmatch(r"cmi\.interactions\.\d+\.id", name)]
    if len(ids) != questions:
        made.faults.append(f"{len(ids)} interactions for {questions} questions")
    made.key = [last[f"cmi.interactions.{n}.correct_responses.0.pattern"].split(split) for n in range(len(ids))]
    made.answers = [last[f"cmi.interactions.{n}.result"] == right for n in range(len(ids))]


def read_statements(made, platform, questions):
    made.faults += faults_of_statements(platform, questions)
    if platform.read != ["LMS.LaunchData", "cmi5LearnerPreferences"] or platform.tokens != 1:
        made.faults.append("token once, then launch data and preferences")
    for one in platform.statements:
        verb = one["verb"]["id"].rpartition("/")[2]
        if verb == "answered":
            made.key.append(one["object"]["definition"]["correctResponsesPattern"][0].split("[,]"))
            made.answers.append(one["result"]["success"])
        if verb in {"passed", "failed"}:
            made.score, made.status = one["result"]["score"]["raw"], verb


def first(_place, letters):
    return letters[:1]


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


def test_every_question_of_the_bank_is_taken_by_a_platform(browser):
    """All of them in one form, as a platform meets them: identifiers, lengths and counts of the real ones."""
    binding = Binding("gh", "fr", DAY)
    quiz = binding.bind(BlockSource("bank", "questions", {"id": "bank", "kind": "questions"}, "module/bank"))
    document = replace(course("fr", questions=False), nodes=tuple(quiz))
    asked = len(document.nodes[0].nodes)
    assert binding.problems == []
    assert asked >= 120
    key = [["abcdefgh"[one] for one in node.data["right"]] for node in document.nodes[0].nodes]
    for format in FORMATS:
        made = run(browser, format, files_of(format, document), lambda place, _letters: key[place], questions=asked)
        assert (made.faults, made.score, made.status, made.key) == ([], 100, "passed", key)


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
