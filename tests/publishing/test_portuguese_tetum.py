"""Portuguese and Tetum of everything that is published: words of their own, the same facts as the English, and paper that reads back."""

import html
import re
import shutil
import subprocess
import unicodedata
from collections import Counter
from datetime import date
from functools import cache

import pytest
from django.urls import reverse

from havre import standards
from havre.publishing import printing, tables
from havre.publishing.documents import draft
from havre.publishing.sources import document, editions, every_file, placeholders
from havre.publishing.terms import day_words, term
from havre.publishing.texts import entries, parsed, po_path, units_of, written

DAY = date(2026, 11, 24)
LANGUAGES = ("pt", "tet")
COUNTRIES = standards.country_codes()
FILES = {language: tuple(file for file in (*every_file(), *tables.TABLES) if entries(file, language)) for language in LANGUAGES}
EACH = [(language, file) for language in LANGUAGES for file in FILES[language]]
PROMISED = [
    (edition, id, language)
    for edition, one in editions().items()
    for id in one.documents
    for language in LANGUAGES
    if language in document(edition, id).languages
]
WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
FIGURES = re.compile(r"\d+")


def listed(words):
    return frozenset(words.split())


# what a text may share with another language: names, and short words that two languages write alike
SHARED = frozenset({"Timor-Leste", "PRADET", "Gana", "Lei", "Fonte", "De"}) | listed(
    "Trauma Saúde Fronteira Intérprete Entrevista vietnamita"
)
# words that Tetum has not; those that it shares in writing (uma, house; para, stop; no, and; mai, come) are left out
PORTUGUESE = listed(
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro não você vocês pessoas pessoa mulher mulheres "
    "homem homens criança crianças trabalho documentos direitos autoridades vítimas que com por sem dos das de do da em ou os seu sua é são "
    "está ao à pelo pela mais muito quando onde porque depois antes também dias anos"
)
ENGLISH = listed(
    "january february march april may june july august september october november december the and of with you your not for from who what "
    "help people person are will this that or can papers days years"
)
FRENCH = listed(
    "janvier février mars avril juin juillet août septembre octobre novembre décembre les des vous et pour avec dans une du aux votre vos "
    "est sont pas sur qui ou jours ans"
)
FOREIGN = PORTUGUESE | ENGLISH | FRENCH
# letters and pairs that the official orthography of Tetum does not use: ñ, ll, k, s stand for nh, lh, c/q, ss/ç
NOT_TETUM = re.compile(r"[cçqyãõâêôàèùëïû]|lh|(?<!\bbai)nh|ss", re.IGNORECASE)
# names, the two English words of every Timorese screen, codes of the standards
NAMES = listed("Havre Casa ALFeLa MoGCSP Helpline of Hope web online Web reasonable balance convincing Expertise France")
# of provinces and towns, as the rates of the minimum wage name them
PLACES = frozenset(
    word
    for id, words in tables.table(tables.FACTS).items()
    if ".minimum_wage.text." in id
    for word in re.findall(r"\b[A-Z][a-z]+", words.en)
)
ADDRESS = re.compile(r"\b\w+(?:\.\w+)*\.(?:org|com|uk)\b")
# Brazilian spellings and words where European and Timorese usage has another
BRAZILIAN = listed(
    "contato contatos fato fatos registro registros equipe equipes ônibus celular tela usuário usuários gênero econômico econômica "
    "planejamento anistia acadêmico trem"
)


def bare(text):
    """A text without its placeholders and the addresses of sources."""
    return ADDRESS.sub(" ", re.sub(r"\{[^}]*\}", " ", text))


def words_of(text):
    return [word for word in WORD.findall(unicodedata.normalize("NFC", text)) if word not in NAMES]


def foreign_in_tetum(text):
    """The words of a text that Tetum has not: of another language, or with letters of one. Acronyms are names; a letter alone is a point of law."""
    words = {word for word in words_of(bare(text)) if len(word) > 1 and not word.isupper() and word not in PLACES}
    return {word for word in words if word.lower() in FOREIGN or NOT_TETUM.search(word)}


