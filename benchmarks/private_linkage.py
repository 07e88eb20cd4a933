"""Private linkage of two agencies' lists with known truth, beside a classic cryptographic long-term key (CLK) in the same run.

    python -m benchmarks.private_linkage [--short] [--records 112000] [--seeds 11,12,13]

1. Quality: precision, recall, F1 by seed and level of error, and by name group. Havre links at its own threshold, chosen without the truth;
   the CLK at the threshold that is best with the truth known, which flatters it. F1 counts every true pair of records between the lists.
2. Scale: the same at about 37,000 × 37,000, with CPU seconds of both and their ratio.
3. Hardening: what each step costs in F1, one step added at a time.
4. Attacks: each on its positive control and on what Havre sends.
5. Lincoln-Petersen from the cells against the truth.

The CLK is our own, as published: bigrams of given and family name, birth date, sex, nationality and birthplace, folded to plain letters;
20 double-hashed bits a bigram in 1,024; Dice; best partner first. Source: Schnell, Bachteler & Reiher 2009, 2011.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import multiprocessing
import time
import unicodedata
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import numba
import numpy as np

from benchmarks import lists
from havre.evidence.stats.linkage.private import ExchangeKey, Hardening, attacks, encode, people, scoring, unit
from havre.evidence.stats.linkage.private.encoded_file import Header
from havre.evidence.stats.linkage.private.encoding import pseudonyms
from havre.evidence.stats.linkage.private.rules import RULES

PLAIN = Hardening(salt=False, fold=False, flip=0, dummies=0.0, least=0)
STEPS = (
    ("keys only", PLAIN),
    ("+ salt by block", replace(PLAIN, salt=True)),
    ("+ permanent noise 2/64", replace(PLAIN, salt=True, flip=2)),
    ("+ dummies 7 %", replace(PLAIN, salt=True, flip=2, dummies=0.07)),
    ("+ buckets of >= 5 (default)", Hardening()),
    ("+ XOR-fold (optional)", Hardening(fold=True)),
    ("default, noise 4/64", Hardening(flip=4)),
)


@dataclass
class Two:
    """Two lists as columns, with the truth."""

    columns: list[dict[str, list[str]]]
    person: dict[str, int]
    group: dict[str, str]

    def __post_init__(self) -> None:
        mine: dict[int, list[str]] = defaultdict(list)
        for record in self.columns[1]["record_id"]:
            mine[self.person[record]].append(record)
        self.truth = {(a, b) for a in self.columns[0]["record_id"] for b in mine[self.person[a]]}


def two_lists(records: int, seed: int, level: str, groups: dict[str, float] | None = None) -> Two:
    made = lists.make(records, seed=seed, level=level, groups=groups)
    return Two([{name: [row[name] for row in rows] for name in rows[0]} for rows in made.lists[:2]], made.person, made.group)


def quality(pairs: set[tuple[str, str]], truth: set[tuple[str, str]]) -> tuple[float, float, float]:
    right = len(pairs & truth)
    return right / max(1, len(pairs)), right / max(1, len(truth)), 2 * right / max(1, len(pairs) + len(truth))


KEYS = tuple(ExchangeKey("benchmark", party, hashlib.sha256(b"benchmark").digest(), "0" * 64, confirmed=True) for party in "ab")


def encoded(two: Two, how: Hardening):
    size = min(len(columns["record_id"]) for columns in two.columns)
    out = []
    for key, columns in zip(KEYS, two.columns, strict=True):
        made = encode(people(columns), key, size=size, how=how)
        out.append((Header("benchmark", key.party, "", "", "", "", size, 11, how, made.real, made.chance), made))
    return out


def ids_of(two: Two, files) -> list[list[str]]:
    out = []
    for key, columns, (_, made) in zip(KEYS, two.columns, files, strict=True):
        names = dict(zip(pseudonyms(key, columns["record_id"]), columns["record_id"], strict=True))
        out.append([names.get(name, "dummy") for name in made.pseudonym])
    return out


def havre(two: Two, how: Hardening = Hardening()):
    """Links at the balanced threshold, the best F1 any threshold gives, what was linked in cells, CPU seconds (encode, compare), row pairs."""
    start = time.process_time()
    files = encoded(two, how)
    half = time.process_time()
    found = unit.link(files)
    end = time.process_time()
    ids = ids_of(two, files)
    links = {(ids[0][x], ids[1][y]) for _, x, _, y, _ in found.links}
    scored = found.scored[0, 1]
    order = scoring.one_to_one(scored, least=1e-4, same=found.same)
    right = np.cumsum([(ids[0][int(scored.a[place])], ids[1][int(scored.b[place])]) in two.truth for place in order])
    best = float((2 * right / (np.arange(1, len(order) + 1) + len(two.truth))).max())
    met = {(ids[0][x], ids[1][y]) for x, y in zip(scored.a.tolist(), scored.b.tolist(), strict=True)}
    cells = unit.histories(found.groups, unit.persons(found, files))
    return links, best, len(met & two.truth) / len(two.truth), cells, (half - start, end - half), found.compared


def folded(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in text if letter.isalnum())


FIELDS = ("given_name", "family_name", "birth_date", "sex", "nationality", "birthplace")


def clk(columns: dict[str, list[str]], *, bits: int = 1024, hashes: int = 20, key: bytes | None = b"shared secret") -> np.ndarray:
    """Classic record-level filters (records × 16 words). Without a key anyone can make them."""
    positions: dict[str, np.ndarray] = {}

    def of(gram: str) -> np.ndarray:
        if gram not in positions:
            data = gram.encode()
            one = int.from_bytes(hmac.digest(key, data, "md5") if key else hashlib.md5(data).digest(), "big")
            two = int.from_bytes(hmac.digest(key, data, "sha1") if key else hashlib.sha1(data).digest(), "big")
            positions[gram] = np.array([(one + place * two) % bits for place in range(hashes)])
        return positions[gram]

    size = len(columns["record_id"])
    out = np.zeros((size, bits), dtype=bool)
    for place in range(size):
        for name in FIELDS:
            text = folded(columns[name][place])
            padded = f"_{text}_" if text else ""
            for start in range(len(padded) - 1):
                out[place, of(f"{name}{padded[start : start + 2]}")] = True
    return np.packbits(out, axis=1).view(np.uint64)


@numba.njit
def dice_pairs(a, b, count_a, count_b, floor, room):
    left, right, values = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.float64)
    number = 0
    for x in range(len(a)):
        for y in range(len(b)):
            common = 0
            for word in range(a.shape[1]):
                v = a[x, word] & b[y, word]
                v = v - ((v >> np.uint64(1)) & np.uint64(0x5555555555555555))
                v = (v & np.uint64(0x3333333333333333)) + ((v >> np.uint64(2)) & np.uint64(0x3333333333333333))
                v = (v + (v >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
                common += np.int64((v * np.uint64(0x0101010101010101)) >> np.uint64(56))
            dice = 2.0 * common / (count_a[x] + count_b[y])
            if dice >= floor and number < room:
                left[number], right[number], values[number] = x, y, dice
                number += 1
    return left[:number], right[:number], values[:number]


def peer(two: Two):
    """The CLK's best F1 over all thresholds, its precision and recall there, its links and CPU seconds (encode, compare)."""
    empty = np.zeros((1, 16), dtype=np.uint64)
    dice_pairs(empty, empty, np.ones(1), np.ones(1), 2.0, 1)  # compile outside the clock
    start = time.process_time()
    filters = [clk(columns) for columns in two.columns]
    half = time.process_time()
    counts = [np.bitwise_count(one).sum(axis=1).astype(np.float64) for one in filters]
    left, right, values = dice_pairs(*filters, *counts, 0.72, 60_000_000)
    end = time.process_time()
    order = np.argsort(-values, kind="stable")
    used = [np.zeros(len(one), dtype=bool) for one in filters]
    links, good = [], []
    names = [columns["record_id"] for columns in two.columns]
    for place in order.tolist():
        x, y = left[place], right[place]
        if not used[0][x] and not used[1][y]:
            used[0][x] = used[1][y] = True
            links.append((names[0][x], names[1][y]))
            good.append(links[-1] in two.truth)
    f1 = 2 * np.cumsum(good) / (np.arange(1, len(good) + 1) + len(two.truth))
    best = int(f1.argmax()) + 1
    return set(links[:best]), (half - start, end - half), len(filters[0]) * len(filters[1])


