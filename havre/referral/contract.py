"""What this part gives to the house: see havre.trust.contracts."""

from django.utils.translation import gettext_lazy as _

from havre.referral import queries, services, signals  # noqa: F401  importing the receivers connects them
from havre.referral.enums import DeclineReason, ReferralNeed, ReferralOutcome, ReferralStatus
from havre.referral.models import Referral
from havre.referral.workflow import RECEIVERS, REFERRAL, SENDERS
from havre.trust import policy
from havre.trust.contracts import Column, Contract, Link, UrlRow, register_contract
from havre.trust.enums import Act, Section

_CODES = (("status", ReferralStatus), ("need", ReferralNeed), ("decline_reason", DeclineReason), ("outcome", ReferralOutcome))
# the case's page lists its referrals, with a link, to whoever reads the section that they belong to
READERS = frozenset(role for act, section, role in policy.POLICY.rules if (act, section) == (Act.READ, Section.PROTECTION))


def register() -> None:
    register_contract(
        Contract(
            part="referral",
            models=(Referral,),
            workflows=("referral",),
            timeline=queries.timeline,
            panels=queries.panels,
            compose=queries.compose,
            acts=queries.acts,
            dossier=queries.dossier,
            waiting=queries.waiting,
            sweep=services.expire,
            extract=queries.extract,
            columns=(
                *(Column("referral", name, "code", tuple(values.values)) for name, values in _CODES),
                *(Column("referral", name, "pseudonym") for name in ("case_id", "person_id")),
                *(Column("referral", name, "date") for name in ("offered_on", "answered_on")),
                Column("referral", "urgent", "flag"),
            ),
            navigation=(Link(_("Referrals"), "referral:index", "swap", RECEIVERS),),
            audit_words=(
                *((f"referral.{move.step}", move.label) for move in REFERRAL.moves),
                ("referral.override", _("Referral: condition waived by a supervisor")),
            ),
            urls=(
                UrlRow("referral:index", ("GET",), own=RECEIVERS),
                UrlRow("referral:offer", ("GET", "POST"), own=SENDERS),
                UrlRow("referral:answer", ("GET", "POST"), own=RECEIVERS, note="404 unless offered to this service and role"),
                UrlRow("referral:sent", ("GET",), own=READERS),
                UrlRow("referral:step", ("POST",), own=SENDERS),
            ),
        )
    )
