"""A copy that leaves: the standard's table, and beside it a sidecar with what the standard cannot say, so that nothing is lost unseen."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre.register.exchange import vocabulary
from havre.register.exchange.problems import Problem
from havre.register.exchange.records import COPY_MARK, Draft
from havre.register.exchange.values import Day
from havre.register.exchange.workbooks import refuse

TABLE, SIDECAR = "htcds", "sidecar.json"
MARK = COPY_MARK
FORMAT = 1
_SAYINGS = frozenset({"yes", "no", "unknown"})
_MOST = 64 * 1024 * 1024


@dataclass(frozen=True)
class Sidecar:
    """What HTCDS cannot say, by row of the table: record, full coded lists, events, precision of birth, age told, unmapped words."""

    rows: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)

    def complete(self, draft: Draft) -> None:
        """Put back into a draft what its row could not hold. Values that no list knows are left out."""
        entry = self.rows.get(draft.row)
        if entry is None:
            return
        try:
            self._complete(draft, entry)
        except (KeyError, ValueError, TypeError, AttributeError):
            draft.problems.append(Problem(draft.row, "", "", "", "sidecar_broken"))

    def _complete(self, draft: Draft, entry: Mapping[str, Any]) -> None:
        draft.person_ref = UUID(entry["record"])
        for name, found in entry.get("coded", {}).items():
            if name in vocabulary.fields() or name == "havre_Vulnerability":
                draft.coded[name] = [value for value in found if _known(name, value)]
        if "events" in entry:
            draft.events = {number: _event(event) for number, event in enumerate(entry["events"])}
            draft.problems = [problem for problem in draft.problems if problem.code != "event_without_type"]
        if "birth" in entry:
            draft.birth = day_of(entry["birth"])
            draft.identity["prs_Birthdate"] = draft.birth.iso
        if "age_told" in entry:
            draft.age_told = int(entry["age_told"])
        draft.record_id = str(entry.get("record_id", ""))
        draft.other.update({str(name): str(words) for name, words in entry.get("other", {}).items()})


def _known(name: str, value: Any) -> bool:
    if name == "havre_Vulnerability":
        return value in vocabulary.VULNERABILITIES.values()
    kind = vocabulary.fields()[name].kind
    if kind in ("one", "many"):
        return value in vocabulary.picklist(name).values()
    return kind != "yes_no" or value in _SAYINGS


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    read = {name: str(words) for name, words in event.get("words", {}).items()}
    return {**read, "kind": event.get("kind"), "country": event.get("country"), "on": day_of(event["on"]) if event.get("on") else None}


def day_of(iso: str) -> Day:
    """A date with its precision from 2001, 2001-05 or 2001-05-31."""
    precision = {4: "year", 7: "month"}.get(len(iso), "day")
    return Day(date.fromisoformat((iso + "-01-01")[:10]), precision)


def pack(table: bytes, form: str, sidecar: Mapping[str, Any]) -> bytes:
    """One zip archive, always the same for the same content."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            (f"{TABLE}.{form}", table),
            (SIDECAR, json.dumps(sidecar, ensure_ascii=False, sort_keys=True, indent=1).encode()),
        ):
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unpack(source: BinaryIO) -> tuple[BinaryIO, Sidecar | None]:
    """The table and the sidecar of one of our own packages; any other file as it is, without a sidecar.

    Raises: Invalid when it is one of ours and damaged, too big, or of a later form.
    """
    source.seek(0)
    try:
        with zipfile.ZipFile(source) as archive:
            tables = [part for part in archive.infolist() if part.filename.startswith(TABLE + ".")]
            if SIDECAR not in archive.namelist() or len(tables) != 1:
                source.seek(0)
                return source, None
            if sum(part.file_size for part in archive.infolist()) > _MOST:
                refuse(_("Unpacked, the copy would take more than %(most)s MB: ask for it in parts."), most=_MOST // 1_048_576)
            said = json.loads(archive.read(SIDECAR))
            table: BinaryIO = io.BytesIO(archive.read(tables[0]))
    except zipfile.BadZipFile:
        source.seek(0)
        return source, None
    except (ValueError, KeyError, EOFError):
        refuse(_("The copy is damaged. Ask its sender for another."))
    if said.get("format") != FORMAT:
        refuse(_("The copy was made by a later version of Havre. Update this instance first."))
    if tables[0].filename.endswith(".json"):
        table = _as_csv(table)
    return table, Sidecar({int(number): entry for number, entry in said.get("rows", {}).items()})


def _as_csv(table: BinaryIO) -> BinaryIO:
    from havre.register.exchange.tables import csv_table  # only this path writes a table while reading one

    return io.BytesIO(csv_table([{str(k): str(v) for k, v in row.items()} for row in json.load(table)["rows"]], ""))
