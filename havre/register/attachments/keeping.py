"""Acts and reads of files: seal the original and the clean copy, list, open. Every opening asks the policy and leaves its line."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.register.attachments.cleaning import clean
from havre.register.attachments.kinds import judge
from havre.register.models import Attachment, AttachmentCopy, Case, Person
from havre.trust import audit, identity, policy
from havre.trust.actors import Actor
from havre.trust.enums import Act, Section
from havre.trust.errors import Invalid, Refused
from havre.trust.ids import new_id
from havre.trust.records import CaseQuerySet

KIND = "attachment"
SHOWN = 100
# of one case; a file is 8 MB at most
MOST_FILES = 200
Part = AttachmentCopy.Part


@dataclass(frozen=True, slots=True)
class Opened:
    """Bytes on their way to a reader: a neutral name, a content type from a closed list."""

    name: str
    content_type: str
    sha256: str
    content: bytes = field(repr=False)


@trust.act("attachment.add")
def add(*, case_id: UUID, person_id: UUID, section: Section, data: bytes, name: str = "", by: Actor) -> Attachment:
    """Keep a file in one section of a case: the original sealed with its hash, and a clean copy made from what it shows.

    Args: data, the whole file; name, as the sender gave it, which is sealed with the file.
    Raises: Missing when case or person is not there for this actor; Refused (403) when the section may not be written; Invalid for `file`.
    """
    case = Case.objects.visible_to(by).get_or_missing(pk=case_id)
    person = Person.objects.visible_to(by).get_or_missing(pk=person_id, case_id=case.pk)
    # asked before anything is drawn: who may not write here has no file rebuilt either
    policy.require(by, Act.WRITE, section, case.pk)
    if section in (Section.CASE, Section.IDENTITY):
        raise Invalid({"section": [_("choose the section to which the file belongs")]})
    judged = judge(data, name)
    if judged.kind is None:
        raise Invalid({"file": [judged.words]})
    if Attachment.objects.visible_to(by).filter(case_id=case.pk).count() >= MOST_FILES:
        raise Invalid({"file": [_("this case holds as many files as it can: speak to whoever runs the instance")]})
    copy = clean(data, judged.kind)
    place = {"case": case, "person": person, "section_bit": int(section)}
    made = Attachment.objects.add(
        by=by, **place, by_id=by.user.pk, content_type=judged.kind.content_type, size=len(data), sha256=_hash(data), recorded_at=by.at
    )
    identity.write(by=by, case_id=case.pk, person_id=person.pk, section=section, kind=KIND, body={"name": name[-200:]}, record_id=made.pk)
    _seal(made, Part.ORIGINAL, judged.kind.content_type, data, by)
    _seal(made, Part.CLEAN, copy.kind.content_type, copy.content, by)
    codes: dict[str, str | int] = {"section": section.code, "type": judged.kind.ending, "sha256": made.sha256, "attachment": str(made.pk)}
    audit.record(event="attachment.add", by=by, subject=person.pk, case_id=case.pk, codes=codes)
    return made


def _seal(made: Attachment, part: Part, content_type: str, data: bytes, by: Actor) -> None:
    pk, section = new_id(), Section(made.section_bit)
    body = identity.seal_file(by=by, case_id=made.case_id, person_id=made.person_id, section=section, record_id=pk, data=data)
    AttachmentCopy.objects.add(
        by=by,
        id=pk,
        case_id=made.case_id,
        person_id=made.person_id,
        section_bit=made.section_bit,
        attachment=made,
        part=part,
        content_type=content_type,
        size=len(data),
        sha256=_hash(data),
        body=body,
    )


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@trust.act("attachment.read")
def read(*, attachment_id: UUID, by: Actor) -> Opened:
    """The clean copy. Raises: Missing, also when it is there but not for this actor; Tampered when the sealed bytes were altered."""
    return _open(attachment_id, Part.CLEAN, by, "attachment.read")


@trust.act("attachment.original")
def read_original(*, attachment_id: UUID, by: Actor) -> Opened:
    """The original as it came, for evidence: it may hold whatever its maker put into it.

    Raises: as `read`; Refused without a fresh second factor.
    """
    if not by.factor_is_fresh:
        raise Refused((_("the original is opened with a fresh second factor: give it again, then come back"),), status=403)
    return _open(attachment_id, Part.ORIGINAL, by, "attachment.original")


def _open(attachment_id: UUID, part: Part, by: Actor, event: str) -> Opened:
    found = Attachment.objects.visible_to(by).get_or_missing(pk=attachment_id)
    copies: CaseQuerySet[AttachmentCopy] = AttachmentCopy.objects.visible_to(by)
    copy = copies.get_or_missing(attachment_id=found.pk, part=part)
    section = Section(found.section_bit)
    content = identity.open_file(
        by=by, case_id=found.case_id, person_id=found.person_id, section=section, record_id=copy.pk, sealed=bytes(copy.body)
    )
    if _hash(content) != copy.sha256:
        raise Invalid(_("the file is not what was kept: its hash differs. Report it, and restore it from a backup"))
    audit.record(event=event, by=by, subject=found.person_id, case_id=found.case_id, codes={"attachment": str(found.pk)})
    return Opened(found.file_name(copy.content_type), copy.content_type, copy.sha256, content)


def of_case(actor: Actor, case_id: UUID, *, sections: tuple[Section, ...] | None = None) -> list[Attachment]:
    """The files of a case in the sections that this actor may read, newest first, at most a hundred."""
    mine = Attachment.objects.visible_to(actor).filter(case_id=case_id).select_related("by")
    if sections is not None:
        mine = mine.filter(section_bit__in=[int(one) for one in sections])
    return list(mine.order_by("-recorded_at", "-pk")[:SHOWN])


def names_of(actor: Actor, files: list[Attachment]) -> dict[UUID, str]:
    """The names that the senders gave, as far as this actor may read them: two queries for any number."""
    found = identity.read_records(by=actor, kind=KIND, record_ids=[one.pk for one in files]) if files else {}
    return {pk: str(body.get("name", "")) for pk, body in found.items()}
