"""A bundle that somebody meddled with, in any way, is broken and says so: it never stops the verifier and never passes."""

import json
import os
import zipfile

import pytest

from havre.release.stats.bundle import verifier
from havre.release.stats.bundle.again import attack_again
from tests.release.stats.bundle.test_bundle import broken, packed, private


def files_of(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def unpacked(folder, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def zipped(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def refused(path, **given):
    """Why this bundle does not pass, never by any other error than Broken."""
    try:
        checks = verifier.verify(path, **given)
    except verifier.Broken as problem:
        return [str(problem)]
    return broken(checks)


@pytest.mark.parametrize("half", [0, 1])
def test_one_bit_of_any_file_changed_is_seen(tmp_path, half):
    files = files_of(packed(tmp_path, private())[half])
    folder = unpacked(tmp_path / "u", files)
    for name, content in files.items():
        for place in range(0, len(content), max(1, len(content) // 23)):
            for bit in (0x01, 0x20, 0x80):
                (folder / name).write_bytes(content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :])
                assert refused(folder), (name, place, bit)
        (folder / name).write_bytes(content)
    assert refused(folder) == []


def link(folder):
    os.symlink("/etc/hostname", folder / "extra.txt")


def link_in_place(folder):
    (folder / "ddi.xml").rename(folder.parent / "ddi.xml")
    os.symlink(folder.parent / "ddi.xml", folder / "ddi.xml")


def linked_folder(folder):
    os.symlink("/etc", folder / "more")


def pipe(folder):
    os.mkfifo(folder / "pipe")


@pytest.mark.parametrize("meddle", [link, link_in_place, linked_folder, pipe])
def test_folder_with_a_link_or_a_pipe_is_no_bundle(tmp_path, meddle):
    folder = unpacked(tmp_path / "u", files_of(packed(tmp_path)[0]))
    meddle(folder)
    assert refused(folder)[0].endswith("is a link or no plain file")


def test_archive_with_a_link_or_a_hidden_entry_or_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    files = files_of(packed(tmp_path)[0])
    bomb = zipped(tmp_path / "bomb.zip", {**files, "more.txt": b"\0" * 20_000_000})
    assert refused(bomb) == ["more.txt is too large once unpacked"]
    entry = zipfile.ZipInfo("more.txt")
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(zipped(tmp_path / "link.zip", files), "a") as archive:
        archive.writestr(entry, "/etc/hostname")
    assert "more.txt is a link" in refused(tmp_path / "link.zip")[0]
    assert refused(zipped(tmp_path / "dir.zip", {**files, "more/": b"hidden"})) == ["nothing added (public)"]
    assert refused(zipped(tmp_path / "plain.zip", {**files, "data/": b""})) == []


PRIVATE = {"family": "differentially private rows", "epsilon": "1", "epsilon_before": 0, "delta": 1e-6, "composition": "c", "unit": "u",
           "neighbours": "n", "charges": [{}], "budget": 3, "ledger_line": "l", "noise": "n", "domains": {"a": "b"}}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "change"),
    [
        *(("proof.json", change) for change in ({"k": "11"}, {"k": [1]}, {"hierarchies": "x"}, {"family": [1]}, {"about": "x"}, PRIVATE)),
        *(("datapackage.json", content) for content in (b"{", b"[]", b'{"resources": "x"}', b"\xff", b"[" * 100_000)),
        *(("data/table-1.csv", content) for content in (b"place,gender\nnorth,f\n", b"place,gender,persons\nnorth\n", b"\xff\xfe\0")),
        ("data/table-1.csv", b'place,gender,persons\n"' + b"a" * 200_000 + b'",f,1\n'),
        ("manifest.json", {"files": {"proof.json": "x"}}),
        ("manifest.json", b"[" * 100_000),
        ("signature.json", b"[]"),
    ],
)
def test_bundle_of_another_shape_is_broken_not_an_error_of_ours(tmp_path, name, change):
    files = files_of(packed(tmp_path)[0])
    files[name] = change if isinstance(change, bytes) else json.dumps({**json.loads(files[name]), **change}).encode()
    assert refused(zipped(tmp_path / "m.zip", files))


def test_earlier_bundle_that_cannot_be_read_is_named(tmp_path):
    public, _internal = packed(tmp_path)
    files = files_of(public)
    other = zipped(tmp_path / "old.zip", {**files, "data/table-1.csv": b"place\n"})
    with pytest.raises(verifier.Broken, match=r"^old\.zip: "):
        attack_again(public, [other])
