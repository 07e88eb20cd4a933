"""From a document to files: every format that Havre writes, each a function from a document to named bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from havre.publishing import documents, manifests, packages, printing, web
from havre.publishing.nodes import Document
from havre.publishing.packages import exchange
from havre.publishing.packages.epub import as_epub


@dataclass(frozen=True, slots=True)
class Output:
    """One artefact: `files` by path within it. A format of one file has one entry; a folder (web) several."""

    document: Document
    format: str
    shape: str
    files: Mapping[str, bytes]
    manifest: Mapping[str, object]

    @property
    def name(self) -> str:
        """What the file or folder is called: document, country, language, shape. Nothing in it names its reader."""
        shape = f"-{self.shape}" if self.shape else ""
        return f"{self.document.id}-{self.document.country}-{self.document.language}{shape}"


def manifest_of(document: Document, form: str) -> dict[str, object]:
    """What an artefact was made of: the document's own manifest, and what laid it out."""
    return {**document.manifest, **manifests.frame(form, document.language)}


Maker = Callable[[Document, str], Iterator[Output]]


def pdf(document: Document, address: str) -> Iterator[Output]:
    """Every shape of paper that the document lists."""
    for shape in document.print:
        content = printing.as_pdf(document, shape, address=address)
        yield Output(document, "pdf", shape, {"": content}, manifest_of(document, f"pdf {shape}"))


def page(document: Document, address: str) -> Iterator[Output]:
    """A folder that opens from a stick."""
    yield Output(document, "web", "", web.as_folder(document), manifest_of(document, "web"))


def package(platform: str) -> Maker:
    """What a learning platform takes: one zip."""

    def made(document: Document, address: str) -> Iterator[Output]:
        yield Output(document, platform, "", {"": packages.packed(document, platform)}, manifest_of(document, platform))

    return made


def book(document: Document, address: str) -> Iterator[Output]:
    """One EPUB."""
    yield Output(document, "epub", "", {"": as_epub(document)}, manifest_of(document, "epub"))


def texts_of(format: str) -> Maker:
    """What a translator takes, for any language but the source's own."""

    def made(document: Document, address: str) -> Iterator[Output]:
        if document.language == "en":
            return
        files = exchange.files_of(documents.source(document.edition, document.id))
        po = exchange.as_po(files, document.language) if format == "po" else {"": exchange.as_xliff(files, document.language)}
        yield Output(document, format, "", po, {**document.manifest, "form": format})

    return made


# formats that are the typesetter's work
SET = frozenset({"pdf"})
# formats of texts that are still being translated: made of the draft, whatever is missing in it
OF_DRAFTS = frozenset({"po", "xliff"})
# format → maker and ending ("" is a folder)
FORMATS: Mapping[str, tuple[Maker, str]] = {
    "pdf": (pdf, ".pdf"),
    "web": (page, ""),
    "scorm12": (package("scorm12"), ".zip"),
    "scorm2004": (package("scorm2004"), ".zip"),
    "cmi5": (package("cmi5"), ".zip"),
    "epub": (book, ".epub"),
    "po": (texts_of("po"), ""),
    "xliff": (texts_of("xliff"), ".xliff"),
}


def made_in(document: Document, format: str, address: str) -> tuple[Output, ...]:
    """The artefacts of a document in a format, one for each shape of paper. Raises: Invalid when a panel does not fit."""
    return tuple(FORMATS[format][0](document, address))
