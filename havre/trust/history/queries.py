"""The access history, read from the audit trail. Ids become words here, and a name of staff only for the data-protection officer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Q
from django.utils.translation import gettext_lazy as _

from havre.trust import policy
from havre.trust.actors import Actor
from havre.trust.contracts import contracts
from havre.trust.enums import SECTION_LABELS, Act, Basis, Purpose, Role, Section
from havre.trust.errors import Missing, Words
from havre.trust.models import Grant, IdentityRequest, Organisation, Reading, ReadingSubject, Seal, User
from havre.trust.models.audit import Outcome, ReadingKind
from havre.trust.models.grants import FOR_EVER
from havre.trust.models.organisations import OrganisationKind
from havre.trust.policy.table import POLICY

PAGE = 100
# a paper that names its subject can put a person in danger: an organisation whose name does so is called by its kind
_TELLING = re.compile(r"traffi|traite|esclav|slave|exploit|victim|prostit|survivor|survivant|\btip\b", re.IGNORECASE)
_NEUTRAL_SECTIONS: dict[Section, Words] = {**SECTION_LABELS, Section.FACTS: _("Facts of the file"), Section.SCREENING: _("First interview")}


@dataclass(frozen=True, slots=True)
class Consultation:
    """One reading: when, which service and job (and who, for the officer), which sections, for what, and on which basis.

    `sections` are those of the whole page that was read, which may have shown other persons too (`others`).
    """

    no: int
    at: datetime
    organisation: Words
    role: Words
    staff: str
    sections: tuple[Words, ...]
    purpose: Words
    basis: tuple[Words, ...]
    law: tuple[str, ...]
    opened: bool
    others: int
    # the same as codes, for a page in a language that the house itself does not speak
    role_code: str = ""
    purpose_code: str = ""
    section_bits: int = 0
    route: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """One service's job that may or might read a case: which sections, until when (None: no end set), whether it still may."""

    organisation: Words
    role_code: str
    section_bits: int
    ends_at: datetime | None
    live: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refusal: who asked for what and which rows forbade it."""

    no: int
    at: datetime
    organisation: Words
    role: Words
    staff: str
    event: str
    rows: tuple[str, ...]
    subjects: tuple[str, ...]
    # the name of the address, never its path: paths hold ids
    route: str = ""

    @property
    def said(self) -> Words:
        """What was asked, in words; the event's code where no part names it."""
        return next((words for contract in contracts() for event, words in contract.audit_words if event == self.event), self.event)


def case_by_reference(words: str) -> UUID | None:
    """The id of the case that bears this reference or id, for the data-protection officer; None when there is none."""
    return next((found for contract in contracts() if (found := contract.find_case(words)) is not None), None)


def is_sealed(case_id: UUID) -> bool:
    """Whether a seal is in force on this case."""
    return Seal.objects.filter(case_id=case_id, ended_at=None).exists()


def persons_of_case(case_id: UUID) -> tuple[UUID, ...]:
    """The ids of the persons in a case, oldest first; none for a case that is not there."""
    return tuple(person for contract in contracts() for person in contract.persons_of_case(case_id))


def require_history(by: Actor, case_id: UUID) -> bool:
    """Whether `by` sees it as data-protection officer (True) or as the case's own holder or custodian (False).

    Raises: Missing for anyone else, as for a case that does not exist; for the officer too while the case is sealed: only its
    custodians then know that it is there.
    """
    if policy.may_in_house(by, Act.REVIEW):
        if is_sealed(case_id):
            raise Missing
        return True
    own = Grant.objects.filter(
        case_id=case_id,
        holder_id__in=by.holders,
        role=by.role,
        purpose=by.purpose,
        basis__in=(Basis.OWN_CASE, Basis.CUSTODIAN),
        starts_at__lte=by.at,
        ends_at__gt=by.at,
    )
    if own.exists() and policy.decide(by, Act.READ, Section.CASE, case_id).allowed:
        return False
    raise Missing


