"""The framework of kinds of record: what a step may write, what it cannot do without, and that both parts are made from it."""

import pytest

from havre.justice.models import Hearing
from havre.justice.services.records import KINDS as OF_JUSTICE
from havre.protection.kinds import KINDS as OF_CARE
from havre.protection.models import Placement
from havre.trust.errors import Invalid
from havre.trust.kinds import Kind

ALL = [pytest.param(kind, id=f"{kind.model._meta.app_label}.{code}") for book in (OF_CARE, OF_JUSTICE) for code, kind in book.items()]


@pytest.mark.parametrize("kind", ALL)
def test_kind_is_led_by_its_table(kind):
    assert isinstance(kind, Kind)
    first = next(move for move in kind.table.moves if move.step == kind.opens)
    assert (first.start, first.end) == (None, kind.table.start)
    assert set(kind.records) | set(kind.needs) | set(kind.words) <= set(kind.table.steps)
    for step, names in kind.needs.items():
        assert set(names) <= {*kind.of(step), *kind.columns}
    assert kind.title and kind.section and (kind.openers or not kind.by_hand)
    assert kind.demanded <= set(kind.of(kind.opens)) & set(kind.columns)


def test_kinds_of_the_two_parts_are_counted():
    print(f"\n{len(OF_CARE)} kinds of care, {len(OF_JUSTICE)} of justice, one framework")
    assert (len(OF_CARE), len(OF_JUSTICE)) == (17, 7)


def test_step_writes_what_it_may_and_names_what_it_may_not():
    kind, row = OF_JUSTICE["hearings"], Hearing()
    with pytest.raises(Invalid) as invalid:
        kind.write(row, "adjourn", {"mode": "open", "shelter": "x"})
    assert list(invalid.value.problems) == ["mode", "shelter"]
    kind.write(row, "adjourn", {"adjourned_because": "defence"})
    assert row.adjourned_because == "defence"
    with pytest.raises(Invalid) as invalid:
        kind.write(row, "adjourn", {"adjourned_because": "whim"})
    assert list(invalid.value.problems) == ["adjourned_because"]


def test_row_that_a_step_needs_and_nobody_named_is_asked_for_and_is_no_fault():
    with pytest.raises(Invalid) as invalid:
        OF_CARE["placement"].write(Placement(), "offer", {})
    assert list(invalid.value.problems) == ["shelter"]
