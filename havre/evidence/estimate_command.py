"""`havre estimate`: from a table of overlapping lists to a prevalence figure with its spread, or a refusal, without Django."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from havre.evidence.bilingual_command import Bilingual, Refusal, language_option

if TYPE_CHECKING:
    from havre.evidence.stats.prevalence import Prevalence


FRENCH = {
    "": "Estimer combien de personnes il y a, vues et non vues, à partir de TABLE : des colonnes 0/1, une par liste, et une dernière colonne"
    " d'effectifs.\n\nUn refus est un résultat : il est affiché avec ses raisons et se termine avec le statut 0. Une table illisible se"
    " termine avec le statut 1.",
    "strata": "Colonne des strates (sexe, groupe d'âge, forme, année).",
    "count": "Colonne des effectifs, si ce n'est pas la dernière.",
    "as_json": "Le résultat entier en JSON.",
    "folder": "Écrire le rapport, fr et en, dans DIR.",
    "population": "Nombre d'habitants, pour un taux pour 100 000.",
    "resamples": "Rééchantillons du bootstrap.",
    "sweeps": "Passages de chaque chaîne des classes latentes.",
    "seed": "Graine des tirages : la même donne le même résultat.",
    "period": "Mots sur la période, affichés avec le résultat.",
    "coverage": "Mots sur ce que couvrent les listes, affichés avec le résultat.",
    "language": "Langue de ce qui s'affiche à l'écran.",
}


@click.command(cls=Bilingual, french=FRENCH)
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--strata", metavar="COL", help="Column of strata (sex, age group, form, year).")
@click.option("--count", metavar="COL", help="Column of counts, when it is not the last.")
@click.option("--json", "as_json", is_flag=True, help="The whole result as JSON.")
@click.option(
    "--report", "folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), help="Write the report, fr and en, into DIR."
)
@click.option("--population", type=click.IntRange(1), help="People living there, for a rate per 100,000.")
@click.option("--resamples", default=1000, show_default=True, type=click.IntRange(20), help="Bootstrap resamples.")
@click.option("--sweeps", default=100_000, show_default=True, type=click.IntRange(400), help="Sweeps of each latent-class chain.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Seed of the draws: the same gives the same result.")
@click.option("--period", default="", help="Words on the period, printed with the result.")
@click.option("--coverage", default="", help="Words on what the lists cover, printed with the result.")
@language_option
def estimate(
    table: Path,
    strata: str | None,
    count: str | None,
    as_json: bool,
    folder: Path | None,
    population: int | None,
    resamples: int,
    sweeps: int,
    seed: int,
    period: str,
    coverage: str,
    language: str,
) -> None:
    """Estimate how many people there are, seen and unseen, from TABLE: 0/1 columns, one a list, and a last column of counts.

    A refusal is a result: it is printed with its reasons and ends with status 0. A table that cannot be read ends with status 1.
    """
    # the statistics are heavy: imported when the command runs
    from havre.evidence.stats.prevalence import BadTable
    from havre.evidence.stats.prevalence import estimate as run

    try:
        found = run(
            table,
            strata=strata,
            count=count,
            population=population,
            resamples=resamples,
            sweeps=sweeps,
            seed=seed,
            period=period,
            coverage=coverage,
        )
    except BadTable as problem:
        raise Refusal(problem.words(language), language) from None
    if folder:
        try:
            found.report(folder)
        except OSError as problem:
            raise Refusal(f"{folder}: {problem.strerror}", language) from None
    click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=1) if as_json else screen(found, language))


def screen(found: Prevalence, language: str) -> str:
    """The result for a terminal: the sentence, the light with its reasons, each family, each stratum, and what every figure rests on."""
    from havre.evidence.stats.figures.drawing import figure
    from havre.evidence.stats.prevalence.phrases import rounded
    from havre.evidence.stats.prevalence.words import COLOURS, FAMILY_NAMES, HEADINGS

    lines = [found.sentence(language)]
    if found.population and not found.refused:
        ends = {name: figure(found.rate(getattr(found, name)), language, 1) for name in ("value", "low", "high")}
        lines.append(HEADINGS["rate"].words(language).format(population=figure(found.population, language), **ends))
    lines.append(COLOURS[found.light.colour].words(language))
    lines += [f"  - {text.words(language)}" for text in (*found.light.reasons, *found.light.helps)]
    for one in found.families:
        interval = "" if one.low is None else f"  {rounded(one.low, language)} – {rounded(one.high, language)}"
        lines.append(f"{FAMILY_NAMES[one.family].words(language):22}{rounded(one.value, language):>12}{interval}")
    for row in found.strata.rows if found.strata else ():
        interval = f"{rounded(row.pooled_low, language)} – {rounded(row.pooled_high, language)}"
        lines.append(f"{row.name:22}{rounded(row.pooled, language):>12}  {interval}")
    if found.strata and found.strata.gap is not None:
        lines.append(f"{'Σ':22}{rounded(found.strata.total, language):>12}  ({round(found.strata.gap):+d})")
    if not found.refused:
        lines += ["", HEADINGS["assumptions"].words(language), *(f"  - {text.words(language)}" for text in found.assumptions)]
    return "\n".join(lines)
