"""The acts of referral: one function each."""

from havre.referral.services.answers import accept, acknowledge, complete, decline, follow_up, start, tell_person
from havre.referral.services.closing import ask_consent, close_for_consent, expire, on_clock, on_more_clock, withdraw
from havre.referral.services.directory import accredit, describe, end_accreditation, say_places
from havre.referral.services.more import ask, give, refuse
from havre.referral.services.notices import seen
from havre.referral.services.offers import Concerned, draft_of, offer, prepare, refer_several, refer_urgently

__all__ = [
    "Concerned",
    "accept",
    "accredit",
    "acknowledge",
    "ask",
    "ask_consent",
    "close_for_consent",
    "complete",
    "decline",
    "describe",
    "draft_of",
    "end_accreditation",
    "expire",
    "follow_up",
    "give",
    "offer",
    "on_clock",
    "on_more_clock",
    "prepare",
    "refer_several",
    "refer_urgently",
    "refuse",
    "say_places",
    "seen",
    "start",
    "tell_person",
    "withdraw",
]
