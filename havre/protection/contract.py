"""What this part gives to the house: see havre.trust.contracts."""

from django.utils.translation import gettext_lazy as _

from havre.protection import casefile, extracting, keeping, merging, models, moments, queries, workflow
from havre.protection.kinds import KINDS
from havre.protection.rights import HELPERS
from havre.protection.services import reminders
from havre.trust.contracts import Contract, Link, UrlRow, register_contract
from havre.trust.enums import Act, Role, Section
from havre.trust.policy.table import CARERS, CASE_HOLDERS, DECIDERS, FRONT_LINE, POLICY
from havre.trust.records import ProtectedModel

SEEKERS = HELPERS | {Role.IDENTIFICATION_AUTHORITY}
FACT_READERS = FRONT_LINE | CARERS | DECIDERS | {Role.LEGAL_AID, Role.INVESTIGATOR, Role.PROSECUTOR}
PROTECTION_READERS = FRONT_LINE | CARERS | DECIDERS | {Role.SHELTER, Role.GUARDIAN, Role.HEALTH, Role.LEGAL_AID}
# who reads a record of care, by the section that it stands in
READERS = {
    section: frozenset(role for role in CASE_HOLDERS if (Act.READ, section, role) in POLICY.rules)
    for section in (Section.FACTS, Section.PROTECTION, Section.HEALTH, Section.WHEREABOUTS)
}

