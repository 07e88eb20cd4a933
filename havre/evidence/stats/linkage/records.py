"""Every record of every list with its keys side by side: the one table that blocking, levels and scoring read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from havre.evidence.stats.linkage import dates, fields, names

MAX_TOKENS = 6  # per record; later parts of a longer name are not compared
SHARED_PHONE, SHARED_ADDRESS = 5, 8  # above this many records a line or a house is a shelter's, an officer's, a recruiter's
LEAST_POPULATION = 1000  # a smaller list says little about how common a name is: rarity is told as if it were part of this many
RARE = 1 / 2000  # a name part is rare below this share of records
# neighbours and language areas that clerks confuse; ISO 3166 alpha-3
AREAS = (
    "GIN MLI SEN GMB GNB SLE CIV BFA LBR MRT NER", "GHA TGO BEN NGA CMR CIV NER", "THA LAO KHM MMR", "TLS IDN PRT", "GNB CPV PRT AGO MOZ STP BRA", "ETH ERI SOM DJI KEN SDN",  # noqa: E501
)  # fmt: skip


@dataclass(frozen=True)
class Tokens:
    """Distinct name parts: their ids of group, skeleton and sound, their rarity, and their letters for look-alikes.

    Attributes: group, skeleton, sound, ids per token; idf, minus log of the share of records that hold the group; letters
    and lengths, folded letters as bytes, padded; bones and bone_lengths, the skeletons likewise.
    Source: rarity, Spärck Jones, A Statistical Interpretation of Term Specificity, J. Documentation 28 (1972).
    """

    group: np.ndarray
    skeleton: np.ndarray
    sound: np.ndarray
    idf: np.ndarray
    letters: np.ndarray
    lengths: np.ndarray
    bones: np.ndarray
    bone_lengths: np.ndarray


@dataclass(frozen=True)
class Records:
    """All lists, one row a record in the order given (`rid` 0, 1, 2 …), and the tokens of each row.

    Attributes: table, columns of keys (see `prepare`); tokens; token, ids of the name parts of each row, -1 padded;
    side, 0 given, 1 family; thai, whether a name is in Thai script; read, what each list says and what of it can be read (`fields.read_of`).
    """

    table: pl.DataFrame
    tokens: Tokens
    token: np.ndarray
    side: np.ndarray
    thai: np.ndarray
    read: tuple[dict[str, Any], ...] = ()


def prepare(lists: list[pl.DataFrame], called: Sequence[str] = ()) -> Records:
    """Keys of every record. Args: lists, tables as `reading.read_list` gives them; called, their names in what is said of them."""
    called = called or [f"{i}" for i in range(1, len(lists) + 1)]
    read = tuple(fields.read_of(one, name) for one, name in zip(lists, called, strict=True))
    original = pl.concat([one.with_columns(source=pl.lit(i, pl.Int32)) for i, one in enumerate(lists)]).with_row_index("rid")
    token, side, vocabulary, bynames = _tokens_of(original)
    tokens = _vocabulary(vocabulary, token)
    table = pl.concat(
        [original.select("rid", "source", "record_id"), _name_columns(tokens, token), _date_columns(original), _other_columns(original)],
        how="horizontal",
    )
    table = table.with_columns(byname=pl.Series(bynames))
    thai = original.select(pl.concat_str("given_name", "family_name", ignore_nulls=True).str.contains(r"\p{Thai}")).to_series()
    return Records(table, tokens, token, side, thai.fill_null(value=False).to_numpy(), read)


def _tokens_of(original: pl.DataFrame) -> tuple[np.ndarray, np.ndarray, list[tuple[str, str, str, str]], np.ndarray]:
    """Token ids by row, and the vocabulary as (folded, group, skeleton, sound)."""
    ids: dict[tuple[str, str, str, str], int] = {}
    by_text: dict[str, list[int]] = {}
    byname: set[str] = set()
    for column in ("given_name", "family_name"):
        for text in original[column].drop_nulls().unique(maintain_order=True).to_list():
            if text in by_text:
                continue
            key = names.key(text)
            parts = zip(key.tokens, key.group.split(), key.skeleton.split(), key.sound.split(), strict=True)
            by_text[text] = [ids.setdefault(part, len(ids)) for part in parts]
            if key.byname:
                byname.add(text)
    shape = (len(original), MAX_TOKENS)
    token, side = np.full(shape, -1, np.int32), np.zeros(shape, np.int8)
    for row, (given, family) in enumerate(zip(original["given_name"], original["family_name"], strict=True)):
        first = by_text.get(given, []) if given else []
        last = by_text.get(family, []) if family else []
        first = first[: max(MAX_TOKENS - len(last), 3)]
        last = last[: MAX_TOKENS - len(first)]
        n = len(first) + len(last)
        token[row, :n] = first + last
        side[row, len(first) : n] = 1
    bynames = np.array([given in byname for given in original["given_name"]], dtype=bool)
    return token, side, list(ids), bynames


def _codes(texts: list[str]) -> np.ndarray:
    seen: dict[str, int] = {}
    return np.array([seen.setdefault(text, len(seen)) for text in texts], dtype=np.int32)


def _letters(texts: list[str], width: int = 16) -> tuple[np.ndarray, np.ndarray]:
    out, lengths = np.zeros((max(len(texts), 1), width), np.uint8), np.zeros(max(len(texts), 1), np.int8)
    for i, text in enumerate(texts):
        raw = text.encode("ascii", "replace")[:width]
        out[i, : len(raw)] = np.frombuffer(raw, np.uint8)
        lengths[i] = len(raw)
    return out, lengths


def _vocabulary(vocabulary: list[tuple[str, str, str, str]], token: np.ndarray) -> Tokens:
    folded, group, skeleton, sound = (list(column) for column in zip(*vocabulary, strict=True)) if vocabulary else ([], [], [], [])
    groups = _codes(group)
    held = token[token >= 0]
    counts = np.bincount(groups[held], minlength=len(groups)) if len(held) else np.zeros(0)
    share = (counts[groups] + 0.5) / (max(len(token), LEAST_POPULATION) + 1) if len(groups) else np.zeros(0)
    letters, lengths = _letters(folded)
    bones, bone_lengths = _letters(skeleton, 8)
    return Tokens(groups, _codes(skeleton), _codes(sound), -np.log(share).astype(np.float32), letters, lengths, bones, bone_lengths)


def _lists(values: np.ndarray, token: np.ndarray, keep: np.ndarray | None = None) -> pl.Series:
    """One sorted list of distinct ids a row."""
    held = token >= 0
    flat = np.where(held, values[np.maximum(token, 0)] if len(values) else -1, -1)
    if keep is not None:
        flat = np.where(keep[np.maximum(token, 0)], flat, -1)
    frame = pl.DataFrame({str(i): flat[:, i] for i in range(flat.shape[1])})
    return frame.select(pl.concat_list(pl.all()).list.eval(pl.element().filter(pl.element() >= 0).unique().sort())).to_series()


def rare_tokens(tokens: Tokens, records: int) -> np.ndarray:
    """Which name parts are rare; in a small list: held by a handful."""
    if records < 4 / RARE:
        return tokens.idf > -np.log(4.6 / (max(records, LEAST_POPULATION) + 1))
    return tokens.idf > -np.log(RARE)


def _name_columns(tokens: Tokens, token: np.ndarray) -> pl.DataFrame:
    rare = rare_tokens(tokens, len(token))
    return pl.DataFrame({
        "grp": _lists(tokens.group, token), "sk": _lists(tokens.skeleton, token), "snd": _lists(tokens.sound, token),
        "rare": _lists(tokens.group, token, rare), "n_tokens": (token >= 0).sum(axis=1).astype(np.int8),
    })  # fmt: skip


def _date_columns(original: pl.DataFrame) -> pl.DataFrame:
    read = dates.parse_all(original["birth_date"].to_list())
    found = [read.get(text, dates.UNKNOWN) for text in original["birth_date"].to_list()]
    return pl.DataFrame(
        {
            "y": [b.year for b in found], "m": [b.month for b in found], "d": [b.day for b in found],
            "jan1": [b.first_january for b in found],
        }, schema={"y": pl.Int16, "m": pl.Int8, "d": pl.Int8, "jan1": pl.Boolean},
    )  # fmt: skip


def document_key(text: str | None) -> str | None:
    """A document number without what clerks confuse: O and 0, I and 1, B and 8, S and 5, separators, case."""
    bare = re.sub(r"[^0-9A-Z]", "", (text or "").upper()).translate(str.maketrans("OIBSZL", "018521"))
    return bare if len(bare) >= 5 and sum(c.isdigit() for c in bare) >= 3 else None


def phone_key(text: str | None) -> str | None:
    """The last eight digits of a phone number; shorter numbers are no evidence."""
    digits = re.sub(r"\D", "", (text or "").replace("O", "0").replace("o", "0").replace("I", "1").replace("B", "8"))
    return digits[-8:] if len(digits) >= 7 else None


def _place_key(text: str) -> str:
    key = names.key(text)
    return key.sound if len(key.sound) > 1 else key.folded


def _each(column: str, original: pl.DataFrame, key: Callable[[str], str | None]) -> pl.Expr:
    """A column of text with every distinct value read once."""
    read = {text: key(text) for text in original[column].drop_nulls().unique().to_list()}
    return pl.col(column).replace_strict(read, return_dtype=pl.String, default=None) if read else pl.lit(None, pl.String)


def _other_columns(original: pl.DataFrame) -> pl.DataFrame:
    frame = original.select(
        sex=_each("sex", original, fields.sex),
        nat=_each("nationality", original, fields.nationality),
        place=_each("birthplace", original, _place_key),
        doc=pl.col("doc_number").map_elements(document_key, return_dtype=pl.String),
        phone=pl.col("phone").map_elements(phone_key, return_dtype=pl.String),
        house=pl.col("address").str.normalize("NFKD").str.to_lowercase().str.replace_all(r"[^\p{L}0-9]+", "").replace("", None),
        recorded=pl.col("recorded_on").str.to_date("%Y-%m-%d", strict=False),
    )
    areas: dict[str, int] = {}
    for i, area in enumerate(AREAS):
        for code in area.split():
            areas[code] = areas.get(code, 0) | 1 << i
    return frame.with_columns(
        area=pl.col("nat").replace_strict(areas, default=0, return_dtype=pl.Int32),
        phone_n=pl.len().over("phone").cast(pl.Int32) * pl.col("phone").is_not_null(),
        house_n=pl.len().over("house").cast(pl.Int32) * pl.col("house").is_not_null(),
    ).with_columns(
        line=pl.when(pl.col("phone_n") <= SHARED_PHONE).then(pl.col("phone")),
        home=pl.when(pl.col("house_n") <= SHARED_ADDRESS).then(pl.col("house")),
    )
