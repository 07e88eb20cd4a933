"""What the protection of a table can refuse. Plain ValueErrors: a notebook needs no Django for them."""

from __future__ import annotations


class BadTable(ValueError):
    """The input cannot be tabulated as asked; the message says where, what and how to mend it."""


class CannotProtect(ValueError):
    """No pattern of hidden cells protects this table. `cells` names those that stay exposed; a coarser table is the way out."""

    def __init__(self, message: str, cells: tuple[str, ...] = ()) -> None:
        self.cells = cells
        super().__init__(message)
