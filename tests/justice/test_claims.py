"""Claims: each route its own, the last day, what is awarded and not paid, the kept reckoning."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from havre import trust
from havre.justice import copying, queries, services
from havre.justice.services import lost_wages
from havre.justice.wages import Rate, Stretch
from havre.trust import clocks
from havre.trust.enums import Role
from havre.trust.errors import Invalid, Refused
from tests.factories import NOW
from tests.factories_casework import person_of
from tests.factories_site import signed_in
from tests.justice.acting import justice, later, told


def test_each_route_to_compensation_is_a_claim_of_its_own(case):
    lawyer = justice(Role.LEGAL_AID, case)
    place = {"case_id": case.pk, "person_id": person_of(case).pk, "language": "eng", "by": lawyer}
    with trust.acting(lawyer):
        made = [services.inform(**place, kind=kind) for kind in ("criminal", "civil", "fund")]
        with pytest.raises(Invalid) as invalid:
            services.inform(**place, kind="fund")
    assert len({one.pk for one in made}) == 3
    assert list(invalid.value.problems) == ["kind"]


def test_last_day_to_claim_runs_as_a_clock_and_is_told_before_it_ends(case):
    lawyer = justice(Role.LEGAL_AID, case)
    place = {"case_id": case.pk, "person_id": person_of(case).pk, "language": "eng", "by": lawyer}
    with trust.acting(lawyer):
        with pytest.raises(Invalid):
            services.inform(**place, kind="civil", limitation_on=NOW.date())
        claim = services.inform(**place, kind="civil", limitation_on=(NOW + timedelta(days=40)).date())
    clock = clocks.latest(claim.pk, "limitation")
    assert clocks.due_at(clock).date() == claim.limitation_on
    assert any(claim.pseudonym in line and "last day" in line for line in told(lawyer))
    with trust.acting(lawyer):
        money = {"wanted_at": NOW, "claimed": Decimal(900), "currency": "GHS"}
        services.move_claim(claim_id=claim.pk, step="claim", record=money, by=lawyer)
    assert clocks.state(clock) == "ended"


@pytest.mark.parametrize(("days", "said"), [(29, None), (31, 30), (91, 90), (200, 180)])
def test_award_that_is_not_paid_is_told_after_30_90_and_180_days(case, days, said):
    lawyer, fund = justice(Role.LEGAL_AID, case), justice(Role.COMPENSATION_FUND, case)
    with trust.acting(lawyer):
        claim = services.inform(case_id=case.pk, person_id=person_of(case).pk, language="eng", kind="fund", by=lawyer)
        money = {"wanted_at": NOW, "claimed": Decimal(900), "currency": "GHS"}
        services.move_claim(claim_id=claim.pk, step="claim", record=money, by=lawyer)
    with trust.acting(fund):
        services.move_claim(claim_id=claim.pk, step="award", record={"awarded": Decimal(700)}, by=fund)
    assert [clocks.due_at(clocks.latest(claim.pk, name)) for name in ("enforce", "enforce_90", "enforce_180")] == [
        NOW + timedelta(days=limit) for limit in (30, 90, 180)
    ]
    reader = later(lawyer, days=days)
    with trust.acting(reader):
        lines = [str(one.title) for one in queries.waiting(reader) if "not paid" in str(one.title)]
    assert [f"{said} days" in line for line in lines] == ([True] if said else [])


def claimed(case, lawyer):
    """A claim that the person made through a lawyer."""
    with trust.acting(lawyer):
        claim = services.inform(case_id=case.pk, person_id=person_of(case).pk, language="eng", kind="fund", by=lawyer)
        money = {"wanted_at": NOW, "claimed": Decimal(900), "currency": "GHS"}
        return services.move_claim(claim_id=claim.pk, step="claim", record=money, by=lawyer)


def test_claim_is_rejected_with_its_reason_which_is_the_persons_to_read(case):
    lawyer, fund = justice(Role.LEGAL_AID, case), justice(Role.COMPENSATION_FUND, case)
    claim = claimed(case, lawyer)
    with trust.acting(fund):
        with pytest.raises(Refused) as refusal:
            services.move_claim(claim_id=claim.pk, step="reject", by=fund)
        assert "an appeal has to answer it" in str(refusal.value.reasons[0])
        services.move_claim(claim_id=claim.pk, step="reject", record={"rejected_because": "no_proof"}, by=fund)
    with trust.acting(lawyer):
        entries = [values for kind, values in copying.dossier(lawyer, case.pk) if kind == "claim"]
    assert [(one["status"], one["rejected_because"], one["rejected_at"]) for one in entries] == [("rejected", "no_proof", NOW)]


def test_second_rejection_needs_a_reason_of_its_own(case):
    lawyer, fund = justice(Role.LEGAL_AID, case), justice(Role.COMPENSATION_FUND, case)
    claim = claimed(case, lawyer)
    with trust.acting(fund):
        services.move_claim(claim_id=claim.pk, step="reject", record={"rejected_because": "late"}, by=fund)
    with trust.acting(lawyer):
        appealed = services.move_claim(claim_id=claim.pk, step="appeal", record={"wanted_at": NOW}, by=lawyer)
    assert (appealed.status, appealed.rejected_because) == ("claimed", "late")
    with trust.acting(fund), pytest.raises(Refused):
        services.move_claim(claim_id=claim.pk, step="reject", by=fund)


def test_reason_of_a_rejection_stands_on_the_page(case):
    by = justice(Role.COMPENSATION_FUND, case)
    claim = claimed(case, justice(Role.LEGAL_AID, case))
    page, client = reverse("justice:claim", args=[claim.pk]), signed_in(by)
    assert client.post(page, {"step": "reject"}).status_code == 409
    assert client.post(page, {"step": "reject", "rejected_because": "not_covered"}).status_code == 302
    assert "Not covered by this fund or this court" in client.get(page).content.decode()


def test_reckoning_is_kept_with_its_steps(case):
    lawyer = justice(Role.LEGAL_AID, case)
    with trust.acting(lawyer):
        claim = services.inform(case_id=case.pk, person_id=person_of(case).pk, language="eng", kind="wages", by=lawyer)
        work = Stretch(NOW.date(), NOW.date() + timedelta(days=6), 6, Decimal(48), Decimal(0), agreed=Rate(Decimal(5), "hour"))
        made = lost_wages.keep(claim_id=claim.pk, stretches=[work], currency="GHS", by=lawyer)
    assert (made.total, made.steps[0]["code"], made.steps[0]["amount"]) == (Decimal("240.00"), "base_agreed", "240.00")


def awarded(case):
    """A claim of 900 GHS with an award of 700, and the fund that pays it."""
    lawyer, fund = justice(Role.LEGAL_AID, case), justice(Role.COMPENSATION_FUND, case)
    with trust.acting(lawyer):
        claim = services.inform(case_id=case.pk, person_id=person_of(case).pk, language="eng", by=lawyer)
        money = {"wanted_at": NOW, "claimed": Decimal(900), "currency": "GHS", "kind": "fund"}
        services.move_claim(claim_id=claim.pk, step="claim", record=money, by=lawyer)
    with trust.acting(fund):
        services.move_claim(claim_id=claim.pk, step="award", record={"awarded": Decimal(700)}, by=fund)
    return claim, fund


@pytest.mark.parametrize(
    ("step", "paid", "says"),
    [
        ("pay", None, "200.00 GHS is paid of an award of 700.00 GHS"),
        ("pay", 699, "699 GHS is paid of an award of 700.00 GHS"),
        ("pay_part", 700, "the whole award of 700.00 GHS is paid"),
        ("pay_part", 150, "200.00 was paid before this"),
        ("pay_part", None, "200.00 was paid before this"),
    ],
)
def test_less_than_the_award_never_closes_a_claim_and_the_sum_only_grows(case, step, paid, says):
    claim, fund = awarded(case)
    with trust.acting(fund):
        services.move_claim(claim_id=claim.pk, step="pay_part", record={"paid": Decimal(200)}, by=fund)
    with trust.acting(fund), pytest.raises(Invalid) as invalid:
        services.move_claim(claim_id=claim.pk, step=step, record={} if paid is None else {"paid": Decimal(paid)}, by=fund)
    assert str(invalid.value.problems["paid"][0]).startswith(says)
    # the rest stays due, and the reminders go on
    assert clocks.state(clocks.latest(claim.pk, "enforce")) == "running"


def test_award_in_another_currency_would_rename_what_was_claimed_and_is_sent_back(case):
    lawyer, fund = justice(Role.LEGAL_AID, case), justice(Role.COMPENSATION_FUND, case)
    with trust.acting(lawyer):
        claim = services.inform(case_id=case.pk, person_id=person_of(case).pk, language="eng", by=lawyer)
        money = {"wanted_at": NOW, "claimed": Decimal(900), "currency": "GHS", "kind": "fund"}
        services.move_claim(claim_id=claim.pk, step="claim", record=money, by=lawyer)
    with trust.acting(fund), pytest.raises(Invalid) as invalid:
        services.move_claim(claim_id=claim.pk, step="award", record={"awarded": Decimal(700), "currency": "USD"}, by=fund)
    assert [str(words) for words in invalid.value.problems["currency"]] == ["the claim is in GHS: give the amount in it"]
