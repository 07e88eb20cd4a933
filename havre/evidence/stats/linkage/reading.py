"""One agency's list: a CSV file checked and read as it is, with an error that says where, what and how to mend it."""

from __future__ import annotations

import csv
import io
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
        line with too many or too few fields (with the line), an empty or repeated record_id. No message repeats what a record holds: a
        list is of victims, and an error ends in logs.
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
    if b"\n" not in raw:  # lines as old Macintosh programs end them
        raw = raw.replace(b"\r", b"\n")
    _check_header(path.name, raw)
    _check_lines(path.name, raw)
    try:
        table = pl.read_csv(raw, infer_schema=False, null_values=[""], truncate_ragged_lines=False)
    except pl.exceptions.PolarsError:
        raise ListError(
            f"{path.name}: cannot be read as CSV. Save the list again as CSV UTF-8, with a comma between fields.",
            f"{path.name} : ne se lit pas comme un CSV. Réenregistrez la liste en CSV UTF-8, avec une virgule entre les champs.",
        ) from None
    table = table.select(pl.col(name).str.strip_chars().replace("", None) for name in COLUMNS)
    _check_ids(path.name, table["record_id"])
    return table


def _check_lines(name: str, raw: bytes) -> None:
    """Every line has as many fields as the header: one too few would shift a column, one too many would lose a field."""
    wanted = len(COLUMNS)
    if b'"' not in raw:
        for number, line in enumerate(raw.split(b"\n"), start=1):
            if line.count(b",") + 1 != wanted and line.strip():
                raise _ragged(name, number, line.count(b",") + 1)
        return
    lines = csv.reader(io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8", newline=""), strict=True)
    begins = 1
    try:
        for fields in lines:
            if fields and len(fields) != wanted:
                raise _ragged(name, begins, len(fields))
            begins = lines.line_num + 1
    except csv.Error:
        raise ListError(
            f"{name}, line {begins}: a quotation mark is out of place or never closed. Put quotes around the whole field and double those inside it.",
            f"{name}, ligne {begins} : un guillemet est mal placé ou n'est jamais fermé. Mettez le champ entier entre guillemets et doublez ceux "
            "qu'il contient.",
        ) from None


def _ragged(name: str, line: int, fields: int) -> ListError:
    return ListError(
        f"{name}, line {line}: {fields} fields, the header has {len(COLUMNS)}: the line does not fit the header. Put quotes around fields that "
        "hold a comma, and leave a comma for each empty field.",
        f"{name}, ligne {line} : {fields} champs, l'en-tête en a {len(COLUMNS)} : la ligne ne correspond pas à l'en-tête. Mettez entre guillemets "
        "les champs qui contiennent une virgule, et laissez une virgule pour chaque champ vide.",
    )


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
    expected = ",".join(COLUMNS)
    if not any(column in first for column in COLUMNS):  # the first line may be a person: it is not repeated
        raise ListError(
            f"{name}, line 1: wrong header (none of the columns expected: it is missing or has other names). Expected: {expected}",
            f"{name}, ligne 1 : en-tête incorrect (aucune des colonnes attendues : il manque ou porte d'autres noms). Attendu : {expected}",
        )
    if len(missing) == len(COLUMNS) and (";" in first or "\t" in first):
        raise ListError(
            f"{name}, line 1: wrong header. The separator must be a comma: save the list again as CSV UTF-8. Expected: {expected}",
            f"{name}, ligne 1 : en-tête incorrect. Le séparateur doit être la virgule : réenregistrez la liste en CSV UTF-8. Attendu : {expected}",
        )
    if missing or extra or len(found) != len(set(found)):
        raise ListError(
            f"{name}, line 1: wrong header (missing: {', '.join(missing) or 'none'}; not known: {_few(extra) or 'none'}). Expected: {expected}",
            f"{name}, ligne 1 : en-tête incorrect (manquent : {', '.join(missing) or 'aucune'} ; inconnues : {_few(extra) or 'aucune'}). "
            f"Attendu : {expected}",
        )


def _few(texts: list[str]) -> str:
    return ", ".join(texts[:_SHOWN]) + (" …" if len(texts) > _SHOWN else "")


def _check_ids(name: str, ids: pl.Series) -> None:
    if ids.null_count():
        line = int(ids.is_null().arg_true()[0]) + 2
        raise ListError(f"{name}, record {line - 1}: record_id is empty.", f"{name}, fiche {line - 1} : record_id est vide.")
    repeated = ids.filter(ids.is_duplicated()).unique(maintain_order=True)
    if len(repeated):
        raise _repeated(name, repeated.to_list())


def _repeated(where: str, ids: list[str]) -> ListError:
    return ListError(
        f"{where}: {len(ids)} record_id given to more than one record ({_few(ids)}). Every record of every list needs an id of its own.",
        f"{where} : {len(ids)} record_id attribués à plusieurs fiches ({_few(ids)}). Chaque fiche de chaque liste doit avoir son propre identifiant.",
    )


def check_together(lists: list[pl.DataFrame]) -> None:
    """Refuse lists whose record ids are not unique over all of them. Raises: ListError."""
    ids = pl.concat([one["record_id"] for one in lists])
    repeated = ids.filter(ids.is_duplicated()).unique(maintain_order=True)
    if len(repeated):
        raise _repeated("lists", repeated.to_list())