def who_read(
    person_id: UUID | None,
    case_ids: Sequence[UUID],
    *,
    staff_names: bool = False,
    neutral: bool = False,
    before: int | None = None,
    limit: int = PAGE,
) -> list[Consultation]:
    """Who read this person, newest first: readings of the person, and of the bare file of their cases.

    Args: case_ids, the person's cases; staff_names, for the data-protection officer only; neutral, for a paper given to the person;
    before, the `no` of the last one already shown. Five queries at most, whatever the number of rows.
    """
    subjects = [*([person_id] if person_id else []), *case_ids]
    return consultations(subjects, case_ids, staff_names=staff_names, neutral=neutral, before=before, limit=limit)


def consultations(
    subjects: Sequence[UUID],
    case_ids: Sequence[UUID],
    *,
    staff_names: bool,
    neutral: bool,
    before: int | None,
    limit: int = PAGE,
) -> list[Consultation]:
    """Like `who_read`, for several persons of the same cases at once."""
    index = ReadingSubject.objects.filter(subject__in=list(subjects))
    if before is not None:
        index = index.filter(reading__lt=before)
    numbers = list(index.order_by("-reading").values_list("reading", flat=True).distinct()[:limit])
    readings = list(Reading.objects.filter(no__in=numbers, kind=ReadingKind.READING).order_by("-no"))
    organisations, staff = _organisations(readings), _staff(readings) if staff_names else {}
    grants = _grants(case_ids, readings)
    asked = {str(subject) for subject in subjects}
    return [
        Consultation(
            no=row.no,
            at=row.at,
            organisation=name_of(organisations.get(row.organisation_id), neutral=neutral),
            role=Role(row.role).label,
            staff=staff.get(row.user_id, ""),
            sections=_section_words(row.sections, neutral=neutral),
            purpose=Purpose(row.purpose).label,
            basis=tuple(basis.label for basis in bases),
            law=_law(row.rows, bases),
            opened=row.outcome == Outcome.OPENED,
            others=len(set(row.subjects) - asked),
            role_code=row.role,
            purpose_code=row.purpose,
            section_bits=row.sections,
            route=row.route,
        )
        for row in readings
        for bases in [_bases_of(row, grants)]
    ]


def accesses(case_id: UUID, *, at: datetime, person_id: UUID | None = None) -> list[Access]:
    """Who may read a case and who might before, one line for each service's job, those that still run first. Names are neutral.

    Args: person_id, leaves out the names that were granted of other persons. Two queries, three where a name was granted.
    """
    whose = Q(person_id=None) | Q(person_id=person_id) if person_id else Q()
    rows = (
        Grant.objects.filter(whose, case_id=case_id, starts_at__lte=at).select_related("holder__organisation").order_by("starts_at", "pk")
    )
    # a name is granted to one person: the paper says in which service
    asked = {row.source_id for row in rows if row.basis == Basis.IDENTITY_REQUEST}
    places = (
        {one.pk: one.organisation for one in IdentityRequest.objects.filter(pk__in=asked).select_related("organisation")} if asked else {}
    )
    found: dict[tuple[UUID | None, str], list[Grant]] = {}
    homes: dict[UUID | None, Organisation | None] = {}
    for grant in rows:
        place = places.get(grant.source_id) or grant.holder.organisation if grant.source_id else grant.holder.organisation
        homes[place.pk if place else None] = place
        found.setdefault((place.pk if place else None, grant.role), []).append(grant)
    lines = []
    for (home, role), grants in found.items():
        running = [grant for grant in grants if grant.ends_at > at]
        last = max(grant.ends_at for grant in grants)
        bits = 0
        for grant in running or grants:
            bits |= grant.sections
        name = name_of(homes[home], neutral=True)
        lines.append(Access(name, role, bits, None if last >= FOR_EVER else last, bool(running)))
    return sorted(lines, key=lambda line: not line.live)


