"""Pages of referral."""

from havre.referral.views.answers import answer, index
from havre.referral.views.directory import accreditation, delays, directory, entry, notices
from havre.referral.views.meetings import action, call, conference, lead, lead_list, transfer
from havre.referral.views.offers import offer, proof, sent, several, step, urgent
from havre.referral.views.outside import letter, outside

__all__ = [
    "accreditation",
    "action",
    "answer",
    "call",
    "conference",
    "delays",
    "directory",
    "entry",
    "index",
    "lead",
    "lead_list",
    "letter",
    "notices",
    "offer",
    "outside",
    "proof",
    "sent",
    "several",
    "step",
    "transfer",
    "urgent",
]
