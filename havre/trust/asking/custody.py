"""Who the custodians of a name are: the country's setting, read once, and who holds such a job for one case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from havre.trust.enums import Act, Basis, Role
from havre.trust.errors import HavreError, Words
from havre.trust.models import Grant, Membership, User
from havre.trust.models.requests import Agree
from havre.trust.policy.table import CASE_HOLDERS, POLICY

LEAD, COUNTRY = "lead", "country"
# whoever has a policy row for the name of one person may ask; the same jobs, at the lead service, may be custodians
ASKERS = frozenset(role for role in CASE_HOLDERS if any(row.when.name == "on_request" and role in row.roles for _n, row in POLICY.allows))
OFFICERS = frozenset(role for act, role in POLICY.house if act == Act.REVIEW)
PLACES: dict[str, Words] = {LEAD: _("of the service that leads the case"), COUNTRY: _("of the country")}


class SettingWrong(HavreError):
    """HAVRE_IDENTITY_CUSTODIANS cannot be read: the service does not start, and says what is expected."""


@dataclass(frozen=True, slots=True)
class Job:
    """One custodian's job: a role at the lead service, or of the whole country (a role that reviews accesses)."""

    role: Role
    place: str

    def __str__(self) -> str:
        return f"{self.role.value}@{self.place}"

    @property
    def words(self) -> str:
        """The job as it is shown."""
        return f"{self.role.label}, {PLACES[self.place]}"


@dataclass(frozen=True, slots=True)
class Custody:
    """The country's rule: these jobs, and whether one of them is enough."""

    agree: Agree
    jobs: tuple[Job, ...]


def custody() -> Custody:
    """The rule in force. Raises: SettingWrong, naming what is wrong and what is expected."""
    return parse(settings.HAVRE_IDENTITY_CUSTODIANS)


@cache
def parse(text: str) -> Custody:
    """Read `any:case_manager@lead,…` or `all:…`. Raises: SettingWrong."""
    agree, _colon, rest = text.strip().partition(":")
    if agree not in Agree.values:
        raise SettingWrong(_wrong(text, "it begins with any: or all:"))
    jobs = tuple(_job(text, one.strip()) for one in rest.split(","))
    if len(set(jobs)) != len(jobs):
        raise SettingWrong(_wrong(text, "a job stands in it twice"))
    return Custody(Agree(agree), jobs)


def _job(text: str, one: str) -> Job:
    role, _at, place = one.partition("@")
    if place == LEAD and role in ASKERS:
        return Job(Role(role), LEAD)
    if place == COUNTRY and role in OFFICERS:
        return Job(Role(role), COUNTRY)
    known = ", ".join([*(f"{role}@{LEAD}" for role in sorted(ASKERS)), *(f"{role}@{COUNTRY}" for role in sorted(OFFICERS))])
    raise SettingWrong(_wrong(text, f"{one or 'nothing'} is no custodian's job; the jobs are {known}"))


def _wrong(text: str, why: str) -> str:
    return f"HAVRE_IDENTITY_CUSTODIANS={text!r}: {why}. Example: any:case_manager@lead,child_protection@lead"


def read_job(text: str) -> Job:
    """A job as a request keeps it."""
    role, _at, place = text.partition("@")
    return Job(Role(role), place)


def people(job: Job, case_id: UUID, *, at: datetime, but: User) -> bool:
    """Whether anybody holds this job for this case, the requester apart."""
    held = Membership.objects.filter(role=job.role, ended_at=None, user__is_active=True).exclude(user=but)
    if job.place == LEAD:
        own = Grant.objects.filter(case_id=case_id, role=job.role, basis__in=LEADING, starts_at__lte=at, ends_at__gt=at)
        held = held.filter(organisation_id__in=own.values("holder__organisation_id"))
    return held.exists()


# by these the lead service holds its case
LEADING = (Basis.OWN_CASE, Basis.CUSTODIAN)
