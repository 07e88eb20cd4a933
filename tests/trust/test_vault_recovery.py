"""Lost keys do not end the house (globaleaks#3290, #3399): k of n papers bring the root back, and fewer say nothing."""

import itertools
import json
import random

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from havre.site.commands.keys import keys
from havre.trust.errors import Invalid
from havre.trust.models import RootKey
from havre.trust.vault import keyfile, recovery, rotation, unlocking
from havre.trust.vault.custody import RootsInMemory
from havre.trust.vault.faults import KeyFault
from tests.factories_vault import CHEAP, PASSPHRASE

NEW = "another correct horse battery"
pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture(autouse=True)
def home(tmp_path, settings, monkeypatch):
    settings.HAVRE_HOME = str(tmp_path)
    monkeypatch.setattr(keyfile, "Cost", lambda *cost, **named: CHEAP.__class__(*cost, **named) if cost or named else CHEAP)
    yield tmp_path
    unlocking.lock()


@pytest.fixture
def custodian():
    return unlocking.make(PASSPHRASE, cost=CHEAP)


def lose_the_key():
    unlocking.key_file().unlink()


def test_any_three_of_five_papers_bring_the_same_root_back(custodian):
    before = dict(custodian.roots())
    papers = recovery.split(custodian, shares=5, needed=3).words
    for three in itertools.combinations(papers, 3):
        lose_the_key()
        assert dict(recovery.recover(three, passphrase=NEW).roots()) == before
        assert dict(keyfile.KeyFile.open(unlocking.key_file(), NEW).roots()) == before


def test_two_of_five_papers_open_nothing_and_write_nothing(custodian):
    papers = recovery.split(custodian, shares=5, needed=3).words
    lose_the_key()
    for two in itertools.combinations(papers, 2):
        with pytest.raises(KeyFault):
            recovery.recover(two, passphrase=NEW)
    with pytest.raises(KeyFault):
        recovery.recover([papers[0]] * 3, passphrase=NEW)
    assert not unlocking.key_file().exists()


def test_root_made_by_a_later_rotation_comes_back_too(custodian):
    papers = recovery.split(custodian, shares=3, needed=2).words
    rotation.rotate_root(custodian)
    after = dict(custodian.roots())
    assert len(after) == 2
    lose_the_key()
    assert dict(recovery.recover(papers[:2], passphrase=NEW).roots()) == after


def test_root_that_was_destroyed_does_not_come_back(custodian):
    papers = recovery.split(custodian, shares=3, needed=2).words
    rotation.rotate_root(custodian)
    row = RootKey.objects.get(version=1)
    assert rotation.destroy_retired(custodian, now=row.retired_at, at_once=True) == [1]
    lose_the_key()
    assert recovery.recover(papers[1:], passphrase=NEW).versions == (2,)


def test_papers_of_an_earlier_split_open_nothing(custodian):
    old = recovery.split(custodian, shares=3, needed=2).words
    new = recovery.split(custodian, shares=3, needed=2).words
    lose_the_key()
    for mixed in (old[:2], (old[0], new[0])):
        with pytest.raises(KeyFault):
            recovery.recover(mixed, passphrase=NEW)
    assert recovery.recover(new[:2], passphrase=NEW).versions == (1,)


def test_papers_of_another_instance_are_told_apart_by_its_records(custodian):
    papers = recovery.split(RootsInMemory({1: b"o" * 32}), shares=3, needed=2).words
    lose_the_key()
    with pytest.raises(KeyFault, match="another instance"):
        recovery.recover(papers[:2], passphrase=NEW)


def test_key_file_that_stands_is_never_overwritten(custodian):
    papers = recovery.split(custodian, shares=3, needed=2).words
    before = unlocking.key_file().read_bytes()
    with pytest.raises(KeyFault, match="already"):
        recovery.recover(papers[:2], passphrase=NEW)
    assert unlocking.key_file().read_bytes() == before


@given(place=st.integers(0, 32), seed=st.integers(0, 10**6))
@tried(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10, deadline=None)
def test_paper_with_one_wrong_word_is_refused_before_anything_is_combined(place, seed):
    (paper, *_rest) = recovery.split(RootsInMemory({1: b"o" * 32}), shares=3, needed=2).words
    words = paper.split()
    other = random.Random(seed).choice([word for word in paper.split() if word != words[place]] or ["academic"])
    words[place] = other
    with pytest.raises(Invalid):
        recovery.read_share(" ".join(words))


@pytest.mark.parametrize(("shares", "wanted"), [(1, 1), (5, 1), (3, 4), (17, 2), (0, 0)])
def test_quorum_of_one_or_of_more_than_all_is_invalid(custodian, shares, wanted):
    with pytest.raises(Invalid):
        recovery.split(custodian, shares=shares, needed=wanted)
    assert not recovery.recovery_file().exists()


@pytest.mark.parametrize("content", ["", "{}", '{"havre_recovery": 2}', '{"havre_recovery": 1, "public": "zz", "needed": 2}'])
def test_damaged_file_says_so(home, content):
    recovery.recovery_file().write_text(content)
    with pytest.raises(KeyFault, match="damaged"):
        recovery.needed()


def test_file_holds_no_root_and_no_word_of_a_paper(custodian):
    papers = recovery.split(custodian, shares=3, needed=2)
    text = recovery.recovery_file().read_text()
    assert custodian.roots()[1].hex() not in text
    assert set(json.loads(text)) == {"havre_recovery", "public", "shares", "needed", "versions", "sealed"}
    assert "papers" in repr(papers)
    assert papers.words[0].split()[0] not in repr(papers)


def test_ceremony_on_the_command_line(custodian, home, settings):
    secret = home / "passphrase"
    secret.touch(mode=0o600)
    secret.write_text(PASSPHRASE)
    settings.HAVRE_PASSPHRASE_FILE = str(secret)
    done = CliRunner().invoke(keys, ["split", "--shares", "3", "--needed", "2"], input="\n\n\n")
    assert done.exit_code == 0, done.output
    papers = ["", "", ""]
    number = -1
    for line in done.output.splitlines():
        if line.startswith("Paper "):
            number += 1
        elif line.startswith("  ") and number >= 0:
            papers[number] += " " + " ".join(part for part in line.split() if not part.endswith("."))
    lose_the_key()
    typed = "\n".join([papers[0], papers[0], papers[0].replace(papers[0].split()[3], "zzz"), papers[2], NEW, NEW]) + "\n"
    back = CliRunner().invoke(keys, ["recover"], input=typed)
    assert back.exit_code == 0, back.output
    assert "given already" in back.output
    assert "no whole paper" in back.output
    assert keyfile.KeyFile.open(unlocking.key_file(), NEW).versions == (1,)
