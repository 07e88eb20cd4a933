"""Private linkage from file to file: what the command does, for a notebook too. Nothing half-written is left behind."""

from __future__ import annotations

import csv
import io
import json
import os
import secrets
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from havre.evidence.stats.linkage.private import agreement, encoded_file, unit
from havre.evidence.stats.linkage.private.agreement import Agreement
from havre.evidence.stats.linkage.private.checking import vectors
from havre.evidence.stats.linkage.private.encoding import Encoded, encode, pseudonyms
from havre.evidence.stats.linkage.private.errors import CannotLink
from havre.evidence.stats.linkage.private.keys import ExchangeKey, not_destroyed
from havre.evidence.stats.linkage.private.persons import COLUMNS, people
from havre.evidence.stats.linkage.private.unit import Comparison
from havre.evidence.stats.linkage.reading import read_list

LEAST_LIST = 20
_PAIRS = ("party_a", "pseudonym_a", "party_b", "pseudonym_b", "probability")


def ready(key: ExchangeKey, terms: Agreement, *, on: date, destroyed: frozenset[str] = frozenset()) -> None:
    """Raises CannotLink unless this key may be used under this agreement on this day: confirmed, in force, not destroyed, a party to it."""
    agreement.in_force(terms, on=on)
    if key.agreement != terms.digest or key.exchange != terms.exchange:
        raise CannotLink(
            "other_agreement",
            en="the key was made for another agreement: use that agreement's file unchanged, or make new keys",
            fr="la clé a été faite pour un autre accord : prenez le fichier de cet accord, inchangé, ou faites de nouvelles clés",
        )
    if key.party not in terms.parties:
        raise CannotLink(
            "no_party",
            en=f"{key.party} is no party to the agreement of {terms.exchange}",
            fr=f"{key.party} n'est pas partie à l'accord de {terms.exchange}",
        )
    not_destroyed(key.exchange, destroyed)
    if not key.confirmed:
        raise CannotLink(
            "not_confirmed",
            en="the key is not confirmed: compare the code with the other owner by voice, then `keys confirm`",
            fr="la clé n'est pas confirmée : comparez le code de vive voix avec l'autre détenteur, puis `keys confirm`",
        )


def columns_of(path: Path) -> dict[str, list[str]]:
    """One list's columns, empty text where unknown. Raises ListError for a file that is no list."""
    table = read_list(path)
    return {name: table[name].fill_null("").to_list() for name in ("record_id", *COLUMNS)}


def encode_list(path: Path, out: Path, *, key: ExchangeKey, terms: Agreement, their_vectors: str) -> Encoded:
    """Encode one list into a new file.

    Args: their_vectors, the digest that the other owner got for the shared test vectors.
    Raises: CannotLink when the digests differ, or the list is far smaller than agreed; ListError for a file that is no list.
    """
    mine = vectors(key, size=terms.size, how=terms.hardening)
    if not secrets.compare_digest(their_vectors.strip().lower().encode(), mine.digest.encode()):
        raise CannotLink(
            "vectors_differ",
            en="the test vectors differ, so nothing was encoded: compare the `normaliser` digests (other version of Havre) and the keys",
            fr="les vecteurs d'essai diffèrent, rien n'a été encodé : comparez les empreintes « normaliser » (autre version de Havre) et les clés",
        )
    read = columns_of(path)
    size = len(read["record_id"])
    if size < LEAST_LIST:
        raise CannotLink(
            "too_small",
            en=f"the list has {size} records; under {LEAST_LIST} nobody can hide in it: nothing was encoded",
            fr=f"la liste a {size} fiches ; en dessous de {LEAST_LIST} personne ne peut s'y fondre : rien n'a été encodé",
        )
    if size * 2 < terms.size or size > 100 * terms.size:
        raise CannotLink(
            "size",
            en=f"the list has {size} records, the agreement says about {terms.size} for the smaller list: agree on a fitting size, make new keys",
            fr=f"la liste a {size} fiches, l'accord en prévoit environ {terms.size} pour la plus petite : convenez d'une taille, refaites les clés",
        )
    made = encode(people(read), key, size=terms.size, how=terms.hardening)
    half = out.with_name(out.name + ".part")
    encoded_file.write(half, made, encoded_file.header(key, terms, mine, made))
    os.replace(half, out)
    return made


def compare_files(paths: Sequence[Path], out: Path, *, terms: Agreement | None = None, pairs: bool = False, seed: int = 1) -> Comparison:
    """Compare encoded files and write cells.csv, cells.json and, if agreed and asked, pairs.csv into `out`. Raises CannotLink, nothing written."""
    found = unit.compare([encoded_file.read(path) for path in paths], terms=terms, pairs=pairs, seed=seed)
    texts = {"cells.csv": _cells(found), "cells.json": json.dumps(found.as_json(), indent=1, ensure_ascii=False) + "\n"}
    if found.pairs is not None:
        texts["pairs.csv"] = _table(_PAIRS, found.pairs)
    out.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        half = out / f"{name}.part"
        half.write_text(text)
        os.replace(half, out / name)
    return found


def _table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _cells(found: Comparison) -> str:
    rows = [
        [*cell.history, *("" if value is None else value for value in (cell.count, cell.low, cell.high)), cell.why] for cell in found.cells
    ]
    return _table([*found.parties, "count", "low", "high", "hidden"], rows)


def resolve_pairs(pairs_file: Path, list_file: Path, *, key: ExchangeKey, terms: Agreement) -> tuple[str, int]:
    """Agreed pairs with one's own record ids in place of one's own pseudonyms, as CSV, and their number. Pairs with a dummy fall out."""
    if terms.output != "pairs":
        raise CannotLink("cells_only", en="the agreement allows capture cells only", fr="l'accord ne permet que des cellules")
    ids = columns_of(list_file)["record_id"]
    known = {name.hex(): value for name, value in zip(pseudonyms(key, ids), ids, strict=True)}
    with pairs_file.open(newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != _PAIRS:
            raise CannotLink(
                "bad_pairs",
                en=f"{pairs_file.name} is not a file of pairs: give the pairs.csv of the linkage unit",
                fr=f"{pairs_file.name} n'est pas un fichier de paires : donnez le pairs.csv de l'unité d'appariement",
            )
        rows = []
        for line in reader:
            for mine, theirs in (("a", "b"), ("b", "a")):
                if line[f"party_{mine}"] == key.party and line[f"pseudonym_{mine}"] in known:
                    pseudonym = line[f"pseudonym_{mine}"]
                    rows.append((known[pseudonym], line[f"party_{theirs}"], line[f"pseudonym_{theirs}"], line["probability"]))
    return _table(("record_id", "party", "pseudonym", "probability"), rows), len(rows)
