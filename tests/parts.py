"""One part's share of a case's page, read alone: the page itself reads the lines of every part together (register.queries)."""

from uuid import UUID

from havre.trust.actors import Actor
from havre.trust.contracts import Contract, Entry, Panel
from havre.trust.moments import Reading


def timeline(contract: Contract, actor: Actor, case_id: UUID) -> list[Entry]:
    """The lines of a case's timeline that this part gives to this actor."""
    found = Reading.of(actor, case_id, contract.lines()).moments
    return [entry for moment in found for entry in moment.entries(actor, contract.pages)]


def panels(contract: Contract, actor: Actor, case_id: UUID) -> list[Panel]:
    """The panels of a case's page that this part gives to this actor."""
    return list(contract.sheets(Reading.of(actor, case_id, contract.lines())))
