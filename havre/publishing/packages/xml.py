"""XML from the standard library: trees written the same every time, and read only where nothing in them can reach out."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement
from xml.parsers import expat

from havre.trust.errors import Invalid

Attributes = Mapping[str, str]


def child(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    """An element in another. A prefix is written as it is declared; `_` at the end of a name that Python keeps is dropped."""
    made = SubElement(parent, tag, {name.rstrip("_"): value for name, value in attributes.items()})
    made.text = text or None
    return made


def written(root: Element) -> bytes:
    """The bytes of a tree, with declaration and one element a line."""
    ElementTree.indent(root, " ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="utf-8") + b"\n"


def read(content: bytes, name: str) -> Element:
    """The tree of a file from outside. Raises: Invalid, with line, for what is no XML or declares entities of its own."""
    parser = expat.ParserCreate()

    def refuse(*_declared: object) -> None:
        raise Invalid({"file": [f"{name}, line {parser.CurrentLineNumber}: it declares a document type. Take the DOCTYPE out."]})

    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
        return ElementTree.fromstring(content)
    except (expat.ExpatError, ElementTree.ParseError) as error:
        raise Invalid({"file": [f"{name}: {error}. It is no XML: export it again from the translation tool."]}) from error
