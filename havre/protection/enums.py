"""Vocabularies of screening, identification and assistance."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Answer(models.TextChoices):
    """Five answers: silence, a choice not to answer and a question never put are three different things."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    NOT_RECORDED = "not_recorded", _("Not known")
    REFUSED = "refused", _("Does not wish to answer")
    NOT_ASKED = "not_asked", _("Not asked")


class Origin(models.TextChoices):
    SAID = "said", pgettext_lazy("origin of an answer", "Said")
    SEEN = "seen", pgettext_lazy("origin of an answer", "Seen")


class Profile(models.TextChoices):
    """Which graded indicator set is read (ILO/EC 2009)."""

    ADULT_LABOUR = "adult_labour", _("Adult, work")
    CHILD_LABOUR = "child_labour", _("Child, work")
    ADULT_SEXUAL = "adult_sexual", _("Adult, sexual exploitation")
    CHILD_SEXUAL = "child_sexual", _("Child, sexual exploitation")


class Situation(models.TextChoices):
    """Where the officer meets the person: it decides which cards are put, not what may be answered."""

    FIRST_CONTACT = "first_contact", _("First contact, short")
    WORKPLACE = "workplace", _("Workplace")
    HOUSEHOLD = "household", _("Private household")
    FISHING = "fishing", _("Fishing")
    STREET = "street", _("Street, begging")
    COMPOUND = "compound", _("Compound, online fraud")
    SEXUAL = "sexual", _("Commercial sex")
    FULL = "full", _("Full interview")


class ScreeningOutcome(models.TextChoices):
    """The three outcomes, and no score. None of them is a formal decision and none closes help."""

    NO_INDICATION = "no_indication", _("No sign noted today; help stays open")
    REFER = "indications_refer", _("Signs noted: refer")
    PRESUMED = "presumed_victim_reasonable_grounds", _("Reasonable grounds: presumed victim")


class KeptBecause(models.TextChoices):
    """Nothing said is kept without a reason."""

    AGREED = "agreed", _("The person agrees that the answers are kept")
    CHILD_SAFETY = "child_safety", _("Safety of a child (recorded exception)")
    DANGER = "danger", _("Danger to life (recorded exception)")


class ScreeningState(models.TextChoices):
    RECORDED = "recorded", _("Recorded, outcome not yet confirmed")
    CONFIRMED = "confirmed", _("Outcome confirmed by the officer")


class IdentificationStatus(models.TextChoices):
    SCREENED = "screened", _("Screened")
    PRESUMED = "presumed", _("Presumed victim")
    CONFIRMED = "confirmed", _("Confirmed victim")
    NOT_CONFIRMED = "not_confirmed", _("Not confirmed")
    UNDER_REVIEW = "under_review", _("Under review")
    UNDER_APPEAL = "under_appeal", _("Before a court")
    NOT_FOUND = "not_found", _("Cannot be found; nothing is lost")
    PRESUMED_NOT_FOUND = "presumed_not_found", _("Presumed victim, cannot be found; nothing is lost")
    DECLINED_BY_PERSON = "declined_by_person", _("The person chose to stop")


class RecoveryAnswer(models.TextChoices):
    ACCEPTED = "accepted", _("Offered and accepted")
    REFUSED = "refused", _("Offered, the person does not want it")


class DecisionReason(models.TextChoices):
    """Why a status was given or not. The words are a sealed section; these codes are what is counted."""

    INDICATORS = "indicators", _("Indicators in several dimensions")
    CORROBORATED = "corroborated", _("Account corroborated by another source")
    CHILD_EXPLOITED = "child_exploited", _("A child was exploited; no means need be shown")
    NO_EXPLOITATION = "no_exploitation", _("No exploitation, done or intended, was found")
    NO_MEANS = "no_means", _("No means were found (adult)")
    OTHER_PROTECTION = "other_protection", _("Another protection applies")
    PERSON_CHOICE = "person_choice", _("The person's choice")
    NEW_FACTS = "new_facts", _("New facts")
    PROCEDURE = "procedure", _("Fault of procedure")


