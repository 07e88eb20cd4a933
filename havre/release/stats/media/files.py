"""The media-safe check of any file: text, table, image, office document, PDF, and its very name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from havre.release.stats.errors import BadTable
from havre.release.stats.media.documents import read_document
from havre.release.stats.media.findings import Finding
from havre.release.stats.media.images import image_metadata, is_image
from havre.release.stats.media.packs import pack
from havre.release.stats.media.sheets import check_table
from havre.release.stats.media.text import Declared, check_text
from havre.release.stats.reading import read_rows

TEXT = (".txt", ".md", ".html", ".htm", ".rst", ".srt", ".vtt")
TABLE = (".csv", ".parquet")
DOCUMENT = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".pdf")
NAME_PARTS = re.compile(r"[^A-Za-zÀ-ÿ0-9]+")
DATED = re.compile(r"(?<!\d)(?:19|20)\d{2}[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])(?!\d)")
CASE = re.compile(
    r"(?:case|dossier|file|victim|victime|survivor|client|interview|entretien|statement|temoignage|témoignage)[-_ ]?(?:no|n)?[-_ ]?\d+",
    re.IGNORECASE,
)
PLACED = re.compile(r"-?\d{1,2}\.\d{3,}[_, ]+-?\d{1,3}\.\d{3,}")


@dataclass(frozen=True, slots=True)
class MediaCheck:
    """What was found in one file. `unread` says what no machine looked at, in French and English; empty when all was.

    Source: media_rules.yaml, MR01 to MR31, after the EJN / ICMPD guidelines 2017.
    """

    findings: tuple[Finding, ...]
    unread: tuple[str, str] = ("", "")

    @property
    def blocked(self) -> bool:
        """Whether the file must not go out as it is."""
        return any(one.blocks for one in self.findings)


def check_file(path: Path, *, language: str | None = None, threshold: int = 11, declared: Declared | None = None) -> MediaCheck:
    """Check one file, its metadata and its name.

    Raises: BadTable for a file that is not there, is empty or is of a kind that cannot be read.
    Args: language, "fr", "en" or told from the words; threshold, the smallest group shown, in persons; declared, what a person answers for.
    Source: media_rules.yaml, after the EJN / ICMPD guidelines 2017.
    """
    if not path.is_file():
        raise BadTable(f"{path.name}: there is no such file")
    content = path.read_bytes()
    if not content:
        raise BadTable(f"{path.name} is empty")
    named = check_name(path.name)
    kind = path.suffix.lower()
    if kind in DOCUMENT:
        document = read_document(content, path.name)
        inside = check_text(document.text, language=language, threshold=threshold, declared=declared) if document.text else ()
        unread = (
            ("", "")
            if document.text is not None
            else ("le texte du PDF : contrôler aussi le texte d'origine", "the PDF's text: check the source text too")
        )
        return MediaCheck((*named, *document.findings, *inside), unread)
    if is_image(content):
        return MediaCheck(
            (*named, *image_metadata(content)),
            ("ce que l'image montre : voir la liste de contrôle", "what the picture shows: see the checklist"),
        )
    if kind in TABLE:
        return MediaCheck((*named, *check_table(read_rows(path), threshold=threshold)))
    if kind in TEXT:
        return MediaCheck((*named, *check_text(_text(content, path.name, kind), language=language, threshold=threshold, declared=declared)))
    raise BadTable(f"{path.name}: this kind of file is not read; give {', '.join((*TEXT, *TABLE, *DOCUMENT))} or an image")


def _text(content: bytes, name: str, kind: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadTable(f"{name} is not UTF-8 (byte {problem.start}): save it as UTF-8") from None
    if kind in (".html", ".htm"):
        text = re.sub(r"<(script|style)\b.*?</\1>", " ", text, flags=re.DOTALL | re.IGNORECASE)
        text = re.sub(r"</(?:p|h\d|li|div|td|tr|title|figcaption)>|<br ?/?>", "\n", text, flags=re.IGNORECASE)
        text = re.sub(r"<[^>]+>", "", text)
    return text


def check_name(name: str) -> tuple[Finding, ...]:
    """What a file's name gives away: a person's name, a case number, an exact day, a place (MR01, MR02, MR12).

    Args: name, without its folder. Source: media_rules.yaml, after the EJN / ICMPD guidelines 2017.

    >>> [(one.rule, one.excerpt) for one in check_name("case-2024-117 Mary Mensah.docx")]
    [('MR01', 'Mary'), ('MR01', 'case-2024')]
    """
    stem = name.rsplit(".", 1)[0]
    given = pack("en").given
    found = [
        Finding("MR01", "file_name", part)
        for part in NAME_PARTS.split(stem)
        if part in given and part not in ("Ami", "Ly", "Naa", "Hope", "Faith", "Charity", "Peace", "Grace", "Comfort", "Joy")
    ]
    found += [Finding("MR01", "file_name", match.group()) for match in [CASE.search(stem)] if match]
    found += [Finding("MR02", "file_name", match.group()) for match in [PLACED.search(stem)] if match]
    if re.match(r"(?:IMG|DSC|PXL|VID|WhatsApp|Screenshot|PHOTO|signal)", stem, re.IGNORECASE):
        found += [Finding("MR12", "file_name", match.group()) for match in [DATED.search(stem)] if match]
    return tuple(found)
