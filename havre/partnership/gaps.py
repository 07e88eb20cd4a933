"""What the coordinator has to mend: conditions waived, referrals declined, help that was not there, emergency accesses. Numbers alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from havre.partnership.counting import Figure, Method, Period
from havre.partnership.queries import rows_of, within
from havre.protection.enums import Need, ServiceReason, ServiceStatus
from havre.protection.models import AssistanceService
from havre.referral.enums import DeclineReason, ReferralStatus
from havre.referral.models import Referral
from havre.trust import law
from havre.trust.counting import shown
from havre.trust.errors import Words
from havre.trust.models import BreakGlass, Override, Seal
from havre.trust.overrides import OverrideReason

# an organisation whose region nobody wrote down
NOWHERE = _("region not recorded")


def _figures(counts: Counter[Any], title: Any, method: Method) -> list[Figure]:
    """The counts that may be seen, the largest first, then one line that says of how many kinds the rest is."""
    found = sorted(((key, shown(number)) for key, number in counts.items()), key=lambda pair: (-(pair[1] or 0), str(pair[0])))
    return [Figure(title(key), number, method) for key, number in found if number is not None]


def waived(period: Period) -> list[Figure]:
    """Conditions that a supervisor waived in the period, gate by gate, each with its reasons beneath it."""
    gates: Counter[str] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    rows = within(rows_of(Override, role=""), "used_at", period)
    for named, reason in rows.values_list("gates", "reason"):
        gates.update(named)
        reasons.update((gate, reason) for gate in named)
    method = Method(
        _("steps taken past this condition on a supervisor's agreement"), _("none: steps that met the condition are not counted"), _("step")
    )
    found = []
    for figure, gate in ((one, one.title) for one in _figures(gates, str, method)):
        found.append(Figure(_gate(str(gate)), figure.count, method))
        own = Counter({reason: number for (of, reason), number in reasons.items() if of == gate})
        found += [Figure(one.title, one.count, method, part=True) for one in _figures(own, lambda code: OverrideReason(code).label, method)]
    return found


def _gate(key: str) -> Words:
    gate = law.gates().get(key)
    return f"{key} {gate.words(translation.get_language() or 'en')}" if gate else key


def declined(period: Period) -> list[Figure]:
    """Referrals that the receiving service declined in the period, by the reason given."""
    answered = within(rows_of(Referral), "answered_at", period)
    said = answered.filter(status=ReferralStatus.DECLINED).values_list("decline_reason", flat=True)
    method = Method(_("referrals declined in the period, by the reason given"), _("referrals answered in the period"), _("referral"))
    total = Figure(_("Answered"), shown(answered.count()), method)
    counts = Counter(said)
    whole = Figure(_("of which declined"), shown(sum(counts.values())), method, part=True)
    return [total, whole, *(_part(one) for one in _figures(counts, lambda code: DeclineReason(code).label, method))]


def _part(figure: Figure) -> Figure:
    return Figure(figure.title, figure.count, figure.method, part=True)


def unmet(period: Period) -> list[Figure]:
    """Services offered in the period that could not be had, by need and reason, then by need and the region of the case's lead."""
    rows = within(rows_of(AssistanceService, role="plan__person__role"), "proposed_at", period)
    found = list(rows.filter(status=ServiceStatus.UNAVAILABLE).values_list("need", "reason", "case__lead__region"))
    method = Method(_("services offered in the period that are not available today"), _("services offered in the period"), _("service"))
    by_reason = Counter((need, reason) for need, reason, _region in found)
    by_place = Counter((need, region) for need, _reason, region in found)
    return [
        *_figures(by_reason, lambda pair: _join(Need(pair[0]).label, ServiceReason(pair[1]).label), method),
        *_figures(by_place, lambda pair: _join(Need(pair[0]).label, pair[1] or NOWHERE), method),
    ]


def _join(first: Words, second: Words) -> Words:
    return _("%(first)s: %(second)s") % {"first": first, "second": second}


def emergencies(period: Period) -> list[Figure]:
    """Emergency accesses of the period, and how the data-protection officer judged them."""
    sealed = Seal.objects.filter(ended_at=None).values("case_id")
    rows = within(BreakGlass.objects.exclude(case_id__in=sealed), "starts_at", period)
    method = Method(_("emergency accesses begun in the period"), _("none"), _("access"))
    parts: Iterable[tuple[Words, int]] = (
        (_("found justified"), rows.filter(verdict="justified").count()),
        (_("found not justified"), rows.filter(verdict="not_justified").count()),
        (_("not judged yet"), rows.filter(reviewed_at=None).count()),
    )
    return [
        Figure(_("Emergency accesses"), shown(rows.count()), method),
        *(Figure(title, shown(number), method, part=True) for title, number in parts),
    ]
