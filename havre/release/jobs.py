"""Protecting and attacking a release: run in the child process, never in the web."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import polars as pl
from django.utils import timezone

from havre.evidence import sources
from havre.evidence.jobs.profiling import read_external
from havre.evidence.models import JobRun
from havre.register.enums import PersonRole
from havre.release.models import Release, ReleaseState
from havre.release.stats.cells import Cell, Layout, domains_of
from havre.release.stats.errors import BadTable
from havre.release.stats.protect import Protected, proof
from havre.release.stats.protect import protect as protect_tables
from havre.trust.errors import Missing

Shown = list[list[Any]]


def protect(job: JobRun, progress: Callable[[int], None]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Protect a release's tables with every earlier release of the same population in the attack, and keep table and proof.

    Raises: Missing; BadTable or CannotProtect, whose words become the job's error.
    """
    release = Release.objects.filter(pk=job.parameters["release"]).first()
    if release is None:
        raise Missing
    now = timezone.now()
    frame, book, fingerprint = _rows(release)
    earlier, past, ledger = _earlier(release)
    columns = sorted({column for table in (*release.tables, *past) for column in table})
    domains, seen = _domains(frame, book, columns)
    progress(20)
    layout = Layout(tuple(map(tuple, release.tables)), domains, past=tuple(past))
    protected = protect_tables(frame, layout, k=release.k, earlier=earlier)
    found = {**proof(protected), "ledger": ledger, "codes_from_rows": seen, "fingerprint": fingerprint}
    shown = _shown(protected)
    digest = hashlib.sha256(json.dumps([release.k, release.tables, shown]).encode()).hexdigest()
    state = ReleaseState.CHECKED if protected.holds else ReleaseState.DRAFT
    # a check asked for again meanwhile makes this one void
    Release.objects.filter(pk=release.pk, job_id=job.pk).exclude(state=ReleaseState.PUBLISHED).update(
        proof=found, shown=shown, digest=digest, state=state, fingerprint=fingerprint, checked_at=now
    )
    return {"holds": protected.holds, "digest": digest}, {}


def _rows(release: Release) -> tuple[pl.DataFrame, dict[str, tuple[str, ...]], str]:
    """The persons of the source, its code book, its fingerprint."""
    kind, _sep, key = release.source.partition(":")
    if kind == "external":
        path = sources.external_file(key)
        if path is None:
            raise Missing
        return read_external(path), {}, hashlib.sha256(path.read_bytes()).hexdigest()
    folder = sources.folder_of(key)
    if not (folder / "manifest.json").is_file():
        raise Missing
    manifest = json.loads((folder / "manifest.json").read_text())
    frame = pl.read_parquet(folder / "persons.parquet").filter(pl.col("role") == PersonRole.VICTIM.value)
    book = {name.partition(".")[2]: tuple(codes) for name, codes in manifest["code_lists"].items() if name.startswith("persons.")}
    return frame, book, manifest["fingerprint"]


def _earlier(release: Release) -> tuple[list[dict[Cell, float]], list[tuple[str, ...]], list[dict[str, Any]]]:
    """What earlier releases of the population showed, their tables, and the ledger's lines."""
    earlier: list[dict[Cell, float]] = []
    past: dict[tuple[str, ...], None] = {}
    ledger: list[dict[str, Any]] = []
    published = Release.objects.filter(population=release.population, state=ReleaseState.PUBLISHED).exclude(pk=release.pk)
    for other in published.order_by("published_at"):
        cells = cells_of(other.shown)
        earlier.append(cells)
        past.update(dict.fromkeys(tuple(table) for table in other.tables))
        ledger.append({"ref": other.ref, "title": other.title, "k": other.k, "cells": len(cells), "digest": other.digest})
    return earlier, list(past), ledger


def _domains(frame: pl.DataFrame, book: dict[str, tuple[str, ...]], columns: list[str]) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Codes by column from the code book, with "" for not recorded where it occurs; and the columns whose codes came from the rows."""
    several = [column for column in columns if column in frame.columns and frame.schema[column].is_nested()]
    if several:
        raise BadTable(f"{', '.join(several)}: a person may have several answers there; use a column with one answer a person")
    from_rows = domains_of(frame, columns)
    domains, seen = {}, []
    for column in columns:
        if column in book:
            domains[column] = (*sorted(book[column]), *([""] if "" in from_rows[column] else []))
        else:
            domains[column] = from_rows[column]
            seen.append(column)
    return domains, seen


def _shown(protected: Protected) -> Shown:
    """The public part: every published cell with its count, null where it is hidden. The order says nothing."""
    shown = protected.shown
    return [
        [[list(pair) for pair in key], shown.get(key)]
        for place, key in enumerate(protected.system.cells)
        if not protected.system.latent[place]
    ]


def cells_of(shown: Shown) -> dict[Cell, float]:
    """The shown cells of a stored release."""
    return {tuple((column, code) for column, code in key): float(value) for key, value in shown if value is not None}
