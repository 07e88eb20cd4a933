"""What referral hears from the floors below."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from havre.referral import services
from havre.referral.workflow import LEAD_ANSWER, MORE
from havre.register.models import Consent
from havre.register.signals import consent_withdrawn
from havre.trust.clocks import clock_expired
from havre.trust.models import Clock


@receiver(consent_withdrawn)
def close_what_hung_on_it(consent: Consent, at: datetime, **_rest: Any) -> None:
    """In the register's transaction: the share is closed before the withdrawal is answered."""
    services.close_for_consent(consent, at=at)
    services.close_seats_for_consent(consent, at=at)
    services.keep_for_consent(consent, at=at)


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