def times_read(person_id: UUID, case_id: UUID, organisation_id: UUID | None, *, since: datetime) -> tuple[int, datetime | None]:
    """How often one organisation read this person or the bare file since a moment, and when last; (0, None) for never. One query."""
    index = ReadingSubject.objects.filter(subject__in=[person_id, case_id]).values("reading")
    rows = Reading.objects.filter(no__in=index, kind=ReadingKind.READING, organisation_id=organisation_id, at__gte=since)
    found = rows.aggregate(times=Count("no"), last=Max("at"))
    return found["times"], found["last"]


def refusals(*, before: int | None = None, limit: int = PAGE) -> list[Refusal]:
    """The refusals, newest first, for the data-protection officer. Three queries."""
    rows = Reading.objects.filter(kind=ReadingKind.REFUSAL).order_by("-no")
    found = list((rows.filter(no__lt=before) if before is not None else rows)[:limit])
    organisations, staff = _organisations(found), _staff(found)
    return [
        Refusal(
            no=row.no,
            at=row.at,
            organisation=name_of(organisations.get(row.organisation_id), neutral=False),
            role=Role(row.role).label,
            staff=staff.get(row.user_id, ""),
            event=row.event,
            rows=tuple(row.rows),
            subjects=tuple(row.subjects),
            route=row.route,
        )
        for row in found
    ]


def _organisations(rows: Iterable[Reading]) -> dict[UUID, Organisation]:
    return Organisation.objects.in_bulk({row.organisation_id for row in rows})


def _staff(rows: Iterable[Reading]) -> dict[UUID, str]:
    return dict(User.objects.filter(pk__in={row.user_id for row in rows}).values_list("pk", "name"))


def _grants(case_ids: Sequence[UUID], rows: Sequence[Reading]) -> list[Grant]:
    """The grants on these cases that the readers' jobs, or the readers themselves, ever held."""
    if not rows:
        return []
    holders = Q(holder__organisation_id__in={row.organisation_id for row in rows}) | Q(holder__user_id__in={row.user_id for row in rows})
    return list(Grant.objects.filter(holders, case_id__in=list(case_ids)).select_related("holder"))


def _bases_of(row: Reading, grants: Iterable[Grant]) -> tuple[Basis, ...]:
    """On which bases the reader's job held the case at that moment."""
    held = {
        Basis(grant.basis)
        for grant in grants
        if grant.starts_at <= row.at < grant.ends_at
        and grant.role == row.role
        and grant.purpose == row.purpose
        and grant.sections & row.sections
        and (grant.holder.user_id == row.user_id if grant.holder.user_id else grant.holder.organisation_id == row.organisation_id)
    }
    return tuple(basis for basis in Basis if basis in held)


def _law(rows: Iterable[str], bases: Sequence[Basis]) -> tuple[str, ...]:
    """The law that the policy rows cite, of those rows that fit the basis held."""
    table = dict(POLICY.allows)
    fitting = (table[name] for name in rows if name in table and table[name].when.bases & set(bases))
    return tuple(dict.fromkeys(row.law for row in fitting))


def _section_words(bits: int, *, neutral: bool) -> tuple[Words, ...]:
    labels = _NEUTRAL_SECTIONS if neutral else SECTION_LABELS
    return tuple(labels[section] for section in Section if bits & section)


def name_of(organisation: Organisation | None, *, neutral: bool) -> Words:
    """An organisation's name in the reader's language; `neutral` calls one whose name tells of the subject by its kind."""
    from django.utils.translation import get_language

    if organisation is None:
        return _("a service that is no longer registered")
    name = organisation.name_fr if get_language() == "fr" and organisation.name_fr else organisation.name
    if neutral and (_TELLING.search(name) or _TELLING.search(organisation.name)):
        return OrganisationKind(organisation.kind).label
    return name
