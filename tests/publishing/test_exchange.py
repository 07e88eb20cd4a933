"""Texts out to a translator and back: round trips, and files that do not hold, of which nothing is taken."""

import re
from datetime import date
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from django.utils import timezone

from havre.publishing import revisions, services, texts
from havre.publishing.command import texts_
from havre.publishing.documents import source
from havre.publishing.models import TextRevision
from havre.publishing.packages import exchange
from havre.publishing.services import Asked
from havre.publishing.texts import Entry
from havre.trust.enums import Role
from havre.trust.errors import Invalid
from tests.factories_site import make_now

pytestmark = pytest.mark.django_db
FILE = "leaflets/rights"
UNIT = "reflection.text"


@pytest.fixture
def french(sources):
    """The PO of the leaflet in French as a translator takes it."""
    return exchange.as_po((FILE,), "fr")[f"{FILE}.fr.po"].decode()


def earlier(unit, english):
    """The French of a unit as made from an earlier English."""
    known = dict(texts.entries(FILE, "fr"))
    known[unit] = Entry(english, known[unit].text)
    texts.po_path(FILE, "fr").write_bytes(texts.written(FILE, "fr", known))
    texts.entries.cache_clear()


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """PO files in a folder of the test, empty at first for pt, as they are for fr."""
    french = texts.po_path(FILE, "fr").read_bytes()
    monkeypatch.setattr(texts, "po_path", lambda file, language: tmp_path / f"{file}.{language}.po")
    monkeypatch.setattr(texts, "SOURCE", tmp_path)
    path = tmp_path / f"{FILE}.fr.po"
    path.parent.mkdir(parents=True)
    path.write_bytes(french)
    texts.entries.cache_clear()
    yield tmp_path
    texts.entries.cache_clear()


def give(language):
    return exchange.as_xliff((FILE,), language).decode()


def translated(xliff, unit, words):
    """With these words as target of a unit."""
    return re.sub(
        rf'(<trans-unit id="{re.escape(unit)}".*?</source>)(\s*<target.*?</target>)?',
        lambda m: f"{m[1]}<target>{words}</target>",
        xliff,
        flags=re.DOTALL,
    )


def test_what_goes_out_comes_back_unchanged(sources):
    before = dict(texts.entries(FILE, "fr"))
    for name, content in {"a.xliff": give("fr").encode(), "a.po": exchange.as_po((FILE,), "fr")[f"{FILE}.fr.po"]}.items():
        (taken,) = exchange.take(content, name)
        assert (taken.put, taken.stale, taken.same) == (0, 0, len(before))
        exchange.put((taken,))
        assert dict(texts.entries(FILE, "fr")) == before


def test_xliff_names_every_text_and_keeps_placeholders_whole(sources):
    root = ElementTree.fromstring(give("pt"))
    units = {unit.get("id"): unit for unit in root.iter(f"{exchange.X}trans-unit")}
    assert set(units) == set(texts.units_of(FILE))
    assert [mark.get("id") for mark in units[UNIT].iter(f"{exchange.X}x")] == ["reflection_total_days"]
    assert give("pt") == give("pt")


def test_translation_is_put_in_and_one_left_empty_stays_to_do(sources):
    words = 'Pode descansar <g id="1"><x id="reflection_total_days"/></g> dias.'
    exchange.put(exchange.take(translated(give("pt"), UNIT, words).encode(), "a.xlf"))
    assert texts.entries(FILE, "pt")[UNIT].text == "Pode descansar {reflection_total_days} dias."
    assert texts.entries(FILE, "pt")[UNIT].source == texts.units_of(FILE)[UNIT].text
    assert not any(one.text for id, one in texts.entries(FILE, "pt").items() if id != UNIT)


def test_entry_without_words_is_among_what_is_left(sources):
    exchange.put(exchange.take(translated(give("pt"), "title", "Tem direitos").encode(), "a.xlf"))
    answer = CliRunner().invoke(texts_, ["left", "--language", "pt", FILE])
    assert answer.output.startswith(f"# {FILE} pt: {len(texts.units_of(FILE)) - 1}\n")
    assert f"\n{UNIT}: " in answer.output
    assert "\ntitle: " not in answer.output


def test_words_marked_for_another_look_are_stale(sources):
    xliff = translated(give("pt"), "title", "Tem direitos").replace("<target>", '<target state="needs-review-translation">')
    exchange.put(exchange.take(xliff.encode(), "a.xliff"))
    assert texts.entries(FILE, "pt")["title"].unsure


