"""The name-group tables: versioned data files that speakers review, read once."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from havre.evidence.stats.linkage.names.skeleton import spelling

GROUPS = ("west_africa", "lusophone", "thai", "shared")


def _read(name: str) -> dict[str, Any]:
    text = files("havre.evidence.stats.linkage.names").joinpath("data", f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@lru_cache(maxsize=1)
def versions() -> dict[str, dict[str, str | None]]:
    """Each table's version, reviewer (None: no speaker has reviewed it yet) and state, for the report of a run."""
    kept = ("version", "reviewer", "state", "source")
    return {name: {key: _read(name).get(key) for key in kept} for name in (*GROUPS, "titles")}


@lru_cache(maxsize=1)
def honorifics() -> frozenset[str]:
    """Titles that are no part of a name, folded."""
    return frozenset(_read("titles")["honorifics"])


@lru_cache(maxsize=1)
def particles() -> frozenset[str]:
    """Particles kept by some clerks and dropped by others, folded."""
    return frozenset(_read("titles")["particles"])


@lru_cache(maxsize=1)
def nicknames() -> frozenset[str]:
    """Thai chue len and other by-names that say nothing about the legal name, folded."""
    return frozenset(word for name in GROUPS for word in str(_read(name).get("bynames") or "").split())


@lru_cache(maxsize=1)
def groups() -> dict[str, str]:
    """Folded spelling to name-group id. The first table that lists a spelling decides; ids are stable between versions."""
    out: dict[str, str] = {}
    for name in GROUPS:
        for group, spellings in _read(name)["groups"].items():
            for written in (str(group), *str(spellings).split()):
                out.setdefault(written, str(group))
    return out


@lru_cache(maxsize=1)
def by_spelling() -> dict[str, str]:
    """Orthography-free spelling to group id, where it points to one group only: finds spellings that no table lists."""
    found: dict[str, set[str]] = {}
    for written, group in groups().items():
        found.setdefault(spelling(written), set()).add(group)
    return {key: next(iter(ids)) for key, ids in found.items() if len(ids) == 1 and len(key) > 2}
