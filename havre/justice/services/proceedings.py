"""Acts of proceedings and claims. No act here takes or gives a name, an address or the reference of a case."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre import standards, trust
from havre.justice.enums import ClaimStatus, Measure
from havre.justice.models import Charge, CompensationClaim, Proceeding, Suspect
from havre.justice.workflow import CLAIM, ENFORCE, LAWYER, LIMITATION, LONG_UNPAID, PROCEEDING
from havre.register.models import Person
from havre.trust import audit, clocks, grants, overrides
from havre.trust.actors import Actor
from havre.trust.enums import Act, Basis, Purpose, Role, Section
from havre.trust.errors import Invalid
from havre.trust.law import RulePart
from havre.trust.models import Grant, Membership
from havre.trust.models.accounts import job_holder
from havre.trust.records import ProtectedModel, clean

PROTECTION = frozenset({"measures", "hearing_mode", "threats_assessed_at", "lawyer_at"})
INTERVIEW = frozenset({"informed_at", "language", "privacy_confirmed", "interview_recorded", "repeat_justified", "lawyer_at"})
PROCEEDING_RECORDS: dict[str, frozenset[str]] = {
    "open": PROTECTION | {"against", "condition_flag"},
    "interview": INTERVIEW,
    "refer": PROTECTION,
    "charge": PROTECTION | {"repeat_justified"},
    "charge_person": PROTECTION | {"nexus", "nexus_assessed_at"},
    "drop": frozenset({"close_reason", "nexus", "nexus_assessed_at"}),
    "maintain": frozenset({"non_punishment", "nexus", "nexus_assessed_at"}),
    "hear": PROTECTION | {"hearing_on", "repeat_justified", "court", "court_number"},
    "judge": PROTECTION | {"verdict"},
    "judge_appeal": PROTECTION | {"verdict"},
    "close": frozenset({"close_reason", "threats_assessed_at"}),
}
CLAIM_RECORDS: dict[str, frozenset[str]] = {
    "inform": frozenset({"informed_at", "language"}),
    "claim": frozenset({"wanted_at", "lawyer_at", "kind", "claimed", "currency", "limitation_on"}),
    "award": frozenset({"awarded", "currency"}),
    "reject": frozenset({"rejected_because"}),
    "appeal": frozenset({"wanted_at"}),
    "pay_part": frozenset({"paid"}),
    "pay": frozenset({"paid"}),
}


@trust.act("proceeding.open")
def open_proceeding(*, case_id: UUID, person_id: UUID, record: dict[str, Any], by: Actor) -> Proceeding:
    """Open an inquiry under a fresh pseudonym.

    Args: record, fields of PROCEEDING_RECORDS["open"]. Raises: Missing; Refused; Invalid. Source: CoE Convention 2005, art. 11, 30.
    """
    person = Person.objects.visible_to(by).get_or_missing(pk=person_id, case_id=case_id)
    draft = Proceeding(case_id=case_id, person=person, opened_at=by.at, organisation_id=by.organisation_id)
    _set(draft, record, PROCEEDING_RECORDS["open"])
    waiver = overrides.signed(workflow=PROCEEDING.name, step="open", subject_id=person_id, by=by)
    checked = PROCEEDING.check(draft, move="open", by=by, override=waiver, about=person_id)
    made = Proceeding.objects.add(
        by=by,
        case_id=case_id,
        person=person,
        opened_at=by.at,
        organisation_id=by.organisation_id,
        pseudonym=draft.pseudonym,
        status=checked.end,
        **record,
    )
    audit.record(event="proceeding.open", by=by, subject=person_id, case_id=case_id, codes=checked.codes)
    return made


@trust.act("proceeding")
def move(*, proceeding_id: UUID, step: str, by: Actor, record: dict[str, Any] | None = None) -> Proceeding:
    """Take one step of a proceeding; a waiver that a supervisor signed for it is spent where it is needed.

    Raises: Missing; Refused, with every unmet condition; Invalid.
    """
    proceeding = Proceeding.objects.visible_to(by).select_related("person", "case").get_for_step(pk=proceeding_id)
    if step == "open":
        raise Invalid(_("this step has an act of its own"))
    _set(proceeding, record or {}, PROCEEDING_RECORDS.get(step, frozenset()))
    waiver = overrides.signed(workflow=PROCEEDING.name, step=step, subject_id=proceeding_id, by=by)
    checked = PROCEEDING.check(proceeding, move=step, by=by, override=waiver)
    proceeding.status = checked.end
    _effects(proceeding, step, by)
    proceeding.save()
    audit.record(event=f"proceeding.{step}", by=by, subject=proceeding.person_id, case_id=proceeding.case_id, codes=checked.codes)
    return proceeding


def _effects(proceeding: Proceeding, step: str, by: Actor) -> None:
    if step == "interview":
        proceeding.interviews += 1
        proceeding.last_interview_at, proceeding.repeat_justified = by.at, False
    elif step == "refer":
        _hand_over(proceeding, by)
    elif step in {"charge", "charge_person"}:
        proceeding.charged_at = by.at
    elif step == "ask_non_punishment":
        proceeding.non_punishment_asked_at, proceeding.non_punishment = by.at, ""
    elif step in {"judge", "judge_appeal"}:
        proceeding.judged_at = by.at
    elif step in {"drop", "close"}:
        proceeding.closed_at = by.at
        if step == "drop":
            proceeding.non_punishment = "dropped"
    if step == "charge_person" and proceeding.lawyer_at is None:
        # the lawyer is alerted on the day of the charge, whoever forgets it
        clocks.start(LAWYER, case_id=proceeding.case_id, subject_id=proceeding.pk, at=by.at, by=by)
    elif proceeding.lawyer_at is not None:
        _stop(proceeding.pk, LAWYER, by)


def _hand_over(proceeding: Proceeding, by: Actor) -> None:
    """Open facts and proceeding to the country's prosecution, once: to prosecute is its duty, not the person's choice.

    Nothing else goes with it. Where there are several prosecutions nobody is guessed: the referral to one of them opens it.
    Source: CoE Convention 2005, art. 27(1).
    """
    duty = Membership.objects.filter(role=Role.PROSECUTOR, ended_at=None, organisation__active=True)
    found = list(duty.filter(organisation__country=proceeding.case.country).values_list("organisation_id", flat=True).distinct()[:2])
    if len(found) != 1:
        return
    holder = job_holder(found[0], Role.PROSECUTOR)
    if not Grant.objects.filter(holder=holder, case_id=proceeding.case_id, source_id=proceeding.pk, ends_at__gt=by.at).exists():
        grants.give(
            holder=holder,
            case_id=proceeding.case_id,
            sections=Section.FACTS | Section.JUSTICE,
            purpose=Purpose.JUSTICE,
            basis=Basis.LEGAL_DUTY,
            source_id=proceeding.pk,
            starts_at=by.at,
        )


@trust.act("proceeding.protect")
def protect(*, proceeding_id: UUID, record: dict[str, Any], by: Actor) -> Proceeding:
    """Record measures, threats, a lawyer or the assessment of the link without taking a step.

    Raises: Missing when the section may not be written by this actor; Invalid.
    """
    mine = Proceeding.objects.visible_to(by, Act.WRITE).select_for_update(of=("self",))
    proceeding = mine.get_or_missing(pk=proceeding_id)
    _set(proceeding, record, PROTECTION | {"nexus", "nexus_assessed_at"})
    proceeding.save()
    if proceeding.lawyer_at is not None:
        _stop(proceeding.pk, LAWYER, by)
    codes: dict[str, str | int] = {"fields": ",".join(sorted(record))}
    audit.record(event="proceeding.protect", by=by, subject=proceeding.person_id, case_id=proceeding.case_id, codes=codes)
    return proceeding


@trust.act("charge.add")
def add_charge(
    *, proceeding_id: UUID, by: Actor, iccs: str = "", article: str = "", article_code: str = "", suspect_id: UUID | None = None
) -> Charge:
    """Add an offence, and the suspect against whom it is held.

    Args: article_code, an article of the country's list, which gives its citation and, where `iccs` is empty, its category; else article,
    the citation of another one; iccs, the category (two to six digits).
    Raises: Missing, also for a suspect of another proceeding; Refused (403); Invalid, also for the same offence twice.
    """
    proceeding = Proceeding.objects.visible_to(by).select_related("case").get_or_missing(pk=proceeding_id)
    article, iccs = _cited(proceeding.case.country, article_code, article, iccs)
    suspect = Suspect.objects.visible_to(by).get_or_missing(pk=suspect_id, proceeding_id=proceeding.pk) if suspect_id else None
    if Charge.objects.visible_to(by).filter(proceeding=proceeding, suspect=suspect, iccs=iccs, article=article).exists():
        raise Invalid({"article": [_("this offence is held against the same suspect already")]})
    charge = Charge.objects.add(
        by=by, case_id=proceeding.case_id, proceeding=proceeding, suspect=suspect, iccs=iccs, article=article, article_code=article_code,
        charged_on=by.at.date(), by_id=by.user.pk,
    )  # fmt: skip
    audit.record(event="charge.add", by=by, subject=proceeding.person_id, case_id=proceeding.case_id, codes={"iccs": iccs})
    return charge


def _cited(country: str, code: str, article: str, iccs: str) -> tuple[str, str]:
    """How the article is cited, and its category. Raises: Invalid."""
    if code:
        found = standards.offences().of(country).get(code)
        if found is None:
            raise Invalid({"article_code": [_("this article is not in the list of the country")]})
        if article and article != found.article:
            raise Invalid({"article": [_("choose the article from the list, or cite another one: not both")]})
        article, iccs = found.article, iccs or found.category
    if not article:
        raise Invalid({"article_code": [_("choose the article, or cite another one")]})
    if not iccs:
        raise Invalid({"iccs": [_("choose the category: this article alone does not say it")]})
    clean(Charge(iccs=iccs, article=article), {"iccs", "article"})
    return article, iccs


@trust.act("claim.inform")
def inform(
    *, case_id: UUID, person_id: UUID, language: str, by: Actor, kind: str = "", limitation_on: date | None = None
) -> CompensationClaim:
    """Record that the person was told of compensation, in a language they understand (CoE art. 15(1)).

    Args: kind, the route, each its own claim; limitation_on, the last day on which it can be claimed by the country's law.
    Raises: Missing; Refused; Invalid for a route that is open already, or a day that is over.
    """
    person = Person.objects.visible_to(by).get_or_missing(pk=person_id, case_id=case_id)
    fields = {"case_id": case_id, "person": person, "informed_at": by.at, "language": language, "kind": kind}
    waiver = overrides.signed(workflow=CLAIM.name, step="inform", subject_id=person_id, by=by)
    checked = CLAIM.check(CompensationClaim(**fields), move="inform", by=by, override=waiver, about=person_id)
    mine = CompensationClaim.objects.visible_to(by).filter(case_id=case_id, person_id=person_id, kind=kind)
    if kind and mine.exclude(status__in=[ClaimStatus.REJECTED, ClaimStatus.PAID]).exists():
        raise Invalid({"kind": [_("a claim by this route is open already: take its next step")]})
    if limitation_on is not None and limitation_on <= by.at.date():
        raise Invalid({"limitation_on": [_("this day is over: ask a lawyer whether the claim can still be made")]})
    claim = CompensationClaim.objects.add(by=by, **fields, status=checked.end, limitation_on=limitation_on)
    _limited(claim, by)
    audit.record(event="claim.inform", by=by, subject=person_id, case_id=case_id)
    return claim


def _limited(claim: CompensationClaim, by: Actor) -> None:
    """The clock of the last day to claim, by the claim's own date."""
    _stop(claim.pk, LIMITATION, by)
    if claim.limitation_on is None or claim.limitation_on <= by.at.date():
        return
    days = (claim.limitation_on - by.at.date()).days
    parts = (RulePart(days, "days", "claim.limitation_on", "record", "CoE Convention 2005, art. 15(3)", True),)
    clocks.start(LIMITATION, case_id=claim.case_id, subject_id=claim.pk, at=by.at, by=by, parts=parts)


