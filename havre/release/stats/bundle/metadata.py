"""A release described in the field's formats: Frictionless data package, DDI Codebook 2.5, SDMX-ML 2.1 structure with SDMX-CSV 1.0.

Source: Frictionless Data Package v1; DDI Alliance, DDI-Codebook 2.5; SDMX 2.1, sections 3A and the SDMX-CSV field guide 1.0.
"""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any

from havre.release.stats.bundle.contents import About, Column, Contents, Table, digest_of
from havre.release.stats.protect import HIDDEN
from havre.release.stats.published import COUNT

DDI = "ddi:codebook:2_5"
SDMX = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# SDMX's own codes for a total and for a suppressed observation (cross-domain code lists CL_AREA... use _T; CL_OBS_STATUS has Q)
TOTAL, SUPPRESSED, SHOWN = "_T", "Q", "A"


def data_package(contents: Contents, files: Mapping[str, bytes]) -> dict[str, Any]:
    """`datapackage.json`: every table with its fields, codes, marker of hidden values, size and digest.

    Source: Frictionless Data Package, version 1 (2017).
    """
    about = contents.about
    resources = []
    for table in contents.tables:
        path = f"data/{table.name}.csv"
        fields = [_field(column, table) for column in table.columns]
        if table.kind == "table":
            fields.append({"name": COUNT, "type": "integer", "title": "persons", "constraints": {"minimum": 0}})
        resources.append(
            {
                "name": table.name,
                "path": path,
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(files[path]),
                "hash": f"sha256:{digest_of(files[path])}",
                "schema": {"fields": fields, "missingValues": ["", HIDDEN] if table.kind == "table" else [""]},
            }
        )
    found: dict[str, Any] = {
        "name": re.sub(r"[^a-z0-9._-]+", "-", about.release.lower()).strip("-") or "release",
        "profile": "tabular-data-package",
        "id": about.release,
        "title": about.title,
        "description": about.description,
        "version": about.version,
        "created": f"{about.issued}T00:00:00Z",
        "contributors": [{"title": about.publisher, "role": "publisher"}],
        "resources": resources,
    }
    if about.licence:
        found["licenses"] = [{"name": about.licence}]
    return found


def _field(column: Column, table: Table) -> dict[str, Any]:
    described: dict[str, Any] = {"name": column.name, "type": "string", "title": column.label}
    if column.origin:
        described["description"] = f"codes from: {column.origin}"
    if column.codes:
        extra = [HIDDEN] if table.kind == "rows" and HIDDEN in table.frame[column.name] else []
        described["constraints"] = {"enum": [*column.codes, *extra]}
    return described


def _xml(root: ET.Element) -> bytes:
    ET.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="utf-8") + b"\n"


def _inside(parent: ET.Element, path: str, text: str = "", **attributes: str) -> ET.Element:
    """The last element of a path of names below `parent`, made where it is not there."""
    node = parent
    space = parent.tag.partition("}")[0] + "}"
    for name in path.split("/"):
        found = node.find(space + name)
        node = ET.SubElement(node, space + name) if found is None else found
    node.text = text or node.text
    node.attrib.update(attributes)
    return node


def ddi(contents: Contents) -> bytes:
    """`ddi.xml`: study, files and variables with their categories.

    Source: DDI Codebook 2.5 (2012).
    """
    ET.register_namespace("", DDI)
    about = contents.about
    root = ET.Element(f"{{{DDI}}}codeBook", {"version": "2.5", XML_LANG: about.language})
    study = ET.SubElement(root, f"{{{DDI}}}stdyDscr")
    _inside(study, "citation/titlStmt/titl", about.title)
    _inside(study, "citation/titlStmt/IDNo", about.release)
    _inside(study, "citation/prodStmt/producer", about.publisher)
    _inside(study, "citation/prodStmt/prodDate", about.issued, date=about.issued)
    _inside(study, "citation/distStmt/contact", about.contact)
    _inside(study, "citation/verStmt/version", about.version)
    _inside(study, "stdyInfo/abstract", about.description or about.title)
    _inside(study, "stdyInfo/sumDscr/timePrd", about.period or "not stated")
    _inside(study, "stdyInfo/sumDscr/universe", about.coverage or "not stated")
    _inside(study, "method/anlyInfo/dataAppr", f"{contents.public['family']}: {contents.public['method']}")
    for number, table in enumerate(contents.tables, 1):
        file = ET.SubElement(root, f"{{{DDI}}}fileDscr", {"ID": f"F{number}"})
        _inside(file, "fileTxt/fileName", f"data/{table.name}.csv")
    described = ET.SubElement(root, f"{{{DDI}}}dataDscr")
    for number, table in enumerate(contents.tables, 1):
        for place, column in enumerate(table.columns, 1):
            variable = ET.SubElement(described, f"{{{DDI}}}var", {"ID": f"F{number}V{place}", "name": column.name, "files": f"F{number}"})
            ET.SubElement(variable, f"{{{DDI}}}labl").text = column.label
            for code, label in column.codes.items():
                category = ET.SubElement(variable, f"{{{DDI}}}catgry")
                ET.SubElement(category, f"{{{DDI}}}catValu").text = code
                ET.SubElement(category, f"{{{DDI}}}labl").text = label
        if table.kind == "table":
            count = ET.SubElement(
                described, f"{{{DDI}}}var", {"ID": f"F{number}N", "name": COUNT, "files": f"F{number}", "intrvl": "discrete"}
            )
            ET.SubElement(count, f"{{{DDI}}}labl").text = f"persons; {HIDDEN} is hidden"
    return _xml(root)


