"""Where countries lie and which region they count in: a small table and outlines of the land. No border, no tile, no other host."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from havre.standards.words import Words

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Place:
    """A country's region (UN M49 sub-region, None where there is none) and the point where it stands on a map, in degrees.

    `longitude` and `latitude` in degrees, WGS 84. Source: UN M49.
    """

    region: str | None
    longitude: float
    latitude: float


@cache
def _read() -> Mapping[str, object]:
    return yaml.safe_load((DATA / "places.yaml").read_text(encoding="utf-8"))


@cache
def places() -> Mapping[str, Place]:
    """Every country of ISO 3166-1 by alpha-2. Source: UN M49; Natural Earth 1:110m and tz database (points).

    >>> places()["TL"].region, places()["GH"].region
    ('035', '011')
    """
    rows = _read()["places"]
    assert isinstance(rows, dict)
    return {code: Place(region, float(east), float(north)) for code, (region, east, north) in rows.items()}


def regions() -> dict[str, str]:
    """Country code to region, for `profiles.flows`. Source: UN M49 sub-regions.

    Gives alpha-2 to M49 code; a country without a region is left out.
    """
    return {code: place.region for code, place in places().items() if place.region}


@cache
def region_labels() -> Mapping[str, Words]:
    """The regions' names. Source: UN M49, English and French.

    Gives region code to words.
    """
    rows = _read()["regions"]
    assert isinstance(rows, dict)
    return {code: Words(texts["en"], texts["fr"]) for code, texts in rows.items()}


Ring = tuple[tuple[float, float], ...]


@cache
def outlines() -> tuple[tuple[Ring, ...], tuple[Ring, ...]]:
    """The land, then the water inside it, as rings of (longitude, latitude). Source: Natural Earth 1:110m, joined and thinned.

    In degrees, WGS 84.
    """
    rows = yaml.load((DATA / "land.yaml").read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return _rings(rows["rings"]), _rings(rows["water"])


def _rings(lines: list[str]) -> tuple[Ring, ...]:
    return tuple(tuple((float(x), float(y)) for x, y in (point.split(",") for point in line.split())) for line in lines)


def project(longitude: float, latitude: float) -> tuple[float, float]:
    """A point of the globe on an equal-area plane; x to the east, y to the north, Earth's radius 1.

    Source: Šavrič, Patterson & Jenny 2018 (Equal Earth).

    >>> [round(one, 4) for one in project(180, 0)], [round(one, 4) for one in project(0, 90)]
    ([2.7066, 0.0], [0.0, 1.3174])
    """
    a, b, c, d = 1.340264, -0.081106, 0.000893, 0.003796
    angle = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    square = angle * angle
    sixth = square**3
    across = a + 3 * b * square + sixth * (7 * c + 9 * d * square)
    x = 2 * math.sqrt(3) / 3 * math.radians(longitude) * math.cos(angle) / across
    return x, angle * (a + b * square + sixth * (c + d * square))
