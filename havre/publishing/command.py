"""`havre publish`: write documents to a folder."""

from __future__ import annotations

from pathlib import Path

import click
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from havre.publishing.documents import EDITIONS, LANGUAGES, build
from havre.publishing.printing import as_pdf
from havre.trust.errors import HavreError


@click.command()
@click.argument("edition", type=click.Choice(EDITIONS))
@click.option("--country", default=settings.HAVRE_COUNTRY, show_default=True)
@click.option("--language", "languages", multiple=True, type=click.Choice(LANGUAGES), help="May be given several times; all by default.")
@click.option("--format", "kind", type=click.Choice(["pdf", "web"]), default="pdf", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), show_default=True)
def publish(edition: str, country: str, languages: tuple[str, ...], kind: str, out: Path) -> None:
    """Write EDITION for a country, as PDF or as a page that opens from a stick."""
    out.mkdir(parents=True, exist_ok=True)
    for language in languages or LANGUAGES:
        try:
            document = build(edition, country=country, language=language, on=timezone.localdate())
        except HavreError as error:
            raise click.ClickException(str(error) or f"{edition}, {country}, {language}: there is no such document") from error
        path = out / f"{edition}-{country}-{language}.{'pdf' if kind == 'pdf' else 'html'}"
        if kind == "pdf":
            path.write_bytes(as_pdf(document))
        else:
            with translation.override(language):
                path.write_text(render_to_string("publishing/alone.html", {"document": document}), encoding="utf-8")
        click.echo(f"{path} {path.stat().st_size} bytes, edition {document.code}")