def sdmx_id(text: str) -> str:
    """A code as an SDMX identifier: letters, digits, `_`, `-`; its name keeps the text.

    Source: SDMX 2.1 (ISO 17369:2013), the type of an id.
    """
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text) or "_U"


def sdmx_structure(contents: Contents) -> bytes:
    """`sdmx-structure.xml`: code lists, concepts, one data structure and one dataflow a count table. Agency HAVRE, version 1.0.

    Source: SDMX-ML 2.1 (ISO 17369:2013).
    """
    message, structure, common = (SDMX + part for part in ("message", "structure", "common"))
    for prefix, space in (("mes", message), ("str", structure), ("com", common)):
        ET.register_namespace(prefix, space)
    root = ET.Element(f"{{{message}}}Structure")
    head = ET.SubElement(root, f"{{{message}}}Header")
    ET.SubElement(head, f"{{{message}}}ID").text = sdmx_id(contents.about.release)
    ET.SubElement(head, f"{{{message}}}Test").text = "false"
    ET.SubElement(head, f"{{{message}}}Prepared").text = f"{contents.about.issued}T00:00:00Z"
    ET.SubElement(head, f"{{{message}}}Sender", {"id": "HAVRE"})
    body = ET.SubElement(root, f"{{{message}}}Structures")
    flows, lists, concepts, structures = (
        ET.SubElement(body, f"{{{structure}}}{name}") for name in ("Dataflows", "Codelists", "Concepts", "DataStructures")
    )
    counts = [table for table in contents.tables if table.kind == "table"]
    named = {column.name: column for table in counts for column in table.columns}
    for column in named.values():
        codes = {TOTAL: "total", **{sdmx_id(code): label for code, label in column.codes.items()}}
        _code_list(lists, structure, common, f"CL_{sdmx_id(column.name)}", column.label, codes)
    _code_list(lists, structure, common, "CL_OBS_STATUS", "observation status", {SHOWN: "shown", SUPPRESSED: "suppressed"})
    scheme = _maintained(concepts, structure, common, "ConceptScheme", "CONCEPTS", "concepts")
    for name, label in [(column.name, column.label) for column in named.values()] + [("OBS_VALUE", COUNT), ("OBS_STATUS", "status")]:
        _named(ET.SubElement(scheme, f"{{{structure}}}Concept", {"id": sdmx_id(name)}), common, label)
    for table in counts:
        _structure_of(table, structures, flows, structure, common)
    return _xml(root)


def _named(node: ET.Element, common: str, label: str) -> ET.Element:
    ET.SubElement(node, f"{{{common}}}Name", {XML_LANG: "en"}).text = label
    return node


def _maintained(parent: ET.Element, structure: str, common: str, kind: str, name: str, label: str) -> ET.Element:
    return _named(ET.SubElement(parent, f"{{{structure}}}{kind}", {"id": name, "agencyID": "HAVRE", "version": "1.0"}), common, label)


def _code_list(parent: ET.Element, structure: str, common: str, name: str, label: str, codes: Mapping[str, str]) -> None:
    node = _maintained(parent, structure, common, "Codelist", name, label)
    for code, text in codes.items():
        _named(ET.SubElement(node, f"{{{structure}}}Code", {"id": code}), common, text)


