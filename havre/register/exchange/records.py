"""From a row to what Havre keeps of it: coded facts, sealed words, events, a claim; every doubt said as a problem."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from havre.register.exchange import values, vocabulary
from havre.register.exchange.mapping import IGNORE, Column, Plan
from havre.register.exchange.problems import Bad, Problem
from havre.register.exchange.sheets import CELL
from havre.register.exchange.values import Day, text_of
from havre.register.exchange.workbooks import CellError, Formula, Merged

# said once for each column, not for each row
ONCE = frozenset({"claim", "consent_reported", "date_serial", "date_buddhist", "several_exported_first", "value_extension", "value_coarse"})
EVENT_WORDS = frozenset({"hte_Longitude", "hte_Latitude", "hte_City", "hte_State", "hte_Street", "hte_PostalCode", "hte_Description"})


@dataclass(slots=True)
class Draft:
    """One row, read. `content` is its canonical text, from which its digest is made; nothing of it is stored as it is."""

    row: int
    content: str
    cells: Sequence[Any] = ()
    record_id: str = ""
    # the person's id in the instance that made the copy, where the row comes from one
    person_ref: UUID | None = None
    identity: dict[str, Any] = field(default_factory=dict)
    whereabouts: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    protection: dict[str, str] = field(default_factory=dict)
    other: dict[str, str] = field(default_factory=dict)
    coded: dict[str, list[str]] = field(default_factory=dict)
    events: dict[int, dict[str, Any]] = field(default_factory=dict)
    birth: Day | None = None
    age_told: int | None = None
    age_when_trafficked: int | None = None
    reported_on: date | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def rejected(self) -> bool:
        return any(problem.rejects for problem in self.problems)

    def pop(self, name: str) -> str:
        """Take a coded value out: it lives in a column of its own. "" when not recorded."""
        return next(iter(self.coded.pop(name, ())), "")


# the last row of a copy made by Havre names the copy, not a person
COPY_MARK = "# Havre copy"
Read = tuple[Any, values.Codes]


class Reader:
    """Reads the rows of one sheet by its plan. Values are remembered by spelling, so that a picklist is matched once."""

    def __init__(self, plan: Plan, *, today: date, whole_rows: bool = False) -> None:
        self.plan, self.today, self.whole_rows = plan, today, whole_rows
        self._columns = tuple(column for column in plan.columns if column.target != IGNORE)
        self._width = len(plan.columns)
        self._said: set[tuple[str, str]] = set()
        self._seen: dict[tuple[str, str], Read | Bad] = {}
        self._readers = {name: self._reader(name) for name in vocabulary.fields()}

    def read(self, row: int, cells: Sequence[Any]) -> Draft | None:
        """One row, or None when nothing but its number stands in it."""
        present = [(c, cells[c.index]) for c in self._columns if c.index < len(cells)]
        filled = [(c, cell) for c, cell in present if cell not in (None, "") or type(cell) is Merged]
        texts = [(column, cell, text_of(cell)) for column, cell in filled]
        texts = [(c, cell, text) for c, cell, text in texts if (text or isinstance(cell, Merged)) and not (c.nameless and text.isdecimal())]
        if not texts or texts[0][2].startswith(COPY_MARK):
            return None
        said = sorted((c.target or c.header, c.value, c.group, t) for c, _cell, t in texts if c.target != "havre_RecordId")
        draft = Draft(row, json.dumps(said), cells)
        self._check_width(draft, cells)
        for column, cell, text in texts:
            self._take(draft, column, cell, text)
        self._finish(draft)
        return draft

    def _check_width(self, draft: Draft, cells: Sequence[Any]) -> None:
        # a CSV row comes whole, its empty cells included; a workbook leaves the last ones out
        if self.whole_rows and len(cells) < self._width:
            draft.problems.append(Problem(draft.row, "", "", str(len(cells)), "short_row"))
        if any(cell not in (None, "") for cell in cells[self._width :]):
            draft.problems.append(Problem(draft.row, "", "", str(len(cells)), "long_row"))

    def _take(self, draft: Draft, column: Column, cell: Any, text: str) -> None:
        code = _unreadable(cell, text)
        if code:
            self._say(draft, column, text, (code,))
        elif not column.target:
            draft.other[column.header] = text
        elif column.value:
            self._take_flag(draft, column, text)
        else:
            self._readers[column.target](draft, column, cell, text)

    def _take_flag(self, draft: Draft, column: Column, text: str) -> None:
        answer = self._cached("yes_no", text, values.read_yes_no, draft, column)
        if answer == "yes":
            found = draft.coded.setdefault(column.target, [])
            if column.value not in found:
                found.append(column.value)
        elif answer == "no":
            # every box answered no is "asked, none", which is not "not recorded"
            draft.coded.setdefault(column.target, [])

    def _reader(self, name: str) -> Callable[[Draft, Column, Any, str], None]:
        kind, place = vocabulary.fields()[name].kind, vocabulary.fields()[name].place
        own = {
            "prs_Birthdate": self._birth,
            "havre_Age": self._age,
            "vic_AgeWhenTrafficked": self._age,
            "havre_RecordId": self._record_id,
            "havre_ReportedOn": self._reported_on,
        }
        if name in own:
            return own[name]
        if place == "event":
            return self._event
        return self._words if kind in ("text", "long") or place == "whereabouts" else self._coded

    def _coded(self, draft: Draft, column: Column, cell: Any, text: str) -> None:
        name = column.target
        kind = vocabulary.fields()[name].kind
        if kind == "date":
            day = self._direct(
                draft, column, text, lambda: values.read_date(cell, today=self._horizon(name), month_first=self.plan.month_first)
            )
            found = [day.iso] if day else None
        elif kind == "number":
            number = self._direct(draft, column, text, lambda: values.read_number(cell))
            found = None if number is None else [str(number)]
        elif kind in ("one", "many"):
            found = self._cached(name, text, lambda raw: values.read_values(raw, name), draft, column)
        else:
            read: Callable[[Any], Read] = _SIMPLE[kind]
            answer = self._cached(kind, text, read, draft, column)
            found = answer if isinstance(answer, list) or answer is None else [answer]
        if not found:
            return
        already = draft.coded.setdefault(name, [])
        more = [value for value in found if value not in already]
        if already and more and not vocabulary.fields()[name].many:
            self._say(draft, column, text, ("value_several",))
        already.extend(more)

    def _horizon(self, name: str) -> date:
        # a plan ends in the future; every other date has happened
        return date.max if name == "spl_PlannedEndDate" else self.today

    def _birth(self, draft: Draft, column: Column, cell: Any, text: str) -> None:
        read = self._direct(draft, column, text, lambda: values.read_birth(cell, today=self.today, month_first=self.plan.month_first))
        if isinstance(read, Day):
            draft.birth = read
            draft.identity["prs_Birthdate"] = read.iso
        elif read is not None:
            draft.age_told = read

    def _age(self, draft: Draft, column: Column, cell: Any, text: str) -> None:
        age = self._cached("age", text, values.read_age, draft, column)
        if column.target == "havre_Age":
            draft.age_told = draft.age_told if age is None else age
        else:
            draft.age_when_trafficked = age

    def _record_id(self, draft: Draft, _column: Column, _cell: Any, text: str) -> None:
        draft.record_id = text

    def _reported_on(self, draft: Draft, column: Column, cell: Any, text: str) -> None:
        day = self._direct(draft, column, text, lambda: values.read_date(cell, today=self.today, month_first=self.plan.month_first))
        draft.reported_on = day.on if day else None

    def _event(self, draft: Draft, column: Column, cell: Any, text: str) -> None:
        event = draft.events.setdefault(column.group, {})
        if column.target in EVENT_WORDS:
            event[column.target] = text
        elif column.target == "hte_Country":
            event["country"] = self._cached("country", text, values.read_country, draft, column)
        elif column.target == "hte_Type":
            event["kind"] = (self._cached("hte_Type", text, lambda raw: values.read_values(raw, "hte_Type"), draft, column) or [None])[0]
        else:
            event["on"] = self._direct(
                draft, column, text, lambda: values.read_date(cell, today=self.today, month_first=self.plan.month_first)
            )

    def _words(self, draft: Draft, column: Column, _cell: Any, text: str) -> None:
        place = getattr(draft, vocabulary.fields()[column.target].place)
        before = place.get(column.target)
        if before is not None and before != text:
            self._say(draft, column, text, ("value_several",))
        else:
            place[column.target] = text

    def _finish(self, draft: Draft) -> None:
        for event in draft.events.values():
            if not event.get("kind"):
                draft.problems.append(Problem(draft.row, "hte_Type", "hte_Type", "", "event_without_type"))
        if draft.coded.get("vic_TraffickingStatus") == ["ActualVictimOfTrafficking"]:
            whole = "vic_TraffickingStatusDecisionMakingOrg" in draft.coded
            self._note(draft, "vic_TraffickingStatus", "claim" if whole else "claim_without_body")
        if draft.coded.get("con_Consent") == ["yes"]:
            self._note(draft, "con_Consent", "consent_reported")
        if "vic_Vulnerabilities" in draft.coded:
            draft.coded["havre_Vulnerability"] = sorted({vocabulary.VULNERABILITIES[v] for v in draft.coded["vic_Vulnerabilities"]})

    def _note(self, draft: Draft, name: str, code: str) -> None:
        if code in ONCE:
            if (name, code) in self._said:
                return
            self._said.add((name, code))
        draft.problems.append(Problem(draft.row, name, name, "", code))

    def _cached(self, kind: str, text: str, read: Callable[[Any], Read], draft: Draft, column: Column) -> Any:
        key = (kind, text)
        known = self._seen.get(key)
        if known is None:
            try:
                known = read(text)
            except Bad as bad:
                known = bad
            if len(self._seen) < 50_000:
                self._seen[key] = known
        if isinstance(known, Bad):
            self._say(draft, column, text, (known.code,))
            return None
        found, codes = known
        if codes:
            self._say(draft, column, text, codes)
        return found

    def _direct(self, draft: Draft, column: Column, text: str, read: Callable[[], Read]) -> Any:
        try:
            found, codes = read()
        except Bad as bad:
            self._say(draft, column, text, (bad.code,))
            return None
        if codes:
            self._say(draft, column, text, codes)
        return found

    def _say(self, draft: Draft, column: Column, text: str, codes: Sequence[str]) -> None:
        for code in dict.fromkeys(codes):
            if code in ONCE:
                if (column.header, code) in self._said:
                    continue
                self._said.add((column.header, code))
            draft.problems.append(Problem(draft.row, column.header, column.target, text, code))


_SIMPLE: dict[str, Callable[[Any], Read]] = {
    "yes_no": values.read_yes_no,
    "country": values.read_country,
    "countries": values.read_countries,
    "language": values.read_language,
}


def _unreadable(cell: Any, text: str) -> str:
    if isinstance(cell, Formula):
        return "formula"
    if isinstance(cell, CellError):
        return "cell_error"
    if isinstance(cell, Merged):
        return "merged"
    return "text_too_long" if len(text) > CELL else ""
