"""Published data of others: CTDC's layouts, told apart, normalised and kept as a file with its source and licence. Never cases."""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.register.exchange import vocabulary
from havre.register.exchange.sheets import digest_of, open_book
from havre.register.exchange.values import text_of
from havre.register.exchange.vocabulary import fold
from havre.register.exchange.workbooks import refuse
from havre.register.models import ExternalDataset
from havre.register.models.external import ExternalLayout
from havre.trust import audit, policy
from havre.trust.actors import Actor
from havre.trust.enums import Act
from havre.trust.errors import Invalid, Words
from havre.trust.ids import new_id

# CTDC cuts names at 32 characters in some releases
CUT = 32
# our name of a column → the publisher's, in the releases that were read (standards.md 3)
COLUMNS: dict[str, tuple[str, ...]] = {
    "year": ("yearOfRegistration",),
    "data_source": ("Datasource",),
    "gender": ("gender",),
    "age_band": ("ageBroad", "ageCategories"),
    "majority": ("majorityStatus",),
    "majority_at_exploitation": ("majorityStatusAtExploit",),
    "majority_at_entry": ("majorityEntry",),
    "citizenship": ("citizenship",),
    "country_of_exploitation": ("CountryOfExploitation",),
    "duration": ("traffickMonths",),
    "means_collapsed": ("ControlCategory",),
    "recruiter_collapsed": ("RecruiterCategory",),
    "exploitation_collapsed": ("ExploitType",),
    "labour_collapsed": ("Labor_Type",),
    "means_concatenated": ("meansOfControlConcatenated",),
    "exploitation_concatenated": ("typeOfExploitConcatenated",),
    "labour_concatenated": ("typeOfLabourConcatenated",),
    "sex_concatenated": ("typeOfSexConcatenated",),
    "recruiter_relation": ("RecruiterRelationship",),
    "corridor": ("corridor",),
}
# yes/no columns come in families; `typeOf*` was renamed `sectorOf*` in 2024 and both mean the same
_FLAGS = re.compile(r"(meansOfControl|means|is|typeOfLabour|sectorOfLabour|typeOfSex|sectorOfSex|recruiterRelation)([A-Z]\w*)$")
_FAMILIES = {
    "meansOfControl": "means",
    "means": "means",
    "is": "is",
    "typeOfLabour": "labour",
    "sectorOfLabour": "labour",
    "typeOfSex": "sex",
    "sectorOfSex": "sex",
    "recruiterRelation": "recruiter",
}
_MISSING = frozenset({"", "-99", "-99.0"})
_AGE = re.compile(r"(?:Age )?(\d{1,2})-{1,2}(\d{1,2})$|(?:Age )?(\d{1,2})\+$")


@dataclass(frozen=True, slots=True)
class Layout:
    """Which of CTDC's layouts a header is, and our name of each column in order."""

    kind: ExternalLayout
    names: tuple[str, ...]


def recognise(header: Sequence[str]) -> Layout:
    """Tell CTDC's layouts apart by their columns; a column that no release had keeps its own name.

    Raises: Invalid when the header is of no known layout, or mixes the k-anonymised with the synthetic one.
    """
    names = tuple(_name(column) for column in header)
    if {"ControlCategory", "ExploitType", "Labor_Type"} <= set(header):
        return Layout(ExternalLayout.CTDC_EXTRACT, names)
    k = any(column.startswith("meansOfControl") for column in header)
    synthetic = any(re.match(r"means(?!OfControl)[A-Z]", column) for column in header)
    if k and synthetic:
        raise Invalid(_("The file mixes CTDC's k-anonymised and synthetic columns. Use one published file as it is: the two are never counted together."))  # fmt: skip # noqa: E501
    if (k or synthetic) and "gender" in header and "citizenship" in header:
        return Layout(ExternalLayout.CTDC_K if k else ExternalLayout.CTDC_SYNTHETIC, names)
    raise Invalid(_("This is none of CTDC's published layouts (global k-anonymised, global synthetic, derived extract)."))


def _name(column: str) -> str:
    for ours, theirs in COLUMNS.items():
        if any(column == name or (len(column) == CUT and name.startswith(column)) for name in theirs):
            return ours
    found = _FLAGS.match(column)
    return f"{_FAMILIES[found[1]]}_{found[2]}" if found else column