def faults(language, text, english, others=()):
    """What is wrong with one text beside its English and its other languages: codes of faults, none when it is sound."""
    found = set()
    if placeholders(text) != placeholders(english):
        found.add("placeholder")
    if Counter(FIGURES.findall(bare(text))) - Counter(FIGURES.findall(bare(english))):
        found.add("figure")
    if text in {english, *others} and WORD.search(bare(text)) and text not in SHARED:
        found.add("copied")
    if unicodedata.normalize("NFC", text) != text:
        found.add("marks")
    if language == "tet" and foreign_in_tetum(text):
        found.add("foreign")
    if language == "pt" and {word.lower() for word in words_of(text)} & BRAZILIAN:
        found.add("usage")
    return found


def others(file, id, language):
    """The text of a unit in French, and for Tetum in Portuguese."""
    french = tables.table(file)[id].fr if file in tables.TABLES else getattr(entries(file, "fr").get(id), "text", "")
    portuguese = getattr(entries(file, "pt").get(id), "text", "") if language == "tet" else ""
    return tuple(text for text in (french, portuguese) if text)


def wrong_in(file, language, known):
    units = units_of(file)
    found = {
        id: faults(language, one.text, one.source, others(file, id, language)) for id, one in known.items() if id in units and one.text
    }
    # a country may bear one name in several languages: Angola, Vanuatu
    alike = {id for id in found if file == tables.FIGURES and id.startswith("country.")}
    return {
        id: codes - {"copied"} if id in alike else codes for id, codes in found.items() if codes - ({"copied"} if id in alike else set())
    }


@pytest.mark.parametrize(("language", "least"), [("pt", 200), ("tet", 200)])
def test_most_countries_have_a_name_of_the_language_of_its_own(language, least):
    names = {id: one for id, one in entries(tables.FIGURES, language).items() if id.startswith("country.")}
    assert sum(one.text != one.source for one in names.values()) >= least


@pytest.mark.parametrize(("language", "file"), EACH)
def test_text_is_of_its_language_and_says_the_same_figures(language, file):
    assert wrong_in(file, language, entries(file, language)) == {}


def test_portuguese_word_planted_in_a_copy_of_the_tetum_is_found():
    file = "leaflets/rights"
    copy = parsed(po_path(file, "tet").read_bytes().replace(b"Ikusmai", b"Mais tarde"), "copy")
    assert wrong_in(file, "tet", copy) == {"later.text": {"copied", "foreign"}}


def test_each_planted_fault_is_found():
    english = "Call within {days} days. Under 18, ask for advice."
    sound = "Telefone iha loron {days} nia laran. Se seidauk halo tinan 18, husu konsellu."
    assert faults("tet", sound, english) == set()
    assert faults("tet", english, english) == {"copied", "foreign"}
    assert faults("tet", sound.replace("{days}", "90"), english) == {"placeholder", "figure"}
    assert faults("tet", sound + " 112", english) == {"figure"}
    for word in ("não", "novembro", "and", "vous", "informação", "trabalhador", "assistência"):
        assert faults("tet", f"{sound} {word}", english) == {"foreign"}, word
    assert faults("tet", "Mais tarde", "Later", ("Plus tard", "Mais tarde")) == {"copied", "foreign"}
    assert faults("pt", "Registro", "Entry") == {"usage"}
    assert faults("pt", "Registo", "Entry") == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_frame_rights_authorities_and_signs_are_whole(language):
    files = ("shared/terms", tables.RIGHTS, tables.AUTHORITIES, tables.SIGNS)
    assert {file: sorted(set(units_of(file)) - set(entries(file, language))) for file in files} == {file: [] for file in files}


@pytest.mark.parametrize(("language", "file"), EACH)
def test_no_text_claims_a_reviewer_and_the_file_is_written_as_the_tool_writes_it(language, file):
    known = entries(file, language)
    assert [id for id, one in known.items() if one.reviewer] == []
    if set(known) <= set(units_of(file)):
        assert parsed(written(file, language, known), file) == known


