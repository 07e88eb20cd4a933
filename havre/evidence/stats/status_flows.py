"""The mixed-flow view: which status people had at each stage of the route, how it changed, and who owed money. Children and adults apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy.stats import binom

from havre.evidence.stats.engines import STAGES, Engine, Where
from havre.evidence.stats.measure import Measure, Source, share
from havre.evidence.stats.profiles import Breakdown, apart, breakdown, incidence
from havre.standards.library import library
from havre.standards.words import Words


@dataclass(frozen=True, slots=True)
class Move:
    """From the first status recorded on the route to the last one: `measure` is its share among those who began alike.

    `first` and `last` are codes of `events.status`: those of `standards.route_statuses()`, or whatever else the table holds.
    Source: mixed movements, UNHCR's 10-Point Plan 2016; each status as route_status.yaml cites it.
    """

    first: str
    last: str
    measure: Measure

    @property
    def words(self) -> Words:
        """Both statuses in the standard's words; a code that the standard does not know stays as it is."""
        labels = library().route_statuses.labels
        one, other = (labels.get(code, Words(code, code)) for code in (self.first, self.last))
        return Words(f"{one.en} → {other.en}", f"{one.fr} → {other.fr}")


@dataclass(frozen=True, slots=True)
class MixedFlow:
    """One group of persons: status by stage, first status, moves, debts, and who ended trafficked by whether they owed money.

    Measures are shares of persons, but for `amounts`, which are medians in a currency. Source: as `mixed_flows`.
    """

    group: str
    stages: Mapping[str, Breakdown]
    first: Breakdown
    moves: tuple[Move, ...]
    debts: Breakdown
    debts_by_status: tuple[Measure, ...]
    became_trafficked: tuple[Measure, ...]
    amounts: tuple[Measure, ...]


def mixed_flows(engine: Engine, source: Source, *, where: Where | None = None) -> tuple[MixedFlow, ...]:
    """The view for each age group that somebody is in.

    The table `events` gives `kind`, `leg`, `country` and, where recorded, `status` and `debt` (true, false, null; an amount also serves)
    with `debt_amount` and `debt_currency`. A stage's denominator: persons with a status recorded at that stage; everyone: all persons.
    Source: origin, transit and destination as in the UNODC Global Report; Smuggling Protocol art. 3(a) and Palermo Protocol art. 3(a).
    """
    routed = engine.with_route()
    return tuple(_mixed(routed, group, kept, source) for group, kept in apart(routed, where))


def _mixed(engine: Engine, group: str, where: dict[str, str], source: Source) -> MixedFlow:
    stages = {
        stage: breakdown(engine, f"status_{stage.lower()}", source, where=where, group=group)
        for stage in STAGES
    }  # fmt: skip
    moves = [
        Move(one.group.partition("=")[2], one.code.partition("=")[2], one)
        for one in incidence(engine, "status_last", "status_first", source, where=where)
    ]
    owed = incidence(engine, "owes", "status_first", source, where=where)
    amounts = engine.amounts("events", "debt_amount", "debt_currency", where) if _has_amounts(engine) else {}
    return MixedFlow(
        group,
        stages,
        breakdown(engine, "status_first", source, where=where, group=group),
        tuple(moves),
        breakdown(engine, "owes", source, where=where, group=group),
        tuple(one for one in owed if one.code == "owes=yes"),
        _became(engine, group, where, source),
        tuple(median(f"debt:{coin}", group, values, coin, source) for coin, values in amounts.items()),
    )


def _has_amounts(engine: Engine) -> bool:
    return {"debt_amount", "debt_currency"} <= set(engine.columns("events"))


def _became(engine: Engine, group: str, where: dict[str, str], source: Source) -> tuple[Measure, ...]:
    """Of those whose first status was another, the share whose last one was "trafficked": with a debt, without, and all."""
    found = []
    for name, condition in (("all", {}), ("owes=yes", {"owes": "yes"}), ("owes=no", {"owes": "no"})):
        pairs = engine.incidence("status_last", "status_first", {**where, **condition})
        begun = {pair: number for pair, number in pairs.items() if pair[0] != "trafficked"}
        ended = sum(number for (_first, last), number in begun.items() if last == "trafficked")
        everyone = engine.spread("status_first", {**where, **condition}).everyone
        measure = share(f"became_trafficked:{name}", group, ended, sum(begun.values()), everyone, source, extra=("association",))
        found.append(measure)
    return tuple(found)


def median(code: str, group: str, values: Sequence[float], unit: str, source: Source, *, few: int = 30) -> Measure:
    """The median of amounts with the interval between two of them that holds it at 95 % whatever their law.

    `values` are sorted. Fewer than six have no such interval. Source: order statistics, Conover, Practical Nonparametric Statistics 1999.

    >>> from havre.evidence.stats.measure import Source
    >>> one = median("debt", "all", [float(n) for n in range(1, 18)], "XOF", Source("s", "", "", ""))
    >>> one.value, one.low, one.high
    (9.0, 5.0, 13.0)
    """
    size = len(values)
    middle = (values[(size - 1) // 2] + values[size // 2]) / 2 if size else None
    # the most values that may lie outside on one side: P(B <= outside) is at most 2.5 %
    outside = int(binom.ppf(0.025, size, 0.5)) - 1 if size else -1
    low, high = (values[outside], values[size - outside - 1]) if outside >= 0 else (None, None)
    warnings = ("few",) if size < few else ()
    return Measure(code, group, middle, low, high, size, size, size, unit, "median, order statistics 95 %", source, warnings=warnings)
