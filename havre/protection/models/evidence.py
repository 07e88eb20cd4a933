"""What an identification rests on: evidence by element, the age, attempts to reach the person, and the check before it is sent on."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from havre.protection.enums_care import Channel, Kept
from havre.protection.enums_evidence import (
    AgeDoubt,
    AgeMethod,
    AgeResult,
    AgeState,
    AnywayReason,
    AttemptResult,
    Element,
    EvidenceSource,
    EvidenceState,
    NoticeState,
    QualityGap,
    Speaks,
)
from havre.protection.models.kept import CodesField, KeptRecord
from havre.trust.enums import Section

MAJORITY = 18


class Evidence(KeptRecord):
    """One piece for or against one element. Withdrawn by its author, never deleted; the words are sealed under its id."""

    section = Section.FACTS

    identification = models.ForeignKey("protection.Identification", models.PROTECT, related_name="evidence")
    status = models.CharField(max_length=12, choices=EvidenceState, default=EvidenceState.RECORDED)
    element = models.CharField(_("element"), max_length=8, choices=Element)
    speaks = models.CharField(_("which way"), max_length=8, choices=Speaks)
    source = models.CharField(_("from"), max_length=12, choices=EvidenceSource)

    class Meta:
        indexes = [models.Index(name="evidence_by_identification", fields=["identification", "element"])]


class AgeAssessment(KeptRecord):
    """A formal assessment of an age in doubt. Until it is concluded the person is treated as a child, and after it in doubt too.

    `low_years` to `high_years` is the margin as the assessors gave it; the benefit of the doubt reads the low end (CoE art. 10(3)).
    """

    section = Section.FACTS

    status = models.CharField(max_length=12, choices=AgeState, default=AgeState.ASKED)
    doubt = models.CharField(_("why the age is in doubt"), max_length=12, choices=AgeDoubt, blank=True)
    methods = CodesField(_("methods, the least intrusive first"), codes=AgeMethod)
    explained_at = models.DateTimeField(_("explained in a language understood"), null=True, blank=True)
    child_agreed_at = models.DateTimeField(_("the person agreed"), null=True, blank=True)
    guardian_agreed_at = models.DateTimeField(_("the guardian agreed"), null=True, blank=True)
    child_heard_at = models.DateTimeField(_("the person was heard"), null=True, blank=True)
    independent = models.BooleanField(_("assessors independent of the authority that decides"), null=True, blank=True)
    low_years = models.PositiveSmallIntegerField(_("youngest age possible (years)"), null=True, blank=True)
    high_years = models.PositiveSmallIntegerField(_("oldest age possible (years)"), null=True, blank=True)
    result = models.CharField(max_length=12, choices=AgeResult, blank=True)
    concluded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="age_once_while_open", fields=["person"], condition=Q(status=AgeState.ASKED)),
            models.CheckConstraint(
                name="age_margin_in_order", condition=Q(low_years=None) | Q(high_years=None) | Q(high_years__gte=F("low_years"))
            ),
            models.CheckConstraint(
                name="age_concluded_whole",
                condition=~Q(status=AgeState.CONCLUDED) | Q(concluded_at__isnull=False, low_years__isnull=False) & ~Q(result=""),
            ),
        ]

    @property
    def reading(self) -> AgeResult:
        """What the margin says, the doubt read for the child."""
        if self.high_years is not None and self.high_years < MAJORITY:
            return AgeResult.CHILD
        return AgeResult.ADULT if self.low_years is not None and self.low_years >= MAJORITY else AgeResult.IN_DOUBT

    @property
    def has_margin(self) -> bool:
        return self.low_years is not None and self.high_years is not None


class ContactAttempt(KeptRecord):
    """One attempt to reach a person who cannot be found, by a way that was agreed as safe."""

    section = Section.FACTS

    status = models.CharField(max_length=12, choices=Kept, default=Kept.KEPT)
    happened_at = models.DateTimeField(_("when"), null=True, blank=True)
    channel = models.CharField(_("how"), max_length=8, choices=Channel, blank=True)
    result = models.CharField(_("what came of it"), max_length=16, choices=AttemptResult, blank=True)


class RefusalNotice(KeptRecord):
    """What a country's law asks to be told when an adult refuses: gender and nationality, and nothing else ever leaves."""

    section = Section.FACTS

    identification = models.ForeignKey("protection.Identification", models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=NoticeState, default=NoticeState.PREPARED)
    gender = models.CharField(max_length=40, blank=True)
    nationalities = models.JSONField(default=list, blank=True)
    to = models.CharField(max_length=200)
    # the fact that asked for it, and which revision of it
    revision = models.CharField(max_length=60)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="refusal_notice_once", fields=["identification", "at"])]


class QualityCheck(KeptRecord):
    """The check of one referral before it was sent on: what was missing, and why it was sent all the same."""

    section = Section.FACTS

    identification = models.ForeignKey("protection.Identification", models.PROTECT, related_name="+")
    step = models.CharField(max_length=20)
    gaps = CodesField(codes=QualityGap)
    anyway = models.CharField(max_length=12, choices=AnywayReason, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="quality_gap_has_its_reason", condition=Q(gaps=[]) | ~Q(anyway=""))]


class WordsPrint(KeptRecord):
    """A keyed fingerprint of words that an officer sealed: it tells copied text from new text, and gives back no word."""

    section = Section.FACTS

    record_id = models.UUIDField()
    digests = models.JSONField()

    class Meta:
        indexes = [models.Index(name="words_print_by_officer", fields=["by", "-at"])]
