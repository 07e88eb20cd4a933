"""Copies that leave: strict HTCDS, sealed to their recipient, marked, dated, and written in the audit trail with their digest."""

from __future__ import annotations

import hashlib
import random
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pyrage
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.register.exchange.flattening import Kept, flatten
from havre.register.exchange.packages import FORMAT, MARK, pack
from havre.register.exchange.tables import FORMS, write
from havre.register.models import Case, Detection, ExportRecord, Person, PersonFacts, TraffickingEvent
from havre.register.models.exchange import ExportReason
from havre.trust import audit, identity
from havre.trust.actors import Actor
from havre.trust.enums import Act
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.policy.rows import When

MOST_CASES = 5_000
LONGEST = timedelta(days=90)
# what the policy lets nobody take out, and what the standard has given up
WITHHELD = (
    *("prs_Email", "prs_HomePhone", "prs_MobilePhone", "prs_MailingCity", "prs_MailingCountry", "prs_MailingState"),
    *("prs_MailingStreet", "prs_MailingPostalCode", "prs_MailingLongitude", "prs_MailingLatitude", "cco_CaseComment"),
    *("vic_AgreementToManagePersonalData", "vic_Vulnerabilities", "vic_DetailsOfVulnerabilities"),
)
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# ids of one query at a time: both databases limit the number of values
_SLICE = 500


@dataclass(frozen=True, slots=True)
class Copy:
    """One export: its record, and the sealed bytes, which are kept nowhere."""

    record: ExportRecord
    content: bytes

    @property
    def name(self) -> str:
        """A file name that says nothing of what is inside."""
        return f"copy-{self.record.mark}.age"


@trust.act("export")
def export_cases(
    *,
    by: Actor,
    reason: str,
    recipient: str,
    expires_at: datetime,
    form: str = "csv",
    case_ids: Sequence[UUID] | None = None,
) -> Copy:
    """Take cases out as HTCDS, sealed to the recipient's age public key.

    Args: reason, a code of ExportReason; expires_at, aware, at most 90 days ahead: after it the recipient must destroy the copy;
    form, csv, xlsx or json; case_ids, every case that the actor may export when left out, at most 5,000.
    Raises: Refused (403) without a fresh second factor; Missing when one of the cases is not there for this actor; Invalid for the rest.
    """
    if not by.factor_is_fresh:
        raise Refused((When.FACTOR_STALE.words,), status=403)
    key = _recipient(recipient)
    _check(by, reason, expires_at, form)
    cases = _cases(by, case_ids)
    mark = "-".join("".join(secrets.choice(_ALPHABET) for _n in range(4)) for _m in range(2))
    kept = [flatten(one) for one in gather(by, cases)]
    # the order of the rows is the copy's own: two copies of one table can be told apart even after the mark was cut off
    random.Random(mark).shuffle(kept)
    words = f"{MARK} {mark} · {reason} · {expires_at:%Y-%m-%d}"
    rows = {str(number): flat.beside for number, flat in enumerate(kept, 2)}
    sidecar = {"format": FORMAT, "standard": "HTCDS 2.0", "copy": words, "withheld": list(WITHHELD), "rows": rows}
    content = pyrage.encrypt(pack(write(form, [flat.row for flat in kept], words), form, sidecar), [key])
    record = ExportRecord.objects.create(
        organisation_id=by.organisation_id,
        by=by.user,
        reason=reason,
        recipient=recipient.strip(),
        mark=mark,
        form=form,
        cases=len(cases),
        sha256=hashlib.sha256(content).hexdigest(),
        made_at=by.at,
        expires_at=expires_at,
    )
    codes: dict[str, str | int] = {"cases": len(cases), "form": form, "mark": mark.lower(), "sha256": record.sha256}
    audit.record(event="export", by=by, subject=record.pk, reason=reason, codes=codes)
    for case in cases:
        audit.record(event="export.case", by=by, subject=case.pk, case_id=case.pk, reason=reason, codes={"mark": mark.lower()})
    return Copy(record, content)


def _recipient(text: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise Invalid(
            {"recipient": [_("This is no age public key. Ask the recipient for theirs: it begins with “age1” and has 62 characters.")]}
        ) from None


def _check(by: Actor, reason: str, expires_at: datetime, form: str) -> None:
    problems: dict[str, Any] = {}
    if reason not in ExportReason.values:
        problems["reason"] = [_("Say why the records leave: choose a reason of the list.")]
    if not by.at < expires_at <= by.at + LONGEST:
        problems["expires_at"] = [_("A copy must be destroyed within 90 days: choose a day before that.")]
    if form not in FORMS:
        problems["form"] = [_("Choose CSV, Excel or JSON.")]
    if problems:
        raise Invalid(problems)


def _cases(by: Actor, case_ids: Sequence[UUID] | None) -> list[Case]:
    mine = Case.objects.visible_to(by, Act.EXPORT)
    if case_ids is not None:
        found = [case for part in _slices(list(dict.fromkeys(case_ids))) for case in mine.filter(pk__in=part)]
        if len(found) != len(set(case_ids)):
            raise Missing
    else:
        found = list(mine[: MOST_CASES + 1])
    if not found:
        raise Invalid(_("There is no case that you may take out."))
    if len(found) > MOST_CASES:
        raise Invalid(_("A copy holds at most %(most)s cases: take them out in parts.") % {"most": MOST_CASES})
    return found


def gather(by: Actor, cases: Sequence[Case]) -> Iterable[Kept]:
    """What each person of these cases may leave with, section by section as the policy allows."""
    for part in _slices([case.pk for case in cases]):
        by_id = {case.pk: case for case in cases}
        persons = list(Person.objects.visible_to(by, Act.EXPORT).filter(case_id__in=part, role="victim"))
        ids = [person.pk for person in persons]
        facts = {one.pk: one for one in PersonFacts.objects.visible_to(by, Act.EXPORT).filter(pk__in=ids)}
        events = list(TraffickingEvent.objects.visible_to(by, Act.EXPORT).filter(person_id__in=ids).order_by("leg", "id"))
        claims = list(Detection.objects.visible_to(by, Act.EXPORT).filter(person_id__in=ids).order_by("happened_at", "id"))
        words = {
            kind: identity.read_records(by=by, kind=kind, record_ids=ids)
            for kind in ("identity", "text_facts", "text_protection", "unmapped")
        }
        places = identity.read_records(by=by, kind="event_text", record_ids=[event.pk for event in events])
        for person in persons:
            yield Kept(
                case=by_id[person.case_id],
                person=person,
                facts=facts.get(person.pk),
                events=[(event, places.get(event.pk, {})) for event in events if event.person_id == person.pk],
                claims=[claim for claim in claims if claim.person_id == person.pk],
                words={kind: found.get(person.pk, {}) for kind, found in words.items()},
            )


def _slices(ids: list[UUID]) -> Iterable[list[UUID]]:
    for start in range(0, len(ids), _SLICE):
        yield ids[start : start + _SLICE]
