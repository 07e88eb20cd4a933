"""How our codes read in HTCDS, CTDC, GLOTIP and ICCS, with what each passage loses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from havre.standards.files.htcds import Htcds
from havre.standards.reading import Page

Relation = Literal["exact", "coarser", "none"]
MapConfidence = Literal["high", "memory_check", "inferred"]


@dataclass(frozen=True, slots=True)
class To:
    """Columns or values on the other side. `relation` coarser: the other side says less, so it is never read back as this code."""

    to: tuple[str, ...]
    relation: Relation
    confidence: MapConfidence


@dataclass(frozen=True, slots=True)
class ToOne:
    """One form of GLOTIP, for totals only."""

    to: str
    confidence: MapConfidence


@dataclass(frozen=True, slots=True)
class ToSeveral:
    """Classes of ICCS v1.0. Several: the lawyer chooses by the charge."""

    to: tuple[str, ...]
    confidence: MapConfidence


@dataclass(frozen=True, slots=True)
class Passage:
    """One code of ours (with `detail` where the register is finer than the code) and what it becomes elsewhere.

    `htcds` are names of `control` for means and of `exploitation` for purposes; an extension value is written out as its `export_as`.
    `htcds_note`: a note must say what `Other` stands for. `htcds_only_when`: only under this condition of the record.
    """

    code: str
    ctdc_k: To
    ctdc_synthetic: To
    detail: str | None = None
    htcds: tuple[str, ...] = ()
    htcds_relation: Relation | None = None
    htcds_note: bool = False
    htcds_only_when: str | None = None
    htcds_sexual: str | None = None
    htcds_industry: str | None = None
    glotip: ToOne | None = None
    iccs: ToSeveral | None = None


@dataclass(frozen=True, slots=True)
class Composite:
    """A value that stands for several. Kept whole, with its source."""

    code: str
    confidence: MapConfidence
    ctdc_k: str | None = None
    ctdc_synthetic: str | None = None
    glotip: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """An HTCDS value without a code of ours: kept as the source's claim."""

    list: str
    name: str


@dataclass(frozen=True, slots=True)
class StatusPassage:
    """One identification status and what it becomes. None: nothing is exported."""

    status: Literal["screened", "presumed", "confirmed", "not_confirmed"]
    htcds: str | None
    ictip: str | None
    glotip: Literal["detected_presumed", "detected_confirmed"] | None


@dataclass(frozen=True, slots=True)
class EventType:
    """The place-and-time event of HTCDS nearest to an act. Not the legal act itself."""

    code: str
    htcds: str


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """Every passage. What has no row has no honest passage."""

    version: str
    means: tuple[Passage, ...]
    purposes: tuple[Passage, ...]
    composites: tuple[Composite, ...]
    claims_only: tuple[Claim, ...]
    statuses: tuple[StatusPassage, ...]
    statuses_read: Mapping[str, Literal["claim_presumed", "claim_of_deciding_body", "claim_not_found"]]
    event_types: tuple[EventType, ...]
    gender_glotip: Mapping[str, Literal["female", "male"] | None]

    def of_means(self, code: str, detail: str | None = None) -> tuple[Passage, ...]:
        """The passages of a means; of one detail of it when given."""
        return tuple(p for p in self.means if p.code == code and detail in {None, p.detail})

    def of_purpose(self, code: str) -> Passage | None:
        """The passage of a purpose; of its parent where the finer code has none."""
        while code:
            for passage in self.purposes:
                if passage.code == code:
                    return passage
            code = code.rpartition(".")[0]
        return None

    def means_of_control(self, value: str) -> Passage | None:
        """The means that an HTCDS control value stands for; None for Other and unknown values."""
        return next((p for p in self.means if value in p.htcds and value != "Other"), None)

    def purpose_of_exploitation(self, value: str) -> Passage | None:
        """The purpose that an HTCDS exploitation value stands for. None for Other and claims; Servitude is read as E.P.4, not E.P.3."""
        exact = [p for p in self.purposes if value in p.htcds and p.htcds_relation != "coarser"]
        return exact[0] if exact else None


def read(page: Page, *, codes: frozenset[str], htcds: Htcds, columns: frozenset[str], synthetic: frozenset[str]) -> Crosswalk:
    """The passages, checked on both sides. Raises: StandardsError."""
    found = page.read(Crosswalk)
    for name, picklist in (("means", "control"), ("purposes", "exploitation")):
        for place, one in enumerate(getattr(found, name)):
            _check(page, one, (name, place), codes, htcds, htcds.names(picklist), columns, synthetic)
    for place, composite in enumerate(found.composites):
        page.refer(composite.code, codes, "code of ictip.yaml", "composites", place, "code")
    for place, claim in enumerate(found.claims_only):
        page.refer(claim.name, htcds.names(claim.list), "published value", "claims_only", place, "name")
    published = htcds.names("trafficking_status")
    for place, status in enumerate(found.statuses):
        if status.htcds is not None:
            page.refer(status.htcds, published, "trafficking status of HTCDS", "statuses", place, "htcds")
        if status.ictip is not None:
            page.refer(status.ictip, codes, "code of ictip.yaml", "statuses", place, "ictip")
    for value in found.statuses_read:
        page.refer(value, published, "trafficking status of HTCDS", "statuses_read", value)
    for place, event in enumerate(found.event_types):
        page.refer(event.code, codes, "code of ictip.yaml", "event_types", place, "code")
        page.refer(event.htcds, htcds.names("event_type"), "event type of HTCDS", "event_types", place, "htcds")
    for value in found.gender_glotip:
        page.refer(value, htcds.names("gender"), "gender of HTCDS", "gender_glotip", value)
    return found


def _check(page: Page, one: Passage, at: tuple[str, int], codes: frozenset[str], htcds: Htcds, values: tuple[str, ...],
           columns: frozenset[str], synthetic: frozenset[str]) -> None:  # fmt: skip
    page.refer(one.code, codes, "code of ictip.yaml", *at, "code")
    for nth, value in enumerate(one.htcds):
        page.refer(value, values, "value of this HTCDS list", *at, "htcds", nth)
    if one.htcds_sexual is not None:
        page.refer(one.htcds_sexual, htcds.names("sexual_exploitation"), "form of sexual exploitation of HTCDS", *at, "htcds_sexual")
    if one.htcds_industry is not None:
        page.refer(one.htcds_industry, htcds.names("industry"), "industry of HTCDS", *at, "htcds_industry")
    for side, known in (("ctdc_k", columns), ("ctdc_synthetic", synthetic)):
        passage: To = getattr(one, side)
        page.require((passage.relation == "none") == (not passage.to), "relation none goes with an empty 'to', and only with it",
                     "Empty 'to' or change the relation", *at, side, "relation")  # fmt: skip
        for nth, column in enumerate(passage.to):
            page.refer(column, known, "column of ctdc.yaml", *at, side, "to", nth)
