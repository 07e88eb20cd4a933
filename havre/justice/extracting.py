"""What justice gives to the statistics: codes, dates and counts of its records, each under a pseudonym of one run. No file number, no word.

One row of TABLES is one table: what it is of, its columns, and where each value stands. IC-TIP counts perpetrators by stage (P.4: suspected,
prosecuted, convicted, acquitted or discontinued); HTCDS and GLOTIP count charges, judgments and penalties; EU 2011/36 art. 19 asks for the
claims. The sum of an asset stays here: a single one would say whose it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

from django.db.models import Count

from havre import standards
from havre.justice import enums, models
from havre.justice import enums_records as records
from havre.trust.contracts import Column

CASE = (("case_id", "pseudonym", "case_id"),)
OF_PROCEEDING = (*CASE, ("proceeding_id", "pseudonym", "proceeding_id"))
# the waits of a person are reckoned from these
OF_PERSON = (*OF_PROCEEDING, ("person_id", "pseudonym", "proceeding.person_id"))


# the coded articles of every country; one that was cited by hand stays here
ARTICLES = SimpleNamespace(values=standards.offences().article_codes)


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the extract. `codes`: column, its list, where it stands; `plain`: column, its kind, where it stands."""

    name: str
    model: Any
    codes: tuple[tuple[str, Any, str], ...]
    plain: tuple[tuple[str, str, str], ...]
    several: tuple[tuple[str, Any, str], ...] = ()

    def columns(self) -> Iterator[Column]:
        """As the contract declares them."""
        for name, values, _where in self.codes:
            yield Column(self.name, name, "code", tuple(values.values))
        for name, values, _where in self.several:
            yield Column(self.name, name, "codes", tuple(values.values))
        for name, kind, _where in self.plain:
            yield Column(self.name, name, kind)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Every row of the house, in the order of its key."""
        found = self.model.objects.for_house("extract").order_by("pk")
        if any("proceeding." in where for _name, _kind, where in self.plain):
            found = found.select_related("proceeding")
        if self.model is models.Exhibit:
            found = found.annotate(holders=Count("custody"))
        asked = [(name, attrgetter(where)) for name, _kind, where in (*self.codes, *self.several, *self.plain)]
        for row in found.iterator():
            yield {name: _coded(read(row)) for name, read in asked}


def _coded(value: Any) -> Any:
    if value == "":
        return None
    return value.date() if isinstance(value, datetime) else value


TABLES = (
    Table(
        "proceeding", models.Proceeding,
        (
            ("stage", enums.Stage, "status"),
            ("against", enums.Against, "against"),
            ("verdict", enums.Verdict, "verdict"),
            ("non_punishment", enums.NonPunishment, "non_punishment"),
            ("court", records.Court, "court"),
            ("close_reason", enums.CloseReason, "close_reason"),
        ),
        (
            *CASE, ("proceeding_id", "pseudonym", "pk"), ("person_id", "pseudonym", "person_id"), ("interviews", "number", "interviews"),
            ("opened_on", "date", "opened_at"), ("charged_on", "date", "charged_at"), ("judged_on", "date", "judged_at"),
            ("closed_on", "date", "closed_at"),
        ),
        (("measures", enums.Measure, "measures"),),
    ),
    Table(
        "charge", models.Charge, (("verdict", enums.Verdict, "verdict"), ("article", ARTICLES, "article_code")),
        (
            *OF_PROCEEDING, ("suspect_id", "pseudonym", "suspect_id"), ("charge_id", "pseudonym", "pk"), ("iccs", "iccs", "iccs"),
            ("charged_on", "date", "charged_on"),
        ),
    ),
    Table(
        "sentence", models.Sentence, (("kind", records.SentenceKind, "kind"),),
        (*OF_PROCEEDING, ("charge_id", "pseudonym", "charge_id"), ("months", "number", "months"), ("imposed_on", "date", "imposed_on")),
    ),
    Table(
        "suspect", models.Suspect,
        (
            ("kind", records.SuspectKind, "kind"), ("role", records.SuspectRole, "role"), ("stage", records.SuspectStatus, "status"),
        ),
        (
            *OF_PROCEEDING, ("suspect_id", "pseudonym", "pk"), ("recorded_on", "date", "recorded_at"),
            ("detained_on", "date", "detained_at"), ("decided_on", "date", "decided_on"),
        ),
    ),
    Table(
        "hearing", models.Hearing,
        (
            ("status", records.HearingStatus, "status"), ("court", records.Court, "court"), ("purpose", records.HearingPurpose, "purpose"),
            ("mode", enums.HearingMode, "mode"), ("adjourned_because", records.AdjournReason, "adjourned_because"),
        ),
        (*OF_PERSON, ("person_heard", "flag", "person_heard"), ("sits_on", "date", "starts_at")),
        (("measures", enums.Measure, "measures"),),
    ),
    Table(
        "asset", models.Asset, (("kind", records.AssetKind, "kind"), ("status", records.AssetStatus, "status")),
        (*OF_PROCEEDING, ("frozen_on", "date", "frozen_on"), ("confiscated_on", "date", "confiscated_on")),
    ),
    Table(
        "exhibit", models.Exhibit,
        (
            ("kind", records.ExhibitKind, "kind"), ("source", records.ExhibitSource, "source"), ("status", records.ExhibitStatus, "status"),
        ),
        (*OF_PROCEEDING, ("taken_on", "date", "taken_at"), ("holders", "number", "holders")),
    ),
    Table(
        "non_punishment", models.NonPunishmentRequest,
        (
            ("status", records.AskStatus, "status"), ("ground", records.AskGround, "ground"), ("kept_because", records.KeepReason, "kept_because"),
        ),
        (
            *OF_PERSON, ("flagged_on", "date", "flagged_at"), ("asked_on", "date", "asked_at"), ("answered_on", "date", "answered_at"),
            ("reviewed_on", "date", "reviewed_at"),
        ),
    ),
    Table(
        "assistance_abroad", models.LegalAssistance,
        (
            ("kind", records.AidKind, "kind"), ("basis", records.AidBasis, "basis"), ("status", records.AidStatus, "status"),
        ),
        (*OF_PROCEEDING, ("country", "country", "country"), ("sent_on", "date", "sent_on"), ("answered_on", "date", "answered_on")),
    ),
    Table(
        "claim", models.CompensationClaim, (("status", enums.ClaimStatus, "status"), ("kind", enums.ClaimKind, "kind")),
        (
            *CASE, ("person_id", "pseudonym", "person_id"), ("currency", "currency", "currency"), ("claimed", "amount", "claimed"),
            ("awarded", "amount", "awarded"), ("paid", "amount", "paid"), ("informed_on", "date", "informed_at"),
            ("awarded_on", "date", "awarded_at"), ("paid_on", "date", "paid_at"),
        ),
    ),
)  # fmt: skip
COLUMNS = tuple(column for table in TABLES for column in table.columns())


def extract() -> Iterable[tuple[str, Iterable[dict[str, Any]]]]:
    """Coded columns only."""
    return ((table.name, table.rows()) for table in TABLES)
