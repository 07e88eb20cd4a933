"""The register's vocabularies. HTCDS value names are kept as published where HTCDS has the field."""

from typing import Any, cast

from django.db import models
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from havre import standards


class CaseStatus(models.TextChoices):
    """HTCDS `cas_Status`."""

    ACTIVE = "Active", _("Active")
    FOLLOW_UP = "FollowUp", _("Follow-up")
    CLOSED = "Closed", _("Closed")
    CLOSED_REFERRED = "ClosedReferred", _("Closed, referred on")


class Outcome(models.TextChoices):
    """How a person's presence in the case ended, where it did. A deceased or unreachable person is not a deleted one."""

    PRESENT = "present", _("In contact")
    UNREACHABLE = "unreachable", _("Cannot be reached")
    ABSCONDED = "absconded", _("Left without notice")
    DETAINED = "detained", _("Detained")
    DECEASED = "deceased", _("Deceased")
    DECLINED = "declined", _("Chose to stop")


class PersonRole(models.TextChoices):
    """HTCDS has one Person section for everybody; Havre adds the role."""

    VICTIM = "victim", _("Person concerned")
    RELATIVE = "relative", _("Relative or dependant")
    WITNESS = "witness", _("Witness")
    PERPETRATOR = "perpetrator", _("Alleged perpetrator")


class AgeBasis(models.TextChoices):
    DOCUMENT = "document", _("Document")
    STATED = "stated", _("Stated by the person")
    ESTIMATED = "estimated", _("Estimated by an officer")
    ASSESSED = "assessed", _("Formal age assessment")
    NOT_RECORDED = "not_recorded", _("Not recorded")


# What a person was, in law or in fact, at a stage of the route: codes and words of `standards`, which the statistics read too.
_members = [(code.upper(), (code, lazystr(label))) for code, label in standards.route_statuses().labels.items()]
# made by call, as enumerations are: the type stubs of Django know the class statement only
RouteStatus: type[models.TextChoices] = cast(Any, models.TextChoices)("RouteStatus", _members, module=__name__)


class Precision(models.TextChoices):
    """How exact a date is (ISO 8601, with 'about')."""

    DAY = "day", _("Day")
    MONTH = "month", _("Month")
    YEAR = "year", _("Year")
    ABOUT = "about", _("About")


class EventKind(models.TextChoices):
    """HTCDS `hte_Type`: a place-time event, not the legal act."""

    RECRUITMENT = "Recruitment", _("Recruitment")
    TRANSIT = "Transit", _("Transit")
    EXPLOITATION = "Exploitation", _("Exploitation")


class Certainty(models.TextChoices):
    ASSERTED = "asserted", _("Asserted")
    CORROBORATED = "corroborated", _("Corroborated")
    REFUTED = "refuted", _("Refuted")


class ConsentState(models.TextChoices):
    OFFERED = "offered", _("Explained, not yet answered")
    GIVEN = "given", _("Given")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")
    REPORTED = "reported", _("Reported elsewhere (import), not live here")


class ConsentGiver(models.TextChoices):
    PERSON = "person", _("The person")
    GUARDIAN = "guardian", _("Guardian")


class Channel(models.TextChoices):
    """Through which door a report came."""

    SCREENING = "screening", _("Screening")
    HELPLINE = "helpline", _("Helpline")
    INSPECTION = "inspection", _("Inspection")
    REFERRAL = "referral", _("Referral")
    IMPORT = "import", _("Import")
    SELF = "self", _("The person came")
