"""Vocabularies of referral."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from havre.register.genders import as_published


class ReferralStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("referral", "Draft")
    OFFERED = "offered", pgettext_lazy("referral", "Offered")
    ACCEPTED = "accepted", pgettext_lazy("referral", "Accepted")
    DECLINED = "declined", pgettext_lazy("referral", "Declined")
    RUNNING = "running", pgettext_lazy("referral", "Under way")
    COMPLETED = "completed", pgettext_lazy("referral", "Completed")
    WITHDRAWN = "withdrawn", pgettext_lazy("referral", "Withdrawn")
    EXPIRED = "expired", pgettext_lazy("referral", "Expired")


class ReferralNeed(models.TextChoices):
    """What is asked of the receiver."""

    SHELTER = "shelter", _("A safe place")
    MEDICAL = "medical", _("Medical care")
    PSYCHOLOGICAL = "psychological", _("Psychological care")
    LEGAL = "legal", _("Legal aid")
    IDENTIFICATION = "identification", _("Identification")
    SOCIAL = "social", _("Social care, money, papers")
    SCHOOL = "school", _("School or training")
    WORK = "work", _("Work")
    CHILD = "child", _("Child protection")
    JUSTICE = "justice", _("Complaint, proceedings")
    RETURN = "return", _("Return or family contact")


class AgeBand(models.TextChoices):
    CHILD = "child", _("Child")
    YOUNG = "18-24", _("18 to 24")
    ADULT = "25-59", _("25 to 59")
    OLDER = "60+", _("60 and over")
    UNKNOWN = "unknown", _("Not recorded")


class VitalInterest(models.TextChoices):
    """The only exceptions to consent: recorded, and seen by the person afterwards (RG14)."""

    DANGER = "danger", _("Danger to life, the person cannot answer")
    CHILD_SAFETY = "child_safety", _("Safety of a child")


class DeclineReason(models.TextChoices):
    """Read by the sender. No reason in this list is about who the person is (RG28)."""

    FULL = "full", _("No place")
    OUT_OF_MANDATE = "out_of_mandate", _("Outside our mandate")
    CONFLICT = "conflict", _("Conflict of interest")
    NO_LANGUAGE = "no_language", _("No interpreter")
    UNSAFE_PLACE = "unsafe_place", _("Our place is not safe for this person")
    TOO_FAR = "too_far", _("Too far")


class ReferralOutcome(models.TextChoices):
    HELP_GIVEN = "help_given", _("Help given")
    HELP_GOES_ON = "help_goes_on", _("Help goes on here")
    PERSON_DECLINED = "person_declined", _("The person did not want it")
    NOT_REACHED = "not_reached", _("The person was not reached")
    REFERRED_ON = "referred_on", _("Referred on with consent")
    NOT_POSSIBLE = "not_possible", _("Could not be done")


LIVE = (ReferralStatus.OFFERED, ReferralStatus.ACCEPTED, ReferralStatus.RUNNING)
OPEN_STATES = (ReferralStatus.DRAFT, *LIVE)


class ServedGender(models.TextChoices):
    """Whom a service receives: groups of values of HTCDS `prs_Gender` that a place may be kept for."""

    FEMALE = "Female", _("Women and girls")
    MALE = "Male", _("Men and boys")
    OTHER = "Other", _("Other genders")

    @classmethod
    def of(cls, gender: str) -> ServedGender:
        """The group of a recorded gender, in whichever spelling it was written."""
        return {"Feminine": cls.FEMALE, "Masculine": cls.MALE}.get(as_published(gender), cls.OTHER)


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Misfit(models.TextChoices):
    """Why a listed service does not fit a request. Only the first three stop or hold an offer."""

    CLOSED = "closed", _("closed for now")
    NOT_ACCREDITED = "not_accredited", _("no accreditation in force")
    FULL = "full", _("no free place")
    OTHER_NEED = "other_need", _("does not serve this need")
    OTHER_AGE = "other_age", _("does not receive this age")
    OTHER_GENDER = "other_gender", _("does not receive this gender")
    NO_FAMILIES = "no_families", _("does not receive families")
    OTHER_LANGUAGE = "other_language", _("does not speak the person's language: an interpreter is needed")


class AnywayReason(models.TextChoices):
    """Why an offer goes to a service that says it has no place."""

    TOLD = "told", _("The service said that it will make a place")
    ONLY_ONE = "only_one", _("No other service fits")
    CHOSEN = "chosen", _("The person chose this service and can wait")
    DANGER = "danger", _("Waiting elsewhere would put the person in danger")


class ClosedBecause(models.TextChoices):
    """What closed an offer or a share before its work was done."""

    SENDER = "sender", _("Taken back by the sender")
    CONSENT_WITHDRAWN = "consent_withdrawn", _("The person withdrew the consent")
    CONSENT_REFUSED = "consent_refused", _("Asked afterwards, the person did not agree")
    NO_ANSWER = "no_answer", _("No answer in time")
    SHARE_OVER = "share_over", _("The agreed time was over")
    ACCREDITATION_LOST = "accreditation_lost", _("The service is no longer accredited")
    LEAD_MOVED = "lead_moved", _("The service now leads the case itself")


class NoticeKind(models.TextChoices):
    """What a notice in Havre says, and all that it says."""

    OFFERED = "offered", _("A referral waits for your answer")
    DUE_SOON = "due_soon", _("The time to answer is nearly over")
    RISEN = "risen", _("Nobody has acknowledged this in time")
    ACCEPTED = "accepted", _("Your referral was accepted")
    DECLINED = "declined", _("Your referral was declined, with a reason")
    EXPIRED = "expired", _("This ended without an answer")
    CLOSED = "closed", _("This is closed: nothing of it is open any more")
    ENDING = "ending", _("This share ends soon: prepare what the person needs")
    MORE_ASKED = "more_asked", _("The service asks for another part of the file")
    MORE_GIVEN = "more_given", _("The part that was asked for is open")
    MORE_REFUSED = "more_refused", _("The part that was asked for stays closed")
    OUTCOME = "outcome", _("An outcome came back")
    LEAD_PROPOSED = "lead_proposed", _("A service proposes that you lead a case")
    LEAD_ACCEPTED = "lead_accepted", _("The other service now leads")
    LEAD_KEPT = "lead_kept", _("The lead stays with your service")
    CALLED = "called", _("A conference is called and a seat is yours")
    CANCELLED = "cancelled", _("A conference will not take place")
    ACTION = "action", _("An action of a conference is yours")
    ACTION_LATE = "action_late", _("An action of a conference is late")


class ConsentAnswer(models.TextChoices):
    """What the person said when the consent was asked after an urgent referral."""

    GIVEN = "given", _("Agreed")
    REFUSED = "refused", _("Did not agree")


class Way(models.TextChoices):
    """How an offer reaches the receiver."""

    ACCOUNT = "account", _("On Havre")
    BUNDLE = "bundle", _("A sealed file to its own key")
    LETTER = "letter", _("A printed letter with a code")


class MoreStatus(models.TextChoices):
    ASKED = "asked", pgettext_lazy("a request for more", "Asked")
    GIVEN = "given", pgettext_lazy("a request for more", "Opened")
    REFUSED = "refused", pgettext_lazy("a request for more", "Stays closed")
    LAPSED = "lapsed", pgettext_lazy("a request for more", "Over")


class MoreReason(models.TextChoices):
    """Why a receiver needs another section. Curiosity is not in the list."""

    SAFETY = "safety", _("To keep the person safe")
    CARE = "care", _("To give the care that was asked for")
    RIGHTS = "rights", _("To defend the person's rights in time")
    CHILD = "child", _("To protect a child")


class MoreRefusal(models.TextChoices):
    PERSON = "person", _("The person does not agree")
    NOT_NEEDED = "not_needed", _("Not needed for what was asked")
    NOT_RECORDED = "not_recorded", _("Nothing is recorded there")
    UNSAFE = "unsafe", _("It would put somebody in danger")


class TransferStatus(models.TextChoices):
    """HELD: the lead stayed where it was."""

    PROPOSED = "proposed", pgettext_lazy("a lead", "Proposed")
    TRANSFERRED = "transferred", pgettext_lazy("a lead", "Transferred")
    HELD = "held", pgettext_lazy("a lead", "Kept by the first service")


class KeptBecause(models.TextChoices):
    """Why the lead did not move. None of the list is about who the person is (RG28)."""

    FULL = "full", _("No worker free")
    OUT_OF_MANDATE = "out_of_mandate", _("Outside our mandate")
    CONFLICT = "conflict", _("Conflict of interest")
    TOO_FAR = "too_far", _("Too far")
    TAKEN_BACK = "taken_back", _("Taken back by the first service")
    NO_ANSWER = "no_answer", _("No answer in time")
    CONSENT_WITHDRAWN = "consent_withdrawn", _("The person withdrew the consent")


REFUSALS_OF_A_LEAD = (KeptBecause.FULL, KeptBecause.OUT_OF_MANDATE, KeptBecause.CONFLICT, KeptBecause.TOO_FAR)


class ConferenceStatus(models.TextChoices):
    CALLED = "called", pgettext_lazy("a conference", "Called")
    SITTING = "sitting", pgettext_lazy("a conference", "Sitting")
    DECIDED = "decided", pgettext_lazy("a conference", "Decided")
    CLOSED = "closed", pgettext_lazy("a conference", "Closed")
    CANCELLED = "cancelled", pgettext_lazy("a conference", "Cancelled")


class AgendaKind(models.TextChoices):
    """What a conference may be asked to settle."""

    SAFETY = "safety", _("Safety of the person")
    STATUS = "status", _("Identification")
    PLAN = "plan", _("Plan of help")
    SHELTER = "shelter", _("Where to be safe")
    HEALTH = "health", _("Health")
    CHILD = "child", _("Best interests of the child")
    STAY = "stay", _("Right to stay")
    JUSTICE = "justice", _("Taking part in proceedings")
    RETURN = "return", _("Return")


class Decision(models.TextChoices):
    ADOPTED = "adopted", _("Adopted")
    REJECTED = "rejected", _("Not adopted")
    POSTPONED = "postponed", _("Put off")


class ActionOutcome(models.TextChoices):
    DONE = "done", pgettext_lazy("an action", "Done")
    NOT_WANTED = "not_wanted", _("The person did not want it")
    NOT_POSSIBLE = "not_possible", pgettext_lazy("an action", "Could not be done")
