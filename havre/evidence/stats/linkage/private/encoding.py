"""Encoding with the exchange's key: rows that mean something only beside another row of the same block.

Each record has ten 64-bit sketches. For every block it belongs to, it sends one row: a bucket number and the sketches, permuted and XORed
with a pad, both drawn from the block's key. Inside one block Hamming distances survive; between blocks nothing does. A block that holds one
record tells nothing of it, and the linkage unit cannot tell a block from its bucket's other blocks unless records in it are alike.
Hardening, in order: salt (the pads; by block, which holds the birth year where there is one), XOR-fold (in the sketch), permanent randomised
response, dummies, buckets of at least five. Source: Schnell & Borgs 2016; Erlingsson et al. 2014 (permanent response); Niedermeyer et al. 2014.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from havre.evidence.stats.linkage.private import sketch
from havre.evidence.stats.linkage.private.distances import distances
from havre.evidence.stats.linkage.private.keys import ExchangeKey, _library
from havre.evidence.stats.linkage.private.levels import shares
from havre.evidence.stats.linkage.private.persons import People, Token
from havre.evidence.stats.linkage.private.rules import RULES, Blocks, Compounds, mixed
from havre.evidence.stats.linkage.private.sketch import Words

# the words of a row, in order; sex and nationality share the last, 32 bits each
WORDS = ("given 1", "given 2", "family 1", "family 2", "year", "day", "place", "phone", "document", "nationality | sex")
# the bits of `known`, in order: what the record has
KNOWN = ("given", "family", "year", "day", "place", "phone", "document", "nationality", "sex")
_PAD, _MASKS = len(WORDS), 5
LOAD = 16
CHANCE_PAIRS = 100_000


@dataclass(frozen=True, slots=True)
class Hardening:
    """What is done beyond the keys. `salt`: pads and permutations by block. `fold`: XOR-fold. `flip`: share of bits turned for good, in 64ths.
    `dummies`: share of invented records added. `least`, `most`: rows in a bucket; with `least` 0 every block is its own bucket.
    Source: Schnell and Borgs 2016 (folding); Erlingsson and others, RAPPOR, CCS 2014 (permanent response).
    """

    salt: bool = True
    fold: bool = False
    flip: int = 2
    dummies: float = 0.07
    least: int = 5
    most: int = 2_000


@dataclass(frozen=True, slots=True)
class Encoded:
    """One list, encoded. Records in the order of their pseudonyms: `pseudonym` (16 bytes each), `known` (bits of KNOWN). Rows in the order of
    records: `record` (index), `rule`, `bucket`, `words` (shape rows × 10). `real`, how many records are no dummies; `chance`, how often two
    records of the list agree by chance, by word; `dropped`, rows not sent."""

    pseudonym: tuple[bytes, ...]
    known: npt.NDArray[np.uint16]
    record: npt.NDArray[np.int64]
    rule: npt.NDArray[np.uint8]
    bucket: npt.NDArray[np.uint32]
    words: Words
    real: int
    chance: Mapping[str, Sequence[float]]
    dropped: Mapping[str, int]


def _word(key: bytes, values: Sequence[Any], bag: Callable[[Any], sketch.Bag], *, fold: bool) -> Words:
    distinct, codes = sketch.coded(values)
    return sketch.sketches(key, [bag(value) if value else () for value in distinct], fold=fold)[codes]


def _plain(key: bytes, values: Sequence[object]) -> Words:
    distinct, codes = sketch.coded(values)
    return sketch.digests(key, [str(value) for value in distinct])[codes]


@dataclass(frozen=True, slots=True)
class NameParts:
    """The distinct name parts of a list (a last one stands for none), and which each record has: first and second given name, first and
    second family name (shape 4 × records)."""

    parts: Sequence[Token | None]
    code: npt.NDArray[np.int64]


def name_parts(who: People) -> NameParts:
    """Each distinct name is taken apart once: keyed work is done on parts, not on records."""
    sides, which = sketch.coded([*who.given, *who.family])
    parts, flat = sketch.coded([side[slot] if slot < len(side) else None for slot in (0, 1) for side in sides])
    none = parts.index(None) if None in parts else len(parts)
    every = [*parts, None] if none == len(parts) else parts
    first, second = flat.reshape(2, len(sides))[:, which].reshape(2, 2, len(who))
    return NameParts(every, np.stack([first[0], second[0], first[1], second[1]]))


def base_words(key: ExchangeKey, who: People, names: NameParts, *, fold: bool) -> tuple[Words, npt.NDArray[np.uint16]]:
    """The sketches before any salt (shape records × 10), and what each record has. Never sent like this.

    Source: Charikar, Similarity Estimation Techniques from Rounding Algorithms, STOC 2002.
    """
    # one key for both names: a swapped name must still meet
    bags: list[sketch.Bag] = [sketch.name_bag(*part) if part else () for part in names.parts]
    none, code = names.parts.index(None), names.code.copy()
    for first in (0, 2):  # a name of one part fills both places
        code[first + 1] = np.where(code[first + 1] == none, code[first], code[first + 1])
    named = sketch.sketches(key.derive("field/name"), bags, fold=fold)[code]
    half = np.uint64(0xFFFFFFFF)
    nation = _plain(key.derive("field/nationality"), who.nationality) & half
    last = nation | (_plain(key.derive("field/sex"), who.sex) & ~half)
    columns = [
        *named,
        _word(key.derive("field/year"), [born[0] for born in who.born], sketch.year_bag, fold=fold),
        _word(key.derive("field/day"), [born[1:] if born[1] else None for born in who.born], lambda day: sketch.day_bag(*day), fold=fold),
        _word(key.derive("field/place"), who.place, sketch.place_bag, fold=fold),
        _word(key.derive("field/phone"), who.phone, sketch.code_bag, fold=fold),
        _word(key.derive("field/document"), who.document, sketch.code_bag, fold=fold),
        last,
    ]
    has = (
        who.given,
        who.family,
        [b[0] for b in who.born],
        [b[1] for b in who.born],
        who.place,
        who.phone,
        who.document,
        who.nationality,
        who.sex,
    )
    known = np.zeros(len(who), dtype=np.uint16)
    for bit, column in enumerate(has):
        known |= np.fromiter((bool(value) for value in column), dtype=bool, count=len(who)).astype(np.uint16) << np.uint16(bit)
    return np.stack(columns, axis=1), known


def _tokens(key: bytes, names: NameParts, part: Callable[[Token], str]) -> Words:
    """Keyed digests of one reading of up to four name tokens (shape records × 4), 0 where there is none or it is a repetition."""
    found = _tagged(key, [part(one) if one else "" for one in names.parts])[names.code].T.copy()
    for one in range(1, 4):
        for other in range(one):
            found[found[:, one] == found[:, other], one] = 0
    return found


def compounds(key: ExchangeKey, who: People, names: NameParts) -> Compounds:
    """Keyed digests of what the rules combine. Source: RFC 2104 (HMAC)."""
    secret = key.derive("block/name")
    spoken = _tokens(secret, names, lambda token: "s:" + token[1])
    # a reading by known name groups, where there is one: it meets spellings whose skeletons differ
    grouped = _tokens(secret, names, lambda token: "s:" + token[1] if token[0].startswith("~") else "g:" + token[0])
    born = np.array(who.born, dtype=np.int64).reshape(len(who), 3)
    days = np.sort(born[:, 1:], axis=1)
    return Compounds(
        (spoken, grouped),
        _tagged(key.derive("block/place"), who.place),
        _tagged(key.derive("block/phone"), who.phone),
        _tagged(key.derive("block/document"), who.document),
        born[:, 0],
        days[:, 0] * 32 + days[:, 1],
    )


def _tagged(key: bytes, values: Sequence[str]) -> Words:
    found = _plain(key, values)
    return np.where(np.fromiter((bool(value) for value in values), dtype=bool, count=len(values)), found | np.uint64(1), np.uint64(0))


def _stream(key: bytes, low: Words, high: Words, blocks: int) -> Words:
    """AES-256 of (identity, counter), counter 0 … blocks - 1: 2 × blocks keyed words for each identity. `high` stays under 2^56."""
    ciphers = _library().hazmat.primitives.ciphers
    data = np.empty((len(low), blocks, 2), dtype="<u8")
    data[:, :, 0] = low[:, None]
    data[:, :, 1] = high[:, None] | (np.arange(blocks, dtype=np.uint64) << np.uint64(56))[None, :]
    encryptor = ciphers.Cipher(ciphers.algorithms.AES(key), ciphers.modes.ECB()).encryptor()  # a keyed permutation of distinct blocks
    return np.frombuffer(encryptor.update(data.tobytes()), dtype="<u8").reshape(len(low), 2 * blocks).astype(np.uint64)


_SHIFTS = (1, 2, 4, 8, 16)
_KEEP = tuple(np.uint64(sum(1 << bit for bit in range(64) if not bit & shift)) for shift in _SHIFTS)


def permute(words: Words, masks: Words) -> Words:
    """Exchange bits inside each 32-bit half as the masks say: a butterfly of five stages. Distances between two words under equal masks stay.

    Source: Knuth, The Art of Computer Programming 4A (2011), 7.1.3 (butterflies).
    """
    out = words.copy()
    for stage, (shift, keep) in enumerate(zip(_SHIFTS, _KEEP, strict=True)):
        step = np.uint64(shift)
        moved = ((out >> step) ^ out) & (masks[:, stage, None] & keep)
        out ^= moved ^ (moved << step)
    return out


def _salted(key: ExchangeKey, rule: str, blocks: Blocks, words: Words, how: Hardening) -> tuple[Words, Words]:
    """The rows' bucket numbers, before the cut to size, and their words, padded and permuted."""
    stream = _stream(key.derive(f"rule/{rule}"), blocks.low, blocks.high, (2 + _PAD + _MASKS) // 2 + 1)
    if not how.salt:
        return stream[:, 0], words
    # given and family share one pad, else a swapped name could not be compared
    pads = stream[:, 2 : 2 + _PAD].copy()
    pads[:, 1:4] = pads[:, :1]
    return stream[:, 0], permute(words, stream[:, 2 + _PAD : 2 + _PAD + _MASKS]) ^ pads


def buckets(rule_rows: float, size: int) -> int:
    """How many buckets a rule has for lists of about `size` records: a power of two, about 16 rows in each."""
    return 1 << max(0, round(np.log2(max(1.0, size * rule_rows / LOAD))))


def _unknown(known: npt.NDArray[np.uint16]) -> npt.NDArray[np.bool_]:
    """Which words of which record say nothing; shape (records, 10)."""
    bits = np.array([0, 0, 1, 1, 2, 3, 4, 5, 6])
    absent = (known[:, None] >> bits.astype(np.uint16)) & np.uint16(1) == 0
    neither = known >> np.uint16(7) == 0
    return np.concatenate([absent, neither[:, None]], axis=1)


def _written(values: Sequence[Any]) -> list[str]:
    """Each value as Python writes it; distinct values once."""
    known = {value: repr(value) for value in dict.fromkeys(values)}
    return [known[value] for value in values]


def flips(key: ExchangeKey, who: People, share: int) -> tuple[Words, Words]:
    """The bits that each record turns for good, and random words for what it does not know: both from the HMAC of its content, so that
    the same record always lies in the same way and asking again tells nothing new.
    Source: Warner, Randomized Response, JASA 60 (1965); Erlingsson and others, CCS 2014.
    """
    secret = key.derive(f"noise/{key.party}")
    columns = (who.given, who.family, who.born, who.sex, who.nationality, who.place, who.phone, who.document)
    raw = b"".join(sketch.digest(secret, f"({', '.join(row)})")[:16] for row in zip(*map(_written, columns), strict=True))
    seeds = np.frombuffer(raw, dtype="<u8").astype(np.uint64).reshape(-1, 2)
    random = _stream(key.derive(f"noise-stream/{key.party}"), seeds[:, 0], seeds[:, 1] >> np.uint64(8), 4 * len(WORDS))
    random = random.reshape(len(who), 8, len(WORDS))
    out = np.zeros((len(who), len(WORDS)), dtype=np.uint64)
    for bit in range(6):  # Bernoulli(share / 64) by its binary expansion, least significant first
        out = out | random[:, bit] if share >> bit & 1 else out & random[:, bit]
    return out, random[:, 6]


def chance(key: ExchangeKey, who: People, words: Words, known: npt.NDArray[np.uint16], flip: int) -> dict[str, tuple[float, ...]]:
    """How alike two records of one list are by chance, by field: the list's frequencies, as the shares of six levels.

    Drawn from random pairs of records; telephones and documents, too rare for that, are counted.
    Source: Fellegi and Sunter, A Theory for Record Linkage, JASA 64 (1969): the u of each level.
    """
    if len(who) < 2:
        return {}
    random = np.random.default_rng(np.frombuffer(key.derive(f"chance/{key.party}"), dtype=np.uint32))
    one, other = random.integers(0, len(who), (2, CHANCE_PAIRS))
    apart = one != other
    found, _ = distances(words[one[apart]], words[other[apart]], known[one[apart]], known[other[apart]])
    out = shares(found, flip / 64)
    for name in ("phone", "document"):
        values = [value for value in getattr(who, name) if value]
        agree = sum(count * (count - 1) for count in Counter(values).values()) / max(1, len(values) * (len(values) - 1))
        if name in out:
            out[name] = (round(agree, 7), *out[name][1:])
    return out


def _pick(values: Sequence, order: npt.NDArray[np.int64]) -> list:  # type: ignore[type-arg]
    return [values[place] for place in order]


def with_dummies(key: ExchangeKey, who: People, share: float) -> People:
    """The people, and invented ones made of parts of different records: they fill blocks as real ones do, and match nobody."""
    number = round(share * len(who))
    if number == 0 or len(who) < 20:
        return who
    draw = np.random.default_rng(np.frombuffer(key.derive(f"dummies/{key.party}"), dtype=np.uint32))
    made = {name: _pick(getattr(who, name), draw.integers(0, len(who), number)) for name in People.__slots__ if name != "record_id"}
    ids = [f"\x00dummy {place}" for place in range(number)]
    return People([*who.record_id, *ids], **{name: [*getattr(who, name), *values] for name, values in made.items()})


def pseudonyms(key: ExchangeKey, ids: Sequence[str]) -> list[bytes]:
    """16 bytes for each record id, by HMAC under a key that both owners can make for their own party; the linkage unit cannot go back.

    Source: RFC 2104 (HMAC).
    """
    secret = key.derive(f"pseudonym/{key.party}")
    return [sketch.digest(secret, value)[:16] for value in ids]


# what is given up first: sex, nationality, place, document, phone, day, family, year, given
_GIVEN_UP = (8, 7, 4, 6, 5, 3, 1, 2, 0)


def common_masks(known: npt.NDArray[np.uint16], least: int) -> npt.NDArray[np.uint16]:
    """`known` with fields given up until each pattern of what is known is shared by `least` records: a rare pattern would single one out.

    Patterns that stay rare are brought to what they have in common; if that is still too few, other records join them.
    Source: k-anonymity, Sweeney, Int. J. Uncertainty, Fuzziness and Knowledge-Based Systems 10 (2002).
    """
    out = known.copy()
    for bit in _GIVEN_UP:
        rare = _rare(out, least)
        if not rare.any():
            return out
        out[rare] &= np.uint16(0xFFFF ^ (1 << bit))
    while (rare := _rare(out, least)).any():
        before = out.copy()
        common = np.bitwise_and.reduce(out[rare])
        out[rare] = common
        wanted = least - int((out == common).sum())
        out[np.flatnonzero((out & common == common) & (out != common))[: max(0, wanted)]] = common
        if (out == before).all():
            if common == 0:  # fewer records than `least` in all
                break
            out[rare] = 0  # nobody else knows all that these know: they say nothing
    return out


def _rare(known: npt.NDArray[np.uint16], least: int) -> npt.NDArray[np.bool_]:
    _, where, counts = np.unique(known, return_inverse=True, return_counts=True)
    return counts[where] < least


def encode(who: People, key: ExchangeKey, *, size: int, how: Hardening = Hardening()) -> Encoded:
    """Encode one list for the linkage unit.

    Args: who, the normalised list; key, of the exchange; size, about how many records the lists have, the same number on both sides.
    Rows in blocks above an owner's cap and in buckets outside `least` … `most` are not sent, and counted in `dropped`.
    Source: Charikar 2002 (sign sketches); Schnell & Borgs 2016; Erlingsson et al. 2014 (permanent response).
    """
    real = len(who)
    who = with_dummies(key, who, how.dummies)
    parts = name_parts(who)
    words, known = base_words(key, who, parts, fold=how.fold)
    if how.least:
        known = common_masks(known, how.least)
    noise, filler = flips(key, who, how.flip)
    words = np.where(_unknown(known), filler, words ^ noise)
    names = pseudonyms(key, who.record_id)
    order = np.array(sorted(range(len(who)), key=names.__getitem__), dtype=np.int64)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    made, dropped = _rows(key, compounds(key, who, parts), words, rank, size=size, how=how)
    record, rule, bucket, rows = made
    by_record = np.argsort(record, kind="stable")
    return Encoded(
        tuple(names[place] for place in order),
        known[order],
        record[by_record],
        rule[by_record],
        bucket[by_record],
        rows[by_record],
        real,
        chance(key, who, words, known, how.flip),
        dropped,
    )


_Parts = tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8], npt.NDArray[np.uint32], Words]


