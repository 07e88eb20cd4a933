"""Every workflow of every part, for what is generated from the tables: reference pages, guides, diagrams."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from havre.trust.contracts import contracts
from havre.trust.workflow import Workflow


def workflows() -> dict[str, Workflow]:
    """Each workflow by its name, in the order of the parts and of their names; the countries' variants are left out."""
    found: dict[str, Workflow] = {}
    for contract in contracts():
        name = f"havre.{contract.part}.workflow"
        # `trust.workflow` is the engine
        if contract.part == "trust" or find_spec(name) is None:
            continue
        module = import_module(name)
        for value in sorted((v for v in vars(module).values() if isinstance(v, Workflow) and not v.country), key=lambda one: one.name):
            found.setdefault(value.name, value)
    return found
