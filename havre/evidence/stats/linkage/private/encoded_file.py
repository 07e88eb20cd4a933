"""The encoded file: one Parquet table, its header in the schema's metadata. No secret, no name, no record id. Format: docs/how-to/link-private.md."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from havre.evidence.stats.linkage.private.agreement import Agreement
from havre.evidence.stats.linkage.private.checking import Vectors
from havre.evidence.stats.linkage.private.encoding import KNOWN, WORDS, Encoded, Hardening
from havre.evidence.stats.linkage.private.errors import CannotLink
from havre.evidence.stats.linkage.private.keys import ExchangeKey
from havre.evidence.stats.linkage.private.rules import RULES

FORMAT = "havre-private-linkage"
VERSION = 1
_META = b"havre-private-linkage"
_WIDTH = 8 * len(WORDS)


@dataclass(frozen=True, slots=True)
class Header:
    """What both files must agree on, and what is said of the list. `key`, fingerprint of the secret; `vectors`, `normaliser`, digests over the
    50 shared vectors with and without the key; `records`, without dummies; `content`, SHA-256 of the table."""

    exchange: str
    party: str
    agreement: str
    key: str
    vectors: str
    normaliser: str
    size: int
    least_cell: int
    hardening: Hardening
    records: int
    chance: Mapping[str, Sequence[float]]
    content: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values, with the format, its version and its columns."""
        layout = {"rules": [rule.name for rule in RULES], "words": list(WORDS), "known": list(KNOWN)}
        return {"format": FORMAT, "version": VERSION, **layout, **asdict(self)}


def header(key: ExchangeKey, terms: Agreement, checked: Vectors, made: Encoded) -> Header:
    """The header of one encoded list."""
    return Header(
        terms.exchange,
        key.party,
        terms.digest,
        key.fingerprint,
        checked.digest,
        checked.normaliser,
        terms.size,
        terms.least_cell,
        terms.hardening,
        made.real,
        {name: list(values) for name, values in made.chance.items()},
        _content(made),
    )


def _content(made: Encoded) -> str:
    total = hashlib.sha256(b"".join(made.pseudonym))
    for column in (made.known, made.record, made.rule, made.bucket, made.words):
        total.update(np.ascontiguousarray(column).tobytes())
    return total.hexdigest()


def write(path: Path, made: Encoded, head: Header) -> None:
    """Write the file; the same list, key and agreement give the same bytes."""
    ends = np.searchsorted(made.record, np.arange(len(made.pseudonym) + 1)).astype(np.int32)
    packed = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(_WIDTH), len(made.words), [None, pa.py_buffer(np.ascontiguousarray(made.words, dtype="<u8").tobytes())]
    )
    table = pa.table(
        {
            "pseudonym": pa.array(made.pseudonym, type=pa.binary(16)),
            "known": pa.array(made.known),
            "rule": pa.ListArray.from_arrays(ends, pa.array(made.rule)),
            "bucket": pa.ListArray.from_arrays(ends, pa.array(made.bucket)),
            "words": pa.ListArray.from_arrays(ends, packed),
        }
    ).replace_schema_metadata({_META: json.dumps(head.as_json(), sort_keys=True).encode()})
    pq.write_table(table, path, compression="none", use_dictionary=False)


def _bad(path: Path, en: str, fr: str) -> CannotLink:
    return CannotLink("bad_file", en=f"{path.name}: {en}", fr=f"{path.name} : {fr}")


def read(path: Path) -> tuple[Header, Encoded]:
    """One encoded file. Raises CannotLink when it is not one, is of another version, or was damaged."""
    try:
        table = pq.read_table(path)
        found = json.loads((table.schema.metadata or {})[_META])
        if found["format"] != FORMAT:
            raise ValueError
    except (OSError, pa.ArrowException, KeyError, ValueError, TypeError):
        raise _bad(
            path,
            "not an encoded list: give the file that `havre link-private encode` wrote",
            "ce n'est pas une liste encodée : donnez le fichier écrit par `havre link-private encode`",
        ) from None
    layout = {"version": VERSION, "rules": [rule.name for rule in RULES], "words": list(WORDS), "known": list(KNOWN)}
    if any(found.get(name) != value for name, value in layout.items()):
        raise _bad(
            path,
            f"made by another version of the format (this is {VERSION}): both owners and the linkage unit need the same Havre",
            f"faite par une autre version du format (ici {VERSION}) : les détenteurs et l'unité d'appariement doivent avoir le même Havre",
        )
    try:
        head = Header(**{name: found[name] for name in Header.__slots__ if name != "hardening"}, hardening=Hardening(**found["hardening"]))
        made = _made(table, head)
        whole = _content(made) == head.content
    except (KeyError, TypeError, ValueError, pa.ArrowException):
        whole = False
    if not whole:
        raise _bad(path, "damaged on its way: ask for it again", "abîmé en chemin : demandez-le de nouveau")
    return head, made


def _made(table: pa.Table, head: Header) -> Encoded:
    table = table.combine_chunks()
    lists = {name: table[name].combine_chunks() for name in ("rule", "bucket", "words")}
    numbers = np.diff(lists["rule"].offsets.to_numpy())
    words = lists["words"].flatten()
    raw = np.frombuffer(words.buffers()[1], dtype="<u8")[words.offset * len(WORDS) : (words.offset + len(words)) * len(WORDS)]
    return Encoded(
        tuple(table["pseudonym"].to_pylist()),
        table["known"].to_numpy().astype(np.uint16),
        np.repeat(np.arange(table.num_rows, dtype=np.int64), numbers),
        lists["rule"].flatten().to_numpy().astype(np.uint8),
        lists["bucket"].flatten().to_numpy().astype(np.uint32),
        raw.astype(np.uint64).reshape(-1, len(WORDS)),
        int(head.records),
        head.chance,
        {},
    )


def differences(heads: list[Header]) -> list[tuple[str, str]]:
    """Why files may not be compared, every reason in English and French; empty when they may."""
    first, rest = heads[0], heads[1:]
    out: list[tuple[str, str]] = []

    def differs(name: str) -> bool:
        return any(getattr(head, name) != getattr(first, name) for head in rest)

    if len({head.party for head in heads}) < len(heads):
        out.append(("two files come from one party", "deux fichiers viennent du même organisme"))
    if differs("exchange"):
        out.append(("the files belong to different exchanges", "les fichiers appartiennent à des échanges différents"))
    if differs("agreement") or differs("size") or differs("hardening") or differs("least_cell"):
        out.append(("the owners did not encode under the same agreement", "les détenteurs n'ont pas encodé sous le même accord"))
    if differs("key"):
        out.append(("the keys do not match", "les clés ne correspondent pas"))
    if differs("normaliser"):
        out.append(
            (
                "names or dates are normalised by different versions: install the same Havre on both sides",
                "noms ou dates sont normalisés par des versions différentes : installez le même Havre des deux côtés",
            )
        )
    if differs("vectors"):
        out.append(("the shared test vectors give different bits", "les vecteurs d'essai communs donnent des bits différents"))
    return out


def must_match(heads: list[Header]) -> None:
    """Raises CannotLink with every reason at once, when files may not be compared."""
    reasons = differences(heads)
    if reasons:
        raise CannotLink(
            "no_match",
            en="not compared: " + "; ".join(en for en, _ in reasons) + ". Nothing was written",
            fr="comparaison refusée : " + " ; ".join(fr for _, fr in reasons) + ". Rien n'a été écrit",
        )
