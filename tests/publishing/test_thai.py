"""Thai of everything that is published: Thai letters, the same figures and placeholders as the English, and a PDF that reads back exactly."""

import json
import re
import shutil
import subprocess
import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import accumulate, pairwise, product
from pathlib import Path

import pytest
import typst

from havre import standards
from havre.publishing import printing, tables
from havre.publishing.binding import SPECIAL
from havre.publishing.documents import draft
from havre.publishing.sources import document, editions, every_file, placeholders
from havre.publishing.terms import BUDDHIST_ERA, sentences, term
from havre.publishing.texts import entries, units_of
from havre.trust.diagrams import lines

DAY = date(2026, 11, 24)
THAI = re.compile(r"[\u0e01-\u0e5b]")
LATIN = re.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ_.]*")
FIGURES = re.compile(r"\d+")
# names that a Thai reader finds in Latin letters: the system, bodies and papers known by them, codes of the standards
NAMES = frozenset(
    ["Havre", "Fokupers", "Casa", "Vida", "Alola", "ALFeLa", "MoGCSP", "Act", "L.I.", "reasonable_grounds", "balance", "convincing"]
)
NUMBERED = re.compile(r"^[A-Z][A-Z.]*$")
# the glossary has this word only in what happens to a person (secondary victimisation), never for the person
VICTIM_WORD = re.compile(r"(?<!ตกเป็น)เหยื่อ")
FILES = tuple(file for file in (*every_file(), *tables.TABLES) if entries(file, "th"))
PROMISED = [
    (edition, id)
    for edition, one in editions().items()
    for id in one.documents
    if one.documents and "th" in document(edition, id).languages
]
COUNTRIES = standards.country_codes()


def bare(text):
    """A text without its placeholders."""
    return re.sub(r"\{[^}]*\}", " ", text)


def figures(text):
    """Its numbers; a year counts as its Buddhist one, a range as 2016-17 as its two."""
    found = {int(one) for one in FIGURES.findall(text)}
    return found | {one + BUDDHIST_ERA for one in found if 1900 < one < 2100} | {(one + BUDDHIST_ERA) % 100 for one in found}


def faults(thai, english):
    """What is wrong with one Thai text beside its English: codes of faults, none when it is sound."""
    found = set()
    if not THAI.search(bare(thai)) and re.search("[A-Za-z]", bare(english)):
        found.add("script")
    foreign = {word.rstrip(".") for word in LATIN.findall(bare(thai))} - {name.rstrip(".") for name in NAMES}
    if any(not NUMBERED.match(word) or word not in english for word in foreign):
        found.add("latin")
    if placeholders(thai) != placeholders(english):
        found.add("placeholder")
    typed = {int(one) for one in FIGURES.findall(bare(thai))}
    if typed - figures(bare(english)) or any(1900 < one < 2100 and str(one) in re.findall(r"พ\.ศ\. ?(\d{4})", thai) for one in typed):
        found.add("figure")
    if VICTIM_WORD.search(thai):
        found.add("glossary")
    if unicodedata.normalize("NFC", thai) != thai or re.search(
        r"[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]{3,}|(?<![\u0e01-\u0e5b])[\u0e31-\u0e3a]", thai
    ):
        found.add("marks")
    return found


@pytest.mark.parametrize("file", FILES)
def test_thai_text_is_thai_and_says_the_same_figures(file):
    units = units_of(file)
    wrong = {id: faults(entry.text, entry.source) for id, entry in entries(file, "th").items() if id in units and entry.text}
    assert {id: found for id, found in wrong.items() if found} == {}


def test_faults_planted_in_thai_are_found():
    english = "Call within {days} days. Under 18, ask for advice."
    sound = "โทรศัพท์ภายใน {days} วัน ถ้าอายุต่ำกว่า 18 ปี ขอคำปรึกษา"
    assert faults(sound, english) == set()
    assert faults(english, english) == {"script", "latin"}
    assert faults(sound.replace("{days}", "90"), english) == {"placeholder", "figure"}
    assert faults(sound + " โทร 1300", english) == {"figure"}
    assert faults(sound + " พ.ศ. 2569", english) == {"figure"}
    assert faults(sound + " online", english) == {"latin"}
    assert faults(sound + " เหยื่อ", english) == {"glossary"}
    assert faults(sound + " \u0e34\u0e48", english) == {"marks"}