def by_group(links, two: Two) -> dict[str, float]:
    out = {}
    for group in sorted({two.group[a] for a, _ in two.truth}):
        mine = {pair for pair in links if two.group.get(pair[0]) == group}
        out[group] = round(quality(mine, {pair for pair in two.truth if two.group[pair[0]] == group})[2], 3)
    return out


def row(name: str, two: Two, *, how: Hardening = Hardening()) -> tuple[float, float]:
    links, best, met, cells, (encoding, comparing), compared = havre(two, how)
    theirs, (their_encoding, their_comparing), their_pairs = peer(two)
    mine, clks = quality(links, two.truth), quality(theirs, two.truth)
    sizes = [len(columns["record_id"]) for columns in two.columns]
    print(f"{name}: {sizes[0]:,} x {sizes[1]:,}, {len(two.truth):,} true pairs")
    print(
        "  Havre P {:.3f} R {:.3f} F1 {:.3f}".format(*mine)
        + f" (best threshold {best:.3f}); pairs met {met:.3f}; groups {by_group(links, two)}"
    )
    print("  CLK   P {:.3f} R {:.3f} F1 {:.3f}".format(*clks) + f" (best threshold, truth known); groups {by_group(theirs, two)}")
    print(
        f"  CPU s encode {encoding:.1f} / CLK {their_encoding:.1f} ({sum(sizes) / encoding:,.0f} / {sum(sizes) / their_encoding:,.0f} records a s); "
        f"compare {comparing:.1f} / CLK {their_comparing:.1f}, ratio {their_comparing / comparing:.2f} "
        f"({compared:,} row pairs / {their_pairs:,} record pairs)"
    )
    persons = [{two.person[record] for record in columns["record_id"]} for columns in two.columns]
    both = len(persons[0] & persons[1])
    true_n = len(persons[0]) * len(persons[1]) / both
    seen_n = (cells[1, 1] + cells[1, 0]) * (cells[1, 1] + cells[0, 1]) / max(1, cells[1, 1])
    clk_n = sizes[0] * sizes[1] / max(1, len(theirs))
    print(
        f"  Lincoln-Petersen: truth {true_n:,.0f}; from Havre's cells {seen_n:,.0f} ({seen_n / true_n - 1:+.1%}); "
        f"from the CLK's links {clk_n:,.0f} ({clk_n / true_n - 1:+.1%})",
        flush=True,
    )
    return mine[2], clks[2]


