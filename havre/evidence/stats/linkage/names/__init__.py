"""Names as keys: folded, in parts, by name group, as a consonant skeleton and by sound. No language has to be known.

Sources: variant tables in `data/` (our own, each with its reviewer); Thai letters after the Royal Thai General System.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from havre.evidence.stats.linkage.names.folding import parts
from havre.evidence.stats.linkage.names.scripts import script_of
from havre.evidence.stats.linkage.names.skeleton import skeleton, sound, spelling
from havre.evidence.stats.linkage.names.tables import by_spelling, groups, nicknames, versions

VERSION = "2026.11"

__all__ = ["VERSION", "NameKey", "key", "keys", "script_of", "versions"]


@dataclass(frozen=True, slots=True)
class NameKey:
    """One name field as keys, beside its original (which is never overwritten).

    Attributes: folded, Latin letters of one case, parts joined by a space; tokens, those parts in the order written;
    group, a name-group id for each part (`~` and its spelling where no table knows it); skeleton, consonant classes of
    each part; sound, the same coarser; byname, whether every part is a known by-name. Each joined by a space, in order.
    """

    folded: str
    tokens: tuple[str, ...]
    group: str
    skeleton: str
    sound: str
    byname: bool


EMPTY = NameKey("", (), "", "", "", byname=False)


@lru_cache(maxsize=500_000)
def _part(folded: str, spoken: str) -> tuple[str, str, str]:
    spelled = spelling(spoken)
    known = groups().get(folded) or by_spelling().get(spelled)
    return known or "~" + spelled, skeleton(spoken), sound(spoken)


@lru_cache(maxsize=200_000)
def key(text: str | None) -> NameKey:
    """The keys of a name as written, in any script, with or without titles; an empty or wordless text gives empty keys."""
    found = parts(text) if text else []
    if not found:
        return EMPTY
    tokens = tuple(folded for folded, _ in found)
    group, bones, heard = zip(*(_part(*pair) for pair in found), strict=True)
    byname = all(token in nicknames() for token in tokens)
    return NameKey(" ".join(tokens), tokens, " ".join(group), " ".join(bones), " ".join(heard), byname)


def keys(texts: Iterable[str | None]) -> dict[str, NameKey]:
    """The keys of many names, each distinct text once: text to NameKey (None and "" are left out)."""
    return {text: key(text) for text in dict.fromkeys(texts) if text}
