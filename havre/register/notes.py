"""Notes of a case: a row that says when, who and in which section; its words are sealed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.register.models import Case, Note, Person
from havre.trust import audit, identity, policy
from havre.trust.actors import Actor
from havre.trust.contracts import Entry
from havre.trust.enums import Section
from havre.trust.errors import Invalid

KIND = "note"
LONGEST = 4_000


@trust.act("note.add")
def add(*, case_id: UUID, person_id: UUID, section: Section, happened_at: datetime, words: str, by: Actor) -> Note:
    """Write one note in one section of a case and seal its words.

    Args: section, a single one; happened_at, aware, not in the future; words, 1 to 4,000 characters.
    Raises: Missing when the case or the person is not there for this actor; Refused (403) when the section may not be written; Invalid.
    """
    words = words.strip()
    problems: dict[str, list] = {}
    if not words:
        problems["words"] = [_("write at least one word")]
    if len(words) > LONGEST:
        problems["words"] = [_("a note holds 4,000 characters: split it in two")]
    if happened_at > timezone.now():
        problems["happened_at"] = [_("this moment is still to come: give the moment at which it happened")]
    if problems:
        raise Invalid(problems)
    case = Case.objects.visible_to(by).get_or_missing(pk=case_id)
    person = Person.objects.visible_to(by).get_or_missing(pk=person_id, case_id=case.pk)
    note = Note.objects.add(
        by=by,
        case=case,
        person=person,
        section_bit=int(section),
        happened_at=happened_at,
        by_id=by.user.pk,
        organisation_id=by.organisation_id,
    )
    identity.write(by=by, case_id=case.pk, person_id=person.pk, section=section, kind=KIND, body={"words": words}, record_id=note.pk)
    audit.record(event="note.add", by=by, subject=person.pk, case_id=case.pk, codes={"section": section.code})
    return note


def opened(ground: policy.Ground, lines: list[Entry]) -> list[Entry]:
    """The same lines with the words of those that are notes, where the actor of this ground may read them: two queries for any number."""
    records = [line.record for line in lines if line.record is not None]
    words = identity.read_records(by=ground.actor, kind=KIND, record_ids=records, ground=ground) if records else {}
    return [replace(line, words=words.get(line.record, {}).get("words", "")) if line.record else line for line in lines]
