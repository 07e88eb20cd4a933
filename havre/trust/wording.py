"""How the parts of a workflow table are said: title, steps, states, who may, what comes first. One row id for each, so that others can say them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext, pgettext

from havre.standards.words import in_a_row
from havre.trust import law
from havre.trust.enums import Role

if TYPE_CHECKING:
    from havre.trust.clocks import ClockRule
    from havre.trust.workflow import Move, Right, Workflow

# a condition whose gap is shown and counted: the engine's other effect is to block
WARN = "warn"
GAP = {"right": "{right}"}
UNITS = ("hours", "days", "working_days")


class Wording:
    """The words of the software itself, in a language; in the one in force where none is named.

    Everything goes through `said`, under a row id that does not change with the words: `<workflow>.state.<code>`. Whoever has the words of
    other languages (havre.publishing.acts) gives his own `said` and `gate`.
    """

    def __init__(self, language: str = "") -> None:
        self.language = language

    def said(self, key: str, words: Callable[[], str]) -> str:
        """The words of one row. Args: key, its id; words, how the software says it in the language in force."""
        if not self.language:
            return words()
        with translation.override(self.language):
            return words()

    def gate(self, gate: str) -> str:
        """The words of a right of the standards, RG01 to RG28."""
        return law.gates()[gate].words(self.language or translation.get_language() or "en")

    def title(self, table: Workflow) -> str:
        """The name of the workflow."""
        return self.said(f"{table.name}.title", lambda: str(table.title or table.name))

    def steps_of(self, table: Workflow) -> str:
        """The title of its picture."""
        frame = self.said("frame.steps_of", lambda: gettext("Steps of %(name)s") % {"name": "{name}"})
        return frame.replace("{name}", self.title(table))

    def step(self, table: Workflow, move: Move) -> str:
        """The name of an act."""
        return self.said(f"{table.name}.step.{move.step}", lambda: move.name)

    def state(self, table: Workflow, state: Any) -> str:
        """A state; None is what does not exist yet."""
        if state is None:
            return self.said("frame.not_begun", lambda: pgettext("workflow", "not begun"))
        return self.said(f"{table.name}.state.{state}", lambda: str(getattr(state, "label", state)))

    def states(self, table: Workflow, states: Iterable[Any]) -> str:
        """Several, each once, in their order."""
        return ", ".join(dict.fromkeys(self.state(table, state) for state in states))

    def who(self, who: Iterable[Any]) -> str:
        """The roles that may, in the order of the roles; what is no role is the house itself, when a clock runs out."""
        mine = set(who)
        found = [self.said(f"who.{role}", lambda role=role: str(role.label)) for role in Role if role in mine]  # type: ignore[misc]
        if mine - set(Role):
            found.append(self.said("who.engine", lambda: gettext("Havre itself, at the deadline")))
        return ", ".join(found)

    def right(self, table: Workflow, right: Right) -> str:
        """What comes before a step: a right with its number, or a plain condition; with what becomes of a gap that does not block."""
        own = f"{table.name}.after.{right.code}"
        words = f"{right.gate} {self.gate(right.gate)}" if right.gate else self.said(own, lambda: str(right.refusal))
        if right.effect != WARN:
            return words
        return self.said("frame.gap", lambda: gettext("%(right)s (shown and counted, does not block)") % GAP).replace("{right}", words)

    def after(self, table: Workflow, move: Move) -> str:
        """Everything that comes before a step."""
        return in_a_row((self.right(table, right) for right in move.rights), self.language) or self.said(
            "frame.nothing", lambda: gettext("nothing")
        )

    def clock(self, rule: ClockRule) -> str:
        """What a clock measures."""
        return self.said(f"clock.{rule.workflow}.{rule.name}", lambda: str(rule.title))

    def length(self, amount: int, unit: str) -> str:
        """How long: 5 working days. Args: unit, of UNITS."""
        row = f"length.{unit}.{'one' if amount == 1 else 'many'}"
        words = self.said(row, lambda: _length(amount, unit).replace(str(amount), "{amount}"))
        return words.replace("{amount}", str(amount))

    def law(self, law: str) -> str:
        """The texts that a step or a period rests on, parted by semicolons, each by its name and its articles."""
        return in_a_row((self._text(one) for one in law.split("; ")), self.language)

    def _text(self, one: str) -> str:
        name, _art, articles = one.partition(" art. ")
        words = self.said(f"law.{slugify(name)}", lambda: name)
        return f"{words} {self.said('frame.article', lambda: 'art.')} {articles}" if articles else words


def _length(amount: int, unit: str) -> str:
    return {
        "hours": ngettext("%(amount)d hour", "%(amount)d hours", amount),
        "days": ngettext("%(amount)d day", "%(amount)d days", amount),
        "working_days": ngettext("%(amount)d working day", "%(amount)d working days", amount),
    }[unit] % {"amount": amount}