def test_translation_of_an_earlier_english_is_stale_and_never_replaces_a_newer(sources):
    old = translated(give("pt"), "title", "Tem direitos").replace(
        f"<source>{texts.units_of(FILE)['title'].text}<", "<source>You had rights<"
    )
    (taken,) = exchange.take(old.encode(), "a.xliff")
    assert (taken.put, taken.stale, taken.left) == (0, 1, 0)
    assert taken.entries["title"] == Entry("You had rights", "Tem direitos", written_on=timezone.localdate().isoformat())
    exchange.put(exchange.take(translated(give("pt"), "title", "Tem os seus direitos").encode(), "a.xliff"))
    (taken,) = exchange.take(old.encode(), "a.xliff")
    assert (taken.stale, taken.left, taken.entries["title"].text) == (0, 1, "Tem os seus direitos")


@pytest.mark.parametrize(
    ("mend", "says"),
    [
        (lambda xliff: translated(xliff, UNIT, "Pode descansar."), "{reflection_total_days} is missing"),
        (lambda xliff: translated(xliff, UNIT, 'Dias <x id="reflection_total_days"/> <x id="dias"/>'), "{dias} is not in the English"),
        (lambda xliff: translated(xliff, "title", "x").replace('id="title"', 'id="titel"'), "has no text titel"),
        (lambda xliff: xliff.replace('original="leaflets/rights"', 'original="leaflets/../../x"'), "is no file of texts"),
        (lambda xliff: xliff.replace('target-language="pt"', 'target-language="xx"'), "no language of translation"),
        (lambda xliff: xliff[:-20], "It is no XML"),
        (lambda xliff: xliff.replace("<xliff", '<!DOCTYPE x [<!ENTITY a "b">]><xliff'), "declares a document type"),
        (lambda xliff: xliff.replace("xliff:document:1.2", "xliff:document:2.0"), "no XLIFF 1.2"),
    ],
)
def test_nothing_of_a_file_that_does_not_hold_is_taken(sources, mend, says):
    content = mend(translated(give("pt"), "opening.text", "Alguém lhe tirou os documentos?"))
    with pytest.raises(Invalid, match=re.escape(says)):
        exchange.take(content.encode(), "a.xliff")
    assert not texts.po_path(FILE, "pt").exists()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.po", b'msgid ""\nmsgstr ""\n"Language: fr\\n"\n', "does not say which texts"),
        ("a.po", b"no po at all", "Save it as PO"),
        ("a.docx", b"", "neither .xliff nor .po"),
    ],
)
def test_file_that_is_something_else_says_so(sources, name, content, says):
    with pytest.raises(Invalid, match=re.escape(says)):
        exchange.take(content, name)


def test_command_gives_and_takes_and_says_why_not(sources, tmp_path):
    given = CliRunner().invoke(texts_, ["give", "leaflets/rights", "pt", "--out", str(tmp_path / "out")])
    path = tmp_path / "out" / "rights.pt.xliff"
    assert (given.exit_code, given.output.strip()) == (0, str(path))
    path.write_text(translated(path.read_text(encoding="utf-8"), "title", "Tem direitos"), encoding="utf-8")
    assert "1 texts put in" in CliRunner().invoke(texts_, ["take", str(path)]).output
    path.write_text("<x/>", encoding="utf-8")
    wrong = CliRunner().invoke(texts_, ["take", str(path)])
    assert wrong.exit_code == 1
    assert "no XLIFF 1.2" in wrong.output
    assert texts.entries(FILE, "pt")["title"].text == "Tem direitos"


def test_texts_of_a_document_that_is_not_translated_can_still_be_given(sources):
    assert FILE in exchange.files_of(source("leaflets", "rights"))
    asked = Asked("leaflets", ("gh",), formats=("po", "xliff"))
    made = {(output.format, output.document.language): output.files for output in services.make(asked, on=date(2026, 11, 24))}
    languages = set(source("leaflets", "rights").languages) - {"en"}
    assert set(made) == {(format, language) for format in ("po", "xliff") for language in languages}
    assert list(made["po", "fr"]) == ["leaflets/rights.fr.po"]


TITLE = re.compile(r'(msgctxt "title"\nmsgid "[^"]*"\nmsgstr ")[^"]*"')


def retitled(po, words):
    return TITLE.sub(lambda m: f'{m[1]}{words}"', po)


