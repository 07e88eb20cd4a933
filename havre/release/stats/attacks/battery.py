"""All attacks on released rows, in one call, each beside its verbatim copy and its strangers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import polars as pl

from havre.release.stats.attacks import inference, linkability, membership, singling_out
from havre.release.stats.attacks.ceiling import Ceiling
from havre.release.stats.attacks.rates import Attack, Reading, Verdict, holds
from havre.release.stats.attacks.sides import Sides, sides
from havre.release.stats.errors import BadTable

# the attacks that judge one person at a time: what ε promises each person bounds their rates
PERSONAL = (inference.NAME, membership.NEAREST, membership.RATIO)
# the lines that a reader sees for each verdict: French, English
VERDICTS = {
    Verdict.WITHSTOOD: (
        "tient : l'attaque prend la copie conforme et n'apprend ici rien de plus que sur des inconnus",
        "withstood: the attack catches the verbatim copy, and learns no more here than about strangers",
    ),
    Verdict.WITHIN: (
        "apprend un peu sur les personnes du fichier, dans la limite de ce que permet ε",
        "learns a little about the persons in the file, within what ε allows",
    ),
    Verdict.LEAKS: (
        "fuite : l'attaque en apprend plus sur les personnes du fichier que sur des inconnus",
        "leaks: the attack learns more about the persons in the file than about strangers",
    ),
    Verdict.BLIND: (
        "ne prouve rien : l'attaque ne prend pas même la copie conforme",
        "proves nothing: the attack does not even catch the verbatim copy",
    ),
    Verdict.NOT_RUN: ("non exécutée", "not run"),
}


@dataclass(frozen=True, slots=True)
class Battery:
    """The result of all attacks, on how many members, strangers and released rows; `ceiling`, what the release's ε allows (None: no ε)."""

    attacks: tuple[Attack, ...]
    members: int
    strangers: int
    released: int
    seed: int
    ceiling: Ceiling | None = None

    @property
    def holds(self) -> bool:
        """Whether none leaks beyond the guarantee and at least one that can see ran. It does not say that all were withstood."""
        return holds(self.attacks)

    @property
    def within(self) -> tuple[Attack, ...]:
        """The attacks that learnt something, and no more than ε allows."""
        return tuple(attack for attack in self.attacks if attack.verdict is Verdict.WITHIN)

    @property
    def leaks(self) -> tuple[Attack, ...]:
        """The attacks that learnt something without a guarantee that allows it, or more than it allows."""
        return tuple(attack for attack in self.attacks if attack.verdict is Verdict.LEAKS)


def attack_rows(
    released: pl.DataFrame,
    members: pl.DataFrame,
    strangers: pl.DataFrame,
    *,
    seed: int,
    withheld: str | None = None,
    tries: int | None = None,
    ceiling: Ceiling | None = None,
) -> Battery:
    """Attack released rows in five ways.

    Args: members, the rows that the release was made from; strangers, rows of the same population that were kept out of it: without them
    a rate cannot be read. withheld, the marker of a withheld value. tries, for each attack; by default each has its own. ceiling, what a
    private release has spent (`ceiling_of` its charges): an attack that learns less than that is named so, and not called a leak.
    Raises: BadTable for sides that cannot be compared. An attack that fails to run is kept in the result, with its reason.
    Source: Article 29 Working Party 2014, WP216 (the risks to try); Giomi et al. 2023, PoPETs 2023(2) (the holdout); each attack its own.
    """
    prepared = sides(released, members, strangers, seed=seed, withheld=withheld)
    some: dict[str, Any] = {"tries": tries} if tries else {}
    runs: dict[str, Callable[[Sides], Attack]] = {
        singling_out.NAME: partial(singling_out.singling_out, seed=seed, **some),
        linkability.NAME: partial(linkability.linkability, seed=seed, **some),
        inference.NAME: partial(inference.inference, seed=seed, **some),
        membership.NEAREST: partial(membership.nearest_row, seed=seed, **some),
        membership.RATIO: partial(membership.likelihood_ratio, seed=seed),
    }
    found = []
    for name, run in runs.items():
        try:
            found.append(run(prepared))
        except (ValueError, MemoryError, ArithmeticError) as error:
            found.append(Attack(name, tries or 0, seed, (), (), f"failed to run: {type(error).__name__}: {error}"))
    if all(not attack.release for attack in found):
        raise BadTable("no attack could be run: " + "; ".join(attack.note for attack in found))
    held = tuple(replace(attack, ceiling=ceiling) if attack.name in PERSONAL else attack for attack in found)
    return Battery(held, len(prepared.members), len(prepared.strangers), len(prepared.released), seed, ceiling)


