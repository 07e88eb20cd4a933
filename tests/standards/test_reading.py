# ruff: noqa: E501
"""Every kind of refusal, each with its file, its line and its mend. The broken files are copies of the packaged ones with one fault."""

import shutil

import pytest

from havre.standards import DATA, StandardsError
from havre.standards.library import Library


def broken(tmp_path, name, old, new, *, count=1):
    """The packaged files with one passage of one file replaced, and the line on which the replacement begins."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    path = folder / f"{name}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text, "the passage to break is no longer in the file"
    path.write_text(text.replace(old, new, count), encoding="utf-8")
    return folder, path


def line_of(path, passage, *, nth=0):
    """The line, from 1, of the nth appearance of a passage."""
    lines = [number for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if passage in line]
    return lines[nth]


FAULTS = {
    "unknown key": ("rights_gates", "    checked: before", "    cheked: before", "cheked", "'cheked' is not known here", "Did you mean 'checked'?"),
    "duplicate id": ("indicators", "id: DEL-DR02", "id: DEL-DR01", ("DEL-DR01", 2), "'DEL-DR01' is used twice", "never reused"),
    "key written twice": ("media_rules", "    effect: block", "    effect: block\n    effect: warn", "effect: warn", "written twice", "Keep one"),
    "missing French": ("ictip", "      fr: Fait de traite", "      pt: Facto de tráfico", "label:", "the French text is missing", "Add 'fr:'"),
    "empty French": ("ictip", "fr: Fait de traite", "fr: ''", "label:", "the French text is missing", "Add 'fr:'"),
    "unknown language": ("ictip", "      fr: Fait de traite", "      fr: Fait\n      xx: Fait", "xx: Fait", "'xx' is no language", "Use one of"),
    "dangling code": ("indicators", "suggests_code: E.M.4", "suggests_code: E.M.44", "E.M.44", "'E.M.44' is no code of ictip.yaml", "E.M.4"),
    "dangling HTCDS value": ("indicators", "- FalsePromises", "- FalsePromise", "FalsePromise", "no HTCDS method of control", "'FalsePromises'"),
    "dangling dimension": ("indicators", "dimension: deceptive_recruitment", "dimension: luring", "dimension: luring", "no dimension", "Use one of"),
    "dangling gate in a sentence": ("commitments", "(RG01)'", "(RG77)'", "RG77", "'RG77' is no gate", "Did you mean"),
    "gate id": ("rights_gates", "id: RG01", "id: RG1", "id: RG1", "'RG1' is no gate id", "RG and two figures"),
    "dangling instrument": ("rights_gates", "- UNTOC-TIP:6(2)(a)", "- UNTOC-TOP:6(2)(a)", "UNTOC-TOP", "'UNTOC-TOP' is no instrument", "'UNTOC-TIP'"),
    "HTCDS field of a right": ("rights_gates", "HTCDS:con_Consent", "HTCDS:con_Consnt", "con_Consnt", "no HTCDS field", "'con_Consent'"),
    "authority role": ("country_profiles", "- asset_recovery", "- assets_recovery", "assets_recovery", "no role of this file", "'asset_recovery'"),
    "authority of another country": ("country_profiles", "code: gh-eoco", "code: th-eoco", "th-eoco", "'th-eoco' is of no gh", "Begin with gh-"),
    "language of a profile": ("country_profiles", "code: gaa", "code: gax", "code: gax", "'gax' is no language", "Did you mean"),
    "unknown fact": ("country_profiles", "      age_majority:", "      age_majorty:", "age_majorty", "no fact defined", "'age_majority'"),
    "kind of a fact": ("country_profiles", "        value: 18", "        value: eighteen", "eighteen", "does not fit its kind", "kind age"),
    "alpha-3 of another country": ("country_profiles", "alpha3: GHA", "alpha3: TLS", "alpha3: TLS", "'TLS' is another country", "Mend the code"),
    "country of a commitment": ("commitments", "      - tl", "      - tk", "- tk", "'tk' is no country with a profile", "Use one of gh, th, tl"),
    "confidence word": ("commitments", "confidence: high", "confidence: sure", "confidence: sure", "opens with no confidence word", "Begin with high"),
    "value not allowed": ("media_rules", "    check: auto", "    check: machine", "check: machine", "'machine' is not an allowed value", "auto, human"),
    "number for a text": ("glossary", "en: English", "en: 5", "en: 5", "5 is not a text", "Put quotes"),
    "text for a list": ("commitments", "    data_source:\n      - legal_profile", "    data_source: legal_profile", "data_source:", "is not a list", "'- '"),
    "parent of a code": ("ictip", "    parent: E.M\n", "    parent: E.Q\n", "parent: E.Q", "'E.Q' is no code written above it", "Did you mean 'E.M'?"),
    "published value of an alias": ("htcds_traps", "to: DebtBondage}", "to: DebtBondge}", "DebtBondge}", "no published value", "'DebtBondage'"),
    "extension that is published": ("htcds", "name: RestrictsMovement", "name: DebtBondage", ("name: DebtBondage", 2), "already published", "Take"),
    "column of CTDC": ("crosswalk", "to: [meansThreats]", "to: [meansThreat]", "[meansThreat]", "no column of ctdc.yaml", "'meansThreats'"),
    "old vulnerability": ("vulnerability", "Poverty: DOV-H02", "Poverty: DOV-H99", "DOV-H99", "no factor of this file", "DOV-H"),
    "status on the route": ("route_status", "code: refugee", "code: Refugee", "code: Refugee", "'Refugee' is no code", "small letters"),
    "country code": ("countries", "alpha2: 'NO'", "alpha2: 'no'", "'no'", "no alpha2 code", "2 capital letters"),
    "Norway read as false": ("countries", "alpha2: 'NO'", "alpha2: NO", "alpha2: NO,", "False is not a text", "Put quotes"),
    "derived fact": ("facts", "from_fact: age_majority}", "from_fact: age_majorite}", "age_majorite", "no fact defined above", "'age_majority'"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_check_of_a_broken_file_names_file_line_problem_and_mend(name, tmp_path):
    file, old, new, where, problem, mend = FAULTS[name]
    folder, path = broken(tmp_path, file, old, new)
    passage, nth = where if isinstance(where, tuple) else (where, 1)
    with pytest.raises(StandardsError) as stopped:
        Library(folder).check()
    error = stopped.value
    assert error.file == path
    assert error.line == line_of(path, passage, nth=nth - 1)
    assert problem in error.problem
    assert mend in error.mend
    assert str(error).startswith(f"{file}.yaml, line {error.line}: ")


def test_check_of_a_missing_key_names_the_entry_it_is_missing_from(tmp_path):
    folder, path = broken(tmp_path, "vulnerability", "  - id: DOV-I01\n    level: individual\n", "  - id: DOV-I01\n")
    with pytest.raises(StandardsError) as stopped:
        Library(folder).check()
    assert (stopped.value.line, stopped.value.problem) == (line_of(path, "DOV-I01"), "the key 'level' is missing")


def test_check_of_a_file_that_is_no_yaml_names_the_line(tmp_path):
    folder, path = broken(tmp_path, "media_rules", "rules:\n", "rules: [\n")
    with pytest.raises(StandardsError) as stopped:
        Library(folder).check()
    assert (stopped.value.file, stopped.value.mend) == (path, "Mend the YAML at this line")


def test_check_of_an_absent_file_says_which(tmp_path):
    folder, path = broken(tmp_path, "media_rules", "rules:", "rules:")
    path.unlink()
    with pytest.raises(StandardsError) as stopped:
        Library(folder).check()
    assert (stopped.value.file, stopped.value.line) == (path, 1)


def test_check_of_the_packaged_files_passes_and_ignores_files_of_other_parts(tmp_path):
    folder, _path = broken(tmp_path, "media_rules", "rules:", "rules:")
    (folder / "workflow_variants.yaml").write_text("countries: {gh: {}}\n", encoding="utf-8")
    Library(folder).check()
