"""The models of referral, by subject."""

from havre.referral.models.conferences import ActionItem, AgendaItem, Conference, ConferenceDocument, Seat, conference_number
from havre.referral.models.directory import Service
from havre.referral.models.more import MoreAsked
from havre.referral.models.notices import Notice
from havre.referral.models.outside import Bundle, Letter, OutsideKey
from havre.referral.models.referrals import Referral, age_band, new_number
from havre.referral.models.transfers import Transfer, transfer_number

__all__ = [
    "ActionItem",
    "AgendaItem",
    "Bundle",
    "Conference",
    "ConferenceDocument",
    "Letter",
    "MoreAsked",
    "Notice",
    "OutsideKey",
    "Referral",
    "Seat",
    "Service",
    "Transfer",
    "age_band",
    "conference_number",
    "new_number",
    "transfer_number",
]