@trust.act("claim")
def move_claim(*, claim_id: UUID, step: str, by: Actor, record: dict[str, Any] | None = None) -> CompensationClaim:
    """Take one step of a claim; an award starts the period in which it is to be paid. Raises: Missing; Refused; Invalid."""
    claim = CompensationClaim.objects.visible_to(by).get_for_step(pk=claim_id)
    if step == "inform":
        raise Invalid(_("this step has an act of its own"))
    before = (claim.currency, claim.paid)
    if step == "reject":
        # the reason of an earlier rejection is not that of this one
        claim.rejected_because = ""
    _set(claim, record or {}, CLAIM_RECORDS.get(step, frozenset()))
    checked = CLAIM.check(claim, move=step, by=by)
    _adds_up(claim, step, *before)
    claim.status = checked.end
    if step == "award":
        claim.awarded_at = by.at
        for rule in (ENFORCE, *LONG_UNPAID):
            clocks.start(rule, case_id=claim.case_id, subject_id=claim.pk, at=by.at, by=by)
    elif step == "reject":
        claim.rejected_at = by.at
    elif step in {"pay", "pay_part"}:
        claim.paid_at = by.at
    if step == "pay":
        for rule in (ENFORCE, *LONG_UNPAID):
            _stop(claim.pk, rule, by)
    elif step == "claim":
        _stop(claim.pk, LIMITATION, by)
    _has_currency(claim)
    claim.save()
    audit.record(event=f"claim.{step}", by=by, subject=claim.person_id, case_id=claim.case_id, codes=checked.codes)
    return claim


