"""Reading a file of rows for the command and the notebook: everything is text, a missing value is a value."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl

from havre.release.stats.errors import BadTable


def read_rows(path: Path) -> pl.DataFrame:
    """One row a person, every column as text. CSV (UTF-8, comma) or Parquet.

    Raises: BadTable for another ending, an unreadable file or one without rows.
    """
    if not path.is_file():
        raise BadTable(f"{path}: there is no such file", f"{path} : ce fichier n'existe pas")
    try:
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path)
            frame = frame.select(pl.col(column).cast(pl.String) for column, kind in frame.schema.items() if not kind.is_nested())
        elif path.suffix in (".csv", ".txt"):
            _same_widths(path)
            frame = pl.read_csv(path, infer_schema=False, encoding="utf8")
        else:
            raise BadTable(f"{path.name}: give a .csv or .parquet file", f"{path.name} : donner un fichier .csv ou .parquet")
    except pl.exceptions.PolarsError as error:
        why = str(error).splitlines()[0]
        raise BadTable(
            f"{path.name} cannot be read as a table: {why}; save it again as CSV (UTF-8, comma)",
            f"{path.name} ne peut être lu comme un tableau : {why} ; l'enregistrer de nouveau en CSV (UTF-8, virgule)",
        ) from None
    if not frame.height:
        raise BadTable(
            f"{path.name} holds no rows; give one row a person", f"{path.name} ne contient aucune ligne ; donner une ligne par personne"
        )
    return frame


def _same_widths(path: Path) -> None:
    """Raises: BadTable for bytes that are no UTF-8, a column named twice or not at all, or a line with more or fewer fields than the head."""
    number = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            lines = csv.reader(stream)
            head = next(lines, [])
            twice = sorted({name for name in head if head.count(name) > 1})
            if twice:
                raise BadTable(
                    f"{path.name} has two columns named {twice[0]!r}; rename one",
                    f"{path.name} a deux colonnes nommées {twice[0]!r} ; en renommer une",
                )
            for fields in lines:
                number = lines.line_num
                if fields and len(fields) != len(head):
                    raise BadTable(
                        f"{path.name}, line {number}: {len(fields)} fields where the first line has {len(head)}; mend the line, or quote "
                        "a field that holds a comma",
                        f"{path.name}, ligne {number} : {len(fields)} champs au lieu de {len(head)} ; corriger la ligne, ou mettre entre "
                        "guillemets un champ qui contient une virgule",
                    )
    except UnicodeDecodeError as problem:
        raise BadTable(
            f"{path.name} is not UTF-8 (after line {number or 1}, byte {problem.object[problem.start]:#04x}); save it as CSV UTF-8",
            f"{path.name} n'est pas en UTF-8 (après la ligne {number or 1}, octet {problem.object[problem.start]:#04x}) ; l'enregistrer en CSV UTF-8",
        ) from None
    except csv.Error as problem:
        raise BadTable(
            f"{path.name}, line {number + 1}: {problem}; mend the line", f"{path.name}, ligne {number + 1} : {problem} ; corriger la ligne"
        ) from None
