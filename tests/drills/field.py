"""Between a phone and the house: a proxy that loses requests and answers, sends twice and brings things late; and a browser to be killed."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.drills.house import free_port

CHROMIUM = os.environ.get("HAVRE_CHROMIUM", "/usr/bin/chromium")
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "proxy-connection"}
SEND = "/p/pocket/parcels/"


@dataclass(slots=True)
class Weather:
    """What the network does to parcels, by chance; all zero is a good day. `counts` says what was really done."""

    lose_request: float = 0.0
    lose_answer: float = 0.0
    double: float = 0.0
    late: float = 0.0
    cut: bool = False
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("request lost", "answer lost", "doubled", "late", "parcels"), 0))
    # bytes sent to the browser, by path
    bytes: dict[str, int] = field(default_factory=dict)


class Field:
    """The proxy itself, on a port of its own, until `close`."""

    def __init__(self, port: int, chance: random.Random) -> None:
        self.house, self.chance, self.weather = port, chance, Weather()
        self.held: list[tuple[str, dict[str, str], bytes]] = []
        self.lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.serve(self)

            def do_POST(self) -> None:
                outer.serve(self)

            def log_message(self, *_words: Any) -> None:
                return

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: Any, client_address: Any) -> None:
                """A browser that was killed hangs up in the middle of a word: that is the drill."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def serve(self, asked: BaseHTTPRequestHandler) -> None:
        body = asked.rfile.read(int(asked.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in asked.headers.items() if name.lower() not in HOP}
        if self.weather.cut:
            self.hang_up(asked)
            return
        if asked.command == "POST" and asked.path == SEND:
            self.parcel(asked, headers, body)
        else:
            self.answer(asked, *self.forward(asked.command, asked.path, headers, body))

    def parcel(self, asked: BaseHTTPRequestHandler, headers: dict[str, str], body: bytes) -> None:
        day, roll = self.weather, self.chance.random
        day.counts["parcels"] += 1
        if roll() < day.lose_request:
            day.counts["request lost"] += 1
            self.hang_up(asked)
        elif roll() < day.late:
            # it arrives after those that were sent after it, and the phone hears nothing: it sends it once more
            day.counts["late"] += 1
            with self.lock:
                self.held.append((asked.path, headers, body))
            self.hang_up(asked)
        else:
            done = self.forward("POST", asked.path, headers, body)
            if roll() < day.double:
                day.counts["doubled"] += 1
                done = self.forward("POST", asked.path, headers, body)
            if roll() < day.lose_answer:
                day.counts["answer lost"] += 1
                self.hang_up(asked)
            else:
                self.answer(asked, *done)

    def bring_late(self) -> None:
        """What was held arrives now, in another order."""
        with self.lock:
            held, self.held = self.held, []
        self.chance.shuffle(held)
        for path, headers, body in held:
            self.forward("POST", path, headers, body)

    def forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = HTTPConnection("127.0.0.1", self.house, timeout=60)
        try:
            connection.request(method, path, body=body or None, headers=headers)
            found = connection.getresponse()
            return found.status, found.getheaders(), found.read()
        finally:
            connection.close()

    def answer(self, asked: BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        with self.lock:
            place = asked.path.split("?")[0]
            self.weather.bytes[place] = self.weather.bytes.get(place, 0) + len(body) + sum(len(n) + len(v) + 4 for n, v in headers)
        try:
            asked.send_response(status)
            for name, value in headers:
                if name.lower() not in HOP | {"date", "server"}:
                    asked.send_header(name, value)
            asked.send_header("Content-Length", str(len(body)))
            asked.end_headers()
            asked.wfile.write(body)
        except OSError:
            asked.close_connection = True

    def hang_up(self, asked: BaseHTTPRequestHandler) -> None:
        asked.close_connection = True
        try:
            asked.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Phone:
    """A browser in a process group of its own, with a profile that stays: it can be killed at any moment."""

    def __init__(self, profile: Path) -> None:
        self.profile, self.port = profile, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, play: Any, *, skew_ms: int = 0, cookies: list[dict[str, Any]] | None = None) -> Any:
        """Open it, with its clock wrong by `skew_ms`; gives a page."""
        self.process = subprocess.Popen(
            [
                CHROMIUM,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                f"--remote-debugging-port={self.port}",
                f"--user-data-dir={self.profile}",
                "about:blank",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        end = time.monotonic() + 60
        while True:
            try:
                connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/json/version")
                connection.getresponse().read()
                break
            except (OSError, HTTPException):
                assert time.monotonic() < end, "the browser did not start"
                time.sleep(0.05)
        browser = play.chromium.connect_over_cdp(f"http://127.0.0.1:{self.port}")
        context = browser.contexts[0]
        if skew_ms:
            context.add_init_script(
                f"(() => {{ const There = Date; const late = {skew_ms};"
                " Date = class extends There { constructor(...a) { super(...(a.length ? a : [There.now() + late])); }"
                " static now() { return There.now() + late; } }; })()"
            )
        if cookies:
            context.add_cookies(cookies)
        page = context.pages[0] if context.pages else context.new_page()
        page.set_default_timeout(60_000)
        return page

    def kill(self) -> None:
        """SIGKILL for the whole group: nothing is written down on the way out."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
        for name in ("SingletonLock", "SingletonSocket", "SingletonCookie"):
            (self.profile / name).unlink(missing_ok=True)
