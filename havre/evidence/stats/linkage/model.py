"""The model as a file: m and u of each level, the prior, and the scorer's trees. It is trained once and never silently again.

Numbers are rounded to 10 digits when stored, so that two machines read the same model.
Source: Fellegi and Sunter (1969); expectation-maximisation by Splink.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from havre.evidence.stats.linkage import levels
from havre.evidence.stats.linkage.reading import ListError
from havre.evidence.stats.linkage.records import LEAST_POPULATION

VERSION = 1
SHIPPED = "base"
SAMPLE = 100_000  # records that training looks at, at most
MAX_PAIRS = 2e6


@dataclass(frozen=True)
class Model:
    """A trained model.

    Attributes: name, version; m, u, by comparison from the strongest level to `else`; expected, matches expected for each
    record (with the number of records it gives the prior); scorers, two tree ensembles or none; trained_on, in words; calibration, of
    `calibration.fit`, or empty.
    """

    name: str
    m: dict[str, list[float]]
    u: dict[str, list[float]]
    expected: float = 0.5
    scorers: list[dict[str, Any]] = field(default_factory=list)
    trained_on: str = ""
    version: int = VERSION
    calibration: dict[str, Any] = field(default_factory=dict)

    def prior(self, records: int) -> float:
        """The chance that two random records are one person."""
        return min(0.5, self.expected * 2 / max(records, LEAST_POPULATION))

    def save(self, path: Path) -> None:
        """Write the model file (JSON, sorted, 10 digits)."""
        path.write_text(json.dumps(_rounded(asdict(self)), sort_keys=True, separators=(",", ":")) + "\n", encoding="utf-8")


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list | tuple) else value


def load(path: str | Path | None = None) -> Model:
    """A model file, or the one shipped. Raises: ListError, when it is no model of this version."""
    if path is None:
        text = files("havre.evidence.stats.linkage").joinpath("data", f"{SHIPPED}.json").read_text(encoding="utf-8")
        where = SHIPPED
    else:
        where = Path(path).name
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise ListError(f"{where}: cannot be read as a model.", f"{where} : lecture impossible comme modèle.") from problem
    try:
        raw = json.loads(text)
        model = Model(**raw)
        fits = model.version == VERSION and all(
            len(side[name]) == len(rows) + 1 for side in (model.m, model.u) for name, (_, rows) in levels.definitions().items()
        )
    except (ValueError, TypeError, KeyError) as problem:
        raise ListError(f"{where}: not a linkage model.", f"{where} : ce n'est pas un modèle d'appariement.") from problem
    if not fits:
        raise ListError(
            f"{where}: a model of another version (this Havre reads version {VERSION}). Train it again with --retrain.",
            f"{where} : modèle d'une autre version (ce Havre lit la version {VERSION}). Réentraînez avec --retrain.",
        )
    return model


def settings(model: Model | None, records: int, dialect: str = "duckdb") -> dict[str, Any]:
    """The Splink settings of a model."""
    return {
        "link_type": "dedupe_only", "unique_id_column_name": "rid",
        "comparisons": levels.comparisons(model.m if model else None, model.u if model else None, dialect),
        "blocking_rules_to_generate_predictions": [],
        "probability_two_random_records_match": model.prior(records) if model else 1e-4,
        "retain_matching_columns": False, "retain_intermediate_calculation_columns": True,
    }  # fmt: skip


_EM_BLOCKS = ("l.y = r.y AND l.m = r.m AND l.d = r.d AND l.sex = r.sex", "l.grp = r.grp AND l.nat = r.nat")


def train(con: duckdb.DuckDBPyConnection, start: Model, *, records: int, seed: int = 0) -> Model:
    """Estimate u by random pairs and m by EM, on a sample of table `people`, from the m of `start`; the scorer stays.

    Raises: ListError, when the lists are too small to train on (fewer than 2,000 records): use the shipped model.
    Source: Dempster, Laird and Rubin, Maximum Likelihood from Incomplete Data via the EM Algorithm, JRSS B 39 (1977); u from random pairs,
    Linacre and others, Int. J. Population Data Science 7 (2022).
    """
    if records < 2000:
        raise ListError(
            f"{records} records are too few to train a model on (2,000 at least). Leave --retrain out: the shipped model is used.",
            f"{records} fiches ne suffisent pas à entraîner un modèle (2 000 au moins). Sans --retrain, le modèle livré est utilisé.",
        )
    from splink import Linker
    from splink.backends.duckdb import DuckDBAPI

    con.execute(
        f"CREATE OR REPLACE TABLE sample_people AS SELECT * FROM people WHERE hash(rid, {int(seed)}) % 1000000 < {int(1e6 * min(1, SAMPLE / records))}"  # noqa: E501
    )
    api = DuckDBAPI(connection=con)
    linker = Linker(api.register("sample_people"), settings(start, min(records, SAMPLE)), log_level=None)
    linker.training.estimate_u_using_random_sampling(max_pairs=MAX_PAIRS, seed=seed + 1)
    for block in _EM_BLOCKS:
        linker.training.estimate_parameters_using_expectation_maximisation(block, fix_u_probabilities=True)
    m, u = _read(linker, start)
    con.execute("DROP TABLE sample_people")
    said = f"EM on {min(records, SAMPLE)} records, seed {seed}"
    return replace(start, name=start.name + "-retrained", m=m, u=u, trained_on=said)


def _read(linker: Any, start: Model) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    m: dict[str, list[float]] = {}
    u: dict[str, list[float]] = {}
    for comparison in linker._settings_obj.comparisons:
        name = comparison.output_column_name
        found = [level for level in comparison.comparison_levels if not level.is_null_level]
        m[name] = [_number(level.m_probability, start.m[name][i]) for i, level in enumerate(found)]
        u[name] = [_number(level.u_probability, start.u[name][i]) for i, level in enumerate(found)]
    return m, u


def _number(value: Any, fallback: float) -> float:
    return float(value) if isinstance(value, int | float) and value > 0 else fallback