def _rows(
    key: ExchangeKey, made: Compounds, words: Words, rank: npt.NDArray[np.int64], *, size: int, how: Hardening
) -> tuple[_Parts, dict[str, int]]:
    """The rows to send (record, rule, bucket, words) and, by rule, how many are not sent. `rank`, each record's place in the file."""
    parts, dropped = [], {}
    for number, rule in enumerate(RULES):
        blocks = rule.build(made)
        asked = len(blocks.record)
        blocks = _capped(blocks, rule.cap(len(rank)))
        tag, rows = _salted(key, rule.name, blocks, words[blocks.record], how)
        cut = buckets(rule.rows, size) if how.least else 1 << 32
        bucket = (tag % np.uint64(cut)).astype(np.uint32)
        _, where, counts = np.unique(bucket, return_inverse=True, return_counts=True)
        sent = (counts[where] >= how.least) & (counts[where] <= how.most)
        dropped[rule.name] = asked - int(sent.sum())
        parts.append((rank[blocks.record][sent], np.full(int(sent.sum()), number, dtype=np.uint8), bucket[sent], rows[sent]))
    record, rule_number, bucket, rows = (np.concatenate(column) for column in zip(*parts, strict=True))
    return (record, rule_number, bucket, rows), dropped


def _capped(blocks: Blocks, most: int) -> Blocks:
    """Without the blocks that more than `most` records share."""
    if not len(blocks.record):
        return blocks
    _, where, counts = np.unique(mixed(blocks.low, blocks.high), return_inverse=True, return_counts=True)
    kept = counts[where] <= most
    return replace(blocks, record=blocks.record[kept], low=blocks.low[kept], high=blocks.high[kept])
