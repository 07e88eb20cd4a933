"""What the person asks about their own data, and the code under which they read their page from afar."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.register.enums import ReceiptChoice, RequestKind, RequestOutcome, SafetyAnswer, WhatIsWrong, WhyNot
from havre.register.models import Case, Person, PersonRequest, RemoteCode
from havre.register.workflow import ANSWER, REQUEST
from havre.trust import audit, clocks, identity
from havre.trust.actors import Actor
from havre.trust.contracts import contracts
from havre.trust.enums import Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.middleware import actor_of
from havre.trust.models import Membership

KIND, LONGEST = "request", 2_000
# how long a code may live: long enough for one evening, never longer than three days
HOURS = (2, 24, 72)
SAFE = {SafetyAnswer.ALONE, SafetyAnswer.SHARED_SAFE}
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@trust.act("request.receive")
def receive(
    *,
    by: Actor,
    case_id: UUID,
    person_id: UUID,
    kind: str,
    language: str,
    about: Section = Section(0),
    wrong: str = "",
    words: str = "",
    reading_no: int | None = None,
) -> PersonRequest:
    """Take down what the person asks, and start the clock of its answer. The words, if any, are sealed.

    Raises: Missing; Invalid by field; Refused (403) when the role may take nothing down, or words into a section that it does not write.
    """
    person = Person.objects.visible_to(by).get_or_missing(pk=person_id, case_id=case_id)
    problems: dict[str, list[Any]] = {}
    if kind not in RequestKind.values:
        problems["kind"] = [_("choose what is asked from the list")]
    if kind == RequestKind.RECTIFY and wrong not in WhatIsWrong.values:
        problems["wrong"] = [_("choose what is not right from the list; the words may stay empty")]
    if len(words) > LONGEST:
        problems["words"] = [_("at most 2,000 characters: the rest can be told to the worker")]
    if problems:
        raise Invalid(problems)
    asked = PersonRequest(
        case_id=case_id,
        person=person,
        kind=kind,
        about=int(about),
        wrong=wrong if kind == RequestKind.RECTIFY else "",
        reading_no=reading_no if kind == RequestKind.EXPLAIN else None,
        language=language,
        received_at=by.at,
        received_by=by.user,
    )
    asked.status = REQUEST.check(asked, move="receive", by=by).end
    # a guardian writes nothing else of this section: the table has decided
    asked.held_for_step = True
    asked.save(force_insert=True)
    if words.strip():
        body = {"words": words.strip()}
        identity.write(by=by, case_id=case_id, person_id=person.pk, section=Section.PROTECTION, kind=KIND, body=body, record_id=asked.pk)
    clocks.start(ANSWER, case_id=case_id, subject_id=asked.pk, at=by.at, by=by)
    audit.record(event="request.receive", by=by, subject=person.pk, case_id=case_id, reason=kind)
    return asked


@trust.act("request.answer")
def answer(*, by: Actor, request_id: UUID, outcome: str, why_not: str = "") -> PersonRequest:
    """Say what came of it; what is not done needs its reason. Ends the clock. Raises: Missing; Refused; Invalid."""
    asked = PersonRequest.objects.visible_to(by).get_for_step(pk=request_id)
    if (why_not and why_not not in WhyNot.values) or (outcome and outcome not in RequestOutcome.values):
        raise Invalid({"outcome": [_("choose from the list")]})
    asked.outcome, asked.why_not = outcome, "" if outcome == RequestOutcome.DONE else why_not
    checked = REQUEST.check(asked, move="answer", by=by)
    asked.status, asked.answered_at, asked.answered_by = checked.end, by.at, by.user
    asked.save()
    _stop(asked, by)
    audit.record(event="request.answer", by=by, subject=asked.person_id, case_id=asked.case_id, reason=outcome)
    return asked


@trust.act("request.take_back")
def take_back(*, by: Actor, request_id: UUID) -> PersonRequest:
    """The person wants no answer any more. Raises: Missing; Refused when it was answered."""
    asked = PersonRequest.objects.visible_to(by).get_for_step(pk=request_id)
    asked.status = REQUEST.check(asked, move="take_back", by=by).end
    asked.save(update_fields=["status"])
    _stop(asked, by)
    audit.record(event="request.take_back", by=by, subject=asked.person_id, case_id=asked.case_id)
    return asked


def _stop(asked: PersonRequest, by: Actor) -> None:
    clock = clocks.latest(asked.pk, ANSWER.name)
    if clock is not None and clocks.state(clock) in {"running", "paused", "expired"}:
        clocks.end(clock, at=by.at, by=by)


@trust.act("request.receipt")
def choose_receipt(*, by: Actor, request_id: UUID, choice: str) -> PersonRequest:
    """Whether the person takes a paper; having none is a choice and is written down as one. Raises: Missing; Invalid."""
    asked = PersonRequest.objects.visible_to(by).get_for_step(pk=request_id)
    if choice not in ReceiptChoice.values:
        raise Invalid({"receipt": [_("a paper, or none")]})
    asked.receipt = choice
    asked.save(update_fields=["receipt"])
    audit.record(event="request.receipt", by=by, subject=asked.person_id, case_id=asked.case_id, reason=choice)
    return asked


@trust.act("person.copy")
def copy(*, by: Actor, case_id: UUID, person_id: UUID, form: str) -> dict[str, Any]:
    """The person's own copy: what is held about them in every part that this job may read, without others' data.

    Names of staff are left out (service and role stand for them); professional notes are named, not copied; sections that this job
    cannot open are listed, so that the person can ask for them. Raises: Missing; KeyFault when the vault is locked.
    """
    from havre.register.person import copying

    person = Person.objects.visible_to(by).select_related("case").get_or_missing(pk=person_id, case_id=case_id)
    audit.record(event="person.copy", by=by, subject=person.pk, case_id=case_id, reason=f"as_{form}")
    return copying.gather(by, person.case, person, [contract.dossier for contract in contracts()])


def digest_of(code: str) -> str:
    """The digest under which a code is kept; spaces, hyphens and small letters do not count."""
    tidy = "".join(code.upper().split()).replace("-", "").replace("O", "0").replace("I", "1").replace("L", "1")
    return salted_hmac("havre.person-code", tidy, algorithm="sha256").hexdigest()


@trust.act("person.code")
def make_code(
    *, by: Actor, case_id: UUID, person_id: UUID, wished: bool, answers: Iterable[str], hours: int, language: str
) -> tuple[RemoteCode, str]:
    """A code for the person's own page from afar, and the row that keeps its digest. Earlier codes of the person end.

    Raises: Missing; Invalid; Refused unless the person wishes it, and when the answers say that somebody else may see the telephone.
    """
    person = Person.objects.visible_to(by).get_or_missing(pk=person_id, case_id=case_id)
    given = sorted(set(answers))
    if hours not in HOURS or not given or set(given) - set(SafetyAnswer.values):
        raise Invalid({"answers": [_("ask the safety question, and choose how long the code lives")]})
    reasons = []
    if not wished:
        reasons.append(_("a code is made only at the person's own wish"))
    if set(given) - SAFE:
        reasons.append(_("somebody else may see the telephone: look at the page together, here, instead"))
    if reasons:
        raise Refused(reasons)
    RemoteCode.objects.for_house("own data").filter(person=person, revoked_at=None, ends_at__gt=by.at).update(revoked_at=by.at)
    bits = secrets.randbits(60)
    code = "".join(_ALPHABET[bits >> shift & 31] for shift in range(0, 60, 5))
    job = Membership.objects.get(user=by.user, organisation_id=by.organisation_id, role=by.role, ended_at=None)
    made = RemoteCode(
        case_id=case_id,
        person=person,
        digest=digest_of(code),
        answers=given,
        language=language,
        made_at=by.at,
        made_by=job,
        ends_at=by.at + timedelta(hours=hours),
    )
    made.held_for_step = True
    made.save(force_insert=True)
    audit.record(event="person.code", by=by, subject=person.pk, case_id=case_id, codes={"hours": hours})
    return made, "-".join([code[:4], code[4:8], code[8:]])


@trust.act("person.code_end")
def revoke(*, by: Actor, person_id: UUID) -> int:
    """End every code of a person, now. Gives how many. Raises: Missing."""
    person = Person.objects.visible_to(by).get_or_missing(pk=person_id)
    rows = RemoteCode.objects.visible_to(by).filter(person=person, revoked_at=None, ends_at__gt=by.at)
    ids = list(rows.values_list("pk", flat=True))
    RemoteCode.objects.for_house("own data").filter(pk__in=ids).update(revoked_at=by.at)
    audit.record(event="person.code_end", by=by, subject=person.pk, case_id=person.case_id, codes={"codes": len(ids)})
    return len(ids)


def far_code(digest: str, at: datetime) -> RemoteCode:
    """The row of a code that opens now. Raises: Missing when there is none: wrong, ended, revoked, or its job has ended."""
    rows = RemoteCode.objects.for_house("own data").select_related("made_by__organisation", "made_by__user", "person", "case")
    found = rows.filter(digest=digest).first()
    if found is None or not found.opens(at=at) or found.made_by.ended_at is not None or not found.made_by.user.is_active:
        raise Missing
    return found


def far_actor(code: RemoteCode, at: datetime) -> Actor:
    """The access on which a code rests: that of the job which made it, without the second factor, so that no identity ever opens."""
    return actor_of(code.made_by, at=at, purpose=None, factor_at=None)


@trust.act("person.far")
def opened(*, by: Actor, code: RemoteCode) -> Case:
    """Write one opening from afar in the trail and on the code. Raises: Missing when the job's access to the case has ended."""
    case = Case.objects.visible_to(by).get_or_missing(pk=code.case_id)
    row = RemoteCode.objects.for_house("own data").filter(pk=code.pk)
    row.update(openings=code.openings + 1, last_opened_at=by.at)
    audit.record(event="person.far", by=by, subject=code.person_id, case_id=case.pk)
    return case