@trust.act("external.add")
def add_dataset(*, by: Actor, source: BinaryIO, title: str, origin: str, licence: str, sheet: str = "") -> ExternalDataset:
    """Keep a published data set: rows in a compressed file of the house, the rest in a record. The same file again changes nothing.

    Args: origin, who published it and where; licence, as published. Raises: Refused without the right to count or to import; Invalid.
    """
    if not policy.may_in_house(by, Act.COUNT):
        policy.require_in_house(by, Act.IMPORT)
    missing: dict[str, list[Words]] = {}
    for name, said in (("title", title), ("origin", origin), ("licence", licence)):
        if not said.strip():
            missing[name] = [_("Say this: a figure without it may not be used.")]
    if missing:
        raise Invalid(missing)
    digest = digest_of(source).hex()
    before = ExternalDataset.objects.filter(sha256=digest).first()
    if before is not None:
        return before
    book = open_book(source)
    rows = book.rows(sheet)
    header = [text_of(cell) for cell in next(rows)[1]]
    layout = recognise(header)
    dataset = ExternalDataset(
        pk=new_id(), title=title, source=origin, licence=licence, layout=layout.kind, sha256=digest, by=by.user, added_at=by.at
    )
    counts: Counter[str] = Counter()
    dataset.rows = _keep(dataset, layout, rows, counts, whole=book.kind == "csv")
    dataset.columns = dict(zip(layout.names, header, strict=True))
    dataset.counts = {name: counts[name] for name in layout.names}
    try:
        dataset.save(force_insert=True)
    except BaseException:
        file_of(dataset).unlink(missing_ok=True)
        raise
    audit.record(event="external.add", by=by, subject=dataset.pk, codes={"rows": dataset.rows, "layout": layout.kind.value})
    return dataset


def file_of(dataset: ExternalDataset) -> Path:
    """Where the rows lie: a gzip-compressed CSV, our column names in its first row. Readable without Django, by `evidence`'s jobs."""
    return Path(settings.HAVRE_HOME) / "external" / f"{dataset.pk}.csv.gz"


def rows_of(dataset: ExternalDataset) -> Iterator[dict[str, str]]:
    """The normalised rows, one at a time: "" is not recorded."""
    with gzip.open(file_of(dataset), "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _keep(dataset: ExternalDataset, layout: Layout, rows: Iterator[tuple[int, list[Any]]], counts: Counter[str], *, whole: bool) -> int:
    """Write the rows beside, flush them to disk, then rename: a stop leaves no half file under the final name."""
    path = file_of(dataset)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    kept = 0
    try:
        # no time and no name in the header, so that the same rows make the same bytes
        with beside.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) as packed:
            text = io.TextIOWrapper(packed, encoding="utf-8", newline="")
            writer = csv.writer(text)
            writer.writerow(layout.names)
            for number, cells in rows:
                writer.writerow(_normal(layout, number, cells, counts, whole=whole))
                kept += 1
            text.flush()
            text.detach()
        with beside.open("rb") as written:
            os.fsync(written.fileno())
        beside.replace(path)
    except OSError as error:
        refuse(_("The data set could not be written (%(why)s). Free some space and add it again; nothing was kept."), why=error.strerror)
    finally:
        beside.unlink(missing_ok=True)
    return kept


def _normal(layout: Layout, number: int, cells: list[Any], counts: Counter[str], *, whole: bool) -> list[str]:
    if len(cells) > len(layout.names) or (whole and len(cells) < len(layout.names)):
        refuse(_("Row %(row)s has another number of cells than the header: the file may be damaged."), row=number)
    texts = [text_of(cell) for cell in cells] + [""] * (len(layout.names) - len(cells))
    found = [_value(name, text) for name, text in zip(layout.names, texts, strict=True)]
    counts.update(name for name, value in zip(layout.names, found, strict=True) if value)
    return found


def _value(name: str, text: str) -> str:
    """Blank, -99 and the citizenships 0 and 00 are not recorded; a flag is 1 or 0; an age is low-high or low+; a country is alpha-2."""
    if text in _MISSING:
        return ""
    if name in ("citizenship", "country_of_exploitation"):
        return "" if text in ("0", "00") else vocabulary.countries().get(fold(text), text)
    if name == "age_band" and (found := _AGE.match(text)):
        return f"{found[3]}+" if found[3] else f"{int(found[1])}-{int(found[2])}"
    return {"1.0": "1", "0.0": "0"}.get(text, text)
