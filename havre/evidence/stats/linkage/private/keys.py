"""Keys of one exchange: agreed by the two data owners, confirmed by voice, derived per field, destroyed on record. The linkage unit has none.

Each owner makes an X25519 pair for this exchange alone and sends the public half. Both compute the same 256-bit secret and read each other
the confirmation code: 160 bits, too long for anyone in between to find two key pairs that give the same code. New exchange, new keys.
Files are written with mode 0600 under a passphrase (scrypt, AES-256-GCM). Source: RFC 7748 (X25519), RFC 5869 (HKDF), RFC 7914 (scrypt).
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from havre.evidence.stats.linkage.private.errors import CannotLink

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

VERSION = 1
LABEL = b"havre/private-linkage/1/"
_SCRYPT = {"n": 2**15, "r": 8, "p": 1}
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def _library() -> Any:
    """The cryptography package, which only data owners need."""
    try:
        import cryptography.exceptions
        import cryptography.hazmat.primitives.asymmetric.x25519
        import cryptography.hazmat.primitives.ciphers
        import cryptography.hazmat.primitives.ciphers.aead
        import cryptography.hazmat.primitives.hashes
        import cryptography.hazmat.primitives.kdf.hkdf
        import cryptography.hazmat.primitives.kdf.scrypt
    except ImportError:
        raise CannotLink(
            "no_cryptography",
            en="keys and encoding need the package 'cryptography': install havre[server], or cryptography alone; comparing needs no key",
            fr="les clés et l'encodage demandent le paquet « cryptography » : installez havre[server], ou cryptography seul ; comparer "
            "n'en demande pas",
        ) from None
    return cryptography


def identifier(value: str, what: str = "exchange") -> str:
    """A name of an exchange or party: 1 to 64 letters, digits, dot, dash, underscore."""
    if not isinstance(value, str) or not _IDENTIFIER.fullmatch(value):
        raise CannotLink(
            "bad_identifier",
            en=f"{what}: give 1 to 64 letters, digits, '.', '-' or '_', beginning with a letter or digit",
            fr=f"{what} : donnez 1 à 64 lettres sans accent, chiffres, « . », « - » ou « _ », en commençant par une lettre ou un chiffre",
        )
    return value


@dataclass(frozen=True, slots=True)
class ExchangeKey:
    """The secret of one exchange. `exchange`, its name; `party`, the owner that holds this copy; `secret`, 32 bytes; `agreement`, SHA-256 of
    the agreement in force; `confirmed`, whether the code was compared with the other owner.
    Source: RFC 5869 (HKDF).
    """

    exchange: str
    party: str
    secret: bytes
    agreement: str
    confirmed: bool = False

    def __repr__(self) -> str:
        return f"ExchangeKey(exchange={self.exchange!r}, party={self.party!r}, secret=<hidden>, confirmed={self.confirmed})"

    def derive(self, purpose: str, length: int = 32) -> bytes:
        """HKDF-SHA256(secret; salt, exchange and agreement; info, version and purpose): a key of its own for each field, rule and use."""
        library = _library()
        salt = f"{self.exchange}/{self.agreement}".encode()
        kdf = library.hazmat.primitives.kdf.hkdf
        hashes = library.hazmat.primitives.hashes
        return bytes(kdf.HKDF(hashes.SHA256(), length, salt, LABEL + purpose.encode()).derive(self.secret))

    @property
    def code(self) -> str:
        """The confirmation code: eight groups of four letters or digits, the same on both sides, good to be read aloud."""
        text = base64.b32encode(self.derive("confirmation", 20)).decode()
        return " ".join(text[start : start + 4] for start in range(0, 32, 4))

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal characters that name the secret without telling it."""
        return self.derive("fingerprint", 8).hex()


@dataclass(frozen=True, slots=True)
class KeyPair:
    """One owner's X25519 pair for one exchange. `public` may be sent; `private` never leaves the machine. Source: RFC 7748 (X25519)."""

    exchange: str
    party: str
    private: bytes
    public: bytes

    def __repr__(self) -> str:
        return f"KeyPair(exchange={self.exchange!r}, party={self.party!r}, private=<hidden>)"

    def card(self) -> dict[str, str]:
        """What is sent to the other owner, as JSON values."""
        return {"kind": "havre-private-public-key", "exchange": self.exchange, "party": self.party, "x25519": self.public.hex()}


