"""What this part gives to the house: see havre.trust.contracts."""

from django.utils.translation import gettext_lazy as _

from havre.trust.contracts import Contract, Link, UrlRow, register_contract
from havre.trust.enums import Act
from havre.trust.policy import POLICY

COUNTERS = frozenset(role for act, role in POLICY.house if act == Act.COUNT)


def register() -> None:
    register_contract(
        Contract(
            part="evidence",
            navigation=(Link(_("Figures"), "evidence:figures", "chart", COUNTERS, _("Analysis")),),
            audit_words=(
                ("evidence.extract", _("Pseudonymised extract asked for")),
                ("evidence.profile", _("Profile asked for")),
            ),
            urls=(
                UrlRow("evidence:figures", own=COUNTERS),
                UrlRow("evidence:extract", ("POST",), own=COUNTERS),
                UrlRow("evidence:profile", ("POST",), own=COUNTERS),
                UrlRow("evidence:profile_page", own=COUNTERS),
            ),
        )
    )
