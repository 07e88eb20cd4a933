"""Keys: agreed, confirmed, derived apart, sealed on disk, destroyed on record."""

from __future__ import annotations

import json
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havre.evidence.stats.linkage.private import CannotLink, keys
from tests.evidence.stats.linkage.private.exchanges import agreed, agreement, key

WORDS = "a long passphrase"


def test_agree_by_both_owners_gives_one_secret_and_one_code():
    ours, theirs = agreed(agreement())
    assert (ours.secret, ours.code, ours.fingerprint) == (theirs.secret, theirs.code, theirs.fingerprint)
    assert (len(ours.secret), ours.confirmed, len(ours.code.replace(" ", ""))) == (32, True, 32)


def test_agree_under_different_agreements_shows_in_the_code():
    terms = agreement()
    one, other = keys.new_pair(terms.exchange, "ngo"), keys.new_pair(terms.exchange, "police")
    ours = keys.agree(one, json.dumps(other.card()), agreement=terms.digest)
    theirs = keys.agree(other, json.dumps(one.card()), agreement=agreement(size=301).digest)
    with pytest.raises(CannotLink) as refusal:
        keys.confirm(ours, theirs.code)
    assert refusal.value.code == "code_differs"


def test_agree_with_someone_in_between_shows_in_the_code():
    terms = agreement()
    ngo, police = keys.new_pair(terms.exchange, "ngo"), keys.new_pair(terms.exchange, "police")
    mallory = [keys.new_pair(terms.exchange, party) for party in ("police", "ngo")]
    ours = keys.agree(ngo, json.dumps(mallory[0].card()), agreement=terms.digest)
    theirs = keys.agree(police, json.dumps(mallory[1].card()), agreement=terms.digest)
    assert ours.code != theirs.code


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("{}", "bad_card"), ("not json", "bad_card"), ("[]", "bad_card"),
        (json.dumps({"kind": "havre-private-public-key", "exchange": "gh-2026", "party": "x", "x25519": "00" * 31}), "bad_card"),
        (json.dumps({"kind": "havre-private-public-key", "exchange": "gh-2026", "party": "x", "x25519": "00" * 32}), "weak_card"),
        (json.dumps({"kind": "havre-private-public-key", "exchange": "other", "party": "x", "x25519": "01" * 32}), "other_exchange"),
        (json.dumps({"kind": "havre-private-public-key", "exchange": "gh-2026", "party": "ngo", "x25519": "01" * 32}), "own_card"),
    ],
)  # fmt: skip
def test_agree_with_a_wrong_card_is_refused(card, code):
    with pytest.raises(CannotLink) as refusal:
        keys.agree(keys.new_pair("gh-2026", "ngo"), card, agreement="0" * 64)
    assert refusal.value.code == code
    assert refusal.value.words("fr") != refusal.value.words("en")


@settings(deadline=None)
@given(st.text(max_size=200))
def test_read_card_of_any_text_is_a_card_or_a_refusal(text):
    with pytest.raises(CannotLink):
        keys.read_card(text)


def test_derive_for_two_purposes_exchanges_or_agreements_gives_unrelated_keys():
    base = key()
    other_exchange = key(terms=agreement(exchange="gh-2027"))
    derived = {base.derive("field/name"), base.derive("field/place"), other_exchange.derive("field/name")}
    derived |= {key(terms=agreement(size=999)).derive("field/name"), key(secret=b"t" * 32).derive("field/name")}
    assert len(derived) == 5


def test_key_file_is_private_opens_with_its_passphrase_and_holds_no_secret(tmp_path):
    path, made = tmp_path / "x.key", key()
    keys.write_key(path, made, WORDS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert made.secret.hex() not in path.read_text()
    assert keys.read_key(path, WORDS) == made
    with pytest.raises(CannotLink) as refusal:
        keys.read_key(path, WORDS + "!")
    assert refusal.value.code == "wrong_passphrase"


def test_key_file_with_its_head_changed_does_not_open(tmp_path):
    path, made = tmp_path / "x.key", agreed(agreement())[0]
    keys.write_key(path, keys.ExchangeKey(made.exchange, made.party, made.secret, made.agreement), WORDS)
    path.write_text(path.read_text().replace('\\"confirmed\\": false', '\\"confirmed\\": true'))
    with pytest.raises(CannotLink) as refusal:
        keys.read_key(path, WORDS)
    assert refusal.value.code == "wrong_passphrase"


def test_key_file_is_never_overwritten(tmp_path):
    path = tmp_path / "x.key"
    keys.write_key(path, key(), WORDS)
    before = path.read_bytes()
    with pytest.raises(CannotLink) as refusal:
        keys.write_key(path, key(secret=b"t" * 32), WORDS)
    assert (refusal.value.code, path.read_bytes()) == ("key_exists", before)


def test_destroy_writes_the_register_and_leaves_no_byte_of_the_file(tmp_path):
    path, register = tmp_path / "x.key", tmp_path / "destroyed.jsonl"
    keys.write_key(path, key(), WORDS)
    handle = path.open("rb")  # a reader that still holds the file sees it overwritten
    before = path.read_bytes()
    line = keys.destroy(path, register, by="officer 12")
    assert not path.exists()
    assert handle.read() != before
    handle.close()
    assert json.loads(register.read_text()) == line
    assert (line["exchange"], line["party"], line["by"]) == ("gh-2026", "police", "officer 12")
    assert keys.destroyed(register) == {"gh-2026"}
    assert key().secret.hex() not in register.read_text()


def test_destroy_of_another_file_is_refused_and_the_file_stays(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("dear all")
    with pytest.raises(CannotLink):
        keys.destroy(path, tmp_path / "register.jsonl", by="x")
    assert path.read_text() == "dear all"
    assert not (tmp_path / "register.jsonl").exists()


def test_give_and_take_hand_the_secret_to_a_third_party_only():
    terms = agreement(parties=("clinic", "ngo", "police"))
    mine, third, stranger = key("ngo", terms=terms), keys.new_pair("gh-2026", "clinic"), keys.new_pair("gh-2026", "clinic")
    sealed = keys.give(mine, json.dumps(third.card()), parties=terms.parties)
    taken = keys.take(third, sealed, agreement=terms.digest)
    assert (taken.secret, taken.code, taken.confirmed) == (mine.secret, mine.code, False)
    assert mine.secret.hex() not in sealed
    for pair, digest in ((stranger, terms.digest), (third, agreement().digest)):
        with pytest.raises(CannotLink) as refusal:
            keys.take(pair, sealed, agreement=digest)
        assert refusal.value.code == "not_for_you"


def test_give_to_someone_outside_the_agreement_is_refused():
    with pytest.raises(CannotLink) as refusal:
        keys.give(key("ngo"), json.dumps(keys.new_pair("gh-2026", "press").card()), parties=("ngo", "police"))
    assert refusal.value.code == "no_party"


def test_repr_of_keys_hides_the_secret():
    made, pair = key(secret=b"\x07" * 32), keys.new_pair("gh-2026", "ngo")
    assert "\\x07" not in repr(made)
    assert repr(pair.private) not in repr(pair)
