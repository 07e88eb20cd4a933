"""What each list says and what of it can be read: a field that cannot be read counts as missing, and the run says so.

Nothing here repeats what a record holds: counts, and the number of the first record at fault.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import polars as pl

from havre.evidence.stats.linkage import dates

# how casework writes a sex in English, French, Portuguese, Tetum and Thai
SEXES = {
    **dict.fromkeys(("f", "female", "woman", "girl", "femme", "fille", "féminin", "feminin", "feminino", "mulher", "feto", "หญิง"), "F"),
    **dict.fromkeys(("m", "male", "man", "boy", "homme", "garçon", "masculin", "masculino", "homem", "mane", "ชาย"), "M"),
    "x": "X",
}
_CODE = re.compile(r"[A-Za-z]{3}")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
# a list says little by name or date when fewer of its records than this have one
LEAST_FILLED = 0.5
# one name on more of a list's records than this is a placeholder; shorter lists are not judged
ONE_NAME, LEAST_RECORDS = 0.1, 20

HOW = {
    "sex": ("Write F, M, X or leave it empty.", "Écrivez F, M, X ou laissez vide."),
    "birth_date": (
        "Write a date as 1998-04-03, or a year alone (1998), or leave it empty.",
        "Écrivez une date comme 1998-04-03, ou l'année seule (1998), ou laissez vide.",
    ),
    "nationality": ("Write the three letters of ISO 3166 (GHA, TLS, THA).", "Écrivez les trois lettres d'ISO 3166 (GHA, TLS, THA)."),
    "recorded_on": ("Write the day as 2024-05-31.", "Écrivez le jour comme 2024-05-31."),
}
Text = dict[str, str]


def sex(text: str | None) -> str | None:
    """F, M or X; None where it is empty or cannot be read.

    >>> sex("Femme"), sex("ชาย"), sex("h")
    ('F', 'M', None)
    """
    return SEXES.get(text.strip().casefold()) if text else None


def nationality(text: str | None) -> str | None:
    """The three letters of a country, None where it is empty or no such code. Source: ISO 3166-1 alpha-3.

    >>> nationality("gha"), nationality("Ghanaian")
    ('GHA', None)
    """
    return text.strip().upper() if text and _CODE.fullmatch(text.strip()) else None


def _readable(field: str, text: str) -> bool:
    if field == "sex":
        return sex(text) is not None
    if field == "nationality":
        return nationality(text) is not None
    if field == "birth_date":
        return dates.parse(text).precision != "none"
    return bool(_ISO.fullmatch(text.strip()))


def read_of(table: pl.DataFrame, name: str) -> dict[str, Any]:
    """How much of one list is filled in and read.

    Args: table, as `reading.read_list`; name, of the list. Gives plain data: list, records, filled (by field), not_read (by field: count and
    first, the number of the first such record), named (records with a name), one_name (records that share the most frequent whole name).
    """
    filled = {field: int(table[field].count()) for field in table.columns if field != "record_id"}
    not_read: dict[str, dict[str, int]] = {}
    for field in HOW:
        bad = [text for text in table[field].drop_nulls().unique().to_list() if not _readable(field, text)]
        at = table[field].is_in(bad).fill_null(value=False)
        if at.any():
            not_read[field] = {"count": int(at.sum()), "first": int(at.arg_true()[0]) + 1}
    whole = table.select(pl.concat_str("given_name", "family_name", separator=" ", ignore_nulls=True)).to_series().replace("", None)
    whole = whole.drop_nulls().str.to_lowercase()
    most = int(whole.value_counts()["count"].max()) if len(whole) else 0  # type: ignore[arg-type]
    return {"list": name, "records": table.height, "filled": filled, "not_read": not_read, "named": len(whole), "one_name": most}


def warnings(lists: Sequence[dict[str, Any]]) -> list[Text]:
    """What a reader should know of the lists before trusting the links, in English and French, where there is something to say.

    Args: lists, one of `read_of` each.
    """
    return [text for one in lists for text in _of(one)]


def _of(one: dict[str, Any]) -> list[Text]:
    name, records = one["list"], one["records"]
    if not records:
        return [{"en": f"{name}: holds no record.", "fr": f"{name} : ne contient aucune fiche."}]
    found: list[Text] = []
    for field, bad in one["not_read"].items():
        en, fr = HOW[field]
        filled = one["filled"][field]
        found.append({
            "en": f"{name}: {bad['count']} of {filled} values of {field} cannot be read and count as missing (first: record {bad['first']}). {en}",
            "fr": f"{name} : {bad['count']} valeurs de {field} sur {filled} ne se lisent pas et comptent comme absentes "
            f"(la première : fiche {bad['first']}). {fr}",
        })  # fmt: skip
    dated = one["filled"]["birth_date"] - one["not_read"].get("birth_date", {"count": 0})["count"]
    if dated < LEAST_FILLED * records:
        found.append({
            "en": f"{name}: {dated} of {records} records have a birth date that can be read. Without it people of one name cannot be told apart: "
            "most such pairs need a person to decide (--purpose review or auto).",
            "fr": f"{name} : {dated} fiches sur {records} ont une date de naissance lisible. Sans elle, les homonymes ne se distinguent pas : "
            "la plupart de ces paires demandent la décision d'une personne (--purpose review ou auto).",
        })  # fmt: skip
    if one["named"] < LEAST_FILLED * records:
        found.append({
            "en": f"{name}: {one['named']} of {records} records have a name; the others can hardly be linked.",
            "fr": f"{name} : {one['named']} fiches sur {records} ont un nom ; les autres ne peuvent guère être rapprochées.",
        })  # fmt: skip
    if records >= LEAST_RECORDS and one["one_name"] > ONE_NAME * records:
        found.append({
            "en": f"{name}: {one['one_name']} of {records} records have one and the same name, probably a placeholder. Leave the name empty where it "
            "is not known.",
            "fr": f"{name} : {one['one_name']} fiches sur {records} portent un seul et même nom, sans doute mis à la place d'un nom inconnu. "
            "Laissez le nom vide quand il n'est pas connu.",
        })  # fmt: skip
    return found
