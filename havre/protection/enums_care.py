"""Vocabularies of safety, shelter, best interests, return and the caseload."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Channel(models.TextChoices):
    VISIT = "visit", pgettext_lazy("channel", "Visit")
    PHONE = "phone", pgettext_lazy("channel", "Telephone")
    MESSAGE = "message", pgettext_lazy("channel", "Message")
    THROUGH = "through", pgettext_lazy("channel", "Through somebody the person chose")
    OFFICE = "office", pgettext_lazy("channel", "At the service")


class RiskAbout(models.TextChoices):
    PERSON = "person", _("The person")
    FAMILY = "family", _("The family")


class Measure(models.TextChoices):
    """What a safety plan is made of."""

    SAFE_PLACE = "safe_place", _("Move to a safe place")
    PHONE = "phone", _("New telephone or number")
    CODE_WORD = "code_word", _("Word agreed to ask for help")
    SAFE_CONTACT = "safe_contact", _("Safe way to be reached")
    ACCOMPANIED = "accompanied", _("Accompanied on journeys")
    POLICE_ALERT = "police_alert", _("Police told whom to send")
    FAMILY_WARNED = "family_warned", _("Family warned or moved")
    ONLINE = "online", _("Accounts and pictures online closed")
    NO_CONTACT = "no_contact", _("Order not to approach asked for")
    HEALTH = "health", _("Somebody stays near; care called")
    PAPERS_KEPT = "papers_kept", _("Papers kept in a safe place")


class MeasureOwner(models.TextChoices):
    PERSON = "person", _("The person")
    WORKER = "worker", _("The case manager")
    SHELTER = "shelter", _("The shelter")
    POLICE = "police", _("The police")
    FAMILY = "family", _("Somebody of the family")
    LAWYER = "lawyer", _("The lawyer")


class MeasureState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("measure", "To be done")
    DONE = "done", pgettext_lazy("measure", "Done")
    DROPPED = "dropped", pgettext_lazy("measure", "Dropped with the person")


class WorkerRisk(models.TextChoices):
    """Dangers to whoever works with the person; they say nothing about the person."""

    THREATENED = "threatened", _("A worker was threatened")
    FOLLOWED = "followed", _("A worker was followed")
    KNOWN = "known", _("Suspected persons know the service")
    WEAPON = "weapon", _("Weapons may be there")
    PLACE = "place", _("The place itself is dangerous")


class WorkerCare(models.TextChoices):
    TWO = "two", _("Always two workers")
    OUTSIDE = "outside", _("Meet in a public place")
    CALL_IN = "call_in", _("Call in before and after")
    POLICE_NEAR = "police_near", _("Police near, at the worker's wish")
    NO_VISIT = "no_visit", _("No visit there")


class NoteState(models.TextChoices):
    STANDING = "standing", pgettext_lazy("note", "In use")
    ENDED = "ended", pgettext_lazy("note", "No longer in use")


class FollowUpState(models.TextChoices):
    DUE = "due", pgettext_lazy("follow-up", "To be held")
    HELD = "held", pgettext_lazy("follow-up", "Held")
    NOT_REACHED = "not_reached", pgettext_lazy("follow-up", "The person was not reached")
    NOT_WANTED = "not_wanted", pgettext_lazy("follow-up", "Not wanted by the person")


class Finding(models.TextChoices):
    """How the person lives at a follow-up."""

    SAFE = "safe", _("Safe")
    HOUSED = "housed", _("Housed")
    WORKING = "working", _("Works")
    LEARNING = "learning", _("At school or in training")
    IN_DEBT = "in_debt", _("In debt")
    THREATENED = "threatened", _("Threatened")
    EXPLOITED = "exploited", _("Exploited again")
    CARE = "care", _("Needs care")


class OwnView(models.TextChoices):
    """The person's own view of how it went."""

    HELPED = "helped", _("It helped")
    PARTLY = "partly", _("It helped in part")
    NOT_HELPED = "not_helped", _("It did not help")
    HARMED = "harmed", _("It did harm")
    NOT_WISHED = "not_wished", _("Did not wish to say")
    NOT_ASKED = "not_asked", _("Could not be asked")


class ForWhom(models.TextChoices):
    WOMEN = "women", _("Women")
    MEN = "men", _("Men")
    GIRLS = "girls", _("Girls")
    BOYS = "boys", _("Boys")
    FAMILIES = "families", _("Families")
    TRANS = "trans", _("Trans and non-binary persons")


