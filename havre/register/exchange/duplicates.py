"""Whether a row was here before: by its record id, else by its whole content. Only keyed digests are kept or compared."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Sequence
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Substr

from havre.register.exchange.problems import Problem
from havre.register.exchange.records import Draft
from havre.register.models import Detection, Person

HALF = 32


class Fingerprints:
    """Digests under a key of this instance: without it nobody can try names against them (HMAC-SHA256, 128 bits kept)."""

    def __init__(self) -> None:
        self._key = hashlib.sha256(b"havre import fingerprint\0" + settings.SECRET_KEY.encode()).digest()

    def of(self, text: str) -> str:
        return hmac.digest(self._key, text.encode("utf-8", "surrogatepass"), "sha256").hex()[:HALF]

    def of_bytes(self, digest: bytes) -> str:
        return hmac.digest(self._key, digest, "sha256").hex()


class Ledger:
    """What one file has said so far. `key(draft)` gives the draft's source key and notes what it repeats.

    A source key is 64 hexadecimal digits: 32 of the record, 32 of its content. Rows without an id that say exactly the same of nobody
    in particular stay apart by their order: two unnamed women of one age are two women.
    """

    def __init__(self) -> None:
        self.fingerprints = Fingerprints()
        self._ids: dict[str, str] = {}
        self._times: dict[str, int] = {}

    def key(self, draft: Draft) -> tuple[str, bool]:
        """(source key, whether an earlier row of the file said the very same of the same record)."""
        content = self.fingerprints.of("row\0" + draft.content)
        if draft.record_id:
            record = self.fingerprints.of("id\0" + draft.record_id)
            before = self._ids.setdefault(record, content)
            repeated = draft.row != 0 and record in self._times
            self._times[record] = 1
            if before != content:
                draft.problems.append(Problem(draft.row, "havre_RecordId", "havre_RecordId", draft.record_id, "id_twice"))
            return record + content, repeated and before == content
        times = self._times[content] = self._times.get(content, 0) + 1
        if times > 1 and ({"prs_FirstName", "prs_SecondName", "prs_IdentityNumber"} & draft.identity.keys()):
            draft.problems.append(Problem(draft.row, "", "", "", "row_twice"))
        return self.fingerprints.of(f"row\0{draft.content}\0{times}") + content, False


def known(organisation_id: UUID, keys: Sequence[str]) -> dict[str, str]:
    """Record half → content half, of those that this organisation imported before."""
    heads = {key[:HALF] for key in keys}
    rows = (
        Detection.objects.for_house("import")
        .filter(organisation_id=organisation_id)
        .exclude(source_key="")
        .annotate(head=Substr("source_key", 1, HALF))
        .filter(head__in=heads)
        .values_list("source_key", flat=True)
    )
    return {key[:HALF]: key[HALF:] for key in rows}


def already_ours(organisation_id: UUID, persons: Collection[UUID]) -> frozenset[UUID]:
    """Which of these persons, named by a copy that came back, are in cases of this very organisation."""
    if not persons:
        return frozenset()
    mine = Person.objects.for_house("import").filter(pk__in=list(persons), case__lead_id=organisation_id)
    return frozenset(mine.values_list("pk", flat=True))
