"""Models of protection, by subject."""

from havre.protection.models.assistance import AssistancePlan, AssistanceService, PersonNeed, RiskAssessment
from havre.protection.models.identification import Identification
from havre.protection.models.intake import FamilyTie, HotlineContact, Intake, IntakePerson, LaterConsent, PaperForm, Parcel
from havre.protection.models.screening import Screening, ScreeningAnswer

__all__ = [
    "AssistancePlan",
    "AssistanceService",
    "FamilyTie",
    "HotlineContact",
    "Identification",
    "Intake",
    "IntakePerson",
    "LaterConsent",
    "PaperForm",
    "Parcel",
    "PersonNeed",
    "RiskAssessment",
    "Screening",
    "ScreeningAnswer",
]