def _adds_up(claim: CompensationClaim, step: str, currency: str, paid: Decimal | None) -> None:
    """What is recorded as paid is the sum so far, in the currency of the claim; full payment is the whole award.

    Raises: Invalid. A claim that is closed as paid is reminded of no more, so less than the award never closes it.
    """
    if currency and claim.currency != currency:
        raise Invalid({"currency": [_("the claim is in %(currency)s: give the amount in it") % {"currency": currency}]})
    if step not in {"pay", "pay_part"} or claim.paid is None or claim.awarded is None:
        return
    amounts = {"paid": f"{claim.paid} {claim.currency}", "awarded": f"{claim.awarded} {claim.currency}", "before": paid}
    if step == "pay" and claim.paid < claim.awarded:
        words = _("%(paid)s is paid of an award of %(awarded)s: record a part payment, the rest stays due") % amounts
    elif step == "pay_part" and claim.paid >= claim.awarded:
        words = _("the whole award of %(awarded)s is paid: record full payment") % amounts
    elif paid is not None and claim.paid <= paid:
        words = _("%(before)s was paid before this: give the sum of every payment so far") % amounts
    else:
        return
    raise Invalid({"paid": [words]})


def _has_currency(claim: CompensationClaim) -> None:
    if not claim.currency and any(amount is not None for amount in (claim.claimed, claim.awarded, claim.paid)):
        raise Invalid({"currency": [_("give the currency of the amounts, three letters")]})


def _stop(subject_id: UUID, rule: clocks.ClockRule, by: Actor) -> None:
    clock = clocks.latest(subject_id, rule.name)
    if clock is not None and clocks.state(clock) in {"running", "expired"}:
        clocks.end(clock, at=by.at, by=by)


def _set(row: ProtectedModel, record: dict[str, Any], allowed: frozenset[str]) -> None:
    strange = sorted(set(record) - allowed)
    if strange:
        raise Invalid({name: [_("this step does not record that")] for name in strange})
    unknown = sorted(set(record.get("measures", ())) - set(Measure.values))
    if unknown:
        raise Invalid({"measures": [_("choose the measures from the list")]})
    for name, value in record.items():
        setattr(row, name, value)
    clean(row, record)
