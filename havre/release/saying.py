"""What the release commands refuse, in the language of the shell, and files that appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from havre.evidence.bilingual_command import Refusal, in_words


class Said(Refusal):
    """A refusal in the language of the shell (HAVRE_LANGUAGE, LC_ALL, LC_MESSAGES, LANG), English where it has no French; ends with status 1."""

    def __init__(self, english: str, french: str = "") -> None:
        super().__init__(in_words(french or english, english))


def said(problem: Exception) -> Said:
    """The refusal of a library function: `both` is (French, English) where it has words in both."""
    french, english = getattr(problem, "both", ("", str(problem)))
    return Said(english, french)


def must_be_new(path: Path | None, option: str) -> None:
    """Refuse a file that is there or that could not be made, before anything is computed. Raises: Said."""
    if path is None:
        return
    if path.exists():
        raise Said(
            f"{path.name} exists: a release is never written over; give another {option}",
            f"{path.name} existe déjà : une publication n'en écrase jamais une autre ; donner un autre {option}",
        )
    folder = path.absolute().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise Said(
            f"{option} {path}: its folder does not exist or cannot be written to; make it first",
            f"{option} {path} : son dossier n'existe pas ou n'est pas modifiable ; le créer d'abord",
        )


def write_whole(path: Path, text: str) -> None:
    """Write a file that appears whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
