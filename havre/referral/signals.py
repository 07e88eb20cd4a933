"""What referral hears from the floors below."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from havre.referral import services
from havre.referral.workflow import LEAD_ANSWER, MORE
from havre.register.models import Consent
from havre.register.signals import consent_narrowed, consent_withdrawn
from havre.trust.clocks import clock_expired
from havre.trust.enums import Section
from havre.trust.models import Clock


@receiver(consent_withdrawn)
def close_what_hung_on_it(consent: Consent, at: datetime, **_rest: Any) -> int:
    """In the register's transaction: the share is closed before the withdrawal is answered. Gives how many referrals."""
    services.keep_for_consent(consent, at=at)
    done = services.close_for_consent(consent, at=at)
    services.close_seats_for_consent(consent, at=at)
    return done


@receiver(consent_narrowed)
def close_what_goes_beyond_it(consent: Consent, at: datetime, **_rest: Any) -> int:
    """The same when fewer sections are left: whatever needs one of those taken away ends."""
    left = Section(consent.sections)
    services.keep_for_consent(consent, at=at)
    done = services.close_for_consent(consent, at=at, left=left)
    services.close_seats_for_consent(consent, at=at, left=left | Section.CASE)
    return done


@receiver(clock_expired)
def move_at_the_deadline(clock: Clock, at: datetime, **_rest: Any) -> None:
    if clock.workflow != "referral":
        return
    if clock.name == LEAD_ANSWER.name:
        services.lapse(clock.subject_id, at=at)
    elif clock.name == MORE.name:
        services.on_more_clock(clock.subject_id, at=at)
    else:
        services.on_clock(clock.subject_id, clock.name, at=at)
