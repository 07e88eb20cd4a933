"""Reading cells and files, by properties: what is written in any habit is read as the same thing, and nothing but a plain refusal comes out."""

from __future__ import annotations

import contextlib
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havre.register.exchange import values, vocabulary
from havre.register.exchange.mapping import plan
from havre.register.exchange.problems import KINDS, Bad
from havre.register.exchange.records import Reader
from havre.register.exchange.sheets import open_book
from havre.register.exchange.tables import harmless
from havre.register.exchange.values import Day
from havre.trust.errors import Invalid

TODAY = date(2026, 11, 24)
DAYS = st.dates(date(1910, 1, 2), date(2026, 11, 23))
THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


@given(DAYS)
def test_one_day_written_in_seven_habits_is_the_same_day(day):
    habits = [
        day.isoformat(),
        f"{day:%d/%m/%Y}",
        f"{day.day}.{day.month}.{day.year}",
        f"{day.day:02}/{day.month:02}/{day.year + 543}",
        f"{day.day}/{day.month}/{day.year + 543}".translate(THAI),
        f"{day.year}{day.month:02}{day.day:02}",
        f"{day:%d} {('jan', 'févr.', 'mars', 'avr.', 'mai', 'juin', 'juil.', 'août', 'sept.', 'oct.', 'nov.', 'déc.')[day.month - 1]} {day.year}",
    ]
    assert {values.read_date(text, today=TODAY)[0] for text in habits} == {Day(day)}


@given(DAYS)
def test_month_first_is_read_only_when_it_was_said(day):
    text = f"{day.month}/{day.day}/{day.year}"
    assert values.read_date(text, today=TODAY, month_first=True)[0] == Day(day)
    if day.day > 12:
        with pytest.raises(Bad):
            values.read_date(text, today=TODAY)


@given(st.dates(date(1925, 1, 1), date(2026, 11, 23)))
def test_day_count_of_a_spreadsheet_is_its_day_and_is_said(day):
    serial = (day - date(1899, 12, 30)).days
    assert values.read_date(float(serial), today=TODAY) == (Day(day), ("date_serial",))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1990", (Day(date(1990, 1, 1), "year"), ("date_year_only",))),
        ("2533", (Day(date(1990, 1, 1), "year"), ("date_buddhist", "date_year_only"))),
        ("05/1990", (Day(date(1990, 5, 1), "month"), ("date_year_only",))),
        ("1990-01-01", (Day(date(1990, 1, 1), "year"), ("date_january",))),
        ("1 ม.ค. 2533", (Day(date(1990, 1, 1), "year"), ("date_buddhist", "date_january"))),
        ("17", (17, ("age_for_date",))),
        ("about 17 years", (17, ("age_for_date",))),
        ("not known", (None, ("said_unknown",))),
        ("", (None, ())),
    ],
)
def test_birth_in_its_odd_forms(written, read):
    assert values.read_birth(written, today=TODAY) == read


@given(st.text(max_size=40))
@settings(max_examples=300)
def test_any_text_is_read_or_refused_with_a_known_code(text):
    readers = [
        lambda: values.read_birth(text, today=TODAY),
        lambda: values.read_countries(text),
        lambda: values.read_language(text),
        lambda: values.read_yes_no(text),
        lambda: values.read_age(text),
        lambda: values.read_number(text),
        lambda: values.read_values(text, "vic_MethodsOfControl"),
        lambda: values.read_values(text, "prs_Gender"),
    ]
    for read in readers:
        try:
            _found, codes = read()
        except Bad as bad:
            codes = (bad.code,)
        assert set(codes) <= set(KINDS)


@given(st.lists(st.sampled_from(vocabulary.fields()["vic_MethodsOfControl"].values), min_size=1, unique=True), st.sampled_from(";,|\n"))
def test_several_values_survive_every_separator(chosen, separator):
    assert values.read_values(separator.join(chosen), "vic_MethodsOfControl")[0] == chosen


@given(st.sampled_from(sorted(vocabulary.alpha3())), st.sampled_from(("two", "lower", "three")))
def test_every_country_is_read_by_its_codes(code, form):
    written = {"two": code, "lower": code.lower(), "three": vocabulary.alpha3()[code]}[form]
    assert values.read_country(written)[0] == code


@pytest.mark.parametrize(
    ("said", "read"), [("Yes", "yes"), ("non", "no"), ("ไม่ทราบ", "unknown"), ("0", "no"), ("", None), ("?", "unknown")]
)
def test_three_states_are_three(said, read):
    assert values.read_yes_no(said)[0] == read


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20).map(str.strip).filter(lambda text: not text.startswith("'")))
def test_what_was_made_harmless_is_read_back_whole(text):
    assert values.text_of(harmless(values.text_of(text))) == values.text_of(text)


@given(st.binary(max_size=2_000))
@settings(max_examples=200)
def test_any_bytes_are_a_table_or_are_refused_in_plain_words(content):
    # nothing but Invalid may come out of a file that somebody sent
    with contextlib.suppress(Invalid):
        book = open_book(io.BytesIO(content))
        for name in book.sheets:
            list(book.rows(name))


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=12), min_size=3, max_size=3), max_size=6))
@settings(max_examples=150)
def test_any_row_is_read_and_every_word_of_it_is_kept_or_named(rows):
    reader = Reader(plan([(1, ["prs_FirstName", "Remark", "prs_Gender"])]), today=TODAY)
    for number, cells in enumerate(rows, 2):
        draft = reader.read(number, cells)
        if draft is None:
            assert not any(values.text_of(cell) for cell in cells) or values.text_of(cells[0]).startswith("# Havre copy")
            continue
        kept = {*draft.identity.values(), *draft.other.values()}
        named = {problem.value for problem in draft.problems}
        for cell in cells[:2]:
            assert values.text_of(cell) in kept | {""}
        assert values.text_of(cells[2]) in named | {""} or "prs_Gender" in draft.coded
