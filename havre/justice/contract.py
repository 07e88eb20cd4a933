"""What this part gives to the house: see havre.trust.contracts."""

from django.utils.translation import gettext_lazy as _

from havre.justice import keeping, merging, queries
from havre.justice.enums import Against, ClaimKind, ClaimStatus, NonPunishment, Stage, Verdict
from havre.justice.models import (
    Asset,
    Charge,
    CompensationClaim,
    Custody,
    Exhibit,
    Hearing,
    LegalAssistance,
    LinkNode,
    NonPunishmentRequest,
    Proceeding,
    Sentence,
    SourcedLink,
    Suspect,
    WageCalculation,
)
from havre.justice.services.records import KINDS
from havre.justice.workflow import CUSTODIANS, PROFESSIONALS, TABLES
from havre.trust.contracts import Column, Contract, Link, UrlRow, register_contract
from havre.trust.enums import Role
from havre.trust.policy.table import CARERS

READERS = frozenset(PROFESSIONALS | CARERS | {Role.GUARDIAN})
_CODES = (
    ("proceeding", "stage", Stage),
    ("proceeding", "against", Against),
    ("proceeding", "verdict", Verdict),
    ("proceeding", "non_punishment", NonPunishment),
    ("charge", "verdict", Verdict),
    ("claim", "status", ClaimStatus),
    ("claim", "kind", ClaimKind),
)
_PLAIN = (
    ("proceeding", "interviews", "number"),
    ("proceeding", "opened_on", "date"),
    ("proceeding", "charged_on", "date"),
    ("proceeding", "judged_on", "date"),
    ("proceeding", "case_id", "pseudonym"),
    ("proceeding", "person_id", "pseudonym"),
    ("charge", "case_id", "pseudonym"),
    ("charge", "proceeding_id", "pseudonym"),
    ("charge", "iccs", "iccs"),
    ("claim", "case_id", "pseudonym"),
    ("claim", "person_id", "pseudonym"),
    ("claim", "currency", "currency"),
    ("claim", "claimed", "amount"),
    ("claim", "awarded", "amount"),
    ("claim", "paid", "amount"),
    ("claim", "informed_on", "date"),
    ("claim", "awarded_on", "date"),
    ("claim", "paid_on", "date"),
)


def register() -> None:
    register_contract(
        Contract(
            part="justice",
            models=(
                Proceeding,
                Charge,
                CompensationClaim,
                Suspect,
                Sentence,
                Hearing,
                Asset,
                NonPunishmentRequest,
                LegalAssistance,
                Exhibit,
                Custody,
                LinkNode,
                SourcedLink,
                WageCalculation,
            ),
            workflows=tuple(table.name for table in TABLES),
            timeline=queries.timeline,
            panels=queries.panels,
            compose=queries.compose,
            acts=queries.acts,
            dossier=queries.dossier,
            waiting=queries.waiting,
            merge=merging.merge,
            needed=keeping.needed,
            extract=queries.extract,
            columns=tuple(Column(table, name, "code", tuple(values.values)) for table, name, values in _CODES)
            + tuple(Column(table, name, kind) for table, name, kind in _PLAIN),
            navigation=(Link(_("Proceedings"), "justice:index", "doc", PROFESSIONALS),),
            audit_words=(
                *{f"{table.name}.{move.step}": move.label for table in TABLES for move in table.moves}.items(),
                ("justice.record", _("A record of a proceeding was added")),
                ("justice.record_step", _("A step of a record of a proceeding")),
                ("charge.decide", _("Verdict on an offence")),
                ("sentence.add", _("Penalty recorded")),
                ("node.add", _("Something was added to the link view")),
                ("wages.keep", _("A calculation of lost wages was kept")),
                ("proceeding.protect", _("Proceeding: protection recorded")),
                ("proceeding.override", _("Proceeding: condition waived by a supervisor")),
                ("charge.add", _("Offence added")),
            ),
            urls=(
                UrlRow("justice:index", ("GET",), own=PROFESSIONALS),
                UrlRow("justice:new", ("GET", "POST"), own=PROFESSIONALS),
                UrlRow("justice:proceeding", ("GET", "POST"), own=READERS),
                UrlRow("justice:charge", ("POST",), own=PROFESSIONALS),
                UrlRow("justice:claim", ("GET", "POST"), own=READERS),
                UrlRow("justice:wages", ("GET", "POST"), own=PROFESSIONALS),
                UrlRow("justice:exhibit", ("GET",), own=CUSTODIANS, note="the clean copy"),
                UrlRow("justice:exhibit_original", ("GET",), own=CUSTODIANS, note="needs the second factor"),
                *(UrlRow(f"justice:{kind.code}", ("GET", "POST"), own=kind.readers) for kind in KINDS.values()),
            ),
        )
    )
