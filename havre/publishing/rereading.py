"""What the author of a question read: today's fingerprint of its row, written beside the question without touching another byte of its file."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from havre.publishing import questions
from havre.publishing.binding import Binding
from havre.publishing.sources import SOURCE
from havre.trust.errors import Invalid


def mark(file: str, country: str, *, on: date, again: Collection[str] = ()) -> list[str]:
    """Write `read` for the questions of a file that lack it, and anew for those in `again`; gives their ids.

    Raises: Invalid for an id that the file does not have, or a question whose row is not there.
    """
    path = SOURCE / f"{file}.yaml"
    known = {one.id: one for one in questions.read(file)}
    problems = [f"{file} has no question {id}" for id in again if id not in known]
    prints: dict[str, str] = {}
    for one in known.values():
        if questions.compared(one) and (not one.read or one.id in again):
            try:
                prints[one.id] = questions.row_of(one, Binding(one.only[0] if one.only else country, "en", on))
            except KeyError:
                problems.append(f"{one.id} rests on {one.about[1]}, which is not there: mend `about`")
    if problems:
        raise Invalid({"questions": [*problems]})
    path.write_text(marked(path.read_text(encoding="utf-8"), prints), encoding="utf-8")
    questions.read.cache_clear()
    questions.bank.cache_clear()
    return list(prints)


def marked(text: str, prints: dict[str, str]) -> str:
    """The text of a file with each question's `read` put in or replaced; every other line stays as it is."""
    lines = text.splitlines()
    for id, found in prints.items():
        start = next(place for place, line in enumerate(lines) if re.fullmatch(rf"\s*- id: ['\"]?{re.escape(id)}['\"]?", line))
        dash = lines[start].index("-")
        end = start + 1
        while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > dash):
            end += 1
        while not lines[end - 1].strip():
            end -= 1
        new = f"{' ' * (dash + 2)}read: '{found}'"
        old = next((place for place in range(start, end) if re.match(rf"\s{{{dash + 2}}}read:", lines[place])), None)
        if old is None:
            lines.insert(end, new)
        else:
            lines[old] = new
    return "\n".join(lines) + "\n"
