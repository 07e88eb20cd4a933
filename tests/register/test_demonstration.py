"""The demonstration's sheets: the same from the same seed, faults and overlaps included, and everything marked as made up."""

from __future__ import annotations

import pytest

from havre.register import demonstration
from havre.register.models import Case, Detection, Person
from havre.trust.models import Organisation, User
from tests.factories import NOW
from tests.factories_vault import unlocked  # noqa: F401


@pytest.mark.parametrize("country", demonstration.COUNTRIES)
def test_same_seed_gives_the_same_rows_and_another_seed_others(country):
    def rows(seed):
        maker = demonstration.Maker(country, seed)
        made = [maker.person(number) for number in range(50)]
        return [maker.row(one, body, order) for one in made for order, body in enumerate(one.reports)]

    assert rows(1) == rows(1)
    assert rows(1) != rows(2)


@pytest.mark.parametrize("country", demonstration.COUNTRIES)
@pytest.mark.usefixtures("unlocked")
def test_files_of_six_organisations_come_in_through_the_importer_with_a_few_rejected(country, tmp_path):
    files = demonstration.write_files(tmp_path, country, seed=7, persons=250)
    batches = demonstration.load(tmp_path, country, at=NOW)

    created, rejected = sum(batch.created for batch in batches), sum(batch.rejected for batch in batches)
    assert (len(files), len(batches)) == (6, 6)
    assert created + rejected > 250
    assert 0.01 < rejected / (created + rejected) < 0.06
    assert Person.objects.for_house("tests").count() == Detection.objects.for_house("tests").count() == created
    assert Case.objects.for_house("tests").filter(made_up=False).count() == 0
    assert (Organisation.objects.filter(made_up=False).count(), User.objects.filter(made_up=False).count()) == (0, 0)


@pytest.mark.usefixtures("unlocked")
def test_loading_the_demonstration_twice_changes_nothing(tmp_path):
    demonstration.write_files(tmp_path, "gh", persons=30)
    first = demonstration.load(tmp_path, "gh", at=NOW)
    assert demonstration.load(tmp_path, "gh", at=NOW) == first
    assert Case.objects.for_house("tests").count() == sum(batch.created for batch in first)


def test_some_persons_are_reported_by_several_bodies():
    maker = demonstration.Maker("th", 3)
    several = [len(maker.person(number).reports) for number in range(500)]
    assert (several.count(2) > 50, several.count(3) > 5, max(several)) == (True, True, 3)
