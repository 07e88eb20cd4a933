"""Calls that never become cases: codes, a day, and nothing by which anybody could be found again."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.protection.enums import CallEnd, Caller, CallSubject
from havre.protection.models import HotlineContact
from havre.protection.services.intake import may_take_in
from havre.trust import audit
from havre.trust.actors import Actor
from havre.trust.errors import Invalid


@trust.act("call.note")
def note(*, by: Actor, happened_on: date, caller: str, subject: str, ended: str, language: str = "") -> HotlineContact:
    """Count one call. Raises: Refused (403); Invalid for a code that is none or a day to come. It opens no case and names nobody."""
    may_take_in(by)
    if caller not in Caller.values or subject not in CallSubject.values or ended not in CallEnd.values:
        raise Invalid({"subject": [_("choose from the lists")]})
    if happened_on > by.at.date():
        raise Invalid({"happened_on": [_("this day is still to come")]})
    made = HotlineContact.objects.create(
        organisation_id=by.organisation_id,
        by=by.user,
        happened_on=happened_on,
        caller=caller,
        subject=subject,
        ended=ended,
        language=language,
    )
    audit.record(event="call.note", by=by, subject=made.pk, codes={"subject": subject})
    return made


def months(by: Actor, *, most: int = 12) -> list[dict[str, Any]]:
    """The service's own calls of the last months, by subject: month, words, count; newest first."""
    mine = HotlineContact.objects.filter(organisation_id=by.organisation_id).annotate(month=TruncMonth("happened_on"))
    found: dict[date, list[dict[str, Any]]] = {}
    for row in mine.values("month", "subject").annotate(count=Count("pk")).order_by("-month", "-count"):
        found.setdefault(row["month"], []).append({"words": CallSubject(row["subject"]).label, "count": row["count"]})
    return [{"month": month, "rows": rows, "count": sum(one["count"] for one in rows)} for month, rows in list(found.items())[:most]]
