"""What this part gives to the house: see havre.trust.contracts."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from havre.referral import keeping, merging, queries, services, signals  # noqa: F401  importing the receivers connects them
from havre.referral.enums import (
    ClosedBecause,
    ConferenceStatus,
    ConsentAnswer,
    DeclineReason,
    KeptBecause,
    ReferralNeed,
    ReferralOutcome,
    ReferralStatus,
    TransferStatus,
    VitalInterest,
)
from havre.referral.models import (
    ActionItem,
    AgendaItem,
    Bundle,
    Conference,
    ConferenceDocument,
    Letter,
    MoreAsked,
    Notice,
    Referral,
    Seat,
    Transfer,
)
from havre.referral.workflow import CALLERS, CONFERENCE, LEADERS, RECEIVERS, REFERRAL, REQUEST, SENDERS, SITTERS, TRANSFER
from havre.trust import policy
from havre.trust.contracts import Column, Contract, Link, UrlRow, register_contract
from havre.trust.enums import Act, Section

_CODES = (
    ("status", ReferralStatus.values),
    ("need", ReferralNeed.values),
    ("decline_reason", DeclineReason.values),
    ("outcome", ReferralOutcome.values),
    ("closed_because", ClosedBecause.values),
    ("basis", ["consent", *VitalInterest.values]),
    ("asked_afterwards", ConsentAnswer.values),
)
COORDINATORS = frozenset(role for act, role in policy.POLICY.house if act == Act.COORDINATE)
# the case's page lists its referrals, with a link, to whoever reads the section that they belong to
READERS = frozenset(role for act, section, role in policy.POLICY.rules if (act, section) == (Act.READ, Section.PROTECTION))


def _sweep(at: datetime) -> int:
    return services.expire(at) + services.sweep_conferences(at)


_COLUMNS = (
    *(Column("referral", name, "code", tuple(values)) for name, values in _CODES),
    *(Column("referral", name, "pseudonym") for name in ("case_id", "person_id")),
    *(Column("referral", name, "date") for name in ("offered_on", "answered_on")),
    Column("referral", "urgent", "flag"),
    Column("transfer", "status", "code", tuple(TransferStatus.values)),
    Column("transfer", "kept_because", "code", tuple(KeptBecause.values)),
    Column("conference", "status", "code", tuple(ConferenceStatus.values)),
    *(Column(table, "case_id", "pseudonym") for table in ("transfer", "conference")),
    Column("conference", "person_id", "pseudonym"),
    *(Column("transfer", name, "date") for name in ("proposed_on", "answered_on")),
    *(Column("conference", name, "date") for name in ("called_on", "decided_on")),
    *(Column("conference", name, "flag") for name in ("urgent", "decides_status")),
)
_NAVIGATION = (
    Link(_("Referrals"), "referral:index", "swap", RECEIVERS),
    Link(_("Directory of services"), "referral:directory", "board", RECEIVERS | SENDERS | COORDINATORS),
    Link(_("Referrals that wait"), "referral:delays", "clock", COORDINATORS),
)
_AUDIT_WORDS = (
    *{f"referral.{move.step}": move.label for move in REFERRAL.moves}.items(),
    *((f"more.{move.step}", move.label) for move in REQUEST.moves),
    *((f"transfer.{move.step}", move.label) for move in TRANSFER.moves),
    *((f"conference.{move.step}", move.label) for move in CONFERENCE.moves),
    ("conference.attend", _("Took a seat at a conference")),
    ("conference.point", _("Wrote a decision of a conference down")),
    ("conference.dissent", _("Wrote down that a seat does not agree")),
    ("conference.action", _("Answered an action of a conference")),
    *((f"{one}.override", _("Condition waived by a supervisor")) for one in ("more", "transfer", "conference")),
    ("referral.urgent", _("Referred at once, for a vital interest")),
    ("referral.several", _("Referred several persons together")),
    ("referral.bundle", _("Sealed a file for a service without an account")),
    ("referral.letter", _("Printed a letter for a service without an account")),
    ("outside.bundle", _("Sealed a file for a service without an account")),
    ("outside.letter", _("Printed a letter for a service without an account")),
    ("letter.open", _("Opened a letter by its code and the number told apart")),
    ("outside.key", _("Recorded the key of a service without an account")),
    ("outside.verify", _("Verified the key of a service without an account")),
    ("referral.outside_answer", _("Wrote down what a service without an account answered")),
    ("referral.outside_end", _("Wrote down the outcome that a service without an account told")),
    ("notice.seen", _("Read the notices")),
    ("directory.describe", _("Wrote the service's line in the directory")),
    ("directory.free", _("Said how many places are free")),
    ("directory.accredit", _("Wrote an accreditation down")),
    ("directory.end_accreditation", _("Wrote down that an accreditation is lost")),
    ("referral.override", _("Referral: condition waived by a supervisor")),
)
_URLS = (
    UrlRow("referral:index", ("GET",), own=RECEIVERS),
    *(UrlRow(f"referral:{name}", ("GET", "POST"), own=SENDERS) for name in ("offer", "urgent", "several")),
    *(UrlRow(f"referral:{name}", ("GET", "POST"), own=RECEIVERS) for name in ("notices", "entry")),
    UrlRow("referral:directory", ("GET",), own=RECEIVERS | SENDERS | COORDINATORS),
    UrlRow("referral:accreditation", ("GET", "POST"), own=COORDINATORS),
    UrlRow("referral:delays", ("GET",), own=COORDINATORS),
    UrlRow("referral:proof", ("GET",), own=READERS),
    UrlRow("referral:outside", ("GET", "POST"), own=SENDERS),
    UrlRow("referral:letter", ("GET", "POST"), public=True, note="its code and the number told apart, once"),
    UrlRow("referral:leads", ("GET",), own=LEADERS),
    UrlRow("referral:lead", ("GET", "POST"), own=LEADERS),
    UrlRow("referral:transfer", ("GET", "POST"), own=LEADERS, note="either side; 404 otherwise"),
    UrlRow("referral:call", ("GET", "POST"), own=CALLERS),
    UrlRow("referral:conference", ("GET", "POST"), own=SITTERS, note="404 without a seat"),
    UrlRow("referral:action", ("GET", "POST"), own=SITTERS, note="404 unless its owner"),
    UrlRow("referral:answer", ("GET", "POST"), own=RECEIVERS, note="404 unless offered to this service and role"),
    UrlRow("referral:sent", ("GET",), own=READERS),
    UrlRow("referral:step", ("POST",), own=SENDERS),
)


def register() -> None:
    register_contract(
        Contract(
            part="referral",
            models=(Referral, MoreAsked, Notice, Transfer, Conference, Seat, AgendaItem, ConferenceDocument, ActionItem, Bundle, Letter),
            workflows=("referral", "more", "transfer", "conference"),
            lines=queries.lines,
            sheets=queries.sheets,
            acts=queries.acts,
            dossier=queries.dossier,
            waiting=queries.waiting,
            merge=merging.merge,
            needed=keeping.needed,
            sweep=_sweep,
            extract=queries.extract,
            columns=_COLUMNS,
            navigation=_NAVIGATION,
            audit_words=_AUDIT_WORDS,
            urls=_URLS,
        )
    )
