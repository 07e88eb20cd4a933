"""Manifests of SCORM 1.2 and SCORM 2004 4th edition: one organisation, one item, one SCO, every file listed.

Sources: ADL, SCORM 1.2 Content Aggregation Model; ADL, SCORM 2004 4th Edition Content Aggregation Model and Sequencing and Navigation.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from havre.publishing.packages.course import PASS_MARK, Course
from havre.publishing.packages.xml import child, written
from havre.publishing.terms import sentences, term

ADL12 = "http://www.adlnet.org/xsd/adlcp_rootv1p2"
METADATA12 = "http://www.imsglobal.org/xsd/imsmd_rootv1p2p1"
ADL2004 = "http://www.adlnet.org/xsd/"
METADATA2004 = "http://ltsc.ieee.org/xsd/LOM"


def manifest12(course: Course, files: tuple[str, ...]) -> bytes:
    """imsmanifest.xml of SCORM 1.2, with the title, language and maker of the package in its own language."""
    root = _root(course, "http://www.imsproject.org/xsd/imscp_rootv1p1p2", {"adlcp": ADL12, "imsmd": METADATA12})
    _described(_schema(root, "1.2"), course, "imsmd", "langstring", "xml:lang")
    item = _item(root, course)
    if course.questions:
        child(item, "adlcp:masteryscore", str(PASS_MARK))
    _resource(root, files, "adlcp:scormtype")
    return written(root)


def manifest2004(course: Course, files: tuple[str, ...]) -> bytes:
    """imsmanifest.xml of SCORM 2004 4th edition: the SCO itself says whether it was completed and passed."""
    names = {name: f"{ADL2004}{name}_v1p3" for name in ("adlcp", "adlseq", "adlnav")}
    root = _root(
        course, "http://www.imsglobal.org/xsd/imscp_v1p1", {**names, "imsss": "http://www.imsglobal.org/xsd/imsss", "lom": METADATA2004}
    )
    _described(_schema(root, "2004 4th Edition"), course, "lom", "string", "language")
    item = _item(root, course)
    sequencing = child(item, "imsss:sequencing")
    if course.questions:
        objectives = child(sequencing, "imsss:objectives")
        primary = child(objectives, "imsss:primaryObjective", objectiveID="passed", satisfiedByMeasure="true")
        child(primary, "imsss:minNormalizedMeasure", str(PASS_MARK / 100))
    child(sequencing, "imsss:deliveryControls", completionSetByContent="true", objectiveSetByContent="true")
    _resource(root, files, "adlcp:scormType")
    return written(root)


def _root(course: Course, namespace: str, prefixes: dict[str, str]) -> Element:
    declared = {f"xmlns:{prefix}": address for prefix, address in prefixes.items()}
    return Element("manifest", {"identifier": course.id, "version": course.document.code, "xmlns": namespace, **declared})


def _schema(root: Element, version: str) -> Element:
    metadata = child(root, "metadata")
    child(metadata, "schema", "ADL SCORM")
    child(metadata, "schemaversion", version)
    return metadata


def _described(metadata: Element, course: Course, prefix: str, string: str, attribute: str) -> None:
    """Title, language and maker in the package's own language. LOM names a string and its language one way in 1.2, another in 2004."""
    language = course.document.language
    made = sentences(language, course.document.country_name, term("made_with", language))
    general = child(child(metadata, f"{prefix}:lom"), f"{prefix}:general")
    for tag, text in (("title", course.document.title), ("language", ""), ("description", made)):
        element = child(general, f"{prefix}:{tag}", "" if text else language)
        if text:
            child(element, f"{prefix}:{string}", text).set(attribute, language)


def _item(root: Element, course: Course) -> Element:
    organisations = child(root, "organizations", default="course")
    organisation = child(organisations, "organization", identifier="course")
    child(organisation, "title", course.document.title)
    item = child(organisation, "item", identifier="item", identifierref="sco", isvisible="true")
    child(item, "title", course.document.title)
    return item


def _resource(root: Element, files: tuple[str, ...], kind: str) -> None:
    resource = child(child(root, "resources"), "resource", identifier="sco", type="webcontent")
    resource.set(kind, "sco")
    resource.set("href", "index.html")
    for name in files:
        child(resource, "file", href=name)
