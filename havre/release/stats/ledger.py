"""The privacy ledger of one population: every release's cost, composed over years, and a refusal before any noise is drawn.

A plain value: each act gives a new ledger. Lines are chained by digest, so that none can be taken out or changed unseen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, Literal

from havre.release.stats.accounting import Charge, Total, compose

Act = Literal["reserve", "draw", "give back"]
FORMAT = "havre ledger 1"
# a budget above this protects nobody, and is more likely a slip
LARGEST_EPSILON = 20.0


class LedgerError(ValueError):
    """The ledger cannot do what was asked; the message says why and what to do. `both` is (French, English)."""

    def __init__(self, french: str, english: str) -> None:
        self.both = (french, english)
        super().__init__(english)


class OverBudget(LedgerError):
    """The release would cost more than is left. Nothing was drawn and nothing is spent."""

    def __init__(self, before: Total, after: Total, budget: float) -> None:
        self.before, self.after, self.budget = before, after, budget
        numbers = f"{before.epsilon:.4g} → {after.epsilon:.4g} > {budget:g} (δ = {after.delta:g})"
        super().__init__(
            f"le budget de confidentialité ne suffit pas : ε {numbers} ; publier moins, avec plus de bruit, ou rien avant d'autres personnes",
            f"the privacy budget is not enough: ε {numbers}; publish less, with more noise, or wait for other persons",
        )


class AlreadySpent(LedgerError):
    """This release has a line already: its stored result is read again at no cost, a new draw needs a new release."""

    def __init__(self, release: str) -> None:
        self.release = release
        super().__init__(
            f"la publication {release!r} est déjà inscrite : relire son résultat, ou donner un autre nom à un nouveau tirage",
            f"release {release!r} is in the ledger already: read its result again, or name a new draw differently",
        )


class LedgerBroken(LedgerError):
    """A line was changed, taken out or put in. `line` counts from 1, the head."""

    def __init__(self, line: int, why: str) -> None:
        self.line = line
        super().__init__(
            f"ligne {line} du registre : {why} ; ne rien publier avant de l'avoir comparé à une copie",
            f"line {line} of the ledger: {why}; publish nothing before it is compared with a copy",
        )


@dataclass(frozen=True, slots=True)
class Head:
    """Whose privacy is spent, and how much may be.

    `unit` and `neighbours` say what one person is and what two neighbouring data sets are; every line shares them. `strata` are groups of
    persons that are shown to be disjoint (`why_disjoint`): spends on different ones do not add up. None are taken for granted.
    """

    population: str
    epsilon: float
    delta: float
    unit: str = "one person, whatever number of rows"
    neighbours: str = "one person added or removed"
    strata: tuple[str, ...] = ()
    why_disjoint: str = ""

    def __post_init__(self) -> None:
        if not self.population.strip():
            raise LedgerError("nommer la population", "name the population")
        if not 0 < self.epsilon <= LARGEST_EPSILON:
            raise LedgerError(
                f"budget ε = {self.epsilon:g} : donner un nombre au-dessus de 0, {LARGEST_EPSILON:g} au plus",
                f"budget ε = {self.epsilon:g}: give a number above 0, at most {LARGEST_EPSILON:g}",
            )
        if not 0 < self.delta <= 1e-3:
            raise LedgerError(
                f"δ = {self.delta:g} : donner un nombre entre 0 et 0,001, inférieur à un sur le nombre de personnes",
                f"δ = {self.delta:g}: give a number between 0 and 0.001, below one over the number of persons",
            )
        if self.strata and not self.why_disjoint.strip():
            raise LedgerError("dire pourquoi les strates sont disjointes", "say why the strata are disjoint")


@dataclass(frozen=True, slots=True)
class Line:
    """One act in the ledger. `reserve` holds the charges and the composed total before and after; `draw` says that noise was drawn from
    then on; `give back` that a reserved release ended before any was. `by` is an id, `at` an ISO moment in UTC."""

    act: Act
    release: str
    by: str
    at: str
    dataset: str = ""
    stratum: str = ""
    charges: tuple[Charge, ...] = ()
    before: Total | None = None
    after: Total | None = None
    previous: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Ledger:
    """A population's ledger: its head and its lines, oldest first."""

    head: Head
    lines: tuple[Line, ...] = ()

    @cached_property
    def states(self) -> dict[str, Act]:
        """Each release's last act."""
        return {line.release: line.act for line in self.lines}

    @cached_property
    def counting(self) -> tuple[Line, ...]:
        """The reservations that count: all but those given back."""
        standing: dict[str, Line] = {}
        for line in self.lines:
            if line.act == "reserve":
                standing[line.release] = line
            elif line.act == "give back":
                standing.pop(line.release, None)
        return tuple(standing.values())

    @property
    def tip(self) -> str:
        """The digest of the last line: whoever holds it can tell whether anything before it was changed."""
        return self.lines[-1].digest if self.lines else _digest(_head_row(self.head))

    @cached_property
    def total(self) -> Total:
        """What has been spent."""
        return self._composed(self.counting)

    def price(self, charges: Sequence[Charge], *, stratum: str = "") -> Total:
        """What the total would be after these charges. Shown before anything runs."""
        self._check_stratum(stratum)
        return self._composed((*self.counting, Line("reserve", "", "", "", stratum=stratum, charges=tuple(charges))))

    def reserve(
        self,
        charges: Sequence[Charge],
        *,
        release: str,
        dataset: str,
        by: str,
        at: str,
        unit: str | None = None,
        neighbours: str | None = None,
        stratum: str = "",
    ) -> Ledger:
        """Write the cost of a release down before its noise is drawn.

        Raises: OverBudget, before any noise; AlreadySpent; LedgerError for no charge, no name, or another unit or neighbour relation.

        >>> charges = [Charge("gaussian", "tables", scale=4.0)]
        >>> ledger = Ledger(Head("region", epsilon=1.5, delta=7.3e-6))
        >>> ledger = ledger.reserve(charges, release="2026-1", dataset="cases", by="dpo", at="2026-11-28T10:00:00Z")
        >>> ledger.reserve(charges * 3, release="2026-2", dataset="cases", by="dpo", at="2026-11-28T11:00:00Z")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        havre.release.stats.ledger.OverBudget: the privacy budget is not enough: ...
        """
        if not charges or not release.strip() or not dataset.strip():
            raise LedgerError(
                "donner la publication, le jeu de données et ce qu'elle coûte", "give the release, the data set and its charges"
            )
        if self.states.get(release) in ("reserve", "draw"):
            raise AlreadySpent(release)
        if (unit or self.head.unit, neighbours or self.head.neighbours) != (self.head.unit, self.head.neighbours):
            raise LedgerError(
                f"le registre compte « {self.head.unit} », « {self.head.neighbours} » : ne pas mêler d'autres unités",
                f"this ledger counts {self.head.unit!r}, {self.head.neighbours!r}: do not mix other units in",
            )
        before, after = self.total, self.price(charges, stratum=stratum)
        if after.epsilon > self.head.epsilon:
            raise OverBudget(before, after, self.head.epsilon)
        return self._with(Line("reserve", release, by, at, dataset, stratum, tuple(charges), before, after))

    def draw(self, *, release: str, by: str, at: str) -> Ledger:
        """Say that noise is drawn from now on: whatever happens next, it is spent. Raises: LedgerError when it is not reserved."""
        self._require_reserved(release)
        return self._with(Line("draw", release, by, at))

    def give_back(self, *, release: str, by: str, at: str) -> Ledger:
        """Take a reservation back that ended before any noise was drawn. Raises: LedgerError once it was, or when nothing is reserved."""
        self._require_reserved(release)
        return self._with(Line("give back", release, by, at))

    def _require_reserved(self, release: str) -> None:
        state = self.states.get(release)
        if state != "reserve":
            found = {"draw": "noise was drawn for it: it is spent", "give back": "it was given back"}.get(state or "", "it is not there")
            french = {"draw": "du bruit a été tiré : c'est dépensé", "give back": "elle a été rendue"}.get(state or "", "elle n'y est pas")
            raise LedgerError(f"publication {release!r} : {french}", f"release {release!r}: {found}")

    def _check_stratum(self, stratum: str) -> None:
        if stratum and stratum not in self.head.strata:
            raise LedgerError(
                f"strate {stratum!r} : le registre déclare {', '.join(self.head.strata) or 'aucune strate'}",
                f"stratum {stratum!r}: the ledger declares {', '.join(self.head.strata) or 'none'}",
            )

    def _composed(self, lines: Iterable[Line]) -> Total:
        """The dearest stratum: a person is in one of them, and in every release that names none."""
        lines = tuple(lines)
        named = {line.stratum for line in lines if line.stratum} or {""}
        groups = ([line.charges for line in lines if line.stratum in ("", stratum)] for stratum in sorted(named))
        try:
            totals = [compose(releases, self.head.delta) for releases in groups]
        except ValueError as problem:
            raise LedgerError(str(problem), str(problem)) from None
        return max(totals, key=lambda total: total.epsilon)

    def _with(self, line: Line) -> Ledger:
        linked = replace(line, previous=self.tip, digest="")
        return Ledger(self.head, (*self.lines, replace(linked, digest=_digest(_row(linked)))))

    def to_text(self) -> str:
        """The ledger as JSON lines: the head, then a line an act."""
        return "".join(text + "\n" for text in (_canonical(_head_row(self.head)), *(line_text(line) for line in self.lines)))


