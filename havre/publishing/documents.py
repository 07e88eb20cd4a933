"""A document for a country, in a language, on a day: its blocks bound to the facts, with the manifest of everything that it was made of."""

from __future__ import annotations

from datetime import date

from havre import standards
from havre.publishing import cases, manifests, revisions
from havre.publishing.binding import Binding
from havre.publishing.checks import checked, fits
from havre.publishing.makers import bind
from havre.publishing.nodes import Document, Problem
from havre.publishing.sources import DocumentSource, addresses, editions
from havre.publishing.sources import document as source_of
from havre.publishing.texts import text_of
from havre.standards.dated import Fact
from havre.trust.errors import Invalid, Missing

Known = dict[tuple[str, date, str], Fact]


def source(edition: str, id: str) -> DocumentSource:
    """One document as it was written. Raises: Missing."""
    if edition not in editions() or id not in editions()[edition].documents:
        raise Missing
    return source_of(edition, id)


def addressed(address: str) -> tuple[str, str]:
    """Edition and document behind the word in an address. Raises: Missing."""
    if address not in addresses():
        raise Missing
    return addresses()[address]


def draft(edition: str, id: str, *, country: str, language: str, on: date, known: Known | None = None) -> Document:
    """The document as it stands, with whatever is wrong in `problems`. For previews and for the board.

    Args: known, the facts looked up so far: documents that are made together share one dictionary.
    Raises: Missing for an edition, document, country or language that is not there.
    """
    written = source(edition, id)
    if language not in written.languages or country not in standards.country_codes():
        raise Missing
    with revisions.known(language):
        return _bound(written, Binding(country, language, on, known={} if known is None else known))


def _bound(written: DocumentSource, binding: Binding) -> Document:
    edition, id, language = written.edition, written.id, binding.language
    nodes = tuple(node for block in written.blocks for node in bind(binding, block))
    titles = {unit.id: text_of(unit, f"{edition}/{id}", language) for unit in written.own_units()}
    for name, text in titles.items():
        binding.state(text, name)
        binding.use("blocks", name, text.value)
    country_name = binding.here()
    manifest = manifests.of(written, binding)
    if any(node.kind == "case" for top in nodes for node in top.walk()):
        manifest["cases"] = cases.state(edition, binding.country)
    return Document(
        edition=edition,
        id=id,
        country=binding.country,
        language=language,
        title=titles["title"].value,
        subtitle=titles["subtitle"].value if "subtitle" in titles else "",
        country_name=country_name,
        on=binding.on,
        revised_on=date.fromisoformat(written.revised_on),
        form=written.form,
        print=written.print,
        nodes=nodes,
        manifest=manifest,
        code=manifests.code(manifest),
        problems=tuple(binding.problems),
    )


def build(edition: str, id: str, *, country: str, language: str, on: date, known: Known | None = None) -> Document:
    """The document as it may go out.

    Raises: Missing; Invalid with each block that may not, and the mend.
    """
    made = draft(edition, id, country=country, language=language, on=on, known=known)
    wrong = [problem for problem in findings(made, paper=False) if problem.stops]
    if wrong:
        raise Invalid({"blocks": list(dict.fromkeys(map(str, wrong)))})
    return made


def findings(made: Document, *, paper: bool = True, media: bool = True) -> tuple[Problem, ...]:
    """Everything that is wrong with a draft or waits in it: what was found when it was bound, and every check.

    Args: paper, whether each paper with fixed places is set to see if it fits; whoever makes the paper finds out in any case;
    media, whether the rules for media are asked: the board leaves it to the preview and to whoever publishes.
    """
    with revisions.known(made.language):
        return (
            made.problems + checked(made, source(made.edition, made.id), media=media) + (fits(made) if paper and not made.problems else ())
        )
