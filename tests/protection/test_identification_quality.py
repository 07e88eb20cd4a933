"""Before a presumption is sent on: what is missing is named, and an officer may send it all the same (UK toolkit, April 2026)."""

from datetime import timedelta

import pytest

from havre import trust
from havre.protection.models import Identification, QualityCheck, RefusalNotice, WordsPrint
from havre.protection.services import identification as services
from havre.protection.services import quality
from havre.register.models import Case, PersonFacts, TraffickingEvent
from havre.standards.models import FactRevision
from havre.trust import identity
from havre.trust.enums import Basis, Role
from havre.trust.errors import Invalid, Refused
from tests.factories import NOW, make_actor
from tests.factories_casework import let_in, make_identification, person_of, screen
from tests.factories_vault import unlocked  # noqa: F401

pytestmark = pytest.mark.usefixtures("unlocked")
STORY = "She was told of a job in a restaurant, her papers were taken at the airport and she has slept in the kitchen since then."


def ready(*, signs=True, days=10):
    """A screened identification of a first responder, with a dated event and a sign behind it."""
    officer = make_actor(Role.FIRST_RESPONDER)
    case = screen(officer, [("DEL-CD01", "yes", "seen")] if signs else []).case
    from havre.protection.models import Screening
    from havre.protection.services import screening as screenings

    one = Screening.objects.for_house("tests").get(case=case)
    with trust.acting(officer):
        screenings.confirm(screening_id=one.pk, outcome="indications_refer", by=officer)
    person = person_of(case)
    event = TraffickingEvent(case=case, person=person, kind="Recruitment", happened_on=(NOW - timedelta(days=days)).date())
    event.save(force_insert=True)
    return officer, Identification.objects.for_house("tests").get(case=case)


def presume(found, by, words=STORY, **fields):
    with trust.acting(by):
        return services.move(identification_id=found.pk, step="presume", by=by, words={"for": words}, **fields)


def rows(refusal):
    return [row.removeprefix("identification.presume:quality.") for row in refusal.value.rows]


def test_whole_referral_goes_on_and_the_check_is_kept():
    officer, found = ready()
    assert presume(found, officer).status == "presumed"
    kept = QualityCheck.objects.for_house("tests").get()
    assert (kept.gaps, kept.anyway, kept.identification_id) == ([], "", found.pk)


@pytest.mark.postgresql
@pytest.mark.parametrize("gap", ["chronology", "indicators", "account", "late"])
def test_each_gap_is_named_and_the_officer_may_send_it_all_the_same(gap):
    officer, found = ready(signs=gap != "indicators", days=200 if gap == "late" else 10)
    if gap == "chronology":
        TraffickingEvent.objects.for_house("tests").delete()
    words = "" if gap == "account" else STORY
    with pytest.raises(Refused) as refusal:
        presume(found, officer, words)
    assert rows(refusal) == [gap]
    assert presume(found, officer, words, anyway="person_tired").status == "presumed"
    kept = QualityCheck.objects.for_house("tests").get()
    assert (kept.gaps, kept.anyway) == ([gap], "person_tired")


def test_reason_for_telling_late_answers_the_question_whatever_it_is():
    officer, found = ready(days=200)
    assert presume(found, officer, record={"late_reason": "not_wished"}).late_reason == "not_wished"


def test_words_almost_copied_from_the_same_officers_earlier_referral_are_noticed_without_opening_them():
    officer, first = ready()
    presume(first, officer)
    kept = WordsPrint.objects.for_house("tests").get()
    assert not [word for word in STORY.lower().split() if len(word) > 3 and word in str(kept.digests)]
    _other, second = ready()
    let_in(officer, second, Basis.OWN_CASE)
    with pytest.raises(Refused) as refusal:
        presume(second, officer, STORY.replace("restaurant", "bakery"))
    assert rows(refusal) == ["copied"]
    new = "He worked on a boat for eleven months without a day ashore, and the captain kept every letter that his mother sent."
    assert presume(second, officer, new).status == "presumed"


def test_erasing_a_person_takes_the_fingerprints_of_their_words_away():
    from havre.trust.contracts import contracts

    officer, found = ready()
    presume(found, officer)
    other_officer, other = ready()
    presume(other, other_officer)
    erase = next(contract.erase for contract in contracts() if contract.part == "protection")
    assert (erase(found.person_id), erase(found.person_id)) == (1, 0)
    assert WordsPrint.objects.for_house("tests").get().person_id == other.person_id


def test_same_words_of_another_officer_are_nobodys_copy():
    one, first = ready()
    presume(first, one)
    two, second = ready()
    assert presume(second, two).status == "presumed"


def test_reason_that_is_none_of_the_list_is_invalid_and_changes_nothing():
    officer, found = ready(signs=False)
    with pytest.raises(Invalid):
        presume(found, officer, anyway="because")
    assert Identification.objects.for_house("tests").get(pk=found.pk).status == "screened"


def test_authority_that_presumes_itself_sends_nothing_and_is_not_asked():
    found = make_identification()
    by = let_in(make_actor(Role.IDENTIFICATION_AUTHORITY), found)
    with trust.acting(by):
        assert quality.check(found, words={}, anyway="", by=by) is None


def test_fingerprint_is_keyed_short_texts_have_none_and_nothing_of_the_text_comes_back():
    prints = identity.fingerprint(STORY)
    assert 0 < len(prints) <= identity.SKETCH
    assert prints == identity.fingerprint(STORY.upper())
    assert identity.fingerprint("too short to tell") == []
    from havre.trust.vault import unlocking
    from havre.trust.vault.custody import RootsInMemory

    assert isinstance(unlocking.custodian(1), RootsInMemory)


def law_asks():
    return FactRevision.objects.create(
        country="gh", fact="refusal_notice", value="Example ministry", valid_from=NOW.date(), source="Example Act, s. 9", confidence="high",
        author_id=make_actor().user.pk, proposed_at=NOW, state="in_force", reviewer_id=make_actor().user.pk, reviewed_at=NOW, in_force_at=NOW,
    )  # fmt: skip


def leave(found):
    worker = let_in(make_actor(Role.CASE_MANAGER), found, Basis.OWN_CASE)
    with trust.acting(worker):
        return services.move(identification_id=found.pk, step="leave", by=worker, record={"reason": "person_choice"})


def test_adults_refusal_is_told_to_nobody_where_no_law_asks():
    leave(make_identification())
    assert RefusalNotice.objects.for_house("tests").count() == 0


@pytest.mark.postgresql
def test_where_the_law_asks_the_notice_holds_gender_and_nationality_alone():
    revision = law_asks()
    found = make_identification()
    case = Case.objects.for_house("tests").get(pk=found.case_id)
    PersonFacts(person=person_of(case), case=case, citizenships=["NG"]).save(force_insert=True)
    assert leave(found).status == "declined_by_person"
    notice = RefusalNotice.objects.for_house("tests").get()
    told = {name: getattr(notice, name) for name in ("gender", "nationalities", "to", "revision", "status")}
    assert told == {
        "gender": "Female",
        "nationalities": ["NG"],
        "to": "Example ministry",
        "revision": str(revision.pk),
        "status": "prepared",
    }


def test_refusal_of_a_child_or_of_an_unknown_age_is_told_to_nobody():
    law_asks()
    leave(make_identification(age=16))
    leave(make_identification(age=None))
    assert RefusalNotice.objects.for_house("tests").count() == 0
