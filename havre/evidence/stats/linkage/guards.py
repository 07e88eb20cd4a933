"""Pairs that no machine may link: kin that look like one person, two places on one night. A person decides them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from havre.evidence.stats.linkage.features import NAMES, Sides, given_agreement
from havre.evidence.stats.linkage.levels import labels
from havre.evidence.stats.linkage.records import Records

if TYPE_CHECKING:
    from havre.evidence.stats.linkage.scoring import Scored

# the last one holds back automatic links only: nothing says that the two are kin, but nothing rules it out
GUARDS = ("twin", "sibling", "parent and child", "two places on one night", "kin not ruled out")
OPEN = 5
GIVEN_AGREES, GIVEN_SAME = 0.9, 0.97  # one skeleton of three consonants; one name group
DOUBT_LEAST = 0.99  # with one doubt left about kin, what the probability must be; with two no probability will do
SAME_FAMILY, OTHER_GIVEN, SAME_GIVEN = 0.75, 0.62, 0.75
PARENT_YEARS = 12


def kin(of: Sides, scored: Scored, some: slice, pair: np.ndarray) -> np.ndarray:
    """The guard that holds each pair, whatever its probability: 0 none, else 1 + its place in GUARDS (never OPEN).

    A shared document number lifts the guards on kin.
    Args: of, of `features.sides`; some, which pairs of `scored`; pair, their columns `features.NAMES`.
    """
    column = {name: pair[:, i] for i, name in enumerate(NAMES)}
    gamma = {name: level[some] for name, level in scored.gamma.items()}
    given, family, gap = column["given_fit"], column["family_fit"], column["year_gap"]
    dates = labels("birth_date")
    same_date = gamma["birth_date"] == dates.index("equal")
    other_date = (gamma["birth_date"] >= 0) & (gamma["birth_date"] <= dates.index("year within 2")) & (column["days_known"] == 2)
    # both sides have a part left over, and what agrees stands on the family's side
    other_given = (given < OTHER_GIVEN) & (column["loose_least"] > 0) & (column["crossed"] < 0) & (column["byname"] == 0)
    one_home = (gamma["address"] == 1) | (gamma["phone"] == 1)
    lifted = gamma["document"] == 2  # equal; papers issued to a family together differ by one character
    out = np.zeros(len(pair), np.int8)
    out[_apart(of, scored.left[some], scored.right[some])] = 4
    out[(family >= SAME_FAMILY) & (given >= SAME_GIVEN) & (gap >= PARENT_YEARS) & ~lifted] = 3
    out[(family >= SAME_FAMILY) & other_given & other_date & one_home & ~lifted] = 2
    out[(family >= SAME_FAMILY) & other_given & same_date & ~lifted] = 1
    return out


def open_to_kin(records: Records, scored: Scored, some: np.ndarray, pair: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """OPEN for the pairs whose fields do not rule out a relative, 0 for the others. A shared document number is enough by itself.

    Args: some, places of pairs in `scored`; pair, their columns `features.NAMES`; probability, their final one.
    """
    gamma = {name: level[some] for name, level in scored.gamma.items()}
    ruled_out, doubts = _no_kin(records, scored.left[some], scored.right[some], pair, gamma)
    clear = (doubts == 0) | ((doubts == 1) & (probability >= DOUBT_LEAST))
    return np.where((gamma["document"] == 2) | (ruled_out & clear), 0, OPEN).astype(np.int8)


def _apart(of: Sides, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Whether two lists put the two records in two houses on one night."""
    housed = (of.house[left] >= 0) & (of.house[right] >= 0) & (of.house[left] != of.house[right])
    return (of.night[left] == of.night[right]) & (of.source[left] != of.source[right]) & housed


def _no_kin(
    records: Records, left: np.ndarray, right: np.ndarray, pair: np.ndarray, gamma: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Whether the fields rule out a parent, child, sibling or twin, and how many doubts are left.

    One household shares all but given name, birth date, sex and document. Both birth dates must be known and meet (a parent and
    child of one name differ there), the given names must agree and leave nothing over on both sides (siblings and twins differ
    there), sexes and documents must not contradict each other. Doubts: a given name that only sounds alike, a part over on one
    side, a birth year near but not equal, both records in one list (kin come to one agency).
    """
    dates = labels("birth_date")
    near_year = gamma["birth_date"] == dates.index("year within 2, a day unknown")
    meeting = [label for label in dates if label not in ("no agreement", "year within 2", "same year, other day")]
    date_meets = np.isin(gamma["birth_date"], [dates.index(label) for label in meeting])
    given, left_over = given_agreement(records, left, right)
    ruled_out = date_meets & (given >= GIVEN_AGREES) & (left_over == 0) & (gamma["sex"] != 0) & (gamma["document"] != 0)
    doubts = (
        near_year.astype(np.int8)
        + (given < GIVEN_SAME)
        + (pair[:, NAMES.index("loose_most")] > 0)
        + (pair[:, NAMES.index("same_list")] > 0)
    )
    return ruled_out, doubts


def held(guard: np.ndarray, purpose: str) -> np.ndarray:
    """Which pairs a guard holds back for a purpose of `thresholds.PURPOSES`."""
    return (guard > 0) & ((guard != OPEN) | (purpose == "auto"))
