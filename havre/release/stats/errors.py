"""What the protection of a table can refuse. Plain ValueErrors: a notebook needs no Django for them."""

from __future__ import annotations


class BadTable(ValueError):
    """The input cannot be tabulated as asked; the message says where, what and how to mend it. `both` is (French, English)."""

    def __init__(self, english: str, french: str = "") -> None:
        self.both = (french or english, english)
        super().__init__(english)


class CannotProtect(ValueError):
    """No pattern of hidden cells protects this table. `cells` names those that stay exposed; a coarser table is the way out.

    `both` is (French, English).
    """

    def __init__(self, english: str, cells: tuple[str, ...] = (), french: str = "") -> None:
        self.cells, self.both = cells, (french or english, english)
        super().__init__(english)
