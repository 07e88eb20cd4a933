"""What this part gives to the house: see havre.trust.contracts."""

from django.utils.translation import gettext_lazy as _

from havre.partnership import queries
from havre.trust.contracts import Contract, Link, UrlRow, register_contract
from havre.trust.enums import Act
from havre.trust.policy import POLICY

COORDINATORS = frozenset(role for act, role in POLICY.house if act == Act.COORDINATE)
COUNTERS = frozenset(role for act, role in POLICY.house if act == Act.COUNT)
AGREEING = COORDINATORS | frozenset(role for act, role in POLICY.house if act == Act.ADMINISTER)
GROUP = _("National coordination")


def register() -> None:
    register_contract(
        Contract(
            part="partnership",
            waiting=queries.waiting,
            navigation=(
                Link(_("Where the chain waits"), "partnership:board", "board", COORDINATORS, GROUP),
                Link(_("Detected victims (16.2.2)"), "partnership:detected", "chart", COUNTERS, GROUP),
                Link(_("Persons trained"), "partnership:trainings", "doc", COUNTERS, GROUP),
                Link(_("Commitments"), "partnership:commitments", "consent", COUNTERS, GROUP),
                Link(_("Agreements"), "partnership:agreements", "swap", AGREEING, GROUP),
            ),
            urls=(
                UrlRow("partnership:board", own=COORDINATORS, note="numbers only; no case"),
                UrlRow("partnership:detected", own=COUNTERS, note="numbers only; no case"),
                UrlRow("partnership:trainings", own=COUNTERS, note="numbers only; no learner"),
                UrlRow("partnership:commitments", own=COUNTERS, note="public texts; no case"),
                UrlRow("partnership:agreements", own=AGREEING, note="organisations; no case"),
            ),
        )
    )
