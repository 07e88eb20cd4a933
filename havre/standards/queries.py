"""Facts of a day, with the ministry's own revisions over the packaged ones."""

from __future__ import annotations

from datetime import date

from django.conf import settings

from havre.standards import dated
from havre.standards.dated import Fact
from havre.standards.models import FactRevision


def _as_fact(revision: FactRevision) -> Fact:
    return Fact(
        id=revision.fact,
        country=revision.country,
        value=revision.value,
        confidence=revision.confidence,  # type: ignore[arg-type]
        source=revision.source,
        revision=str(revision.pk),
        review_state="in_force",
        valid_from=revision.valid_from,
        note=revision.note or None,
    )


def _country(country: str | None) -> str:
    return (country or settings.HAVRE_COUNTRY).lower()


def layers_on(on: date) -> dated.Layers:
    """What the table says of a fact and its parts on a day, for `dated.assemble`."""

    def layers(country: str, root: str) -> tuple[Fact, ...]:
        rows = FactRevision.objects.of(country).of_root(root).in_force(on=on)  # type: ignore[attr-defined]
        return tuple(_as_fact(row) for row in rows)

    return layers


def fact(id: str, *, on: date, country: str | None = None) -> Fact:
    """The fact in force on a day. See `havre.standards.fact`."""
    return dated.assemble(id, _country(country), layers_on(on))


def facts(*, on: date, country: str | None = None) -> tuple[Fact, ...]:
    """Every fact of the country on a day, in one query, in the order of the definitions."""
    code = _country(country)
    by_root: dict[str, list[Fact]] = {}
    for row in FactRevision.objects.of(code).in_force(on=on):  # type: ignore[attr-defined]
        by_root.setdefault(row.root, []).append(_as_fact(row))
    return dated.every(code, lambda _country, root: tuple(by_root.get(root, ())))