class PlacementState(models.TextChoices):
    OFFERED = "offered", pgettext_lazy("place", "Offered")
    PLACED = "placed", pgettext_lazy("place", "Lives there")
    REFUSED = "refused", pgettext_lazy("place", "Not wanted by the person")
    LEFT = "left", pgettext_lazy("place", "Left")


class LeftReason(models.TextChoices):
    OWN_HOME = "own_home", _("To a home of their own")
    FAMILY = "family", _("To family or friends")
    OTHER_PLACE = "other_place", _("To another shelter")
    CHOICE = "choice", _("Own choice, place not told")
    RETURNED = "returned", _("Returned to their country")
    NOT_SAFE = "not_safe", _("The place was no longer safe")


class Restriction(models.TextChoices):
    """A limit on coming and going: of a child's safety or of a court, named, authorised and ending (RG11)."""

    CHILD_SAFETY = "child_safety", _("Safety of a child")
    COURT = "court", _("Order of a court")
    QUARANTINE = "quarantine", _("Health order")


class LogKind(models.TextChoices):
    ARRIVAL = "arrival", pgettext_lazy("day log", "Arrival")
    NIGHT = "night", pgettext_lazy("day log", "Night")
    MEAL = "meal", pgettext_lazy("day log", "Meals")
    OUTING = "outing", pgettext_lazy("day log", "Went out, came back")
    CONTACT = "contact", pgettext_lazy("day log", "Call or visit")
    INCIDENT = "incident", pgettext_lazy("day log", "Incident")
    WISH = "wish", pgettext_lazy("day log", "Wish or complaint")
    HANDED = "handed", pgettext_lazy("day log", "For the next shift")


class Kept(models.TextChoices):
    KEPT = "kept", pgettext_lazy("entry", "Kept")
    CORRECTED = "corrected", pgettext_lazy("entry", "Corrected by a later one")


class InterpreterGender(models.TextChoices):
    ANY = "any", _("No preference")
    WOMAN = "woman", _("A woman")
    MAN = "man", _("A man")


class BookingState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("booking", "Asked for")
    CONFIRMED = "confirmed", pgettext_lazy("booking", "Confirmed")
    HELD = "held", pgettext_lazy("booking", "Held")
    CANCELLED = "cancelled", pgettext_lazy("booking", "Cancelled")


class ReplaceReason(models.TextChoices):
    PERSON_ASKS = "person_asks", _("The person asks for somebody else")
    CONFLICT = "conflict", _("A link with somebody concerned came to light")
    ILL = "ill", _("Not available after all")
    QUALITY = "quality", _("The interpreting was not good")


class BesideKind(models.TextChoices):
    GUARDIAN = "guardian", pgettext_lazy("beside the person", "Guardian")
    ADVOCATE = "advocate", pgettext_lazy("beside the person", "Advocate")


class NamedBy(models.TextChoices):
    COURT = "court", _("Court")
    AUTHORITY = "authority", _("Child-protection authority")
    PERSON = "person", _("The person's own choice")


class BesideState(models.TextChoices):
    NAMED = "named", pgettext_lazy("guardian", "Named")
    ENDED = "ended", pgettext_lazy("guardian", "Ended")


class HealthKind(models.TextChoices):
    EXAMINATION = "examination", _("Examination")
    TREATMENT = "treatment", _("Treatment")
    MEDICINE = "medicine", _("Medicine")
    INJURY = "injury", _("Injury recorded")
    SESSION = "session", _("Psychological session")
    ASSESSMENT = "assessment", _("Psychological assessment")


class BestKind(models.TextChoices):
    ASSESSMENT = "assessment", _("Assessment")
    DETERMINATION = "determination", _("Determination (formal, by a panel)")


class BestBefore(models.TextChoices):
    """Which step on the child it comes before (UNHCR 2021; CRC art. 3)."""

    IDENTIFICATION = "identification", _("Decision on the status")
    PLAN = "plan", _("Plan of help")
    PLACEMENT = "placement", _("Placement")
    REFERRAL = "referral", _("Referral")
    RETURN = "return", _("Return or removal")
    LASTING = "lasting", _("Lasting solution")


class BestState(models.TextChoices):
    DUE = "due", pgettext_lazy("best interests", "Due")
    IN_PROGRESS = "in_progress", pgettext_lazy("best interests", "In progress")
    DECIDED = "decided", pgettext_lazy("best interests", "Decided")


