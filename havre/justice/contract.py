"""What this part gives to the house: see havre.trust.contracts."""

from django.utils.translation import gettext_lazy as _

from havre.justice import copying, extracting, keeping, merging, moments, queries
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
from havre.trust.contracts import Contract, Link, UrlRow, register_contract
from havre.trust.enums import Role
from havre.trust.policy.table import CARERS

READERS = frozenset(PROFESSIONALS | CARERS | {Role.GUARDIAN})


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
            lines=moments.lines,
            sheets=moments.sheets,
            acts=queries.acts,
            dossier=copying.dossier,
            waiting=queries.waiting,
            merge=merging.merge,
            needed=keeping.needed,
            extract=extracting.extract,
            columns=extracting.COLUMNS,
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
