"""Importing through its front door: what a row becomes, what it does not become, and that nothing is lost or doubled."""

from __future__ import annotations

import io

import pytest

from havre import trust
from havre.register.enums import ConsentState
from havre.register.exchange import importing
from havre.register.models import Case, Consent, Detection, ImportBatch, ImportProblem, Person, PersonFacts, TraffickingEvent
from havre.trust import identity
from havre.trust.enums import Role, Section
from havre.trust.errors import Invalid, Refused
from tests.factories import make_actor
from tests.factories_exchange import csv_file, sheet
from tests.factories_vault import unlocked  # noqa: F401

pytestmark = [pytest.mark.postgresql, pytest.mark.usefixtures("unlocked")]


def one_row():
    return sheet(
        record_id="Desk/R-1",
        prs_FirstName="Efua",
        prs_SecondName="Exemple",
        prs_Birthdate="12/05/1998",
        prs_Gender="Feminine",
        prs_Citizenship="GH",
        prs_MobilePhone="+233200000000",
        vic_TraffickingStatus="ActualVictimOfTrafficking",
        vic_TraffickingStatusDecisionMakingOrg="Police",
        vic_MethodsOfControl="DebtBondage ;WithholdsDocuments",
        vic_TypeOfExploitation="ForcedLabour",
        hte_Type="Transit",
        hte_Country="Togo",
        hte_City="Made-up town",
        hte_Date="2023-02-01",
        con_Consent="yes",
        cas_IncomingReferralDate="2024-03-01",
        cas_IncomingReferralDetails="came with her sister",
    )


def everything(model):
    return list(model.objects.for_house("tests"))


def test_import_of_one_row_makes_case_person_facts_event_detection_and_reported_consent():
    officer = make_actor()
    batch = importing.run(by=officer, source=one_row())

    assert (batch.state, batch.rows, batch.created, batch.rejected, batch.unchanged) == ("done", 2, 1, 0, 0)
    (case,), (person,), (facts,) = everything(Case), everything(Person), everything(PersonFacts)
    assert (case.lead_id, case.status, case.country, case.opened_at.date().isoformat()) == (
        officer.organisation_id,
        "Active",
        "GH",
        "2024-03-01",
    )
    assert (person.gender, person.age_on_opening, person.age_basis, person.presumed_minor) == ("Feminine", 25, "stated", False)
    assert facts.citizenships == ["GH"]
    assert facts.coded == {
        "vic_MethodsOfControl": ["DebtBondage", "WithholdsDocuments"],
        "vic_TypeOfExploitation": ["ForcedLabour"],
        "con_Consent": ["yes"],
        "cas_IncomingReferralDate": ["2024-03-01"],
    }
    transit, overall = everything(TraffickingEvent)
    assert (transit.kind, transit.country, transit.acts, transit.means) == ("Transit", "TG", None, None)
    assert (overall.kind, overall.means, overall.purposes) == ("Exploitation", ["E.M.8", "E.M.9"], ["E.P.2"])
    (detection,), (consent,) = everything(Detection), everything(Consent)
    assert (detection.claimed_status, detection.claimed_by) == ("ActualVictimOfTrafficking", "Police")
    assert (detection.source_batch, detection.source_row, len(detection.source_key)) == (batch.pk, 2, 64)
    assert (consent.state, consent.live(at=officer.at)) == (ConsentState.REPORTED, False)


def test_imported_names_and_places_are_sealed_and_nowhere_in_plain_columns():
    officer = make_actor()
    importing.run(by=officer, source=one_row())
    (person,) = everything(Person)

    with trust.acting(officer):
        sealed = {
            section: identity.read(by=officer, case_id=person.case_id, person_id=person.pk, section=section)
            for section in (Section.IDENTITY, Section.WHEREABOUTS, Section.FACTS, Section.PROTECTION)
        }
    bodies = {kind: body for found in sealed.values() for (kind, _record), body in found.items()}
    assert bodies["identity"] == {
        "prs_FirstName": "Efua",
        "prs_SecondName": "Exemple",
        "prs_Birthdate": "1998-05-12",
        "havre_RecordId": "Desk/R-1",
    }
    assert bodies["whereabouts"] == {"prs_MobilePhone": "+233200000000"}
    assert bodies["event_text"] == {"hte_City": "Made-up town"}
    assert bodies["text_protection"] == {"cas_IncomingReferralDetails": "came with her sister"}
    plain = "".join(
        str(vars(row)) for model in (Case, Person, PersonFacts, TraffickingEvent, Detection, Consent) for row in everything(model)
    )
    plain += "".join(str(vars(row)) for row in [*ImportBatch.objects.all(), *ImportProblem.objects.all()])
    # words of a shape that neither a random reference nor an id can take by chance
    assert [word for word in ("Efua", "Exemple", "23320000", "Made-up", "sister", "1998-05-12", "/R-1") if word in plain] == []


