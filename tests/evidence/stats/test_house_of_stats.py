"""What the two `stats` packages promise together: typed returns, sources in the docstrings, examples that are true, no Django."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("havre.evidence.stats", "havre.release.stats")
# what has an owner and a test of its own
APART = ("havre.evidence.stats.linkage", "benchmarks.linkage", "benchmarks.private_linkage", "benchmarks.lists", "benchmarks.speller")
APART += tuple(f"benchmarks.{name}" for name in ("attacks", "case_page", "suppression", "synthesis"))
WRITTEN = ("havre.evidence.stats", "havre.release.stats.media", "benchmarks")
# a paper, a standard, an article of law, or a library that has the method
SOURCE = re.compile(r"\bSources?\b|\b(19|20)\d\d\b|\bart\. ?\d|\b(ISO|UN|UNODC|IOM|CTDC|HTCDS|SDG|M49)\b|scipy\.")
# a word that says how long, how wide or how many
SHAPED = re.compile(r"×|\b(?:length|rows?|shape|one a|a value|values?|axis|matrix|square|columns?|arrays?)\b")
# what implements no method that anybody published, by the reason why; every other function and class cites
PLAIN = {
    "an engine or its protocol: it counts distinct persons, and SQL or polars is its method": """
        engines.asking.Spread engines.asking.Engine engines.sql.Sql engines.duck.DuckDB engines.frames.Polars engines.spark.Spark
        engines.spark.local_session engines.opening.open_tables""",
    "an error: it carries a sentence": "errors.BadRows prevalence.words.inputs.BadTable vulnerability.fitting.NoFit",
    "words: it fills or sets a sentence, or writes a number": """
        prevalence.words.text.Text prevalence.words.text.filled prevalence.words.inputs.bad prevalence.words.methods.method
        prevalence.words.reasons.reason prevalence.phrases.rounded prevalence.phrases.sentence
        figures.drawing.figure figures.drawing.percent figures.drawing.interval figures.drawing.folded""",
    "drawing and pages: the method is that of the numbers drawn": """
        figures.drawing.crosses figures.sheet.Methods figures.sheet.Figure figures.sheet.write prevalence.report.write
        prevalence.report.page prevalence.plots.plots prevalence.plots.families prevalence.plots.resamples prevalence.plots.traces
        prevalence.plots.sensitivity prevalence.plots.strata prevalence.plots.Plot""",
    "the light: thresholds of Havre's own, tried in docs/reference/coverage.md": """
        prevalence.light.refusal_before prevalence.light.refused prevalence.light.spread_of prevalence.light.light
        prevalence.result.Light prevalence.result.Change prevalence.pool.usable prevalence.pool.usable_range""",
    "tables: it reads, looks up, checks or hands on": """
        prevalence.table.checked prevalence.table.Nested prevalence.table.pairs
        prevalence.estimate.versions vulnerability.coding.frame_of vulnerability.coding.not_applicable vulnerability.coding.clusters_of
        vulnerability.coding.weights_of vulnerability.factors.chosen""",
    "media: it holds or cuts the text that the rules are asked of": """
        media.documents.Document media.findings.Finding media.findings.tidy media.packs.Pack media.packs.pack media.reading.Sentence
        media.reading.Doc media.reading.read media.text.Declared""",
    "a benchmark: it runs, times and prints": """
        benchmarks.coverage.overlaps benchmarks.coverage.drawn benchmarks.coverage.line benchmarks.coverage.read benchmarks.coverage.run
        benchmarks.coverage.short benchmarks.coverage.main benchmarks.prevalence.peer benchmarks.prevalence.main benchmarks.media.texts
        benchmarks.import_speed.timed_import benchmarks.import_speed.timed_bare benchmarks.import_speed.peak benchmarks.import_speed.main
        benchmarks.audit_clients.prepare benchmarks.audit_clients.make_tables benchmarks.audit_clients.row benchmarks.audit_clients.write
        benchmarks.audit_clients.import_rows benchmarks.audit_clients.measure benchmarks.audit_clients.stored benchmarks.audit_clients.main
        benchmarks.list_speed.main benchmarks.list_load.policy_cost benchmarks.list_load.queries_a_page benchmarks.list_load.counting
        benchmarks.list_load.served benchmarks.list_house.Officer benchmarks.list_house.build benchmarks.__main__.Part
        benchmarks.__main__.run benchmarks.__main__.main benchmarks.breach.prepare
        benchmarks.breach.make_cases benchmarks.breach.make_readings benchmarks.breach.exercise
        benchmarks.breach.main benchmarks.brochures.Made benchmarks.brochures.wanted benchmarks.brochures.make benchmarks.brochures.timed
        benchmarks.brochures.main benchmarks.guide.main benchmarks.own_house.opened
        benchmarks.paper_readers.Leaf benchmarks.paper_readers.Claims benchmarks.paper_readers.poppler_is_here
        benchmarks.paper_readers.by_pdfium benchmarks.paper_readers.by_poppler benchmarks.paper_readers.tags_by_pdfium
        benchmarks.paper_readers.tags_by_poppler benchmarks.paper_readers.claims benchmarks.paper_words.Said
        benchmarks.paper_words.Frame benchmarks.paper_words.foot benchmarks.paper_words.said benchmarks.reread.Reading
        benchmarks.reread.Letters benchmarks.reread.letters benchmarks.reread.times benchmarks.reread.without_frame
        benchmarks.reread.lost benchmarks.reread.out_of_order benchmarks.reread.jumps benchmarks.reread.read
        benchmarks.reread.wanted benchmarks.reread.reread benchmarks.reread.told benchmarks.reread.main benchmarks.step.by_hand
        benchmarks.step.House benchmarks.step.turn benchmarks.step.main benchmarks.step_house.make benchmarks.step_house.actor
        benchmarks.step_house.put_in_force benchmarks.step_house.order benchmarks.step_house.last benchmarks.step_house.codes
        benchmarks.step_house.main""",
}


@cache
def functions(package):
    """The functions and methods of a package as syntax, nested ones left out: (module, dotted name, node, public function)."""
    found = []
    for path in sorted((ROOT / package.replace(".", "/")).rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                found.append((module, f"{module}.{node.name}", node, not node.name.startswith("_")))
            if isinstance(node, ast.ClassDef):
                inner = [one for one in node.body if isinstance(one, ast.FunctionDef)]
                found += [(module, f"{module}.{node.name}.{one.name}", one, False) for one in inner]
    return found


def test_at_least_ninety_five_in_a_hundred_returns_are_typed(capsys):
    for package in PACKAGES:
        untyped = [dotted for _module, dotted, node, _public in functions(package) if node.returns is None]
        several = len(functions(package))
        with capsys.disabled():
            print(f"\n{package}: {several - len(untyped)} of {several} returns typed ({100 - 100 * len(untyped) / several:.1f} %)")
        assert several > 300
        assert len(untyped) <= 0.05 * several, untyped


@cache
def documented():
    """Public functions and classes that must explain themselves: dotted name -> node. `media.` and the rest of the path are kept."""
    found = {}
    for package in WRITTEN:
        for path in sorted((ROOT / package.replace(".", "/")).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            if module.startswith(APART):
                continue
            short = module.removeprefix("havre.evidence.stats.").removeprefix("havre.release.stats.")
            nodes = [one for one in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(one, (ast.FunctionDef, ast.ClassDef))]
            found |= {f"{short}.{node.name}": node for node in nodes if not node.name.startswith("_")}
    return found


def said(node):
    return ast.get_docstring(node) or ""


def test_public_functions_and_classes_have_docstrings():
    assert len(documented()) > 250
    assert [dotted for dotted, node in documented().items() if len(said(node)) < 20] == []


def test_public_functions_and_classes_cite_what_they_implement_or_are_listed_as_plain():
    plain = {dotted: reason for reason, names in PLAIN.items() for dotted in names.split()}
    assert sorted(set(plain) - set(documented())) == [], "listed as plain and not there"
    assert sorted(dotted for dotted in plain if re.search(r"\bSources?:", said(documented()[dotted]))) == [], "listed as plain and cites"
    assert [dotted for dotted, node in documented().items() if dotted not in plain and not SOURCE.search(said(node))] == []


def test_public_function_that_raises_says_what():
    def raises(node):
        return isinstance(node, ast.FunctionDef) and any(isinstance(one, ast.Raise) and one.exc is not None for one in ast.walk(node))

    mine = [(dotted, node) for dotted, node in documented().items() if raises(node)]
    assert len(mine) > 15
    assert [dotted for dotted, node in mine if "Raise" not in said(node)] == []


def test_public_function_over_arrays_gives_their_shape():
    mine = [(d, n) for d, n in documented().items() if isinstance(n, ast.FunctionDef) and "np.ndarray" in ast.unparse(n.args)]
    mine += [
        (d, n) for d, n in documented().items() if isinstance(n, ast.FunctionDef) and n.returns and "np.ndarray" in ast.unparse(n.returns)
    ]
    assert len(mine) > 20
    assert [dotted for dotted, node in mine if not SHAPED.search(said(node))] == []


def test_share_of_public_functions_that_cite_is_printed_for_every_package(capsys):
    with capsys.disabled():
        for package in ("prevalence.", "vulnerability.", "figures.", "engines.", "media.", "benchmarks."):
            mine = [node for dotted, node in documented().items() if dotted.startswith(package)]
            citing = sum(bool(SOURCE.search(said(node))) for node in mine)
            print(f"\n{package[:-1]}: {citing} of {len(mine)} public functions and classes cite a source, plain ones included")
            assert mine


# one process for all: the libraries behind the two packages take seconds to load
WHOLE = """
import doctest, importlib, sys
modules = sys.argv[1:]
results = {name: doctest.testmod(importlib.import_module(name)) for name in modules}
print(sum(one.attempted for one in results.values()), [name for name, one in results.items() if one.failed], 'django' in sys.modules)
"""


def test_every_module_loads_without_django_and_its_examples_are_true():
    modules = sorted({module for package in PACKAGES for module, *_rest in functions(package)})
    ran = subprocess.run([sys.executable, "-c", WHOLE, *modules], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    attempted, rest = ran.stdout.strip().splitlines()[-1].split(" ", 1)
    assert rest == "[] False", ran.stdout
    assert int(attempted) >= 30
