"""Exchanges, lists and encoded files for the tests of private linkage."""

from __future__ import annotations

import json
import random
from datetime import date
from functools import cache
from typing import Any

from havre.evidence.stats.linkage.private import Agreement, Encoded, ExchangeKey, Hardening, encode, keys, people, vectors
from havre.evidence.stats.linkage.private.encoded_file import Header, header

GIVEN = (
    *("Kofi", "Ama", "Fatoumata", "Mamadou", "Blessing", "Somchai", "Malee", "Domingas", "Jacinta"),
    *("Yaw", "Esi", "Aminata", "Ousmane", "Niran", "Prasert", "Filomena", "Agostinho", "Rosa"),
)
FAMILY = (
    *("Mensah", "Owusu", "Diallo", "Traore", "Okafor", "Jaidee", "Srisuk", "Ximenes", "Soares", "Guterres"),
    *("Boateng", "Asante", "Keita", "Wongsawat", "Pereira", "Addo", "Tetteh"),
)
PLACES = ["Tamale", "Kumasi", "Dili", "Baucau", "Lome", "Bamako", "Kayes", "Songkhla", "Ermera", "Accra"]


def agreement(**terms: Any) -> Agreement:
    usual: dict[str, Any] = {"exchange": "gh-2026", "parties": ("ngo", "police"), "purpose": "prevalence", "expires_on": date(2099, 1, 1)}
    return Agreement(**{**usual, "size": 300, **terms})


def key(party: str = "police", *, terms: Agreement | None = None, secret: bytes = b"s" * 32) -> ExchangeKey:
    terms = terms or agreement()
    return ExchangeKey(terms.exchange, party, secret, terms.digest, confirmed=True)


def agreed(terms: Agreement) -> tuple[ExchangeKey, ExchangeKey]:
    """Both owners' confirmed keys, by the exchange of cards."""
    one, other = (keys.new_pair(terms.exchange, party) for party in terms.parties[:2])
    first = keys.agree(one, json.dumps(other.card()), agreement=terms.digest)
    second = keys.agree(other, json.dumps(one.card()), agreement=terms.digest)
    return keys.confirm(first, second.code), keys.confirm(second, first.code)


Columns = dict[str, list[str]]


@cache
def two_lists(size: int = 300, shared: int = 120, seed: int = 7) -> tuple[Columns, Columns, frozenset[tuple[str, str]]]:
    """Two lists of invented persons, `shared` of them on both, some respelled, swapped or without a date; and the true pairs."""
    draw = random.Random(seed)

    def person() -> dict[str, str]:
        born = f"{draw.randint(1970, 2010)}-{draw.randint(1, 12):02}-{draw.randint(2, 28):02}"
        syllables = "".join(draw.choice(("ba", "ko", "li", "mu", "ne", "sa", "to")) for _ in range(3))
        return {
            "given_name": draw.choice(GIVEN), "family_name": f"{draw.choice(FAMILY)}{syllables}", "sex": draw.choice("FM"),
            "birth_date": born, "nationality": draw.choice(("GHA", "THA", "TLS")), "birthplace": draw.choice(PLACES),
            "phone": f"02{draw.randrange(10**8):08}", "doc_number": "",
        }  # fmt: skip

    def again(one: dict[str, str]) -> dict[str, str]:
        kind = draw.randrange(5)
        if kind == 0:
            return one | {"given_name": one["family_name"], "family_name": one["given_name"]}
        if kind == 1:
            return one | {"birth_date": one["birth_date"][:4], "phone": ""}
        if kind == 2:
            return one | {"family_name": one["family_name"].replace("k", "c").upper(), "birthplace": ""}
        return one | ({"phone": ""} if kind == 3 else {})

    persons = [person() for _ in range(2 * size - shared)]
    lists = (persons[:size], [again(one) for one in persons[size - shared :]])
    columns = [
        {"record_id": [f"{side}{place}" for place in range(size)], **{name: [row[name] for row in rows] for name in rows[0]}}
        for side, rows in zip("ab", lists, strict=True)
    ]
    return columns[0], columns[1], frozenset((f"a{size - shared + place}", f"b{place}") for place in range(shared))


def encoded(columns: Columns, owner: ExchangeKey, terms: Agreement) -> tuple[Header, Encoded]:
    made = encode(people(columns), owner, size=terms.size, how=terms.hardening)
    return header(owner, terms, vectors(owner, size=terms.size, how=terms.hardening), made), made


@cache
def two_files(secret_b: bytes = b"s" * 32, output: str = "cells", size: int = 300) -> tuple[tuple[Header, Encoded], tuple[Header, Encoded]]:
    terms = agreement(output=output, size=size)
    a, b, _ = two_lists(size)
    return encoded(a, key("ngo", terms=terms), terms), encoded(b, key("police", terms=terms, secret=secret_b), terms)


PLAIN = Hardening(salt=False, flip=0, dummies=0.0, least=0)
