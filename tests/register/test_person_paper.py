"""The person's copy on paper: every phrase comes back exact from the PDF in five languages, days in the reader's own era."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from havre.register.person import printing
from havre.register.person.printing import FONTS, as_pdf
from havre.register.person.words import day_of, languages, words

# two that are hard to set: the vowel that another engine lost (notes on publishing), and marks over marks
HARD = ("ประจำ", "น้ำที่ผู้ใหญ่ชื่อปิ่นดื่ม")
# months by name in the languages beside: on a Tetum paper, none of them is its own
MONTHS = re.compile(
    r"\b(january|february|march|april|may|june|july|august|october|november|december|janeiro|novembro|janvier|novembre)\b", re.I
)
SYSTEM = Path("/usr/share/fonts/truetype/noto")


def by_pdfium(data: bytes) -> str:
    pdfium = pytest.importorskip("pypdfium2")
    return "".join(page.get_textpage().get_text_range() for page in pdfium.PdfDocument(data))


def by_poppler(data: bytes) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler is not installed")
    return subprocess.run(["pdftotext", "-enc", "UTF-8", "-", "-"], input=data, capture_output=True, check=True).stdout.decode()


READERS = [by_pdfium, by_poppler]


def plain(text: str) -> str:
    """Without what a line end adds or takes: a reader gives the line ends of the paper. Nothing else is forgiven."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", text))


def copy(phrases: tuple[str, ...] = ()) -> dict:
    return {
        "file": {"reference": "D-7K2M-0QXA", "opened_at": "2026-11-28T23:30:00+00:00", "status": "Active"},
        "you": {
            "gender": "Female",
            "age_on_opening": 24,
            "languages": ["tha"],
            "identity": {"Name": "สมหญิง Example", "Born": "1999-04-02"},
        },
        "entries": [{"kind": one} for one in phrases],
        "agreed": [{"service": "House", "answer": "given", "from": "2026-11-01T09:00:00+00:00", "until": "2027-02-28T09:00:00+00:00"}],
        "may_read": [{"service": "House", "role": "shelter", "open": True}],
        "read": [{"service": "House", "role": "health", "at": "2026-11-27T08:00:00+00:00"}],
        "professional_notes": 1,
    }


def missing(read: Callable[[bytes], str], language: str) -> list[str]:
    """The phrases that the paper does not give back."""
    phrases = (*words(language).phrases.values(), *(HARD if language == "th" else ()))
    text = plain(read(as_pdf(copy(phrases), language)))
    return [one for one in phrases if plain(one) not in text]


@pytest.mark.parametrize("read", READERS, ids=lambda one: one.__name__[3:])
@pytest.mark.parametrize("language", list(languages()))
def test_every_phrase_comes_back_exact(language, read):
    assert missing(read, language) == []
    print(f"{language}, {read.__name__[3:]}: {len(words(language).phrases)} phrases come back exact")


@pytest.mark.skipif(not (SYSTEM / "NotoSansThai-Regular.ttf").is_file(), reason="the font that loses letters is not on this machine")
@pytest.mark.parametrize("read", READERS, ids=lambda one: one.__name__[3:])
def test_font_that_loses_letters_is_noticed(read, tmp_path, monkeypatch):
    """Planted: the paper set in Noto Sans Thai, which looks right and reads wrong."""
    fonts, place = tmp_path / "fonts", tmp_path / "typst"
    shutil.copytree(FONTS, fonts, ignore=shutil.ignore_patterns("Laksaman*"))
    for weight in ("Regular", "Bold"):
        shutil.copy(SYSTEM / f"NotoSansThai-{weight}.ttf", fonts)
    place.mkdir()
    (place / "copy.typ").write_text((printing.PLACE / "copy.typ").read_text(encoding="utf-8").replace("Laksaman", "Noto Sans Thai"))
    monkeypatch.setattr(printing, "FONTS", fonts)
    monkeypatch.setattr(printing, "PLACE", place)
    assert missing(read, "th") != []


@pytest.mark.parametrize("language", list(languages()))
def test_paper_is_tagged_says_its_language_and_is_the_same_bytes_twice(language):
    first = as_pdf(copy(), language)
    assert first == as_pdf(copy(), language)
    assert b"pdfuaid" in first and f"/Lang({language})".encode() in first
    # Thai letters are set in the font that gives them back; the name on this paper is Thai in every language
    assert b"Laksaman" in first


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "28.11.2026"), ("fr", "28.11.2026"), ("pt", "28.11.2026"), ("tet", "28.11.2026"), ("th", "28.11.2569")],
)
def test_day_is_in_numbers_and_in_thai_in_the_buddhist_era(language, expected):
    assert words(language).day(date(2026, 11, 28)) == expected
    assert expected in words(language).say("until", day=date(2026, 11, 28))


def test_turn_of_the_year_and_leap_day_keep_their_day_in_thai():
    assert day_of(date(2026, 12, 31), "th") == "31.12.2569"
    assert day_of(date(2027, 1, 1), "th") == "01.01.2570"
    assert day_of(date(2028, 2, 29), "th") == "29.02.2571"


def test_moment_is_the_day_that_it_was_here(settings):
    settings.TIME_ZONE = "Asia/Bangkok"
    from django.utils import timezone

    with timezone.override("Asia/Bangkok"):
        assert day_of(datetime(2026, 12, 31, 18, tzinfo=UTC), "th") == "01.01.2570"


@pytest.mark.parametrize("read", READERS, ids=lambda one: one.__name__[3:])
def test_thai_paper_bears_no_year_of_another_era_and_tetum_no_month_of_another_language(read):
    thai = read(as_pdf(copy(), "th"))
    assert re.findall(r"\b(?:19|20)\d\d\b", thai) == []
    assert sorted(set(re.findall(r"\b25\d\d\b", thai))) == ["2542", "2569", "2570"]
    tetum = read(as_pdf(copy(tuple(words("tet").phrases.values())), "tet"))
    assert MONTHS.findall(tetum) == []
    assert "28.11.2026" in tetum or "29.11.2026" in tetum
    assert io.StringIO(tetum).readline().strip() == words("tet")["copy"]
