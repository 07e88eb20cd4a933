"""The course structure of cmi5: one course, one assignable unit. Source: AICC/ADL, cmi5 Specification Profile for xAPI, section 13."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from havre.publishing.packages.course import PASS_MARK, Course
from havre.publishing.packages.xml import child, written
from havre.publishing.terms import sentences, term

NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"


def structure(course: Course, _files: tuple[str, ...]) -> bytes:
    """cmi5.xml. A course with questions is left by passing, one without by reading it through."""
    root = Element("courseStructure", {"xmlns": NAMESPACE})
    whole = child(root, "course", id=f"urn:havre:course:{course.id}")
    _described(whole, course)
    unit = child(root, "au", id=f"urn:havre:unit:{course.id}", moveOn="Passed" if course.questions else "Completed")
    if course.questions:
        unit.set("masteryScore", str(PASS_MARK / 100))
    unit.set("launchMethod", "AnyWindow")
    _described(unit, course)
    child(unit, "url", "index.html")
    return written(root)


def _described(parent: Element, course: Course) -> None:
    document = course.document
    described = sentences(document.language, document.country_name, term("made_with", document.language))
    for tag, text in (("title", document.title), ("description", described)):
        child(child(parent, tag), "langstring", text, lang=document.language)
