"""The closed vocabularies of trust. Sections and acts are bits so that a grant holds several in one column."""

from enum import IntFlag

from django.db import models
from django.utils.translation import gettext_lazy as _


class Section(IntFlag):
    """The parts of a case that are granted apart (ODIHR NRM Handbook 2022: need to know).

    CASE is the bare file: reference, state, dates.
    """

    CASE = 1
    IDENTITY = 2
    WHEREABOUTS = 4
    SCREENING = 8
    FACTS = 16
    PROTECTION = 32
    HEALTH = 64
    JUSTICE = 128

    @property
    def code(self) -> str:
        """The stable lower-case word used in audit rows, policies and the Cedar export."""
        return (self.name or "").lower()


SECTION_LABELS = {
    Section.CASE: _("File"),
    Section.IDENTITY: _("Identity"),
    Section.WHEREABOUTS: _("Whereabouts"),
    Section.SCREENING: _("Screening"),
    Section.FACTS: _("Trafficking facts"),
    Section.PROTECTION: _("Protection"),
    Section.HEALTH: _("Health"),
    Section.JUSTICE: _("Justice"),
}
ALL_SECTIONS = Section(255)


class Act(models.TextChoices):
    """What may be done to a section, or (below SEAL) to the house."""

    READ = "read", _("Read")
    WRITE = "write", _("Write")
    EXPORT = "export", _("Export")
    SHARE = "share", _("Share")
    SEAL = "seal", _("Seal")
    OPEN = "open", _("Open a case")
    SEARCH = "search", _("Search the country")
    BREAK_GLASS = "break_glass", _("Break the glass")
    ERASE = "erase", _("Erase")
    REVIEW = "review", _("Review accesses")
    COUNT = "count", _("Count")
    IMPORT = "import", _("Import")
    ADMINISTER = "administer", _("Administer accounts")
    EDIT_FACTS = "edit_facts", _("Edit the country profile")
    PUBLISH = "publish", _("Publish")
    COORDINATE = "coordinate", _("Coordinate")


class Role(models.TextChoices):
    """One job in the response (ODIHR NRM Handbook 2022, ICMPD TRM 2010). A person acts in one at a time."""

    FIRST_RESPONDER = "first_responder", _("First responder")
    HELPLINE = "helpline", _("Helpline")
    IDENTIFICATION_AUTHORITY = "identification_authority", _("Identification authority")
    SECOND_REVIEWER = "second_reviewer", _("Second reviewer")
    CASE_MANAGER = "case_manager", _("Case manager")
    GUARDIAN = "guardian", _("Guardian")
    SHELTER = "shelter", _("Shelter")
    HEALTH = "health", _("Health professional")
    INTERPRETER = "interpreter", _("Interpreter")
    LEGAL_AID = "legal_aid", _("Legal aid")
    INVESTIGATOR = "investigator", _("Investigator")
    PROSECUTOR = "prosecutor", _("Prosecutor")
    LABOUR_INSPECTOR = "labour_inspector", _("Labour inspector")
    CHILD_PROTECTION = "child_protection", _("Child protection")
    COMPENSATION_FUND = "compensation_fund", _("Compensation fund")
    COORDINATOR = "coordinator", _("National coordinator")
    RAPPORTEUR = "rapporteur", _("National rapporteur")
    TRAINER = "trainer", _("Trainer")
    DATA_PROTECTION_OFFICER = "data_protection_officer", _("Data-protection officer")
    ADMINISTRATOR = "administrator", _("Administrator")


class Purpose(models.TextChoices):
    """Why somebody acts. A grant serves one purpose; an actor declares one."""

    PROTECTION = "protection", _("Protection and assistance")
    IDENTIFICATION = "identification", _("Identification")
    JUSTICE = "justice", _("Justice and compensation")
    COORDINATION = "coordination", _("Coordination")
    STATISTICS = "statistics", _("Statistics")
    OVERSIGHT = "oversight", _("Data protection and oversight")
    ADMINISTRATION = "administration", _("Administration")
    TRAINING = "training", _("Training and information")


class Basis(models.TextChoices):
    """Why a grant exists. Every basis is a row in the grant table, own case included."""

    OWN_CASE = "own_case", _("Own case")
    REFERRAL = "referral", _("Accepted referral")
    CONSENT = "consent", _("Consent")
    LEGAL_DUTY = "legal_duty", _("Legal duty")
    VITAL_INTEREST = "vital_interest", _("Vital interest")
    BREAK_GLASS = "break_glass", _("Break-glass")
    CUSTODIAN = "custodian", _("Custodian of a sealed case")
    IDENTITY_REQUEST = "identity_request", _("Identity request that was granted")


ROLE_PURPOSES: dict[Role, tuple[Purpose, ...]] = {
    Role.FIRST_RESPONDER: (Purpose.IDENTIFICATION, Purpose.PROTECTION),
    Role.HELPLINE: (Purpose.PROTECTION,),
    Role.IDENTIFICATION_AUTHORITY: (Purpose.IDENTIFICATION,),
    Role.SECOND_REVIEWER: (Purpose.IDENTIFICATION,),
    Role.CASE_MANAGER: (Purpose.PROTECTION, Purpose.IDENTIFICATION),
    Role.GUARDIAN: (Purpose.PROTECTION,),
    Role.SHELTER: (Purpose.PROTECTION,),
    Role.HEALTH: (Purpose.PROTECTION,),
    Role.INTERPRETER: (Purpose.PROTECTION,),
    Role.LEGAL_AID: (Purpose.JUSTICE, Purpose.PROTECTION),
    Role.INVESTIGATOR: (Purpose.JUSTICE,),
    Role.PROSECUTOR: (Purpose.JUSTICE,),
    Role.LABOUR_INSPECTOR: (Purpose.IDENTIFICATION, Purpose.JUSTICE),
    Role.CHILD_PROTECTION: (Purpose.PROTECTION,),
    Role.COMPENSATION_FUND: (Purpose.JUSTICE,),
    Role.COORDINATOR: (Purpose.COORDINATION,),
    Role.RAPPORTEUR: (Purpose.STATISTICS,),
    Role.TRAINER: (Purpose.TRAINING,),
    Role.DATA_PROTECTION_OFFICER: (Purpose.OVERSIGHT,),
    Role.ADMINISTRATOR: (Purpose.ADMINISTRATION,),
}
