"""A browser without a screen: cookies, forms and a second factor, from the standard library alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Page:
    """A whole answer: read to its last byte."""

    status: int
    location: str
    body: str


@dataclass(slots=True)
class Browser:
    """One person at one computer. A connection that dies raises OSError or HTTPException: the caller does not know what happened."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Page:
        return self._send("GET", path, None)

    def post(self, path: str, fields: dict[str, str]) -> Page:
        body = urlencode({"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **fields})
        return self._send("POST", path, body)

    def sign_in(self, username: str, passphrase: str, secret: str) -> None:
        """Name and passphrase, then the code of the authenticator application."""
        self.get("/accounts/login/")
        page = self.post("/accounts/login/", {"login": username, "password": passphrase})
        assert (page.status, page.location) == (302, "/accounts/second-step/"), (username, page.status, page.location)
        page = self.post("/accounts/second-step/", {"code": code(secret)})
        assert (page.status, page.location) == (302, "/"), (username, page.status, page.location)

    def _send(self, method: str, path: str, body: str | None) -> Page:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Accept-Language": "en"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            words = answer.read().decode(errors="replace")
            for line in answer.headers.get_all("Set-Cookie") or ():
                self._keep(line)
            return Page(answer.status, answer.headers.get("Location", ""), words)
        finally:
            connection.close()

    def _keep(self, line: str) -> None:
        for name, morsel in SimpleCookie(line).items():
            if morsel.value and morsel["max-age"] != "0":
                # as it came: a quoted value goes back quoted
                self.cookies[name] = morsel.coded_value
            else:
                self.cookies.pop(name, None)


def code(secret: str, *, at: float | None = None) -> str:
    """The six digits of RFC 6238 (SHA-1, 30 seconds)."""
    counter = struct.pack(">Q", int((time.time() if at is None else at) // 30))
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"
