"""Whether every paper gives its words back: each PDF that is promised, read by two readers, and its tags read in order.

    python -m benchmarks.reread [--edition NAME ...] [--document ID ...] [--country CODE ...] [--language CODE ...] [--shape NAME ...] [--sample]

Each document, country, language and shape of paper is made as PDF and read by pdfium and by poppler. Every string of the document's tree,
of its frame and of its foot is looked for in both texts, as often as it stands on the paper; then the tags are walked: every string in the
order of the source, under the tag that it should have, nothing between, headings without jumps, each picture with its own words, columns as
heads of their table; then the standards that the paper claims (PDF/A-2a and PDF/UA-1) are read back, with its language and title. Prints one
line a language with counts, one a shape with claims, then every fault; the status is 1 when there is one.

What counts as the same: a text comes back when its letters, marks and signs stand there one after the other, with a space or the end of a
line where it has a space, and nothing or the end of a line elsewhere (lines are broken on paper). Beyond that, three things only: a no-break
space is a space; U+FFFE, as pdfium writes a hyphen at the end of a line, is that hyphen; running head and foot may stand between two parts of a
text that the page cuts. Letters are never recomposed, ligatures never undone, case never changed. In the tags spaces are not compared: where
a space is on paper but not in the tags, readers put it from the gap; both texts have shown that it comes back.
`--sample` takes one country for each document and language, the next one each time.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import own_house

if TYPE_CHECKING:
    from benchmarks.paper_readers import Leaf
    from benchmarks.paper_words import Said
    from havre.publishing.nodes import Document

DAY = date(2026, 11, 29)
ADDRESS = "example.org/i/c/"
CLAIMED = ("PDF/A-2a", "PDF/UA-1")
# what may stand between two strings of the tags: bullets and numbers of lines, page numbers of contents and index, the mark of a fact
# that awaits a national reviewer
BETWEEN = re.compile(r"[•☐*\d.,]*")
# tags that only say how a run of letters looks or where it leads
INLINE = frozenset({"Span", "Strong", "Em", "Link", "Reference", "Sub"})
# poppler sets a page anew for each of its tags: it is asked for the tags of papers up to so many pages, since a book takes it minutes
SHORT = 12
Wanted = tuple[str, str, str, str, str]


@dataclass(slots=True)
class Reading:
    """What one paper gave. `faults`: check and words of each; `strings`: how many were compared, and of these exact in each reader."""

    wanted: Wanted
    strings: int = 0
    pdfium: int = 0
    poppler: int = 0
    trees: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Letters:
    """A text without white space, and before each letter what stood there: "0" nothing, "1" a space, "2" the end of a line."""

    letters: str
    gaps: str

    def __add__(self, other: Letters) -> Letters:
        """The other after the end of a line."""
        return Letters(self.letters + other.letters, self.gaps + ("2" + other.gaps[1:] if other.gaps else ""))


def letters(text: str) -> Letters:
    """A text ready to be compared, by the three rules above."""
    found, gaps, gap = [], [], "0"
    for sign in text.replace("\u00a0", " ").replace("\u202f", " ").replace("\ufffe", "-"):
        if sign.isspace():
            gap = "2" if gap == "2" or sign in "\r\n\f" else "1"
        else:
            found.append(sign)
            gaps.append(gap)
            gap = "0"
    return Letters("".join(found), "".join(gaps))


def times(text: Letters, read: Letters) -> int:
    """How often a text stands in what was read, spaces and ends of lines as they may be."""
    count, size, place = 0, len(text.letters), read.letters.find(text.letters)
    while place >= 0:
        count += all(here in {"2", own} for own, here in zip(text.gaps[1:], read.gaps[place + 1 : place + size], strict=True))
        place = read.letters.find(text.letters, place + 1)
    return count


def without_frame(pages: list[str], frame: tuple[str, ...], *, first: int) -> tuple[Letters, list[int]]:
    """The pages as one text without what stands on each of them, and the numbers of pages where that does not stand whole at the start or end.

    Args: frame, running head and foot, each as it is written, `{page}` for the number of the page; first, the first page that has them.
    """
    whole, lacking = Letters("", ""), []
    for number, page in enumerate(pages, 1):
        read = letters(page)
        wanted = [letters(one).letters.replace("{page}", str(number)) for one in frame if one] if number >= first else []
        # one reader gives the frame in the order of the page, the other after everything else
        for _turn in range(len(wanted)):
            for one in wanted:
                if read.letters.endswith(one):
                    read, wanted = Letters(read.letters[: -len(one)], read.gaps[: -len(one)]), [other for other in wanted if other != one]
                elif read.letters.startswith(one):
                    read, wanted = Letters(read.letters[len(one) :], read.gaps[len(one) :]), [other for other in wanted if other != one]
        lacking += [number] if wanted else []
        whole += read
    return whole, lacking


def lost(words: tuple[Said, ...], read: Letters) -> tuple[int, list[str]]:
    """How many strings came back, and those that did not, or less often than they stand on the paper."""
    wanted, back, gone = Counter(one.text for one in words if one.role != "Figure"), 0, []
    for text, count in wanted.items():
        found = times(letters(text), read)
        back += min(count, found)
        gone += [f"{found} of {count} times: {text}"] if found < count else []
    return back, gone


def out_of_order(words: tuple[Said, ...], leaves: list[Leaf], *, pictures: bool = True) -> list[str]:
    """What is wrong in the tags: a string that lacks, stands too early or too late, has another tag, or a text that nobody wrote.

    Args: pictures, whether the leaves have pictures with their words.
    """
    whole, roles = [], []
    for leaf in leaves:
        if "Lbl" in leaf.path or ("Figure" in leaf.path and leaf.alt is None):
            continue
        text = letters(leaf.text).letters if leaf.alt is None else f"\ufffc{letters(leaf.alt).letters}"
        whole.append(text)
        roles += [_role(leaf)] * len(text)
    return list(_walked([one for one in words if pictures or one.role != "Figure"], "".join(whole), roles))


def _walked(words: list[Said], whole: str, roles: list[str]) -> Iterator[str]:
    place = 0
    for one in words:
        text = ("\ufffc" if one.role == "Figure" else "") + letters(one.text).letters
        found = whole.find(text, place)
        if found < 0:
            yield f"{'out of order' if text in whole else 'not there'}: {one.role} {one.text}"
            continue
        if not BETWEEN.fullmatch(whole, place, found):
            yield f"nobody wrote, or not here: {whole[place:found]} (before {one.role} {one.text})"
        tags = set(roles[found : found + len(text)])
        if tags != {one.role}:
            yield f"{one.role} is tagged {', '.join(sorted(tags))}: {one.text}"
        place = found + len(text)
    if not BETWEEN.fullmatch(whole, place):
        yield f"nobody wrote, or not here: {whole[place:]} (at the end)"


def _role(leaf: Leaf) -> str:
    for tag in ("Figure", "TH", "TD", "LBody", "TOCI"):
        if tag in leaf.path:
            return tag
    return next((tag for tag in reversed(leaf.path) if tag not in INLINE), "nothing")


def jumps(leaves: list[Leaf]) -> list[str]:
    """Headings that go down more than one level at once, or a first one that is not the first level."""
    found, before = [], 0
    for leaf in leaves:
        level = next((int(tag[1]) for tag in leaf.path if re.fullmatch(r"H[1-6]", tag)), 0)
        if level > before + 1:
            found.append(f"H{level} after H{before}: {leaf.text}")
        before = level or before
    return found


def read(document: Document, shape: str, content: bytes, folder: Path, address: str = ADDRESS) -> Reading:
    """One paper read back. Args: content, its PDF; folder, where poppler finds it."""
    from benchmarks import paper_readers as readers
    from benchmarks.paper_words import BOOKS, FEET, foot, said

    words, path = said(document, shape, address), folder / "paper.pdf"
    path.write_bytes(content)
    done = Reading((document.edition, document.id, document.country, document.language, shape))
    done.strings = sum(one.role != "Figure" for one in words)
    below = (foot(document) if shape in FEET else "") + ("{page}" if shape in {*BOOKS, "a6"} else "")
    frame = (f"{document.title} {document.country_name}" if shape in BOOKS else "", below)
    for name, pages in (("pdfium", readers.by_pdfium(content)), ("poppler", readers.by_poppler(path))):
        whole, lacking = without_frame(pages, frame, first=2 if shape in {*BOOKS, "a6"} else 1)
        back, gone = lost(words, whole)
        setattr(done, name, back)
        done.faults += [(name, text) for text in gone] + [(name, f"head or foot of page {number} is not whole") for number in lacking]
    leaves = readers.tags_by_pdfium(content)
    wrong = [("tags", text) for text in (*out_of_order(words, leaves), *jumps(leaves))]
    if document.language != "th" and len(pages) <= SHORT:
        leaves = readers.tags_by_poppler(path)
        wrong += [("tags in poppler", text) for text in (*out_of_order(words, leaves, pictures=False), *jumps(leaves))]
    done.trees = not wrong
    claims = readers.claims(content)
    expected = (CLAIMED, True, document.language, document.title)
    got = (claims.standards, claims.tagged, claims.language, claims.title)
    done.faults += wrong + ([("claims", f"{got} is not {expected}")] if got != expected else [])
    return done


def wanted(chosen: argparse.Namespace) -> list[Wanted]:
    """Edition, document, country, language, shape of every paper that is promised and was asked for."""
    from havre import standards
    from havre.publishing.documents import source
    from havre.publishing.sources import editions

    countries, found = standards.country_codes(), []
    for name, edition in editions().items():
        for id in edition.documents:
            written = source(name, id)
            for turn, language in enumerate(written.languages if "pdf" in written.formats else ()):
                here = [countries[(turn + len(found)) % len(countries)]] if chosen.sample else countries
                found += [(name, id, country, language, shape) for country in here for shape in written.print]
    asked = (chosen.edition, chosen.document, chosen.country, chosen.language, chosen.shape)
    return [one for one in found if all(not some or part in some for part, some in zip(one, asked, strict=True))]


def reread(papers: list[Wanted]) -> Iterator[Reading]:
    """Make each of these papers as PDF and read it back, one after the other."""
    from havre.publishing.documents import build
    from havre.publishing.printing import as_pdf
    from havre.trust.errors import Invalid

    known: dict = {}
    with tempfile.TemporaryDirectory() as folder:
        for edition, id, country, language, shape in papers:
            try:
                document = build(edition, id, country=country, language=language, on=DAY, known=known)
                content = as_pdf(document, shape, address=ADDRESS)
            except Invalid as refusal:
                yield Reading((edition, id, country, language, shape), faults=[("refused", str(refusal))])
                continue
            yield read(document, shape, content, Path(folder))


def _share(count: int, of: int) -> str:
    return f"{count:>7} {'all' if count == of else f'{of - count} lost':>9}"


def told(readings: list[Reading]) -> Iterator[str]:
    """The tables: one line a language, one a shape of paper."""
    yield f"{'language':10}{'papers':>7}{'strings':>9}{'in pdfium':>17}{'in poppler':>17}{'tags in order':>15}"
    for language in [*sorted({one.wanted[3] for one in readings}), "all"]:
        some = [one for one in readings if language in {one.wanted[3], "all"}]
        strings = sum(one.strings for one in some)
        exact = [_share(sum(getattr(one, name) for one in some), strings) for name in ("pdfium", "poppler")]
        trees = f"{sum(one.trees for one in some)} of {len(some)}"
        yield f"{language:10}{len(some):>7}{strings:>9}{exact[0]:>17}{exact[1]:>17}{trees:>15}"
    yield f"\n{'shape':10}{'papers':>7}{'claims read back: ' + ', '.join(CLAIMED):>42}"
    for shape in sorted({one.wanted[4] for one in readings}):
        some = [one for one in readings if one.wanted[4] == shape]
        right = sum(not any(check in {"claims", "refused"} for check, _words in one.faults) for one in some)
        yield f"{shape:10}{len(some):>7}{f'{right} of {len(some)}':>42}"


def main() -> None:
    """Read every paper asked for and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("edition", "document", "country", "language", "shape"):
        parser.add_argument(f"--{name}", nargs="*", default=())
    parser.add_argument("--sample", action="store_true")
    parser.add_argument("--most", type=int, default=5, help="faults told of each paper")
    chosen = parser.parse_args()
    own_house.opened()
    from benchmarks.paper_readers import poppler_is_here

    if not poppler_is_here():
        sys.exit("pdftotext and pdfinfo are not here: install poppler-utils")
    began, papers = time.perf_counter(), wanted(chosen)
    readings = []
    for one in reread(papers):
        readings.append(one)
        for check, words in one.faults[: chosen.most]:
            print(f"{' '.join(one.wanted)}: {check}: {words[:300]}", flush=True)
        if len(one.faults) > chosen.most:
            print(f"{' '.join(one.wanted)}: and {len(one.faults) - chosen.most} more")
    print(*told(readings), sep="\n")
    faults = sum(len(one.faults) for one in readings)
    print(f"\n{len(papers)} papers, {faults} faults, {time.perf_counter() - began:.0f} s")
    sys.exit(1 if faults or not papers else 0)


if __name__ == "__main__":
    main()
