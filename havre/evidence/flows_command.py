"""`havre flows`: routes, statuses, debts, trend and chain from an extract's tables. Runs without Django."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from havre.evidence.bilingual_command import Bilingual

if TYPE_CHECKING:
    from havre.evidence.stats.engines import Engine
    from havre.evidence.stats.measure import Source
    from havre.evidence.stats.trends import Mark

TABLES = ("persons", "events", "steps", "assistance", "proceeding", "claim", "detections", "screening", "identification", "referral")

# what the measures read; an extract has all of it
COLUMNS = {
    "persons": ("person", "detected", "days_observed"),
    "events": ("person", "kind", "leg", "country"),
    "steps": ("person", "step", "days"),
}


FRENCH = {
    "": "Itinéraires, statuts et dettes en route, évolution et parcours à partir de FOLDER, les tables Parquet d'un extrait (persons, events,"
    " steps ...).",
    "out": "Dossier des pages, des figures et du JSON.",
    "engine": "Ce qui compte : auto choisit selon la taille des tables.",
    "marks": "Un changement de pratique : 2024-06 et ses mots, en français puis en anglais.",
    "steps": "Étapes du parcours dans l'ordre ; par défaut celles des tables.",
    "k": "Les itinéraires et effectifs de moins de personnes ne sont pas montrés.",
    "seed": "Graine des tirages : la même donne le même résultat.",
    "coverage": "Mots sur les organisations comprises, gardés avec le résultat.",
}


@click.command(cls=Bilingual, french=FRENCH)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--report", "out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for pages, figures, JSON.")
@click.option(
    "--engine",
    type=click.Choice(["auto", "polars", "duckdb", "spark"]),
    default="auto",
    show_default=True,
    help="What counts; auto goes by the tables' size.",
)
@click.option("--mark", "marks", multiple=True, nargs=3, metavar="MONTH FR EN", help="A change of practice: 2024-06 and its words.")
@click.option("--step", "steps", multiple=True, metavar="STEP", help="Steps of the chain in order; by default those of the tables.")
@click.option("--k", default=11, show_default=True, type=click.IntRange(2), help="Routes and counts of fewer persons are not shown.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Seed of the draws: the same gives the same result.")
@click.option("--coverage", default="", help="Words on which organisations are in it, kept with the result.")
def flows(
    folder: Path, out: Path, engine: str, marks: tuple[tuple[str, str, str], ...], steps: tuple[str, ...], k: int, seed: int, coverage: str
) -> None:
    """Routes, statuses and debts on the route, trend and chain from FOLDER, an extract's Parquet tables (persons, events, steps ...)."""
    from havre.evidence.stats.engines import open_tables
    from havre.evidence.stats.errors import BadRows
    from havre.evidence.stats.figures import write
    from havre.evidence.stats.trends import Mark
    from havre.standards.words import Words

    files = {table: folder / f"{table}.parquet" for table in TABLES if (folder / f"{table}.parquet").exists()}
    missing = [table for table in ("persons", "events", "steps") if table not in files]
    if missing:
        raise click.ClickException(f"{folder}: {', '.join(f'{table}.parquet' for table in missing)} not there; give an extract's folder")
    try:
        opened = open_tables(files, engine=engine)  # type: ignore[arg-type]
        check(opened, marks)
        source = source_of(files, opened, coverage)
        figures, measures = count(opened, source, [Mark(*mark) for mark in marks], steps or steps_of(opened), k, seed)
    except BadRows as problem:
        raise click.ClickException(f"{problem.words('en')}\n{problem.words('fr')}") from None
    try:
        write(figures, out, Words("Routes, trend and chain", "Itinéraires, évolution et parcours"))
        (out / "measures.json").write_text(json.dumps(measures, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as problem:
        raise click.ClickException(f"{out}: {problem.strerror}") from None
    click.echo(f"written: {out / 'figures.fr.html'}, {out / 'figures.en.html'}, {out / 'measures.json'} (inside use only)")


def check(engine: Engine, marks: tuple[tuple[str, str, str], ...]) -> None:
    """Raises: BadRows for a column that is not there, or a mark whose month is none."""
    from havre.evidence.stats.errors import BadRows

    for table, columns in COLUMNS.items():
        missing = ", ".join(column for column in columns if column not in engine.columns(table))
        if missing:
            raise BadRows(
                f"{table}.parquet : sans {missing} ; donner le dossier d'un extrait, tel que l'extraction l'écrit.",
                f"{table}.parquet: without {missing}; give the folder of an extract, as the extraction wrote it.",
            )
    for month, *_words in marks:
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
            raise BadRows(
                f"--mark {month!r} : un mois est attendu, par exemple 2024-06.", f"--mark {month!r}: a month is expected, as 2024-06."
            )


def source_of(files: dict[str, Path], engine: Engine, coverage: str) -> Source:
    """Where the figures come from: the months in the tables and a digest of the files."""
    import hashlib

    from havre.evidence.stats.measure import Source

    months = sorted(engine.over_time("detected", {}, width=7))
    digest = hashlib.sha256("".join(hashlib.sha256(path.read_bytes()).hexdigest() for _table, path in sorted(files.items())).encode())
    return Source("register", f"{months[0]}/{months[-1]}" if months else "", coverage or "not stated", digest.hexdigest())


def steps_of(engine: Engine) -> tuple[str, ...]:
    """The steps that the tables hold, those most reached first."""
    values = engine.spread("step", {}, table="steps").values
    return tuple(sorted(values, key=lambda step: (-values[step], step)))


def count(engine: Engine, source: Source, marks: list[Mark], steps: tuple[str, ...], k: int, seed: int) -> tuple[dict, dict]:
    """The figures by language, and every measure as JSON by name."""
    from havre.evidence.stats.chains import compensation, unmet_needs
    from havre.evidence.stats.changes import changes, seasonality
    from havre.evidence.stats.figures import flow_map, trend_chart
    from havre.evidence.stats.places import regions
    from havre.evidence.stats.profiles import flow_shares, flows_apart
    from havre.evidence.stats.status_flows import mixed_flows
    from havre.evidence.stats.trends import chain, trend

    routes = flows_apart(engine, source, regions=regions())
    months = trend(engine, "detected", source, width=7, marks=marks)
    season = seasonality(months, source)
    breaks = changes(months, source, season=season, seed=seed)
    figures = {
        language: [
            *(flow_map(some, language, group=group, near=near, k=k) for group, some in routes.items() for near in (True, False)),
            trend_chart(months, language, changes=breaks, k=k),
        ]
        for language in ("fr", "en")
    }
    mixed = mixed_flows(engine, source)
    measures = {
        "flows": [one.measure for some in routes.values() for one in some],
        "kinds": [measure for some in routes.values() for measure in flow_shares(some, source)],
        "statuses": [m for one in mixed for stage in one.stages.values() for m in stage.measures],
        "debts": [m for one in mixed for m in (*one.debts.measures, *one.debts_by_status, *one.became_trafficked, *one.amounts)],
        "trend": list(months.counts),
        "season": list(season.months),
        "breaks": [one.ratio for one in breaks.changes],
        "chain": [m for step in chain(engine, steps, source) for m in (step.reached, step.wait, step.drop_off) if m],
    }
    if engine.columns("assistance"):
        needs = unmet_needs(engine, source)
        measures["needs"] = [m for one in needs for m in (one.met, one.unmet, one.unavailable, one.not_wanted)]
    if engine.columns("claim"):
        measures["compensation"] = list(compensation(engine, source))
    found = {name: [one.as_json() for one in some] for name, some in measures.items()}
    found["moves"] = [{"move_fr": move.words.fr, "move_en": move.words.en, **move.measure.as_json()} for one in mixed for move in one.moves]
    return figures, found
