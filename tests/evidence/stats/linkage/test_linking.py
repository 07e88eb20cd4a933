"""Linking through the front door: lists of known truth, bad input, guards, clusters, evidence, draws."""

import json
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from benchmarks.lists import make
from havre.evidence.link_command import link as command
from havre.evidence.stats.linkage import guards, link, scoring
from havre.evidence.stats.linkage.draws import draw, lincoln_petersen
from havre.evidence.stats.linkage.reading import COLUMNS, ListError, read_list
from havre.evidence.stats.linkage.records import Records

HEADER = ",".join(COLUMNS)


def row(record_id, given="", family="", sex="", born="", nationality="", place="", phone="", document="", address="", on="2024-05-01"):
    return dict(zip(COLUMNS, (record_id, given, family, sex, born, nationality, place, phone, document, address, on), strict=True))


def table(*rows):
    return pl.DataFrame(list(rows), schema=dict.fromkeys(COLUMNS, pl.String)).with_columns(pl.all().replace("", None))


def decisions(linkage):
    return {(a, b): decision for a, b, _, decision in linkage.links.iter_rows()}


@pytest.fixture(scope="module")
def known():
    return make(900, seed=77)


@pytest.fixture(scope="module")
def linked(known, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lists")
    return link(known.write(folder)), folder


def test_link_of_small_lists_finds_most_true_pairs_with_few_false(known, linked):
    found = {pair for pair, decision in decisions(linked[0]).items() if decision == "link"}
    truth = known.true_pairs()
    assert len(found & truth) / len(found) > 0.9
    assert len(found & truth) / len(truth) > 0.85


def test_clusters_hold_every_record_once_and_follow_from_the_links(known, linked):
    clusters = dict(linked[0].clusters.iter_rows())
    assert set(clusters) == set(known.person)
    for (a, b), decision in decisions(linked[0]).items():
        assert (clusters[a] == clusters[b]) or decision != "link"


def test_link_twice_writes_the_same_bytes(linked, tmp_path):
    linkage, folder = linked
    linkage.write(tmp_path / "one")
    result = CliRunner().invoke(command, [*(str(folder / f"{name}.csv") for name in "ABC"), "--out", str(tmp_path / "two")])
    assert result.exit_code == 0, result.output
    for name in ("links.csv", "clusters.csv", "report.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert (tmp_path / "two" / "links.csv").read_text().splitlines()[0] == "record_id_a,record_id_b,probability,decision"
    assert (tmp_path / "two" / "clusters.csv").read_text().splitlines()[0] == "record_id,cluster_id"


def test_evidence_of_a_pair_sums_to_its_probability(linked):
    linkage = linked[0]
    a, b, probability, _ = linkage.links.filter(pl.col("probability").is_between(0.3, 0.99)).row(0)
    steps = linkage.evidence((a, b))
    assert steps[0]["step"] == "prior"
    assert 1 / (1 + 2 ** -steps[-1]["total"]) == pytest.approx(probability, abs=1e-4)


def test_report_says_what_each_name_group_loses_at_blocking(linked):
    report = linked[0].report
    assert {"west_africa", "thai", "lusophone"} <= set(report["name_groups"])
    assert all(0.5 < group["estimated_blocking_recall"] <= 1 for group in report["name_groups"].values() if group["links"] > 20)


def test_draws_spread_around_the_truth_of_two_lists(known, linked):
    figures = [lincoln_petersen(one) for one in draw(linked[0], draws=5, seed=1)]
    assert len(set(figures)) > 1
    again = [lincoln_petersen(one) for one in draw(linked[0], draws=5, seed=1)]
    assert figures == again


TWO_SCRIPTS = (
    table(row("a1", "สมชาย", "แก้วมณี", "M", "2541-04-03", "THA", "เชียงใหม่", "0812345678", "P1234567")),
    table(row("b1", "Somchai", "Kaewmanee", "M", "1998-03-04", "THA", "Chiang Mai", "+66812345678", "PI234567")),
)


def test_link_of_one_person_in_two_scripts_with_a_buddhist_and_swapped_date():
    assert decisions(link(TWO_SCRIPTS)) == {("a1", "b1"): "link"}


def test_link_never_links_twins_by_itself():
    home = {"sex": "F", "born": "2008-03-03", "nationality": "TGO", "place": "Lome", "phone": "+22890123456", "address": "Rue 12 Lome"}
    ours, theirs = table(row("a1", "Akossiwa", "Agbeko", **home)), table(row("b1", "Enyonam", "Agbeko", **home))
    for purpose in ("auto", "balanced"):
        assert "link" not in decisions(link((ours, theirs), purpose=purpose)).values()


FAMILY = {"sex": "F", "nationality": "TLS", "place": "Dili", "phone": "+67077123456", "address": "Rua 12 Dili"}
MOTHER = row("a1", "Maria", "Quintao", born="1980-02-03", **FAMILY)


@pytest.mark.parametrize(
    "other",
    [
        row("b1", "Maria", "Quintao", **FAMILY),  # perhaps the daughter of that name
        row("b1", "Angelina", "Quintao", born="1980-02-03", **FAMILY),  # perhaps a twin
        row("b1", "Maria", "Quintao", born="1980-02-03", **(FAMILY | {"sex": "M"})),
        row("b1", "Maria Angelina", "Quintao", born="1982", **FAMILY),  # two doubts
    ],
)
def test_link_for_auto_leaves_to_a_person_what_may_be_kin(other):
    assert decisions(link((table(MOTHER), table(other)), purpose="auto"))["a1", "b1"] == "review"


def test_link_for_auto_of_one_document_needs_no_birth_date():
    ours, theirs = table(MOTHER | {"doc_number": "P1234567"}), table(row("b1", "Maria", "Quintao", document="P1234567", **FAMILY))
    assert decisions(link((ours, theirs), purpose="auto"))["a1", "b1"] == "link"


def test_link_for_auto_makes_clusters_whose_every_pair_is_a_link_of_its_own_or_follows_from_a_third_record(linked):
    auto = linked[0].for_purpose("auto")
    sure = {pair for pair, decision in decisions(auto).items() if decision == "link"}
    people = auto.clusters.group_by("cluster_id").agg(pl.col("record_id").sort())["record_id"].to_list()
    assert {pair for ids in people for pair in combinations(ids, 2)} == sure
    ids = auto.records.table["record_id"].to_list()
    scored = zip(auto.scored.left, auto.scored.right, auto.guard, strict=True)
    guard = {(min(ids[a], ids[b]), max(ids[a], ids[b])): int(held) for a, b, held in scored}
    alone, followed = ({pair for pair in sure if guard[pair] == held} for held in (0, guards.THIRD))
    assert alone | followed == sure and followed
    for a, b in followed:
        assert any({(min(a, x), max(a, x)), (min(b, x), max(b, x))} <= sure for x in ids)


def test_rivals_are_second_candidates_in_one_list():
    source = pl.DataFrame({"source": [0, 0, 1, 1, 0, 1]})
    ends, p = np.array([(0, 2), (0, 3), (1, 2), (4, 5)]), np.array([0.9, 0.95, 0.1, 0.99])
    found = scoring.Scored(ends[:, 0], ends[:, 1], p, {}, p, np.ones(4, int), 4)
    assert guards.rivals(Records(source, *[None] * 4), found).tolist() == [True, True, True, False]


def test_link_for_auto_is_nearly_always_right_and_links_less_than_balanced(known, linked):
    truth = known.true_pairs()
    auto, balanced = ({p for p, d in decisions(one).items() if d == "link"} for one in (linked[0].for_purpose("auto"), linked[0]))
    assert len(auto & truth) / len(auto) > 0.99
    assert len(truth) / 2 < len(auto) < len(balanced)


def test_link_splits_a_chain_whose_ends_cannot_be_one_person():
    known = {"sex": "F", "nationality": "TLS", "place": "Dili", "phone": "+67077123456"}
    lists = (
        table(row("a1", "Maria", "Quintao", born="1990-02-03", **known)),
        table(row("b1", "Maria", "Quintao", **known)),
        table(row("c1", "Maria", "Quintao", born="2003-11-20", **known)),
    )
    clusters = dict(link(lists).clusters.iter_rows())
    assert clusters["a1"] != clusters["c1"]


def test_link_for_review_links_nothing_and_shows_what_a_person_should_decide():
    assert decisions(link(TWO_SCRIPTS, purpose="review")) == {("a1", "b1"): "review"}


def test_link_of_many_copies_of_one_name_is_capped_not_exploded():
    names = [row(f"a{i}", "Maria", "Silva") for i in range(5_000)]
    linkage = link((table(*names), table(row("b1", "Maria", "Silva"))))
    assert linkage.report["blocking"]["pairs_per_record"] <= 200
    assert linkage.clusters.height == 5_001


def test_link_of_lists_without_birth_dates_still_links_rare_names():
    ours = table(row("a1", "Tchiakpe", "Houngbedji", "F", nationality="BEN", place="Cotonou"), row("a2", "Ama", "Mensah", "F"))
    theirs = table(row("b1", "Chakpe", "Hounbedji", "F", nationality="BEN", place="Kotonu"), row("b2", "Kofi", "Owusu", "M"))
    assert max(link((ours, theirs)).links["probability"], default=0) > 0.2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"id,name\n1,x\n", "wrong header"),
        (HEADER.replace(",", ";").encode() + b"\n", "separator must be a comma"),
        (HEADER.encode() + "\na1,José,,,,,,,,,\n".encode("latin-1"), "line 2: not UTF-8"),
        (HEADER.encode() + b"\na1,x,,,,,,,,,\na1,y,,,,,,,,,\n", "1 record_id given to more than one record (a1)"),
        (HEADER.encode() + b"\n,x,,,,,,,,,\n", "record_id is empty"),
        (HEADER.encode() + b"\na1,x,,,,,,,,,,,,\n", "line 2: 14 fields"),
        (HEADER.encode() + b"\na1,x,,,,,,,,,\na2,x,,\n", "line 3: 4 fields"),
        (HEADER.encode() + b'\na1,"x\ny",,,,,,,,,\na2,x,"",\n', "line 4: 4 fields"),
        (HEADER.encode() + b'\na1,x,"y,,,,,,,,\n', "line 2: a quotation mark"),
    ],
)
def test_read_list_of_a_bad_file_says_where_and_what(tmp_path, content, said):
    path = tmp_path / "A.csv"
    path.write_bytes(content)
    with pytest.raises(ListError) as refusal:
        read_list(path)
    assert said in refusal.value.en
    assert refusal.value.fr != refusal.value.en


