"""The second half of the demonstration: counted, released, printed. Each step by the service, and the job in its own process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from havre.evidence import services as evidence
from havre.evidence import tasks
from havre.evidence.models import JobRun, JobState
from havre.publishing import services
from havre.release import services as releases
from havre.release.models import Release, Side
from havre.site.demonstration import as_role
from havre.trust.enums import Role
from havre.trust.errors import Refused

# the table that the demonstration publishes, and the smallest group it may show
TITLE, TABLE, K = "Made-up country: persons by age and gender", ["age_group", "gender"], 11


@dataclass(frozen=True, slots=True)
class Counted:
    """An extract and its profile, both made by jobs that have ended."""

    extract: JobRun
    profile: JobRun


def count() -> Counted:
    """Make the extract and the profile of it, here and now. Raises: Refused when a job failed, with its words."""
    with as_role(Role.RAPPORTEUR, timezone.now()) as by:
        asked = evidence.ask_extract(by=by)
    extract = _ended(asked)
    with as_role(Role.RAPPORTEUR, timezone.now()) as by:
        asked = evidence.ask_profile(source=f"extract:{extract.pk}", by=by)
    return Counted(extract, _ended(asked))


def _ended(job: JobRun) -> JobRun:
    # after the transaction of whoever asked: the child process must see the row
    tasks.run_job.func(str(job.pk))
    job.refresh_from_db()
    if job.state != JobState.DONE:
        raise Refused((job.error or job.get_state_display(),))
    return job


def publish(counted: Counted) -> Release:
    """Draft, check with the attack, two signatures by two persons, publish. Raises: Refused, with what still stands against it."""
    source = f"extract:{counted.extract.pk}"
    with as_role(Role.RAPPORTEUR, timezone.now()) as by:
        drafted = releases.draft(title=TITLE, source=source, tables=[TABLE], k=K, by=by)
        asked = releases.check(release_id=drafted.pk, by=by)
    _ended(asked)
    with as_role(Role.RAPPORTEUR, timezone.now()) as by:
        checked = releases.release_of(pk=drafted.pk, by=by)
        releases.sign(release_id=checked.pk, side=Side.ANALYSIS, digest=checked.digest, by=by)
    with as_role(Role.DATA_PROTECTION_OFFICER, timezone.now()) as by:
        releases.sign(release_id=checked.pk, side=Side.DATA_PROTECTION, digest=checked.digest, by=by)
    with as_role(Role.RAPPORTEUR, timezone.now()) as by:
        return releases.publish(release_id=checked.pk, by=by)


def leaflets(folder: Path) -> list[Path]:
    """Every leaflet in every language, as a page that opens from a stick and as tagged PDF."""
    asked = services.Asked("leaflets", (settings.HAVRE_COUNTRY,))
    return services.write(services.make(asked, on=timezone.localdate()), folder, at=timezone.now(), tell=lambda _line: None)
