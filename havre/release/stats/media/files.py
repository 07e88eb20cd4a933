"""The media-safe check of any file: text, table, image, office document, PDF, and its very name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from havre.release.stats.errors import BadTable
from havre.release.stats.media.attributes import html_findings, html_text
from havre.release.stats.media.documents import read_document
from havre.release.stats.media.findings import Finding
from havre.release.stats.media.images import image_metadata, is_image
from havre.release.stats.media.packs import language_of, pack
from havre.release.stats.media.sheets import check_table
from havre.release.stats.media.text import Declared, check_text
from havre.release.stats.media.workbooks import sheets_of
from havre.release.stats.reading import read_rows

TEXT = (".txt", ".md", ".html", ".htm", ".rst", ".srt", ".vtt")
HTML = (".html", ".htm")
TABLE = (".csv", ".parquet")
DOCUMENT = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".pdf")
NAME_PARTS = re.compile(r"[^A-Za-zÀ-ÿ0-9]+")
DATED = re.compile(r"(?<!\d)(?:19|20)\d{2}[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])(?!\d)")
CASE = re.compile(
    r"(?:case|dossier|file|victim|victime|survivor|client|interview|entretien|statement|temoignage|témoignage)[-_ ]?(?:no|n)?[-_ ]?\d+",
    re.IGNORECASE,
)
# given names that are words or places too, whatever their case; and those that are words where they are written small or in capitals
WORDS_TOO = frozenset(("Ami", "Ly", "Naa", "Hope", "Faith", "Charity", "Peace", "Grace", "Comfort", "Joy"))
_SMALL = (
    "Ama Ana Ange Amy Ayo Ebo Claire Clara Destiny Eva Favour Florence George Gifty Happiness Jean John Joyce Jude Julia Lena Linda Mali Mercy "
    "Mina Nana Nok Noor Obi Olga Patience Paul Peace Ploy Precious Prudence Rose Sun Victoria Blessing Pierre"
)
WORDS_IN_LOWER = WORDS_TOO | frozenset(_SMALL.split())
PLACED = re.compile(r"-?\d{1,2}\.\d{3,}[_, ]+-?\d{1,3}\.\d{3,}")

PDF_UNREAD = ("le texte du PDF : contrôler aussi le texte d'origine", "the PDF's text: check the source text too")
PICTURE_UNREAD = ("ce que l'image montre : voir la liste de contrôle", "what the picture shows: see the checklist")


@dataclass(frozen=True, slots=True)
class MediaCheck:
    """What was found in one file. `unread` says what no machine looked at, in French and English; empty when all was.

    `language` is the text's, "fr" or "en"; empty where there is none.

    Source: media_rules.yaml, MR01 to MR31, after the EJN / ICMPD guidelines 2017.
    """

    findings: tuple[Finding, ...]
    unread: tuple[str, str] = ("", "")
    language: str = ""

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
        raise BadTable(f"{path}: there is no such file", f"{path} : ce fichier n'existe pas")
    content = path.read_bytes()
    if not content:
        raise BadTable(f"{path.name} is empty; give the file that goes out", f"{path.name} est vide ; donner le fichier à publier")
    named = check_name(path.name)
    kind = path.suffix.lower()

    def of_text(text: str) -> tuple[Finding, ...]:
        return check_text(text, language=language, threshold=threshold, declared=declared) if text.strip() else ()

    if kind in DOCUMENT:
        document = read_document(content, path.name)
        titles = tuple(one for title in document.titles for one in (*check_name(title, what="metadata"), *of_text(title)))
        cells = tuple(one for sheet in sheets_of(content, kind) for one in check_table(sheet, threshold=threshold))
        unread = ("", "") if document.text is not None else PDF_UNREAD
        told = language or language_of(" ".join((document.text or "", *document.titles)))
        return MediaCheck((*named, *document.findings, *titles, *of_text(document.text or ""), *cells), unread, told)
    if is_image(content):
        return MediaCheck((*named, *image_metadata(content)), PICTURE_UNREAD, language or "")
    if kind in TABLE:
        return MediaCheck((*named, *check_table(read_rows(path), threshold=threshold)), language=language or "")
    if kind in TEXT:
        text = _text(content, path.name)
        hidden = html_findings(text) if kind in HTML else ()
        text = html_text(text) if kind in HTML else text
        return MediaCheck((*named, *hidden, *of_text(text)), language=language or language_of(text))
    kinds = ", ".join((*TEXT, *TABLE, *DOCUMENT))
    raise BadTable(
        f"{path.name}: this kind of file is not read; give {kinds} or an image",
        f"{path.name} : cette sorte de fichier n'est pas lue ; donner {kinds} ou une image",
    )


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadTable(
            f"{name} is not UTF-8 (byte {problem.start}): save it as UTF-8",
            f"{name} n'est pas en UTF-8 (octet {problem.start}) : l'enregistrer en UTF-8",
        ) from None


def check_name(name: str, *, what: str = "file_name") -> tuple[Finding, ...]:
    """What a file's name, or a document's title, gives away: a person's name, a case number, an exact day, a place (MR01, MR02, MR12).

    Args: name, without its folder; what, "file_name" or "metadata". Source: media_rules.yaml, after the EJN / ICMPD guidelines 2017.

    >>> [(one.rule, one.excerpt) for one in check_name("case-2024-117 Mary Mensah.docx")]
    [('MR01', 'Mary'), ('MR01', 'case-2024')]
    >>> [one.excerpt for one in check_name("portrait_mary_mensah.jpg")]
    ['mary']
    """
    stem = name.rsplit(".", 1)[0] if what == "file_name" else name
    given = pack("en").given
    found = [Finding("MR01", what, part) for part in NAME_PARTS.split(stem) if _is_given(part, given)]
    found += [Finding("MR01", what, match.group()) for match in [CASE.search(stem)] if match]
    found += [Finding("MR02", what, match.group()) for match in [PLACED.search(stem)] if match]
    if re.match(r"(?:IMG|DSC|PXL|VID|WhatsApp|Screenshot|PHOTO|signal)", stem, re.IGNORECASE):
        found += [Finding("MR12", what, match.group()) for match in [DATED.search(stem)] if match]
    return tuple(found)


def _is_given(part: str, given: frozenset[str]) -> bool:
    """Whether a part of a name is a given name; one that is also a word counts only where nothing else can be meant."""
    if part in WORDS_TOO:
        return False
    return part in given or ((part.islower() or part.isupper()) and part.capitalize() in given and part.capitalize() not in WORDS_IN_LOWER)
