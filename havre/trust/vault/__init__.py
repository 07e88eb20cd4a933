"""The identity vault: names, documents, whereabouts and free text, sealed per person and section.

Only `havre.trust` opens it; other parts go through `havre.trust.identity`, which asks the policy and leaves the trace.
The names below are imported on first use, because models need the app registry.
"""

from importlib import import_module
from typing import Any

_WHERE = {
    "KeyCustodian": "custody",
    "KeyFault": "faults",
    "Tampered": "faults",
    "Plain": "sealing",
    "seal": "sealing",
    "open_": "sealing",
    "open_many": "sealing",
    "seal_bytes": "sealing",
    "open_bytes": "sealing",
    "make": "unlocking",
    "unlock": "unlocking",
    "lock": "unlocking",
    "is_unlocked": "unlocking",
    "pass_root_to_child": "handover",
    "receive_root": "handover",
    "Broker": "handover",
    "keys_in_use": "holding",
    "rotate_root": "rotation",
}


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(f"havre.trust.vault.{_WHERE[name]}"), name)
    raise AttributeError(name)
