"""Vocabularies of referral."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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
