"""The rules of the dimensions, and what no rule may do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from havre.protection import indicators
from havre.protection.enums import Answer, Profile, ScreeningOutcome, Situation

RANK = list(ScreeningOutcome.values)


@pytest.mark.parametrize(
    ("strong", "medium", "weak", "positive"),
    [(2, 0, 0, True), (1, 1, 0, True), (1, 0, 1, True), (0, 3, 0, True), (0, 2, 1, True),
     (1, 0, 0, False), (0, 2, 0, False), (0, 1, 2, False), (0, 0, 7, False)],
)  # fmt: skip
def test_dimension_is_positive_on_the_published_combinations_only(strong, medium, weak, positive):
    assert indicators.is_positive(strong=strong, medium=medium, weak=weak) is positive


def test_adult_presumption_needs_recruitment_exploitation_and_destination():
    full = dict.fromkeys(["DEL-CR01", "DEL-CR02", "DEL-EX01", "DEL-EX02", "DEL-CD01", "DEL-CD02"], "yes")
    assert indicators.assess("adult_labour", full).suggestion == ScreeningOutcome.PRESUMED
    for pair in (("DEL-CR01", "DEL-CR02"), ("DEL-EX01", "DEL-EX02"), ("DEL-CD01", "DEL-CD02")):
        fewer = {code: answer for code, answer in full.items() if code not in pair}
        assert indicators.assess("adult_labour", fewer).suggestion == ScreeningOutcome.REFER


def test_child_presumption_needs_no_means():
    answers = dict.fromkeys(["DEL-RV01", "DEL-EX01", "DEL-EX02", "DEL-EX03"], "yes")
    assert indicators.assess("child_labour", answers).suggestion == ScreeningOutcome.PRESUMED
    assert indicators.assess("adult_labour", answers).suggestion == ScreeningOutcome.REFER


def test_one_sexual_sign_is_enough_for_a_child():
    assert indicators.assess("child_sexual", {"OBS-SEX01": "yes"}).suggestion == ScreeningOutcome.PRESUMED


def test_ungraded_sign_is_shown_and_refers_but_never_makes_a_dimension():
    read = indicators.assess("adult_labour", {"FL11-04": "yes", "OBS-GEN03": "yes"})
    assert (read.others, [one.code for one in read.dimensions if one.positive]) == (("FL11-04", "OBS-GEN03"), [])
    assert read.suggestion == ScreeningOutcome.REFER


def test_borrowed_grade_says_so():
    met = {one.code: one for one in indicators.assess("adult_sexual", {"DEL-DR01": "yes"}).dimensions}
    assert met["deceptive_recruitment"].borrowed is True


@pytest.mark.parametrize("answer", ["no", "not_recorded", "refused", "not_asked"])
def test_anything_but_yes_counts_for_nothing(answer):
    codes = indicators.of_profile("adult_labour")
    assert indicators.assess("adult_labour", dict.fromkeys(codes, answer)).suggestion == ScreeningOutcome.NO_INDICATION


@given(
    profile=st.sampled_from(Profile.values),
    answers=st.dictionaries(st.sampled_from(sorted(indicators.of_profile("child_sexual"))), st.sampled_from(Answer.values), max_size=30),
    more=st.sampled_from(sorted(indicators.of_profile("child_sexual"))),
)
def test_one_more_sign_never_lowers_the_suggestion(profile, answers, more):
    before = indicators.assess(profile, answers).suggestion
    after = indicators.assess(profile, {**answers, more: "yes"}).suggestion
    assert RANK.index(after) >= RANK.index(before)


@pytest.mark.parametrize("profile", Profile.values)
@pytest.mark.parametrize("situation", Situation.values)
def test_every_situation_has_cards_that_its_profile_knows(situation, profile):
    deck = indicators.cards(situation, profile)
    assert len(deck) == len({one.code for one in deck}) >= 8
    assert {one.code for one in deck} <= set(indicators.of_profile(profile))


def test_published_counts_of_the_labour_profiles():
    def grades(profile):
        found = [one.grade for one in indicators.of_profile(profile).values() if one.set == "ilo_delphi"]
        return len([g for g in found if g]), found.count("strong"), found.count("medium"), found.count("weak")

    assert (grades("adult_labour"), grades("child_labour")) == ((67, 7, 53, 7), (65, 15, 50, 0))


@pytest.mark.parametrize("situation", ["border", "inspection", "health", "hotline", "fishing", "household", "compound", "child"])
def test_every_place_of_contact_has_signs_of_its_own_with_words_reason_and_source(situation):
    own = [one for one in indicators.cards(situation, "child_labour") if one.dimension == indicators.PLACE]
    assert len(own) >= 2
    for one in own:
        for language in ("en", "fr"):
            assert one.statement(language) and one.reason(language) and one.source_words(language)
        assert (one.grade, situation in one.places, one.element in indicators.ELEMENTS) == ("", True, True)


def test_sign_of_a_place_refers_and_never_makes_a_dimension():
    read = indicators.assess("adult_labour", dict.fromkeys(["SIT-BOR1", "SIT-BOR2", "SIT-BOR3"], "yes"))
    assert (read.suggestion, [one.code for one in read.dimensions if one.positive]) == (ScreeningOutcome.REFER, [])


def test_every_picture_asks_about_a_sign_that_all_profiles_know_in_five_languages():
    asked = indicators.prompts()
    for one in asked["prompts"]:
        assert all(one["sign"] in indicators.of_profile(profile) for profile in Profile.values)
        assert set(one["ask"]) == set(asked["languages"]) == {"en", "fr", "pt", "tet", "th"} and one["met_by"] in {"yes", "no"}


@pytest.mark.parametrize(
    ("edition", "readable"),
    [("0.2", True), ("0.2/1", True), ("0.1/9", True), ("0.2/2", False), ("0.3", False), ("9", False), ("", False), ("x/1", False)],
)
def test_edition_is_readable_when_it_is_todays_or_earlier(edition, readable):
    assert indicators.is_readable(edition) is readable


def test_sign_that_a_later_edition_left_out_is_read_and_no_longer_put(tmp_path, monkeypatch):
    text = (indicators.OWN / "situations.yaml").read_text(encoding="utf-8")
    changed = text.replace("version: 1", "version: 2", 1).replace(
        "- id: SIT-BOR1\n    since: 1", "- id: SIT-BOR1\n    since: 1\n    until: 2"
    )
    (tmp_path / "situations.yaml").write_text(changed, encoding="utf-8")
    caches = (indicators._situations, indicators.of_profile, indicators.cards)
    monkeypatch.setattr(indicators, "OWN", tmp_path)
    try:
        for one in caches:
            one.cache_clear()
        assert (indicators.edition(), indicators.is_readable("0.2/1")) == ("0.2/2", True)
        assert "SIT-BOR1" not in {one.code for one in indicators.cards("border", "adult_labour")}
        assert indicators.of_profile("adult_labour")["SIT-BOR1"].statement("en").startswith("The journey")
    finally:
        monkeypatch.undo()
        for one in caches:
            one.cache_clear()
