"""What retention asks of protection: how the identification of a person ended, and which closed cases are still needed."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre.protection.enums import IdentificationStatus
from havre.protection.models import Identification
from havre.trust.errors import Words

S = IdentificationStatus
ENDED = {S.CONFIRMED: "confirmed", S.NOT_CONFIRMED: "not_confirmed", S.DECLINED_BY_PERSON: "declined"}
# somebody still has to decide, or the person still has a review or an appeal before them
OPEN = (S.UNDER_REVIEW, S.UNDER_APPEAL, S.PRESUMED)


def outcomes(person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Person → how the newest identification ended, in the words of the retention file; nothing where none ended."""
    rows = Identification.objects.for_house("retention").filter(person_id__in=list(person_ids)).order_by("opened_at", "pk")
    last: dict[UUID, str] = dict(rows.values_list("person_id", "status"))
    return {person: ENDED[S(status)] for person, status in last.items() if S(status) in ENDED}


def needed(case_ids: Collection[UUID]) -> dict[UUID, Words]:
    """Case → why it is kept: an identification in it still waits for a decision."""
    rows = Identification.objects.for_house("retention").filter(case_id__in=list(case_ids), status__in=OPEN)
    return dict.fromkeys(rows.values_list("case_id", flat=True), _("an identification still waits for a decision"))
