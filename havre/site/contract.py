"""What this part gives to the house: see havre.trust.contracts."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from havre.site.facts import contract as facts
from havre.site.operations import contract as operations
from havre.trust.contracts import Contract, Link, UrlRow, register_contract
from havre.trust.enums import Act, Role, Section
from havre.trust.policy import POLICY
from havre.trust.policy.table import DECIDERS

EVERYBODY = frozenset(Role)
CASE_HOLDERS = frozenset(role for act, section, role in POLICY.rules if act == Act.READ and section == Section.CASE)
CONSENT_READERS = frozenset(role for act, section, role in POLICY.rules if act == Act.READ and section == Section.PROTECTION)
NOTE_WRITERS = frozenset(
    role for act, section, role in POLICY.rules if act == Act.WRITE and section not in (Section.CASE, Section.IDENTITY)
)
OPENERS = frozenset(role for act, role in POLICY.house if act == Act.OPEN)
SEARCHERS = frozenset(role for act, role in POLICY.house if act == Act.SEARCH)


def register() -> None:
    register_contract(
        Contract(
            part="site",
            navigation=(
                Link(pgettext_lazy("page", "Home"), "home", "home", EVERYBODY),
                Link(_("Cases"), "cases", "case", CASE_HOLDERS),
                *facts.NAVIGATION,
                *operations.NAVIGATION,
            ),
            audit_words=facts.AUDIT_WORDS,
            waiting=operations.waiting,
            urls=(
                UrlRow("home", own=EVERYBODY),
                UrlRow("accessibility", public=True),
                UrlRow("styleguide", own=EVERYBODY),
                UrlRow("cases", own=CASE_HOLDERS, note="lists only what is granted; empty for the other roles"),
                UrlRow("search", own=CASE_HOLDERS),
                UrlRow("case_open", methods=("GET", "POST"), own=OPENERS),
                UrlRow("country_search", methods=("GET", "POST"), own=SEARCHERS, note="the identity's own policy decides what is found"),
                UrlRow("case", own=CASE_HOLDERS, note="404 for what is not granted or sealed"),
                UrlRow("case_name", methods=("GET", "POST"), own=CASE_HOLDERS, note="the identity's own policy decides"),
                UrlRow("case_note", methods=("GET", "POST"), own=NOTE_WRITERS & CASE_HOLDERS, note="the note's section decides"),
                UrlRow(
                    "case_consents",
                    methods=("GET", "POST"),
                    own=CONSENT_READERS & CASE_HOLDERS,
                    note="shows what protection shows; writing asks again",
                    by_duty=DECIDERS,
                ),
                UrlRow("consent_withdraw", methods=("GET", "POST"), own=CASE_HOLDERS, note="withdrawal for the person is never refused"),
                *facts.URLS,
                *operations.URLS,
            ),
        )
    )
