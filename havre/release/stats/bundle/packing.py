"""Packing a release into its two halves, each a plain zip with a manifest and a signature."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import os
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from havre.release.stats.bundle import metadata
from havre.release.stats.bundle.contents import Contents, digest_of, plain
from havre.release.stats.errors import BadTable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FORMAT = "havre release 1"
MANIFEST, SIGNATURE = "manifest.json", "signature.json"
# archives carry no clock, so that the same release is the same bytes
MOMENT = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Bundle:
    """The two halves as bytes. Only `public` leaves the house."""

    public: bytes
    internal: bytes

    def write(self, folder: Path, name: str) -> tuple[Path, Path]:
        """Write NAME.public.zip and NAME.internal.zip (0600). A half product never stays: each file appears whole.

        Raises: BadTable when a bundle of that name is there and holds anything else: what was published is never written over.
        """
        folder.mkdir(parents=True, exist_ok=True)
        paths = folder / f"{name}.public.zip", folder / f"{name}.internal.zip"
        if paths[0].exists() and _told(paths[0].read_bytes()) != _told(self.public):
            raise BadTable(
                f"{paths[0].name} exists and holds another release; give this one another name",
                f"{paths[0].name} existe déjà et contient une autre publication ; donner à celle-ci un autre nom",
            )
        for path, content, mode in ((paths[1], self.internal, 0o600), (paths[0], self.public, 0o644)):
            part = path.with_suffix(".part")
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        return paths


def _told(archive: bytes) -> dict[str, bytes] | None:
    """What a public half says, without what is new each time it is packed: its tie to the internal half, and the signature over it."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return {name: opened.read(name) for name in opened.namelist() if name not in (MANIFEST, SIGNATURE)}
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError):
        return None


def new_key(path: Path) -> str:
    """Make a signing key (PEM, 0600) and its public half beside it (`.pub.pem`). Gives the public key's fingerprint.

    Raises: BadTable when the file is there.
    Source: Ed25519, RFC 8032 (2017); PEM, RFC 7468 (2015).
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadTable(
            f"{path.name} exists: a key is never overwritten; give another name",
            f"{path.name} existe déjà : une clé n'est jamais écrasée ; donner un autre nom",
        ) from None
    with os.fdopen(number, "wb") as file:
        file.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    path.with_suffix(".pub.pem").write_bytes(public)
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return digest_of(raw)[:16]


def read_key(path: Path) -> Ed25519PrivateKey:
    """A signing key from PEM. Raises: BadTable when it is none.

    Source: PEM, RFC 7468 (2015).
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as problem:
        raise BadTable(
            f"{path.name} cannot be read as a signing key ({problem}); make one with `havre release key`",
            f"{path.name} ne peut être lu comme clé de signature ({problem}) ; en faire une avec `havre release key`",
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadTable(
            f"{path.name} is no Ed25519 key; make one with `havre release key`",
            f"{path.name} n'est pas une clé Ed25519 ; en faire une avec `havre release key`",
        )
    return key


def pack(contents: Contents, *, key: Ed25519PrivateKey, nonce: bytes | None = None) -> Bundle:
    """Pack a release and sign both halves.

    The public half commits to the internal one by a keyed digest whose key stays inside: nobody can try guesses of the inside against it.
    Args: nonce, 32 bytes for tests; drawn by the operating system otherwise.
    Source: Ed25519, RFC 8032 (2017); SHA-256, NIST FIPS 180-4, 2015.
    """
    nonce = nonce or os.urandom(32)
    about = asdict(contents.about)
    internal = {
        "proof.json": plain({"format": FORMAT, "half": "internal", "about": about, "public": contents.public, **_inside(contents)}),
        "nonce": base64.b64encode(nonce),
    }
    if "ledger" in contents.inside:
        internal["ledger.jsonl"] = str(contents.inside["ledger"]).encode()
    inner = _manifest("internal", contents.about.release, internal, {})
    seal = hmac.new(nonce, inner, hashlib.sha256).hexdigest()
    files = {f"data/{table.name}.csv": table.frame.write_csv().encode() for table in contents.tables}
    files |= {f"data/{table.name}.sdmx.csv": metadata.sdmx_csv(table) for table in contents.tables if table.kind == "table"}
    files["datapackage.json"] = plain(metadata.data_package(contents, files))
    files["ddi.xml"] = metadata.ddi(contents)
    if any(table.kind == "table" for table in contents.tables):
        files["sdmx-structure.xml"] = metadata.sdmx_structure(contents)
    files["proof.json"] = plain({"format": FORMAT, "half": "public", "about": about, **contents.public})
    files["README.txt"] = metadata.read_me(contents.about, contents.public)
    outer = _manifest("public", contents.about.release, files, {"internal": seal})
    return Bundle(_archive(files, outer, key), _archive(internal, inner, key))


def _inside(contents: Contents) -> dict[str, object]:
    return {name: value for name, value in contents.inside.items() if name != "ledger"}


def _manifest(half: str, release: str, files: Mapping[str, bytes], more: Mapping[str, str]) -> bytes:
    listed = {name: {"sha256": digest_of(content), "bytes": len(content)} for name, content in files.items()}
    return plain({"format": FORMAT, "half": half, "release": release, "files": listed, **more})


def _archive(files: Mapping[str, bytes], manifest: bytes, key: Ed25519PrivateKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    signature = plain(
        {
            "algorithm": "Ed25519",
            "of": MANIFEST,
            "public_key": base64.b64encode(raw).decode(),
            "signature": base64.b64encode(key.sign(manifest)).decode(),
        }
    )
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted({**files, MANIFEST: manifest, SIGNATURE: signature}.items()):
            entry = zipfile.ZipInfo(name, MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return whole.getvalue()
