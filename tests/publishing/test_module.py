"""The training module: units and cases whole, timetables that add up, notes for trainers alone, cases compared with the register."""

import io
import re
from datetime import date
from itertools import pairwise

import polars as pl
import pypdfium2
import pytest

from havre import standards
from havre.evidence.jobs import extracting
from havre.publishing import cases, jobs, outputs
from havre.publishing.cases import Verdict
from havre.publishing.documents import draft
from havre.publishing.printing import as_pdf
from havre.publishing.sources import document
from havre.publishing.terms import term
from havre.publishing.web import as_folder
from havre.register.models import Person, PersonFacts, TraffickingEvent
from havre.trust.counting import K
from havre.trust.errors import Invalid
from tests.factories import NOW, make_actor
from tests.factories_evidence import make_register

DAY = date(2026, 11, 29)
COUNTRIES = ("gh", "tl", "th")
LEARNER, TRAINER = document("module", "learner"), document("module", "trainer")
UNITS = [block for block in LEARNER.blocks if block.kind == "section" and re.fullmatch(r"u\d\d", block.id)]
CASES = cases.studies("module")


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HAVRE_HOME = tmp_path


def page_of(language, country="gh"):
    made = draft("module", "learner", country=country, language=language, on=DAY)
    return as_folder(made)["index.html"].decode()


def test_there_are_units_with_objectives_and_minutes():
    assert len(UNITS) >= 10
    for unit in UNITS:
        assert 3 <= len(unit.data["objectives"]) <= 5, unit.id
        assert 30 <= unit.data["minutes"] <= 120, unit.id


def test_each_unit_has_words_a_practice_list_a_child_thread_and_a_case():
    for unit in UNITS:
        ids = {block.id for block in unit.walk()}
        assert any(id.endswith("-practice") for id in ids), unit.id
        assert any(str(block.data.get("title", "")).startswith("Child thread") for block in unit.walk()), unit.id
        assert any(block.kind == "case" for block in unit.walk()), unit.id
        assert sum(len(text.text.split()) for block in unit.walk() for text in block.units()) >= 450, unit.id


def test_there_are_twelve_varied_cases_of_the_right_length():
    assert len(CASES) >= 12
    for id, block in CASES.items():
        assert 120 <= len(block.data["story"].split()) <= 220, id
        assert block.data["tasks"], id
        assert set(block.data["notes"]) == set(block.data["tasks"]), id
    features = [block.data["features"] for block in CASES.values()]
    assert {one["gender"] for one in features} >= {"Masculine", "Feminine"}
    assert {one["country_pair"] for one in features} == set(cases.PAIRS)
    assert len({form for one in features for form in one["forms"]}) >= 6


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_case_is_labelled_as_composite_where_it_is_read(language):
    assert page_of(language).count(term("case_label", language)) == len(CASES)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_for_trainers_is_on_no_page_of_a_learner(language):
    made = draft("module", "learner", country="gh", language=language, on=DAY)
    notes = [note for node in made.walk() if node.kind == "case" for note in node.data["notes"]]
    assert len(notes) >= 4 * 12
    page, paper = page_of(language), text_of(as_pdf(made, "book"))
    for note in notes:
        assert note not in page
        assert squeezed(note) not in paper
    assert term("trainer_notes", language) not in page


def test_the_book_of_the_trainer_holds_the_notes():
    made = draft("module", "trainer", country="gh", language="fr", on=DAY)
    paper = text_of(as_pdf(made, "trainer"))
    notes = [note for node in made.walk() if node.kind == "case" for note in node.data["notes"]]
    assert [note for note in notes if squeezed(note) not in paper] == []


def text_of(pdf):
    return squeezed("".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(io.BytesIO(pdf))))


def squeezed(text):
    return re.sub(r"[\s\u00ad\ufffe-]+", "", text)


@pytest.mark.parametrize(("days", "number"), [(3, 3), (5, 5)])
def test_timetable_holds_every_unit_for_its_minutes_within_the_day(days, number):
    tables = [block for block in TRAINER.walk() if re.fullmatch(rf"t{days}d\d", block.id)]
    assert len(tables) == number
    minutes = {block.id: block.data["minutes"] for block in UNITS}
    given = {key: int(row["minutes"]) for table in tables for key, row in table.data["rows"].items() if key in minutes}
    assert given == minutes
    for table in tables:
        spans = [tuple(map(clock, row["time"].split("–"))) for row in table.data["rows"].values()]
        assert [end - start for start, end in spans] == [int(row["minutes"]) for row in table.data["rows"].values()]
        assert all(one[1] == two[0] for one, two in pairwise(spans)), table.id
        assert spans[0][0] >= 8 * 60, table.id
        assert spans[-1][1] <= 17 * 60, table.id
        longest = max(int(row["minutes"]) for row in table.data["rows"].values())
        assert longest <= 120, table.id


