"""What retention asks of referral: which closed cases another service still holds."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre.referral.enums import ReferralStatus
from havre.referral.models import Referral
from havre.trust.errors import Words

HELD = (ReferralStatus.ACCEPTED, ReferralStatus.RUNNING)


def needed(case_ids: Collection[UUID]) -> dict[UUID, Words]:
    """Case → why it is kept: a service to which the person was referred is still at work."""
    rows = Referral.objects.for_house("retention").filter(case_id__in=list(case_ids), status__in=HELD)
    return dict.fromkeys(rows.values_list("case_id", flat=True), _("a service to which the person was referred is still at work"))
