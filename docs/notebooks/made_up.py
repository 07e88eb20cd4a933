"""A made-up country for the notebooks: nobody in it exists, and no figure in it says anything about a real place."""

from __future__ import annotations

import numpy as np
import polars as pl

# (origin, transit, destination, weight) of the made-up routes
ROUTES = (
    ("GH", (), "GH", 30), ("GH", ("TG",), "NG", 9), ("GH", (), "CI", 10), ("GH", ("NE", "LY"), "IT", 8), ("GH", (), "LB", 7),
    ("BF", (), "GH", 12), ("TG", (), "GH", 9), ("NG", ("BJ", "TG"), "GH", 7), ("CN", (), "GH", 4), ("GH", (), "AE", 4), ("BJ", (), "BJ", 3),
)  # fmt: skip
NEEDS = ("medical", "psychological", "legal", "safe_housing", "work")


def country(rows: int = 2400, seed: int = 7) -> dict[str, pl.DataFrame]:
    """Tables as the register's extract has them: persons, events, steps, assistance, proceeding, claim."""
    rng = np.random.default_rng(seed)
    months = _months(rng, rows)
    persons, events, steps, services, proceedings, claims = [], [], [], [], [], []
    weights = np.array([route[3] for route in ROUTES], dtype=float)
    for number in range(rows):
        name, month = f"m{number:05}", int(months[number])
        age = "child" if rng.random() < 0.3 else "adult" if rng.random() < 0.95 else "not_recorded"
        woman = rng.random() < 0.6
        forms = [_pick(rng, ("ForcedLabour", "SexualExploitation", "ForcedBegging" if age == "child" else "Servitude"), (5, 4, 2))]
        if rng.random() < 0.15:
            forms = sorted({*forms, "ForcedLabour"})
        controls = sorted({one for one in ("DebtBondage", "WithholdsDocuments", "PhysicalThreats") if rng.random() < 0.4})
        seen = 30 * (48 - month) + int(rng.integers(0, 30))
        day = f"{2022 + month // 12}-{month % 12 + 1:02}"
        persons.append(
            {"person": name, "gender": "Feminine" if woman else "Masculine", "age_group": age, "forms": forms,
             "controls": controls if rng.random() < 0.85 else None, "detected": day, "detected_year": day[:4], "days_observed": seen}
        )  # fmt: skip
        events += _events(rng, name, ROUTES[int(rng.choice(len(ROUTES), p=weights / weights.sum()))])
        _follow(rng, name, seen, steps, services, proceedings, claims)
    return {
        "persons": pl.DataFrame(persons),
        "events": pl.DataFrame(events, schema_overrides={"debt": pl.Boolean, "debt_amount": pl.Float64}),
        "steps": pl.DataFrame(steps),
        "assistance": pl.DataFrame(services),
        "proceeding": pl.DataFrame(proceedings),
        "claim": pl.DataFrame(claims, schema_overrides={"paid": pl.Int64}),
    }


def _months(rng: np.random.Generator, rows: int) -> np.ndarray:
    """Months 0 to 47: a season, and twice as many from month 29 on, when screening is extended."""
    level = np.array([(2.0 if month >= 29 else 1.0) * (1.35 if month % 12 in (8, 9, 10) else 1.0) for month in range(48)])
    return np.sort(rng.choice(48, size=rows, p=level / level.sum()))


def _pick(rng: np.random.Generator, values: tuple[str, ...], weights: tuple[float, ...]) -> str:
    share = np.array(weights) / sum(weights)
    return values[int(rng.choice(len(values), p=share))]


