"""Numbers for the coordinator, and for them alone numbers: coded status columns and dates are counted, no record is shown.

Cases under seal are in no figure. Every count leaves this module as `counting.shown` gives it, never exact.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from havre.partnership.counting import Delay, Figure, Method, Period, days_between, middle_of, ninth_of
from havre.protection.enums import IdentificationStatus
from havre.protection.models import AssistancePlan, Identification, Screening
from havre.register.enums import PersonRole
from havre.register.models import Case, Detection, Person
from havre.trust import clocks, policy
from havre.trust.actors import Actor
from havre.trust.contracts import Waiting
from havre.trust.counting import shown
from havre.trust.enums import Act, Basis
from havre.trust.errors import Words
from havre.trust.models import Agreement, Grant, Organisation, Seal

# an agreement is renewed in time when one hears of its end a month before
NOTICE = timedelta(days=30)
PERSON = _("distinct person")
CASE = _("case")
NO_DENOMINATOR = _("none: a number of persons who took this step, not a share of the line above")


def rows_of(model: Any, role: str = "person__role", case: str = "case_id") -> QuerySet[Any]:
    """Every row of the persons concerned (where the model has a path to the `role`), in cases that are not sealed."""
    sealed = Seal.objects.filter(ended_at=None).values("case_id")
    found = model.objects.for_house("extract").exclude(**{f"{case}__in": sealed})
    return found.filter(**{role: PersonRole.VICTIM}) if role else found


def within(rows: QuerySet[Any], field: str, period: Period) -> QuerySet[Any]:
    """Those whose date falls in the period."""
    return rows.filter(**{f"{field}__gte": period.start, f"{field}__lt": period.end})


def _persons(rows: QuerySet[Any], key: str = "person_id") -> int | None:
    return shown(rows.aggregate(n=Count(key, distinct=True))["n"])


def chain(period: Period) -> list[Figure]:
    """How many persons took each step of the response in the period, in the order of the chain."""
    decided = within(rows_of(Identification), "decided_at", period)
    referred = within(Grant.objects.filter(basis=Basis.REFERRAL), "starts_at", period).values("case_id")
    people = rows_of(Person, role="role")
    found: tuple[tuple[Any, Any, int | None, bool], ...] = (
        (
            pgettext_lazy("persons", "Screened"),
            _("persons with a screening that took place in the period"),
            _persons(within(rows_of(Screening), "happened_at", period)),
            False,
        ),
        (
            pgettext_lazy("persons", "Presumed victims"),
            _("persons presumed victims by a decision of the period"),
            _persons(within(rows_of(Identification), "presumed_at", period)),
            False,
        ),
        (
            pgettext_lazy("persons", "Decided"),
            _("persons whose identification was decided in the period"),
            _persons(decided),
            False,
        ),
        (
            pgettext_lazy("persons", "of whom confirmed"),
            _("of those decided, the persons whose status is confirmed today"),
            _persons(decided.filter(status=IdentificationStatus.CONFIRMED)),
            True,
        ),
        (
            pgettext_lazy("persons", "of whom not confirmed"),
            _("of those decided, the persons whose status is not confirmed today"),
            _persons(decided.filter(status=IdentificationStatus.NOT_CONFIRMED)),
            True,
        ),
        (
            pgettext_lazy("persons", "Referred"),
            _("persons in a case that another service was let into on an accepted referral of the period"),
            _persons(people.filter(case_id__in=referred), "id"),
            False,
        ),
        (
            pgettext_lazy("persons", "Plan started"),
            _("persons whose assistance plan started in the period"),
            _persons(within(rows_of(AssistancePlan), "started_at", period)),
            False,
        ),
        (
            pgettext_lazy("persons", "Case closed"),
            _("persons in a case that was closed in the period"),
            _persons(within(people, "case__closed_at", period), "id"),
            False,
        ),
    )
    return [Figure(title, count, Method(numerator, NO_DENOMINATOR, PERSON), part) for title, numerator, count, part in found]


def delays(period: Period) -> list[Delay]:
    """How long each step took for those whose step ended in the period; those who still wait are counted beside, not in it."""
    found = rows_of(Identification)
    cases = rows_of(Case, role="", case="id")
    waiting = {status: found.filter(status=status).count() for status in (IdentificationStatus.SCREENED, IdentificationStatus.PRESUMED)}
    return [
        _delay(
            _("Identification opened → presumed"),
            _pairs(within(found, "presumed_at", period), "opened_at", "presumed_at"),
            _("identifications"),
            waiting[IdentificationStatus.SCREENED],
        ),
        _delay(
            _("Presumed → decided (recovery period included)"),
            _pairs(within(found.exclude(presumed_at=None), "decided_at", period), "presumed_at", "decided_at"),
            _("identifications"),
            waiting[IdentificationStatus.PRESUMED],
        ),
        _delay(_("Case opened → first referral accepted"), _referrals(cases, period), CASE),
        _delay(
            _("Case opened → plan started"),
            _pairs(within(rows_of(AssistancePlan), "started_at", period), "case__opened_at", "started_at"),
            _("plans"),
        ),
        _delay(_("Case opened → case closed"), _pairs(within(cases, "closed_at", period), "opened_at", "closed_at"), CASE),
    ]


def _pairs(rows: QuerySet[Any], start: str, end: str) -> list[tuple[datetime, datetime]]:
    return list(rows.values_list(start, end))


def _referrals(cases: QuerySet[Any], period: Period) -> list[tuple[datetime, datetime]]:
    grants = Grant.objects.filter(basis=Basis.REFERRAL).values("case_id").annotate(first=Min("starts_at"))
    first = dict(within(grants, "first", period).values_list("case_id", "first"))
    opened = cases.filter(pk__in=Grant.objects.filter(basis=Basis.REFERRAL).values("case_id")).values_list("pk", "opened_at")
    return [(at, first[key]) for key, at in opened if key in first]


def _delay(title: Any, pairs: list[tuple[datetime, datetime]], unit: Any, waiting: int | None = None) -> Delay:
    days = days_between(pairs)
    method = Method(_("days of those whose step ended in the period"), _("the same"), unit)
    return Delay(
        title,
        shown(len(days)),
        middle_of(days),
        ninth_of(days),
        method,
        waits=waiting is not None,
        waiting=None if waiting is None else shown(waiting),
    )


def late(at: datetime) -> list[Figure]:
    """For each rule of the house, the deadlines that had passed by this moment and that nobody had closed. Every rule has its line."""
    sealed = Seal.objects.filter(ended_at=None).values("case_id")
    grouped = clocks.overdue(at).exclude(case_id__in=sealed).order_by().values_list("workflow", "name").annotate(n=Count("pk"))
    counts = {(workflow, name): number for workflow, name, number in grouped}
    method = Method(
        _("deadlines that had passed at the start of today and that nobody has closed"), pgettext_lazy("denominator", "none"), _("deadline")
    )
    return [Figure(rule.title, shown(counts.get((rule.workflow, rule.name), 0)), method) for rule in clocks.rules()]


@dataclass(frozen=True, slots=True)
class Against:
    """One deadline of the house beside what was waited for: what still runs and what has passed (both now), what ended in time and late."""

    title: Words
    running: int | None
    passed: int | None
    kept: int | None
    late: int | None

    @property
    def shown(self) -> bool:
        """Whether one of its figures may be shown."""
        return any(one is not None for one in (self.running, self.passed, self.kept, self.late))


def against_clocks(period: Period, at: datetime) -> list[Against]:
    """For each rule of the house: its periods that run and that have passed at this moment, and how those of the period ended.

    A period that was held when it ended had no date: it ended in time.
    """
    sealed = Seal.objects.filter(ended_at=None).values("case_id")
    by_rule = ("workflow", "name")
    rows = clocks.running(at).exclude(case_id__in=sealed).order_by().values_list(*by_rule).annotate(n=Count("pk"))
    running = {(workflow, name): number for workflow, name, number in rows}
    ended = clocks.ended_between(period.start, period.end).exclude(case_id__in=sealed).order_by()
    is_late = Q(promised__isnull=False, at__gt=F("promised"))
    rows = ended.values_list("clock__workflow", "clock__name").annotate(n=Count("pk"), late=Count("pk", filter=is_late))
    done = {(workflow, name): (number, behind) for workflow, name, number, behind in rows}
    found = []
    for rule, passed in zip(clocks.rules(), late(at), strict=True):
        number, behind = done.get((rule.workflow, rule.name), (0, 0))
        still = shown(running.get((rule.workflow, rule.name), 0))
        found.append(Against(rule.title, still, passed.count, shown(number - behind), shown(behind)))
    return found


def late_in_all(at: datetime) -> int | None:
    """All passed deadlines together, as shown."""
    sealed = Seal.objects.filter(ended_at=None).values("case_id")
    return shown(clocks.overdue(at).exclude(case_id__in=sealed).order_by().count())


def coverage(period: Period) -> tuple[int, int]:
    """How many organisations recorded a detection in the period, and how many take part. Organisations are no secret here."""
    recorded = within(rows_of(Detection), "happened_at", period).aggregate(n=Count("organisation_id", distinct=True))["n"]
    return recorded, Organisation.objects.filter(active=True).count()


def agreements() -> list[Agreement]:
    """Every sharing agreement between two organisations, the last to end first."""
    return list(Agreement.objects.select_related("first", "second").order_by("-ends_on", "reference"))


def start_of_day(at: datetime) -> datetime:
    """Midnight before a moment: figures of "now" stand still for a day."""
    return timezone.make_aware(datetime.combine(timezone.localdate(at), time.min))


def waiting(actor: Actor) -> Iterable[Waiting]:
    """What waits for the coordinator: deadlines that pass elsewhere (from K on), and agreements that end within a month."""
    if not policy.may_in_house(actor, Act.COORDINATE):
        return
    number = late_in_all(start_of_day(actor.at))
    if number is not None:
        yield Waiting(
            _("Deadlines have passed and nobody has closed them: %(number)s") % {"number": number},
            reverse("partnership:board") + "#late",
            urgent=True,
        )
    today = timezone.localdate(actor.at)
    ending = Agreement.objects.filter(ended_at=None, starts_on__lte=today, ends_on__gte=today, ends_on__lte=today + NOTICE)
    for one in ending.select_related("first", "second").order_by("ends_on", "reference"):
        yield Waiting(
            _("Agreement between %(first)s and %(second)s ends") % {"first": one.first, "second": one.second},
            reverse("partnership:agreements"),
            due_at=_end_of(one.ends_on),
            why=one.reference,
        )


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))