def line_text(line: Line) -> str:
    """One line of the file."""
    return _canonical({**_row(line), "digest": line.digest})


def from_text(text: str) -> Ledger:
    """Read a ledger and check every digest, every step and every composed total again.

    Raises: LedgerBroken, naming the line.
    Source: Haber & Stornetta 1991, Journal of Cryptology 3(2) (lines chained by digest).
    """
    rows = []
    for number, one in enumerate(text.splitlines(), 1):
        try:
            rows.append(json.loads(one))
        except ValueError:
            raise LedgerBroken(number, "it is no JSON") from None
    if not rows or not isinstance(rows[0], dict) or rows[0].get("format") != FORMAT:
        raise LedgerBroken(1, f"it does not begin with {FORMAT!r}")
    try:
        head = Head(**{**{key: value for key, value in rows[0].items() if key != "format"}, "strata": tuple(rows[0]["strata"])})
    except (TypeError, KeyError, LedgerError) as problem:
        raise LedgerBroken(1, str(problem)) from None
    ledger = Ledger(head)
    for number, row in enumerate(rows[1:], 2):
        ledger = _followed(ledger, row, number)
    return ledger


def _followed(ledger: Ledger, row: Any, number: int) -> Ledger:
    try:
        charges = tuple(Charge(**charge) for charge in row["charges"])
        kept = Line(**{**row, "charges": charges, "before": _total(row["before"]), "after": _total(row["after"])})
    except (TypeError, KeyError, ValueError) as problem:
        raise LedgerBroken(number, f"it cannot be read ({problem})") from None
    if kept.previous != ledger.tip:
        raise LedgerBroken(number, "it does not follow the line before")
    if kept.digest != _digest({**row, "digest": ""} if "digest" in row else row):
        raise LedgerBroken(number, "its digest is wrong")
    if kept.act == "reserve" and ledger.states.get(kept.release) in ("reserve", "draw"):
        raise LedgerBroken(number, f"release {kept.release!r} is there twice")
    if kept.act != "reserve" and ledger.states.get(kept.release) != "reserve":
        raise LedgerBroken(number, f"{kept.act} of {kept.release!r} without a reservation")
    ledger = Ledger(ledger.head, (*ledger.lines, kept))
    if kept.act == "reserve":
        again = ledger.total
        if kept.after is None or abs(kept.after.epsilon - again.epsilon) > 1e-6 * max(1.0, again.epsilon):
            raise LedgerBroken(number, "its composed total is not what its charges compose to")
    return ledger


def _total(row: Any) -> Total | None:
    return None if row is None else Total(**row)


def _row(line: Line) -> dict[str, Any]:
    return {**asdict(line), "charges": [asdict(charge) for charge in line.charges]}


def _head_row(head: Head) -> dict[str, Any]:
    return {"format": FORMAT, **asdict(head), "strata": list(head.strata)}


def _canonical(row: dict[str, Any]) -> str:
    return json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _digest(row: dict[str, Any]) -> str:
    return hashlib.sha256(_canonical(row).encode()).hexdigest()
