"""People's errors. Anything else that is raised is our bug."""

from collections.abc import Iterable

from django.utils.functional import Promise

Words = str | Promise


class HavreError(Exception):
    """Root of the errors that a page or a command shows as they are."""

    status = 500


class Refused(HavreError):
    """The rules do not allow this, now. Holds every reason at once, and the policy or workflow row behind each.

    403 where the actor may never, 409 where a condition is still unmet. `written`: the audit trail has its line already.
    """

    def __init__(self, reasons: Iterable[Words], *, status: int = 409, rows: Iterable[str] = ()) -> None:
        self.reasons = tuple(reasons)
        self.status = status
        self.rows = tuple(rows)
        self.written = False
        super().__init__("; ".join(str(reason) for reason in self.reasons))


class Invalid(HavreError):
    """What was entered cannot be taken as it is (422). Problems by field, in the user's language, each with its mend."""

    status = 422

    def __init__(self, problems: dict[str, list[Words]] | Words) -> None:
        self.problems = problems if isinstance(problems, dict) else {"": [problems]}
        super().__init__("; ".join(str(word) for words in self.problems.values() for word in words))


class Missing(HavreError):
    """Not there, or not there for this actor: the two cannot be told apart (404)."""

    status = 404


class Unavailable(HavreError):
    """The trace could not be written, so nothing is shown (503). `shown` is what the page may say of it; empty: its usual words."""

    status = 503
    shown: tuple[Words, ...] = ()


class Unscoped(RuntimeError):
    """Our bug: a protected table was asked without an actor."""
