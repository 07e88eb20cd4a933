"""How often the intervals hold the truth, on made-up data: `python -m tests.evidence.stats.coverage [DRAWS]`. The tests run it small."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np

from havre.evidence.stats.changes import changes, seasonality
from havre.evidence.stats.vulnerability import determinants
from tests.evidence.stats.tables import SOURCE
from tests.evidence.stats.test_changes import series
from tests.evidence.stats.vulnerability.known import TRUE, population

# name, persons, clusters, spread of the clusters' own risks
DESIGNS = (
    ("40 clusters", 2000, 40, 0.3), ("15 clusters", 1500, 15, 0.3), ("8 clusters", 1600, 8, 0.3),
    ("15 clusters, very unlike", 1500, 15, 0.8), ("8 clusters, very unlike", 1600, 8, 0.8),
)  # fmt: skip


def ratios(draws: int) -> Iterator[str]:
    """Coverage of each adjusted risk ratio with its clusters, and of the community's without them."""
    for name, rows, clusters, spread in DESIGNS:
        held, alone = dict.fromkeys(TRUE, 0), 0
        for seed in range(5000, 5000 + draws):
            frame = population(rows, clusters, seed, spread=spread)
            for one in determinants(frame, "exploited", cluster="community").terms:
                if one.adjusted:
                    held[one.factor.column] += one.adjusted.low <= TRUE[one.factor.column] <= one.adjusted.high
            plain = determinants(frame, "exploited").term("DOV-C03").adjusted
            alone += plain.low <= TRUE["DOV-C03"] <= plain.high
        yield (
            f"{name:26}"
            + "".join(f"{column} {hits / draws:.3f}  " for column, hits in held.items())
            + f"| DOV-C03 without {alone / draws:.3f}"
        )


def breaks(draws: int) -> Iterator[str]:
    """False breaks and seasons on flat series; found, place and ratio held on series that step from 12 to 22 a month."""
    for name, wide in (("Poisson", False), ("variance twice the mean", True)):

        def draw(means: list[float], seed: int, wide: bool = wide) -> np.ndarray:
            rng, level = np.random.default_rng(seed), np.asarray(means, dtype=float)
            return rng.negative_binomial(level, 0.5) if wide else rng.poisson(level)

        flat = [series(draw([15.0] * 48, seed)) for seed in range(draws)]
        false = sum(bool(changes(one, SOURCE, seed=seed).changes) for seed, one in enumerate(flat)) / draws
        season = sum(seasonality(one, SOURCE).p < 0.05 for one in flat) / draws
        stepped = [changes(series(draw([12.0] * 20 + [22.0] * 28, 1000 + seed)), SOURCE, seed=seed).changes for seed in range(draws)]
        found = [some for some in stepped if some]
        place = sum(any(one.earliest <= "2022-09" <= one.latest for one in some) for some in found) / max(1, len(found))
        ratio = sum(any(one.ratio.low <= 22 / 12 <= one.ratio.high for one in some) for some in found) / max(1, len(found))
        yield f"{name:26}false break {false:.3f}  false season {season:.3f}  found {len(found) / draws:.3f}  place {place:.3f}  ratio {ratio:.3f}"


def main() -> None:
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    for line in (*ratios(draws), *breaks(draws)):
        print(line)


if __name__ == "__main__":
    main()
