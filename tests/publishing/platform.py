"""A learning platform for tests: serves a package under a strict content policy, runs scorm-again around it, or is an LRS that minds its manners.

It learns nothing of the answers but from what the package reports.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

PLAYERS = Path(__file__).parent / "players" / "node_modules"
CLIENTS = {
    "scorm12": "scorm-again/dist/scorm12.min.js",
    "scorm2004": "scorm-again/dist/scorm2004.min.js",
    "cmi5": "@xapi/cmi5/dist/Cmi5.umd.js",
}
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"
TYPES = {"html": "text/html; charset=utf-8", "js": "text/javascript", "css": "text/css", "svg": "image/svg+xml", "xml": "text/xml"}
CATEGORY = "https://w3id.org/xapi/cmi5/context/categories/"
VERBS = "http://adlnet.gov/expapi/verbs/"
KNOWN_VERBS = {VERBS + verb for verb in ("initialized", "answered", "passed", "failed", "completed", "terminated")}
ACTOR = {"objectType": "Agent", "account": {"homePage": "http://platform.invalid", "name": "learner-7"}}
UNIT = "http://platform.invalid/unit/1"
# the platform's own page around a SCO: every call of the package is written down with its answer and error code
AROUND = """<!doctype html><html lang="en"><title>Platform</title><link rel="icon" href="data:,"><script src="/client.js"></script><script>
const settings = {autocommit: false, logLevel: 5};
const inner = "%(name)s" === "API" ? new Scorm12API(settings) : new Scorm2004API(settings);
const [failing, error] = "%(name)s" === "API" ? ["LMS", "LMSGetLastError"] : ["", "GetLastError"];
window.calls = [];
window.inner = inner;
window["%(name)s"] = new Proxy({}, {get: (_none, name) => (...given) => {
  const answer = inner[name](...given);
  window.calls.push([String(name).replace("LMS", ""), given, String(answer), String(inner[error]())]);
  return answer;
}});
</script><iframe src="/package/index.html" title="Package" width="100%%" height="800"></iframe></html>"""

EMPTY = '<!doctype html><html lang="en"><title>Back</title><link rel="icon" href="data:,"><p>Back</p></html>'


@dataclass
class Platform:
    """One learner's session. `statements` in the order in which they came; `faults` what an LRS or a launcher must not meet."""

    files: Mapping[str, bytes]
    format: str
    statements: list[dict] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    tokens: int = 0
    read: list[str] = field(default_factory=list)
    registration: str = field(default_factory=lambda: str(uuid.uuid4()))
    session: str = field(default_factory=lambda: str(uuid.uuid4()))

    def __enter__(self) -> Platform:
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                platform.get(self)

            def do_POST(self) -> None:
                platform.post(self)

            def log_message(self, *_line: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def launch(self) -> str:
        """What the learner's browser opens."""
        return f"{self.url}/package/index.html?{self.query}" if self.format == "cmi5" else f"{self.url}/around.html"

    @property
    def query(self) -> str:
        """The launch parameters of cmi5."""
        asked = {"endpoint": f"{self.url}/lrs", "fetch": f"{self.url}/token", "actor": json.dumps(ACTOR)}
        return urlencode({**asked, "registration": self.registration, "activityId": UNIT})

    @property
    def launch_data(self) -> dict:
        """LMS.LaunchData."""
        template = {
            "contextActivities": {"grouping": [{"id": "urn:havre:unit:trial"}]},
            "extensions": {"https://w3id.org/xapi/cmi5/context/extensions/sessionid": self.session},
        }
        back = f"{self.url}/back.html"
        return {"contextTemplate": template, "launchMode": "Normal", "moveOn": "Passed", "masteryScore": 0.8, "returnURL": back}

    def get(self, handler: BaseHTTPRequestHandler) -> None:
        """Pages, the package, and what cmi5 reads before its first statement."""
        path = urlsplit(handler.path).path
        if path == "/lrs/activities/state":
            self.known(handler, "LMS.LaunchData", self.launch_data)
        elif path == "/lrs/agents/profile":
            self.known(handler, "cmi5LearnerPreferences", {"languagePreference": "en-GB"})
        elif path.startswith("/package/") and path[9:] in self.files:
            answer(handler, self.files[path[9:]], TYPES[path.rpartition(".")[2]], policy=POLICY)
        elif path == "/client.js":
            answer(handler, (PLAYERS / CLIENTS[self.format]).read_bytes(), TYPES["js"])
        elif path in {"/around.html", "/back.html", "/empty.html"}:
            around = AROUND % {"name": "API" if self.format == "scorm12" else "API_1484_11"}
            answer(handler, (around if path == "/around.html" else EMPTY).encode(), TYPES["html"])
        else:
            self.faults.append(f"{path} is not there")
            answer(handler, b"", TYPES["html"], status=404)

    def known(self, handler: BaseHTTPRequestHandler, name: str, data: dict) -> None:
        """A document of the LRS, if it is asked for as it should be."""
        asked = parse_qs(urlsplit(handler.path).query)
        if name not in (*asked.get("stateId", ()), *asked.get("profileId", ())) or json.loads(asked["agent"][0]) != ACTOR:
            self.faults.append(f"{handler.path}: {name} of this learner is wanted")
        self.read.append(name)
        self.authorised(handler)
        answer(handler, json.dumps(data).encode(), "application/json")

    def post(self, handler: BaseHTTPRequestHandler) -> None:
        """The token, once; statements."""
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        if handler.path == "/token":
            self.tokens += 1
            return answer(
                handler, json.dumps({"auth-token": "c2VjcmV0"} if self.tokens == 1 else {"error-code": "1"}).encode(), "application/json"
            )
        self.authorised(handler)
        given = json.loads(body)
        new = given if isinstance(given, list) else [given]
        self.statements += new
        return answer(handler, json.dumps([one.get("id") for one in new]).encode(), "application/json")

    def authorised(self, handler: BaseHTTPRequestHandler) -> None:
        if handler.headers.get("Authorization") != "Basic c2VjcmV0" or not (
            handler.headers.get("X-Experience-API-Version") or ""
        ).startswith("1.0"):
            self.faults.append(f"{handler.path}: without the token or the version of xAPI")


def answer(handler: BaseHTTPRequestHandler, content: bytes, type: str, *, status: int = 200, policy: str = "") -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", type)
    handler.send_header("Content-Length", str(len(content)))
    if policy:
        handler.send_header("Content-Security-Policy", policy)
    handler.end_headers()
    handler.wfile.write(content)


def faults_of_statements(platform: Platform, questions: int) -> list[str]:
    """What an LRS and cmi5 refuse in a session: verbs, order, once-ness, scores, context."""
    every, found = platform.statements, list(platform.faults)
    verbs = [one["verb"]["id"] for one in every]
    found += [f"{verb} is outside the vocabulary" for verb in verbs if verb not in KNOWN_VERBS]
    names = [verb.removeprefix(VERBS) for verb in verbs]
    if names[:1] != ["initialized"] or names[-1:] != ["terminated"]:
        found.append(f"initialized is first and terminated last: {names}")
    counts = {name: names.count(name) for name in ("initialized", "completed", "terminated")} | {
        "outcome": names.count("passed") + names.count("failed")
    }
    found += [f"{name} came {count} times" for name, count in counts.items() if count != 1]
    if names.count("answered") != questions:
        found.append(f"{names.count('answered')} answers to {questions} questions")
    if len({one["id"] for one in every}) != len(every):
        found.append("two statements have one id")
    for name, one in zip(names, every, strict=True):
        found += [f"{name}: {fault}" for fault in _faults_of(platform, name, one)]
    return found


def _faults_of(platform: Platform, name: str, one: dict) -> list[str]:
    context, result = one["context"], one.get("result", {})
    categories = {entry["id"] for entry in context["contextActivities"].get("category", ())}
    wanted = set() if name == "answered" else {CATEGORY + "cmi5"}
    wanted |= {CATEGORY + "moveon"} if name in {"passed", "failed", "completed"} else set()
    extensions = context.get("extensions", {})
    score, bounds = result.get("score", {}), result.get("score", {}).get("raw") is not None
    checks = {
        "registration": context["registration"] == platform.registration,
        "session": extensions.get("https://w3id.org/xapi/cmi5/context/extensions/sessionid") == platform.session,
        "grouping": bool(context["contextActivities"].get("grouping")),
        "categories": categories == wanted,
        "actor": one["actor"] == ACTOR,
        "timestamp": one["timestamp"].endswith("Z"),
        "object": one["object"]["id"] == UNIT or (name == "answered" and one["object"]["id"].startswith(UNIT)),
        "score": not bounds or score["min"] <= score["raw"] <= score["max"],
        "scaled": -1 <= score.get("scaled", 0) <= 1 and (not bounds or score["scaled"] == score["raw"] / 100),
        "mastery": name not in {"passed", "failed"} or (score["scaled"] >= 0.8) == (name == "passed") == result["success"],
        "duration": name not in {"passed", "failed", "completed", "terminated"} or str(result.get("duration", "")).startswith("PT"),
        "completion": name != "completed" or result.get("completion") is True,
    }
    return [check for check, right in checks.items() if not right]
