"""The linkage unit: finds the shared persons without a key, shows cells, refuses what does not match."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havre.evidence.stats.linkage.private import CannotLink, attacks, cells, compare, encode, encoding, people, unit
from havre.evidence.stats.linkage.private.encoding import Hardening, pseudonyms
from tests.evidence.stats.linkage.private.exchanges import PLAIN, Columns, agreement, encoded, key, two_files, two_lists


def _linked(a: Columns, files) -> set[tuple[str, str]]:
    _, b, _ = two_lists()
    found = unit.link(files)
    ids = [
        dict(zip(pseudonyms(key(party), columns["record_id"]), columns["record_id"], strict=True))
        for party, columns in (("ngo", a), ("police", b))
    ]
    named = [[ids[side].get(name, "dummy") for name in files[side][1].pseudonym] for side in (0, 1)]
    return {(named[0][x], named[1][y]) for _, x, _, y, _ in found.links}


def test_link_of_two_encoded_lists_finds_the_shared_persons():
    a, _, truth = two_lists()
    links = _linked(a, two_files())
    right = len(links & truth)
    assert 2 * right / (len(links) + len(truth)) >= 0.9


def test_compare_shows_cells_that_add_up_and_no_pseudonym():
    found = compare(two_files())
    counts = {cell.history: cell.count for cell in found.cells}
    assert found.parties == ("ngo", "police")
    assert counts[1, 1] + counts[1, 0] == found.sizes[0]
    assert counts[1, 1] + counts[0, 1] == found.sizes[1]
    assert abs(counts[1, 1] - 120) <= 12
    assert found.pairs is None
    assert not any(name.hex() in str(found.as_json()) for name in two_files()[0][1].pseudonym)


def test_compare_twice_gives_the_same_result_whatever_the_order_of_files():
    one, other = two_files()
    assert compare((one, other)) == compare((other, one))


def test_compare_of_files_under_different_secrets_is_refused_with_every_reason():
    with pytest.raises(CannotLink) as refusal:
        compare(two_files(secret_b=b"t" * 32))
    assert refusal.value.code == "no_match"
    assert "the keys do not match" in refusal.value.en
    assert "test vectors" in refusal.value.en
    assert "clés" in refusal.value.fr


def test_link_of_files_under_different_secrets_would_find_next_to_nothing():
    a, _, _ = two_lists()
    assert len(_linked(a, two_files(secret_b=b"t" * 32))) <= 2


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"exchange": "other"}, "different exchanges"), ({"agreement": "1" * 64}, "same agreement"), ({"size": 301}, "same agreement"),
        ({"hardening": Hardening(flip=4)}, "same agreement"), ({"vectors": "1" * 64}, "test vectors"), ({"normaliser": "1" * 64}, "normalised"),
        ({"party": "ngo"}, "one party"),
    ],
)  # fmt: skip
def test_compare_of_files_that_differ_is_refused(changed, reason):
    one, (head, made) = two_files()
    with pytest.raises(CannotLink) as refusal:
        compare((one, (replace(head, **changed), made)))
    assert reason in refusal.value.en


def test_compare_for_pairs_needs_the_very_agreement_that_says_so():
    files = two_files(output="pairs")
    with pytest.raises(CannotLink) as none:
        compare(files, pairs=True)
    with pytest.raises(CannotLink) as other:
        compare(files, pairs=True, terms=agreement(output="pairs", purpose="something else"))
    with pytest.raises(CannotLink) as only_cells:
        compare(two_files(), pairs=True, terms=agreement())
    assert [refusal.value.code for refusal in (none, other, only_cells)] == ["no_agreement", "other_agreement", "cells_only"]
    found = compare(files, pairs=True, terms=agreement(output="pairs"))
    assert len(found.pairs) >= 90
    assert all(len(row[1]) == len(row[3]) == 32 for row in found.pairs)


def test_compare_of_three_lists_gives_seven_cells():
    terms = agreement(parties=("clinic", "ngo", "police"))
    a, b, _ = two_lists()
    third = {name: values[:40] + b[name][100:200] for name, values in a.items()}
    third["record_id"] = [f"c{place}" for place in range(140)]
    files = [encoded(columns, key(party, terms=terms), terms) for party, columns in (("ngo", a), ("police", b), ("clinic", third))]
    found = unit.link(files)
    counts = unit.histories(found.groups, (300, 300, 140))
    assert len(counts) == 7
    assert sum(count for history, count in counts.items() if history[2]) == 140
    on_all = [group for group in found.groups if len(group) == 3]
    assert len(on_all) >= 10


def test_link_of_a_list_holding_persons_twice_counts_them_once():
    terms = agreement()
    a, b, _ = two_lists()
    double = {name: [*values, *values[:60]] for name, values in a.items()}
    double["record_id"] = [f"a{place}" for place in range(360)]
    files = (encoded(double, key("ngo"), terms), encoded(b, key("police"), terms))
    found = unit.link(files)
    assert 295 <= unit.persons(found, files)[0] <= 306


def test_compare_with_a_small_overlap_hides_every_cell_that_gives_it_away():
    terms = agreement()
    a, b, _ = two_lists(300, 4, 9)
    found = compare((encoded(a, key("ngo"), terms), encoded(b, key("police"), terms)))
    assert {cell.history: cell.why for cell in found.cells} == {(1, 1): "small", (1, 0): "complementary", (0, 1): "complementary"}
    assert [cell.count for cell in found.cells] == [None, None, None]
    assert (found.precision, found.recall) == (None, None)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=7, max_size=7))
def test_hidden_cells_of_three_lists_stay_as_uncertain_as_the_rule_can_make_them(values):
    histories = [history for history in np.ndindex(2, 2, 2) if any(history)]
    counts = dict(zip(histories, values, strict=True))
    sizes = tuple(sum(count for history, count in counts.items() if history[place]) for place in range(3))
    why = cells.hidden(counts, sizes=sizes, least=11)
    assert {history for history, count in counts.items() if count < 11} <= set(why)
    known = cells.bounds(counts, set(why), sizes)
    everything = set(why) == set(counts)
    for history, reason in why.items():
        low, high = known[history]
        assert low - 1e-6 <= counts[history] <= high + 1e-6
        assert reason != "small" or everything or high - low >= 11


def test_attack_by_frequency_finds_names_without_salt_and_none_with_it():
    columns, _, _ = two_lists(300)
    skewed = {name: list(values) for name, values in columns.items()}
    skewed["given_name"] = [("Kofi", "Kofi", "Kofi", "Ama", "Ama", "Yaw")[place % 6] for place in range(300)]
    who = people(skewed)
    shares = []
    for how in (PLAIN, replace(PLAIN, salt=True)):
        made = encode(who, key(), size=300, how=how)
        place = {name: number for number, name in enumerate(pseudonyms(key(), skewed["record_id"]))}
        first = np.searchsorted(made.record, np.arange(300))
        truth = [who.given[place[name]][0][0] for name in made.pseudonym]
        shares.append(attacks.by_frequency(made.words[first, 0], truth))
    control, salted = shares
    assert control.low > 0.9
    assert salted.share < 0.05


def test_attack_by_pattern_and_dictionary_fail_where_their_controls_succeed():
    columns, _, _ = two_lists(300)
    who, ids = people(columns), columns["record_id"]
    guess = key(secret=b"g" * 32)

    def same(made, other, by):
        place = {name: number for number, name in enumerate(other.pseudonym)}
        clear = dict(zip(pseudonyms(key(), ids), pseudonyms(by, ids), strict=True))
        return np.array([place[clear[name]] if name in clear else -1 for name in made.pseudonym])

    plain = encode(who, guess, size=300, how=PLAIN)
    open_, sent = encode(who, key(), size=300, how=PLAIN), encode(who, key(), size=300)
    control = attacks.by_pattern(open_, plain, same(open_, plain, guess), merged=False, flip=0.0)
    hardened = attacks.by_pattern(sent, plain, same(sent, plain, guess), merged=True, flip=2 / 64)
    assert hardened.high < control.low
    right, wrong = (encode(who, by, size=300, how=Hardening(dummies=0.0)) for by in (key(), guess))
    assert attacks.by_dictionary(sent, right, same(sent, right, key()), flip=2 / 64).low > 0.9
    assert attacks.by_dictionary(sent, wrong, same(sent, wrong, guess), flip=2 / 64).share < 0.02


def _part(columns: Columns, size: int, *blank: str) -> Columns:
    return {name: [""] * size if name in blank else values[:size] for name, values in columns.items()}


def test_compare_of_lists_without_birth_dates_still_finds_most():
    a, b, _ = two_lists()
    files = tuple(encoded(_part(columns, 300, "birth_date"), key(party), agreement()) for columns, party in ((a, "ngo"), (b, "police")))
    assert 95 <= compare(files).cells[0].count <= 125


@pytest.mark.parametrize("size", [0, 1])
def test_compare_of_next_to_empty_lists_shows_no_cell(size):
    a, b, _ = two_lists()
    files = (encoded(_part(a, size), key("ngo"), agreement()), encoded(b, key("police"), agreement()))
    assert [cell.count for cell in compare(files).cells] == [None, None, None]


def test_compare_of_lists_that_say_nothing_links_nobody():
    a, b, _ = two_lists()
    silent = _part(a, 300, *(name for name in a if name != "record_id"))
    assert unit.link((encoded(silent, key("ngo"), agreement()), encoded(b, key("police"), agreement()))).links == ()


def test_encode_of_a_million_copies_of_one_name_sends_no_block_of_it():
    size = 4_000
    columns = {"record_id": [str(place) for place in range(size)], "given_name": ["Maria"] * size, "family_name": ["Santos"] * size}
    made = encode(people(columns), key(), size=size)
    assert (len(made.record), sum(made.dropped.values()) > 0) == (0, True)
    assert encoding.chance  # the list's own frequencies say that the name tells nothing
    assert made.chance["given"][0] > 0.9
