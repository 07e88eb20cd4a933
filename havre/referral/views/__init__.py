"""Pages of referral."""

from havre.referral.views.answers import answer, index
from havre.referral.views.directory import accreditation, delays, directory, entry, notices
from havre.referral.views.offers import offer, proof, sent, several, step, urgent

__all__ = [
    "accreditation",
    "answer",
    "delays",
    "directory",
    "entry",
    "index",
    "notices",
    "offer",
    "proof",
    "sent",
    "several",
    "step",
    "urgent",
]
