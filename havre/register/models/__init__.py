"""The register's models, by subject."""

from havre.register.models.attachments import Attachment, AttachmentCopy
from havre.register.models.cases import Case, Detection, LinkAssertion, Person, PersonFacts
from havre.register.models.consents import Consent
from havre.register.models.events import TraffickingEvent
from havre.register.models.exchange import ExportRecord, ImportBatch, ImportChunk, ImportProblem, SavedMapping
from havre.register.models.external import ExternalDataset
from havre.register.models.notes import Note

__all__ = [
    "Attachment",
    "AttachmentCopy",
    "Case",
    "Consent",
    "Detection",
    "ExportRecord",
    "ExternalDataset",
    "ImportBatch",
    "ImportChunk",
    "ImportProblem",
    "LinkAssertion",
    "Note",
    "Person",
    "PersonFacts",
    "SavedMapping",
    "TraffickingEvent",
]