def _events(rng: np.random.Generator, name: str, route: tuple) -> list[dict]:
    """The legs of one person; a debt at the start makes it likelier that the journey ends in trafficking."""
    origin, via, end, _weight = route
    first = _pick(rng, ("labour_migrant", "smuggled", "asylum_seeker", "trafficked"), (5, 3, 1, 2))
    owes = bool(rng.random() < (0.55 if first == "smuggled" else 0.35))
    last = "trafficked" if rng.random() < (0.8 if owes else 0.55) else first
    recorded = rng.random() < 0.85
    whole = rng.random() < 0.9
    legs = [("Recruitment", origin, first), *(("Transit", country, "irregular") for country in via), ("Exploitation", end, last)]
    return [
        {
            "person": name, "kind": kind, "leg": place, "country": country if whole or place == 0 else "",
            "status": status if recorded else None, "debt": owes if recorded and kind == "Recruitment" else None,
            "debt_amount": float(np.round(rng.lognormal(7.5, 0.6), -1)) if owes and recorded and kind == "Recruitment" else None,
            "debt_currency": "GHS" if owes and recorded and kind == "Recruitment" else "",
        }
        for place, (kind, country, status) in enumerate(legs)
    ]  # fmt: skip


def _follow(rng: np.random.Generator, name: str, seen: int, steps: list, services: list, proceedings: list, claims: list) -> None:
    """What came after detection, as far as the person has been observed."""
    day = 0.0
    for step, wait, goes in (
        ("identification.presumed", 12, 0.85), ("identification.decided", 60, 0.7), ("assistance.proposed", 15, 0.9),
        ("proceeding.charged", 150, 0.35), ("proceeding.judged", 300, 0.5),
    ):  # fmt: skip
        day += rng.exponential(wait)
        if rng.random() > goes or day > seen:
            break
        steps.append({"person": name, "step": step, "days": int(day)})
        if step == "assistance.proposed":
            services += [
                {
                    "person": name,
                    "need": need,
                    "status": _pick(rng, ("running", "ended", "proposed", "unavailable", "refused"), (4, 3, 1, 2, 1)),
                }
                for need in NEEDS
                if rng.random() < 0.5
            ]
        if step == "proceeding.charged":
            proceedings.append({"person": name, "stage": "charged"})
            status = _pick(rng, ("informed", "claimed", "awarded", "rejected", "paid"), (3, 3, 2, 1, 1))
            claims.append(
                {"person": name, "status": status, "currency": "GHS", "paid": int(rng.integers(5, 60)) * 100 if status == "paid" else None}
            )


def survey(rows: int = 3000, places: int = 36, seed: int = 11) -> pl.DataFrame:
    """A household survey of returned migrants: `exploited`, factors of four levels (DOV-…), `age_group`, `community`, `weight`.

    The ratios built in: debt 1.9, knows rights 0.7, violence at home 1.4, supportive family 0.8, unchecked recruiters 1.6, watch
    committee 0.75, fees charged to workers 1.0 (nothing). One factor is rare, one has many unanswered.
    """
    rng = np.random.default_rng(seed)
    place = rng.integers(0, places, rows)
    own = np.exp(rng.normal(-0.03, 0.25, places))
    community = {name: rng.permutation(np.arange(places) % 3 == 0)[place] for name in ("DOV-C03", "DOV-C07", "DOV-S03")}
    persons = {"DOV-I09": 0.4, "DOV-I14": 0.35, "DOV-I08": 0.004, "DOV-H01": 0.25, "DOV-H08": 0.5}
    has = {name: rng.random(rows) < share for name, share in persons.items()} | community
    ratios = {
        "DOV-I09": 1.9,
        "DOV-I14": 0.7,
        "DOV-H01": 1.4,
        "DOV-H08": 0.8,
        "DOV-C03": 1.6,
        "DOV-C07": 0.75,
        "DOV-S03": 1.0,
        "DOV-I08": 1.0,
    }
    risk = 0.13 * own[place]
    for name, column in has.items():
        risk = risk * np.where(column, ratios[name], 1.0)
    answers = {name: ["present" if one else "absent" for one in column] for name, column in has.items()}
    answers["DOV-H01"] = [word if rng.random() < 0.85 else "unknown" for word in answers["DOV-H01"]]
    return pl.DataFrame(
        {"exploited": rng.random(rows) < np.minimum(risk, 0.95), "community": [f"place {n:02}" for n in place],
         "age_group": np.where(rng.random(rows) < 0.2, "child", "adult"), "weight": np.where(place % 2 == 0, 0.8, 1.2), **answers}
    )  # fmt: skip
