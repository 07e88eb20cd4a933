"""What a page costs: the policy's share, the number of queries, and the time it takes under load on the served product."""

from __future__ import annotations

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import urlencode

from django.conf import settings
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from benchmarks.list_house import Officer
from havre import trust
from havre.register.models import Case

ROUNDS, PAGE, RATE, LIMIT = 120, 25, 20, 300


def p95(values: list[float]) -> float:
    """The 95th percentile, nearest rank.

    Args: seconds. Gives seconds. Source: nearest rank, Hyndman & Fan 1996, definition 1.
    """
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


def policy_cost(officers: list[Officer]) -> None:
    """A page of 25 with the policy's predicate beside the same page without it (the house's own eyes), turn about.

    Prints milliseconds and their ratio.
    """
    print("a page of 25, ms: median and p95 with the policy; p95 without; what the policy adds at p95 (limit 40)")
    for officer in officers:
        with_policy, without = [], []
        for _round in range(ROUNDS):
            actor = replace(officer.actor, at=timezone.now(), factor_at=timezone.now())
            with trust.acting(actor):
                with_policy.append(_milliseconds(lambda actor=actor: trust.page(Case, actor, size=PAGE).rows))
            without.append(_milliseconds(lambda: list(Case.objects.for_house("opening").order_by("-opened_at", "-pk")[: PAGE + 1])))
        added = p95(with_policy) - p95(without)
        middle = sorted(with_policy)[len(with_policy) // 2]
        print(f"  holds {officer.share:>3} %: {middle:7.1f} {p95(with_policy):7.1f}   {p95(without):6.1f}   {added:+7.1f}", flush=True)


def queries_a_page(officers: list[Officer]) -> None:
    """Queries of the list and the search, over all databases, for the holder of everything (limit 12).

    Prints numbers of queries.
    """
    client = officers[-1].client
    ref = _some_references(officers[-1], 1)[0]
    for name, path in (("list", reverse("cases") + "?tab=all"), ("search", f"{reverse('search')}?ref={ref[2:4]}")):
        seen: Counter[str] = Counter()
        with counting(seen):
            answer = client.get(path)
        print(f"queries of the {name} page: {sum(seen.values())} {dict(seen)} (limit 12), status {answer.status_code}", flush=True)


@contextmanager
def counting(seen: Counter[str]) -> Iterator[None]:
    """Count the queries of every database into `seen`, by its alias.

    Args: seen, a counter by alias.
    """

    def count(run: Callable[..., object], sql: str, *rest: object) -> object:
        seen[rest[-1]["connection"].alias] += not sql.startswith(("SAVEPOINT", "RELEASE"))  # type: ignore[index]
        return run(sql, *rest)

    with ExitStack() as stack:
        for each in connections.all():
            stack.enter_context(each.execute_wrapper(count))
        yield


def served(officers: list[Officer], seconds: int) -> None:
    """Twenty pages a second on the served product for so long; prints p50 and p95 by kind of page, and what failed.

    Args: seconds. Prints milliseconds.
    """
    for each in connections.all():
        each.close()
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    house = subprocess.Popen(
        [sys.executable, "-m", "havre.site.command", "serve", "--port", str(port)], stdout=subprocess.DEVNULL, env=dict(os.environ)
    )
    try:
        _wait(port)
        load = Load(port, officers[1:], [_some_references(officer, 200) for officer in officers[1:]])
        load.run(3)
        load.times.clear()
        load.failed.clear()
        load.run(seconds)
        load.report()
    finally:
        house.send_signal(signal.SIGTERM)
        house.wait(20)


def _some_references(officer: Officer, most: int) -> list[str]:
    actor = replace(officer.actor, at=timezone.now(), factor_at=timezone.now())
    with trust.acting(actor):
        return [case.ref for case in trust.page(Case, actor, size=most).rows]


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)


def _wait(port: int) -> None:
    for _try in range(150):
        try:
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            link.request("GET", "/accounts/login/")
            link.getresponse().read()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the house did not come up within 30 s")