# --- screening anywhere ---
SCREENERS = frozenset(FRONT_LINE | CARERS)
_SCREENING_WORDS = (
    ("later_consent.keep_first", _("Kept on vital interest, the person to be asked")),
    ("later_consent.agree", _("The person, asked later, agrees")),
    ("later_consent.refuse", _("The person, asked later, does not agree")),
    ("later_consent.unreachable", _("The person, to be asked, cannot be reached")),
    ("later_consent.override", _("Consent asked later: condition waived by a supervisor")),
    ("screening.override", _("First talk: condition waived by a supervisor")),
    ("parcel.take", _("Screening of a phone taken in")),
    ("parcel.aside", _("Screening of a phone set aside")),
    ("group.open", _("Group taken in")),
    ("group.add", _("Persons added to a group")),
    ("group.tie", _("Tie within a group noted")),
    ("group.split", _("Person split from a group")),
    ("paper.print", _("Blank forms printed")),
    ("paper.type", _("Paper typed in")),
    ("paper.type_group", _("Paper of a group typed in")),
    ("paper.type_urgent", _("Paper on what could not wait typed in")),
    ("parcel.settle", _("Talk that met another decided on")),
    ("parcel.delete", _("Set-aside talk deleted after its term")),
    ("call.note", _("Call counted")),
)
_POCKET = "the phone's page: the same for everybody, holds no record and no secret"
_SCREENING_URLS = (
    *(
        UrlRow(f"protection:{name}", public=True, note=_POCKET)
        for name in ("pocket", "pocket_worker", "pocket_manifest", "pocket_deck", "pocket_key", "pocket_gone", "pocket_sound")
    ),
    UrlRow("protection:pocket_door", own=SCREENERS),
    UrlRow("protection:pocket_send", ("POST",), own=SCREENERS, note="one sealed parcel"),
    UrlRow(
        "protection:pocket_aside",
        ("GET", "POST"),
        own=SCREENERS | {Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER},
        note="an officer's own parcels; to the administrator counts, to the data-protection officer what is over its term, unread",
    ),
    UrlRow("protection:groups", ("GET", "POST"), own=SCREENERS),
    UrlRow("protection:group", ("GET", "POST"), own=SCREENERS, note="numbers only, no name"),
    UrlRow("protection:urgent", ("GET", "POST"), own=SCREENERS),
    UrlRow("protection:ask", ("GET", "POST"), own=SCREENERS),
    UrlRow("protection:paper", ("GET", "POST"), own=SCREENERS),
    UrlRow("protection:paper_typed", ("GET", "POST"), own=SCREENERS),
    UrlRow("protection:calls", ("GET", "POST"), own=SCREENERS, note="codes only, no case"),
)
_SCREENING_LINKS = (
    Link(_("Urgent"), "protection:urgent", "warn", SCREENERS),
    Link(_("Groups"), "protection:groups", "person", SCREENERS),
    Link(_("Phone page"), "protection:pocket", "phone", SCREENERS),
    Link(_("Paper forms"), "protection:paper", "doc", SCREENERS),
    Link(_("Calls without a case"), "protection:calls", "sound", SCREENERS),
)
_NAVIGATION = (
    Link(_("Screening"), "protection:cards", "screen", frozenset(FRONT_LINE | CARERS)),
    Link(_("My cases"), "protection:caseload", "case", HELPERS),
    Link(_("Free places"), "protection:places", "home", SEEKERS),
    *_SCREENING_LINKS,
)
_AUDIT_WORDS = (
    ("screening.record", _("Screening recorded")),
    ("screening.confirm", _("Outcome of a screening confirmed")),
    ("identification.record", _("Identification: a right's record written")),
    ("identification.override", _("Identification: condition waived by a supervisor")),
    *((f"identification.{move.step}", move.label) for move in workflow.IDENTIFICATION.moves),
    *((f"plan.{move.step}", move.label) for move in workflow.PLAN.moves),
    *((f"service.{move.step}", move.label) for move in workflow.SERVICE.moves),
    ("plan.override", _("Assistance plan: condition waived by a supervisor")),
    ("service.override", _("Service: condition waived by a supervisor")),
    ("need.note", _("Need noted")),
    ("risk.assess", _("Risk assessed")),
    *_SCREENING_WORDS,
    *((f"{kind.table.name}.{move.step}", move.label) for kind in KINDS.values() for move in kind.table.moves),
    *((f"{kind.table.name}.override", _("Record of care: condition waived by a supervisor")) for kind in KINDS.values()),
    ("identification.quality", _("Referral checked before it was sent on")),
    ("caseload.hand_over", _("Whole caseload handed over")),
    ("shelter.describe", _("House of a shelter described")),
)
_URLS = (
    UrlRow("protection:cards", ("GET", "POST"), own=frozenset(FRONT_LINE | CARERS), note="keeps nothing before the last card"),
    UrlRow("protection:screening", ("GET", "POST"), own=frozenset(FRONT_LINE | CARERS | DECIDERS)),
    UrlRow("protection:identification", ("GET", "POST"), own=frozenset(FACT_READERS & CASE_HOLDERS)),
    UrlRow("protection:recovery", ("POST",), own=frozenset({Role.IDENTIFICATION_AUTHORITY})),
    UrlRow("protection:waive", ("POST",), own=frozenset(FACT_READERS & CASE_HOLDERS)),
    UrlRow("protection:help", ("GET", "POST"), own=frozenset(CASE_HOLDERS)),
    UrlRow("protection:plan", ("GET", "POST"), own=frozenset(PROTECTION_READERS)),
    UrlRow("protection:offer", ("POST",), own=frozenset(PROTECTION_READERS)),
    UrlRow("protection:service", ("POST",), own=frozenset(PROTECTION_READERS)),
    UrlRow("protection:risk", ("POST",), own=frozenset(PROTECTION_READERS)),
    # care, places and the caseload
    UrlRow("protection:removal", own=frozenset(FACT_READERS & CASE_HOLDERS)),
    UrlRow("protection:care", own=frozenset(CASE_HOLDERS)),
    UrlRow("protection:places", ("GET", "POST"), own=SEEKERS, note="POST: a shelter's own houses"),
    UrlRow("protection:caseload", own=HELPERS),
    UrlRow("protection:day", own=HELPERS),
    UrlRow("protection:handover", ("GET", "POST"), own=HELPERS),
    *(UrlRow(f"protection:new_{code}", ("GET", "POST"), own=kind.openers) for code, kind in KINDS.items() if kind.by_hand),
    *(UrlRow(f"protection:{code}", ("GET", "POST"), own=READERS[kind.section]) for code, kind in KINDS.items()),
    UrlRow("protection:table", note="for whoever is signed in: the printed tables hold no record"),
    *_SCREENING_URLS,
)


def register() -> None:
    register_contract(
        Contract(
            part="protection",
            models=tuple(one for name in models.__all__ if issubclass(one := getattr(models, name), ProtectedModel)),
            workflows=tuple(table.name for table in workflow.TABLES),
            lines=moments.lines,
            sheets=casefile.sheets,
            acts=casefile.acts,
            dossier=queries.dossier,
            waiting=queries.waiting,
            merge=merging.merge,
            outcomes=keeping.outcomes,
            needed=keeping.needed,
            erase=queries.erase,
            sweep=reminders.sweep,
            extract=extracting.columns_of_extract,
            columns=extracting.COLUMNS,
            navigation=_NAVIGATION,
            audit_words=_AUDIT_WORDS,
            urls=_URLS,
        )
    )
