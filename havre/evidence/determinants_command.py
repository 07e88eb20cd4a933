"""`havre determinants`: which factors go with an outcome, level by level. Runs without Django."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from havre.evidence.bilingual_command import Bilingual, Refusal, language_option

if TYPE_CHECKING:
    from havre.evidence.stats.vulnerability import Determinants


FRENCH = {
    "": "Étudier comment un résultat va avec les déterminants de la vulnérabilité dans TABLE (CSV ou Parquet, une ligne par personne)."
    " Association, jamais cause.\n\nCe qui est refusé est affiché avec sa raison et se termine avec le statut 0. Une table illisible se"
    " termine avec le statut 1.",
    "outcome": "Colonne du résultat : 0/1, oui/non ou présent/absent.",
    "factors": "Un facteur connu (DOV-…) ; par défaut, tous ceux de la table.",
    "adjust": "Colonne qui entre dans le modèle sans être étudiée.",
    "cluster": "Colonne des lieux ou ménages dont les personnes peuvent se ressembler.",
    "weight": "Poids de sondage.",
    "by": "Étudier à part chaque valeur de cette colonne (age_group).",
    "scale": "Rapport de risques ou rapport de cotes.",
    "k": "Le plus petit groupe, ou la plus petite case, que l'on étudie.",
    "period": "Mots sur la période, gardés avec le résultat.",
    "coverage": "Mots sur les personnes de la table, gardés avec le résultat.",
    "as_json": "Le résultat entier en JSON.",
    "folder": "Écrire la figure et sa table, fr et en.",
    "language": "Langue de ce qui s'affiche à l'écran.",
}


@click.command(cls=Bilingual, french=FRENCH)
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--outcome", required=True, metavar="COL", help="Column of the outcome: 0/1, yes/no, or present/absent.")
@click.option("--factor", "factors", multiple=True, metavar="COL", help="A known factor (DOV-…); by default every one in the table.")
@click.option("--adjust", multiple=True, metavar="COL", help="Column that stands in the model without being studied.")
@click.option("--cluster", metavar="COL", help="Column of places or households whose persons may be alike.")
@click.option("--weight", metavar="COL", help="Survey weights.")
@click.option("--by", metavar="COL", help="Study each value of this column apart (age_group).")
@click.option(
    "--scale", type=click.Choice(["risk_ratio", "odds_ratio"]), default="risk_ratio", show_default=True, help="Risk ratio or odds ratio."
)
@click.option("--k", default=11, show_default=True, type=click.IntRange(2), help="The smallest group or cell that is studied.")
@click.option("--period", default="", help="Words on the period, kept with the result.")
@click.option("--coverage", default="", help="Words on who is in the table, kept with the result.")
@click.option("--json", "as_json", is_flag=True, help="The whole result as JSON.")
@click.option("--report", "folder", type=click.Path(path_type=Path, file_okay=False), help="Write the figure and its table, fr and en.")
@language_option
def determinants(
    table: Path,
    outcome: str,
    factors: tuple[str, ...],
    adjust: tuple[str, ...],
    cluster: str | None,
    weight: str | None,
    by: str | None,
    scale: str,
    k: int,
    period: str,
    coverage: str,
    as_json: bool,
    folder: Path | None,
    language: str,
) -> None:
    """Study how an outcome goes with determinants of vulnerability in TABLE (CSV or Parquet, one row a person). Association, never cause.

    What is refused is printed with its reason and ends with status 0. A table that cannot be read ends with status 1.
    """
    from havre.evidence.stats.errors import BadRows
    from havre.evidence.stats.measure import Source, fingerprint
    from havre.evidence.stats.vulnerability import by_group
    from havre.evidence.stats.vulnerability import determinants as run
    from havre.evidence.stats.vulnerability.coding import read_table

    settings: dict[str, Any] = {"factors": factors or None, "adjust": adjust, "cluster": cluster, "weight": weight, "scale": scale, "k": k}
    try:
        frame = read_table(table)
        settings["source"] = Source(table.name, period, coverage or f"rows={frame.height}", fingerprint(frame))
        found = by_group(frame, outcome, by, **settings) if by else {"all": run(frame, outcome, **settings)}
    except BadRows as problem:
        raise Refusal(problem.words(language), language) from None
    if folder:
        report(found, folder)
    if as_json:
        click.echo(json.dumps({name: one.as_json() for name, one in found.items()}, ensure_ascii=False, indent=1))
    else:
        click.echo("\n\n".join(screen(one, language, name) for name, one in found.items()))


def report(found: dict[str, Determinants], folder: Path) -> None:
    """The forest plot of each group with its table, in both languages. Raises: ClickException when the folder cannot be written."""
    from havre.evidence.stats.figures import forest, write
    from havre.standards.words import Words

    figures = {
        language: [forest(one, language, name="determinants" if name == "all" else f"determinants-{name}") for name, one in found.items()]
        for language in ("fr", "en")
    }
    try:
        write(figures, folder, Words("Determinants of vulnerability", "Déterminants de la vulnérabilité"))
    except OSError as problem:
        raise click.ClickException(f"{folder}: {problem.strerror}") from None


def screen(study: Determinants, language: str, name: str) -> str:
    """The study for a terminal: the rows used, each factor, each refusal, the warnings."""
    from havre.evidence.stats.figures import forest

    drawn = forest(study, language)
    lines = [f"{drawn.title}  [{name}]", *drawn.notes, study.method]
    lines += ["  ".join((f"{row[1]:>6}", f"{row[2]:>15}", f"q {row[4]:>6}", row[0])) for row in drawn.rows]
    return "\n".join([*lines, *(f"! {words}" for words in drawn.warnings)])
