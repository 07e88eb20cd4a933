"""Check a release bundle without Havre: one file that needs Python's standard library, and `cryptography` for the signature.

    python verifier.py RELEASE.public.zip [--public-key KEY.pem] [--internal RELEASE.internal.zip]

Ends with 0 when everything holds, 1 when something does not, 3 when the signature could not be checked.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import hmac
import io
import json
import math
import stat
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FORMAT = "havre release 1"
LEDGER = "havre ledger 1"
# what a bundle may unpack to, in bytes; a file of 10 MB and more that shrank this many times over is made to fill the reader's memory
LARGEST, MOST_SHRUNK = 500_000_000, 200
# what foreign bytes can make a reader raise: a broken check or bundle, never a stop
UNREADABLE = (
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError, EOFError, RuntimeError, OSError),
    *(csv.Error, struct.error, zipfile.BadZipFile, zlib.error),
)
COUNT, HIDDEN = "persons", "x"
# the words of an attack that learnt something, and no more than a private release's ε allows
WITHIN = "learns a little, within what ε allows"
# what only the internal half may say: figures counted on the sensitive rows, and digests of the input
INSIDE = {
    *("input_digest", "rows_below", "classes_below", "hidden", "fingerprint"),
    *("errors", "holdout", "members", "positive_control", "seed"),
}
NEEDED = {
    "k-anonymous tables": ("k", "quasi_identifiers", "method", "audit", "attacks", "libraries"),
    "k-anonymous rows": ("k", "quasi_identifiers", "method", "domains", "attacks", "libraries"),
    "differentially private rows": (
        *("epsilon", "epsilon_before", "delta", "composition", "unit", "neighbours", "charges", "budget", "ledger_line", "noise"),
        *("method", "domains", "attacks", "libraries"),
    ),
}
NEEDED["differentially private tables"] = NEEDED["differentially private rows"]


@dataclass(frozen=True)
class Check:
    """One thing looked at. `holds` is None when it could not be looked at."""

    name: str
    holds: bool | None
    words: str


class Broken(Exception):
    """A bundle that cannot be read at all."""


def open_bundle(path: Path) -> dict[str, bytes]:
    """Every file of a bundle, a zip or an unpacked folder. Raises: Broken, for what is no bundle or is made to do harm."""
    try:
        return _folder(path) if path.is_dir() else _archive(path)
    except UNREADABLE as problem:
        raise Broken(f"it cannot be opened as a bundle ({problem})") from None


def _folder(path: Path) -> dict[str, bytes]:
    found = {one.relative_to(path).as_posix(): one for one in sorted(path.rglob("*"))}
    modes = {name: one.lstat() for name, one in found.items()}
    odd = [name for name, told in modes.items() if not (stat.S_ISREG(told.st_mode) or stat.S_ISDIR(told.st_mode))]
    if odd:
        raise Broken(f"{odd[0]} is a link or no plain file")
    if sum(told.st_size for told in modes.values()) > LARGEST:
        raise Broken(f"the files hold more than {LARGEST // 1_000_000} MB")
    return {name: one.read_bytes() for name, one in found.items() if stat.S_ISREG(modes[name].st_mode)}


def _archive(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        names = [entry.filename for entry in entries]
        if len(set(names)) != len(names):
            raise Broken("a file name is there twice")
        if any(name.startswith("/") or ".." in name.split("/") or "\\" in name for name in names):
            raise Broken("a file name leads outside the bundle")
        for entry in entries:
            if stat.S_ISLNK(entry.external_attr >> 16) or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Broken(f"{entry.filename} is a link, or packed in a way that no release is")
            if entry.file_size > 10_000_000 and entry.file_size > MOST_SHRUNK * entry.compress_size:
                raise Broken(f"{entry.filename} is too large once unpacked")
        if sum(entry.file_size for entry in entries) > LARGEST:
            raise Broken("the files are too large once unpacked")
        return {entry.filename: archive.read(entry) for entry in entries if entry.file_size or not entry.is_dir()}


def verify(path: Path, *, public_key: bytes | None = None, internal: Path | None = None) -> list[Check]:
    """Look at everything that can be looked at from the public half, and at the internal one when it is there.

    Args: public_key, PEM, obtained from the publisher by another way than the bundle. Raises: Broken.
    Source: Ed25519, RFC 8032 (2017); SHA-256, NIST FIPS 180-4, 2015; intervals of Wilson 1927.
    """
    files = open_bundle(path)
    manifest = _json(files, "manifest.json")
    checks = [*_looked("files", _files, files, manifest), *_looked("signature", _signature, files, public_key)]
    if manifest.get("half") == "internal":
        return [*checks, *_looked("inside", _internal, files)]
    proof = _json(files, "proof.json")
    checks += [*_looked("protection stated", _stated, proof), *_looked("nothing of the inside", _nothing_inside, proof)]
    checks += _looked("data", _tables, files, proof)
    if internal is not None:
        try:
            inner = open_bundle(internal)
        except Broken as problem:
            raise Broken(f"{internal.name}: {problem}") from None
        checks += _looked("files (internal)", _files, inner, _json(inner, "manifest.json"))
        checks += _looked("signature", _signature, inner, public_key) + _looked("the two halves", _same, manifest, inner)
        checks += _looked("inside", _internal, inner) + _looked("the two proofs", _both, proof, _json(inner, "proof.json"))
    return checks


def _looked(name: str, look: Callable[..., Check | list[Check]], *given: Any) -> list[Check]:
    """What one look finds; what is not made as a release is, is a broken check."""
    try:
        found = look(*given)
    except UNREADABLE as problem:
        return [Check(name, False, f"not made as a release is ({type(problem).__name__}: {str(problem)[:80]})")]
    return found if isinstance(found, list) else [found]


def _json(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    try:
        found = json.loads(files[name])
    except (KeyError, ValueError, RecursionError):
        raise Broken(f"{name} is missing or cannot be read") from None
    if not isinstance(found, dict) or (name != "signature.json" and found.get("format") != FORMAT):
        raise Broken(f"{name} is not of the format {FORMAT!r}")
    return found


def _files(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> list[Check]:
    listed = manifest.get("files")
    if not isinstance(listed, dict):
        raise Broken("manifest.json lists no files")
    wrong = [name for name, entry in listed.items() if name not in files or _sha(files[name]) != entry.get("sha256")]
    extra = sorted(set(files) - set(listed) - {"manifest.json", "signature.json"})
    half = str(manifest.get("half"))
    return [
        Check(f"files ({half})", not wrong, f"{len(listed)} listed" + (f"; changed or missing: {', '.join(wrong)}" if wrong else "")),
        Check(f"nothing added ({half})", not extra, f"not listed: {', '.join(extra)}" if extra else "no other file"),
    ]


def _signature(files: Mapping[str, bytes], public_key: bytes | None) -> Check:
    try:
        signed = _json(files, "signature.json")
        raw, value = base64.b64decode(signed["public_key"], validate=True), base64.b64decode(signed["signature"], validate=True)
    except (Broken, KeyError, ValueError, TypeError):
        return Check("signature", False, "there is no readable signature")
    try:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
    except ImportError:
        return Check("signature", None, "not checked: install the Python package `cryptography`")
    mark = _sha(raw)[:16]
    try:
        if public_key is not None:
            trusted = load_pem_public_key(public_key).public_bytes(Encoding.Raw, PublicFormat.Raw)
            if trusted != raw:
                return Check("signature", False, f"signed by another key ({mark}) than the one given ({_sha(trusted)[:16]})")
        Ed25519PublicKey.from_public_bytes(raw).verify(value, files["manifest.json"])
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return Check("signature", False, "the signature does not fit manifest.json, or the key is no Ed25519 public key")
    parts = {"public_key": base64.b64encode(raw).decode(), "signature": base64.b64encode(value).decode()}
    written = json.dumps({"algorithm": "Ed25519", "of": "manifest.json", **parts}, sort_keys=True, indent=1) + "\n"
    if files["signature.json"] != written.encode():
        return Check("signature", False, "signature.json was changed: it is not as Havre writes it")
    known = "the key given" if public_key is not None else f"key {mark}; compare it with the publisher's, or give --public-key"
    return Check("signature", True, f"signed by {known}")


def _stated(proof: Mapping[str, Any]) -> Check:
    needed = NEEDED.get(str(proof.get("family")))
    if needed is None:
        return Check("protection stated", False, f"family {proof.get('family')!r} is unknown")
    missing = [name for name in needed if proof.get(name) in (None, "", [], {})]
    if missing:
        return Check("protection stated", False, f"{proof['family']}, without {', '.join(missing)}")
    if "k" in needed:
        return Check("protection stated", proof["k"] >= 2, f"{proof['family']}, k = {proof['k']}")
    numbers = (proof["epsilon"], proof["delta"], proof["budget"])
    sound = all(isinstance(number, (int, float)) and math.isfinite(number) and number > 0 for number in numbers)
    sound = sound and proof["epsilon_before"] <= proof["epsilon"] <= proof["budget"] and proof["delta"] < 1
    sound = sound and proof["epsilon"] >= _least(proof["charges"], proof["delta"])
    return Check(
        "protection stated", sound, f"{proof['family']}, ε = {proof['epsilon']:.4g} of {proof['budget']:g} at δ = {proof['delta']:g}"
    )


def _least(charges: Sequence[Mapping[str, Any]], delta: float) -> float:
    """No honest total lies below this: the exact ε of the Gaussian charges, less one per cent for discrete ones."""
    square = sum(c["queries"] * (c["sensitivity"] / c["scale"]) ** 2 for c in charges if "gaussian" in c["mechanism"] and c["scale"] > 0)
    if square <= 0:
        return 0.0
    mu, low, high = math.sqrt(square), 0.0, square / 2 + 40 * math.sqrt(square)
    for _step in range(100):
        middle = (low + high) / 2
        first, second = math.erfc((middle / mu - mu / 2) / math.sqrt(2)) / 2, math.erfc((middle / mu + mu / 2) / math.sqrt(2)) / 2
        over = first - (math.exp(middle + math.log(second)) if second > 0 else 0.0) > delta
        low, high = (middle, high) if over else (low, middle)
    return low * 0.99


def _walk(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield str(key)
            yield from _walk(below)
    elif isinstance(value, list):
        for below in value:
            yield from _walk(below)


def _nothing_inside(proof: Mapping[str, Any]) -> Check:
    found = sorted(set(_walk({key: value for key, value in proof.items() if key not in ("domains", "about")})) & INSIDE)
    return Check(
        "nothing of the inside", not found, f"the public half says {', '.join(found)}" if found else "no figure of the sensitive rows"
    )


def _tables(files: Mapping[str, bytes], proof: Mapping[str, Any]) -> list[Check]:
    package = json.loads(files.get("datapackage.json", b"{}") or b"{}")
    checks = []
    for resource in package.get("resources", []):
        name, path = str(resource.get("name")), str(resource.get("path"))
        rows = list(csv.DictReader(io.StringIO(files.get(path, b"").decode("utf-8", "replace"))))
        fields = resource.get("schema", {}).get("fields", [])
        checks.append(_codes(name, rows, fields))
        if proof.get("family") == "k-anonymous tables":
            checks += [_shown(name, rows, int(proof.get("k") or 0)), _sums(name, rows, fields, proof.get("hierarchies") or {})]
    return checks or [Check("data", False, "no table is described")]


def _codes(name: str, rows: list[dict[str, str]], fields: list[dict[str, Any]]) -> Check:
    wrong = set()
    for field in fields:
        allowed = field.get("constraints", {}).get("enum")
        if allowed is not None:
            wrong |= {f"{field['name']}={row.get(field['name'])}" for row in rows if row.get(field["name"]) not in {*allowed, ""}}
    columns = {field["name"] for field in fields} == set(rows[0] if rows else ())
    return Check(
        f"{name}: codes", columns and not wrong, f"{len(rows)} rows" + (f"; not in the dictionary: {sorted(wrong)[:5]}" if wrong else "")
    )


def _shown(name: str, rows: list[dict[str, str]], k: int) -> Check:
    small = [
        row for row in rows if row[COUNT] != HIDDEN and not (row[COUNT].isdecimal() and (int(row[COUNT]) == 0 or int(row[COUNT]) >= k))
    ]
    hidden = sum(row[COUNT] == HIDDEN for row in rows)
    return Check(
        f"{name}: no count under {k}",
        not small,
        f"{len(rows) - hidden} shown, {hidden} hidden" + (f"; {len(small)} under k" if small else ""),
    )


def _sums(name: str, rows: list[dict[str, str]], fields: list[dict[str, Any]], hierarchies: Mapping[str, Mapping[str, str]]) -> Check:
    """Every total is the sum of its parts wherever all parts are shown, and never less than the parts that are."""
    columns = [field["name"] for field in fields if field["name"] != COUNT]
    cells = {tuple(row[column] for column in columns): row[COUNT] for row in rows}
    wrong = looked = 0
    for place, column in enumerate(columns):
        above = hierarchies.get(column, {})
        children: dict[str, list[str]] = {}
        for code in {key[place] for key in cells} - {""}:
            children.setdefault(above.get(code, ""), []).append(code)
        for key, value in cells.items():
            parts = [cells.get((*key[:place], code, *key[place + 1 :])) for code in children.get(key[place], [])]
            if value == HIDDEN or not parts:
                continue
            known = sum(int(part) for part in parts if part not in (None, HIDDEN))
            whole = all(part not in (None, HIDDEN) for part in parts)
            looked += 1
            wrong += known != int(value) if whole else known > int(value)
    return Check(
        f"{name}: sums", not wrong, f"{looked} totals" + (f"; {wrong} contradict their parts" if wrong else " agree with their parts")
    )


def _same(manifest: Mapping[str, Any], inner: Mapping[str, bytes]) -> Check:
    try:
        nonce = base64.b64decode(inner["nonce"], validate=True)
    except (KeyError, ValueError):
        return Check("the two halves", False, "the internal half has no readable nonce")
    fits = hmac.compare_digest(hmac.new(nonce, inner["manifest.json"], hashlib.sha256).hexdigest(), str(manifest.get("internal")))
    return Check(
        "the two halves", fits, "belong together" if fits else "this internal half is not the one that the public half was made with"
    )


def _both(public: Mapping[str, Any], internal: Mapping[str, Any]) -> Check:
    kept = internal.get("public", {})
    different = sorted(key for key in kept if public.get(key) != kept[key])
    return Check("the two proofs", not different, f"differ in {', '.join(different)}" if different else "say the same")


def _internal(files: Mapping[str, bytes]) -> list[Check]:
    proof = _json(files, "proof.json")
    checks = [_intervals(proof["attacks"])] if "attacks" in proof else []
    if "ledger.jsonl" in files:
        checks.append(_chain(files["ledger.jsonl"], proof))
    return checks


def _intervals(battery: Mapping[str, Any]) -> Check:
    """The Wilson intervals computed again, and each verdict held against its own figures."""
    wrong, looked = [], 0
    for attack in battery.get("attacks", []):
        for reading in (*attack["release"], *attack["positive_control"]):
            for side in ("members", "holdout"):
                hits, tries, low, high = reading[side]
                looked += 1
                if not _is_wilson(hits, tries, low, high):
                    wrong.append(f"{attack['name']}, {reading['what']}")
        ceiling = battery.get("ceiling") if attack.get("held_against_ceiling") else None
        if _learns(attack["release"], ceiling) != {"leaks": 2, WITHIN: 1}.get(attack["verdict"], 0):
            wrong.append(f"{attack['name']}: verdict")
    return Check(
        "attack figures", not wrong, f"{looked} intervals" + (f"; wrong: {', '.join(sorted(set(wrong)))}" if wrong else " computed again")
    )


def _learns(readings: Sequence[Mapping[str, Any]], ceiling: Mapping[str, Any] | None) -> int:
    """0 nothing beyond chance, 1 something that the guarantee allows, 2 more, or without a guarantee: read from the figures again."""
    figures = [(one["sure"], one.get("auc", [0, 0, 0, 0])[3], *one["holdout"][2:]) for one in readings]
    if not any(sure > 0 or area > 0.5 for sure, area, _low, _high in figures):
        return 0
    if ceiling is None:
        return 2

    def curve(alarms: float) -> float:
        both = ((math.exp(e) * alarms + d, 1 - (1 - d - alarms) * math.exp(-e)) for e, d in ceiling["pairs"])
        return min(1.0, *(min(pair) for pair in both))

    most = [curve(place / 4000) for place in range(4001)]
    area = (sum(most) - (most[0] + most[-1]) / 2) / 4000 + 1e-6
    for sure, own, low, high in figures:
        steps = (low + (high - low) * place / 400 for place in range(401))
        if own > area or sure > max(0.0, *(curve(alarms) - alarms for alarms in steps)) + 1e-6:
            return 2
    return 1


def _is_wilson(hits: int, tries: int, low: float, high: float) -> bool:
    if not tries:
        return (hits, low, high) == (0, 0.0, 1.0)
    z, share = 1.959963984540054, hits / tries
    middle, half = share + z * z / (2 * tries), z * math.sqrt(share * (1 - share) / tries + z * z / (4 * tries * tries))
    ends = (middle - half) / (1 + z * z / tries), (middle + half) / (1 + z * z / tries)
    return 0 <= hits <= tries and abs(max(0.0, ends[0]) - low) < 1e-9 and abs(min(1.0, ends[1]) - high) < 1e-9


def _chain(text: bytes, proof: Mapping[str, Any]) -> Check:
    """Every digest of the ledger, its order, and the line that the proof names."""
    previous, drawn, named = "", set(), proof.get("public", {}).get("ledger_line")
    found = named is None
    for number, line in enumerate(text.decode("utf-8", "replace").splitlines(), 1):
        try:
            row = json.loads(line)
        except ValueError:
            return Check("ledger", False, f"line {number} is no JSON")
        if number == 1:
            if row.get("format") != LEDGER:
                return Check("ledger", False, "it has no head")
            previous = _canonical(row)
            continue
        if row.get("previous") != previous or _canonical({**row, "digest": ""}) != row.get("digest"):
            return Check("ledger", False, f"line {number} was changed, or one before it is missing")
        previous = row["digest"]
        found = found or previous == named
        if row["act"] == "draw":
            drawn.add(row["release"])
    release = proof.get("about", {}).get("release")
    if not found or (named is not None and release not in drawn):
        return Check("ledger", False, "this release is not in it, or its noise was never declared drawn")
    return Check("ledger", True, f"{number} lines in one chain")


def _canonical(row: Mapping[str, Any]) -> str:
    return _sha(json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def status(checks: Sequence[Check]) -> int:
    """0 all holds, 1 something does not, 3 something could not be looked at."""
    if any(check.holds is False for check in checks):
        return 1
    return 3 if any(check.holds is None for check in checks) else 0


def lines(checks: Sequence[Check]) -> list[str]:
    """One line a check."""
    mark = {True: "holds ", False: "BROKEN", None: "?     "}
    return [f"{mark[check.holds]}  {check.name}: {check.words}" for check in checks]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line of the stand-alone verifier."""
    parser = argparse.ArgumentParser(description="Check a release bundle.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--public-key", type=Path)
    parser.add_argument("--internal", type=Path)
    given = parser.parse_args(arguments)
    try:
        key = given.public_key.read_bytes() if given.public_key else None
        checks = verify(given.bundle, public_key=key, internal=given.internal)
    except (Broken, OSError) as problem:
        print(f"BROKEN  {given.bundle.name}: {problem}")
        return 1
    print("\n".join(lines(checks)))
    return status(checks)


if __name__ == "__main__":
    sys.exit(main())
