"""Vocabularies of evidence, standards of proof, ages in doubt and the check before a referral is sent on."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Element(models.TextChoices):
    """The three elements of trafficking (Palermo Protocol art. 3(a)); of a child no means need be shown (art. 3(c))."""

    ACT = "act", _("Act (recruitment, transport, harbouring…)")
    MEANS = "means", _("Means (force, deceit, abuse of vulnerability…)")
    PURPOSE = "purpose", _("Purpose (exploitation, done or intended)")


class Speaks(models.TextChoices):
    FOR = "for", _("Speaks for")
    AGAINST = "against", _("Speaks against")
    NOTHING = "nothing", _("Looked for, nothing found either way")


class EvidenceSource(models.TextChoices):
    ACCOUNT = "account", _("The person's own account")
    SIGNS = "signs", _("Signs noted at the screening")
    SEEN = "seen", _("What an officer saw")
    WITNESS = "witness", _("Another person's account")
    PAPER = "paper", _("Paper or contract")
    DIGITAL = "digital", _("Messages, pictures, payments")
    MEDICAL = "medical", _("Medical or psychological report")
    AUTHORITY = "authority", _("Finding of another authority")


class EvidenceState(models.TextChoices):
    RECORDED = "recorded", pgettext_lazy("evidence", "Recorded")
    WITHDRAWN = "withdrawn", pgettext_lazy("evidence", "Withdrawn by its author")


class Standard(models.TextChoices):
    """How sure a decision must be. Presumption and decision have each their own."""

    REASONABLE_GROUNDS = "reasonable_grounds", _("Reasonable grounds to believe")
    BALANCE = "balance", _("More likely than not")
    CONVINCING = "convincing", _("Clear and convincing evidence")


class QualityGap(models.TextChoices):
    """What a reader at the other end would miss. A gap never closes the way: the officer sends with a reason."""

    CHRONOLOGY = "chronology", _("no dated event says what happened when")
    INDICATORS = "indicators", _("no sign is noted behind the claim")
    ACCOUNT = "account", _("nothing is written in words on what speaks for it")
    COPIED = "copied", _("the words are almost those of an earlier referral of yours: say what is this person's own")
    LATE = "late", _("the facts lie more than 90 days back: note why they were told late (it is never counted against the person)")


class AnywayReason(models.TextChoices):
    URGENT = "urgent", _("Waiting would put the person in danger")
    PERSON_TIRED = "person_tired", _("The person needs rest and is not asked again")
    NOT_KNOWN = "not_known", _("The person does not know or does not wish to say")
    OTHER_HOLDS = "other_holds", _("Another service holds it and will add it")


class LateReason(models.TextChoices):
    """Why something is told late. It explains; it is in no gate, no decision and no statistics."""

    FEAR = "fear", _("Fear of reprisals")
    SHAME = "shame", _("Shame")
    TRAUMA = "trauma", _("Trauma, memory")
    TRUST = "trust", _("Nobody to trust before")
    LANGUAGE = "language", _("No language in common before")
    NOT_ASKED = "not_asked", _("Nobody asked before")
    UNAWARE = "unaware", _("Did not know it was a wrong")
    NOT_WISHED = "not_wished", _("Does not wish to say")


class AgeMethod(models.TextChoices):
    """From the least to the most intrusive (UNICEF guidelines; CRC General Comment 6, par. 31)."""

    PAPERS = "papers", _("Papers looked for and read")
    TALK = "talk", _("Talk on life and schooling")
    PSYCHOSOCIAL = "psychosocial", _("Psychosocial assessment")
    DENTAL = "dental", _("Dental examination")
    BONE = "bone", _("Examination of bones")


class AgeDoubt(models.TextChoices):
    PAPERS = "papers", _("Papers contradict one another")
    NO_PAPERS = "no_papers", _("No papers, and the person does not know")
    CLAIMED = "claimed", _("The stated age is doubted by a service")


class AgeResult(models.TextChoices):
    CHILD = "child", _("Child")
    IN_DOUBT = "in_doubt", _("In doubt: treated as a child")
    ADULT = "adult", _("Adult")


class AgeState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("age assessment", "Asked for; treated as a child meanwhile")
    CONCLUDED = "concluded", pgettext_lazy("age assessment", "Concluded")
    REFUSED = "refused", pgettext_lazy("age assessment", "Not wanted; still treated as a child")
    CHALLENGED = "challenged", pgettext_lazy("age assessment", "Challenged: treated as a child until a new one")


class AttemptResult(models.TextChoices):
    NO_ANSWER = "no_answer", _("No answer")
    MESSAGE_LEFT = "message_left", _("A neutral message was left")
    MOVED = "moved", _("The person has moved")
    NUMBER_DEAD = "number_dead", _("The number no longer exists")
    ANSWERED = "answered", _("The person answered")


class NoticeState(models.TextChoices):
    PREPARED = "prepared", pgettext_lazy("notice", "Prepared")
    SENT = "sent", pgettext_lazy("notice", "Sent")
