"""One agency's list: a CSV file checked and read as it is, with an error that says where, what and how to mend it."""

from __future__ import annotations

from pathlib import Path

import polars as pl

COLUMNS = (
    "record_id",
    "given_name",
    "family_name",
    "sex",
    "birth_date",
    "nationality",
    "birthplace",
    "phone",
    "doc_number",
    "address",
    "recorded_on",
)
_SHOWN = 5


class ListError(ValueError):
    """A list that cannot be linked; `en` and `fr` say where, what is wrong and how to mend it."""

    def __init__(self, en: str, fr: str) -> None:
        super().__init__(en)
        self.en, self.fr = en, fr


def read_list(path: str | Path) -> pl.DataFrame:
    """One list as a table of text columns in the order of COLUMNS; an empty field is null, nothing else is changed.

    Args: path, a CSV file in UTF-8 (a byte-order mark is allowed) with a comma and exactly the header COLUMNS.
    Raises: ListError for a missing or empty file, another encoding (with the line), a wrong header (with the columns), a
        line with too many fields, an empty or repeated record_id.
    Source: RFC 4180 (CSV).
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
    except OSError as problem:
        raise ListError(
            f"{path.name}: cannot be read ({problem.strerror}).", f"{path.name} : lecture impossible ({problem.strerror})."
        ) from problem
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    _check_encoding(path.name, raw)
    _check_header(path.name, raw)
    try:
        table = pl.read_csv(raw, infer_schema=False, null_values=[""], truncate_ragged_lines=False)
    except pl.exceptions.PolarsError as problem:
        what = str(problem).split("\n", maxsplit=1)[0][:160]
        raise ListError(
            f"{path.name}: a line does not fit the header ({what}). Put quotes around fields that hold a comma.",
            f"{path.name} : une ligne ne correspond pas à l'en-tête ({what}). Mettez entre guillemets les champs qui contiennent une virgule.",
        ) from problem
    table = table.select(pl.col(name).str.strip_chars().replace("", None) for name in COLUMNS)
    _check_ids(path.name, table["record_id"])
    return table


def _check_encoding(name: str, raw: bytes) -> None:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        raise ListError(
            f"{name}, line {line}: not UTF-8 (byte {raw[problem.start]:#04x}). Save the whole list again as CSV UTF-8; a list may not mix encodings.",
            f"{name}, ligne {line} : ce n'est pas de l'UTF-8 (octet {raw[problem.start]:#04x}). Réenregistrez toute la liste en CSV UTF-8 ; "
            "une liste ne peut mélanger les encodages.",
        ) from problem
    if b"\x00" in raw:
        raise ListError(
            f"{name}: looks like UTF-16. Save it again as CSV UTF-8.", f"{name} : semble être de l'UTF-16. Réenregistrez en CSV UTF-8."
        )


def _check_header(name: str, raw: bytes) -> None:
    first = raw.split(b"\n", maxsplit=1)[0].decode("utf-8").strip("\r")
    found = [column.strip().strip('"') for column in first.split(",")]
    if not first.strip():
        raise ListError(f"{name}: the file is empty.", f"{name} : le fichier est vide.")
    missing = [column for column in COLUMNS if column not in found]
    extra = [column for column in found if column not in COLUMNS]
    if missing or extra or len(found) != len(set(found)):
        expected = ",".join(COLUMNS)
        hint = " The separator must be a comma." if ";" in first or "\t" in first else ""
        indice = " Le séparateur doit être la virgule." if hint else ""
        raise ListError(
            f"{name}, line 1: wrong header (missing: {', '.join(missing) or 'none'}; not known: {', '.join(extra) or 'none'}).{hint} Expected: {expected}",  # noqa: E501
            f"{name}, ligne 1 : en-tête incorrect (manquent : {', '.join(missing) or 'aucune'} ; inconnues : {', '.join(extra) or 'aucune'}).{indice} "  # noqa: E501
            f"Attendu : {expected}",
        )


def _check_ids(name: str, ids: pl.Series) -> None:
    if ids.null_count():
        line = int(ids.is_null().arg_true()[0]) + 2
        raise ListError(f"{name}, record {line - 1}: record_id is empty.", f"{name}, fiche {line - 1} : record_id est vide.")
    repeated = ids.filter(ids.is_duplicated()).unique(maintain_order=True)
    if len(repeated):
        raise _repeated(name, repeated.to_list())


def _repeated(where: str, ids: list[str]) -> ListError:
    shown = ", ".join(ids[:_SHOWN]) + (" …" if len(ids) > _SHOWN else "")
    return ListError(
        f"{where}: {len(ids)} record_id given to more than one record ({shown}). Every record of every list needs an id of its own.",
        f"{where} : {len(ids)} record_id attribués à plusieurs fiches ({shown}). Chaque fiche de chaque liste doit avoir son propre identifiant.",
    )


def check_together(lists: list[pl.DataFrame]) -> None:
    """Refuse lists whose record ids are not unique over all of them. Raises: ListError."""
    ids = pl.concat([one["record_id"] for one in lists])
    repeated = ids.filter(ids.is_duplicated()).unique(maintain_order=True)
    if len(repeated):
        raise _repeated("lists", repeated.to_list())
