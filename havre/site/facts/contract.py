"""What the fact pages give to the house; `havre.site.contract` adds these to its own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from havre.trust.contracts import Link, UrlRow
from havre.trust.enums import Act, Role
from havre.trust.policy import POLICY

EVERYBODY = frozenset(Role)
EDITORS = frozenset(role for act, role in POLICY.house if act == Act.EDIT_FACTS)

NAVIGATION = (Link(_("Country profile"), "facts", "board", EDITORS, group=_("The house")),)
URLS = (
    UrlRow("facts", own=EVERYBODY, note="law and services of the country; no case"),
    UrlRow("fact", own=EVERYBODY),
    UrlRow("fact_propose", methods=("GET", "POST"), own=EDITORS),
    UrlRow("fact_accept", methods=("POST",), own=EDITORS, note="409 for the author of the draft"),
    UrlRow("fact_in_force", methods=("POST",), own=EDITORS),
    UrlRow("fact_set_aside", methods=("POST",), own=EDITORS),
)
AUDIT_WORDS = (
    ("fact.propose", _("A revision of a fact was proposed")),
    ("fact.accept", _("A revision of a fact was accepted by a second reader")),
    ("fact.put_in_force", _("A revision of a fact was put in force")),
    ("fact.supersede", _("A revision of a fact was replaced")),
    ("fact.set_aside", _("A revision of a fact was set aside")),
)
