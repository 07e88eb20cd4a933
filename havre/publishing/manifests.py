"""What an artefact was made of, row by row, and its code: the same sources, facts, template, fonts and engine give the same code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from havre.publishing.binding import Binding, fingerprint
from havre.publishing.sources import DocumentSource
from havre.publishing.terms import every_term

PLACE = Path(__file__).parent
PAGE = ("templates/publishing/_node.html", "templates/publishing/_marks.html", "static/publishing/paper.css")
PACKAGE = ("django", (*PAGE, "templates/publishing/package.html", "static/publishing/player.*", "static/publishing/icon.svg"))
# format → its engine, and the files that lay it out
LAID_OUT: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "pdf": ("typst", ("typst/*.typ", "fonts/*.ttf")),
    "web": ("django", (*PAGE, "templates/publishing/alone.html")),
    "epub": ("django", (*PAGE, "templates/publishing/chapter.html")),
    **dict.fromkeys(("scorm12", "scorm2004", "cmi5"), PACKAGE),
}
# the keys that `frame` writes
FRAME = ("form", "engine", "frame", "terms")


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


def frame(form: str, language: str) -> dict[str, str]:
    """What an output rests on beside its text: template, fonts and engine, and the words of the frame in the language, by hash or version.

    A change of these makes no paper say something else: it is no part of the code. Args: form, the format, for paper with its shape.
    """
    engine, patterns = LAID_OUT[form.partition(" ")[0]]
    return {
        "form": form,
        "engine": f"{engine} {version(engine)}",
        "frame": _hash(patterns),
        "terms": fingerprint(every_term(language)),
    }


@cache
def _hash(patterns: tuple[str, ...]) -> str:
    every = hashlib.sha256()
    for path in (path for pattern in patterns for path in sorted(PLACE.glob(pattern))):
        every.update(path.name.encode() + path.read_bytes())
    return every.hexdigest()[:12]
