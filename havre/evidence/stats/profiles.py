"""Who was detected, how and along which routes: shares with both denominators, children and adults apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from havre.evidence.stats.engines import Engine, Where
from havre.evidence.stats.measure import Measure, Source, share

AGE_GROUPS = ("child", "adult", "not_recorded")


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One column's shares in one group of persons: `column`, `group` (child, adult, all ...), one Measure a value, greatest first.

    Measures are shares of persons. Source: as `breakdown` (Wilson 1927).
    """

    column: str
    group: str
    measures: tuple[Measure, ...]
    recorded: int
    everyone: int


def breakdown(
    engine: Engine, column: str, source: Source, *, where: Where | None = None, group: str = "all", table: str = "persons"
) -> Breakdown:
    """The share of persons with each value of a column.

    A list column counts a person once for each value (incidence): its shares need not add up to one, and the measure says so.
    Gives: measures whose `denominator` is the persons with a recorded answer and whose `everyone` is all persons of the group.
    Source: Wilson 1927 (interval); Newcombe 1998 (its coverage).
    """
    spread = engine.spread(column, where or {}, table=table)
    several = sum(spread.values.values()) > spread.recorded
    extra = ("many_answers",) if several else ()
    order = sorted(spread.values.items(), key=lambda pair: (-pair[1], pair[0]))
    measures = tuple(share(f"{column}={value}", group, n, spread.recorded, spread.everyone, source, extra=extra) for value, n in order)
    return Breakdown(column, group, measures, spread.recorded, spread.everyone)


def profile(engine: Engine, columns: Sequence[str], source: Source, *, where: Where | None = None) -> tuple[Breakdown, ...]:
    """Each column's breakdown, children and adults apart when the table knows `age_group` (Palermo Protocol art. 3(c)).

    A group nobody is in is left out; persons whose age group is not recorded are a group of their own, never adults.
    Args: columns of `persons`. Source: Wilson 1927 (interval).
    """
    where = dict(where or {})
    if "age_group" not in engine.columns("persons"):
        return tuple(breakdown(engine, column, source, where=where) for column in columns)
    found = [breakdown(engine, "age_group", source, where=where)]
    found += [
        breakdown(engine, column, source, where=kept, group=group)
        for group, kept in apart(engine, where)
        for column in columns
        if column != "age_group"
    ]
    return tuple(found)


def apart(engine: Engine, where: Where | None = None) -> list[tuple[str, dict[str, str]]]:
    """The age groups that somebody is in, each with its condition; ("all", where) when the table knows none.

    Source: Palermo Protocol art. 3(c)-(d), a child is under eighteen and needs no means.
    """
    where = dict(where or {})
    if "age_group" not in engine.columns("persons"):
        return [("all", where)]
    there = engine.spread("age_group", where).values
    return [(group, {**where, "age_group": group}) for group in AGE_GROUPS if there.get(group)]


def incidence(engine: Engine, column: str, by: str, source: Source, *, where: Where | None = None) -> tuple[Measure, ...]:
    """For each value of `by`, the share of its persons who have each value of `column` (means by form of exploitation).

    A person with two values of `by` counts in both. Denominator: persons with that value of `by` and a recorded `column`.
    Source: Wilson 1927 (interval).
    """
    pairs = engine.incidence(column, by, where or {})
    found = []
    for first in sorted({first for first, _second in pairs}):
        spread = engine.spread(column, {**(where or {}), by: first})
        extra = ("many_answers",) if sum(spread.values.values()) > spread.recorded else ()
        for (left, second), number in sorted(pairs.items()):
            if left == first:
                code = f"{column}={second}"
                found.append(share(code, f"{by}={first}", number, spread.recorded, spread.everyone, source, extra=extra))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Flow:
    """One route with its persons: `origin`, `via` (countries in order), `end`, and which kind it is.

    `end` and `origin` are ISO 3166-1 alpha-2 codes. Source: UNODC Global Report's kinds of flow.
    """

    origin: str
    via: tuple[str, ...]
    end: str
    kind: str
    measure: Measure


def flows(
    engine: Engine, source: Source, *, regions: Mapping[str, str] | None = None, where: Where | None = None, group: str = "all"
) -> tuple[Flow, ...]:
    """Origin, transit and destination of persons whose recruitment and exploitation both have a country.

    Args: regions, country code to region (see `places.regions`).
    `kind` is domestic (the same country, also after a transit abroad), intra_regional (one region of `regions`), cross_regional, or
    cross_border when a region is not known. Denominator: persons with a whole route; everyone: all persons.
    Source: UNODC Global Report's domestic / intra-regional / transregional flows.
    """
    counts, whole, everyone = engine.routes(where or {})
    regions = regions or {}
    found = []
    for (origin, via, end), number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        measure = share(f"{origin}>{end}", group, number, whole, everyone, source)
        found.append(Flow(origin, tuple(filter(None, via.split(">"))), end, _kind(origin, end, regions), measure))
    return tuple(found)


def flows_apart(
    engine: Engine, source: Source, *, regions: Mapping[str, str] | None = None, where: Where | None = None
) -> dict[str, tuple[Flow, ...]]:
    """The flows of each age group, children and adults apart; each with its own denominator. Source: as `flows` and `apart`."""
    return {group: flows(engine, source, regions=regions, where=kept, group=group) for group, kept in apart(engine, where)}


def flow_shares(found: Sequence[Flow], source: Source) -> tuple[Measure, ...]:
    """The share of each kind of flow among the whole routes. Source: UNODC Global Report's kinds; Wilson 1927."""
    if not found:
        return ()
    first = found[0].measure
    whole, everyone = int(first.denominator), int(first.everyone)
    return tuple(share(f"flow={kind}", first.group, n, whole, everyone, source) for kind, n in flow_kinds(found).items())


def flow_kinds(flows: Sequence[Flow]) -> dict[str, int]:
    """Persons by kind of flow.

    Args: flows of one group. Gives kind to persons. Source: UNODC Global Report's kinds of flow.
    """
    found: dict[str, int] = {}
    for flow in flows:
        found[flow.kind] = found.get(flow.kind, 0) + int(flow.measure.numerator)
    return dict(sorted(found.items()))


def _kind(origin: str, end: str, regions: Mapping[str, str]) -> str:
    if origin == end:
        return "domestic"
    here, there = regions.get(origin), regions.get(end)
    if here is None or there is None:
        return "cross_border"
    return "intra_regional" if here == there else "cross_regional"
