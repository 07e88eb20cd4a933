"""Free words go into a sealed section of the case, never into a row."""

from __future__ import annotations

from importlib import import_module, util
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre.trust.actors import Actor
from havre.trust.enums import Section
from havre.trust.errors import Unavailable


def seal(*, by: Actor, case_id: UUID, person_id: UUID, section: Section, kind: str, record_id: UUID, words: dict[str, str]) -> None:
    """Seal what was written, under the record it belongs to; nothing when nothing was written.

    Raises: Unavailable when this instance has no vault: the whole act is undone and the form keeps the words.
    """
    body = {name: text for name, text in words.items() if text.strip()}
    if not body:
        return
    # the vault is a part of trust of its own; an instance without it must refuse words, not drop them
    if util.find_spec("havre.trust.identity") is None:
        raise Unavailable(_("the vault is not there: what was written could not be kept"))
    import_module("havre.trust.identity").write(
        by=by, case_id=case_id, person_id=person_id, section=section, kind=kind, body=body, record_id=record_id
    )