def as_json(battery: Battery) -> dict[str, object]:
    """The battery as plain JSON values. It is counted on the sensitive rows: it belongs in the internal half of a proof."""
    return {
        "members": battery.members,
        "strangers": battery.strangers,
        "released": battery.released,
        "seed": battery.seed,
        "holds": battery.holds,
        "ceiling": _ceiling(battery.ceiling),
        "attacks": [
            {
                "name": attack.name,
                "held_against_ceiling": attack.ceiling is not None,
                "verdict": attack.verdict.value,
                "words": dict(zip(("fr", "en"), VERDICTS[attack.verdict], strict=True)),
                "asked": attack.asked,
                "note": attack.note,
                "release": [_reading(one) for one in attack.release],
                "positive_control": [_reading(one) for one in attack.control],
            }
            for attack in battery.attacks
        ],
    }


def _ceiling(one: Ceiling | None) -> dict[str, object] | None:
    if one is None:
        return None
    return {"epsilon": one.epsilon, "delta": one.delta, "pairs": [list(pair) for pair in one.pairs], "auc": one.area}


def _reading(one: Reading) -> dict[str, object]:
    found: dict[str, object] = {
        "what": one.what,
        "members": [one.members.hits, one.members.tries, one.members.low, one.members.high],
        "holdout": [one.strangers.hits, one.strangers.tries, one.strangers.low, one.strangers.high],
        "excess": [one.excess.value, one.excess.low, one.excess.high],
        "sure": one.excess.sure,
        "leaks": one.leaks,
    }
    if one.area is not None:
        found["auc"] = [one.area.value, one.area.low, one.area.high, one.area.sure]
    return found


def lines(battery: Battery, *, language: str = "en") -> tuple[str, ...]:
    """The battery as lines for a screen, one attack each with its worst reading: release, holdout, excess, and the copy beside them."""
    place = 0 if language == "fr" else 1
    found = []
    for attack in battery.attacks:
        worst, copy = attack.worst, max(attack.control, key=lambda one: one.excess.value, default=None)
        line = f"{attack.name}: {VERDICTS[attack.verdict][place]}"
        if worst is not None and copy is not None:
            line += (
                f" | {worst.what}: {worst.members.hits}/{worst.members.tries} vs {worst.strangers.hits}/{worst.strangers.tries}, "
                f"{worst.excess.value:+.3f} [{worst.excess.low:+.3f}, {worst.excess.high:+.3f}] | copy {copy.excess.value:+.3f}"
            )
            if worst.area is not None and copy.area is not None:
                line += f" | AUC {worst.area.value:.3f} [{worst.area.low:.3f}, {worst.area.high:.3f}], copy {copy.area.value:.3f}"
        if attack.ceiling is not None and attack.verdict in (Verdict.WITHIN, Verdict.LEAKS):
            ceiling = attack.ceiling
            line += f" | ε {ceiling.epsilon:.2f}: " + ("plafond" if language == "fr" else "ceiling") + f" AUC {ceiling.area:.3f}"
            if worst is not None:
                line += f", {ceiling.excess(worst.strangers.low, worst.strangers.high):+.3f}"
        found.append(line + (f" ({attack.note})" if attack.note else ""))
    return tuple(found)
