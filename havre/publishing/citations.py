"""From the codes by which the data cites a text (`CoE-THB:12(1)(d)`) to its name and article as a reader says them, in five languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from havre.publishing.sources import texts_of
from havre.publishing.texts import text_of

FILE = "shared/instruments"
# code → the unit that has its name; `{at}` in that name is the article. What has no article keeps its name only
NAMES: Mapping[str, str] = {
    "UNTOC-TIP": "palermo",
    "UNTOC": "organised_crime",
    "CoE-THB": "council_of_europe",
    "CoE-108": "convention_108",
    "EU-2011/36": "directive_2011",
    "EU-2004/81": "directive_2004",
    "EU-2016/679": "regulation_2016",
    "CRC": "child",
    "ICCPR": "covenant",
    "ACTIP": "asean",
    "ILO-P29": "protocol_29",
    "UNICEF-GL": "unicef",
    "OSCE-NRM": "osce",
    "GRETA-practice": "greta",
    "ICS-TIP-manual": "manual",
    "IOM-Handbook": "iom",
    "HTCDS": "htcds",
    "national": "national",
}
# principles and guidelines have numbers of their own: P7, G2
PRINCIPLES, _NUMBER = "OHCHR-RPG", re.compile(r"([PG])(\d+(?:-\d+)?)")
KINDS = {"P": "principle", "G": "guideline"}
_RULE = re.compile(r"MR\d+")
# from one article to another: Portuguese repeats a hyphen on the next line when a line ends with it
_RANGE = re.compile(r"(?<=[\d)])-(?=[\d(])")


def cited(sources: Iterable[str], language: str) -> str:
    """What a text rests on, as a reader of the language calls it; a source that is no code of ours stands as it was written.

    Args: sources, each one source, or several parted by "; ".
    """
    said = [_said(one, language) for text in sources for one in text.split("; ")]
    return (" ; " if language == "fr" else "; ").join(dict.fromkeys(said))


def _said(source: str, language: str) -> str:
    code, _colon, at = source.partition(":")
    at = _RANGE.sub("–", at) if code in NAMES else at
    if _RULE.fullmatch(source):
        return _unit("media_rule", language).format(at=source)
    if code == PRINCIPLES and at:
        return ", ".join(_unit(KINDS[kind], language).format(at=number) for kind, number in _NUMBER.findall(at)) or source
    return _unit(NAMES[code], language).format(at=at) if code in NAMES else source


def _unit(key: str, language: str) -> str:
    return text_of(texts_of(FILE)[key], FILE, language).value
