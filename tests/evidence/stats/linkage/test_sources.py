"""Every public function and class of the linkage says what it means; what implements a published method or a standard cites it."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.evidence.stats.test_house_of_stats import SOURCE

HOME = Path(__file__).parents[4] / "havre" / "evidence" / "stats" / "linkage"

# the one place that names what has nothing to cite, by the reason
# fmt: off
PLAIN = {
    "holds values, or is a refusal": """
        blocking.OverBudget blocking.Rule blocking.Blocked dates.BirthDate features.Sides linking.Linkage model.Model names.NameKey
        records.Records reading.ListError scored.Scored thresholds.Threshold private.agreement.Agreement private.cells.Cell
        private.checking.Vectors private.encoded_file.Header private.encoding.Encoded private.encoding.NameParts private.errors.CannotLink
        private.meet.Meetings private.persons.People private.rules.Compounds private.rules.Blocks private.rules.Rule private.scoring.Weights
        private.scoring.Scored private.unit.Linked private.unit.Comparison
    """,
    "reads, writes, checks, looks up, counts or hands on": """
        dates.parse_all expected.joins fields.sex fields.read_of fields.warnings
        features.sides guards.held levels.labels model.load model.settings names.key names.keys
        names.tables.versions names.tables.honorifics names.tables.particles names.tables.nicknames names.tables.groups
        names.tables.by_spelling reading.check_together records.prepare report.report_of report.as_json scoring.first_features
        scoring.second_features sieve.arrays sieve.sieve private.agreement.read private.agreement.in_force private.cells.table
        private.checking.columns private.checking.normaliser_digest private.checking.vectors private.encoded_file.header
        private.encoded_file.write private.encoded_file.read private.encoded_file.differences private.encoded_file.must_match
        private.encoding.name_parts private.files.ready private.files.columns_of private.files.encode_list private.files.compare_files
        private.files.resolve_pairs private.judging.shipped private.judging.features
        private.keys.identifier private.keys.read_card private.keys.confirm private.keys.destroyed
        private.keys.not_destroyed private.meet.pairs private.persons.people private.scoring.agreed private.scoring.once
        private.sketch.coded private.unit.persons_of private.unit.persons private.unit.may_pairs
    """,
    "a rule of this project's own, told where it stands": """
        calibration.covariates clusters.impossible guards.kin guards.open_to_kin guards.rivals names.folding.words names.folding.parts
        names.scripts.script_of names.scripts.arabic names.scripts.burmese names.scripts.lao names.thai.untitled records.rare_tokens
        records.document_key records.phone_key private.encoding.buckets private.encoding.with_dummies private.rules.mixed
        private.scoring.twice private.sketch.name_bag private.sketch.place_bag private.sketch.code_bag private.sketch.year_bag
        private.sketch.day_bag private.sketch.plain_bag
    """,
}
# fmt: on


@cache
def public():
    """Functions and classes of the linkage by dotted name, and their public methods: (docstrings, methods' docstrings)."""
    tops, methods = {}, {}
    for path in sorted(HOME.rglob("*.py")):
        module = ".".join(path.relative_to(HOME).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            tops[f"{module}.{node.name}"] = ast.get_docstring(node) or ""
            inner = node.body if isinstance(node, ast.ClassDef) else []
            methods |= {
                f"{module}.{node.name}.{one.name}": ast.get_docstring(one) or ""
                for one in inner
                if isinstance(one, ast.FunctionDef) and not one.name.startswith("_")
            }
    return tops, methods


def test_every_public_function_class_and_method_of_linkage_has_a_docstring():
    tops, methods = public()
    assert [name for name, said in (tops | methods).items() if not said] == []


def test_whatever_of_linkage_implements_a_published_method_cites_it(capsys):
    tops, _methods = public()
    plain = [name for names in PLAIN.values() for name in names.split()]
    citing = {name for name, said in tops.items() if SOURCE.search(said)}
    with capsys.disabled():
        print(f"\nlinkage: {len(citing)} of {len(tops)} public functions and classes cite; {len(plain)} have nothing to cite")
    assert sorted(set(tops) - citing) == sorted(plain)


@pytest.mark.parametrize("said", ["Rank pairs by weight.", "Pairs of 12 records, 2 to the power of 64"])
def test_a_docstring_without_a_source_is_not_taken_for_one_with(said):
    assert not SOURCE.search(said)
