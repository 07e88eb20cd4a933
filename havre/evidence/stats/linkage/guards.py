"""Pairs that no machine may link: kin that look like one person, two places on one night. A person decides them."""

from __future__ import annotations

import numpy as np

from havre.evidence.stats.linkage.features import NAMES, Sides, given_agreement
from havre.evidence.stats.linkage.levels import labels
from havre.evidence.stats.linkage.records import Records
from havre.evidence.stats.linkage.scored import Scored

# the last two hold back automatic links only: nothing says that the two are kin, but nothing rules it out; THIRD may follow from a record
# that is linked to both
GUARDS = ("twin", "sibling", "parent and child", "two places on one night", "kin not ruled out", "kin ruled out by a third record at most")
OPEN, THIRD = 5, 6
GIVEN_HEARD, GIVEN_AGREES, GIVEN_SAME = 0.75, 0.9, 0.97  # sounds alike; one skeleton of three consonants; one name group
DOUBTED = (0.0, 0.99, 0.995, 0.998)  # what the probability must be with no doubt about kin, one, two, three; with more none will do
RIVAL_LEAST = 0.2  # a second candidate in one list: kin come to an agency together, one person is seldom there twice
THIRD_LEAST = 0.9
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


def open_to_kin(records: Records, scored: Scored, some: np.ndarray, pair: np.ndarray, rival: np.ndarray) -> np.ndarray:
    """OPEN or THIRD for the pairs whose fields do not rule out a relative, 0 for the others. A shared document number is enough by itself.

    Args: some, places of pairs in `scored`, whose probability is the final one; pair, their columns `features.NAMES`; rival, of `rivals`.
    """
    gamma = {name: level[some] for name, level in scored.gamma.items()}
    probability, rival = scored.probability[some], rival[some]
    may, doubts = _no_kin(records, scored.left[some], scored.right[some], pair, gamma)
    needed = np.array([*DOUBTED, np.inf])[np.minimum(doubts + rival, len(DOUBTED))]
    clear = (gamma["document"] == 2) | (may & (probability >= needed))
    return np.where(clear, 0, np.where((probability >= THIRD_LEAST) & ~rival, THIRD, OPEN)).astype(np.int8)


def rivals(records: Records, scored: Scored) -> np.ndarray:
    """Whether a record of each pair has another candidate in the other one's list."""
    source = records.table["source"].to_numpy()
    lists = int(source.max(initial=0)) + 1
    there, back = (
        one.astype(np.int64) * lists + source[other] for one, other in ((scored.left, scored.right), (scored.right, scored.left))
    )
    likely = scored.probability >= RIVAL_LEAST
    met = np.bincount(there[likely], minlength=len(source) * lists) + np.bincount(back[likely], minlength=len(source) * lists)
    return np.maximum(met[there], met[back]) > likely


def _apart(of: Sides, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Whether two lists put the two records in two houses on one night."""
    housed = (of.house[left] >= 0) & (of.house[right] >= 0) & (of.house[left] != of.house[right])
    return (of.night[left] == of.night[right]) & (of.source[left] != of.source[right]) & housed


def _no_kin(
    records: Records, left: np.ndarray, right: np.ndarray, pair: np.ndarray, gamma: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Whether the fields may rule out a parent, child, sibling or twin, and how many doubts they leave.

    One household shares all but given name, birth date, sex and document. Both birth dates must be known and meet (a parent and
    child of one name differ there), the given names must sound alike (siblings and twins differ there), sexes must not contradict each
    other (Maria José and José Maria are sister and brother). Doubts: a given name that only sounds alike (one when its consonants are
    the same, else three), parts over on one side (on both: two), a birth year near but not equal (two), both records in one list (kin
    come to one agency), other documents (a person may have two).
    """
    dates = labels("birth_date")
    near_year = gamma["birth_date"] == dates.index("year within 2, a day unknown")
    meeting = [label for label in dates if label not in ("no agreement", "year within 2", "same year, other day")]
    date_meets = np.isin(gamma["birth_date"], [dates.index(label) for label in meeting])
    given, left_over = given_agreement(records, left, right)
    column = {name: pair[:, NAMES.index(name)] for name in ("loose_most", "same_list")}
    doubts = (
        2 * near_year.astype(np.int8)
        + (given < GIVEN_SAME)
        + 2 * (given < GIVEN_AGREES)
        + np.where(left_over > 0, 2, column["loose_most"] > 0)
        + (column["same_list"] > 0)
        + (gamma["document"] == 0)
    )
    return date_meets & (given >= GIVEN_HEARD) & (gamma["sex"] != 0), doubts.astype(np.int8)


def held(guard: np.ndarray, purpose: str) -> np.ndarray:
    """Which pairs a guard holds back for a purpose of `thresholds.PURPOSES`. Args: guard, of each pair."""
    return (guard > 0) & ((guard < OPEN) | (purpose == "auto"))
