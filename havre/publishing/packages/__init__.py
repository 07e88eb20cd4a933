"""What is handed to others: packages for learning platforms, an EPUB, and the texts for translators.

`course` makes the page with its pages and quiz; `scorm` and `cmi5` its manifests; `archive` the file; `epub` the book; `exchange` XLIFF and
PO, out and back. The runtime script is `static/publishing/player.js`. Everything from the standard library; the same document gives the
same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from havre.publishing.nodes import Document
from havre.publishing.packages import cmi5, course, scorm
from havre.publishing.packages.archive import zipped

# platform → name and content of the manifest, from the course and the names of its files
MANIFESTS: Mapping[str, tuple[str, Callable[[course.Course, tuple[str, ...]], bytes]]] = {
    "scorm12": ("imsmanifest.xml", scorm.manifest12),
    "scorm2004": ("imsmanifest.xml", scorm.manifest2004),
    "cmi5": ("cmi5.xml", cmi5.structure),
}


def files(document: Document, platform: str) -> dict[str, bytes]:
    """Every file of a package by its path in the archive. `platform`: scorm12, scorm2004 or cmi5."""
    made = course.course(document)
    content = course.files(made, platform)
    name, manifest = MANIFESTS[platform]
    return {name: manifest(made, tuple(sorted(content))), **content}


def packed(document: Document, platform: str) -> bytes:
    """A package as a zip: one SCO, or one assignable unit. The same document gives the same bytes."""
    return zipped(files(document, platform))
