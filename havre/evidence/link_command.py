"""`havre link`: the same person on several agencies' lists. Runs without Django."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
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
def link(lists: tuple[Path, ...], out: Path, purpose: str, model: Path | None, retrain: bool, seed: int, unique: tuple[int, ...]) -> None:
    """Link the records of LISTS (CSV files, one an agency) that are one person."""
    from havre.evidence.stats.linkage import link as run
    from havre.evidence.stats.linkage.blocking import OverBudget
    from havre.evidence.stats.linkage.reading import ListError

    try:
        done = run(list(lists), purpose=purpose, model=model, seed=seed, retrain=retrain, unique=[number - 1 for number in unique])
    except ListError as problem:
        raise click.ClickException(f"{problem.en}\n{problem.fr}") from problem
    except OverBudget as problem:
        raise click.ClickException(str(problem)) from problem
    done.write(out)
    if retrain:
        done.model.save(out / "model.json")
    figures = done.report
    click.echo(
        f"{figures['records']:,} records, {figures['blocking']['candidate_pairs']:,} pairs compared, {figures['links']:,} links, {figures['persons']:,} persons"  # noqa: E501
    )
    click.echo(
        f"estimated precision {figures['estimated_precision']}, recall {figures['estimated_recall']}, blocking recall {figures['blocking']['estimated_recall']}"  # noqa: E501
    )
    click.echo(f"written: {out / 'links.csv'}, {out / 'clusters.csv'}, {out / 'report.json'}")
