"""Kinds of record: one row says which table leads a kind, what each step writes, what it cannot do without and which words it seals.

A part lists its kinds; its pages, forms and services are made from them. Who may, from where and only after what stands in the table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from havre.trust.actors import Actor
from havre.trust.enums import Role, Section
from havre.trust.errors import Invalid, Words
from havre.trust.records import clean
from havre.trust.workflow import Workflow

Names = tuple[str, ...]
# what a part does beside a step: the row, the step, what was told, who
Effect = Callable[[Any, str, dict[str, Any], Actor], None]


def nothing(_row: Any, _step: str, _record: dict[str, Any], _by: Actor) -> None:
    """No effect beside the row."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record. `records` says what a step writes, `needs` what it cannot do without, `words` what it seals.

    `readers` narrows who sees its page; without it, whoever reads its section. `before` runs before the table is asked, `after` once it
    has agreed.
    """

    code: str
    model: Any
    table: Workflow
    opens: str
    hint: Words
    records: Mapping[str, Names]
    needs: Mapping[str, Names] = field(default_factory=dict)
    words: Mapping[str, Names] = field(default_factory=dict)
    # only for a person who is, or may be, a child
    for_children: bool = False
    # made by another act, never by hand
    by_hand: bool = True
    readers: frozenset[Role] = frozenset()
    before: Effect = nothing
    after: Effect = nothing

    @property
    def title(self) -> Words:
        return self.table.title

    @property
    def section(self) -> Section:
        """Where its rows and its words stand."""
        found: Section = self.model.section
        return found

    @property
    def openers(self) -> frozenset[Role]:
        """Who may make one."""
        return frozenset(next(move.who for move in self.table.moves if move.step == self.opens)) if self.by_hand else frozenset()

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of its rows by name."""
        return {one.name: one for one in self.model._meta.concrete_fields}

    @property
    def demanded(self) -> frozenset[str]:
        """What the first step writes into columns that the database does not leave empty: a form asks for it."""
        columns = self.columns
        written = (columns[name] for name in self.of(self.opens) if name in columns)
        return frozenset(one.name for one in written if not one.blank and not one.has_default())

    def of(self, step: str) -> Names:
        """What a step writes."""
        return self.records.get(step, ())

    def of_steps(self, steps: Iterable[str]) -> frozenset[str]:
        """What any of these steps writes."""
        return frozenset(name for step in steps for name in self.of(step))

    def facts(self) -> Names:
        """Everything that some step writes, once, in the order of the table."""
        return tuple(dict.fromkeys(name for step in self.table.steps for name in self.of(step)))

    def only(self, step: str, record: Collection[str]) -> None:
        """Raises: Invalid, by field, for what this step does not write."""
        strange = sorted(set(record) - set(self.of(step)))
        if strange:
            raise Invalid({name: [_("this step does not record that")] for name in strange})

    def write(self, row: Any, step: str, record: Mapping[str, Any]) -> None:
        """Write what a step records on its row, unsaved. Raises: Invalid, by field: strange, missing, or not possible."""
        self.only(step, record)
        written = set(record) & set(self.columns)
        # what is told beside the row (a moment of handing over) is for the effects of the step
        for name in written:
            setattr(row, name, record[name])
        # a row that it must name and does not yet has no attribute at all
        values = {name: getattr(row, name, None) for name in self.needs.get(step, ())}
        lacking = [name for name, value in values.items() if not value and value is not False]
        if lacking:
            raise Invalid({name: [_("this is needed for the step")] for name in lacking})
        clean(row, written)
