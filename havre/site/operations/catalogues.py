"""Compiled catalogues without GNU gettext, so that a machine with Python alone speaks French too."""

from __future__ import annotations

import ast
import re
import struct
from pathlib import Path

_STRING = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr)(?:\[\d\])? (".*")$')
MAGIC = 0x950412DE


def compile_catalogue(source: Path, target: Path) -> int:
    """Write the .mo file of a .po file; guesses and untranslated messages are left out. Gives how many messages it holds.

    Source: the format of the GNU gettext manual, chapter "The Format of GNU MO Files".
    """
    pairs = sorted(_messages(source.read_text(encoding="utf-8")).items())
    ids, words = b"", b""
    spans: list[tuple[int, int, int, int]] = []
    for key, value in pairs:
        spans.append((len(key), len(ids), len(value), len(words)))
        ids += key + b"\0"
        words += value + b"\0"
    first_id = 28 + 16 * len(pairs)
    first_word = first_id + len(ids)
    left = b"".join(struct.pack("<II", size, first_id + at) for size, at, _size, _at in spans)
    right = b"".join(struct.pack("<II", size, first_word + at) for _size, _at, size, at in spans)
    head = struct.pack("<7I", MAGIC, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    target.write_bytes(head + left + right + ids + words)
    return len(pairs)


def _messages(text: str) -> dict[bytes, bytes]:
    found = {}
    for block in text.split("\n\n"):
        if re.search(r"^#,.*\bfuzzy\b", block, re.M):
            continue
        parts = _parts(block)
        translations = parts.get("msgstr", [])
        if "msgid" not in parts or not translations or not all(translations):
            continue
        key = parts["msgid"][0]
        if "msgid_plural" in parts:
            key += "\0" + parts["msgid_plural"][0]
        if "msgctxt" in parts:
            key = parts["msgctxt"][0] + "\x04" + key
        found[key.encode()] = "\0".join(translations).encode()
    return found


def _parts(block: str) -> dict[str, list[str]]:
    parts: dict[str, list[str]] = {}
    name = ""
    for line in block.splitlines():
        if match := _STRING.match(line):
            name = match[1]
            parts.setdefault(name, []).append(ast.literal_eval(match[2]))
        elif line.startswith('"') and name:
            parts[name][-1] += ast.literal_eval(line)
    return parts
