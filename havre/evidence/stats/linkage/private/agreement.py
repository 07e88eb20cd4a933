"""The written agreement of an exchange: who, why, until when, how hard, and what may come out. Its digest is part of every key.

So neither the linkage unit nor one owner alone can change what was agreed: with another agreement the keys, hence the files, do not meet.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from havre.evidence.stats.linkage.private.encoding import Hardening
from havre.evidence.stats.linkage.private.errors import CannotLink
from havre.evidence.stats.linkage.private.keys import identifier

KIND = "havre-private-agreement"
OUTPUTS = ("cells", "pairs")
LEAST_CELL = 11


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the owners agreed. `parties`, two or more; `purpose`, words for the register of processing; `expires_on`, the last day of use;
    `size`, about how many records the longest list has; `output`, "cells" or "pairs"; `least_cell`, the smallest count shown."""

    exchange: str
    parties: tuple[str, ...]
    purpose: str
    expires_on: date
    size: int
    output: str = "cells"
    least_cell: int = LEAST_CELL
    hardening: Hardening = field(default_factory=Hardening)

    def as_json(self) -> dict[str, Any]:
        """The agreement as plain JSON values, the form that is digested."""
        values = asdict(self) | {"kind": KIND, "version": 1, "parties": sorted(self.parties), "expires_on": self.expires_on.isoformat()}
        return dict(sorted(values.items()))

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, hexadecimal: two owners with the same terms have the same."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _bad(en: str, fr: str) -> CannotLink:
    return CannotLink("bad_agreement", en=f"the agreement: {en}", fr=f"l'accord : {fr}")


def read(text: str) -> Agreement:
    """An agreement from its JSON text. Raises CannotLink, saying which term is wrong."""
    try:
        found = json.loads(text)
        if not isinstance(found, Mapping) or found.get("kind") != KIND or found.get("version") != 1:
            raise ValueError
    except ValueError:
        raise _bad(
            f'give a JSON object with "kind": "{KIND}" and "version": 1', f'donnez un objet JSON avec "kind": "{KIND}" et "version": 1'
        ) from None
    terms = {"exchange", "parties", "purpose", "expires_on", "size", "output", "least_cell", "hardening"}
    missing = sorted({"exchange", "parties", "purpose", "expires_on", "size"} - set(found))
    unknown = sorted(set(found) - terms - {"kind", "version"})
    if missing or unknown:
        raise _bad(
            f"missing {', '.join(missing) or 'nothing'}; not understood {', '.join(unknown) or 'nothing'}",
            f"il manque {', '.join(missing) or 'rien'} ; non compris : {', '.join(unknown) or 'rien'}",
        )
    return _checked(found)


def _checked(found: Mapping[str, Any]) -> Agreement:
    parties = found["parties"]
    if not isinstance(parties, list) or len(set(map(str, parties))) != len(parties) or len(parties) < 2:
        raise _bad("parties: two different names or more", "parties : deux noms différents au moins")
    try:
        until = date.fromisoformat(found["expires_on"])
    except (ValueError, TypeError):
        raise _bad("expires_on: an ISO date such as 2027-12-31", "expires_on : une date ISO, par exemple 2027-12-31") from None
    size, least, output = found["size"], found.get("least_cell", LEAST_CELL), found.get("output", "cells")
    if not _whole(size, 1, 100_000_000) or not _whole(least, 1, 1_000):
        raise _bad("size and least_cell: whole numbers from 1", "size et least_cell : des nombres entiers à partir de 1")
    if output not in OUTPUTS:
        raise _bad('output: "cells" or "pairs"', "output : « cells » ou « pairs »")
    if not isinstance(found["purpose"], str) or not found["purpose"].strip():
        raise _bad("purpose: say in words what the exchange is for", "purpose : dites en mots à quoi sert l'échange")
    named = tuple(sorted(identifier(party, "party") for party in parties))
    return Agreement(
        identifier(found["exchange"]), named, found["purpose"].strip(), until, size, output, least, _hardening(found.get("hardening", {}))
    )


def _whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _hardening(found: object) -> Hardening:
    """Terms may ask for more noise or more dummies, never for less than the least: no salt, no flips or no dummies is for benchmarks only."""
    try:
        how = Hardening(**found)  # type: ignore[arg-type]
        fair = (
            how.salt is True
            and how.fold in (True, False)
            and 1 <= how.flip <= 8
            and 0.05 <= how.dummies <= 0.1
            and 5 <= how.least <= how.most
        )
    except TypeError:
        fair = False
    if not fair:
        raise _bad(
            "hardening: salt true, fold true or false, flip 1 to 8 (64ths), dummies 0.05 to 0.1, least 5 or more; leave it out for the defaults",
            "hardening : salt à true, fold à true ou false, flip de 1 à 8 (64es), dummies de 0,05 à 0,1, least au moins 5 ; "
            "omettez-le pour les valeurs usuelles",
        )
    return how


def in_force(terms: Agreement, *, on: date) -> None:
    """Raises CannotLink when the agreement has ended."""
    if on > terms.expires_on:
        raise CannotLink(
            "expired",
            en=f"the agreement of {terms.exchange} ended on {terms.expires_on}: sign a new one, with new keys",
            fr=f"l'accord de {terms.exchange} a pris fin le {terms.expires_on} : signez-en un nouveau, avec de nouvelles clés",
        )
