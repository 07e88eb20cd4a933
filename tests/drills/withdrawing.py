"""A worker that takes back a consent, to be killed in the middle: `python -m tests.drills.withdrawing` with HAVRE_HOME set.

It has loaded the product and holds nothing open. Each request (a JSON line) is done by a child of its own, which the drill kills by its id:
seed → a case, a consent, what hangs on it; withdraw → stops before one statement, at the commit, or when all is done; look → what stands.
The stopping is here and not in the product: a count of the statements that pass.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "havre.site.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from havre import trust  # noqa: E402
from havre.referral import services as referrals  # noqa: E402
from havre.referral.models import Notice, Referral  # noqa: E402
from havre.register import consents  # noqa: E402
from havre.register.consenting import acts  # noqa: E402
from havre.register.models import ClosedShare, Consent, ConsentEvent  # noqa: E402
from havre.trust.enums import Basis, Role, Section  # noqa: E402
from havre.trust.middleware import actor_of  # noqa: E402
from havre.trust.models import ActRow, ClockEvent, Grant, Membership  # noqa: E402
from tests.factories import NOW, OrganisationFactory, UserFactory, give_to, make_actor, make_case  # noqa: E402
from tests.factories_casework import agree, consent_to, person_of  # noqa: E402

BOTH = Section.PROTECTION | Section.FACTS
# where a withdrawal is stopped besides a statement: at the commit, and when it is committed and not yet answered
AT_COMMIT, ANSWERED = -1, -2


def seed(number: int, shares: int) -> dict[str, str]:
    """A consent on which so many accesses of three services hang, and an accepted referral with its own.

    Args: number, of the round: each child counts its made-up names from a place of its own.
    """
    for names in (OrganisationFactory, UserFactory):
        names.reset_sequence(number * 100, force=True)
    worker, receiver = make_actor(), make_actor(Role.LEGAL_AID)
    case = make_case(worker)
    agree(worker, receiver)
    consent = consent_to(case, receiver, sections=BOTH)
    others = [make_actor(Role.SHELTER) for _ in range(3)]
    for n in range(shares):
        ends = NOW + timedelta(days=60 + n)
        give_to(others[n % 3], case, sections=Section.PROTECTION, basis=Basis.CONSENT, source_id=consent.pk, ends_at=ends)
    with trust.acting(worker):
        accepted = _refer(worker, case, receiver, consent)
    with trust.acting(receiver):
        referrals.accept(referral_id=accepted.pk, no_conflict=True, by=receiver)
    job = Membership.objects.get(user=worker.user)
    return {"consent": str(consent.pk), "case": str(case.pk), "job": str(job.pk)}


def _refer(worker: Any, case: Any, to: Any, consent: Any) -> Referral:
    sent = referrals.prepare(
        by=worker, case_id=case.pk, person_id=person_of(case).pk, receiver_id=to.organisation_id, receiver_role=to.role,
        purpose=consent.purpose, sections=Section.FACTS, need="legal", asked_until=NOW + timedelta(days=30), consent_id=consent.pk,
    )  # fmt: skip
    return referrals.offer(referral_id=sent.pk, by=worker)


def look(consent: str, case: str, job: str) -> dict[str, Any]:
    """What stands of the case, consent, shares, notices and trace."""
    found = Consent.objects.for_house("tests").get(pk=consent)
    closed = ClosedShare.objects.for_house("tests").filter(event__consent_id=consent)
    return {
        "open shares": Grant.objects.filter(case_id=case, starts_at__lte=NOW, ends_at__gt=NOW).count(),
        "consent": [found.state, found.withdrawn_at is not None],
        "steps in the ledger": ConsentEvent.objects.for_house("tests").filter(consent_id=consent).count(),
        "notices of an ended share": len(set(closed.values_list("grant_no", flat=True))),
        "lines of an ended share": closed.count(),
        "notices of a referral": Notice.objects.for_house("tests").filter(case_id=case).count(),
        "referrals": sorted(Referral.objects.for_house("tests").filter(case_id=case).values_list("status", flat=True)),
        "acts": ActRow.objects.filter(case_id=case, event="consent.withdraw").count(),
        "events of periods": ClockEvent.objects.for_house("tests").filter(clock__case_id=case).count(),
    }


class Stop:
    """Counts the statements of a withdrawal, and stops before one of them until it is killed."""

    def __init__(self, before: int, *, commits: bool, tell: Any) -> None:
        self.before, self.commits, self.tell, self.passed = before, commits, tell, 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.passed += 1
        if self.passed == self.before:
            if self.commits:
                # the planted fault: a withdrawal in two transactions
                connection.connection.commit()
            self.wait()
        return execute(sql, params, many, context)

    def wait(self) -> None:
        self.tell({"stopped": self.passed})
        time.sleep(600)


def withdraw(consent: str, case: str, job: str, stop: int, commits: bool, tell: Any) -> dict[str, int]:
    """Take the consent back as its case manager, through the product's own service. Gives how many statements that took."""
    by = actor_of(Membership.objects.get(pk=job), at=NOW, factor_at=NOW)
    counted = Stop(stop, commits=commits, tell=tell)
    if stop == AT_COMMIT:
        commit = connection._commit
        connection._commit = lambda: (counted.wait(), commit())
    with connection.execute_wrapper(counted), trust.acting(by):
        acts.withdraw_consent(by=by, consent_id=consent)
    if stop == ANSWERED:
        counted.wait()
    return {"done": counted.passed}


def proof(consent: str, case: str, job: str) -> dict[str, Any]:
    """What the page prints for the person."""
    by = actor_of(Membership.objects.get(pk=job), at=NOW, factor_at=NOW)
    with trust.acting(by):
        said = consents.proof(by, Consent.objects.visible_to(by).get(pk=consent))
        return {"shares": len(said.shares), "holds": said.holds}


def main() -> None:
    """Requests until the drill closes the pipe; a child answers each, the drill is told its id first."""
    for line in sys.stdin:
        asked = json.loads(line)
        name = asked.pop("what")
        child = os.fork()
        if child == 0:
            _tell({"pid": os.getpid()})
            more = {"tell": _tell} if name == "withdraw" else {}
            _tell({"seed": seed, "look": look, "withdraw": withdraw, "proof": proof}[name](**asked, **more))
            connection.close()
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        _tell({"ended": -os.waitstatus_to_exitcode(status)})


def _tell(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    assert not settings.TESTING, "a drill runs the product as it is served"
    main()
