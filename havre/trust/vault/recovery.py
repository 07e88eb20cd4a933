"""Recovery by a quorum: k of n people, each with a paper of words, bring the root keys back when key file or passphrase is lost.

A secret is split by Shamir's scheme into word shares (SLIP-39, `shamir-mnemonic`) and kept nowhere; the file `recovery.json` holds its
public half and the root keys sealed to it (X25519, HKDF-SHA-256, AES-256-GCM), so that a rotation seals the new root without the papers.
Fewer than k papers say nothing about the secret. The file opens nothing without them and may lie beside the backups.

Source: A. Shamir, How to Share a Secret, CACM 22(11), 1979; SLIP-0039, 2019.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shamir_mnemonic
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _
from shamir_mnemonic.share import Share

from havre.trust.errors import Invalid
from havre.trust.models import RootKey
from havre.trust.vault import keyfile, unlocking
from havre.trust.vault.custody import KEY_BYTES, NONCE_BYTES, KeyCustodian, RootsInMemory, pack, same, unpack
from havre.trust.vault.faults import KeyFault

# one holder alone, or every holder, is no quorum
FEWEST, MOST = 2, 16


@dataclass(frozen=True, slots=True)
class Shares:
    """The words for each paper, and how many papers bring the key back. Never logged, never stored: shown once."""

    words: tuple[str, ...]
    needed: int

    def __repr__(self) -> str:
        return f"Shares({len(self.words)} papers, {self.needed} needed)"


def recovery_file() -> Path:
    """Where the sealed roots lie."""
    return Path(settings.HAVRE_HOME) / "recovery.json"


def split(custodian: KeyCustodian, *, shares: int, needed: int) -> Shares:
    """Make new papers, and seal the roots to them. Papers of an earlier split open nothing any more.

    Args: shares, how many papers, 2 to 16; needed, how many of them bring the key back, 2 to shares.
    Raises: Invalid for other numbers; KeyFault where the custodian does not hand its roots on.
    """
    if not FEWEST <= needed <= shares <= MOST:
        raise Invalid(_("Give 2 to 16 papers, and let at least 2 and at most all of them be needed: 5 and 3 suit most instances."))
    secret = os.urandom(KEY_BYTES)
    public = X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    # no passphrase lies over the shares, so that slowing its guesses would slow the holders alone
    (group,) = shamir_mnemonic.generate_mnemonics(1, [(needed, shares)], secret, iteration_exponent=0)
    _write({"havre_recovery": 1, "public": public.hex(), "shares": shares, "needed": needed, **_sealed(public, custodian.roots())})
    return Shares(tuple(group), needed)


def renew(custodian: KeyCustodian) -> bool:
    """After a rotation: seal the roots of now to the papers that are out. False where no papers were ever made."""
    if not recovery_file().exists():
        return False
    content = _read()
    _write({**content, **_sealed(bytes.fromhex(content["public"]), custodian.roots())})
    return True


def read_share(words: str) -> str:
    """One paper as it was typed, tidied. Raises: Invalid for a word that is not in the list, or for words that do not belong together."""
    tidy = " ".join(words.lower().split())
    try:
        Share.from_mnemonic(tidy)
    except shamir_mnemonic.MnemonicError:
        raise Invalid(_("These words are no whole paper: compare each with the paper, in its order.")) from None
    return tidy


def needed() -> int:
    """How many papers are asked for. Raises: KeyFault when no papers were made here."""
    return int(_read()["needed"])


def recover(papers: Iterable[str], *, passphrase: str) -> keyfile.KeyFile:
    """Bring the root keys back from enough papers and write them into a new key file under a new passphrase.

    Raises: KeyFault when the papers are too few, of another split, or open other roots than this instance's, or when a key file stands;
    Invalid for a paper or a passphrase that does not do. Nothing is then written.
    """
    content = _read()
    typed = {read_share(paper) for paper in papers}
    try:
        secret = shamir_mnemonic.combine_mnemonics(typed)
    except shamir_mnemonic.MnemonicError:
        raise KeyFault(_("The papers are too few, or do not fit together."), _("Bring papers of the last split, each once.")) from None
    roots = _opened(content, secret)
    held = RootsInMemory(roots)
    for row in RootKey.objects.all():
        if row.version in held.versions and not same(held.check_value(row.version), row.check_value):
            raise KeyFault(
                _("These papers open another instance's key."), _("Bring the papers made here, or restore the records that belong to them.")
            )
    return keyfile.KeyFile.keep(unlocking.key_file(), roots, passphrase)


def _sealed(public: bytes, roots: Mapping[int, bytes]) -> dict[str, Any]:
    fleeting = X25519PrivateKey.generate()
    own = fleeting.public_key().public_bytes_raw()
    key = _key(fleeting.exchange(X25519PublicKey.from_public_bytes(public)), own, public)
    nonce = os.urandom(NONCE_BYTES)
    body = own + nonce + AESGCM(key).encrypt(nonce, pack(roots), b"havre recovery")
    return {"versions": sorted(roots), "sealed": b64encode(body).decode()}


def _opened(content: dict[str, Any], secret: bytes) -> dict[int, bytes]:
    try:
        body = b64decode(content["sealed"])
        own, nonce, sealed = body[:32], body[32 : 32 + NONCE_BYTES], body[32 + NONCE_BYTES :]
        mine = X25519PrivateKey.from_private_bytes(secret)
        key = _key(mine.exchange(X25519PublicKey.from_public_bytes(own)), own, mine.public_key().public_bytes_raw())
        return unpack(AESGCM(key).decrypt(nonce, sealed, b"havre recovery"))
    except (InvalidTag, ValueError, KeyError):
        raise KeyFault(
            _("These papers do not open recovery.json."),
            _("They are of an earlier split, or the file is another's: bring both of one split."),
        ) from None


def _key(shared: bytes, own: bytes, public: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=own + public, info=b"havre recovery").derive(shared)


def _read() -> dict[str, Any]:
    path = recovery_file()
    try:
        content = json.loads(path.read_text())
        if content["havre_recovery"] == 1 and bytes.fromhex(content["public"]) and int(content["needed"]):
            return dict(content)
    except FileNotFoundError:
        raise KeyFault(
            _("No recovery papers were made for this instance: %(path)s is not there.") % {"path": path},
            _("Restore it from a backup, or make papers with `havre keys split` while the key still opens."),
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise KeyFault(_("The file %(path)s is damaged.") % {"path": path}, _("Restore it from its backup."))


def _write(content: dict[str, Any]) -> None:
    keyfile.replace_whole(recovery_file(), content)
