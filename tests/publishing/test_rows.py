"""Rows of the data in documents: workflows, facts, glossary and figures in a language without a word of English, stale by the entry, or refused."""

import re
from dataclasses import replace
from datetime import date

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from havre import standards
from havre.publishing import bound, makers, tables, texts, trees, web
from havre.publishing.acts import Acts
from havre.publishing.binding import Binding
from havre.publishing.documents import build
from havre.publishing.sources import BlockSource
from havre.publishing.texts import Entry, TextState
from havre.release.models import Release, ReleaseState
from havre.standards.queries import fact
from havre.trust.enums import Role
from havre.trust.errors import Invalid
from havre.trust.workflows import workflows
from tests.factories import make_actor

DAY = date(2026, 11, 29)
LANGUAGES = ("pt", "tet", "th")
# names that stand in Latin letters in Thai too: the system, shelters of Timor-Leste
NAMES = {"Havre", "ALFeLa", "Alola", "Casa", "Vida", "Fokupers", "MoGCSP", "Act"}
ENGLISH = re.compile(r"\b(the|and|of|not|is|are|with|by|person|for|record|ask|review|nothing|begun|law|guideline|who)\b", re.IGNORECASE)
MODULE = ("identification", "referral", "exhibit", "non_punishment", "claim", "proceeding", "age_assessment")


class Watched(Binding):
    """A binding that remembers each row of the data and its state."""

    def noted(self, text, row, block):
        self.rows = {**getattr(self, "rows", {}), row: text.state}
        return super().noted(text, row, block)


def block(kind, **data):
    return BlockSource("b", kind, {"id": "b", "kind": kind, **data}, "module/unit-05")


def bind(one, language, country="th"):
    binding = Watched(country, language, DAY)
    return binding, [inner for node in makers.bind(binding, one) for inner in node.walk()]


def strings(nodes):
    """Every string that a reader sees, those of pictures too."""
    found = {cell for node in nodes for row in node.rows for cell in row} | {node.title for node in nodes} | {node.text for node in nodes}
    for node in nodes:
        found |= set(re.findall(r">([^<>]+)<", node.data.get("svg", "")))
        found.add(node.data.get("alt", ""))
    return found - {""}


def english_in(language, words):
    """Words that are not of the language: in Thai any but codes in capitals, else common English ones."""
    if language == "th":
        return {word for text in words for word in re.findall(r"[A-Za-z]{2,}", text) if not word.isupper() and word not in NAMES}
    return {text for text in words if ENGLISH.search(re.sub(r"ISO/IEC", "", text))}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(workflows()))
def test_workflow_block_holds_no_english_word(language, name):
    binding, nodes = bind(block("workflow", name=name, show="both"), language)
    tree_binding, tree = bind(block("tree", name=name, title="x"), language)
    # the title of the tree is the block's own text, and has no translation here
    assert [str(one) for one in binding.problems] == []
    assert {one.block for one in tree_binding.problems} == {"b.title"}
    assert english_in(language, strings(nodes)) == set()
    assert english_in(language, strings(tree) - {"x"}) == set()
    assert nodes[0].unreviewed


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_cell_of_a_workflow_table_is_that_of_the_english_one(language):
    for name in MODULE:
        here, there = (bind(block("workflow", name=name, show="steps"), one)[1] for one in (language, "en"))
        cells, english = ({cell for node in nodes for row in node.rows for cell in row} for nodes in (here, there))
        assert cells & english == set(), name
        assert len(here[-1].rows) == len(there[-1].rows)


def test_diagram_tree_and_steps_say_a_state_alike():
    table = workflows()["identification"]
    binding = Binding("th", "th", DAY)
    says = Acts(binding, block("workflow", name="identification"))
    ends = {row.end for row in table.rows(says)}
    assert ends <= {fork.state for fork in trees.forks(table, says)}
    assert "ผู้ที่อาจเป็นผู้เสียหาย" in ends
    assert {node.rows[1][2] for node in bind(block("workflow", name="identification", show="steps"), "th")[1] if node.rows} <= ends


class Renamed(str):
    """A state with another label."""

    label = "Presumed to be harmed"


@pytest.mark.parametrize("language", LANGUAGES)
def test_changed_label_of_a_state_makes_exactly_its_entry_stale(monkeypatch, language):
    known = workflows()
    table = known["identification"]
    new = lambda state: Renamed(str(state)) if state == "presumed" else state  # noqa: E731
    moves = tuple(replace(one, start=tuple(new(state) for state in one.starts), end=new(one.end)) for one in table.moves)
    changed = {**known, "identification": replace(table, moves=moves)}
    monkeypatch.setattr(bound, "workflows", lambda: changed)
    binding, nodes = bind(block("workflow", name="identification", show="both"), language)
    assert {row for row, state in binding.rows.items() if state != TextState.CURRENT} == {"data/workflows identification.state.presumed"}
    assert binding.rows["data/workflows identification.state.presumed"] == TextState.STALE
    assert binding.problems == []
    assert nodes[0].stale