def test_command_on_a_bad_list_ends_with_the_reason_and_writes_nothing(tmp_path):
    (tmp_path / "A.csv").write_text("id\n1\n")
    result = CliRunner().invoke(command, [str(tmp_path / "A.csv"), "--out", str(tmp_path / "out")])
    assert result.exit_code == 1
    assert "wrong header" in result.output and not (tmp_path / "out").exists()


def test_link_of_ids_shared_between_lists_is_refused():
    with pytest.raises(ListError, match="more than one record"):
        link((TWO_SCRIPTS[0], TWO_SCRIPTS[0]))


def test_link_of_an_empty_list_gives_singletons():
    linkage = link((table(row("a1", "Ama")), table(row("b1", "Kofi")).clear()))
    assert linkage.clusters.rows() == [("a1", "a1")] and linkage.links.height == 0


def test_balanced_joins_as_many_records_as_are_expected_or_stops_where_five_links_in_six_would_be_false(linked):
    from havre.evidence.stats.linkage.clusters import weakest
    from havre.evidence.stats.linkage.thresholds import BALANCED_LEAST

    report = linked[0].report
    joins, limit = report["joins"], report["threshold"]["link"]
    assert joins["linked"] == joins["expected"] or (joins["linked"] < joins["expected"] and limit < BALANCED_LEAST + 0.01)
    chain = np.arange(50), np.arange(1, 51), np.linspace(0.9, 0.4, 50), lambda a, b: False, set()
    assert [weakest(51, *chain, joins) for joins in (0, 1, 50, 99)] == pytest.approx([2.0, 0.9, 0.4, 0.4])


