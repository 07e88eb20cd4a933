"""An attempt at a package, in a real client in Chromium, by somebody who knows the contract of a package and nothing of its answers."""

import io
import re
import zipfile
from dataclasses import dataclass, field

from havre.publishing.packages import packed
from tests.journeys.test_pages import barriers
from tests.publishing.courses import RIGHT, course
from tests.publishing.platform import Platform, faults_of_statements

STATUS = {
    "cmi.core.lesson_status": {"passed", "completed", "failed", "incomplete", "browsed"},
    "cmi.completion_status": {"completed", "incomplete", "not attempted", "unknown"},
    "cmi.success_status": {"passed", "failed", "unknown"},
}


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
    """A package as a platform unpacks it: its files by name."""
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
