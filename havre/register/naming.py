"""Names of persons: opened one at a time on a reason, or matched within the caseload that one may open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from havre.register.models import Case
from havre.trust import audit, identity
from havre.trust.actors import Actor
from havre.trust.enums import Act, Section
from havre.trust.errors import Words
from havre.trust.policy.rows import When
from havre.trust.policy.table import POLICY

# HTCDS 2.0 names of an identity's fields, with the words of the page
FIELDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("prs_FirstName", "prs_MiddleName", "prs_SecondName", "prs_LastName", "prs_Surname"), "name"),
    (("prs_OtherNames", "aliases"), "aliases"),
    (("prs_Birthdate", "prs_BirthYear", "birth_year"), "born"),
    (("prs_MobilePhone", "prs_HomePhone", "prs_Phone", "phones"), "phones"),
    (("prs_IdentityNumber", "prs_PassportNumber", "prs_DocumentNumber", "documents"), "documents"),
)
PHONES = frozenset(FIELDS[3][0])
# those who may never read a whereabouts are not told where to reach the person either, be the name granted to them or not
NO_PLACE = frozenset(
    role
    for _name, row in POLICY.forbids
    if row.when is When.ALWAYS and Act.READ in row.acts and Section.WHEREABOUTS & row.sections
    for role in row.roles
)


def open_name(*, case_id: UUID, person_id: UUID, reason: str, by: Actor) -> list[tuple[Words, str]]:
    """The identity of one person as (words, value) pairs, names first; empty when none was recorded.

    Args: reason, a code of forms.REASONS; it is written in the trail with the reading.
    Raises: Missing, Refused (403), Unavailable when the vault is locked or the trace cannot be written.
    """
    with transaction.atomic():
        body = identity.read_one(by=by, case_id=case_id, person_id=person_id, section=Section.IDENTITY)
        audit.record(event="identity.open", by=by, subject=person_id, case_id=case_id, reason=reason)
    return readable({name: value for name, value in (body or {}).items() if by.role not in NO_PLACE or name not in PHONES})


def readable(body: Mapping[str, Any]) -> list[tuple[Words, str]]:
    """An identity's body in the order and the words of the page. What has no words here is left out."""
    labels = {"name": _("Name"), "aliases": _("Other names"), "born": _("Born"), "phones": _("Telephone"), "documents": _("Documents")}
    found: list[tuple[Words, str]] = []
    for names, label in FIELDS:
        values = [text for name in names for text in _texts(body.get(name))]
        if values:
            found.append((labels[label], (" " if label == "name" else ", ").join(values)))
    return found


def _texts(value: Any) -> list[str]:
    if value is None or value == "":
        return []
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


def cases_named(*, by: Actor, words: str) -> list[Case]:
    """Up to 20 cases, among those whose names `by` may open, in which somebody's name matches.

    Empty without a fresh second factor. Raises: Unavailable when the vault is locked.
    """
    if not by.factor_is_fresh:
        return []
    ids = [hit.case_id for hit in identity.search_caseload(by=by, words=words)]
    kept = list(dict.fromkeys(ids))[:20]
    by_id = {case.pk: case for case in Case.objects.visible_to(by).filter(pk__in=kept).select_related("lead")}
    return [by_id[pk] for pk in kept if pk in by_id]
