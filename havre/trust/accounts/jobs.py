"""Services: the job that one acts in, and why. One at a time."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from havre.trust import audit
from havre.trust.actors import Actor
from havre.trust.acts import act
from havre.trust.enums import ROLE_PURPOSES, Purpose, Role
from havre.trust.errors import Invalid, Missing
from havre.trust.models import Membership


@act("account.switch")
def switch(*, by: Actor, membership_id: UUID, purpose: str) -> tuple[Membership, Purpose]:
    """The job and the purpose to act in from the next page on. Raises: Missing for another's or an ended job; Invalid for a purpose
    that this job does not have."""
    job = Membership.objects.filter(pk=membership_id, user=by.user, ended_at=None).select_related("organisation").first()
    if job is None:
        raise Missing
    allowed = ROLE_PURPOSES[Role(job.role)]
    if purpose and purpose not in allowed:
        raise Invalid({"purpose": [_("This job has other purposes: %(purposes)s.") % {"purposes": _named(allowed)}]})
    chosen = Purpose(purpose) if purpose else allowed[0]
    audit.record(event="account.switch", by=by, subject=job.pk, codes={"role": job.role, "purpose": chosen.value})
    return job, chosen


def _named(allowed: tuple[Purpose, ...]) -> str:
    return ", ".join(str(purpose.label) for purpose in allowed)