def clock(words):
    hours, minutes = words.split(":")
    return 60 * int(hours) + int(minutes)


def test_a_text_that_names_a_law_says_which():
    named = re.compile(r"\b(Act|Convention|Protocol|section \d|article \d)\b")
    for block in {block.id: block for source in (LEARNER, TRAINER) for block in source.walk()}.values():
        own = " ".join(unit.text for unit in block.units())
        if named.search(re.sub(r"\bAct( and purpose|:|, | $)", "", own)) and block.kind in {"text", "note", "list", "steps"}:
            assert block.data.get("law"), f"{block.id}: {named.search(own)}"


def test_law_is_cited_by_a_known_instrument():
    known = set(standards.rights().instruments) | {"Anti-Trafficking in Persons Act B.E. 2551"}
    for block in LEARNER.walk():
        for source in block.data.get("law", ()):
            assert source.partition(":")[0] in known, f"{block.id}: {source}"


@pytest.mark.parametrize("id", ["learner", "trainer"])
@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_nothing_is_missing_in_any_country(id, country, language):
    made = draft("module", id, country=country, language=language, on=DAY)
    assert [str(one) for one in made.problems if one.code in {"missing", "fact", "placeholder", "empty", "workflow"}] == []
    assert made.manifest["withheld"] == []


def extract_of(folder):
    folder.mkdir(parents=True)
    extracting.write(folder, now=NOW)
    (folder / "manifest.json").write_text('{"fingerprint": "made up"}')
    return folder


def like_the_organ_case(number):
    """`number` men who fit everything that the case of the organ says."""
    for case in make_register(number):
        Person.objects.filter(case=case).update(gender="Masculine", age_on_opening=34)
        PersonFacts.objects.filter(case=case).update(coded={"vic_TypeOfExploitation": ["OrganRemoval"]}, citizenships=["GH"])
        TraffickingEvent.objects.filter(case=case, kind="Exploitation").update(country="EG")


@pytest.mark.parametrize(("number", "verdict"), [(0, Verdict.NONE), (1, Verdict.FEW), (K - 1, Verdict.FEW), (K, Verdict.MANY)])
def test_a_case_is_refused_when_fewer_than_the_threshold_fit_it(number, verdict, tmp_path):
    like_the_organ_case(number)
    assert jobs.compare("module", "gh", extract_of(tmp_path / "extract"))["case-organ"] == verdict


def test_an_unknown_value_may_hide_a_person_and_makes_no_crowd(tmp_path):
    like_the_organ_case(K)
    Person.objects.all().update(age_on_opening=None)
    assert jobs.compare("module", "gh", extract_of(tmp_path / "extract"))["case-organ"] == Verdict.FEW


def test_module_is_refused_until_its_cases_were_compared(tmp_path):
    with pytest.raises(Invalid, match="gh"):
        cases.require("module", ["gh"])
    cases.require("module", ["gh"], pending=True)
    make_register(3, owner=make_actor())
    jobs.compare("module", "gh", extract_of(tmp_path / "extract"))
    cases.require("module", ["gh"])
    with pytest.raises(Invalid, match="th"):
        cases.require("module", ["gh", "th"])


def test_a_case_that_singles_out_is_refused_even_with_the_override(tmp_path):
    like_the_organ_case(2)
    jobs.compare("module", "gh", extract_of(tmp_path / "extract"))
    with pytest.raises(Invalid, match="case-organ"):
        cases.require("module", ["gh"], pending=True)


def test_document_says_that_its_cases_await_the_comparison(tmp_path):
    line = term("cases_pending", "en")
    assert line in page_of("en")
    jobs.compare("module", "gh", extract_of(tmp_path / "extract"))
    assert line not in page_of("en")


def test_what_is_kept_of_a_comparison_names_no_count_and_nobody(tmp_path):
    like_the_organ_case(4)
    folder = extract_of(tmp_path / "extract")
    jobs.compare("module", "gh", folder)
    kept = (tmp_path / "publishing" / "cases.json").read_text()
    assert not any(one in kept for one in pl.read_parquet(folder / "persons.parquet")["person"].to_list())
    assert set(re.findall(r'": "(\w+)"', kept.partition("verdicts")[2])) <= set(Verdict)


def test_a_folder_that_is_no_extract_is_refused_in_words(tmp_path):
    with pytest.raises(Invalid, match="no extract"):
        jobs.compare("module", "gh", tmp_path)


def test_formats_of_the_module_are_those_that_havre_writes():
    assert set(LEARNER.formats) | set(TRAINER.formats) <= set(outputs.FORMATS)
