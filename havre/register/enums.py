"""The register's vocabularies. HTCDS value names are kept as published where HTCDS has the field."""

from typing import Any, cast

from django.db import models
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from havre import standards


class CaseStatus(models.TextChoices):
    """HTCDS `cas_Status`."""

    ACTIVE = "Active", _("Active")
    FOLLOW_UP = "FollowUp", _("Follow-up")
    CLOSED = "Closed", _("Closed")
    CLOSED_REFERRED = "ClosedReferred", _("Closed, referred on")


class Outcome(models.TextChoices):
    """How a person's presence in the case ended, where it did. A deceased or unreachable person is not a deleted one."""

    PRESENT = "present", _("In contact")
    UNREACHABLE = "unreachable", _("Cannot be reached")
    ABSCONDED = "absconded", _("Left without notice")
    DETAINED = "detained", _("Detained")
    DECEASED = "deceased", _("Deceased")
    DECLINED = "declined", _("Chose to stop")


class PersonRole(models.TextChoices):
    """HTCDS has one Person section for everybody; Havre adds the role."""

    VICTIM = "victim", _("Person concerned")
    RELATIVE = "relative", _("Relative or dependant")
    WITNESS = "witness", _("Witness")
    PERPETRATOR = "perpetrator", _("Alleged perpetrator")


class AgeBasis(models.TextChoices):
    DOCUMENT = "document", _("Document")
    STATED = "stated", _("Stated by the person")
    ESTIMATED = "estimated", _("Estimated by an officer")
    ASSESSED = "assessed", _("Formal age assessment")
    NOT_RECORDED = "not_recorded", _("Not recorded")


# What a person was, in law or in fact, at a stage of the route: codes and words of `standards`, which the statistics read too.
_members = [(code.upper(), (code, lazystr(label))) for code, label in standards.route_statuses().labels.items()]
# made by call, as enumerations are: the type stubs of Django know the class statement only
RouteStatus: type[models.TextChoices] = cast(Any, models.TextChoices)("RouteStatus", _members, module=__name__)


class Precision(models.TextChoices):
    """How exact a date is (ISO 8601, with 'about')."""

    DAY = "day", _("Day")
    MONTH = "month", _("Month")
    YEAR = "year", _("Year")
    ABOUT = "about", _("About")


class EventKind(models.TextChoices):
    """HTCDS `hte_Type`: a place-time event, not the legal act."""

    RECRUITMENT = "Recruitment", _("Recruitment")
    TRANSIT = "Transit", _("Transit")
    EXPLOITATION = "Exploitation", _("Exploitation")


class Certainty(models.TextChoices):
    ASSERTED = "asserted", _("Asserted")
    CORROBORATED = "corroborated", _("Corroborated")
    REFUTED = "refuted", _("Refuted")


class ConsentState(models.TextChoices):
    OFFERED = "offered", _("Explained, not yet answered")
    GIVEN = "given", _("Given")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")
    REPORTED = "reported", _("Reported elsewhere (import), not live here")


class ConsentGiver(models.TextChoices):
    PERSON = "person", _("The person")
    GUARDIAN = "guardian", _("Guardian")


class ConsentEvidence(models.TextChoices):
    """What shows that the answer was the person's (rights gate RG10: the evidence is recorded)."""

    SIGNED = "signed", _("Signed on paper")
    MARK = "mark", _("Thumbprint or mark on paper")
    SPOKEN = "spoken", _("Spoken, before the worker")
    SPOKEN_WITNESS = "spoken_witness", _("Spoken, before a witness")
    SPOKEN_INTERPRETER = "spoken_interpreter", _("Spoken, through an interpreter")
    RECORDED = "recorded", _("Spoken and recorded")


