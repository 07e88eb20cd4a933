"""What a count of the whole instance looks like once it is shown: on every page of the coordination the same, or two pages subtract."""

from __future__ import annotations

from math import ceil

# below this no count is shown, even to the coordinator (the threshold of releases)
K = 11
# Each shown count stands for five possible ones, so that a total less its parts leaves no exact remainder.
STEP = 5


def shown(count: int) -> int | None:
    """A count as it may be seen: None below K, else rounded up to the next multiple of STEP."""
    return None if count < K else STEP * ceil(count / STEP)