def steps(two: Two) -> None:
    print("hardening, one step added at a time: F1 at own threshold, change; best threshold")
    before = None
    for name, how in STEPS:
        links, best, *_ = havre(two, how)
        f1 = quality(links, two.truth)[2]
        print(f"  {name:32} {f1:.3f} {'' if before is None else f'{f1 - before:+.3f}':>7}  {best:.3f}", flush=True)
        before = f1


def shown(stage: str, attack: attacks.Attack) -> None:
    print(
        f"  {stage:32} {attack.name:28} {attack.found:>6} of {attack.records:,} = {attack.share:.4f} [{attack.low:.4f}, {attack.high:.4f}]"
        f"; guessing {attack.guessing:.4f}",
        flush=True,
    )


def clk_control(two: Two) -> None:
    """Positive control: a filter anyone can make is looked up in a dictionary; a keyed but unsalted one falls to frequency."""
    columns = two.columns[0]
    size = len(columns["record_id"])
    for name, key in (("unkeyed CLK", None), ("keyed CLK, attacker without key", b"shared secret")):
        sent, made = clk(columns, key=key), clk(columns, key=None)
        counts = [np.bitwise_count(one).sum(axis=1).astype(np.float64) for one in (sent, made)]
        left, right, values = dice_pairs(sent, made, *counts, 0.9, 10_000_000)
        best = {}
        for x, y, value in zip(left.tolist(), right.tolist(), values.tolist(), strict=True):
            best[x] = max(best.get(x, (0.0, -1)), (value, y))
        shown(name, attacks._outcome("dictionary", [best.get(place, (0, -1))[1] == place for place in range(size)], 1 / size))
    words = clk({**{name: [""] * size for name in FIELDS}, "record_id": columns["record_id"], "given_name": columns["given_name"]})
    ones = np.array([int.from_bytes(hashlib.sha256(word.tobytes()).digest()[:8], "big") for word in words], dtype=np.uint64)
    truth = [folded(text) for text in columns["given_name"]]
    shown("keyed CLK of the given name", attacks.by_frequency(ones, truth, reach=0))


