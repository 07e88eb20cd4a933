"""An adult who refuses: nothing is sent, or, where a country's law asks for a notice, one that holds gender and nationality alone."""

from __future__ import annotations

from havre.protection import standing
from havre.protection.models import Identification, RefusalNotice
from havre.protection.workflow_evidence import REFUSAL_NOTICE
from havre.register.models import PersonFacts
from havre.trust import audit
from havre.trust.actors import Actor
from havre.trust.errands import as_house


def prepare(identification: Identification, *, by: Actor) -> RefusalNotice | None:
    """Prepare the notice that the country's law asks for, None where it asks for none or the person is or may be a child.

    In the transaction of the step by which the person leaves the procedure. Source: the fact `refusal_notice` of the country's profile.
    """
    asked = standing.refusal_notice(identification.case.country, by.at.date())
    if asked is None or identification.is_child is not False:
        return None
    facts = PersonFacts.objects.visible_to(by).filter(person_id=identification.person_id).first()
    notice = RefusalNotice(
        case_id=identification.case_id,
        person_id=identification.person_id,
        by=by.user,
        at=by.at,
        identification=identification,
        gender=identification.person.gender,
        nationalities=list(facts.citizenships) if facts else [],
        to=asked.to,
        revision=asked.revision,
    )
    notice.status = REFUSAL_NOTICE.check(notice, move="prepare", by=by).end
    # a guardian or lawyer writes down the refusal without a right to write facts: the table of the identification has decided
    with as_house():
        notice.save(force_insert=True)
    audit.record(event="refusal_notice.prepare", by=by, subject=identification.person_id, case_id=identification.case_id)
    return notice
