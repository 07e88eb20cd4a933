"""What the tests of justice's records share: officers on a case, an inquiry, a record added, a step taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from havre import trust
from havre.justice import queries, services
from havre.justice.services import records
from havre.trust.enums import Basis
from tests.factories import NOW, give_to, make_actor
from tests.factories_casework import person_of

OPEN = {"against": "trafficker", "measures": ["no_contact"], "lawyer_at": NOW, "threats_assessed_at": NOW}


def justice(role, case, **fields):
    actor = make_actor(role, **fields)
    give_to(actor, case, basis=Basis.LEGAL_DUTY)
    return actor


def opened(case, by, **changes):
    with trust.acting(by):
        return services.open_proceeding(case_id=case.pk, person_id=person_of(case).pk, record={**OPEN, **changes}, by=by)


def later(actor, **time):
    return replace(actor, at=actor.at + timedelta(**time), factor_at=actor.at + timedelta(**time))


def add(code, proceeding, by, /, **record):
    with trust.acting(by):
        return records.add(kind=code, proceeding_id=proceeding.pk, record=record, by=by)


def step(code, row, name, by, /, **record):
    with trust.acting(by):
        return records.step(kind=code, record_id=row.pk, step=name, record=record, by=by)


def hearing(days=10, **more):
    return {"starts_at": NOW + timedelta(days=days), "court": "first_instance", "purpose": "trial_day", **more}


def told(actor):
    with trust.acting(actor):
        return [str(one.title) for one in queries.waiting(actor) if one.urgent]
