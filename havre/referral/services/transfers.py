"""Acts on the lead of a case: propose it, take it with its open periods, leave it. There is one lead before, during and after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.referral.enums import LIVE, ClosedBecause, KeptBecause, NoticeKind, ReferralStatus, TransferStatus
from havre.referral.models import Referral, Transfer, age_band
from havre.referral.queries.leads import open_clocks, proposed_to
from havre.referral.services.closing import close
from havre.referral.services.notices import tell
from havre.referral.services.steps import stop
from havre.referral.workflow import HAND_OVER, LEAD_ANSWER, LEADERS, REFERRAL, TRANSFER
from havre.register.models import Case, Consent
from havre.trust import audit, clocks, grants, overrides, policy
from havre.trust.actors import Actor
from havre.trust.enums import ROLE_PURPOSES, Act, Basis, Role, Section
from havre.trust.errors import Invalid, Refused
from havre.trust.models import Organisation
from havre.trust.models.accounts import job_holder
from havre.trust.records import clean

# without these nobody can lead a case at all
LEAST = Section.CASE | Section.PROTECTION


@trust.act("transfer.propose")
def propose(
    *, case_id: UUID, second_id: UUID, second_role: str, sections: Section, by: Actor, status_agreed: bool = False, **child: Any
) -> Transfer:
    """Propose that another service leads the case, with the parts of the file that every person concerned agreed to.

    Args: child, best_interests_at, child_heard_at, guardian_named_at, accompanied; status_agreed, the person lets the first service go on
    seeing that the case is led. A waiver that a supervisor signed upon the case is spent where it is needed.
    Raises: Missing; Refused without consent or while another proposal is open; Invalid.
    """
    case = Case.objects.visible_to(by).get_or_missing(pk=case_id)
    policy.require(by, Act.SHARE, Section.PROTECTION, case.pk)
    if second_role not in {role.value for role in LEADERS} or second_id == by.organisation_id:
        raise Invalid({"second": [_("choose another service, and a role that leads cases")]})
    grants.agreement_between(by.organisation_id, second_id, sections=sections | LEAST, at=by.at)
    transfer = Transfer(
        case=case, first_id=case.lead_id, second_id=second_id, second_role=second_role, sections=int(sections | LEAST),
        status_agreed=status_agreed, proposed_at=by.at, proposed_by=by.user, **child,
    )  # fmt: skip
    persons = transfer.concerned()
    if not persons:
        raise Invalid({"case": [_("nobody is concerned by this case yet")]})
    transfer.persons, transfer.age_band = len(persons), age_band(min(persons, key=lambda one: not one.is_child))
    transfer.language = persons[0].languages[0] if persons[0].languages else ""
    transfer.region = Organisation.objects.values_list("region", flat=True).get(pk=case.lead_id)
    waiver = overrides.signed(subject_id=case.pk, workflow=TRANSFER.name, step="propose", by=by)
    transfer.status = TRANSFER.check(transfer, move="propose", by=by, override=waiver, about=case.pk).end
    clean(transfer)
    try:
        with transaction.atomic():
            transfer.save(force_insert=True)
    except IntegrityError:
        raise Refused((_("the lead of this case is proposed already, and the answer is awaited"),)) from None
    clocks.start(LEAD_ANSWER, case_id=case.pk, subject_id=transfer.pk, at=by.at, by=by)
    tell(NoticeKind.LEAD_PROPOSED, about=transfer, organisation_id=second_id, role=second_role, at=by.at)
    _record(transfer, "propose", by)
    return transfer


@trust.act("transfer.accept")
def accept(*, transfer_id: UUID, no_conflict: bool, clocks_read: Iterable[UUID], by: Actor) -> Transfer:
    """Take the lead: in one transaction the first service's own access ends and the second's begins; periods and shares go on.

    Args: clocks_read, the ids of the open periods that were on the page. Raises: Missing; Refused, also when a period was added since,
    when the case is no longer the first service's, or for a conflict of interest on record.
    """
    transfer = proposed_to(by).select_for_update(of=("self",)).get_or_missing(pk=transfer_id)
    sections = Section(transfer.sections)
    transfer.no_conflict_declared, transfer.clocks_read = no_conflict, frozenset(clocks_read)
    transfer.clocks_open = frozenset(clock.id for clock in open_clocks(transfer.case_id, sections))
    checked = TRANSFER.check(transfer, move="accept", by=by)
    grants.agreement_between(transfer.first_id, transfer.second_id, sections=sections, at=by.at)
    case = Case.objects.for_house("offers").select_for_update(of=("self",)).get(pk=transfer.case_id)
    if case.lead_id != transfer.first_id:
        raise Refused((_("the case is no longer led by the service that proposed it"),))
    transfer.status, transfer.answered_at, transfer.answered_by = checked.end, by.at, by.user
    transfer.clocks_listed = len(transfer.clocks_open)
    transfer.save()
    _move(transfer, by)
    stop(transfer, LEAD_ANSWER, by)
    clocks.start(HAND_OVER, case_id=transfer.case_id, subject_id=transfer.pk, at=by.at, by=by)
    tell(NoticeKind.LEAD_ACCEPTED, about=transfer, organisation_id=transfer.first_id, at=by.at)
    _record(transfer, "accept", by, {"clocks": transfer.clocks_listed})
    return transfer


def _move(transfer: Transfer, by: Actor) -> None:
    """One lead: the column, the own accesses, and the shares that the case's lead answers for."""
    Case.objects.for_house("offers").filter(pk=transfer.case_id).update(lead_id=transfer.second_id)
    grants.end(at=by.at, case_id=transfer.case_id, basis=Basis.OWN_CASE, holder__organisation_id=transfer.first_id)
    for role in sorted({transfer.second_role, str(Role.CASE_MANAGER)}):
        for purpose in ROLE_PURPOSES[Role(role)]:
            grants.give(
                holder=job_holder(transfer.second_id, role), case_id=transfer.case_id, sections=Section(transfer.sections),
                purpose=purpose, basis=Basis.OWN_CASE, source_id=transfer.case_id, starts_at=by.at,
            )  # fmt: skip
    open_ones = Referral.objects.for_house("offers").filter(case_id=transfer.case_id, sender_id=transfer.first_id)
    for referral in open_ones.filter(receiver_id=transfer.second_id, status__in=("draft", *LIVE)):
        end = REFERRAL.check(referral, move="withdraw", by=None).end
        close(referral, end, at=by.at, by=by, because=ClosedBecause.LEAD_MOVED)
    # what is over stays who sent it; what is owed to the person still goes with the lead
    owed = Q(status__in=("draft", *LIVE)) | Q(status=ReferralStatus.COMPLETED, person_told_at=None)
    open_ones.filter(owed).exclude(receiver_id=transfer.second_id).update(sender_id=transfer.second_id)


