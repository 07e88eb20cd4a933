"""Names and birth dates as keys."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from havre.evidence.stats.linkage.dates import UNKNOWN, parse
from havre.evidence.stats.linkage.names import key, versions

# one name on two lists; none of these pairs is spelled alike
SAME_GROUP = (
    ("Diallo", "Jallow"), ("Djaló", "Diallo"), ("Kouassi Yao", "Kwasi Yaw"), ("Ouattara", "Watara"), ("N'Diaye", "Njie"), ("Fatoumata", "Fatumata"),
    ("Cissé", "Ceesay"), ("Coulibaly", "Culubali"), ("João", "Joaun"), ("Conceição", "Konseisaun"), ("Carvalho", "Karvallu"), ("Vicente", "Bisente"),
    ("Ximenes", "Simenes"), ("Mohammed", "محمد"), ("Sra. Maria", "MARIA"),
)  # fmt: skip
SAME_SKELETON = (
    ("สมชาย", "Somchai"), ("พรทิพย์", "Porntip"), ("พรทิพย์", "Phonthip"), ("ณัฐวุฒิ", "Nuttawut"), ("กาญจนา", "Kanjana"), ("ประเสริฐ", "Prasert"),
    ("วรรณา", "Wanna"), ("สุวรรณี", "Suwannee"), ("รัชนี", "Ratchanee"), ("วาสนา", "Wassana"), ("เจริญสุข", "Charoensook"), ("แก้วมณี", "Kaewmanee"),
    ("นายสมศักดิ์", "Somsak"), ("Djibo", "Jibo"), ("Tiémoko", "Tiemoco"), ("Quintão", "Kintaun"), ("Somboon", "สมบูรณ์"),
)  # fmt: skip
DIFFERENT = (("Ferreira", "Pereira"), ("Branco", "Branso"), ("สมชาย", "สมพร"), ("Kofi", "Kwame"))


@pytest.mark.parametrize(("one", "other"), SAME_GROUP)
def test_key_of_one_name_in_two_orthographies_has_one_group(one, other):
    assert key(one).group == key(other).group != ""


@pytest.mark.parametrize(("one", "other"), SAME_SKELETON)
def test_key_of_one_name_in_two_scripts_or_romanisations_has_one_skeleton(one, other):
    assert key(one).skeleton == key(other).skeleton != ""


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_key_of_two_names_has_two_groups_and_two_skeletons(one, other):
    assert key(one).group != key(other).group and key(one).skeleton != key(other).skeleton


def test_key_drops_titles_and_particles_unless_nothing_is_left():
    assert key("Sra. Ana dos Santos").tokens == ("ana", "santos")
    assert key("El Hadj").tokens == ("el", "hadj")


@given(st.text(max_size=40))
def test_key_of_any_text_is_plain_and_the_same_again(text):
    found = key(text)
    assert found == key(text)
    assert len(found.tokens) == len(found.group.split()) == len(found.skeleton.split()) == len(found.sound.split())
    assert all(part == part.strip() for part in found.tokens)


def test_tables_say_their_version_and_that_no_speaker_has_reviewed_them():
    assert {table["version"] for table in versions().values()} == {"2026.11"}
    assert {table["reviewer"] for table in versions().values()} == {None}


@pytest.mark.parametrize(
    ("text", "expected", "precision"),
    [
        ("1998-04-03", (1998, 4, 3), "day"),
        ("1998", (1998, None, None), "year"),
        ("1998-01-01", (1998, None, None), "year"),
        ("2541-04-03", (1998, 4, 3), "day"),
        ("๒๕๔๑-๐๔-๐๓", (1998, 4, 3), "day"),
        ("03/04/1998", (1998, 4, 3), "day"),
        ("1998-13-04", (1998, 4, 13), "day"),
        ("1998-02-31", (1998, None, None), "year"),
        ("", (None, None, None), "none"),
        ("about 20", (None, None, None), "none"),
    ],
)
def test_parse_reads_each_form_and_invents_no_day(text, expected, precision):
    found = parse(text)
    assert (found.year, found.month, found.day) == expected
    assert found.precision == precision


def test_parse_keeps_the_swapped_reading_as_an_alternative_and_a_told_year_as_an_interval():
    assert parse("1998-04-03").alternatives == (date(1998, 3, 4),)
    assert parse("1998-04-13").alternatives == ()
    assert (parse("1998").earliest, parse("1998").latest) == (date(1997, 1, 1), date(1999, 12, 31))
    assert (parse("1998-01-01").earliest, parse("1998-01-01").latest) == (date(1998, 1, 1), date(1998, 12, 31))


@given(st.dates(date(1920, 1, 2), date(2030, 12, 31)))
def test_parse_of_a_buddhist_year_is_the_same_day(day):
    assert parse(f"{day.year + 543}-{day.month:02d}-{day.day:02d}").date == parse(day.isoformat()).date


@given(st.text(max_size=20))
def test_parse_of_any_text_gives_a_reading_or_unknown(text):
    found = parse(text)
    assert found == UNKNOWN or 1900 <= found.year <= 2035
