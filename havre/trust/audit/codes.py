"""What an audit row may hold: ids, codes and numbers. Anything that could be a sentence is refused before it reaches the table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

CODE = re.compile(r"[A-Za-z0-9_.:,+-]{1,80}\Z")
# a policy row is A07 or F03, a workflow's row is named after its step
ROW_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,60}\Z")
# 64 bits signed, what both databases store
_MOST = 2**63 - 1


def code(value: Any, *, what: str, most: int = 80) -> str:
    """The code itself. Raises: ValueError (our bug) when it is not a short word without spaces."""
    text = str(value) if isinstance(value, str) else ""
    if not CODE.match(text) or len(text) > most:
        raise ValueError(f"{what}: an audit row takes a short code made of A-Z a-z 0-9 _ . : , + - ({most} at most), never words")
    return text


def optional_code(value: Any, *, what: str, most: int = 80) -> str:
    """Like `code`, and the empty text stays empty."""
    return "" if value == "" else code(value, what=what, most=most)


def code_map(values: Mapping[str, str | int] | None) -> dict[str, str | int]:
    """Codes and whole numbers by code. Raises: ValueError for any other value."""
    found: dict[str, str | int] = {}
    for name, value in (values or {}).items():
        key = code(name, what="codes")
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValueError(f"codes[{key}]: a code or a whole number, not {type(value).__name__}")
        if isinstance(value, int) and abs(value) > _MOST:
            raise ValueError(f"codes[{key}]: the number does not fit into 64 bits")
        found[key] = value if isinstance(value, int) else code(value, what=f"codes[{key}]")
    return found


def row_names(rows: Iterable[str]) -> list[str]:
    """Names of policy or workflow rows, in the order given, each once. Raises: ValueError for anything else."""
    found = list(dict.fromkeys(str(row) for row in rows))
    for row in found:
        if not ROW_NAME.match(row):
            raise ValueError("rows: names of policy or workflow rows only")
    return found


def subject_id(value: Any) -> UUID | None:
    """An id as UUID, None for nothing. Raises: ValueError for anything else."""
    if value is None or isinstance(value, UUID):
        return value
    raise ValueError("a subject is named by its UUID")
