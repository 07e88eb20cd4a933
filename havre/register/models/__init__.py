"""The register's models, by subject."""

from havre.register.models.attachments import Attachment, AttachmentCopy
from havre.register.models.cases import Case, Detection, LinkAssertion, Person, PersonFacts
from havre.register.models.consents import ClosedShare, Consent, ConsentEvent
from havre.register.models.events import TraffickingEvent
from havre.register.models.exchange import ExportRecord, ImportBatch, ImportChunk, ImportProblem, SavedMapping
from havre.register.models.external import ExternalDataset
from havre.register.models.notes import Note
from havre.register.models.requests import PersonRequest, RemoteCode

__all__ = [
    "Attachment",
    "AttachmentCopy",
    "Case",
    "ClosedShare",
    "Consent",
    "ConsentEvent",
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
    "PersonRequest",
    "RemoteCode",
    "SavedMapping",
    "TraffickingEvent",
]
