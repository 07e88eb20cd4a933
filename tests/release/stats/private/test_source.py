"""Noise comes from OpenDP and from nowhere else."""

import ast
from pathlib import Path

import pytest

from havre.release.stats import private

FOLDER = Path(private.__file__).parent
FILES = sorted(FOLDER.glob("*.py"))
GENERATORS = {"random", "secrets", "numba", "jax", "torch"}


def sources_of_chance(text: str) -> set[str]:
    """Every way a file could draw chance: a module of generators, or `random`, `default_rng` or a distribution of an array library."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names if name.name.split(".")[0] in GENERATORS}
        elif isinstance(node, ast.ImportFrom):
            names = {name.name for name in node.names}
            if (node.module or "").split(".")[0] in GENERATORS or names & {"random", "default_rng"}:
                found.add(node.module or "")
        elif isinstance(node, ast.Attribute) and node.attr in {"random", "default_rng", "rvs", "urandom", "shuffle", "sample"}:
            found.add(node.attr)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_private_code_draws_no_chance_of_its_own(path):
    assert sources_of_chance(path.read_text()) == set()


@pytest.mark.parametrize(
    "text",
    [
        "import random",
        "import numpy as np\nnp.random.normal(0, 1)",
        "from numpy.random import default_rng",
        "import secrets",
        "norm.rvs(3)",
    ],
)
def test_search_for_chance_planted_generator_is_found(text):
    assert sources_of_chance(text) != set()


def test_noise_is_made_in_one_file_by_opendp():
    makers = {path.name for path in FILES if "make_gaussian" in path.read_text()}

    # accounting converts a budget with the same measurement and never draws
    assert makers == {"noise.py", "accounting.py"}
    assert "measurement(" not in (FOLDER / "accounting.py").read_text().replace("make_gaussian(", "")


def test_rest_of_the_release_never_asks_numpy_for_noise():
    """Inference may use chance (it sees noisy answers only); nothing there may touch the rows after they were counted."""
    synthesis = FOLDER.parent / "synthesis"
    with_chance = {path.name for path in synthesis.glob("*.py") if "np.random" in path.read_text()}

    assert with_chance == {"kernels.py"}
    assert "import polars" not in (synthesis / "kernels.py").read_text()
