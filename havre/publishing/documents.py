"""A document: blocks from a source file, bound to a country's facts on a day, with a manifest of everything it was made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from havre import standards
from havre.standards.dated import Fact
from havre.standards.queries import fact
from havre.trust.errors import Invalid, Missing

SOURCE = Path(__file__).parent / "source"
EDITIONS = ("rights",)
LANGUAGES = ("en", "fr")


@dataclass(frozen=True, slots=True)
class Block:
    """One block as it is printed: kind heading, text, list or note; `items` for lists; `unconfirmed` when a fact behind it is below high."""

    id: str
    kind: str
    text: str = ""
    items: tuple[str, ...] = ()
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document in one language. `code` is the fingerprint of its manifest: the same facts and texts give the same code."""

    edition: str
    country: str
    language: str
    title: str
    country_name: str
    on: date
    blocks: tuple[Block, ...]
    manifest: Mapping[str, Any]
    code: str

    @property
    def unconfirmed(self) -> bool:
        """Whether something in it still waits for a national reviewer."""
        return any(block.unconfirmed for block in self.blocks)


@cache
def _source(edition: str) -> dict[str, Any]:
    return yaml.safe_load((SOURCE / f"{edition}.yaml").read_text(encoding="utf-8"))


def build(edition: str, *, country: str, language: str, on: date) -> Document:
    """Bind an edition to a country's facts on a day.

    Raises: Missing for an edition, country or language that is not there; Invalid when a fact that a block needs is not usable.
    """
    if edition not in EDITIONS or language not in LANGUAGES or country not in standards.country_codes():
        raise Missing
    source = _source(edition)
    used: dict[str, Fact] = {}
    blocks = tuple(_bind(block, country, language, on, used) for block in source["blocks"])
    manifest = {
        "edition": edition,
        "source": source["version"],
        "country": country,
        "language": language,
        "facts": {name: one.revision for name, one in sorted(used.items())},
        "rights": standards.rights().version,
        "text": hashlib.sha256(json.dumps([[b.id, b.kind, b.text, b.items] for b in blocks], ensure_ascii=False).encode()).hexdigest(),
    }
    code = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()[:10].upper()
    name = standards.profile(country).name.text(language)
    return Document(edition, country, language, source["title"][language], name, on, blocks, manifest, code)


def _bind(block: dict[str, Any], country: str, language: str, on: date, used: dict[str, Fact]) -> Block:
    facts = {name: fact(name, on=on, country=country) for name in block.get("needs", ())}
    if "fact" in block:
        facts[block["fact"]] = fact(block["fact"], on=on, country=country)
    used.update(facts)
    doubtful = any(one.unconfirmed for one in facts.values())
    kind = block["kind"]
    if kind == "rights":
        return Block(block["id"], "list", items=tuple(standards.rights().get(gate).right.text(language) for gate in block["rights"]))
    if kind == "numbers":
        return _numbers(block, facts[block["fact"]], language)
    if kind == "authorities":
        return Block(block["id"], "list", items=tuple(_authorities(facts[block["fact"]], country, language)), unconfirmed=doubtful)
    lacking = [name for name, one in facts.items() if not one.usable]
    if lacking:
        words = _("Block %(block)s needs %(facts)s, which no national reviewer has confirmed. Sign the fact in the country profile first.")
        raise Invalid({"blocks": [words % {"block": block["id"], "facts": ", ".join(lacking)}]})
    text = block["text"][language].format(**{name: one.text(language) for name, one in facts.items()})
    return Block(block["id"], kind, text=text, unconfirmed=doubtful)


def _numbers(block: dict[str, Any], numbers: Fact, language: str) -> Block:
    """Only numbers that somebody has dialled are printed (README of the reference data)."""
    printable = numbers.printable_numbers
    if not printable:
        return Block(block["id"], "note", text=block["without"][language], unconfirmed=True)
    return Block(block["id"], "list", items=printable)


def _authorities(codes: Fact, country: str, language: str) -> Iterator[str]:
    profile = standards.profile(country)
    return (profile.authority(code).name.text(language) for code in codes.value or ())
