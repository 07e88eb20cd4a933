"""The workflow engine: a table of moves, the rights that come before each, and one check that gives every reason at once."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from havre.trust import audit, diagrams, law
from havre.trust.actors import Actor
from havre.trust.enums import Role
from havre.trust.errors import Invalid, Refused, Words
from havre.trust.models.clocks import Override
from havre.trust.wording import WARN, Wording

BLOCK = "block"
# what the house does by itself when a clock runs out; no role may
ENGINE = "engine"


@dataclass(frozen=True)
class Right:
    """A condition that must be met before a move.

    With a `gate` (RG01 to RG28) its effect, its source and the persons it applies to come from the rights gates; without one it is a
    plain condition of the table and always blocks. `met` asks the record, `met_by` the record and the actor (None is the house).
    `overridable` is false where no supervisor may waive it (a person's own consent, for one).
    """

    code: str
    met: Callable[[Any], bool] | None = None
    refusal: Words = ""
    source: str = ""
    gate: str = ""
    effect: str = ""
    applies_to: str = ""
    met_by: Callable[[Any, Actor | None], bool] | None = None
    overridable: bool = True

    def __post_init__(self) -> None:
        if (self.met is None) == (self.met_by is None):
            raise TypeError(f"{self.code}: give either met or met_by")
        if self.gate:
            gate = law.gates()[self.gate]
            for name, value in (("effect", gate.effect), ("applies_to", gate.applies_to), ("source", "; ".join(gate.sources))):
                object.__setattr__(self, name, getattr(self, name) or value)
        else:
            object.__setattr__(self, "effect", self.effect or BLOCK)
            object.__setattr__(self, "applies_to", self.applies_to or "all")
            object.__setattr__(self, "overridable", False)
        if self.effect not in {BLOCK, WARN} or not self.source:
            raise TypeError(f"{self.code}: needs a source, and an effect that is block or warn")

    @property
    def key(self) -> str:
        """What audit rows and overrides name: the gate where there is one, else the code."""
        return self.gate or self.code

    @property
    def words(self) -> str:
        """The right in the language in force; the refusal's words for a plain condition."""
        return law.gates()[self.gate].words(translation.get_language() or "en") if self.gate else str(self.refusal)

    @property
    def reason(self) -> str:
        """The refusal as a person reads it: what is missing, whom it binds, and which text says so."""
        return gettext("%(missing)s. This binds your service, never the person: help goes on. (%(source)s)") % {
            "missing": _sentence(self.refusal),
            "source": self.source,
        }

    def concerns(self, obj: Any) -> bool | None:
        """Whether the right is this person's. None when the record does not say (nationality not recorded)."""
        if self.applies_to == "all":
            return True
        return getattr(obj, {"child": "is_child", "foreign_national": "is_foreign"}[self.applies_to], True)

    def is_met(self, obj: Any, by: Actor | None) -> bool:
        """Whether this right is met for the subject now."""
        return bool(self.met(obj) if self.met else self.met_by(obj, by))  # type: ignore[misc]


@dataclass(frozen=True)
class Move:
    """One row of a workflow: who may go from `start` to `end`, only after which rights, by which law.

    `start` is a state, several, or None for what does not exist yet. `clock` names the clock that the move starts or ends.
    """

    step: str
    start: Any
    end: Any
    who: AbstractSet[Any]
    after: AbstractSet[Right] = frozenset()
    law: str = ""
    clock: str = ""
    label: Words = ""

    @property
    def starts(self) -> tuple[Any, ...]:
        """The states from which this act may be done."""
        return tuple(self.start) if isinstance(self.start, tuple | set | frozenset | list) else (self.start,)

    @property
    def rights(self) -> tuple[Right, ...]:
        """In the order of their keys, so that every refusal and every table reads the same."""
        return tuple(sorted(self.after, key=lambda right: right.key))

    @property
    def name(self) -> str:
        """The act's name as people read it."""
        return str(self.label or self.step.replace("_", " "))


@dataclass(frozen=True)
class Checked:
    """A move that may go ahead: its new state, the gaps to be shown and counted, and the blocks a supervisor has waived."""

    move: Move
    warnings: tuple[Right, ...] = ()
    overridden: tuple[Right, ...] = ()

    @property
    def end(self) -> Any:
        """The state after the act."""
        return self.move.end

    @property
    def codes(self) -> dict[str, str | int]:
        """For the audit row of the step: the gaps by their keys."""
        return {"warnings": ",".join(right.key for right in self.warnings)} if self.warnings else {}


@dataclass(frozen=True)
class Row:
    """One line of the printed table, in plain text."""

    step: str
    start: str
    end: str
    who: str
    after: str
    clock: str
    law: str


@dataclass(frozen=True)
class Workflow:
    """A whole table. What is not in it is refused."""

    name: str
    start: Any
    moves: tuple[Move, ...]
    # rights that no base row asks for but a country's variant may add
    spare: tuple[Right, ...] = ()
    country: str = ""
    title: Words = field(default="", compare=False)

    def __post_init__(self) -> None:
        seen: set[tuple[str, Any]] = set()
        for move in self.moves:
            for start in move.starts:
                if (move.step, start) in seen:
                    raise TypeError(f"{self.name}.{move.step} leaves {start!r} twice")
                seen.add((move.step, start))

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """The names of the acts, once each, in the order of the table."""
        return tuple(dict.fromkeys(move.step for move in self.moves))

    @cached_property
    def states(self) -> tuple[Any, ...]:
        """In the order in which the table names them."""
        named = [state for move in self.moves for state in (*move.starts, move.end)]
        return tuple(dict.fromkeys(state for state in (self.start, *named) if state is not None))

    @cached_property
    def rights(self) -> dict[str, Right]:
        """Every right that the table knows, by its key: gates of its acts, and those a country's variant may add."""
        return {right.key: right for right in (*(r for move in self.moves for r in move.rights), *self.spare)}

    def open_to(self, obj: Any, by: Actor | None) -> tuple[Move, ...]:
        """The moves that this actor's role may try now, whether or not their rights are met yet."""
        who, state = _who(by), state_of(obj)
        return tuple(move for move in self.moves if state in move.starts and who in move.who)

    def standing(self, obj: Any, *, move: str, by: Actor | None) -> tuple[tuple[Right, bool], ...]:
        """Each right that comes before a step and concerns this person, with whether it is met: what the page shows beside the act."""
        row = self._row(obj, move)
        return tuple((right, right.is_met(obj, by)) for right in row.rights if right.concerns(obj) is not False)

    def check(self, obj: Any, *, move: str, by: Actor | None, override: Override | None = None, about: UUID | None = None) -> Checked:
        """Answer whether a step may be taken now; changes nothing on `obj`.

        Args: move, the name of a step; by, the actor, None for the house itself; override, a supervisor's signed waiver of blocks;
        about, whom such a waiver names where the step makes the record: the person, for no record is there to sign for yet.
        Raises: Invalid for a step that the table does not have. Refused with every unmet reason at once: 403 when the role is the only
        reason, else 409. A used waiver is written in the audit trail as `<workflow>.override` and cannot be used again.
        """
        if move not in self.steps:
            raise Invalid(_("there is no such step here; take one that the page offers"))
        row = self._row(obj, move)
        reasons: list[Words] = []
        rows: list[str] = []
        wrong_role = _who(by) not in row.who
        if wrong_role:
            reasons.append(gettext("this step is for: %(who)s") % {"who": Wording().who(row.who)})
            rows.append(f"{self.name}.{move}:role")
        state = state_of(obj)
        if state not in row.starts:
            reasons.append(
                gettext("this step starts from: %(start)s; the record is at: %(state)s")
                % {
                    "start": Wording().states(self, (r for m in self._named(move) for r in m.starts)),
                    # a record read from the database holds a plain code: the table knows its word
                    "state": Wording().state(self, next((known for known in self.states if known == state), state)),
                }
            )
            rows.append(f"{self.name}.{move}:state")
        blocks, warnings = self._unmet(row, obj, by)
        waived = self._waived(blocks, about or obj.pk, move, by, override, reasons, rows) if override else ()
        for right in blocks:
            if right not in waived:
                reasons.append(right.reason)
                rows.append(f"{self.name}.{move}:{right.key}")
        if reasons:
            raise Refused(reasons, status=403 if wrong_role and len(reasons) == 1 else 409, rows=rows)
        if waived and override and by:
            override.use(by=by)
            audit.record(
                event=f"{self.name}.override",
                by=by,
                subject=about or obj.pk,
                case_id=override.case_id,
                reason=override.reason,
                codes={"step": move, "gates": ",".join(right.key for right in waived), "supervisor": str(override.given_by_id)},
            )
        return Checked(row, warnings, waived)

    def waivable(self, obj: Any, *, move: str, by: Actor | None, told: bool = False) -> tuple[Right, ...]:
        """The blocks that hold up a step now and that a named supervisor may waive.

        Of what does not exist yet all of them: whether they are met depends on what will be typed, unless it is `told` already.
        """
        fresh = state_of(obj) is None and not told
        blocks = (right for right in self._row(obj, move).rights if right.overridable and right.effect == BLOCK and right.concerns(obj))
        return tuple(right for right in blocks if fresh or not right.is_met(obj, by))

    def _named(self, step: str) -> tuple[Move, ...]:
        return tuple(row for row in self.moves if row.step == step)

    def _row(self, obj: Any, step: str) -> Move:
        several = self._named(step)
        state = state_of(obj)
        return next((row for row in several if state in row.starts), several[0])

    def _unmet(self, row: Move, obj: Any, by: Actor | None) -> tuple[list[Right], tuple[Right, ...]]:
        blocks: list[Right] = []
        warnings: list[Right] = []
        for right in row.rights:
            concerns = right.concerns(obj)
            if concerns is False or right.is_met(obj, by):
                continue
            # where nobody has recorded whether the right applies, the gap is shown and counted and the person is not kept waiting
            (blocks if right.effect == BLOCK and concerns else warnings).append(right)
        return blocks, tuple(warnings)

    def _waived(
        self, blocks: list[Right], subject_id: UUID, step: str, by: Actor | None, override: Override, reasons: list[Words], rows: list[str]
    ) -> tuple[Right, ...]:
        problem = override.problem(workflow=self.name, subject_id=subject_id, step=step, by=by)
        if problem:
            reasons.append(problem)
            rows.append(f"{self.name}.{step}:override")
            return ()
        return tuple(right for right in blocks if right.overridable and right.key in override.gates)

    def variant(self, country: str, rows: dict[str, dict[str, Any]]) -> Workflow:
        """The table of one country: rows replaced by the country's data, step by step.

        Args: rows, step → {who: role codes, add: rights by key, law: text, clock: name}. A country may add a right to a step, and may
        say who decides; it cannot take a right away. Raises: Invalid, naming the country, the step and what is wrong.
        """
        unknown = sorted(set(rows) - set(self.steps))
        if unknown:
            raise Invalid(f"{country}: {self.name} has no step {', '.join(unknown)}; its steps are {', '.join(self.steps)}")
        changed = tuple(self._changed(move, country, rows.get(move.step)) for move in self.moves)
        return replace(self, moves=changed, country=country)

    def _changed(self, move: Move, country: str, row: dict[str, Any] | None) -> Move:
        if row is None:
            return move
        where = f"{country}: {self.name}.{move.step}"
        if set(row) - {"who", "add", "law", "clock", "source", "confidence"}:
            raise Invalid(f"{where}: only who, add, law, clock, source and confidence may be given")
        bad = [code for code in row.get("who", ()) if code not in Role.values] + [
            key for key in row.get("add", ()) if key not in self.rights
        ]
        if bad:
            raise Invalid(f"{where}: not a role or right of this workflow: {', '.join(bad)}")
        return replace(
            move,
            who=frozenset(Role(code) for code in row["who"]) if row.get("who") else move.who,
            after=frozenset(move.after) | {self.rights[key] for key in row.get("add", ())},
            law=row.get("law", move.law),
            clock=row.get("clock", move.clock),
        )

    def as_table(self, language: str) -> tuple[Row, ...]:
        """The table as plain text, for the guide and the rights pages."""
        return self.rows(Wording(language))

    def rows(self, words: Wording) -> tuple[Row, ...]:
        """The table in the words of somebody: of the software, or of a document."""
        return tuple(
            Row(
                step=words.step(self, move),
                start=words.states(self, move.starts),
                end=words.state(self, move.end),
                who=words.who(move.who),
                after=words.after(self, move),
                clock=move.clock,
                law=words.law(move.law),
            )
            for move in self.moves
        )

    def diagram(self, language: str) -> str:
        """An SVG: one column for each state, one line for each move. No script, no style attribute."""
        return self.picture(Wording(language))

    def picture(self, words: Wording) -> str:
        """The same in the words of somebody."""
        return diagrams.svg(words.steps_of(self), [(str(s), words.state(self, s)) for s in self.states], self._edges(words))

    def mermaid(self, language: str) -> str:
        """The same as Mermaid text, for the documentation."""
        words = Wording(language)
        return diagrams.mermaid([(str(s), words.state(self, s)) for s in self.states], self._edges(words))

    def _edges(self, words: Wording) -> list[diagrams.Edge]:
        return [
            diagrams.Edge(
                "" if start is None else str(start),
                str(move.end),
                words.step(self, move),
                ", ".join(right.gate for right in move.rights if right.gate),
            )
            for move in self.moves
            for start in move.starts
        ]


def state_of(obj: Any) -> Any:
    """The state of a record; None while it is not saved yet."""
    adding = getattr(getattr(obj, "_state", None), "adding", False)
    return None if adding else obj.status


def _who(by: Actor | None) -> Any:
    return ENGINE if by is None else by.role


def _sentence(words: Words) -> str:
    text = str(words)
    return text[:1].upper() + text[1:]
