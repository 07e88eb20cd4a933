"""EPUB: its type first and bare, every file listed, well-formed, in one language, the same bytes twice."""

import io
import os
import re
import shutil
import subprocess
import zipfile
from xml.etree import ElementTree

import pytest

from havre.publishing.packages.epub import as_epub
from havre.publishing.packages.xhtml import xhtml
from tests.publishing.courses import WORDS, course

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


@pytest.mark.parametrize("language", sorted(WORDS))
def test_epubcheck_finds_nothing(tmp_path, language):
    jar = os.environ.get("HAVRE_EPUBCHECK", "")
    if not jar or shutil.which("java") is None:
        pytest.skip("HAVRE_EPUBCHECK names no epubcheck.jar, or there is no Java")
    path = tmp_path / "book.epub"
    path.write_bytes(as_epub(course(language)))
    done = subprocess.run(["java", "-jar", jar, str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, re.findall(r"^(?:ERROR|WARNING|FATAL).*", done.stdout + done.stderr, re.MULTILINE)) == (0, [])