def test_word_of_a_right_in_a_workflow_is_that_of_the_table_of_rights():
    _binding, nodes = bind(block("workflow", name="referral", show="steps"), "pt")
    after = " ".join(row[4] for row in nodes[-1].rows)
    assert f"RG14 {texts.worded(tables.RIGHTS, 'RG14', 'pt').value}" in after


def without(monkeypatch, file, row):
    whole = texts.entries
    monkeypatch.setattr(
        texts, "entries", lambda name, language: {key: one for key, one in whole(name, language).items() if (name, key) != (file, row)}
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("file", "row"),
    [(tables.WORKFLOWS, "identification.state.presumed"), (tables.WORKFLOWS, "who.case_manager"), (tables.FACTS, "th.law.text.0")],
)
def test_document_with_a_row_that_has_no_words_is_refused(monkeypatch, file, row):
    build("figures", "report", country="th", language="th", on=DAY)
    without(monkeypatch, file, row)
    with pytest.raises(Invalid) as refusal:
        build("figures", "report", country="th", language="th", on=DAY)
    assert re.search(rf"\({file} {re.escape(row)}\): not translated into th: add it to the PO file", str(refusal.value))


@pytest.mark.parametrize("language", ["pt", "th"])
@pytest.mark.parametrize("country", standards.country_codes())
def test_fact_of_a_document_holds_no_english_word(language, country):
    ids = sorted(tables._shown() & set(standards.fact_book().definitions))
    binding, nodes = bind(block("facts", ids=ids), language, country)
    assert binding.problems == []
    # a body of the country keeps its name
    kept = re.compile(r"Bangkok Post|Mekong Migration Network|Expertise France|reasonable grounds")
    assert english_in(language, {kept.sub("", text) for text in strings(nodes)}) == set()


def test_fact_put_in_force_with_other_words_is_stale_and_its_source_stands_as_it_was_written():
    binding = Watched("th", "th", DAY)
    found = fact("data_law", on=DAY, country="th")
    assert binding.value(found, "b") == "พระราชบัญญัติคุ้มครองข้อมูลส่วนบุคคล พ.ศ. 2562"
    changed = replace(found, value="Another act", source="Royal Gazette 2027")
    binding.value(changed, "b")
    assert binding.rows["data/facts th.data_law.text.0"] == TextState.STALE
    assert set(binding.former) == {"b"}
    assert binding.source(changed, "b") == "Royal Gazette 2027"


@pytest.mark.parametrize("language", LANGUAGES)
def test_terms_are_shown_with_their_meaning_in_the_language(language):
    every = [one.id for one in standards.glossary().terms]
    binding, nodes = bind(block("terms", ids=every), language)
    assert binding.problems == []
    assert english_in(language, {cell for row in nodes[0].rows for cell in row}) == set()
    assert nodes[0].unreviewed
    # whose use a word is, the glossary says; a reader is not told "(TL)"
    assert not any(re.search(r"\([A-Z]{2}\)$", row[0]) for row in nodes[0].rows)


def test_meaning_that_has_no_words_is_refused(monkeypatch):
    without(monkeypatch, tables.GLOSSARY, "G-act")
    binding, _nodes = bind(block("terms", ids=["G-act"]), "pt")
    assert [(one.code, one.block) for one in binding.problems] == [("missing", "b (G-act)")]


def test_time_limits_are_said_in_the_language():
    binding, nodes = bind(block("limits", workflows=["identification", "referral"]), "pt", "tl")
    said = {row[0]: row[1] for row in nodes[0].rows}
    assert (said["Período de recuperação e reflexão"], said["Receção acusada"]) == ("30 dias", "24 horas")
    assert binding.problems == []


def test_every_row_has_words_and_not_only_an_entry():
    for file in tables.TABLES:
        for language in ("pt", "th"):
            empty = [id for id, one in texts.entries(file, language).items() if not one.text]
            assert (file, language, empty) == (file, language, [])
    assert [id for id, one in texts.entries(tables.WORKFLOWS, "tet").items() if not one.text] == []


def test_one_row_never_stands_for_two_texts():
    """A step, a condition or a state under one id says one thing wherever its workflow shows it."""
    seen = {}

    class Listing(tables._Listing):
        def said(self, key, words):
            text = super().said(key, words)
            seen.setdefault(key, set()).add(text)
            return text

    for table in workflows().values():
        table.rows(Listing("en"))
        table.picture(Listing("en"))
    assert {key: words for key, words in seen.items() if len(words) > 1} == {}