@pytest.mark.parametrize(
    "saved",
    [
        lambda po: b"\xef\xbb\xbf" + po.encode(),
        lambda po: po.replace("\n", "\r\n").encode(),
        lambda po: po.replace("Language: fr", "Language: fr_FR").encode(),
        lambda po: ("\n\n".join([po.split("\n\n")[0], *reversed(po.strip().split("\n\n")[1:])]) + "\n").encode(),
    ],
    ids=["mark of Windows", "lines of Windows", "language with country", "another order"],
)
def test_po_as_the_tools_of_translators_save_it_is_taken(french, saved):
    (taken,) = exchange.take(saved(retitled(french, "Vos droits, pas à pas")), "a.po")
    assert (taken.file, taken.language, taken.put, taken.entries["title"].text) == (FILE, "fr", 1, "Vos droits, pas à pas")


@pytest.mark.parametrize(
    ("mend", "says"),
    [
        (lambda po: po.replace('msgctxt "title"\n', "", 1), "has lost its msgctxt"),
        (lambda po: po + "\n" + po[po.index("#. title") :].split("\n\n")[0] + "\n", "title is there twice"),
        (lambda po: TITLE.sub('msgctxt "title"\nmsgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"', po), "title has plural forms"),
        (lambda po: po.replace('"Language: fr\\n"\n', ""), "which language this is"),
        (lambda po: po.replace("Language: fr", "Language: th"), "write it in Thai"),
        (lambda po: retitled(po, "Vos <b>droits</b>"), "<b> would be printed"),
        (lambda po: retitled(po, "Vos\u202e droits"), "U+202E"),
        (lambda po: retitled(po, "Vos droits : appelez le 112"), "title: the number"),
        (lambda po: retitled(po, "You have the right to be heard"), "of another language"),
    ],
)
def test_nothing_is_taken_of_a_po_with_a_translators_slip(french, mend, says):
    with pytest.raises(Invalid, match=re.escape(says)):
        exchange.take(mend(french).encode(), "a.po")


def test_stale_words_go_out_beside_the_english_of_today_and_of_then_and_hold_once_they_were_read_again(sources):
    units, words = texts.units_of(FILE), texts.entries(FILE, "fr")["title"].text
    earlier("title", "You had rights")
    po = exchange.as_po((FILE,), "fr")[f"{FILE}.fr.po"].decode()
    block = next(one for one in po.split("\n\n") if 'msgctxt "title"' in one)
    assert "#, fuzzy" in block
    assert '#| msgid "You had rights"' in block
    assert f'msgid "{units["title"].text}"' in block
    for untouched in (po.encode(), give("fr").encode()):
        (taken,) = exchange.take(untouched, "a.po" if untouched.startswith(b"msgid") else "a.xliff")
        assert (taken.put, taken.entries["title"].source) == (0, "You had rights")
    xliff = give("fr").replace('state="needs-review-translation"', 'state="translated"')
    for name, content in {"a.po": po.replace("#, fuzzy\n", ""), "a.xliff": xliff}.items():
        (taken,) = exchange.take(content.encode(), name)
        assert (taken.put, taken.entries["title"]) == (1, Entry(units["title"].text, words, written_on=timezone.localdate().isoformat()))


def test_words_that_a_translator_doubts_are_kept_as_doubtful(french):
    (taken,) = exchange.take(french.replace("#. title\n", "#. title\n#, fuzzy\n", 1).encode(), "a.po")
    assert (taken.put, taken.entries["title"].unsure) == (1, True)


def test_words_of_the_page_go_out_to_the_translator_and_give_way_to_what_comes_back(sources):
    by = make_now(Role.TRAINER)
    revisions.write(file=FILE, unit="title", language="fr", text="Des droits à connaître", by=by)
    po = exchange.as_po((FILE,), "fr")[f"{FILE}.fr.po"].decode()
    assert "Des droits à connaître" in po
    exchange.put(exchange.take(po.encode(), "a.po"))
    unit = revisions.unit_of(FILE, "title", "fr")
    assert revisions.standing(unit, FILE, "fr") == "Des droits à connaître"
    exchange.put(exchange.take(retitled(po, "Vos droits, pas à pas").encode(), "a.po"))
    assert revisions.standing(unit, FILE, "fr") == "Vos droits, pas à pas"
    assert TextRevision.objects.get().text == "Des droits à connaître"
