"""The models of referral, by subject."""

from havre.referral.models.directory import Service
from havre.referral.models.more import MoreAsked
from havre.referral.models.notices import Notice
from havre.referral.models.referrals import Referral, age_band, new_number

__all__ = ["MoreAsked", "Notice", "Referral", "Service", "age_band", "new_number"]
