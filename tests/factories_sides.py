"""What an id in an address may name, on one actor's side: a row of a case, an account, a fact, a job."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.utils import timezone

from havre.evidence.models import JobRun
from havre.protection.kinds import KINDS
from havre.register.models import ImportBatch
from havre.release.models import Release
from havre.standards.models import FactRevision
from havre.trust.actors import Actor
from havre.trust.enums import Role, Section
from havre.trust.ids import new_id
from havre.trust.models import (
    BreakGlass,
    FactorReset,
    IdentityRequest,
    LegalHold,
    Membership,
    Merger,
    Nomination,
    Restriction,
)  # fmt: skip
from havre.trust.models.accounts import person_holder
from tests.factories import MembershipFactory
from tests.factories_site import make_case_now, make_now
from tests.factories_whole import fill_case, send

# what an id in an address may name, where it is a row of a case: kind and model
KINDS_OF_ROW = (
    ("case", "register.Case"),
    ("person", "register.Person"),
    ("screening", "protection.Screening"),
    ("identification", "protection.Identification"),
    ("plan", "protection.AssistancePlan"),
    ("service", "protection.AssistanceService"),
    ("later", "protection.LaterConsent"),
    *((code, kind.model._meta.label) for code, kind in KINDS.items()),
    ("consent", "register.Consent"),
    ("attachment", "register.Attachment"),
    ("ended", "register.ClosedShare"),
    ("request", "register.PersonRequest"),
    ("code", "register.RemoteCode"),
    ("sent", "referral.Referral"),
    ("transfer", "referral.Transfer"),
    ("conference", "referral.Conference"),
    ("action", "referral.ActionItem"),
    ("proceeding", "justice.Proceeding"),
    ("claim", "justice.CompensationClaim"),
    ("exhibit", "justice.Exhibit"),
)


def make_side(actor: Actor) -> dict[str, Any]:
    """What an id in an address may name, on this actor's side: kind → id. The case is the service's own, one referral came from outside."""
    rows = fill_case(actor)
    ids = {kind: rows[label].pk for kind, label in KINDS_OF_ROW}
    sender = make_now(Role.CASE_MANAGER)
    received = send(sender, make_case_now(sender), actor.organisation_id, actor.role)
    ids["intake"] = rows["protection.IntakePerson"].intake_id  # type: ignore[attr-defined]
    return {**ids, "received": received.pk, **_accounts(actor, ids["case"]), **_of_the_country(actor)}


def _accounts(actor: Actor, case_id: UUID) -> dict[str, Any]:
    now, place = timezone.now(), {"organisation_id": actor.organisation_id}
    job = MembershipFactory(organisation=None, role=Role.SHELTER, **place)
    own = Membership.objects.get(user=actor.user, **place)
    administrator = MembershipFactory(organisation=None, role=Role.ADMINISTRATOR, **place)
    nomination = Nomination(user=job.user, role=Role.INTERPRETER, asked_by=administrator.user, asked_at=now, **place)
    asked = {"asked_by": administrator.user, "asked_as_administrator": True, "asked_at": now, "expires_at": now + timedelta(days=1)}
    reset = FactorReset(user=job.user, **asked, **place)
    until = {"starts_at": now, "ends_at": now + timedelta(hours=1), "review_by": now + timedelta(days=3)}
    glass = BreakGlass(case_id=case_id, user=actor.user, holder_id=actor.personal_id, reason="danger_to_life", **until)
    hold = LegalHold(case_id=case_id, reason="claim", placed_by=actor.user, placed_at=now, review_on=now.date() + timedelta(days=30))
    batch = ImportBatch(by=actor.user, state="staged", file_key="f", options_key="o", **place)
    asked = IdentityRequest(
        case_id=case_id, person_id=new_id(), user=actor.user, membership=own, holder_id=actor.holder_id, role=actor.role,
        purpose=actor.purpose, reason="court_order", until=now + timedelta(days=9), asked_at=now, agree="any",
        custodians=["case_manager@lead"], **place,
    )  # fmt: skip
    whom = {"case_id": case_id, "person_id": asked.person_id, "holder": person_holder(job.user_id)}
    line = Restriction(**whom, sections=int(Section.HEALTH), reason="safety", placed_by=actor.user, placed_at=now)
    # with an administrator of its own: else any administrator may act on it
    to = MembershipFactory(role=Role.ADMINISTRATOR).organisation
    merger = Merger(first_id=actor.organisation_id, second=to, proposed_by=administrator.user, proposed_at=now)
    for row in (nomination, reset, glass, hold, batch, asked, line, merger):
        row.save(force_insert=True)
    key = Authenticator.objects.create(user=actor.user, type="webauthn", data={"name": "key", "credential": {}})
    return {
        "organisation": actor.organisation_id,
        "user": job.user_id,
        "job": job.pk,
        "nomination": nomination.pk,
        "reset": reset.pk,
        "glass": glass.pk,
        "hold": hold.pk,
        "batch": batch.pk,
        "authenticator": key.pk,
        "asked": asked.pk,
        "restriction": line.pk,
        "merger": merger.pk,
    }


def _of_the_country(actor: Actor) -> dict[str, Any]:
    now = timezone.now()
    revision = FactRevision(
        country="gh", fact="recovery_period", value=30, valid_from=now.date(), source="test", confidence="high", author_id=actor.user.pk,
        proposed_at=now,
    )  # fmt: skip
    profile = JobRun(kind="profile", state="done", by=actor.user, ended_at=now)
    release = Release(ref=new_id().hex[:20], title="Example", source="extract", population="register", tables=[["gender"]], by=actor.user)
    for row in (revision, profile, release):
        row.save(force_insert=True)
    return {"revision": revision.pk, "profile": profile.pk, "release": release.pk}
