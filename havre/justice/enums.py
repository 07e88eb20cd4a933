"""Vocabularies of justice."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Stage(models.TextChoices):
    INQUIRY = "inquiry", _("Inquiry")
    CHARGED = "charged", _("Charged")
    TRIED = "tried", _("On trial")
    JUDGED = "judged", _("Judged")
    APPEAL = "appeal", _("On appeal")
    CLOSED = "closed", pgettext_lazy("proceeding", "Closed")


class Against(models.TextChoices):
    TRAFFICKER = "trafficker", _("The alleged trafficker")
    PERSON = "person", _("The person concerned, who may be a victim")


class Nexus(models.TextChoices):
    """Whether an act with which the person is charged follows from having been trafficked (CoE art. 26)."""

    DIRECT = "direct", _("Direct result of the trafficking")
    NONE = "none", _("No link with the trafficking, reasons sealed")


class NonPunishment(models.TextChoices):
    DROPPED = "dropped", _("Granted, charge dropped")
    MAINTAINED = "maintained", _("Refused, with reasons")


class CloseReason(models.TextChoices):
    DROPPED = "dropped", _("Charge dropped, non-punishment")
    NO_GROUNDS = "no_grounds", _("No grounds to go on")
    FINAL = "final", _("Final judgment")
    TRANSFERRED = "transferred", _("Transferred to another country")


class Verdict(models.TextChoices):
    CONVICTED = "convicted", _("Convicted")
    CONVICTED_LESSER = "convicted_lesser", _("Convicted of another offence")
    ACQUITTED = "acquitted", _("Acquitted")


class Measure(models.TextChoices):
    """What protects the person in the proceedings (CoE art. 28, 30)."""

    PSEUDONYM = "pseudonym", _("Pseudonym in every document")
    CLOSED_HEARING = "closed_hearing", _("Hearing behind closed doors")
    SCREEN_OR_VIDEO = "screen_or_video", _("Screen or video link")
    RECORDED_INTERVIEW = "recorded_interview", _("Recorded interview in place of testimony")
    SUPPORT_PERSON = "support_person", _("Person of trust present")
    NO_CONTACT = "no_contact", _("No contact with the accused")


class HearingMode(models.TextChoices):
    OPEN = "open", pgettext_lazy("hearing", "Open")
    CLOSED = "closed", _("Behind closed doors")
    REMOTE = "remote", _("By video, in another room")


class ClaimStatus(models.TextChoices):
    INFORMED = "informed", _("The person was told")
    CLAIMED = "claimed", _("Claimed")
    AWARDED = "awarded", _("Awarded")
    REJECTED = "rejected", _("Rejected")
    PART_PAID = "part_paid", _("Paid in part")
    PAID = "paid", _("Paid")


class ClaimRefusal(models.TextChoices):
    """Why a claim was rejected: what an appeal has to answer."""

    LATE = "late", _("Claimed too late")
    NO_OFFENCE = "no_offence", _("The offence is not established")
    NO_LINK = "no_link", _("The loss does not come from the offence")
    NO_PROOF = "no_proof", _("The loss is not proved")
    PAID_ALREADY = "paid_already", _("Compensated already in another way")
    NOT_COVERED = "not_covered", _("Not covered by this fund or this court")
    OTHER = "other", _("For another reason, written in the decision")


class ClaimKind(models.TextChoices):
    CRIMINAL = "criminal", _("In the criminal proceedings")
    CIVIL = "civil", _("Civil action")
    FUND = "fund", _("State fund")
    WAGES = "wages", _("Unpaid wages")
