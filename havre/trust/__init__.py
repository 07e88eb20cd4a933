"""Trust: who takes part, who may do what, what is sealed, what was read.

The names that every other part uses are here; they are imported on first use because models need the app registry.
"""

from importlib import import_module
from typing import Any

_WHERE = {
    "acting": "havre.trust.context",
    "act": "havre.trust.acts",
    "page": "havre.trust.paging",
    "held": "havre.trust.paging",
    "counted": "havre.trust.paging",
    "matching": "havre.trust.paging",
}


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(name)
