"""Models of protection, by subject."""

from havre.protection.models.assistance import AssistancePlan, AssistanceService, PersonNeed, RiskAssessment
from havre.protection.models.best_interests import BestInterests
from havre.protection.models.care import Beside, DayLog, FollowUp, HealthNote, InterpreterBooking, Placement, Shelter
from havre.protection.models.caseload import Assignment, CaseloadHandover, Task
from havre.protection.models.evidence import AgeAssessment, ContactAttempt, Evidence, QualityCheck, RefusalNotice, WordsPrint
from havre.protection.models.identification import Identification
from havre.protection.models.intake import FamilyTie, HotlineContact, Intake, IntakePerson, LaterConsent, PaperForm, Parcel
from havre.protection.models.returns import ReturnPlan, StayApplication
from havre.protection.models.safety import SafetyMeasure, SafetyNote
from havre.protection.models.screening import Screening, ScreeningAnswer

__all__ = [
    "AgeAssessment",
    "Assignment",
    "AssistancePlan",
    "AssistanceService",
    "Beside",
    "BestInterests",
    "CaseloadHandover",
    "ContactAttempt",
    "DayLog",
    "Evidence",
    "FamilyTie",
    "FollowUp",
    "HealthNote",
    "HotlineContact",
    "Identification",
    "Intake",
    "IntakePerson",
    "InterpreterBooking",
    "LaterConsent",
    "PaperForm",
    "Parcel",
    "PersonNeed",
    "Placement",
    "QualityCheck",
    "RefusalNotice",
    "ReturnPlan",
    "RiskAssessment",
    "SafetyMeasure",
    "SafetyNote",
    "Screening",
    "ScreeningAnswer",
    "Shelter",
    "StayApplication",
    "Task",
    "WordsPrint",
]
