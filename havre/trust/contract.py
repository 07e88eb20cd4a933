"""What this part gives to the house: see havre.trust.contracts."""

from havre.trust.contracts import Contract, register_contract
from havre.trust.models import Clock, ClockEvent, Override


def register() -> None:
    register_contract(Contract(part="trust", models=(Clock, ClockEvent, Override)))