class Explained(models.TextChoices):
    """What was told before the answer. The first two are what makes an answer free: without them nothing is given."""

    HELP_STAYS = "help_stays", _("Help does not change, whatever the answer")
    MAY_WITHDRAW = "may_withdraw", _("It may be taken back at any time, without a reason")
    WHO_READS = "who_reads", _("Which service reads, and which parts")
    HOW_LONG = "how_long", _("Until when")
    WHAT_LAW_KEEPS = "what_law_keeps", _("What a law lets a service keep after a withdrawal")
    NOT_WHEREABOUTS = "not_whereabouts", _("Police and courts do not read where the person lives")
    DANGER_TO_LIFE = "danger_to_life", _("The one exception: a danger to life; it is written down and told")


class ConsentChannel(models.TextChoices):
    """How an answer, a change or a withdrawal came."""

    PERSON = "person", _("The person, present")
    PAGE = "person_page", _("The person, on their own page")
    GUARDIAN = "guardian", _("The guardian")
    RESPONDER = "responder", _("A worker, at the person's word")
    TELEPHONE = "telephone", _("By telephone")
    LETTER = "letter", _("By letter")
    ENGINE = "engine", _("The house itself, when the time came")


class AskAgain(models.TextChoices):
    """Why an answer is to be asked for anew."""

    ENDING = "ending_soon", _("It ends soon")
    MAJORITY = "turned_18", _("The person may be 18 by now: the answer is theirs")
    MERGED = "recipient_merged", _("The service that they agreed to has become part of another")


class RequestKind(models.TextChoices):
    """What the person asks about their own data (rights gate RG27; Convention 108+ art. 9)."""

    RECTIFY = "rectify", _("Correct something")
    COPY = "copy", _("A copy")
    EXPLAIN = "explain_reading", _("Explain a reading")
    ERASE = "erase_data", _("Erase something")
    COMPLAIN = "complain", _("Complain")


class WhatIsWrong(models.TextChoices):
    """What the person says of what is written."""

    WRONG = "is_wrong", _("It is wrong")
    MISSING = "is_missing", _("Something is missing")
    NOT_MINE = "is_not_mine", _("It is about somebody else")
    TOO_MUCH = "is_too_much", _("It should not be written at all")
    UNSAFE = "is_unsafe", _("It puts me or others in danger")


class RequestStatus(models.TextChoices):
    RECEIVED = "received", _("Received")
    ANSWERED = "answered", _("Answered")
    TAKEN_BACK = "taken_back", _("Taken back by the person")


class RequestOutcome(models.TextChoices):
    DONE = "done", _("Done")
    PARTLY = "partly", _("Done in part")
    NOT_DONE = "not_done", _("Not done, with the reason")


class WhyNot(models.TextChoices):
    """Why a request was not met in full: a closed list, each a limit that the law knows (Convention 108+ art. 11)."""

    LAW_KEEPS = "law_keeps", _("A law obliges the service to keep it")
    OTHERS = "others_data", _("It is about other persons too")
    OPEN_PROCEDURE = "open_procedure", _("A procedure is open: a note of the person's view is added beside it")
    NOT_HELD = "not_held", _("Nothing of the kind is held here")
    SHOWN_RIGHT = "shown_right", _("It was checked with the person and found right")


class ReceiptChoice(models.TextChoices):
    """Whether the person wanted a paper. Having none is a choice, not a gap."""

    PRINTED = "printed", _("A receipt was printed")
    NO_PAPER = "no_paper", _("The person wants no paper")


class SafetyAnswer(models.TextChoices):
    """The answers to the safety question before a remote code: who else may hold or see the telephone."""

    ALONE = "alone", _("Only the person holds and unlocks the telephone")
    SHARED_SAFE = "shared_safe", _("Shared with somebody whom the person trusts")
    SEEN_BY_CONTROLLER = "seen_by_controller", _("Somebody who controls the person may see it")
    HANDED_OUT = "handed_out", _("The telephone was given by an employer or a recruiter")
    NOT_SURE = "not_sure", _("The person is not sure")


class Channel(models.TextChoices):
    """Through which door a report came."""

    SCREENING = "screening", _("Screening")
    HELPLINE = "helpline", _("Helpline")
    INSPECTION = "inspection", _("Inspection")
    REFERRAL = "referral", _("Referral")
    IMPORT = "import", _("Import")
    SELF = "self", _("The person came")
