"""Every word that a person sees can be said in every language of the house, and is said in French."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

from havre.site.commands.messages import PACKAGE, languages, parts, read_po, space_french, unfinished

TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
CATALOGUES = sorted(PACKAGE.glob("*/locale/*/LC_MESSAGES/django.po"))
DATA = sorted(path for path in PACKAGE.rglob("*.yaml") if "fr:" in path.read_text(encoding="utf-8"))
# names of the product, of standards and of formats are the same in every language
SAME_EVERYWHERE = {"Havre", "HTCDS", "CTDC", "ICCS", "IC", "TIP", "CSV", "JSON", "PDF", "SVG"}
SPOKEN = ("aria-label", "placeholder", "title", "alt")
NAMED = re.compile(r"%\((\w+)\)[sdo]")


def short(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def without_django(text: str) -> str:
    """What is left of a template when its tags, variables, comments and translated blocks are taken out."""
    text = re.sub(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}", "", text, flags=re.S)
    text = re.sub(r"\{% blocktrans(?:late)?\b.*?\{% endblocktrans(?:late)? %\}", "", text, flags=re.S)
    return re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.S)


def bare_words(text: str) -> list[str]:
    """Words of a template that no translator will ever see: between tags, or in an attribute that is read aloud."""
    plain = without_django(text)
    spoken = [value for name in SPOKEN for value in re.findall(rf'\s{name}="([^"]*)"', plain)]
    plain = re.sub(r"<(script|style|code)\b.*?</\1>|<!--.*?-->", " ", plain, flags=re.S)
    between = re.sub(r"<[^>]*>", "\n", plain).splitlines()
    found = [word for line in [*between, *spoken] for word in re.findall(r"[^\W\d_]{2,}", re.sub(r"&\w+;", " ", line))]
    return [word for word in found if word not in SAME_EVERYWHERE]


def test_checker_finds_bare_words():
    page = '<p>{% translate "Good" %} Hello {{ name }}</p><a aria-label="Close it" title="{% translate \'Fine\' %}">{# no #}Havre</a>'
    assert bare_words(page) == ["Hello", "Close", "it"]


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_template_has_no_word_outside_a_translation(path):
    assert bare_words(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("part", parts(), ids=lambda part: part.name)
def test_part_has_a_catalogue_for_every_language(part):
    assert [code for code in languages() if not (part / "locale" / code / "LC_MESSAGES" / "django.po").exists()] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=short)
def test_catalogue_has_nothing_untranslated_or_guessed(path):
    assert unfinished(path) == []


def test_reader_sees_what_is_unfinished(tmp_path, monkeypatch):
    monkeypatch.setattr("havre.site.commands.messages.PACKAGE", tmp_path)
    po = tmp_path / "django.po"
    po.write_text('msgid ""\nmsgstr "x"\n\nmsgid "a"\nmsgstr ""\n\n#, fuzzy\nmsgid "b"\nmsgstr "c"\n\nmsgid "d"\nmsgstr "e"\n')
    assert unfinished(po) == ["django.po:4: not translated: a", "django.po:7: guessed: b"]


def test_collecting_puts_french_spaces_and_apostrophes_and_nothing_else(tmp_path):
    po = tmp_path / "django.po"
    po.write_text('msgid ""\nmsgstr ""\n"Language: fr\\n"\n\nmsgid "it\'s : %(a)s"\nmsgstr "l\'état : « %(a)s » ; 12:30"\n')
    space_french(po)
    rows = po.read_text().splitlines()
    assert rows[2] == '"Language: fr\\n"'
    assert rows[4] == 'msgid "it\'s : %(a)s"'
    assert rows[5] == 'msgstr "l’état\u00a0: «\u00a0%(a)s\u00a0»\u00a0; 12:30"'


@pytest.mark.parametrize("path", CATALOGUES, ids=short)
def test_translation_keeps_every_placeholder(path):
    wrong = []
    for entry in read_po(path):
        wanted = set(NAMED.findall(entry.words))
        # a plural form may do without its number, nothing else may
        wrong += [told for told in entry.translations if told and (set(NAMED.findall(told)) ^ wanted) - {"n"}]
    assert wrong == []


@pytest.mark.parametrize("path", [p for p in CATALOGUES if "/fr/" in str(p)], ids=short)
def test_french_has_its_unbreakable_spaces_and_its_words(path):
    """House words: what the glossary of the field tells to avoid is not there; a mark of two parts has its space before it."""
    avoided = re.compile(
        r"trafic d.êtres humains|victime potentielle|screening|case manager|point médian|\w·e\b|période de réflexion"
        # what the instance lets a job do is an authorisation ("habilitation"), and the instance is no house
        r"|(?:droit|tâche) (?:dans|de) la maison|la maison fait",
        re.I,
    )
    wrong = []
    for entry in read_po(path):
        for told in entry.translations:
            if avoided.search(told) or re.search(r"[\w)»] [;?!»]|[\w)»] :(?!\w)|« ", told):
                wrong.append(told)
    assert wrong == []


# a time, a code or an address has no space after its mark, and none before it
BEFORE = r"[^\s\u00a0\u202f]"
MISPRINTED = re.compile(rf" [:;!?»]|{BEFORE}»|{BEFORE}[:;!?](?=[\s)<]|$)|«[^\u00a0\u202f]")


def test_checker_finds_french_marks_without_their_space_and_leaves_times_codes_and_addresses():
    wrong = ["l’état : oui", "l’état: oui", "Vraiment?", "oui ; non", "« oui »", "«oui»", "%(a)s: oui"]
    right = ["12:30", "RG13:place", "https://example.org", "l’état\u00a0: %(a)s", "«\u00a0oui\u00a0»\u00a0!", "à 9\u00a0h", "%(a)s\u202f?"]
    assert [one for one in wrong + right if MISPRINTED.search(one)] == wrong


@pytest.mark.parametrize("path", [p for p in CATALOGUES if "/fr/" in str(p)], ids=short)
def test_french_catalogue_has_a_no_break_space_before_every_mark_of_two_parts(path):
    assert [told for entry in read_po(path) for told in entry.translations if MISPRINTED.search(told)] == []


def french_of(thing: object, french: bool = False) -> list[str]:
    """The French texts of a data file: whatever stands under a key `fr`."""
    if isinstance(thing, dict):
        return [text for key, value in thing.items() for text in french_of(value, french or key == "fr")]
    if isinstance(thing, list):
        return [text for value in thing for text in french_of(value, french)]
    return [thing] if french and isinstance(thing, str) else []


@pytest.mark.parametrize("path", DATA, ids=short)
def test_french_of_a_data_file_has_its_no_break_spaces_too(path):
    told = french_of(yaml.safe_load(path.read_text(encoding="utf-8")))
    assert [one for one in told if re.search(r" [:;!?»]|« ", one)] == []


def bare_marks(text: str) -> list[str]:
    """Marks that a template puts behind a word of a variable or a translation itself: they stay as in English in every language."""
    text = re.sub(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}", "", text, flags=re.S)
    text = re.sub(r"\{% blocktrans(?:late)?\b.*?\{% endblocktrans(?:late)? %\}", "", text, flags=re.S)
    text = re.sub(r"<(script|style|code)\b.*?</\1>", "", text, flags=re.S)
    text = re.sub(r"<[^>]*>", "", re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "\x01", text, flags=re.S), flags=re.S)
    return re.findall(r"(?<=\x01)[:;!?](?=[\s\x01]|$)", text)


def test_checker_finds_bare_marks():
    assert bare_marks(
        '<p><b>{{ one.name }}</b>: {{ one.state }}{% if why %}; {{ why }}{% endif %} {{ day }}{% mark ":" %} {{ a }}</p>'
    ) == [":", ";"]


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_template_leaves_its_marks_of_two_parts_to_the_language(path):
    """`{% mark ":" %}` gives French its space; a bare colon behind `{{ name }}` gave none."""
    assert bare_marks(path.read_text(encoding="utf-8")) == []


def test_every_catalogue_has_been_collected_again_after_the_last_change_of_words():
    """The words of templates and of gettext calls are all in the part's catalogue."""
    missing = []
    for part in parts():
        known = {entry.words for entry in read_po(part / "locale" / "fr" / "LC_MESSAGES" / "django.po")}
        for path in sorted(part.rglob("*.py")):
            missing += [f"{short(path)}: {word}" for word in called_words(path) if word not in known]
        for path in sorted(part.rglob("*.html")):
            said = re.findall(r"""\{% translate (?:"([^"]*)"|'([^']*)')""", path.read_text(encoding="utf-8"))
            missing += [f"{short(path)}: {a or b}" for a, b in said if (a or b).replace("%", "%%") not in known and (a or b) not in known]
    assert missing == []


GETTEXT = {"_": 0, "gettext": 0, "gettext_lazy": 0, "ngettext": 0, "pgettext": 1, "pgettext_lazy": 1, "ngettext_lazy": 0}


def called_words(path: Path) -> list[str]:
    """The literal first messages of the gettext calls of a module."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in GETTEXT:
            place = GETTEXT[node.func.id]
            if len(node.args) > place and isinstance(node.args[place], ast.Constant) and isinstance(node.args[place].value, str):
                found.append(node.args[place].value)
    return [word for word in found if word]