def test_number_of_a_helpline_is_never_typed_in_a_document():
    dialled = {number for code in COUNTRIES for one in standards.profile(code).authorities for number in one.phone or ()}
    written = " ".join(entry.text for file in FILES if file not in tables.TABLES for entry in entries(file, "th").values())
    assert [number for number in sorted(dialled) if re.search(rf"(?<!\d){re.escape(number)}(?!\d)", written)] == []


def test_every_row_of_the_data_has_its_thai():
    assert {file: sorted(set(units_of(file)) - set(entries(file, "th"))) for file in tables.TABLES} == {file: [] for file in tables.TABLES}


@pytest.mark.parametrize(("edition", "id"), PROMISED)
def test_document_promised_in_thai_is_whole_and_says_that_it_awaits_a_native_reader(edition, id):
    for country in COUNTRIES:
        made = draft(edition, id, country=country, language="th", on=DAY)
        assert [str(one) for one in made.problems] == []
        assert made.unreviewed
        assert any(term("awaits_native", "th") in line for line in printing.states(made))


def test_no_thai_text_claims_a_reviewer():
    assert [(file, id) for file in FILES for id, entry in entries(file, "th").items() if entry.reviewer] == []


def test_day_counts_years_of_the_buddhist_era():
    assert printing.day_words(date(2026, 12, 31), "th") == "31 ธันวาคม พ.ศ. 2569"
    assert printing.day_words(date(2027, 1, 1), "th") == "1 มกราคม พ.ศ. 2570"


def test_thai_sentences_of_the_frame_stand_side_by_side_without_a_full_stop():
    assert sentences("th", "ฉบับ A", "จัดทำด้วย Havre") == "ฉบับ A จัดทำด้วย Havre"
    assert sentences("en", "Edition A", "Made with Havre") == "Edition A. Made with Havre."
    made = draft("module", "self-test", country="th", language="th", on=DAY)
    assert "." not in printing.made_line(made).replace("พ.ศ.", "")


@pytest.mark.parametrize("country", COUNTRIES)
def test_days_of_a_rate_are_written_out_in_the_buddhist_era(country):
    made = draft("module", "learner", country=country, language="th", on=DAY)
    said = " ".join(text for node in made.walk() for text in node.strings())
    assert re.findall(r"\d{4}-\d{2}-\d{2}", said) == []
    assert {"gh": "1 มกราคม พ.ศ. 2562", "tl": "21 มิถุนายน พ.ศ. 2555", "th": "1 มกราคม พ.ศ. 2567"}[country] in said


def test_thai_label_of_a_picture_is_broken_where_a_phrase_opens_and_never_before_a_mark():
    assert lines("แจ้งแล้ว ทนายความและพนักงานอัยการได้รับแจ้ง", 18) == ["แจ้งแล้ว ทนายความและ", "พนักงานอัยการได้รับแจ้ง"]
    assert lines("Handed over, not yet received", 18) == ["Handed over, not", "yet received"]
    labels = {entry.text for entry in entries(tables.WORKFLOWS, "th").values()}
    for label, width in product(labels, (12, 18, 25)):
        found = lines(label, width)
        assert "".join(found).replace(" ", "") == "".join(label.split())
        assert not [line for line in found if unicodedata.category(line[0]) == "Mn" or line[0] in "ะาำๅๆ" or line[-1] in "เแโใไ"]
        assert all(sum(unicodedata.category(letter) != "Mn" for letter in line) <= width or THAI.search(line) is None for line in found)


# the text of the PDF, as a reader copies, searches or hears it


def joined(text):
    """Without white space: lines are broken on paper. pdfium writes U+FFFE for a hyphen at the end of a line."""
    return re.sub(r"[\s\u200b\u00ad]+", "", unicodedata.normalize("NFC", text.replace("\ufffe", "-")))


def strings(made):
    """Every text of the document that is printed, but the names of pictures, each with how often it stands in it."""
    found = [text for node in made.walk() if node.kind not in {"figure", "questions", "question"} for text in node.strings()]
    return Counter(joined(text) for text in (made.title, *found))


def by_pdfium(content):
    """The text of each page."""
    pdfium = pytest.importorskip("pypdfium2")
    return [page.get_textpage().get_text_range() for page in pdfium.PdfDocument(content)]


def by_poppler(content, folder):
    """The text of each page."""
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler is not here")
    place = folder / "paper.pdf"
    place.write_bytes(content)
    return subprocess.run(["pdftotext", "-raw", str(place), "-"], capture_output=True, check=True).stdout.decode().split("\f")


