"""The audit trail: acts, readings and refusals, sealed into one chain. See docs/decisions."""

from havre.trust.audit.writing import commit_readings, record, record_errand, refuse

__all__ = ["commit_readings", "record", "record_errand", "refuse"]