def test_second_import_of_the_same_file_changes_nothing():
    officer = make_actor()
    first = importing.run(by=officer, source=one_row())
    again = importing.run(by=officer, source=one_row())

    assert again == first
    assert (len(everything(Case)), ImportBatch.objects.count()) == (1, 1)


def test_same_rows_in_another_file_are_counted_unchanged():
    officer = make_actor()
    rows = [["prs_FirstName", "prs_SecondName", "prs_Gender"], ["Efua", "Exemple", "Feminine"], ["Kofi", "Exemple", "Masculine"]]
    importing.run(by=officer, source=csv_file(rows))
    again = importing.run(by=officer, source=csv_file([rows[0], rows[2], rows[1]]))

    assert (again.created, again.unchanged, again.rejected) == (0, 2, 0)
    assert len(everything(Case)) == 2


def test_same_person_from_two_organisations_stays_two_detections():
    importing.run(by=make_actor(), source=one_row())
    importing.run(by=make_actor(), source=one_row())

    assert (len(everything(Case)), len(everything(Detection))) == (2, 2)


def test_record_id_used_again_with_other_content_is_rejected_and_not_overwritten():
    officer = make_actor()
    importing.run(by=officer, source=sheet(record_id="R-1", prs_FirstName="Efua", prs_Gender="Feminine"))
    again = importing.run(by=officer, source=sheet(record_id="R-1", prs_FirstName="Efua", prs_Gender="Masculine"))

    assert (again.created, again.unchanged, again.rejected) == (0, 0, 1)
    assert [p.code for p in again.problems.all()] == ["id_reused"]
    assert [person.gender for person in everything(Person)] == ["Feminine"]


def test_two_unnamed_rows_that_say_the_same_are_two_persons_and_stay_two():
    officer = make_actor()
    rows = [["prs_Gender", "vic_TypeOfExploitation"], ["Feminine", "ForcedLabour"], ["Feminine", "ForcedLabour"]]
    first = importing.run(by=officer, source=csv_file(rows))
    again = importing.run(by=officer, source=csv_file([*rows, ["Masculine", "ForcedLabour"]]))

    assert (first.created, again.created, again.unchanged) == (2, 1, 2)


def test_named_row_written_twice_is_rejected_with_its_reason():
    officer = make_actor()
    batch = importing.run(by=officer, source=sheet(prs_FirstName=["Efua", "Efua"], prs_Gender=["Feminine", "Feminine"]))

    assert (batch.created, batch.rejected) == (1, 1)
    assert [(p.row, p.code, p.rejects) for p in batch.problems.all()] == [(3, "row_twice", True)]


def test_dry_run_writes_nothing_and_says_what_would_happen():
    officer = make_actor()
    trial = importing.check(by=officer, source=sheet(prs_FirstName=["Efua", "Kofi"], prs_Gender=["Feminine", "Feminin"]))

    assert (trial.rows, trial.new, trial.rejected, trial.unchanged) == (2, 1, 1, 0)
    assert [(p.row, p.column, p.value, p.code) for p in trial.problems] == [(3, "prs_Gender", "Feminin", "value_unknown")]
    assert (everything(Case), list(ImportBatch.objects.all())) == ([], [])


@pytest.mark.parametrize("role", [Role.RAPPORTEUR, Role.INVESTIGATOR, Role.ADMINISTRATOR])
def test_import_by_a_role_without_the_right_is_refused_and_writes_nothing(role):
    with pytest.raises(Refused):
        importing.run(by=make_actor(role), source=one_row())
    assert everything(Case) == []


def test_import_gives_the_case_manager_both_purposes_and_the_importer_their_own():
    helpline = make_actor(Role.HELPLINE)
    importing.run(by=helpline, source=one_row())
    (case,) = everything(Case)
    manager = make_actor(organisation=helpline_organisation(helpline))
    with trust.acting(helpline):
        assert list(Case.objects.visible_to(helpline)) == [case]
    with trust.acting(manager):
        assert list(Case.objects.visible_to(manager)) == [case]


def helpline_organisation(actor):
    return actor.user.memberships.get().organisation


def test_file_that_breaks_off_is_refused_before_anything_is_written():
    rows = [["prs_FirstName", "prs_Gender"], *[[f"Name {n}", "Feminine"] for n in range(1200)], ["last, one", "Feminine"]]
    cut = csv_file(rows).getvalue()[: -len(' one",Feminine\r\n')]
    with pytest.raises(Invalid, match="breaks off"):
        importing.run(by=make_actor(), source=io.BytesIO(cut))
    assert (everything(Case), list(ImportBatch.objects.all())) == ([], [])
