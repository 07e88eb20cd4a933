"""What leaves justice: codes, dates and counts for the statistics; for the person their own, and nothing of a suspect or a third person."""

import json
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from havre import trust
from havre.evidence.jobs import extracting
from havre.justice import copying, services
from havre.justice.extracting import COLUMNS, TABLES, extract
from havre.justice.services import records
from havre.register.person.copying import plain
from havre.trust.enums import Basis, Role
from tests.factories import NOW, give_to, make_actor
from tests.factories_casework import person_of
from tests.factories_evidence import make_register, seal_case
from tests.justice.acting import add, hearing, justice, opened, step

SENTINEL = "CR/SENTINEL/99"


@pytest.fixture
def case():
    """With its first detection, from which the waits are reckoned."""
    (found,) = make_register(1, owner=make_actor())
    return found


@pytest.fixture
def filled(case, police, prosecutor):
    """One proceeding with a record of every kind, one against the person, and a claim that is paid in part."""
    lawyer, fund = justice(Role.LEGAL_AID, case), justice(Role.COMPENSATION_FUND, case)
    first = opened(case, police)
    suspect = add("suspects", first, police, kind="natural", role="recruiter", file_number=SENTINEL)
    with trust.acting(prosecutor):
        charge = services.add_charge(proceeding_id=first.pk, iccs="02042", article="s. 1", suspect_id=suspect.pk, by=prosecutor)
        records.decide_charge(charge_id=charge.pk, verdict="convicted", by=prosecutor)
        records.sentence(charge_id=charge.pk, record={"kind": "imprisonment", "months": 60}, by=prosecutor)
    step(
        "hearings",
        add("hearings", first, police, **hearing(person_heard=True, mode="remote", measures=["screen_or_video"])),
        "hold",
        prosecutor,
    )
    add("assets", first, police, kind="vehicle", amount=Decimal(9131), currency="GHS", suspect=str(suspect.pk))
    for source in ("from_person", "from_search"):
        add("exhibits", first, police, kind="paper", source=source, taken_at=NOW)
    add("assistance", first, police, kind="records", basis="untoc", country="NG", file_number=SENTINEL)
    against = opened(case, police, against="person")
    with trust.acting(prosecutor):
        told = {"nexus": "none", "nexus_assessed_at": NOW}
        services.move(proceeding_id=against.pk, step="charge_person", record=told, by=prosecutor)
        services.add_charge(proceeding_id=against.pk, iccs="0801", article="s. 9", by=prosecutor)
    asked = step("requests", add("requests", against, police, ground="compelled"), "ask", lawyer)
    step("requests", asked, "refuse", prosecutor, kept_because="no_link")
    with trust.acting(lawyer):
        claim = services.inform(case_id=case.pk, person_id=person_of(case).pk, language="eng", kind="fund", by=lawyer)
        money = {"wanted_at": NOW, "claimed": Decimal(900), "currency": "GHS"}
        services.move_claim(claim_id=claim.pk, step="claim", record=money, by=lawyer)
    with trust.acting(fund):
        services.move_claim(claim_id=claim.pk, step="award", record={"awarded": Decimal(700)}, by=fund)
        services.move_claim(claim_id=claim.pk, step="pay_part", record={"paid": Decimal("250.50")}, by=fund)
    return {"suspect": suspect, "first": first, "against": against, "claim": claim}


def test_extract_gives_the_declared_columns_and_codes_of_their_lists(filled):
    declared = {table.name: {column.name: column for column in table.columns()} for table in TABLES}
    given = {name: list(rows) for name, rows in extract()}
    assert all(rows for rows in given.values()) and set(given) == set(declared)
    for name, rows in given.items():
        for row in rows:
            assert set(row) == set(declared[name])
            for column, value in row.items():
                values = declared[name][column].values
                many = value if isinstance(value, list) else [value]
                assert values is None or value is None or set(many) <= set(values), (name, column, value)


