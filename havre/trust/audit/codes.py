"""What an audit row may hold: ids, codes and numbers. Anything that could be a name or a sentence is refused before it reaches the table.

A code is written small (`case.open`, `no_place`). A capital is admitted only where a digit stands in the same piece (`RG03`, `A07`), so
that no name as people write it, `Akosua` or `Jean-Pierre`, is ever a code. A reason must also be one that some list of the house has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import TextChoices

# pieces between . : , + - : small letters, or capitals beside a digit
_PIECE = r"(?:(?=[A-Za-z_]*[0-9])[A-Za-z0-9_]+|[a-z0-9_]+)"
CODE = re.compile(rf"(?=.{{1,80}}\Z)[.:,+-]*{_PIECE}(?:[.:,+-]+{_PIECE})*[.:,+-]*\Z")
# a policy row is A07 or F03, a workflow's row is named after its step
ROW_NAME = re.compile(rf"(?=.{{1,60}}\Z){_PIECE}(?:[.:-]+{_PIECE})*\Z")
# reasons of services that have no list of choices behind them: opening a name, closing or sealing a case, a link between two cases
REASONS = frozenset(
    {"contact", "document", "referral", "identification", "correction", "complete", "transfer", "threat", "danger", "human", "machine"}
)
# lists that are no choices of a model (the grounds of clocks): their modules write acts themselves, and so give them from above
_lists: list[Callable[[], Iterable[str]]] = []
# what sets a code apart from a word that somebody typed
_STRUCTURE = re.compile(r"[0-9_.]")
# 64 bits signed, what both databases store
_MOST = 2**63 - 1


def listed_by(reasons: Callable[[], Iterable[str]]) -> None:
    """Take what this gives, each time it is asked, for reasons that a list of the house has."""
    _lists.append(reasons)


def code(value: Any, *, what: str, most: int = 80) -> str:
    """The code itself. Raises: ValueError (our bug) when it is not a short word without spaces."""
    text = str(value) if isinstance(value, str) else ""
    # published value names (HTCDS `SocialCare`) carry capitals: they pass where a list of the house has them
    if len(text) > most or not (CODE.match(text) or text in _chosen()):
        raise ValueError(
            f"{what}: an audit row takes a short code of a-z 0-9 _ . : , + -, capitals only beside a digit or in a listed value"
            f" ({most} at most), never words or names"
        )
    return text


def optional_code(value: Any, *, what: str, most: int = 80) -> str:
    """Like `code`, and the empty text stays empty."""
    return "" if value == "" else code(value, what=what, most=most)


def reason_code(value: Any, *, most: int = 80) -> str:
    """A reason: a code that a list of the house has, or one with a digit, an underscore or a dot; the empty text stays empty.

    Raises: ValueError (our bug) for any other word, be it a name in small letters.
    """
    reason = optional_code(value, what="reason", most=most)
    if reason and not _STRUCTURE.search(reason) and reason not in REASONS and reason not in _chosen():
        raise ValueError(
            f"reason: {len(reason)} letters that stand in no list of reasons: add the list (TextChoices), or to audit.codes.REASONS"
        )
    return reason


def _chosen() -> frozenset[str]:
    """The values of every list of choices, and the grounds of every clock, in the process."""
    listed = {reason for given in _lists for reason in given()}
    return frozenset(str(value) for choices in TextChoices.__subclasses__() for value in choices.values) | listed


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
