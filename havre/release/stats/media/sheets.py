"""The media-safe check of a table: columns that name persons, free text, counts under the threshold, names in cells (MR01, MR02, MR26)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import polars as pl

from havre.release.stats.errors import BadTable
from havre.release.stats.media.findings import Finding, tidy
from havre.release.stats.protect import HIDDEN, NOT_RECORDED

ID_NAME = re.compile(
    r"(?:^|[_\W])(?:id|uuid|guid|case|file|record|dossier|numero|numéro|n°|matricule|reference|référence|ref|passport|passeport|nin|ssn)(?:$|[_\W]|no\b|number|id\b)|(?-i:(?:Id|ID|Uuid)$)",
    re.IGNORECASE,
)
_NAMING = (
    *("nom", "prenom", "prénom", "name", "first ?name", "last ?name", "surname", "given", "family ?name", "alias", "nickname", "surnom"),
    *("initials?", "initiales", "phone", "tel", "téléphone", "telephone", "mobile", "email", "mail", "address", "adresse", "street", "rue"),
    *(
        "birth ?date",
        "birthdate",
        "dob",
        "date ?of ?birth",
        "date ?de ?naissance",
        "naissance",
        "gps",
        "lat",
        "latitude",
        "lon",
        "longitude",
    ),
)
NAME_NAME = re.compile(rf"(?:^|[_\W])(?:{'|'.join(_NAMING)})(?:$|[_\W])|(?-i:(?:Name|Phone|Email|Address|Birthdate)$)", re.IGNORECASE)
COUNTS = re.compile(r"^(?:persons|personnes|n|count|counts|effectif|nombre|number|victims|victimes|cases|cas|total)$", re.IGNORECASE)
CONTACT = re.compile(r"[\w.+-]+@[\w-]+\.\w+|(?:\+|\b00)\d[\d ().-]{6,14}\d\b|\b[A-Z]{1,2}\d{6,9}\b")
FEWEST = 20


def check_table(frame: pl.DataFrame, *, threshold: int = 11, columns: Sequence[str] | None = None) -> tuple[Finding, ...]:
    """Every column and cell of a table that points to persons.

    Args: frame, text columns as `read_rows` gives them; threshold, the smallest count that may be shown in a table of counts; columns,
    those to look at (all by default).
    Args: frame, rows × columns; threshold in persons. Offsets of its findings are row numbers.
    Source: MR01 to MR03 and MR26 of media_rules.yaml (2017).
    """
    found: list[Finding] = []
    for name in columns or frame.columns:
        values = frame[name].cast(pl.String).drop_nulls()
        found += _column(name, values, frame.height)
        if COUNTS.match(name):
            found += _small(name, values, threshold)
    return tidy(found)


def _column(name: str, values: pl.Series, rows: int) -> Iterator[Finding]:
    distinct, filled = values.n_unique(), [value for value in values.to_list() if value and value != NOT_RECORDED]
    counts = all(re.fullmatch(r"-?\d+(?:[.,]\d+)?", value) or value == HIDDEN for value in filled)
    unique = rows >= FEWEST and distinct == rows and not COUNTS.match(name)
    if NAME_NAME.search(name) and filled:
        yield Finding("MR01", "name_column", name)
    elif filled and ((ID_NAME.search(name) and distinct > 0.5 * rows) or (unique and not _measures(filled))):
        yield Finding("MR01", "id_column", name)
    elif not counts and filled and sum(value.count(" ") for value in filled) / len(filled) > 5 and distinct > min(FEWEST, rows / 3):
        yield Finding("MR02", "free_text", name)
    contact = next((value for value in filled if CONTACT.search(value)), None)
    if contact is not None:
        yield Finding("MR05", "phone", f"{name}: {contact[:40]}")


def _measures(values: Sequence[str]) -> bool:
    """Whether these are measurements with a decimal part rather than identifiers."""
    return all(re.fullmatch(r"-?\d+[.,]\d+", value) for value in values)


def _small(name: str, values: pl.Series, threshold: int) -> Iterator[Finding]:
    for row, value in enumerate(values.to_list(), 2):
        if re.fullmatch(r"\d+", value) and 0 < int(value) < threshold:
            yield Finding("MR26", "small", f"{name}, line {row}: {value}", row, row, f"< {threshold}")


def refuse_identifying(frame: pl.DataFrame, columns: Sequence[str]) -> None:
    """Stop a release over a column of identifiers, names or free text. Raises: BadTable, naming the columns and what to do.

    Source: direct identifiers, Hundepool et al., Statistical Disclosure Control, 2012.
    """
    found = [one for one in check_table(frame, columns=[name for name in columns if name in frame.columns], threshold=0) if one.blocks]
    if found:
        named = "; ".join(f"column {one.excerpt!r}: {one.words('en').split(': ', 1)[0].partition('! ')[2]}" for one in found)
        french = "; ".join(f"colonne {one.excerpt!r} : {one.words('fr').split(' : ', 1)[0].partition('! ')[2]}" for one in found)
        raise BadTable(
            f"nothing can be released over these columns: {named}; leave them out or code them first",
            f"rien ne peut être publié sur ces colonnes : {french} ; les retirer ou les coder d'abord",
        )
