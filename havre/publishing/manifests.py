"""What an artefact was made of, row by row, and its code: the same sources, facts, template, fonts and engine give the same code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from havre.publishing.binding import Binding
from havre.publishing.sources import DocumentSource

PLACE = Path(__file__).parent


def of(source: DocumentSource, binding: Binding) -> dict[str, Any]:
    """The manifest of one document in one language: every block, fact, right, sign, workflow, term and question with its fingerprint."""
    return {
        "edition": source.edition,
        "document": source.id,
        "version": source.version,
        "revised_on": source.revised_on,
        "country": binding.country,
        "language": binding.language,
        "title": source.title,
        "rows": {table: dict(sorted(rows.items())) for table, rows in sorted(binding.used.items())},
        "withheld": sorted(binding.withheld),
    }


def code(manifest: Mapping[str, Any]) -> str:
    """Ten characters that stand for everything in it."""
    return hashlib.sha256(json.dumps(manifest, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:10].upper()


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What differs between two manifests of one document: `table row` of each, in order; the frame (version, template) by its key."""
    found = []
    for table in sorted({*before["rows"], *after["rows"]}):
        old, new = before["rows"].get(table, {}), after["rows"].get(table, {})
        found += [f"{table} {row}" for row in sorted({*old, *new}) if old.get(row) != new.get(row)]
    found += [key for key in sorted({*before, *after} - {"rows"}) if before.get(key) != after.get(key)]
    return found


@cache
def frame(form: str) -> dict[str, str]:
    """What an output rests on beside its text: template, fonts and engine, by hash or version."""
    files = sorted([*(PLACE / "typst").glob("*.typ"), *(PLACE / "fonts").glob("*.ttf")])
    return {"form": form, "engine": f"typst {version('typst')}", "frame": _hash(files)}


def _hash(files: list[Path]) -> str:
    every = hashlib.sha256()
    for path in files:
        every.update(path.name.encode() + path.read_bytes())
    return every.hexdigest()[:12]