class Load:
    """Requests at fixed moments, each from a thread of its own; a late answer delays nobody and counts from its due moment.

    Source: open loop and intended start, Tene 2013 (coordinated omission).
    """

    def __init__(self, port: int, officers: list[Officer], references: list[list[str]]) -> None:
        self.port, self.officers, self.references = port, officers, references
        self.times: dict[str, list[float]] = defaultdict(list)
        self.failed: Counter[str] = Counter()
        self.dice = random.Random(1)

    def run(self, seconds: int) -> None:
        begun, threads = time.perf_counter() + 0.1, []
        for number in range(seconds * RATE):
            due = begun + number / RATE
            time.sleep(max(0.0, due - time.perf_counter()))
            place = self.dice.randrange(len(self.officers))
            kind = self.dice.choices(("list", "search", "note"), (60, 20, 20))[0]
            thread = threading.Thread(target=self._one, args=(kind, due, self.officers[place], self.dice.choice(self.references[place])))
            thread.start()
            threads.append(thread)
        for thread in threads:
            thread.join()

    def _one(self, kind: str, due: float, officer: Officer, ref: str) -> None:
        try:
            if kind == "note":
                status, due = self._note(officer, ref)
            else:
                path = f"{reverse('cases')}?tab=all&ref={ref[2:3]}" if kind == "list" else f"{reverse('search')}?ref={ref[2:5]}"
                status, _page, _token = self._ask(officer, "GET", path)
        except OSError as error:
            self.failed[f"{kind}: {type(error).__name__}"] += 1
            return
        self.times[kind].append(1000 * (time.perf_counter() - due))
        if status not in (200, 302):
            self.failed[f"{kind}: {status}"] += 1

    def _note(self, officer: Officer, ref: str) -> tuple[int, float]:
        """Open the form, then send it; only the sending is timed. Gives the status and when it was due."""
        path = reverse("case_note", args=[ref])
        _status, page, token = self._ask(officer, "GET", path)
        fields = Fields()
        fields.feed(page)
        due = time.perf_counter()
        return self._ask(officer, "POST", path, {**fields.values, "words": "seen today, doing well"}, token)[0], due

    def _ask(self, officer: Officer, method: str, path: str, form: dict[str, str] | None = None, token: str = "") -> tuple[int, str, str]:
        """Status, page, and the form's cookie where one was set."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        head = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={officer.cookie}" + (f"; {token}" if token else "")}
        if form is not None:
            head |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://127.0.0.1:{self.port}{path}"}
        link.request(method, path, urlencode(form) if form is not None else None, head)
        answer = link.getresponse()
        page = answer.read().decode()
        link.close()
        given = [one.split(";")[0] for one in answer.headers.get_all("Set-Cookie") or ()]
        return answer.status, page, next((one for one in given if one.startswith(settings.CSRF_COOKIE_NAME)), "")

    def report(self) -> None:
        everything = [value for values in self.times.values() for value in values]
        print(f"served, {RATE} pages/s, {len(everything)} pages: p95 {p95(everything):.0f} ms (limit {LIMIT})")
        for kind, values in sorted(self.times.items()):
            print(f"  {kind:7} {len(values):5} pages  p50 {sorted(values)[len(values) // 2]:6.0f} ms  p95 {p95(values):6.0f} ms")
        print(f"  failed: {dict(self.failed) or 'none'}", flush=True)


class Fields(HTMLParser):
    """The values that a form would send as it stands: inputs with a value, the chosen (else the first) option of each list.

    Source: the form data set, HTML Living Standard.
    """

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.list = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "input" and found.get("name") and found.get("value") is not None:
            self.values.setdefault(str(found["name"]), str(found["value"]))
        elif tag == "select":
            self.list = str(found.get("name") or "")
        elif tag == "option" and self.list and ("selected" in found or self.list not in self.values):
            self.values[self.list] = str(found.get("value") or "")