class BestOutcome(models.TextChoices):
    IN_INTEREST = "in_interest", _("The step is in the child's best interests")
    CONDITIONS = "conditions", _("It is, on conditions that are written down")
    NOT_IN_INTEREST = "not_in_interest", _("The step is not in the child's best interests")
    MORE = "more", _("More must be known first")


class ChildView(models.TextChoices):
    AGREES = "agrees", _("The child agrees")
    DISAGREES = "disagrees", _("The child disagrees")
    UNSURE = "unsure", _("The child is not sure")
    NOT_WISHED = "not_wished", _("The child did not wish to speak")


class ReturnState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("return", "Asked for")
    ASSESSED = "assessed", pgettext_lazy("return", "Risks assessed in both countries")
    RETURNED = "returned", pgettext_lazy("return", "Travelled")
    FOLLOWED = "followed", pgettext_lazy("return", "Followed up")
    STOPPED = "stopped", pgettext_lazy("return", "Stopped")


class ReturnAskedBy(models.TextChoices):
    PERSON = "person", _("The person")
    GUARDIAN = "guardian", _("The guardian")
    FAMILY = "family", _("The family")
    AUTHORITY = "authority", pgettext_lazy("who asks for a return", "An authority")


class StopReason(models.TextChoices):
    CHANGED_MIND = "changed_mind", _("The person changed their mind")
    NOT_SAFE = "not_safe", _("Not safe there")
    NOT_IN_INTEREST = "not_in_interest", _("Not in the child's best interests")
    NO_RECEIVER = "no_receiver", _("No organisation receives")
    NO_PAPERS = "no_papers", _("No travel papers")
    STAY = "stay", _("A right to stay was given")


class StayGround(models.TextChoices):
    """Why stay is asked for (CoE art. 14): the person's situation, or cooperation; asylum stays open beside either."""

    PERSONAL = "personal", _("Personal situation")
    COOPERATION = "cooperation", _("Cooperation with an inquiry")
    RECOVERY = "recovery", _("Recovery and reflection period")
    CHILD = "child", _("Best interests of the child")
    ASYLUM = "asylum", _("International protection")


class StayState(models.TextChoices):
    INFORMED = "informed", pgettext_lazy("stay", "Possibilities explained")
    APPLIED = "applied", pgettext_lazy("stay", "Applied for")
    GRANTED = "granted", pgettext_lazy("stay", "Granted")
    REFUSED = "refused", pgettext_lazy("stay", "Refused by the authority")
    NOT_WANTED = "not_wanted", pgettext_lazy("stay", "Not wanted by the person")
    APPEALED = "appealed", pgettext_lazy("stay", "Appealed")


class TaskKind(models.TextChoices):
    CALL = "call", _("Call or meet the person")
    ACCOMPANY = "accompany", _("Accompany")
    ARRANGE = "arrange", _("Arrange a service")
    WRITE = "write", _("Write a report or letter")
    CHASE = "chase", _("Ask a service for its answer")
    RECOVERY_ENDS = "recovery_ends", _("The recovery period ends: offer more time")
    STAY_ENDS = "stay_ends", _("The right to stay ends: apply again")
    TURNS_18 = "turns_18", _("May be 18 from now on: ask every consent again; what was decided for the child stays")


class TaskState(models.TextChoices):
    OPEN = "open", pgettext_lazy("task", "To do")
    DONE = "done", pgettext_lazy("task", "Done")
    DROPPED = "dropped", pgettext_lazy("task", "No longer needed")


class AssignmentState(models.TextChoices):
    HELD = "held", pgettext_lazy("assignment", "In charge")
    HANDED_ON = "handed_on", pgettext_lazy("assignment", "Handed on")


class CareKind(models.TextChoices):
    """The records of care that are counted: that one was made, when, and nothing of what it says."""

    FOLLOW_UP = "follow_up", _("Follow-up")
    BEST_INTERESTS = "best_interests", _("Best interests of the child")
    BESIDE = "beside", _("Guardian or advocate")
    INTERPRETER = "interpreter", _("Interpreter")
    RETURN = "return", pgettext_lazy("to a country", "Return")
    STAY = "stay", _("Right to stay")
    SAFETY_MEASURE = "safety_measure", _("Safety plan")