def attack_table(two: Two) -> None:
    print("attacks: share of records named rightly (95 % bounds); the attacker has the true frequencies, or the whole list in the clear")
    clk_control(two)
    columns, key = two.columns[0], KEYS[0]
    who, size = people(columns), len(columns["record_id"])
    ids = columns["record_id"]
    guessed_key = ExchangeKey("benchmark", "a", hashlib.sha256(b"guess").digest(), "0" * 64, confirmed=True)
    place = {name: number for number, name in enumerate(pseudonyms(key, ids))}
    rule = next(number for number, one in enumerate(RULES) if one.name.startswith("one name + year"))
    for stage, how in (STEPS[0], STEPS[1], STEPS[3], STEPS[4], STEPS[5]):
        made = encode(who, key, size=size, how=how)
        clear = [place.get(name, -1) for name in made.pseudonym]
        first = np.searchsorted(made.record, np.arange(len(made.pseudonym)))
        has = [n for n, at in enumerate(first) if clear[n] >= 0 and at < len(made.record) and made.record[at] == n and who.given[clear[n]]]
        shown(stage, attacks.by_frequency(made.words[first[has], 0], [who.given[clear[n]][0][0] for n in has]))
        compound = [
            frozenset(f"{token[1]} {who.born[at][0]}" for token in (*who.given[at], *who.family[at]) if who.born[at][0])
            if at >= 0
            else frozenset()
            for at in clear
        ]
        merged, flip = how.least > 0, how.flip / 64
        shown(stage, attacks.by_block_frequency(made, rule, compound, merged=merged, flip=flip))
        plain = encode(who, guessed_key, size=size, how=PLAIN)
        shown(stage, attacks.by_pattern(made, plain, _same(clear, ids, guessed_key, plain), merged=merged, flip=flip))
        wrong = encode(who, guessed_key, size=size, how=replace(how, dummies=0.0))
        shown(stage, attacks.by_dictionary(made, wrong, _same(clear, ids, guessed_key, wrong), flip=flip, name="dictionary, guessed key"))
    right = encode(who, key, size=size, how=replace(how, dummies=0.0))
    shown(
        "control: an owner's key leaked",
        attacks.by_dictionary(made, right, _same(clear, ids, key, right), flip=flip, name="dictionary, right key"),
    )


def _same(clear: list[int], ids: list[str], key: ExchangeKey, made) -> np.ndarray:
    names, where = pseudonyms(key, ids), {name: number for number, name in enumerate(made.pseudonym)}
    return np.array([where[names[at]] if at >= 0 else -1 for at in clear])


def _encode_one(job: tuple[ExchangeKey, dict[str, list[str]], int]) -> tuple[int, float, float, float]:
    key, columns, size = job
    encode(people({name: values[:500] for name, values in columns.items()}), key, size=size)  # libraries loaded outside the clock
    cpu, start = time.process_time(), time.monotonic()
    encode(people(columns), key, size=size)
    return len(columns["record_id"]), time.process_time() - cpu, start, time.monotonic()


def encoding_speed(records: int) -> None:
    """Both owners encode at once, a process each, as they do on machines of their own."""
    two = two_lists(records, 31, "ordinary")
    size = min(len(columns["record_id"]) for columns in two.columns)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        done = list(pool.map(_encode_one, [(key, columns, size) for key, columns in zip(KEYS, two.columns, strict=True)]))
    number, cpu = sum(row[0] for row in done), sum(row[1] for row in done)
    wall = max(row[3] for row in done) - min(row[2] for row in done)
    print(f"encoding {number:,} records of two owners in two processes: {number / cpu:,.0f} a CPU second, {number / wall:,.0f} a second ({cpu:.1f} CPU s, {wall:.1f} s)")  # fmt: skip  # noqa: E501


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="one seed, small lists")
    parser.add_argument("--records", type=int, default=112_000, help="records over three agencies, of which two are linked")
    parser.add_argument("--encode", action="store_true", help="only the speed of encoding")
    parser.add_argument("--seeds", default="11,12,13")
    asked = parser.parse_args()
    if asked.encode:
        return encoding_speed(asked.records)
    small = 9_000 if asked.short else 24_000
    seeds = [int(seed) for seed in asked.seeds.split(",")][: 1 if asked.short else None]
    if not asked.short:
        row("scale", two_lists(asked.records, 31, "ordinary"))
    for level in ("ordinary",) if asked.short else ("low", "ordinary", "high"):
        found = [row(f"seed {seed}, {level} errors", two_lists(small, seed, level)) for seed in seeds]
        mine, clks = (np.mean(column) for column in zip(*found, strict=True))
        print(f"  mean of {len(seeds)}: Havre {mine:.3f}, CLK {clks:.3f}, ratio {mine / clks:.2f}")
    row("held-out name group", two_lists(small, seeds[0], "ordinary", groups={"horn": 1.0}))
    steps(two_lists(small // 2, 21, "ordinary"))
    attack_table(two_lists(9_000, 21, "ordinary"))


if __name__ == "__main__":
    main()