def test_number_of_a_helpline_is_never_typed():
    dialled = {number for code in COUNTRIES for one in standards.profile(code).authorities for number in one.phone or ()}
    for language in LANGUAGES:
        text = " ".join(one.text for file in FILES[language] if file not in tables.TABLES for one in entries(file, language).values())
        assert [number for number in sorted(dialled) if re.search(rf"(?<!\d){re.escape(number)}(?!\d)", text)] == []


@pytest.mark.parametrize("month", range(1, 13))
def test_month_of_tetum_is_its_own(month):
    day = date(2026, month, 24)
    found = {language: day_words(day, language) for language in ("en", "fr", "pt", "tet")}
    assert len(set(found.values())) == len(found)
    assert foreign_in_tetum(found["tet"]) == set()


def test_day_of_portuguese_and_tetum_is_written_out():
    assert day_words(date(2026, 6, 9), "tet") == "9 Juñu 2026"
    assert day_words(date(2026, 3, 1), "pt") == "1 de março de 2026"


def printed(made):
    """Every text of a document that is printed, names of pictures left out."""
    found = [text for node in made.walk() if node.kind not in {"figure", "questions", "question"} for text in node.strings()]
    return [made.title, *([made.subtitle] if made.subtitle else []), *found]


@pytest.mark.parametrize(("edition", "id", "language"), PROMISED)
def test_document_is_whole_in_every_country_and_says_that_it_awaits_a_native_reader(edition, id, language):
    for country in COUNTRIES:
        made = draft(edition, id, country=country, language=language, on=DAY)
        assert [str(one) for one in made.problems] == []
        assert any(term("awaits_native", language) in line for line in printing.states(made))
        if language == "tet":
            said = [*printed(made), made.country_name, printing.made_line(made), *printing.states(made)]
            assert {text: foreign_in_tetum(text) for text in said if foreign_in_tetum(text) - {made.code.lower()}} == {}


@pytest.mark.parametrize("country", COUNTRIES)
def test_page_in_tetum_holds_no_word_of_another_language(client, country):
    page = client.get(reverse("leaflet", args=["rights", country, "tet"])).content.decode()
    assert '<html lang="tet"' in page
    names = {"English", "Français", "Português", "Tetun", "ไทย"}
    text = html.unescape(re.sub(r"<[^>]*>", " ", re.sub(r"<(style|script).*?</\1>", " ", page, flags=re.DOTALL)))
    assert foreign_in_tetum(text) - names == set()


# the text of the PDF, as a reader copies, searches or hears it


def joined(text):
    """Without white space: lines are broken on paper."""
    return re.sub(r"[\s\u200b\u00ad\ufffe]+", "", unicodedata.normalize("NFC", text))


def lost(texts, read):
    """The texts that do not come back: absent, or less often than they are printed."""
    whole = joined(read)
    return sorted(text for text, times in Counter(map(joined, texts)).items() if whole.count(text) < times)


@cache
def paper(language):
    made = draft("leaflets", "rights", country="tl", language=language, on=DAY)
    return made, printing.as_pdf(made, "a4")


def by_pdfium(content):
    pdfium = pytest.importorskip("pypdfium2")
    return "\n".join(page.get_textpage().get_text_range() for page in pdfium.PdfDocument(content))


@pytest.mark.parametrize("language", LANGUAGES)
def test_paper_reads_back_exactly_in_pdfium(language):
    made, content = paper(language)
    assert lost(printed(made), by_pdfium(content)) == []
    assert lost([printed(made)[1] + "x"], by_pdfium(content)) != []


@pytest.mark.parametrize("language", LANGUAGES)
def test_paper_reads_back_exactly_in_poppler(language, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler is not here")
    made, content = paper(language)
    place = tmp_path / "paper.pdf"
    place.write_bytes(content)
    read = subprocess.run(["pdftotext", "-raw", str(place), "-"], capture_output=True, check=True).stdout.decode()
    assert lost(printed(made), read) == []


def test_paper_in_tetum_holds_no_word_of_another_language():
    made, content = paper("tet")
    assert foreign_in_tetum(re.sub(r"\ufffe\s*|\u00ad\s*", "", by_pdfium(content)).replace(made.code, " ")) == set()
