"""`havre link`: the same person on several agencies' lists. Runs without Django."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from havre.evidence.bilingual_command import Bilingual, Refusal, in_words, language_option

if TYPE_CHECKING:
    from havre.evidence.stats.linkage.linking import Linkage

FRENCH = {
    "": "Rapprocher les fiches d'une même personne dans les LISTES (fichiers CSV, un par organisme).",
    "out": "Dossier pour links.csv, clusters.csv et report.json.",
    "purpose": "À quoi servent les rapprochements.",
    "model": "Un fichier de modèle ; sinon celui qui est livré.",
    "retrain": "Réestimer les poids sur un échantillon de ces listes et les garder dans le dossier (model.json).",
    "seed": "Graine de l'échantillon d'entraînement.",
    "unique": "Numéro d'une liste (1, 2 …) connue pour ne contenir personne deux fois.",
    "language": "Langue de ce qui s'affiche à l'écran.",
}
SAID = {
    "en": (
        "{records} records, {pairs} pairs compared, {links} links, {persons} persons",
        "estimated precision {precision}, recall {recall}, blocking recall {blocking}",
        "written: {files}",
    ),
    "fr": (
        "{records} fiches, {pairs} paires comparées, {links} rapprochements, {persons} personnes",
        "précision estimée {precision}, rappel {recall}, rappel du tri préalable {blocking}",
        "écrits : {files}",
    ),
}


@click.command(cls=Bilingual, french=FRENCH)
@click.argument("lists", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for links.csv, clusters.csv and report.json."
)
@click.option(
    "--purpose", type=click.Choice(["review", "auto", "balanced"]), default="balanced", show_default=True, help="What the links are for."
)
@click.option("--model", type=click.Path(path_type=Path), help="A model file; else the one shipped.")
@click.option(
    "--retrain", is_flag=True, help="Estimate the weights anew on a sample of these lists and keep them as model.json in the folder."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the training sample.")
@click.option("--unique", multiple=True, type=int, help="Number of a list (1, 2 …) known to hold nobody twice.")
@language_option
def link(
    lists: tuple[Path, ...], out: Path, purpose: str, model: Path | None, retrain: bool, seed: int, unique: tuple[int, ...], language: str
) -> None:
    """Link the records of LISTS (CSV files, one an agency) that are one person."""
    from havre.evidence.stats.linkage import link as run
    from havre.evidence.stats.linkage.blocking import OverBudget
    from havre.evidence.stats.linkage.reading import ListError

    try:
        done = run(list(lists), purpose=purpose, model=model, seed=seed, retrain=retrain, unique=[number - 1 for number in unique])
    except (ListError, OverBudget) as problem:
        raise Refusal(in_words(problem.fr, problem.en, language), language) from problem
    written = [out / name for name in ("links.csv", "clusters.csv", "report.json")]
    try:
        done.write(out)
        if retrain:
            done.model.save(out / "model.json")
    except OSError as problem:
        raise Refusal(f"{out}: {problem.strerror}", language) from None
    for line in screen(done, written, language):
        click.echo(line)
    for text in done.report["warnings"]:
        click.echo(text[language], err=True)


def screen(done: Linkage, written: list[Path], language: str) -> list[str]:
    """What a run is summed up in on a terminal. Args: written, the files."""
    from havre.evidence.stats.figures.drawing import figure

    def share(value: float | None) -> str:
        return figure(value, language, 3)

    report: dict[str, Any] = done.report
    values = {
        "records": figure(report["records"], language),
        "pairs": figure(report["blocking"]["candidate_pairs"], language),
        "links": figure(report["links"], language),
        "persons": figure(report["persons"], language),
        "precision": share(report["estimated_precision"]),
        "recall": share(report["estimated_recall"]),
        "blocking": share(report["blocking"]["estimated_recall"]),
        "files": ", ".join(str(path) for path in written),
    }
    return [line.format(**values) for line in SAID[language]]
