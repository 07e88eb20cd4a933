"""The acts of referral: one function each."""

from havre.referral.services.answers import accept, acknowledge, complete, decline, follow_up, start, tell_person
from havre.referral.services.closing import ask_consent, close_for_consent, expire, on_clock, on_more_clock, withdraw
from havre.referral.services.conferences import (
    Invited,
    answer_action,
    attend,
    call,
    cancel,
    close_conference,
    close_seats_for_consent,
    decide,
    dissent,
    open_sitting,
    settle,
)
from havre.referral.services.conferences import sweep as sweep_conferences
from havre.referral.services.directory import accredit, describe, end_accreditation, say_places
from havre.referral.services.more import ask, give, refuse
from havre.referral.services.notices import seen
from havre.referral.services.offers import Concerned, draft_of, offer, prepare, refer_several, refer_urgently
from havre.referral.services.outside import (
    answer_outside,
    end_outside,
    make_bundle,
    open_letter,
    print_letter,
    read_letter,
    record_key,
    verify_key,
)
from havre.referral.services.transfers import accept as take_lead
from havre.referral.services.transfers import hand_over, keep_for_consent, lapse, propose, refuse_lead, take_back

__all__ = [
    "Concerned",
    "Invited",
    "accept",
    "accredit",
    "acknowledge",
    "answer_action",
    "answer_outside",
    "ask",
    "ask_consent",
    "attend",
    "call",
    "cancel",
    "close_conference",
    "close_for_consent",
    "close_seats_for_consent",
    "complete",
    "decide",
    "decline",
    "describe",
    "dissent",
    "draft_of",
    "end_accreditation",
    "end_outside",
    "expire",
    "follow_up",
    "give",
    "hand_over",
    "keep_for_consent",
    "lapse",
    "make_bundle",
    "offer",
    "on_clock",
    "on_more_clock",
    "open_letter",
    "open_sitting",
    "prepare",
    "print_letter",
    "propose",
    "read_letter",
    "record_key",
    "refer_several",
    "refer_urgently",
    "refuse",
    "refuse_lead",
    "say_places",
    "seen",
    "settle",
    "start",
    "sweep_conferences",
    "take_back",
    "take_lead",
    "tell_person",
    "verify_key",
    "withdraw",
]
