"""Pairs that no machine may link: kin that look like one person, two places on one night. A person decides them."""

from __future__ import annotations

import numpy as np

from havre.evidence.stats.linkage.features import NAMES
from havre.evidence.stats.linkage.levels import labels
from havre.evidence.stats.linkage.records import Records

GUARDS = ("twin", "sibling", "parent and child", "two places on one night")
SAME_FAMILY, OTHER_GIVEN, SAME_GIVEN = 0.75, 0.62, 0.75
PARENT_YEARS = 12


def guards(records: Records, left: np.ndarray, right: np.ndarray, pair: np.ndarray, gamma: dict[str, np.ndarray]) -> np.ndarray:
    """The guard that holds each pair: 0 none, else 1 + its place in GUARDS. A shared document number or line of one's own lifts it.

    Args: pair, the columns NAMES of each pair.
    """
    column = {name: pair[:, i] for i, name in enumerate(NAMES)}
    given, family, gap = column["given_fit"], column["family_fit"], column["year_gap"]
    dates = labels("birth_date")
    same_date = gamma["birth_date"] == dates.index("equal")
    other_date = (gamma["birth_date"] >= 0) & (gamma["birth_date"] <= dates.index("year within 2")) & (column["days_known"] == 2)
    # both sides have a part left over, and what agrees stands on the family's side
    other_given = (given < OTHER_GIVEN) & (column["loose_least"] > 0) & (column["crossed"] < 0) & (column["byname"] == 0)
    one_home = (gamma["address"] == 1) | (gamma["phone"] == 1)
    lifted = gamma["document"] >= 1
    out = np.zeros(len(left), np.int8)
    night = records.table["recorded"].cast(int).to_numpy()
    house = records.table["house"].rank("dense").fill_null(0).to_numpy()
    source = records.table["source"].to_numpy()
    apart = (
        (night[left] == night[right])
        & (source[left] != source[right])
        & (house[left] > 0)
        & (house[right] > 0)
        & (house[left] != house[right])
    )
    out[apart] = 4
    out[(family >= SAME_FAMILY) & (given >= SAME_GIVEN) & (gap >= PARENT_YEARS) & ~lifted] = 3
    out[(family >= SAME_FAMILY) & other_given & other_date & one_home & ~lifted] = 2
    out[(family >= SAME_FAMILY) & other_given & same_date & ~lifted] = 1
    return out
