"""The register's models, by subject."""

from havre.register.models.cases import Case, Detection, LinkAssertion, Person, PersonFacts
from havre.register.models.consents import Consent
from havre.register.models.events import TraffickingEvent
from havre.register.models.notes import Attachment, Note

__all__ = ["Attachment", "Case", "Consent", "Detection", "LinkAssertion", "Note", "Person", "PersonFacts", "TraffickingEvent"]