def test_model_of_another_version_is_refused(tmp_path):
    from havre.evidence.stats.linkage.model import load

    (tmp_path / "m.json").write_text(json.dumps({"name": "x", "m": {}, "u": {}, "version": 0}))
    with pytest.raises(ListError):
        load(tmp_path / "m.json")
    assert len(list(combinations(load().m, 2))) == 28


def test_sieve_gives_the_weights_of_splink_and_drops_nothing_above_the_floor(known):
    import duckdb

    from havre.evidence.stats.linkage import blocking, scoring, sieve
    from havre.evidence.stats.linkage.model import load
    from havre.evidence.stats.linkage.records import prepare

    lists = [pl.DataFrame(rows).with_columns(pl.all().replace("", None)) for rows in known.lists]
    records, model, con = prepare(lists), load(), duckdb.connect()
    people = records.table.to_arrow()  # noqa: F841 - read by DuckDB by its name
    con.execute("CREATE TABLE people AS SELECT * FROM people")
    blocking.block(con)
    everything = scoring.weights(con, model, len(records.table), floor=-1000)
    found = sieve.at_most(sieve.arrays(records), sieve.bits_of(model, len(records.table)), everything.left, everything.right)
    assert found == pytest.approx(everything.weight, abs=1e-4)
    blocking.block(con, keep=sieve.sieve(records, model, floor=scoring.FLOOR))
    kept = scoring.weights(con, model, len(records.table), floor=scoring.FLOOR)
    above = everything.weight >= scoring.FLOOR
    assert kept.left.tolist() == everything.left[above].tolist()
    assert 0 < kept.compared < everything.compared
