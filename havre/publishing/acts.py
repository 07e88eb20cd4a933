"""Workflows in the language of a document: English and French are the software's own, the others lie in `source/data/workflows`, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from havre.publishing import tables
from havre.publishing.binding import Binding, fingerprint
from havre.publishing.sources import BlockSource
from havre.publishing.texts import worded
from havre.trust.wording import Wording
from havre.trust.workflow import Row


class Acts(Wording):
    """The words of workflows as one block of one document says them.

    A row that has no words in the language is a problem of the block: the document is then refused. Rows in their former words and rows
    that no native reader has signed are noted for the block likewise.
    """

    def __init__(self, binding: Binding, block: BlockSource) -> None:
        super().__init__(binding.language if binding.language in tables.SOFTWARE else "en")
        self.binding, self.block = binding, block

    def said(self, key: str, words: Callable[[], str]) -> str:
        """The row's words in the language of the document."""
        own = super().said(key, words)
        return own if self._own else self.binding.said(tables.WORKFLOWS, key, own, self.block.id).value

    def gate(self, gate: str) -> str:
        """The right as every document says it."""
        if self._own:
            return super().gate(gate)
        return self.binding.noted(worded(tables.RIGHTS, gate, self.binding.language), f"{tables.RIGHTS} {gate}", self.block.id).value

    @property
    def _own(self) -> bool:
        return self.binding.language in tables.SOFTWARE


def rows_print(rows: Iterable[Row]) -> str:
    """The fingerprint of a workflow's table, as the manifest keeps it."""
    return fingerprint([[row.step, row.start, row.end, row.who, row.after, row.clock, row.law] for row in rows])
