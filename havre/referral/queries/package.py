"""What a referral would open, section by section, beside the person's consent; and the services that could take it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre.referral.enums import ClosedBecause, DeclineReason, MoreStatus, ReferralStatus
from havre.referral.models import MoreAsked, Notice, Referral, Service
from havre.referral.queries.offers import counted, delays, sent
from havre.referral.workflow import readable_on_referral
from havre.register.models import Consent
from havre.trust import policy
from havre.trust.actors import Actor
from havre.trust.contracts import contracts
from havre.trust.counting import shown
from havre.trust.enums import SECTION_LABELS, Act, Role, Section
from havre.trust.errors import Words
from havre.trust.models import Accreditation, Grant, SealedSection
from havre.trust.records import ProtectedModel

# what a receiver finds behind each section, in words that name no person
HOLDS = {
    Section.CASE: _("reference, state and dates; adult or child, age, gender, languages"),
    Section.IDENTITY: _("name, birth, documents"),
    Section.WHEREABOUTS: _("where the person is and how to reach them safely"),
    Section.SCREENING: _("what was asked and seen at first contact"),
    Section.FACTS: _("act, means and purpose; route; citizenship; identification"),
    Section.PROTECTION: _("needs, risk, plan, services, consents and referrals"),
    Section.HEALTH: _("health and psychosocial notes"),
    Section.JUSTICE: _("proceedings, charges, compensation"),
}
SEALED_ALONE = Section.IDENTITY | Section.WHEREABOUTS


@dataclass(frozen=True, slots=True)
class Part:
    """One section of the file as the sender weighs it: `records` there now that the sender may see, None where it may see none."""

    section: Section
    title: Words
    holds: Words
    opens: bool
    records: int | None
    covered: bool
    until: datetime | None
    # whether an accepted referral lets the receiver's role read it
    readable: bool


def package_of(actor: Actor, draft: Referral) -> list[Part]:
    """Every section in the order of the file: what opens, what stays closed, and which consent covers it until when."""
    chosen, consent = Section(draft.sections), draft.consent
    ground = policy.ground_of(actor, draft.case_id)
    found = []
    for section in Section:
        seen = policy.decide(actor, Act.READ, section, draft.case_id, ground=ground).allowed
        covered = consent is not None and draft.covered_by(consent, section, at=actor.at)
        found.append(
            Part(
                section,
                SECTION_LABELS[section],
                HOLDS[section],
                bool(section & chosen),
                _records(actor, draft.case_id, section) if seen else None,
                covered,
                consent.ends_at if consent and covered else None,
                readable_on_referral(draft.receiver_role, section),
            )
        )
    return found


def _records(actor: Actor, case_id: UUID, section: Section) -> int:
    """How many records of every part stand in one section of a case; their content is not read."""
    total = 0
    for contract in contracts():
        for model in contract.models:
            if not issubclass(model, ProtectedModel) or contract.part == "referral":
                continue
            # of what trust keeps, only what is sealed and stands in no row of a part: a name, an address
            if contract.part == "trust" and (model is not SealedSection or section not in SEALED_ALONE):
                continue
            mine = model.objects.visible_to(actor).filter(**{model.case_path: case_id})
            if model.section is None:
                mine = mine.filter(section_bit=int(section))
            elif model.section != section:
                continue
            total += mine.count()
    return total


@dataclass(frozen=True, slots=True)
class Listed:
    """One service of the directory as those who refer see it."""

    service: Service
    open_now: bool
    # how old the figure of free places is, in hours; None where it was never said
    age_hours: int | None
    believed: bool
    accredited_until: date | None
    misfits: tuple[Any, ...] = ()

    @property
    def may_receive(self) -> bool:
        """Whether an offer may be sent there at all."""
        return self.service.closed_at is None and (self.accredited_until is not None or not self.service.needs_accreditation)

    @property
    def has_place(self) -> bool:
        return not (self.service.free_places == 0 and self.believed)


def directory(at: datetime, *, need: str = "", language: str = "", band: str = "", region: str = "") -> list[Listed]:
    """The services that fit what is asked, those with a place first. Two queries for any number."""
    rows = Service.objects.with_accreditation(at.date())
    if region:
        rows = rows.filter(organisation__region=region)
    found = [_listed(one, at) for one in rows]
    wanted = [
        one
        for one in found
        if (not need or need in one.service.needs)
        and (not language or not one.service.languages or language in one.service.languages)
        and (not band or not one.service.age_bands or band in one.service.age_bands)
    ]
    return sorted(wanted, key=lambda one: (not one.may_receive, not one.has_place, one.service.organisation.name))


def _listed(one: Any, at: datetime, misfits: tuple[Any, ...] = ()) -> Listed:
    age = int((at - one.free_said_at).total_seconds() // 3600) if one.free_said_at else None
    return Listed(one, one.open_now(at), age, one.believed(at), one.accredited_until, misfits)


def receiver_of(draft: Referral, at: datetime) -> Listed | None:
    """The receiver as the directory lists it, with what does not fit; None where it is not listed."""
    row = Service.objects.with_accreditation(at.date()).filter(organisation_id=draft.receiver_id, role=draft.receiver_role).first()
    return _listed(row, at, tuple(draft.misfits())) if row else None


def others_that_fit(draft: Referral, at: datetime, *, most: int = 5) -> list[Listed]:
    """Other services that could take this person today: open, accredited, with a place, serving the need and the person."""
    found = []
    person: dict[str, Any] = {"need": draft.need, "band": draft.age_band, "gender": draft.person.gender, "language": draft.language}
    for one in directory(at, need=draft.need):
        same = (one.service.organisation_id, one.service.role) == (draft.receiver_id, draft.receiver_role)
        if same or one.service.organisation_id == draft.sender_id or not (one.may_receive and one.has_place):
            continue
        if not [m for m in one.service.misfits(**person) if m != "other_language"]:
            found.append(one)
    return found[:most]


@dataclass(frozen=True, slots=True)
class Accredited:
    """One accreditation as the coordinator sees it."""

    row: Accreditation
    role: str
    in_force: bool


def accreditations(on: date) -> list[Accredited]:
    """Every accreditation on record, those in force first."""
    labels = dict(Role.choices)
    rows = Accreditation.objects.select_related("organisation").order_by("organisation__name", "-ends_on")
    found = [Accredited(one, str(labels.get(one.kind, one.kind)), one.starts_on <= on <= one.ends_on) for one in rows]
    return sorted(found, key=lambda one: not one.in_force)


@dataclass(frozen=True, slots=True)
class Closed:
    """One share that a withdrawal closed, as its proof shows it."""

    referral: Referral
    sections: list[Words]
    at: datetime | None
    seconds: float | None
    grants: int
    still_open: int
    told_at: datetime | None


def proof_of(actor: Actor, consent: Consent) -> list[Closed]:
    """What hung on a withdrawn consent: each share with the moment it closed, and how many accesses are open still (counted now).

    Three queries for any number of shares.
    """
    own = list(sent(actor).filter(consent=consent).order_by("prepared_at"))
    beside = list(MoreAsked.objects.visible_to(actor).filter(consent=consent, status=MoreStatus.GIVEN).select_related("referral__receiver"))
    sources = [one.pk for one in (*own, *beside)]
    open_still = Counter(Grant.objects.filter(source_id__in=sources, ends_at__gt=actor.at).values_list("source_id", flat=True))
    closed = Counter(Grant.objects.filter(source_id__in=sources, ends_at__lte=actor.at).values_list("source_id", flat=True))
    subjects = [one.pk for one in own] + [more.referral_id for more in beside]
    rows = Notice.objects.visible_to(actor).filter(subject_id__in=subjects, kind="closed").exclude(role="").order_by("-at")
    told: dict[UUID, datetime] = dict(rows.values_list("subject_id", "at"))
    found = []
    pairs = [(one, one.pk, Section(one.sections), one.ended_at) for one in own]
    pairs += [(more.referral, more.pk, Section(more.asked), more.closed_at) for more in beside]
    for referral, source, sections, at in pairs:
        gap = (at - consent.withdrawn_at).total_seconds() if at and consent.withdrawn_at else None
        words: list[Words] = [SECTION_LABELS[s] for s in sections]
        found.append(Closed(referral, words, at, gap, closed[source], open_still[source], told.get(referral.pk)))
    return found


def as_shown(at: datetime) -> dict[str, Any]:
    """`coordination` and `delays` for the page: every count as the coordinator's board shows it, None where it is not shown.

    Services are named with their count hidden, for they are whom the coordinator calls; of reasons only those that have a count to show.
    """
    found = coordination(at)
    for name in ("risen", "unanswered", "declined"):
        found[name] = [(title, shown(number)) for title, number in found[name]]
    found["declined"] = [(title, number) for title, number in found["declined"] if number is not None]
    for name in ("urgent", "urgent_asked"):
        found[name] = shown(found[name])
    late = [{**row, "acknowledge": shown(row["acknowledge"]), "answer": shown(row["answer"])} for row in delays(at)]
    return {**found, "late": late}


def coordination(at: datetime) -> dict[str, Any]:
    """Exact counts for the coordinator, by receiving organisation and by reason, with no number, case or person; pages show `as_shown`."""
    house = counted()
    risen = Counter(house.filter(status=ReferralStatus.OFFERED).exclude(escalated_further_at=None).values_list("receiver__name", flat=True))
    unanswered = Counter(house.filter(closed_because=ClosedBecause.NO_ANSWER).values_list("receiver__name", flat=True))
    declined = Counter(house.filter(status=ReferralStatus.DECLINED).values_list("decline_reason", flat=True))
    urgent = house.exclude(vital_interest="").exclude(status=ReferralStatus.DRAFT)
    return {
        "risen": sorted(risen.items()),
        "unanswered": sorted(unanswered.items()),
        "declined": sorted((str(DeclineReason(code).label), number) for code, number in declined.items()),
        "urgent": urgent.count(),
        "urgent_asked": urgent.exclude(consent_answer="").count(),
        "lapsed": list(Service.objects.lapsed(at.date()).select_related("organisation")),
    }
