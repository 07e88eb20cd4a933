"""The packaged files say what the notes say, and know no Django."""

import re
import subprocess
import sys
from collections import Counter

import pytest

from havre import standards
from havre.standards.files.indicators import PROFILES


def test_indicators_of_the_delphi_set_have_the_published_counts_of_grades():
    delphi = [one for one in standards.indicators().indicators if one.set == "ilo_delphi"]
    adult = Counter(one.grade("adult_labour").strength for one in delphi)
    child = Counter(one.grade("child_labour").strength for one in delphi if one.grade("child_labour").in_list)
    assert (len(delphi), adult, child) == (67, {"strong": 7, "medium": 53, "weak": 7}, {"strong": 15, "medium": 50})
    assert len(standards.indicators().indicators) == 110


def test_grade_that_is_no_transcription_says_so_in_every_profile():
    found = {
        profile: Counter(one.grade(profile).is_borrowed for one in standards.indicators().indicators if one.resolved_basis)
        for profile in PROFILES
    }
    assert found["adult_labour"] == found["child_labour"] == {False: 67}
    assert found["adult_sexual"][False] == found["child_sexual"][False] == 0


def test_grade_of_an_ungraded_sign_is_none_and_not_weak():
    grade = standards.indicators().get("FL11-01").grade("adult_labour")
    assert (grade.strength, grade.basis, grade.is_borrowed) == (None, None, False)


def test_wording_of_a_child_profile_replaces_the_general_statement():
    one = standards.indicators().get("DEL-DR01")
    assert one.wording("child_sexual") != one.statement
    assert one.wording("adult_labour") == one.statement


@pytest.mark.parametrize(
    ("counts", "met"),
    [
        ({"strong": 2}, True),
        ({"strong": 1, "weak": 1}, True),
        ({"strong": 1}, False),
        ({"medium": 3}, True),
        ({"medium": 2}, False),
        ({"medium": 2, "weak": 1}, True),
        ({"medium": 1, "weak": 9}, False),
        ({"weak": 9}, False),
        ({}, False),
    ],
)
def test_dimension_rule_is_met_by_the_published_combinations_only(counts, met):
    assert standards.indicators().rules.delphi_dimension_positive.is_met_by(counts) is met


def test_rights_hold_28_gates_of_which_18_block():
    gates = standards.rights().gates
    assert [gate.id for gate in gates] == [f"RG{n:02}" for n in range(1, 29)]
    assert Counter(gate.blocks for gate in gates) == {True: 18, False: 10}
    assert str(standards.rights().get("RG01").articles[0]) == "UNTOC-TIP:6(2)(a)"
    assert {gate.phase for gate in standards.rights().at("justice")} == {"justice", "any"}


def test_commitments_of_a_country_leave_out_those_of_others():
    found = {code: len(standards.commitments().of(code)) for code in standards.country_codes()}
    assert found == {"gh": 36, "tl": 37, "th": 37}
    assert Counter(one.computed for one in standards.commitments().commitments) == {"automatic": 31, "manual_entry": 7, "checklist": 4}


def test_ictip_leaves_stand_under_act_means_and_purpose_apart():
    tree = standards.ictip()
    assert len(tree.nodes) == 96
    assert [node.code for node in tree.under("E")] == ["E.A", "E.M", "E.P", "E.T", "E.X"]
    assert "E.P.2" not in {leaf.code for leaf in tree.leaves("E.P")}
    assert {"E.P.2.7", "E.P.5"} <= {leaf.code for leaf in tree.leaves("E.P")}


def test_term_in_a_language_without_native_review_may_not_be_printed():
    term = standards.glossary().get("G-trafficking_in_persons")
    assert term.preferred("fr") == "traite des êtres humains"
    assert [term.may_be_printed(language) for language in ("fr", "pt", "tet", "th", "lo")] == [True, True, False, False, False]


def test_countries_are_the_249_of_iso_3166_with_namibia_and_norway():
    places = standards.countries()
    assert (len(places.countries), len(places.by_alpha2), len(places.by_alpha3)) == (249, 249, 249)
    assert [places.label(code).en for code in ("NA", "NO", "tls", "XXA")] == ["Namibia", "Norway", "Timor-Leste", "Stateless person"]
    with pytest.raises(KeyError):
        places.label("ZZ")


def test_route_statuses_have_both_languages_and_the_instrument_that_defines_them():
    statuses = standards.route_statuses()
    assert len(statuses.labels) == len(statuses.statuses) == 9
    assert statuses.labels["smuggled"].fr == "Objet d’un trafic illicite de migrants"
    assert all(one.label.en != one.label.fr and re.search(r"\b(19|20)\d\d\b", one.source) for one in statuses.statuses)


def test_profile_of_an_unknown_country_is_refused():
    assert standards.profile("TL").iso3166_alpha3 == "TLS"
    with pytest.raises(standards.UnknownCountry):
        standards.profile("xx")


def test_standards_are_read_without_django():
    code = (
        "import sys; from havre import standards; standards.check_all(); standards.packaged_fact('reflection_days', 'gh');"
        "print('django' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