@pytest.fixture
def releases():
    now, by = timezone.now(), make_actor(Role.RAPPORTEUR).user
    fixed = {"state": ReleaseState.PUBLISHED, "digest": "ab" * 32, "published_at": now, "checked_at": now}
    values = {
        "age_group+gender": [[["age_group", "child"], ["gender", "Feminine"]], [["age_group", "adult"], ["gender", "Masculine"]]],
        "forms": [[["forms", "ForcedLabour"]], [["forms", "ForcedMilitaryByNonStateActors"]]],
        "controls": [[["controls", "DebtBondage"]], [["controls", "WithholdsDocuments"]]],
        "citizenships": [[["citizenships", "GH"]], [["citizenships", "MM"]]],
    }
    for number, (columns, rows) in enumerate(values.items(), 1):
        shown = [[rows[0], 1240], [rows[1], None], [[], 1290]]
        Release.objects.create(
            ref=f"2026-{number}",
            title="x",
            source="x",
            population="register",
            tables=[columns.split("+")],
            shown=shown,
            by=by,
            **fixed,
        )


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_published_figures_are_said_in_the_language(releases, language):
    made = build("figures", "report", country="th", language=language, on=DAY)
    nodes = [node for node in made.walk() if node.id.startswith("by-")]
    assert len([node for node in nodes if node.id.endswith(".table")]) == 4
    assert english_in(language, strings(nodes)) == set()
    cells = {cell for node in nodes for row in node.rows for cell in row}
    expected = {"pt": ("Mianmar", "1\u202f240"), "tet": ("Mianmár", "1\u202f240"), "th": ("เมียนมา", "1,240")}[language]
    assert set(expected) <= cells


@pytest.mark.django_db
def test_figure_of_a_country_without_a_name_in_the_language_is_refused(monkeypatch, releases):
    without(monkeypatch, tables.FIGURES, "country.MM")
    with pytest.raises(Invalid, match=r"by-citizenship \(data/figures country\.MM\): not translated into tet"):
        build("figures", "factsheet", country="tl", language="tet", on=DAY)


def test_entry_of_a_row_is_found_by_its_id_and_not_by_its_english(monkeypatch):
    whole = texts.entries("data/workflows", "pt")
    changed = {**whole, "referral.step.accept": Entry(whole["referral.step.accept"].source, "Palavra própria")}
    monkeypatch.setattr(texts, "entries", lambda name, language: changed if (name, language) == ("data/workflows", "pt") else {})
    binding = Binding("th", "pt", DAY)
    says = Acts(binding, block("workflow", name="referral"))
    referral, more = workflows()["referral"], workflows()["service"]
    assert says.step(referral, next(move for move in referral.moves if move.step == "accept")) == "Palavra própria"
    assert says.step(more, next(move for move in more.moves if move.step == "accept")) == "A pessoa aceita"


def test_english_and_french_of_the_software_need_no_rows(monkeypatch):
    monkeypatch.setattr(texts, "entries", lambda name, language: {})
    for language in ("en", "fr"):
        table = workflows()["claim"]
        binding = Binding("gh", language, DAY)
        assert table.rows(Acts(binding, block("workflow", name="claim"))) == table.as_table(language)
        assert binding.problems == []


def test_unknown_workflow_is_a_problem_of_the_block():
    binding, nodes = bind(block("tree", name="nowhere", title="x"), "en")
    assert (nodes, [one.code for one in binding.problems]) == ([], ["workflow"])


def test_number_of_days_in_a_cell_says_that_it_counts_days():
    every = ("en", "fr", *LANGUAGES)
    said = {one: bind(block("facts", ids=["reflection_total_days"]), one, "tl")[1][0].rows[0][1] for one in every}
    assert said == {"en": "30 days", "fr": "30 jours", "pt": "30 dias", "tet": "loron 30", "th": "30 วัน"}


@pytest.mark.parametrize("language", ["fr", "pt", "tet", "th"])
def test_no_label_of_a_fact_and_no_article_of_a_right_is_a_code_or_english(language):
    ids = sorted(tables._shown() & set(standards.fact_book().definitions))
    labels = {row[0] for row in bind(block("facts", ids=ids), language, "gh")[1][0].rows}
    gates = [gate.id for gate in standards.rights().gates]
    cited = set(bind(block("rights", gates=gates, cite=True), language, "gh")[1][0].items)
    assert not [text for text in labels | cited if re.search(r"\w_\w|national:|\b[A-Z]\w*(?:-\w+)*:[\w(]", text)]
    assert not [text for text in labels | cited if re.search(r"\b(?:reasonable|balance|at least|law|period|amended)\b", text)]


CODE = re.compile(r"\b(?:UNTOC|CoE|EU|OHCHR|UNICEF|OSCE|HTCDS|GRETA|IOM|ICS)(?:-\w+)*(?:/\d+)?:[\w(]|national:|\w_\w")


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr", "pt", "tet", "th"])
def test_reader_is_told_the_name_of_a_law_and_not_its_code(language):
    gates = [gate.id for gate in standards.rights().gates]
    cited = bind(block("rights", gates=gates, cite=True), language, "gh")[1][0].items
    asked = () if language == "tet" else build("module", "course", country="gh", language=language, on=DAY).walk()
    sources = [node.data["source"] for node in asked if node.kind == "question"]
    assert [text for text in (*cited, *sources) if CODE.search(text)] == []
    assert language == "tet" or len(sources) > 120


@pytest.mark.django_db
def test_paper_and_page_name_the_law_that_a_text_rests_on():
    document = build("module", "learner", country="gh", language="fr", on=DAY)
    page = render_to_string("publishing/alone.html", web.context(document))
    assert any(node.law for node in document.walk())
    assert CODE.findall(re.sub(r"<[^>]*>", " ", page)) == []
    assert "Convention du Conseil de l&#x27;Europe, art. 12" in page
