"""When the time comes: a consent that ends is asked for again before, one that ended closes what hung on it, and at 18 the answer is one's own."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from havre.register.consenting import closing
from havre.register.enums import AskAgain, ConsentGiver, ConsentState
from havre.register.models import Consent
from havre.register.models.consents import adult_by, may_be_adult_from
from havre.register.workflow import CONSENT

# casework table 7.9 (H): asked again so long before the end
BEFORE = timedelta(days=30)
LIVE = ConsentState.GIVEN
_log = logging.getLogger("havre.worker")


def sweep(at: datetime) -> int:
    """Expire what ended, and ask again for what ends within 30 days or was given for somebody who may be 18 by now. Gives how many moved.

    Safe to run twice. Each consent moves in a transaction of its own: one that fails keeps no other waiting.
    """
    done = 0
    for consent in _due(at):
        try:
            done += _in_turn(consent.pk, at)
        except Exception as error:
            # the next sweep tries again; the log holds the kind of failure and no value
            _log.error("a consent could not be moved: %s", type(error).__name__)
    return done


def _due(at: datetime) -> Iterable[Consent]:
    ending = Q(ends_at__lte=at, state__in=[ConsentState.OFFERED, LIVE])
    soon = Q(state=LIVE, ask_again_at=None, ends_at__lte=at + BEFORE)
    childhood = Q(state=LIVE, given_by=ConsentGiver.GUARDIAN, person__age_on_opening__isnull=False, person__presumed_minor=False)
    return Consent.objects.for_house("clocks").filter(ending | soon | childhood).only("pk").order_by("pk")


@transaction.atomic
def _in_turn(consent_id: object, at: datetime) -> int:
    rows = Consent.objects.for_house("clocks").select_for_update(of=("self",)).select_related("person", "case")
    consent = rows.get(pk=consent_id)
    consent.held_for_step = True
    if consent.state not in {LIVE, ConsentState.OFFERED}:
        return 0
    today = timezone.localdate(at)
    if consent.state == LIVE and consent.given_by == ConsentGiver.GUARDIAN:
        surely, perhaps = adult_by(consent.person, consent.case), may_be_adult_from(consent.person, consent.case)
        if surely is not None and today >= surely:
            return _expire(consent, at, AskAgain.MAJORITY)
        if perhaps is not None and today >= perhaps and consent.ask_again_because != AskAgain.MAJORITY:
            return _ask(consent, at, AskAgain.MAJORITY)
    if consent.ends_at <= at:
        return _expire(consent, at, "")
    if consent.state == LIVE and consent.ask_again_at is None and consent.ends_at <= at + BEFORE:
        return _ask(consent, at, AskAgain.ENDING)
    return 0


def _ask(consent: Consent, at: datetime, because: AskAgain) -> int:
    consent.state = CONSENT.check(consent, move="ask_again", by=None).end
    consent.ask_again_at, consent.ask_again_because = at, because
    consent.save(update_fields=["ask_again_at", "ask_again_because"])
    closing.write_event(consent, "ask_again", at=at, by=None, because=because)
    return 1


def _expire(consent: Consent, at: datetime, because: AskAgain | str) -> int:
    consent.state = CONSENT.check(consent, move="expire", by=None).end
    consent.ask_again_at, consent.ask_again_because = None, ""
    consent.save(update_fields=["state", "ask_again_at", "ask_again_because"])
    closing.write_event(consent, "expire", at=at, by=None, because=because, closing=closing.close(consent, at=at, by=None))
    return 1
