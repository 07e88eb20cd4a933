"""The public domain of a release: every column and every code it may hold, from a published list, never from the rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml

from havre.release.stats.errors import BadTable

MOST_CODES = 2_000
HOW = "run `havre release codebook FILE` for a template made of published code lists"
HOW_FR = "`havre release codebook FICHIER` donne un modèle fait de listes publiées"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `codes` are all it may hold; "" among them means that a missing value is a value.

    `parents` maps a detailed code to its coarser one (hierarchical codes); `source` is where the list was published.
    """

    name: str
    codes: tuple[str, ...]
    source: str
    parents: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Codebook:
    """The columns of a release, in order. `declared` when someone vouched that the codes of a file are public."""

    columns: tuple[Column, ...]
    declared: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""
        return tuple(column.name for column in self.columns)

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many codes each column has."""
        return tuple(len(column.codes) for column in self.columns)

    def encode(self, frame: pl.DataFrame) -> np.ndarray:
        """Rows as places in the code lists, shape (rows, columns).

        Raises: BadTable that names the column for a column the code book lacks or the file lacks, a code not in the list, free text.
        The codes themselves are not repeated: they may be someone's name.
        """
        _same_columns(frame, self.names)
        out = np.empty((frame.height, len(self.columns)), np.int64)
        for place, column in enumerate(self.columns):
            values = frame[column.name].cast(pl.String).fill_null("")
            numbers = values.replace_strict(list(column.codes), list(range(len(column.codes))), default=None, return_dtype=pl.Int64)
            if numbers.null_count():
                raise BadTable(*_foreign(column, values, numbers))
            out[:, place] = numbers.to_numpy()
        return out

    def decode(self, rows: np.ndarray, *, withheld: str) -> pl.DataFrame:
        """Places back to codes; -1 becomes the marker of a withheld value."""
        data = {}
        for place, column in enumerate(self.columns):
            words = np.array([*column.codes, withheld], dtype=object)
            data[column.name] = pl.Series(words[rows[:, place]].tolist(), dtype=pl.String)
        return pl.DataFrame(data)

    def as_json(self) -> dict[str, Any]:
        """The code book as plain JSON values."""
        return {
            column.name: {
                "source": column.source,
                "codes": list(column.codes),
                **({"parents": dict(column.parents)} if column.parents else {}),
            }
            for column in self.columns
        }


def _same_columns(frame: pl.DataFrame, names: Sequence[str]) -> None:
    extra = [name for name in frame.columns if name not in names]
    if extra:
        raise BadTable(
            f"column {', '.join(map(repr, extra))}: not in the code book. A column without a published code list (an identifier, a name, "
            f"free text) is never released: drop it, or add its published list; {HOW}",
            f"colonne {', '.join(map(repr, extra))} : absente de la liste de codes. Une colonne sans liste publiée (un identifiant, un nom, du "
            f"texte libre) n'est jamais publiée : la retirer, ou ajouter sa liste publiée ; {HOW_FR}",
        )
    lacking = [name for name in names if name not in frame.columns]
    if lacking:
        raise BadTable(
            f"column {', '.join(map(repr, lacking))}: in the code book, not in the file; take it out of the code book or add it",
            f"colonne {', '.join(map(repr, lacking))} : dans la liste de codes, pas dans le fichier ; l'y ajouter ou l'ôter de la liste",
        )


def _foreign(column: Column, values: pl.Series, numbers: pl.Series) -> tuple[str, str]:
    """What is wrong with the values outside the list, in English and French."""
    odd = values.filter(numbers.is_null())
    kinds, rows, codes = odd.n_unique(), odd.len(), len(column.codes)
    if (odd == "").all():
        return (
            f'column {column.name!r}: {rows} rows are empty and the code book has no code ""; add "" to its codes, or fill the rows',
            f'colonne {column.name!r} : {rows} lignes sont vides et la liste n\'a pas de code "" ; ajouter "" à ses codes, ou remplir les lignes',
        )
    longest = int(odd.str.len_chars().max() or 0)  # type: ignore[arg-type]
    words = longest > 40 or kinds > codes
    kind = "it looks like free text or a name: drop the column" if words else "mend the rows or the list"
    french = "cela ressemble à du texte libre ou à un nom : retirer la colonne" if words else "corriger les lignes ou la liste"
    return (
        f"column {column.name!r}: {rows} rows hold {kinds} values that are not among its {codes} codes; {kind}",
        f"colonne {column.name!r} : {rows} lignes ont {kinds} valeurs absentes de ses {codes} codes ; {french}",
    )


def from_json(data: Mapping[str, Any], *, name: str = "code book") -> Codebook:
    """A code book from {column: [codes]} or {column: {codes, source, parents}}.

    Raises: BadTable for a column without codes, repeated codes, a list too long to be one, or a parent of an unknown code.
    """
    columns = []
    if not isinstance(data, Mapping) or not data:
        raise BadTable(
            f"{name}: give every column and its list of codes; {HOW}", f"{name} : donner chaque colonne et sa liste de codes ; {HOW_FR}"
        )
    for title, entry in data.items():
        found: Mapping[str, Any] = entry if isinstance(entry, Mapping) else {"codes": entry}
        codes = found.get("codes")
        if not isinstance(codes, list | tuple) or not codes:
            raise BadTable(
                f"{name}, column {title!r}: its codes are not filled in; write the published list there",
                f"{name}, colonne {title!r} : ses codes manquent ; y écrire la liste publiée",
            )
        texts = tuple("" if code is None else str(code) for code in codes)
        if len(set(texts)) != len(texts):
            raise BadTable(f"{name}, column {title!r}: a code is written twice", f"{name}, colonne {title!r} : un code est écrit deux fois")
        if len(texts) > MOST_CODES:
            raise BadTable(
                f"{name}, column {title!r}: {len(texts)} codes; beyond {MOST_CODES} it is an identifier: group it or drop it",
                f"{name}, colonne {title!r} : {len(texts)} codes ; au-delà de {MOST_CODES} c'est un identifiant : regrouper ou retirer",
            )
        parents = {str(low): str(high) for low, high in (found.get("parents") or {}).items()}
        if not set(parents) <= set(texts):
            raise BadTable(
                f"{name}, column {title!r}: parents name codes that are not in its list",
                f"{name}, colonne {title!r} : « parents » nomme des codes absents de sa liste",
            )
        columns.append(Column(str(title), texts, str(found.get("source", "")), tuple(sorted(parents.items()))))
    return Codebook(tuple(columns))


def read_codebook(path: Path) -> Codebook:
    """A code book from a .json or .yaml file. In YAML, quote codes: an unquoted NO is read as a truth value. Raises: BadTable."""
    try:
        text = path.read_text(encoding="utf-8")
        data = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise BadTable(
            f"{path.name} cannot be read as a code book ({type(error).__name__}); {HOW}",
            f"{path.name} ne peut être lu comme liste de codes ({type(error).__name__}) ; {HOW_FR}",
        ) from None
    return from_json(data, name=path.name)


def declared_public(frame: pl.DataFrame) -> Codebook:
    """The codes found in a file, for someone who declares them public beforehand. It protects nobody whose presence the list itself tells.

    Raises: BadTable, naming the column, where values are nearly all different (an identifier or a name) or too many or long to be codes.
    """
    columns = []
    for name in frame.columns:
        values = frame[name].cast(pl.String).fill_null("")
        kinds = values.n_unique()
        longest = int(values.str.len_chars().max() or 0)  # type: ignore[arg-type]
        if kinds > MOST_CODES or (kinds > 20 and kinds > frame.height / 2):
            raise BadTable(
                f"column {name!r}: {kinds} different values in {frame.height} rows; it is an identifier or a name: drop it",
                f"colonne {name!r} : {kinds} valeurs différentes en {frame.height} lignes ; c'est un identifiant ou un nom : la retirer",
            )
        if longest > 120:
            raise BadTable(
                f"column {name!r}: values of up to {longest} characters are free text: drop the column",
                f"colonne {name!r} : des valeurs de {longest} caractères sont du texte libre : retirer la colonne",
            )
        columns.append(Column(name, tuple(sorted(values.unique().to_list())), "declared public by the publisher"))
    return Codebook(tuple(columns), declared=True)
