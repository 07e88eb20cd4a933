"""Papers are set in a thread beside the one that asks for them: the typesetter lets others run meanwhile, and most machines have two cores."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from django.utils import translation
from django.utils.translation import get_language

# how many jobs may be begun before the first of them is taken: a long book is set while a dozen short papers are checked
MOST = 16
What = TypeVar("What")
Made = TypeVar("Made")


def in_order(jobs: Iterable[tuple[What, Callable[[], Made], bool]]) -> Iterator[tuple[What, Made]]:
    """What each job makes, in the order of the jobs. Raises: what a job raises, when it is its turn.

    Args: jobs, what it is for, the function that makes it, and whether that is the typesetter's work, which runs beside. Such a function
    asks nothing of the database. It sees the language and the words of the page that were in force when it was begun.
    """
    begun: deque[tuple[What, Future[Made]]] = deque()
    with ThreadPoolExecutor(1) as beside:
        for what, make, sets in jobs:
            begun.append((what, beside.submit(copy_context().run, _said, make, get_language()) if sets else _now(make)))
            if len(begun) > MOST:
                yield _taken(begun)
        while begun:
            yield _taken(begun)


def _said(make: Callable[[], Made], language: str | None) -> Made:
    # a thread begins in the house's own language
    with translation.override(language):
        return make()


def _taken(begun: deque[tuple[What, Future[Made]]]) -> tuple[What, Made]:
    what, future = begun.popleft()
    return what, future.result()


def _now(make: Callable[[], Made]) -> Future[Made]:
    future: Future[Made] = Future()
    try:
        future.set_result(make())
    except Exception as error:
        future.set_exception(error)
    return future
