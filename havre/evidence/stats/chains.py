"""Beyond the steps one by one: from one step to another, which needs stay unmet, and how far compensation gets."""

from __future__ import annotations

from dataclasses import dataclass

from havre.evidence.stats.engines import Engine, Where
from havre.evidence.stats.measure import Measure, Source, share
from havre.evidence.stats.status_flows import median
from havre.evidence.stats.trends import Step, median_wait

# statuses of a service, best first: in place or ended meets the need; the person's no comes last, since another service may still meet it
SERVICES = ("running", "ended", "accepted", "proposed", "unavailable", "refused")
_NEED_STATES = {
    "met": ("running", "ended"),
    "unmet": ("accepted", "proposed", "unavailable"),
    "unavailable": ("unavailable",),
    "not_wanted": ("refused",),
}
# statuses of a claim, furthest first
CLAIMS = ("paid", "part_paid", "awarded", "rejected", "claimed", "informed")
_DECIDED, _AWARDED, _PAID = CLAIMS[:4], CLAIMS[:3], CLAIMS[:2]


def between(engine: Engine, first: str, second: str, source: Source, *, where: Where | None = None) -> Step:
    """From one step of the chain to another: who of those who reached the first got to the second, and after how many days.

    Persons who reached the first and not the second are open, not lost: their wait is counted as unfinished.
    Source: Kaplan & Meier 1958.
    """
    done, open_ = engine.waits(second, where or {}, after=first)
    everyone = len(done) + len(open_)
    extra = ("waiting",) if open_ else ()
    name = f"{first}>{second}"
    return Step(
        second,
        share(f"reached:{name}", "all", len(done), everyone, everyone, source, extra=extra),
        median_wait(name, done, open_, source),
        share(f"drop_off:{name}", "all", len(open_), everyone, everyone, source, extra=extra),
    )


@dataclass(frozen=True, slots=True)
class Need:
    """One need: shares of the persons who have it. `unmet` is waiting plus unavailable; what the person did not want is apart.

    Each a Measure in shares of persons. Source: rights gate RG28; CoE Convention 2005, art. 12.
    """

    need: str
    met: Measure
    unmet: Measure
    unavailable: Measure
    not_wanted: Measure


def unmet_needs(engine: Engine, source: Source, *, where: Where | None = None, table: str = "assistance") -> tuple[Need, ...]:
    """For each need, how many of the persons who have it are served, wait, find nothing, or do not want it.

    A person counts once a need, under the best outcome of their services. Denominator: persons with the need and a service of a known
    status. A refusal by the person is a valid outcome (rights gate RG28): it is never counted as unmet.
    Source: CoE Convention 2005, art. 12 (assistance); Wilson 1927.
    """
    found = []
    for need, outcomes in sorted(engine.best(table, "need", "status", SERVICES, where or {}).items()):
        asked = sum(outcomes.values())

        extra = ("not_wanted",) if outcomes.get("refused") else ()
        shares = {
            name: share(f"{name}:{need}", "all", sum(outcomes.get(one, 0) for one in statuses), asked, asked, source, extra=extra)
            for name, statuses in _NEED_STATES.items()
        }
        found.append(Need(need, **shares))
    return tuple(found)


def compensation(engine: Engine, source: Source, *, where: Where | None = None) -> tuple[Measure, ...]:
    """From prosecution to money in hand: of persons in proceedings, who has claimed, had a decision, an award, a payment.

    Then the share of decisions that award, of awards that pay, and the median paid by currency. Denominators: persons in the table
    `proceeding` for the first four; persons at the stage before for the others.
    Source: UNTOC art. 14(2) and 25(2); CoE Convention 2005, art. 15.
    """
    claims = engine.best("claim", None, "status", CLAIMS, where or {}).get("all", {})
    charged = engine.spread("stage", where or {}, table="proceeding").recorded if "stage" in engine.columns("proceeding") else 0
    reach = {
        "claimed": sum(number for status, number in claims.items() if status != "informed"),
        "decided": sum(claims.get(status, 0) for status in _DECIDED),
        "awarded": sum(claims.get(status, 0) for status in _AWARDED),
        "paid": sum(claims.get(status, 0) for status in _PAID),
    }
    # a claim to a fund needs no proceedings: whoever has claimed is counted among those who could
    base = max(charged, reach["claimed"])
    found = [share(f"compensation:{name}", "all", number, base, base, source) for name, number in reach.items()]
    found.append(share("compensation:awarded/decided", "all", reach["awarded"], reach["decided"], reach["decided"], source))
    found.append(share("compensation:paid/awarded", "all", reach["paid"], reach["awarded"], reach["awarded"], source))
    if {"paid", "currency"} <= set(engine.columns("claim")):
        amounts = engine.amounts("claim", "paid", "currency", where or {})
        found += [median(f"compensation:paid:{coin}", "all", values, coin, source) for coin, values in amounts.items()]
    return tuple(found)
