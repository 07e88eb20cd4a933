"""SDG indicator 16.2.2: detected victims for 100,000 inhabitants, by sex, age and form. It counts detections, not prevalence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from havre import standards
from havre.evidence.labels import label_of
from havre.partnership.counting import Figure, Method, Period
from havre.partnership.queries import PERSON, rows_of, within
from havre.protection.enums import IdentificationStatus
from havre.protection.models import Identification
from havre.register.extract import FIELDS, PICKLISTS
from havre.register.models import Detection, LinkAssertion, PersonFacts
from havre.standards import Fact
from havre.trust.counting import shown
from havre.trust.errors import Words

PER = 100_000
NOT_RECORDED = "not_recorded"
SEXES = {
    "female": (pgettext_lazy("sex", "Female"), frozenset({"Feminine", "Female"})),
    "male": (pgettext_lazy("sex", "Male"), frozenset({"Masculine", "Male"})),
    "other": (pgettext_lazy("sex", "Another answer"), frozenset({"TransgenderFeminine", "TransgenderMasculine", "NonConforming", "Other"})),
}
FORMS = PICKLISTS[FIELDS["forms"]]
OF_THE_TOTAL = _("all detected victims of the period")


@dataclass(slots=True)
class Victim:
    """One person as counted: links that a person made between two records are followed, so nobody counts twice."""

    since: datetime
    confirmed: bool
    sex: str
    age: str
    forms: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Detected:
    """What the page shows. `rate` is made from the total as shown; None when the total is hidden or the population is not known."""

    counts: list[Figure]
    breakdowns: list[tuple[Words, list[Figure]]]
    rate: float | None
    population: Fact
    hidden: bool


def detected(period: Period) -> Detected:
    """Count the victims detected in a period: presumed and confirmed apart, then by sex, age and form."""
    victims = [one for one in _victims(period).values() if one.since >= period.start]
    confirmed = sum(one.confirmed for one in victims)
    total = shown(len(victims))
    population = standards.fact("population", on=period.last)
    known = population.usable and population.value > 0
    return Detected(
        [
            _figure(_("Detected victims"), len(victims), _("persons first presumed or confirmed in the period, not denied since"), False),
            _figure(_("of whom confirmed"), confirmed, _("those whose status is confirmed today"), True),
            _figure(_("of whom presumed"), len(victims) - confirmed, _("those presumed and not, or not yet, confirmed"), True),
            Figure(
                _("Reports received"),
                shown(within(rows_of(Detection), "happened_at", period).count()),
                Method(
                    _("reports of a person by an organisation in the period; one person may be reported several times"),
                    pgettext_lazy("denominator", "none"),
                    _("report"),
                ),
            ),
        ],
        [
            (_("By sex"), _by([one.sex for one in victims], {code: words for code, (words, _codes) in SEXES.items()})),
            (_("By age"), _by([one.age for one in victims], {"adult": _("Adults"), "child": _("Children")})),
            (_("By form of exploitation"), _by((form for one in victims for form in one.forms), {code: label_of(code) for code in FORMS})),
        ],
        PER * total / population.value if known and total is not None else None,
        population,
        total is None,
    )


def _figure(title: Any, count: int, numerator: Any, part: bool) -> Figure:
    return Figure(title, shown(count), Method(numerator, _("resident population, for the rate only"), PERSON), part)


def _by(codes: Iterable[str], labels: dict[str, Any]) -> list[Figure]:
    counts = Counter(codes)
    method = Method(_("detected victims with this answer"), OF_THE_TOTAL, PERSON)
    return [Figure(words, shown(counts[code]), method) for code, words in {**labels, NOT_RECORDED: _("Not recorded")}.items()]


def _victims(period: Period) -> dict[UUID, Victim]:
    """Everybody with a status before the end of the period, by the first of the records that are one person."""
    same = _same_person()
    forms = _forms()
    found: dict[UUID, Victim] = {}
    rows = (
        rows_of(Identification)
        .exclude(status=IdentificationStatus.NOT_CONFIRMED)
        .annotate(since=Coalesce("presumed_at", "decided_at"))
        .filter(since__lt=period.end)
        .order_by("since", "pk")
        .values_list("person_id", "since", "status", "person__gender", "person__age_on_opening", "person__presumed_minor")
    )
    for person, since, status, gender, age, minor in rows:
        one = found.setdefault(same.get(person, person), Victim(since, False, _sex(gender), _age(age, minor)))
        one.confirmed = one.confirmed or status == IdentificationStatus.CONFIRMED
        one.forms |= forms.get(person, frozenset())
    for one in found.values():
        one.forms = one.forms or frozenset({NOT_RECORDED})
    return found


def _sex(gender: str) -> str:
    return next((code for code, (_words, codes) in SEXES.items() if gender in codes), NOT_RECORDED)


def _age(age: int | None, presumed_minor: bool) -> str:
    if presumed_minor:
        return "child"
    return NOT_RECORDED if age is None else "child" if age < 18 else "adult"


def _forms() -> dict[UUID, frozenset[str]]:
    held = rows_of(PersonFacts).values_list("person_id", "coded")
    return {person: frozenset(set(coded.get(FIELDS["forms"]) or ()) & set(FORMS)) for person, coded in held}


def _same_person() -> dict[UUID, UUID]:
    """Each linked record's first record; links that were undone join nothing."""
    top: dict[UUID, UUID] = {}

    def find(key: UUID) -> UUID:
        while top.get(key, key) != key:
            key = top[key]
        return key

    for first, second in LinkAssertion.objects.for_house("extract").filter(undone_at=None).values_list("first_id", "second_id"):
        one, other = sorted((find(first), find(second)))
        top[one], top[other] = one, one
    return {key: find(key) for key in top}
