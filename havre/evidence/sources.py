"""What can be counted: the register's extracts, or one external data set. A figure has one source, never the sum of two."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.apps import apps
from django.conf import settings

from havre.evidence.models import JobKind, JobRun, JobState
from havre.trust.errors import Missing, Words

ENDINGS = (".parquet", ".csv", ".csv.gz")


@dataclass(frozen=True, slots=True)
class Known:
    """One source on the page: its key in forms, what it is called, how many rows, and whether others published it."""

    key: str
    title: Words
    rows: int
    made_at: object
    external: bool
    layout: str = ""


def known() -> tuple[Known, ...]:
    """Every source whose rows are on disk, extracts first, newest first."""
    extracts = tuple(
        Known(f"extract:{job.pk}", job.get_kind_display(), job.result["tables"]["persons"]["rows"], job.ended_at, False)
        for job in JobRun.objects.filter(kind=JobKind.EXTRACT, state=JobState.DONE)[:20]
    )
    return extracts + tuple(_external())


def _external() -> list[Known]:
    # the register's model of external data sets is looked up by name: an instance without it has none
    try:
        model = apps.get_model("register", "ExternalDataset")
    except LookupError:
        return []
    return [
        Known(f"external:{data.pk}", data.title, data.rows, data.added_at, True, data.layout)
        for data in model.objects.all()
        if external_file(data.pk) is not None
    ]


def folder_of(job_id: UUID | str) -> Path:
    """Where an extract's Parquet files and manifest lie."""
    return Path(settings.HAVRE_HOME) / "evidence" / str(UUID(str(job_id)))


def external_file(key: UUID | str) -> Path | None:
    """The rows of an external data set, or None."""
    base = Path(settings.HAVRE_HOME) / "external"
    return next((found for ending in ENDINGS if (found := base / f"{UUID(str(key))}{ending}").is_file()), None)


def by_key(key: str) -> Known:
    """One known source. Raises: Missing."""
    for one in known():
        if one.key == key:
            return one
    raise Missing