def test_extract_counts_what_ic_tip_and_htcds_count_and_says_no_number_of_a_file(filled, tmp_path):
    manifest = extracting.write(tmp_path, now=NOW)
    read = {table.name: pl.read_parquet(tmp_path / f"{table.name}.parquet") for table in TABLES}
    assert read["suspect"].select("kind", "role", "stage").rows() == [("natural", "recruiter", "suspected")]
    assert read["charge"].filter(pl.col("verdict") == "convicted")["iccs"].to_list() == ["02042"]
    assert read["sentence"].select("kind", "months").rows() == [("imprisonment", 60)]
    assert read["hearing"].select("status", "person_heard", "measures").rows() == [("held", True, ["screen_or_video"])]
    assert read["non_punishment"].select("status", "ground", "kept_because").rows() == [("charge_kept", "compelled", "no_link")]
    assert read["claim"].select("claimed", "awarded", "paid").rows() == [(900, 700, 250)]
    assert read["exhibit"]["holders"].to_list() == [1, 1]
    assert read["assistance_abroad"]["country"].to_list() == ["NG"]
    # a charge is led to its suspect and its proceeding by pseudonyms of this run
    held = read["charge"].filter(pl.col("verdict") == "convicted")
    assert held["suspect_id"].to_list() == read["suspect"]["suspect_id"].to_list()
    assert set(held["proceeding_id"]) < set(read["proceeding"]["proceeding_id"])
    assert {"non_punishment.asked", "non_punishment.answered", "claim.paid", "proceeding.charged"} <= set(manifest["steps"])
    everything = json.dumps([frame.to_dicts() for frame in read.values()], default=str)
    for secret in (
        SENTINEL,
        "9131",
        filled["suspect"].pseudonym,
        str(filled["suspect"].pk),
        str(filled["first"].pk),
        filled["claim"].pseudonym,
    ):
        assert secret not in everything
    assert not {name for name in manifest["dropped"] if name.split(".")[0] in read}


def test_sealed_case_is_absent_from_every_table_of_justice(filled, case, tmp_path):
    seal_case(case, make_actor())
    manifest = extracting.write(tmp_path, now=NOW)
    assert {name: one["rows"] for name, one in manifest["tables"].items() if one["rows"]} == {}
    assert {column.table for column in COLUMNS} <= set(manifest["tables"])


def test_persons_copy_holds_what_is_theirs_and_nothing_of_a_suspect(filled, case):
    lawyer = make_actor(Role.LEGAL_AID)
    give_to(lawyer, case, basis=Basis.CONSENT)
    with trust.acting(lawyer):
        entries = [(kind, plain(values)) for kind, values in copying.dossier(lawyer, case.pk)]
    kinds = [kind for kind, _values in entries]
    assert sorted(set(kinds)) == ["charge", "claim", "exhibit", "hearing", "non_punishment", "proceeding"]
    told = dict(entries)
    assert told["charge"] == {"article": "s. 9", "iccs": "0801", "charged_on": date.isoformat(NOW.date()), "verdict": None}
    assert (told["claim"]["claimed"], told["claim"]["awarded"], told["claim"]["paid"]) == ("900.00", "700.00", "250.50")
    assert (told["non_punishment"]["status"], told["non_punishment"]["kept_because"]) == ("charge_kept", "no_link")
    assert told["hearing"]["measures"] == ["screen_or_video"]
    # what they gave, not what was found elsewhere
    assert kinds.count("exhibit") == 1
    text = json.dumps(entries)
    for secret in (SENTINEL, filled["suspect"].pseudonym, str(filled["suspect"].pk), "recruiter", "vehicle", "imprisonment", "02042", "NG"):
        assert secret not in text


def test_persons_copy_of_justice_is_empty_for_who_may_not_read_it(filled, case):
    shelter = make_actor(Role.SHELTER)
    give_to(shelter, case, basis=Basis.CONSENT)
    with trust.acting(shelter):
        assert list(copying.dossier(shelter, case.pk)) == []