def broken(text, before, after):
    """Whether a text stands on two pages: it runs to the end of a line of the first, and goes on where a line of the second starts."""
    first, second = ([joined(line) for line in page.splitlines()] for page in (before, after))
    ends, starts = list(accumulate(map(len, first))), list(accumulate(map(len, second), initial=0))
    first, second = "".join(first), "".join(second)
    return any(
        any(first.endswith(text[:cut], 0, end) for end in ends) and any(second.startswith(text[cut:], start) for start in starts)
        for cut in range(1, len(text))
    )


def lost(made, pages):
    """The texts that do not come back: absent, or less often than they are printed."""
    whole, turns = joined("".join(pages)), list(pairwise(pages))
    lacking = {text: times - whole.count(text) for text, times in strings(made).items() if whole.count(text) < times}
    return sorted(text for text, times in lacking.items() if sum(broken(text, *turn) for turn in turns) < times)


@cache
def paper(edition, id, shape):
    made = draft(edition, id, country="th", language="th", on=DAY)
    return made, printing.as_pdf(made, shape)


PAPERS = [(edition, id, shape) for edition, id in PROMISED for shape in document(edition, id).print]


@pytest.mark.parametrize(("edition", "id", "shape"), PAPERS)
def test_thai_paper_reads_back_exactly_in_pdfium(edition, id, shape):
    made, content = paper(edition, id, shape)
    assert lost(made, by_pdfium(content)) == []


@pytest.mark.parametrize(("edition", "id", "shape"), PAPERS)
def test_thai_paper_reads_back_exactly_in_poppler(edition, id, shape, tmp_path):
    made, content = paper(edition, id, shape)
    assert lost(made, by_poppler(content, tmp_path)) == []


def test_options_of_a_thai_question_are_lettered_as_in_a_thai_examination():
    made, content = paper("module", "self-test", "book")
    read = joined("".join(by_pdfium(content)))
    first = next(node for node in made.walk() if node.kind == "question")
    assert [letter for letter, option in zip("กขคงจ", first.items, strict=False) if joined(f"{letter}){option}") not in read] == []


def test_one_wrong_letter_is_noticed():
    made, content = paper(*PAPERS[0])
    node = next(node for node in made.walk() if node.kind == "text")
    other = replace(made, nodes=(replace(node, text=node.text.replace("\u0e33", "\u0e32").replace("\u0e48", "", 1)), *made.nodes))
    assert lost(other, by_pdfium(content)) != []


def test_text_over_two_pages_comes_back_only_when_no_letter_is_missing():
    before, after = "ข้อความยาว\nที่เริ่มบน\nหน้าแรก\nท้ายหน้า 1", "หัวตาราง\nและจบบน\nหน้าที่สอง"
    assert broken(joined("ที่เริ่มบนหน้าแรกและจบบน"), before, after)
    assert not broken(joined("ที่เริ่มบนหน้าแรก คำหาย และจบบน"), before, after)
    assert not broken(joined("ที่เริ่มบนหน้าแรกและจบบน"), before.replace("แรก", "แรกๆ"), after)


def test_font_that_loses_letters_is_noticed(tmp_path):
    thai = sorted(Path("/usr/share/fonts").rglob("NotoSansThai-*.ttf"))
    if not thai:
        pytest.skip("no Noto Sans Thai here; one wrong letter is tried above")
    for font in (*thai, *(printing.PLACE / "fonts").glob("NotoSans-*.ttf")):
        shutil.copy(font, tmp_path)
    made, _content = paper("leaflets", "rights", "a4")
    fonts = typst.Fonts(font_paths=[str(tmp_path)], include_system_fonts=False)
    compiler = typst.Compiler(str(printing.PLACE / "typst" / "leaflet.typ"), root=str(printing.PLACE), font_paths=fonts)
    data = json.dumps(printing._data(made, "a4", ""), ensure_ascii=False)
    content = compiler.compile(format="pdf", sys_inputs={"data": data}, pdf_standards=printing.STANDARDS)
    assert lost(made, by_pdfium(content)) != []


def test_names_that_stand_for_something_are_known():
    known = set(standards.fact_book().definitions) | SPECIAL
    used = {
        name
        for file in FILES
        if file not in {*tables.TABLES, "shared/terms", "shared/instruments"}
        for entry in entries(file, "th").values()
        for name in placeholders(entry.text)
    }
    assert used - known == set()
