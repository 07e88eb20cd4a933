"""What can go wrong with keys and sealed rows, each with what to do about it."""

from __future__ import annotations

from havre.trust.errors import Unavailable, Words


class KeyFault(Unavailable):
    """The vault cannot open or seal now (503): locked, no key file, wrong passphrase. `what` says it, `mend` says what to do."""

    def __init__(self, what: Words, mend: Words) -> None:
        self.what, self.mend = what, mend
        super().__init__(what, mend)

    def __str__(self) -> str:
        return f"{self.what} {self.mend}"


class Tampered(KeyFault):
    """A sealed row or a wrapped key does not open under the ids it stands beside: it was damaged, or moved from another place."""