@trust.act("transfer.refuse")
def refuse_lead(*, transfer_id: UUID, reason: str, by: Actor) -> Transfer:
    """Leave the lead where it is, with a listed reason. Raises: Missing; Refused."""
    transfer = proposed_to(by).select_for_update(of=("self",)).get_or_missing(pk=transfer_id)
    transfer.kept_because = reason
    end = TRANSFER.check(transfer, move="refuse", by=by).end
    transfer.answered_by = by.user
    _keep(transfer, end, at=by.at, because=reason, by=by)
    _record(transfer, "refuse", by)
    return transfer


@trust.act("transfer.take_back")
def take_back(*, transfer_id: UUID, by: Actor) -> Transfer:
    """The first service takes its proposal back. Raises: Missing; Refused."""
    transfer = Transfer.objects.visible_to(by).get_for_step(pk=transfer_id)
    end = TRANSFER.check(transfer, move="take_back", by=by).end
    _keep(transfer, end, at=by.at, because=KeptBecause.TAKEN_BACK, by=by)
    _record(transfer, "take_back", by)
    return transfer


@trust.act("transfer.hand_over")
def hand_over(*, transfer_id: UUID, by: Actor) -> Transfer:
    """The new lead notes that the hand-over took place. Raises: Missing; Refused."""
    transfer = proposed_to(by).select_for_update(of=("self",)).get_or_missing(pk=transfer_id)
    TRANSFER.check(transfer, move="hand_over", by=by)
    transfer.handed_over_at = by.at
    transfer.save(update_fields=["handed_over_at"])
    stop(transfer, HAND_OVER, by)
    _record(transfer, "hand_over", by)
    return transfer


def _keep(transfer: Transfer, end: str, *, at: datetime, because: str, by: Actor | None) -> None:
    transfer.status, transfer.kept_because, transfer.answered_at = end, because, at
    transfer.save()
    stop(transfer, LEAD_ANSWER, by, at=at)
    tell(NoticeKind.LEAD_KEPT, about=transfer, organisation_id=transfer.first_id, at=at)
    if because not in {KeptBecause.FULL, KeptBecause.OUT_OF_MANDATE, KeptBecause.CONFLICT, KeptBecause.TOO_FAR}:
        tell(NoticeKind.CLOSED, about=transfer, organisation_id=transfer.second_id, role=transfer.second_role, at=at)


@transaction.atomic
def lapse(transfer_id: UUID, *, at: datetime) -> None:
    """No answer in time: the lead stays, and both services know.

    Raises: OperationalError on PostgreSQL while somebody is answering it: what they decide stands, the next sweep looks again.
    """
    waiting = Transfer.objects.for_house("clocks").select_for_update(of=("self",), nowait=True)
    transfer = waiting.filter(pk=transfer_id, status=TransferStatus.PROPOSED).first()
    if transfer is not None:
        end = TRANSFER.check(transfer, move="lapse", by=None).end
        _keep(transfer, end, at=at, because=KeptBecause.NO_ANSWER, by=None)


def keep_for_consent(consent: Consent, *, at: datetime) -> int:
    """A consent is withdrawn while the lead is proposed to its recipient: the proposal ends. Gives how many.

    In the caller's transaction, before any referral is locked there: accepting a lead locks in this order too.
    """
    open_ones = Transfer.objects.for_house("withdrawal").select_for_update(of=("self",))
    open_ones = open_ones.filter(case_id=consent.case_id, second_id=consent.recipient_id, status=TransferStatus.PROPOSED)
    done = 0
    for transfer in open_ones:
        if not transfer.covered(at=at):
            end = TRANSFER.check(transfer, move="take_back", by=None).end
            _keep(transfer, end, at=at, because=KeptBecause.CONSENT_WITHDRAWN, by=None)
            done += 1
    return done


def _record(transfer: Transfer, step: str, by: Actor, codes: dict[str, str | int] | None = None) -> None:
    whom: dict[str, str | int] = {"second": str(transfer.second_id), **(codes or {})}
    audit.record(
        event=f"transfer.{step}", by=by, subject=transfer.case_id, case_id=transfer.case_id, reason=transfer.kept_because, codes=whom
    )
