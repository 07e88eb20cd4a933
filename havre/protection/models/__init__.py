"""Models of protection, by subject."""

from havre.protection.models.assistance import AssistancePlan, AssistanceService, PersonNeed, RiskAssessment
from havre.protection.models.identification import Identification
from havre.protection.models.screening import Screening, ScreeningAnswer

__all__ = ["AssistancePlan", "AssistanceService", "Identification", "PersonNeed", "RiskAssessment", "Screening", "ScreeningAnswer"]