def new_pair(exchange: str, party: str) -> KeyPair:
    """A fresh X25519 pair for one exchange. Source: RFC 7748."""
    x25519 = _library().hazmat.primitives.asymmetric.x25519
    private: X25519PrivateKey = x25519.X25519PrivateKey.generate()
    return KeyPair(identifier(exchange), identifier(party, "party"), private.private_bytes_raw(), private.public_key().public_bytes_raw())


def read_card(text: str) -> tuple[str, str, bytes]:
    """Exchange, party and public key of a card received. Raises CannotLink when it is not one."""
    try:
        card = json.loads(text)
        raw = bytes.fromhex(card["x25519"])
        found = (identifier(card["exchange"]), identifier(card["party"], "party"), raw)
        if card["kind"] != "havre-private-public-key" or len(raw) != 32:
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CannotLink(
            "bad_card",
            en="this is not a public key card of an exchange: ask the other owner for the file that `keys new` wrote as *.public.json",
            fr="ce n'est pas la clé publique d'un échange : demandez à l'autre détenteur le fichier *.public.json écrit par `keys new`",
        ) from None
    return found


def agree(mine: KeyPair, theirs: str, *, agreement: str) -> ExchangeKey:
    """The exchange's secret from my pair and the other owner's card; not confirmed yet.

    Args: theirs, the JSON text of the card; agreement, SHA-256 of the agreement (hexadecimal), part of every derived key.
    Raises: CannotLink for another exchange's card, my own card, or a key that gives no secret.
    Source: RFC 7748 (X25519).
    """
    exchange, party, public = read_card(theirs)
    if exchange != mine.exchange:
        raise CannotLink(
            "other_exchange",
            en=f"the card is for exchange {exchange}, your key pair for {mine.exchange}: ask for the card of {mine.exchange}",
            fr=f"la clé reçue est celle de l'échange {exchange}, la vôtre de {mine.exchange} : demandez celle de {mine.exchange}",
        )
    if party == mine.party or public == mine.public:
        raise CannotLink(
            "own_card",
            en="the card is your own, or has your party's name: take the other owner's",
            fr="cette clé est la vôtre, ou porte le nom de votre organisme : prenez celle de l'autre détenteur",
        )
    x25519 = _library().hazmat.primitives.asymmetric.x25519
    try:
        shared = x25519.X25519PrivateKey.from_private_bytes(mine.private).exchange(x25519.X25519PublicKey.from_public_bytes(public))
    except ValueError:
        raise CannotLink(
            "weak_card",
            en="the other owner's key gives no secret: ask for a new card",
            fr="la clé de l'autre détenteur ne donne aucun secret : demandez-en une nouvelle",
        ) from None
    ends = sorted([(mine.party, mine.public), (party, public)])
    both = json.dumps([[name, key.hex()] for name, key in ends]).encode()
    kdf, hashes = _library().hazmat.primitives.kdf.hkdf, _library().hazmat.primitives.hashes
    secret = bytes(kdf.HKDF(hashes.SHA256(), 32, both, LABEL + b"secret").derive(shared))
    return ExchangeKey(exchange, mine.party, secret, agreement)


def confirm(key: ExchangeKey, code: str) -> ExchangeKey:
    """The key, confirmed by the code that the other owner read out. Raises CannotLink when the codes differ."""
    said = re.sub(r"[\s-]", "", code).upper()
    if not secrets.compare_digest(said.encode(), key.code.replace(" ", "").encode()):
        raise CannotLink(
            "code_differs",
            en="the codes differ: someone may stand between you, or the agreements differ. Begin again with `keys new` on both sides",
            fr="les codes diffèrent : quelqu'un s'est peut-être interposé, ou les accords diffèrent. Recommencez par `keys new` des deux côtés",
        )
    return ExchangeKey(key.exchange, key.party, key.secret, key.agreement, confirmed=True)


def _lock(passphrase: str, salt: bytes) -> Any:
    library = _library()
    if len(passphrase) < 8:
        raise CannotLink(
            "short_passphrase",
            en="the passphrase needs 8 characters or more",
            fr="la phrase secrète doit avoir au moins 8 caractères",
        )
    derived = library.hazmat.primitives.kdf.scrypt.Scrypt(salt, 32, **_SCRYPT).derive(passphrase.encode())
    return library.hazmat.primitives.ciphers.aead.AESGCM(derived)


