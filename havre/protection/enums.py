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
    BORDER = "border", _("Border, port, station")
    INSPECTION = "inspection", _("Labour inspection")
    HEALTH = "health", _("Health care")
    HOTLINE = "hotline", _("Hotline call")
    CHILD = "child", _("Child protection")
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


# --- screening anywhere: phone, paper, group, emergency, hotline -------------------------------------------------------------------


class Taken(models.TextChoices):
    """How a screening came to be written down."""

    PAGE = "page", _("On the page")
    PHONE = "phone", _("Saved on a phone, sent later")
    PAPER = "paper", _("On paper, typed in later")


class PlaceKind(models.TextChoices):
    """Where the talk took place: a kind of place, never an address."""

    BORDER = "border", _("Border post, port or airport")
    STATION = "station", _("Station, road or vehicle")
    WORKPLACE = "workplace", _("Workplace")
    HOUSEHOLD = "household", _("Private household")
    VESSEL = "vessel", _("Vessel")
    STREET = "street", _("Street or market")
    COMPOUND = "compound", _("Closed compound")
    CLINIC = "clinic", _("Clinic or hospital")
    OFFICE = "office", _("Office of a service")
    PHONE = "phone", _("By telephone")
    OTHER = "other", _("Other place")


class ParcelState(models.TextChoices):
    """What became of something sealed that a phone sent."""

    RECEIVED = "received", _("Received")
    ASIDE = "aside", _("Set aside")
    DELETED = "deleted", _("Deleted after its term")


class AsideReason(models.TextChoices):
    """Why a parcel could not be taken: it is kept sealed, and nothing of it is lost."""

    SEAL = "seal", _("The seal does not open: altered, cut short, or meant for another instance")
    FORM = "form", _("What is inside is no form of ours, or is not whole")
    EDITION = "edition", _("Written with a later edition of the cards than this instance knows")
    RIGHT = "right", _("A right of the first contact is missing in what was written down")
    OFFICER = "officer", _("Saved by a colleague: it waits for that person's own session")
    TWICE = "twice", _("Another content came under the same number")
    SEQUENCE = "sequence", _("This phone sent another form at the same place in its order: its store was copied or restored")
    GROUP = "group", _("No person of your groups has the code and number that were typed")
    CONFLICT = "conflict", _("Somebody else's talk with this person came in meanwhile, and this phone did not know of it")


class Settled(models.TextChoices):
    """How a person decided on a talk that met another about the same number, or a number that nobody has."""

    BESIDE = "beside", _("Keep it beside the other talk: both were with this person")
    APART = "apart", _("Keep it apart, in a case of its own: it was somebody else")


class DeletedBecause(models.TextChoices):
    """Why what was set aside is deleted when its term is over (Convention 108+ art. 5(4)(e))."""

    ASKED_AGAIN = "asked_again", _("The person was asked again, or the officer's own notes were typed in")
    NOT_OURS = "not_ours", _("It is no form of ours, or meant for another instance")
    NOBODY = "nobody", _("Nobody can open it or say whose it is")
    PERSON = "person", _("The person does not want it kept")


class PaperKind(models.TextChoices):
    """What a blank paper is for."""

    CARDS = "cards", _("Cards: one person, one talk")
    GROUP = "group", _("Group: one event, a line for each person")
    URGENT = "urgent", _("What cannot wait: one person, now")


class AskState(models.TextChoices):
    """Whether the person was asked, afterwards, for what was kept without their agreement."""

    DUE = "due", _("To be asked")
    AGREED = "agreed", _("The person agrees")
    REFUSED = "refused", _("The person does not agree")
    UNREACHABLE = "unreachable", _("The person cannot be reached")


class VitalGround(models.TextChoices):
    """Why something was kept before the person could be asked."""

    EMERGENCY = "emergency", _("Danger to life or health")
    CHILD = "child", _("Safety of a child")
    GROUP = "group", _("Many persons at once, urgent needs first")


class AgeBand(models.TextChoices):
    """Age as it looks before any document: in doubt means presumed a child (Palermo; CoE art. 10(3))."""

    ADULT = "adult", _("Adult")
    DOUBT = "doubt", _("In doubt: presumed a child")
    CHILD = "child", _("Child")
    SMALL = "small", _("Small child")


class Tie(models.TextChoices):
    """How two persons of one group belong together, as they say it."""

    PARENT = "parent", _("Parent of")
    CHILD = "child", _("Child of")
    SIBLING = "sibling", _("Brother or sister of")
    SPOUSE = "spouse", _("Husband, wife or partner of")
    RELATIVE = "relative", _("Other relative of")
    FRIEND = "friend", _("Friend, wants to stay with")


# the same tie, seen from the other person
TIE_BACK: dict[Tie, Tie] = {one: one for one in (Tie.SIBLING, Tie.SPOUSE, Tie.RELATIVE, Tie.FRIEND)}
TIE_BACK |= {Tie.PARENT: Tie.CHILD, Tie.CHILD: Tie.PARENT}


class Caller(models.TextChoices):
    """Who calls a hotline: a kind, never a name or a number."""

    SELF = "self", _("For themselves")
    RELATIVE = "relative", _("Relative or friend")
    COLLEAGUE = "colleague", _("Colleague or neighbour")
    CUSTOMER = "customer", _("Customer or passer-by")
    PROFESSIONAL = "professional", _("Professional")
    UNKNOWN = "unknown", _("Not said")


class CallSubject(models.TextChoices):
    INFORMATION = "information", _("Rights and services")
    WAGES = "wages", _("Wages and work")
    PAPERS = "papers", _("Papers and stay")
    OFFER = "offer", _("A job or marriage offer to check")
    SOMEONE = "someone", _("Worry about somebody")
    DANGER = "danger", _("Danger")
    SILENT = "silent", _("Silent call")
    OTHER = "other", _("Something else")


class CallEnd(models.TextChoices):
    INFORMED = "informed", _("Told what they asked")
    NUMBER = "number", _("Given the number of a service")
    EMERGENCY = "emergency", _("Led to the emergency number")
    LATER = "later", _("Will call again")
    CUT = "cut", _("The call broke off")
