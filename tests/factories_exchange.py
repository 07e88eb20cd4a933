"""Sheets as people send them: each function writes a small file in a published layout, faults included. All persons are made up."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence

import openpyxl

TEMPLATE_NAMES = (
    "",
    *("cas_CaseOwner", "prs_Salutation", "prs_FirstName", "prs_SecondName", "con_Consent", "prs_Birthdate", "prs_Gender"),
    *("prs_Citizenship", "prs_Title", "prs_Email", "prs_HomePhone", "prs_MobilePhone", "prs_MailingCity", "prs_MailingCountry"),
    *("prs_MailingState", "prs_MailingStreet", "prs_MailingPostalCode", "vic_TraffickingStatus", "vic_TraffickinStatusDecisionMakingOrg"),
    *("vic_MethodOfRecruitment", "vic_LocationOfRecruitment", "vic_MethodsOfControl", "vic_TypeOfExploitation"),
    *("vic_ForcedLabourIndustry", "vic_TypeOfSexExploitation", "vic_LocationOfExploitation", "cas_Status", "cas_ReferringOrganisation"),
    *("cas_IncomingReferralDate", "cas_ReferringPrimaryCaseWorker", "cas_ReasonForIncomingReferral", "cas_IncomingReferralDetails"),
    *("cas_ReferredOrganisation", "cas_ReferredPrimaryCaseWorker", "", "cas_OutgoingReferralDate", "cas_OutgoingReferralDetails"),
    "cas_ReasonForCaseClosure",
)
TEMPLATE_LABELS = (
    "",
    *("Case Owner", "Salutation", "First Name", "Second Name", "Consent", "Birthdate", "Gender", "Citizenship", "Title", "Email"),
    *("Home Phone", "Mobile Phone", "Mailing Street", "Mailing City", "Mailing State/Province", "Mailing Zip/Postal Code"),
    *("Mailing Country", "Trafficking Status", "Trafficking Status Decision Making Organization", "Method of Recruitment"),
    *("Location of Recruitment", "Methods of Control", "Type of Exploitation", "Forced Labour Industry", "Type of Sex Exploitation"),
    *("Location of Exploitation", "Status", "Referring Organisation", "Incoming Referral Date", "Referring Primary Case Worker"),
    *("Reason for Incoming Referral", "Incoming Referral Details", "Referred Organisation", "Referred Primary Case Worker"),
    *("Reason for Outgoing Referral", "Outgoing Referral Date", "Outgoing Referral Details", "Reason for Case Closure"),
)


def csv_file(rows: Sequence[Sequence[object]], *, encoding: str = "utf-8", delimiter: str = ",") -> io.BytesIO:
    """A CSV of these rows, header included."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return io.BytesIO(text.getvalue().encode(encoding))


def sheet(**columns: Sequence[object] | object) -> io.BytesIO:
    """A CSV by columns: a list for several rows, anything else for one."""
    lists = {name: value if isinstance(value, list) else [value] for name, value in columns.items()}
    return csv_file([list(lists), *zip(*lists.values(), strict=True)])


def excel_file(*sheets: Sequence[Sequence[object]], merge: str = "", names: Sequence[str] = ()) -> io.BytesIO:
    """A workbook with one sheet for each list of rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        page = book.create_sheet(names[number] if names else f"Sheet{number + 1}")
        for row in rows:
            page.append(list(row))
        if merge:
            page.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return io.BytesIO(out.getvalue())


def template(*rows: dict[str, object], blank: int = 1_000) -> io.BytesIO:
    """The published workbook: names, labels that contradict them, numbered empty rows. A row's keys are the letters of the columns."""
    book = openpyxl.Workbook()
    page = book.active
    page.append(list(TEMPLATE_NAMES))
    page.append(list(TEMPLATE_LABELS))
    for number in range(blank):
        page.cell(number + 3, 1, number + 1)
    for number, row in enumerate(rows):
        for letters, value in row.items():
            page[f"{letters}{number + 3}"] = value
    out = io.BytesIO()
    book.save(out)
    return io.BytesIO(out.getvalue())


def ods_file(rows: Sequence[Sequence[str]]) -> io.BytesIO:
    """An OpenDocument spreadsheet, its line breaks as paragraphs, as the standard's is."""
    body = []
    for row in rows:
        cells = "".join(
            "<table:table-cell>" + "".join(f"<text:p>{_escape(line)}</text:p>" for line in cell.split("\n")) + "</table:table-cell>"
            if cell
            else "<table:table-cell/>"
            for cell in row
        )
        body.append(f"<table:table-row>{cells}</table:table-row>")
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{space}:office:1.0" xmlns:table="{space}:table:1.0" '
        f'xmlns:text="{space}:text:1.0"><office:body><office:spreadsheet><table:table table:name="Field_Standards">'
        + "".join(body)
        + "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return io.BytesIO(out.getvalue())


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
