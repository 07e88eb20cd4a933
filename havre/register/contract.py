"""What this part gives to the house: see havre.trust.contracts."""

from havre.register import extract
from havre.trust.contracts import Contract, register_contract


def register() -> None:
    register_contract(Contract(part="register", extract=extract.extract, columns=extract.COLUMNS))
