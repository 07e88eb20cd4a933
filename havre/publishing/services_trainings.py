"""The register of trainings: one group of one training, entered by those who train or read from a platform's export. Numbers only."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.publishing import results
from havre.publishing.models import TrainingSession
from havre.trust import audit, policy
from havre.trust.actors import Actor
from havre.trust.enums import Act, Role
from havre.trust.errors import Refused
from havre.trust.models import Organisation


def require_trainer(by: Actor) -> None:
    """Raises: Refused (403) for whoever does not train."""
    policy.require_in_house(by, Act.PUBLISH)
    if by.role != Role.TRAINER:
        raise Refused((_("your role may not do that here"),), status=403)


@trust.act("training.write")
def write(*, by: Actor, **numbers: Any) -> TrainingSession:
    """Enter one training, of the actor's own organisation.

    Args: edition, held_on, region, audience, and the counts enrolled, attended and passed, in persons.
    Raises: Refused (403) for whoever does not train.
    """
    require_trainer(by)
    made = _entered(by, **numbers)
    audit.record(event="training.write", by=by, subject=made.pk, codes={"edition": made.edition, "audience": made.audience})
    return made


@trust.act("training.read_in")
def read_in(*, edition: str, held_on: date, region: str, audience: str, content: bytes, by: Actor) -> TrainingSession:
    """Enter one training from the results that a learning platform exports. Only its three numbers are kept, nothing of the file.

    Raises: Refused (403 for whoever does not train; 409 when these very numbers of this day, region and service stand there already);
    Invalid for `file`, with line, column and mend.
    """
    require_trainer(by)
    found = results.counted(content)
    what = {"edition": edition, "held_on": held_on, "region": region, "audience": audience}
    counts = {"enrolled": found.enrolled, "attended": found.attended, "passed": found.passed}
    if TrainingSession.objects.filter(country=settings.HAVRE_COUNTRY, **what, **counts).exists():
        raise Refused(
            (_("these very numbers of this day, region and service stand in the register already; enter a second group by hand"),)
        )
    made = _entered(by, **what, **counts)
    audit.record(event="training.read_in", by=by, subject=made.pk, codes={"edition": made.edition, "audience": made.audience})
    return made


def _entered(by: Actor, **fields: Any) -> TrainingSession:
    organisation = Organisation.objects.get(pk=by.organisation_id)
    return TrainingSession.objects.create(country=settings.HAVRE_COUNTRY, organisation=organisation.name[:120], **fields)
