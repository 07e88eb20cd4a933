"""The second half of the demonstration: counted, released, printed. Each step by the service, and the job in its own process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from havre.evidence import services as evidence
from havre.evidence import tasks
from havre.evidence.models import JobRun, JobState
from havre.publishing import cases, services
from havre.publishing.cases import Verdict
from havre.release import services as releases
from havre.release.models import Release, Side
from havre.site.demonstration import as_role
from havre.trust.enums import Role
from havre.trust.errors import Invalid, Refused

# what goes out for the country, and how; packages for learning platforms are left to `havre publish`
EDITIONS, FORMATS = ("leaflets", "module", "guide", "brochures"), ("web", "pdf")
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


@dataclass(frozen=True, slots=True)
class Printed:
    """One edition as it went out: how many pages and papers, in which languages, their size in bytes; whether its case studies await a comparison.

    `refused`: what stopped it, with the mend; then no more was made of it.
    """

    edition: str
    made: Mapping[str, int]
    languages: tuple[str, ...]
    size: int
    pending: bool = False
    refused: tuple[str, ...] = ()


def editions(folder: Path) -> Iterator[Printed]:
    """The first editions for the country of the demonstration, in every language that each promises, as pages and as tagged PDF.

    Case studies go out as pending, and each document says so: among two thousand made-up persons some fit any story, so the comparison with
    this register would hold the module back, as it must where the persons are real.
    """
    for edition in EDITIONS:
        yield _printed(edition, folder)


def _printed(edition: str, folder: Path) -> Printed:
    country = settings.HAVRE_COUNTRY.lower()
    pending = cases.state(edition, country) == Verdict.PENDING
    asked = services.Asked(edition, (country,), formats=FORMATS)
    languages = dict.fromkeys(language for _id, _country, language, _format in services.wanted(asked))
    made: Counter[str] = Counter()
    size = 0
    try:
        cases.require(edition, (country,), pending=True)
        for output in services.make(asked, on=timezone.localdate()):
            services.write([output], folder, at=timezone.now(), tell=lambda _line: None)
            made[output.format] += 1
            size += sum(map(len, output.files.values()))
    except Invalid as invalid:
        why = tuple(str(word) for words in invalid.problems.values() for word in words)
        return Printed(edition, made, tuple(languages), size, pending, why)
    return Printed(edition, made, tuple(languages), size, pending)
