"""Record linkage: the same person on several agencies' lists. Plain functions over tables; no Django."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from havre.evidence.stats.linkage.linking import Linkage, link

__all__ = ["Linkage", "link"]


def __getattr__(name: str) -> Any:
    """`link` and `Linkage` load DuckDB and Splink only when asked for: names and dates need neither."""
    if name in __all__:
        from havre.evidence.stats.linkage import linking

        return getattr(linking, name)
    raise AttributeError(name)