# only what was found about the facts may deny a status: never sex, origin, work, papers, conduct or cooperation (CoE art. 3, RG28)
DENIAL_REASONS = (DecisionReason.NO_EXPLOITATION, DecisionReason.NO_MEANS)


class DecisionBody(models.TextChoices):
    AUTHORITY = "authority", _("Identification authority with other services")
    MULTIDISCIPLINARY_TEAM = "multidisciplinary_team", _("Multidisciplinary team")
    COURT = "court", _("Court")


class Profession(models.TextChoices):
    POLICE = "police", _("Police")
    SOCIAL = "social", _("Social affairs")
    PROSECUTION = "prosecution", _("Prosecution")
    LABOUR = "labour", _("Labour inspection")
    HEALTH = "health", _("Health")
    NGO = "ngo", _("Civil society")
    MIGRATION = "migration", _("Migration and asylum")
    CHILD = "child", _("Child protection")


class PlanStatus(models.TextChoices):
    RUNNING = "running", _("Urgent help under way")
    PROPOSED = "proposed", _("Plan proposed")
    ACCEPTED = "accepted", _("Plan accepted")
    REFUSED = "refused", _("Plan not wanted; help stays open")
    FOLLOW_UP = "follow_up", _("Follow-up")
    CLOSED = "closed", _("Closed")


class ServiceKind(models.TextChoices):
    """HTCDS `spl_Type`, value names as published."""

    EDUCATION = "Education", _("Education")
    FINANCIAL = "Financial", _("Financial")
    HEALTH = "Health", _("Health")
    LABOUR_REHABILITATION = "LabourExploitationRehabilitation", _("Rehabilitation after labour exploitation")
    LEGAL = "Legal", _("Legal")
    LIVELIHOOD = "Livelihood", _("Livelihood")
    RIGHTS_TRAINING = "RightsBasedTraining", _("Rights-based training")
    SEXUAL_REHABILITATION = "SexualExploitationRehabilitation", _("Rehabilitation after sexual exploitation")
    SOCIAL_CARE = "SocialCare", _("Social care")


class Need(models.TextChoices):
    """What the person needs, in their own order (CoE art. 12(1), 12(4))."""

    SAFE_HOUSING = "safe_housing", _("A safe place to sleep")
    MEDICAL = "medical", _("Medical care")
    PSYCHOLOGICAL = "psychological", _("Psychological care")
    INTERPRETER = "interpreter", _("An interpreter")
    LEGAL = "legal", _("Legal advice")
    MONEY = "money", _("Money, food, clothes")
    FAMILY = "family", _("News of family")
    CHILDCARE = "childcare", _("Care of children")
    DOCUMENTS = "documents", _("Papers and stay")
    SCHOOL = "school", _("School or training")
    WORK = "work", _("Work")


class ServiceStatus(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Not wanted by the person")
    RUNNING = "running", _("In place")
    ENDED = "ended", _("Ended")
    UNAVAILABLE = "unavailable", _("Not available")


class ServiceReason(models.TextChoices):
    PERSON_CHOICE = "person_choice", _("The person's choice")
    NEED_MET = "need_met", _("The need is met")
    FULL = "full", _("No place")
    NOT_IN_REGION = "not_in_region", _("Does not exist here")
    NO_LANGUAGE = "no_language", _("No interpreter")
    NO_FUNDS = "no_funds", _("No funds")
    MOVED = "moved", _("The person moved")
    OTHER_SERVICE = "other_service", _("Taken over by another service")


class RiskLevel(models.TextChoices):
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")
    IMMEDIATE = "immediate", _("Immediate danger")


class Threat(models.TextChoices):
    TRAFFICKER_NEAR = "trafficker_near", _("The suspected person knows where to find them")
    FAMILY = "family", _("Threats to family")
    DEBT = "debt", _("Debt collectors")
    SELF_HARM = "self_harm", _("Self-harm")
    COMMUNITY = "community", _("Rejection by family or community")
    ONLINE = "online", _("Pictures or messages online")


class CloseReason(models.TextChoices):
    GOALS_MET = "goals_met", _("The aims are reached")
    PERSON_CHOICE = "person_choice", _("The person's choice")
    MOVED = "moved", _("Moved to another service")
    UNREACHABLE = "unreachable", _("Cannot be reached")
