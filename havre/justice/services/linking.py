"""Nodes of the link view: a coded row, its words sealed in the justice section; never a victim, never a place of protection."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.justice.enums_records import NodeKind, SuspectKind
from havre.justice.models import LinkNode, Proceeding, Suspect
from havre.justice.workflow import CUSTODIANS
from havre.trust import audit, identity
from havre.trust.actors import Actor
from havre.trust.enums import Section
from havre.trust.errors import Invalid, Missing
from havre.trust.records import clean

KIND, LONGEST = "node", 120


@trust.act("node.add")
def add_node(*, proceeding_id: UUID, kind: str, words: str = "", suspect_id: UUID | None = None, by: Actor) -> LinkNode:
    """Add a thing to the link view: a suspect of the proceeding, or what `words` say (a number, a name of a company), which are sealed.

    Raises: Missing, also for a role that does not investigate; Refused (403) when justice may not be written; Invalid.
    """
    if by.role not in CUSTODIANS:
        raise Missing
    proceeding = Proceeding.objects.visible_to(by).get_or_missing(pk=proceeding_id)
    values: dict[str, Any] = {"kind": kind, "suspect": None}
    if suspect_id is not None:
        suspect = Suspect.objects.visible_to(by).get_or_missing(pk=suspect_id, proceeding_id=proceeding.pk)
        values = {"suspect": suspect, "kind": NodeKind.COMPANY if suspect.kind == SuspectKind.COMPANY else NodeKind.SUSPECT}
    elif not words.strip():
        raise Invalid({"words": [_("say what it is, or choose a suspect")]})
    if len(words) > LONGEST:
        raise Invalid({"words": [_("120 characters are enough to say what it is")]})
    clean(LinkNode(**values), {"kind"})
    made = LinkNode.objects.add(by=by, case_id=proceeding.case_id, proceeding=proceeding, by_id=by.user.pk, **values)
    if words.strip():
        identity.write(
            by=by, case_id=proceeding.case_id, person_id=proceeding.person_id, section=Section.JUSTICE, kind=KIND,
            body={"words": words.strip()}, record_id=made.pk,
        )  # fmt: skip
    audit.record(event="node.add", by=by, subject=proceeding.person_id, case_id=proceeding.case_id, codes={"kind": made.kind})
    return made