def _structure_of(table: Table, structures: ET.Element, flows: ET.Element, structure: str, common: str) -> None:
    name = sdmx_id(table.name).upper()
    node = _maintained(structures, structure, common, "DataStructure", f"DSD_{name}", table.name)
    parts = ET.SubElement(node, f"{{{structure}}}DataStructureComponents")
    dimensions = ET.SubElement(parts, f"{{{structure}}}DimensionList", {"id": "DimensionDescriptor"})
    for place, column in enumerate(table.columns, 1):
        dimension = ET.SubElement(dimensions, f"{{{structure}}}Dimension", {"id": sdmx_id(column.name), "position": str(place)})
        _component(dimension, structure, column.name, f"CL_{sdmx_id(column.name)}")
    attributes = ET.SubElement(parts, f"{{{structure}}}AttributeList", {"id": "AttributeDescriptor"})
    status = ET.SubElement(attributes, f"{{{structure}}}Attribute", {"id": "OBS_STATUS", "assignmentStatus": "Mandatory"})
    _component(status, structure, "OBS_STATUS", "CL_OBS_STATUS")
    ET.SubElement(ET.SubElement(status, f"{{{structure}}}AttributeRelationship"), f"{{{structure}}}PrimaryMeasure").append(
        ET.Element("Ref", {"id": "OBS_VALUE"})
    )
    measures = ET.SubElement(parts, f"{{{structure}}}MeasureList", {"id": "MeasureDescriptor"})
    _component(ET.SubElement(measures, f"{{{structure}}}PrimaryMeasure", {"id": "OBS_VALUE"}), structure, "OBS_VALUE", "")
    flow = _maintained(flows, structure, common, "Dataflow", name, table.name)
    ET.SubElement(flow, f"{{{structure}}}Structure").append(_reference(f"DSD_{name}", "DataStructure", "datastructure"))


def _reference(name: str, kind: str, package: str) -> ET.Element:
    return ET.Element("Ref", {"id": name, "agencyID": "HAVRE", "version": "1.0", "class": kind, "package": package})


def _component(node: ET.Element, structure: str, concept: str, codes: str) -> None:
    identity = ET.SubElement(node, f"{{{structure}}}ConceptIdentity")
    ET.SubElement(
        identity,
        "Ref",
        {
            "id": sdmx_id(concept),
            "maintainableParentID": "CONCEPTS",
            "maintainableParentVersion": "1.0",
            "agencyID": "HAVRE",
            "class": "Concept",
            "package": "conceptscheme",
        },
    )
    if codes:
        local = ET.SubElement(node, f"{{{structure}}}LocalRepresentation")
        ET.SubElement(local, f"{{{structure}}}Enumeration").append(_reference(codes, "Codelist", "codelist"))


def sdmx_csv(table: Table) -> bytes:
    """One count table as SDMX-CSV 1.0: `_T` is a total; a hidden count is empty with status Q.

    Source: SDMX-CSV 1.0; CL_OBS_STATUS of the SDMX cross-domain code lists (ISO 17369:2013).
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    names = [column.name for column in table.columns]
    writer.writerow(["DATAFLOW", *map(sdmx_id, names), "OBS_VALUE", "OBS_STATUS"])
    for row in table.frame.select(*names, COUNT).iter_rows():
        hidden = row[-1] == HIDDEN
        codes = [sdmx_id(code) if code else TOTAL for code in row[:-1]]
        flow = f"HAVRE:{sdmx_id(table.name).upper()}(1.0)"
        writer.writerow([flow, *codes, "" if hidden else row[-1], SUPPRESSED if hidden else SHOWN])
    return text.getvalue().encode()


def read_me(about: About, public: Mapping[str, Any]) -> bytes:
    """`README.txt`, in French and English: what this is, how it is protected, how to check it."""
    return (
        f"{about.title}\n{about.publisher}, {about.issued}, version {about.version}\n"
        f"Corrections, retrait / corrections, withdrawal: {about.contact}\n\n"
        "FR  Aucune personne ne peut être reconnue ici. proof.json dit comment les données sont protégées et quelles attaques elles ont\n"
        "    subies ; manifest.json donne l'empreinte de chaque fichier ; signature.json est la signature de manifest.json (Ed25519).\n"
        "    Vérifier : havre release verify FICHIER --public-key CLE.pem\n\n"
        "EN  Nobody can be recognised here. proof.json says how the data are protected and which attacks they went through;\n"
        "    manifest.json gives every file's digest; signature.json is the signature of manifest.json (Ed25519).\n"
        "    Check: havre release verify FILE --public-key KEY.pem\n\n"
        f"{public['family']}: {public['method']}\n"
    ).encode()
