"""What retention asks of justice: which closed cases are still needed for a proceeding or for compensation."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre.justice.enums import ClaimStatus, Stage
from havre.justice.models import CompensationClaim, Proceeding
from havre.trust.errors import Words

# a claim of which the person was only told, was rejected or is paid binds nobody any more
UNPAID = (ClaimStatus.CLAIMED, ClaimStatus.AWARDED, ClaimStatus.PART_PAID)


def needed(case_ids: Collection[UUID]) -> dict[UUID, Words]:
    """Case → why it is kept: a claim that is not paid yet, or before that a proceeding that is not closed."""
    wanted = {"case_id__in": list(case_ids)}
    claims = CompensationClaim.objects.for_house("retention").filter(**wanted, status__in=UNPAID)
    proceedings = Proceeding.objects.for_house("retention").filter(**wanted).exclude(status=Stage.CLOSED)
    return {
        **dict.fromkeys(claims.values_list("case_id", flat=True), _("compensation is claimed and not yet paid")),
        **dict.fromkeys(proceedings.values_list("case_id", flat=True), _("a proceeding is not closed")),
    }
