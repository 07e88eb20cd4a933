"""What the consents and the person's own page give to the house, beside the rest of the register's contract."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from havre.register import consents
from havre.register.consenting import asking
from havre.register.workflow import CONSENT, READERS, WRITERS
from havre.trust.actors import Actor
from havre.trust.contracts import UrlRow, Waiting

BOTH = ("GET", "POST")
URLS: tuple[UrlRow, ...] = (
    *(UrlRow(f"consent_{name}", BOTH, own=WRITERS, note="the consent's own table decides") for name in ("answer", "renew")),
    UrlRow("consent_change", BOTH, own=READERS, note="leaving less open is never refused"),
    UrlRow("consent_proof", own=READERS),
    UrlRow("share_ended", BOTH, note="the job whose access has ended; else 404"),
)
AUDIT_WORDS: tuple[tuple[str, Any], ...] = (
    *((f"consent.{state}", words) for state, words in (("given", _("Consent given")), ("refused", _("Consent refused")))),
    ("consent.offered", _("Consent explained, not yet answered")),
    ("consent.seen", _("The receiver says that it has stopped")),
    *((f"consent.{move.step}", move.label) for move in CONSENT.moves if move.step not in {"offer", "give", "refuse"}),
)


def waiting(actor: Actor) -> Iterable[Waiting]:
    """Answers to ask for anew, and accesses of one's own job that have ended."""
    yield from consents.waiting(actor)


def sweep(now: datetime) -> int:
    """What the time brings: a consent that ends, or was given for somebody who may be 18. Gives how many moved."""
    return asking.sweep(now)