def _write(path: Path, kind: str, clear: dict[str, Any], hidden: dict[str, str], passphrase: str, *, replace: bool = False) -> None:
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    head = json.dumps({"kind": kind, "version": VERSION, **clear}, sort_keys=True)
    sealed = _lock(passphrase, salt).encrypt(nonce, json.dumps(hidden).encode(), head.encode())
    text = json.dumps({"head": head, "salt": salt.hex(), "nonce": nonce.hex(), "sealed": sealed.hex()}, indent=1)
    target = path.with_name(path.name + ".new") if replace else path
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CannotLink(
            "key_exists",
            en=f"{target.name} exists already: keys are never overwritten; name another file, or destroy that one first",
            fr=f"{target.name} existe déjà : une clé n'est jamais remplacée ; nommez un autre fichier, ou détruisez d'abord celui-là",
        ) from None
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if replace:
        os.replace(target, path)


def _read(path: Path, kind: str, passphrase: str) -> tuple[dict[str, Any], dict[str, str]]:
    exceptions = _library().exceptions
    try:
        outer = json.loads(path.read_text())
        head = json.loads(outer["head"])
        if head["kind"] != kind or head["version"] != VERSION:
            raise ValueError
        lock = _lock(passphrase, bytes.fromhex(outer["salt"]))
        hidden = json.loads(lock.decrypt(bytes.fromhex(outer["nonce"]), bytes.fromhex(outer["sealed"]), outer["head"].encode()))
    except exceptions.InvalidTag:
        raise CannotLink(
            "wrong_passphrase",
            en=f"{path.name}: the passphrase is wrong, or the file was changed",
            fr=f"{path.name} : la phrase secrète est fausse, ou le fichier a été modifié",
        ) from None
    except CannotLink:
        raise
    except FileNotFoundError:
        raise CannotLink(
            "no_key_file",
            en=f"{path.name}: not found; check the path",
            fr=f"{path.name} : fichier introuvable ; vérifiez le chemin",
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise CannotLink(
            "bad_key_file",
            en=f"{path.name} is not a file of kind {kind}: give the file that `havre link-private keys` wrote",
            fr=f"{path.name} n'est pas un fichier de type {kind} : donnez celui qu'a écrit `havre link-private keys`",
        ) from None
    return head, hidden


def write_pair(path: Path, pair: KeyPair, passphrase: str) -> None:
    """Keep a key pair in a new file, sealed under the passphrase. Source: RFC 7914 (scrypt); NIST SP 800-38D (AES-GCM)."""
    clear = {"exchange": pair.exchange, "party": pair.party, "public": pair.public.hex()}
    _write(path, "havre-private-key-pair", clear, {"private": pair.private.hex()}, passphrase)


def read_pair(path: Path, passphrase: str) -> KeyPair:
    """The key pair of a file. Raises CannotLink for a wrong passphrase or another kind of file.

    Source: RFC 7914 (scrypt); NIST SP 800-38D (AES-GCM).
    """
    head, hidden = _read(path, "havre-private-key-pair", passphrase)
    return KeyPair(head["exchange"], head["party"], bytes.fromhex(hidden["private"]), bytes.fromhex(head["public"]))


def write_key(path: Path, key: ExchangeKey, passphrase: str, *, replace: bool = False) -> None:
    """Keep an exchange's secret in a file, sealed under the passphrase; `replace` is for its confirmation alone.

    Source: RFC 7914 (scrypt); NIST SP 800-38D (AES-GCM).
    """
    clear = {"exchange": key.exchange, "party": key.party, "agreement": key.agreement, "confirmed": key.confirmed}
    _write(path, "havre-private-exchange-key", clear, {"secret": key.secret.hex()}, passphrase, replace=replace)


def read_key(path: Path, passphrase: str) -> ExchangeKey:
    """The exchange's secret of a file. Raises CannotLink for a wrong passphrase or another kind of file.

    Source: RFC 7914 (scrypt); NIST SP 800-38D (AES-GCM).
    """
    head, hidden = _read(path, "havre-private-exchange-key", passphrase)
    return ExchangeKey(head["exchange"], head["party"], bytes.fromhex(hidden["secret"]), head["agreement"], bool(head["confirmed"]))


def destroy(path: Path, register: Path, *, by: str, at: datetime | None = None) -> dict[str, str]:
    """Overwrite and delete a key file, and write that it was done as one line of `register` (JSON lines).

    The line is on the disk before the key goes: a destruction cut short is done again, never forgotten. What copies, backups or a flash
    disk's spare cells hold is not reached. Returns the line. Raises CannotLink when the file is no key file.
    Source: NIST SP 800-88 (2014).
    """
    try:
        head = json.loads(json.loads(path.read_text())["head"])
        line = {key: str(head[key]) for key in ("kind", "exchange", "party")}
    except (OSError, ValueError, KeyError, TypeError):
        raise CannotLink(
            "bad_key_file",
            en=f"{path.name} is not a key file: nothing was destroyed",
            fr=f"{path.name} n'est pas un fichier de clé : rien n'a été détruit",
        ) from None
    line |= {"file": path.name, "by": by, "at": (at or datetime.now(UTC)).isoformat(timespec="seconds")}
    with register.open("a") as file:
        file.write(json.dumps(line, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.write(secrets.token_bytes(size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    return line


def destroyed(register: Path) -> frozenset[str]:
    """The exchanges whose keys were destroyed here, as the register says; none when there is no register."""
    if not register.exists():
        return frozenset()
    lines = [json.loads(line) for line in register.read_text().splitlines() if line.strip()]
    return frozenset(line["exchange"] for line in lines)


def not_destroyed(exchange: str, gone: frozenset[str]) -> None:
    """Raises CannotLink when the register says that the exchange's keys were destroyed: a new exchange needs a new name and new keys."""
    if exchange in gone:
        raise CannotLink(
            "destroyed",
            en=f"the keys of {exchange} were destroyed, the register says: begin a new exchange",
            fr=f"les clés de {exchange} ont été détruites, dit le registre : ouvrez un nouvel échange",
        )


def give(key: ExchangeKey, card: str, *, parties: tuple[str, ...]) -> str:
    """The secret sealed for a third owner, as JSON text: X25519 with a fresh key, HKDF, AES-256-GCM bound to exchange, agreement and party.

    Raises: CannotLink when the card is of another exchange, of no party to the agreement, or no card.
    Source: RFC 7748, RFC 5869, NIST SP 800-38D (2007).
    """
    exchange, party, public = read_card(card)
    if exchange != key.exchange or party not in parties or party == key.party:
        raise CannotLink(
            "no_party",
            en=f"{party} of exchange {exchange} is no other party to the agreement of {key.exchange}: nothing was sealed",
            fr=f"{party}, de l'échange {exchange}, n'est pas une autre partie à l'accord de {key.exchange} : rien n'a été scellé",
        )
    once = new_pair(exchange, key.party)
    lock, bound = _sealing(once.private, public, exchange, party, key.agreement)
    nonce = secrets.token_bytes(12)
    sealed = {"kind": "havre-private-sealed-key", "exchange": exchange, "to": party, "x25519": once.public.hex()}
    return json.dumps({**sealed, "nonce": nonce.hex(), "sealed": lock.encrypt(nonce, key.secret, bound).hex()}, indent=1)


def take(mine: KeyPair, sealed: str, *, agreement: str) -> ExchangeKey:
    """The secret that another owner sealed for this pair; not confirmed yet. Raises CannotLink when it does not open.

    Source: RFC 7748, RFC 5869, NIST SP 800-38D (2007).
    """
    exceptions = _library().exceptions
    try:
        found = json.loads(sealed)
        lock, bound = _sealing(mine.private, bytes.fromhex(found["x25519"]), mine.exchange, mine.party, agreement)
        secret = lock.decrypt(bytes.fromhex(found["nonce"]), bytes.fromhex(found["sealed"]), bound)
    except (exceptions.InvalidTag, ValueError, KeyError, TypeError):
        raise CannotLink(
            "not_for_you",
            en="the sealed key does not open: it is for another owner, another exchange or another agreement, or was damaged",
            fr="la clé scellée ne s'ouvre pas : elle est pour un autre détenteur, un autre échange ou un autre accord, ou a été abîmée",
        ) from None
    return ExchangeKey(mine.exchange, mine.party, secret, agreement)


def _sealing(private: bytes, public: bytes, exchange: str, party: str, agreement: str) -> tuple[Any, bytes]:
    library = _library()
    x25519, kdf = library.hazmat.primitives.asymmetric.x25519, library.hazmat.primitives.kdf.hkdf
    shared = x25519.X25519PrivateKey.from_private_bytes(private).exchange(x25519.X25519PublicKey.from_public_bytes(public))
    bound = f"{exchange}/{party}/{agreement}".encode()
    derived = kdf.HKDF(library.hazmat.primitives.hashes.SHA256(), 32, bound, LABEL + b"give").derive(shared)
    return library.hazmat.primitives.ciphers.aead.AESGCM(derived), bound
