"""A copy of the sources in a folder of the test, to plant faults and changes in. Not one file of the house is touched."""

from __future__ import annotations

from pathlib import Path

import yaml

from havre.publishing import documents, questions, sources, texts
from tests.publishing.test_leaflet import DAY

BLOCKS = [
    {
        "id": "opening",
        "kind": "text",
        "text": "You can ask for help. Article 12 says that the victim is told about {reflection_total_days} days of rest.",
    },
    {"id": "warning", "kind": "note", "text": "Nobody may take your papers.", "safety": True},
]
FRENCH = {
    "title": "Un essai",
    "opening.text": "Vous pouvez demander de l'aide. L'article 12 dit que la victime est informée des {reflection_total_days} jours de repos.",
    "warning.text": "Personne n'a le droit de prendre vos papiers.",
}
THAI = {
    "title": "แบบทดลอง",
    "opening.text": "คุณขอความช่วยเหลือได้ มาตรา 12 บอกว่าผู้เสียหายได้รับแจ้งเรื่องเวลาพัก {reflection_total_days} วัน",
    "warning.text": "ไม่มีใครมีสิทธิยึดเอกสารของคุณ",
}
TETUM = {
    "title": "Koko",
    "opening.text": "Ita bele husu ajuda. Artigu 12 hatete katak vítima simu informasaun kona-ba loron {reflection_total_days} atu deskansa.",
    "warning.text": "Ema ida la bele foti ita-nia dokumentu.",
}
KEPT = (
    sources.editions,
    sources.document,
    sources.shared,
    sources.texts_of,
    sources.addresses,
    texts.entries,
    questions.bank,
    questions.read,
)


class Trial:
    """A document `trial/one` of two blocks, in English, French, Thai and Tetum, as a translator and an author change it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written({}, BLOCKS)
        self.words("fr", FRENCH)
        self.words("th", THAI)
        self.words("tet", TETUM)

    def written(self, top: dict, blocks: list[dict]) -> None:
        """The English as it stands from now on."""
        head = {
            "title": "A trial", "form": "leaflet", "formats": ["pdf", "web"], "print": ["a4"], "languages": ["en", "fr", "tet", "th"],
            "audience": "person",
            "level": "easy", "version": "1", "revised_on": "2026-11-20", "address": "trial",
        }  # fmt: skip
        (self.folder / "trial").mkdir(exist_ok=True)
        (self.folder / "trial" / "one.yaml").write_text(
            yaml.safe_dump(head | top | {"blocks": blocks}, allow_unicode=True, sort_keys=False)
        )
        listed = [{"id": "trial", "title": "Trial", "home": "gh", "documents": ["one"]}]
        (self.folder / "editions.yaml").write_text(yaml.safe_dump({"editions": listed}))
        self.forget()

    def words(self, language: str, words: dict[str, str], on: str = "") -> None:
        """Translations as they stand from now on, whatever is wrong with them: a PO file edited by hand on a day ("": nobody noted which)."""
        units, known = texts.units_of("trial/one"), dict(texts.entries("trial/one", language))
        known |= {id: texts.Entry(units[id].text, text, written_on=on) for id, text in words.items()}
        texts.po_path("trial/one", language).write_bytes(texts.written("trial/one", language, known))
        self.forget()

    @staticmethod
    def forget() -> None:
        """What was read of the files."""
        for one in KEPT:
            one.cache_clear()

    @staticmethod
    def found(language: str, country: str = "gh") -> list[tuple[str, str]]:
        """Check and block of everything that is wrong with it or waits, law aside."""
        made = documents.draft("trial", "one", country=country, language=language, on=DAY)
        return [(one.code, one.block) for one in documents.findings(made)]
