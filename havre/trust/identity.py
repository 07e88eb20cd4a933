"""The only way to what is sealed: each reading asks the policy and leaves its trace before anything is shown.

A reading is committed to the trail when the request's `acting` ends, that is before the response leaves; if that fails the page is a 503.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from havre.trust import audit, bulk, policy
from havre.trust.actors import Actor
from havre.trust.acts import act
from havre.trust.asking.services import asked_for, note_use
from havre.trust.audit import lag
from havre.trust.context import require
from havre.trust.enums import ROLE_PURPOSES, SECTION_LABELS, Act, Purpose, Section
from havre.trust.errands import as_house
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import BlindIndex, CountrySearch, SealedSection, User
from havre.trust.policy.rows import ON_REQUEST, When
from havre.trust.vault import blind, names, sealing
from havre.trust.vault.holding import keys_in_use  # noqa: F401 (an import holds the keys through this door)
from havre.trust.vault.sealing import Plain

IDENTITY, FILE = "identity", "file"
# names of a caseload are opened in memory up to this many; beyond it a search needs a compound
CASELOAD = 5_000
KIND_LETTERS = 24
# the policy rows by which a name opens on a granted request alone
BY_REQUEST = frozenset(name for name, row in policy.POLICY.allows if row.when is ON_REQUEST)
SHOWN = 50
# a fingerprint of words: digests of runs of so many words, the smallest of which are kept
RUN, SKETCH = 5, 64
# searches of the whole country that one person may make: in an hour, in a day
HOURLY, DAILY = 20, 60
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """One person of the caseload whose name fits. `repr` leaves the name out."""

    case_id: UUID
    person_id: UUID
    name: str = field(repr=False)


def read(
    *, by: Actor, case_id: UUID, person_id: UUID, section: Section, kinds: Collection[str] | None = None
) -> dict[tuple[str, UUID], Body]:
    """What is sealed of one person in one section of a case, by (kind, record).

    Args: kinds, codes to keep; None keeps all. Empty when nothing was recorded.
    Raises: Missing when the case is not there for this actor; Refused (403) when the section is not; Unscoped outside `acting(by)`;
    KeyFault when the vault is locked; ChainBehind (503) when the audit chain is more than 10 minutes behind.
    """
    context = require(by)
    on = _allow(by, Act.READ, section, case_id, person_id)
    lag.require_open()
    rows = SealedSection.objects.visible_to(by).filter(case_id=case_id, person_id=person_id, section_bit=int(section))
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    found = list(rows.order_by("updated_at", "id"))
    if found:
        context.log.add(section, [person_id], opened=True)
        if set(on) <= BY_REQUEST:
            note_use(by, [(case_id, person_id)])
    return {(row.kind, row.record_id): body for row, body in zip(found, sealing.open_many(found), strict=True)}


def read_one(
    *, by: Actor, case_id: UUID, person_id: UUID, section: Section, kind: str = IDENTITY, record_id: UUID | None = None
) -> Body | None:
    """One sealed body, None when it was not recorded. `record_id` is the person's id where it is left out. Raises: as `read`."""
    found = read(by=by, case_id=case_id, person_id=person_id, section=section, kinds=[kind])
    return found.get((kind, record_id or person_id))


def read_records(*, by: Actor, kind: str, record_ids: Iterable[UUID], ground: policy.Ground | None = None) -> dict[UUID, Body]:
    """The sealed words of several records of one kind, for a list: two queries for any number of rows.

    Args: ground, what a page has read of the one case that they belong to.
    A record that this actor may not read is absent, as it is when it does not exist. Raises: Unscoped, KeyFault, ChainBehind.
    """
    context = require(by)
    lag.require_open()
    mine = SealedSection.objects.visible_to(by) if ground is None else SealedSection.objects.visible_in(ground)
    found = list(mine.filter(kind=kind, record_id__in=list(record_ids)))
    for row in found:
        context.log.add(Section(row.section_bit), [row.person_id], opened=True)
    _used(by, [(row.case_id, row.person_id) for row in found if row.section_bit == Section.IDENTITY])
    return {row.record_id: body for row, body in zip(found, sealing.open_many(found), strict=True)}


def write(
    *,
    by: Actor,
    case_id: UUID,
    person_id: UUID,
    section: Section,
    kind: str,
    body: Body,
    record_id: UUID | None = None,
    schema_version: int = 1,
) -> SealedSection:
    """Seal one body, in place of what stood under the same kind and record; an identity also renews its blind indexes.

    Its audit row is written in the same transaction. Nothing that was sealed before is opened.
    Raises: Missing, Refused as `read`, for writing; Missing when the record or the person belongs to another case; Invalid; KeyFault.
    """
    require(by)
    _allow(by, Act.WRITE, section, case_id, person_id)
    plain = Plain(person_id, case_id, section, kind, record_id or person_id, body, schema_version)
    _check(plain)
    with transaction.atomic():
        before = _standing(plain)
        (row,) = sealing.seal([plain])
        if before is not None:
            # an update is refused on a row that one may not read now, yet writing asks for no fresh factor: the policy was asked above
            row.pk, row.held_for_step = before.pk, True
        row.save(force_insert=before is None, force_update=before is not None)
        if _is_identity(plain):
            _all(BlindIndex).filter(person_id=person_id).delete()
            _insert(BlindIndex, blind.rows([(person_id, case_id, body)]))
        codes: dict[str, str | int] = {"section": section.code, "kind": kind}
        audit.record(event="identity.write", by=by, subject=person_id, case_id=case_id, codes=codes)
    return row


def write_batch(*, by: Actor, rows: Sequence[Plain]) -> int:
    """Seal what an import brings, all new: one check of the right to import, one audit row. Gives how many rows were written.

    Raises: Refused (403) without the right to import; Invalid when a record is there already; KeyFault. Nothing is then written.
    """
    policy.require_in_house(by, Act.IMPORT)
    for plain in rows:
        _check(plain)
    try:
        # a helpline brings in sections that it may not write by itself: the right to import was asked, row-level security knows none
        with transaction.atomic(), as_house():
            _no_stranger(rows)
            _insert(SealedSection, sealing.seal(rows))
            _insert(BlindIndex, blind.rows((p.person_id, p.case_id, p.body) for p in rows if _is_identity(p)))
            audit.record(event="identity.import", by=by, codes={"rows": len(rows)})
    except IntegrityError:
        raise Invalid(_("a record of this batch was sealed before: leave out what was imported already")) from None
    return len(rows)


def fingerprint(words: str) -> list[str]:
    """Keyed digests of a text's runs of five words, the 64 smallest: two texts that share many were copied, and no word comes back.

    Empty for a text of fewer than ten words. Raises: KeyFault when the vault is locked.
    """
    told = re.findall(r"\w+", words.casefold())
    if len(told) < 2 * RUN:
        return []
    keys = blind.IndexKeys()
    runs = {" ".join(told[start : start + RUN]) for start in range(len(told) - RUN + 1)}
    return sorted(keys.digest("words", run).hex() for run in runs)[:SKETCH]


def seal_file(*, by: Actor, case_id: UUID, person_id: UUID, section: Section, record_id: UUID, data: bytes) -> bytes:
    """The bytes of an attachment, sealed; the caller stores them and writes its own act.

    The file's name is to be sealed too (`write`, kind "attachment", same record): a key under which no section stands is swept.
    Raises: as `write`.
    """
    require(by)
    _allow(by, Act.WRITE, section, case_id, person_id)
    place = Plain(person_id, case_id, section, FILE, record_id, {})
    _no_stranger([place])
    return sealing.seal_bytes(place, data)


def open_file(*, by: Actor, case_id: UUID, person_id: UUID, section: Section, record_id: UUID, sealed: bytes) -> bytes:
    """The bytes of an attachment. Raises: as `read`; Tampered when they do not belong to this record."""
    context = require(by)
    on = _allow(by, Act.READ, section, case_id, person_id)
    lag.require_open()
    context.log.add(section, [person_id], opened=True)
    if set(on) <= BY_REQUEST:
        note_use(by, [(case_id, person_id)])
    return sealing.open_bytes(Plain(person_id, case_id, section, FILE, record_id, {}), sealed)


def search_caseload(*, by: Actor, words: str) -> list[Found]:
    """The persons, within the cases this actor may see, whose name holds words that begin as these do; the best 50, best first.

    Case, accents and order do not count. Only those who are found are written in the reading log as opened.
    Raises: Invalid for fewer than two letters; Refused with more than 5,000 names: search by a compound then; KeyFault; ChainBehind.
    """
    context = require(by)
    asked = names.tokens(words)
    if sum(map(len, asked)) < 2:
        raise Invalid({"words": [_("type at least two letters of a name")]})
    _fresh(by)
    lag.require_open()
    mine = SealedSection.objects.visible_to(by).filter(kind=IDENTITY, section_bit=int(Section.IDENTITY))
    # rows by values: a name that is opened to be compared, and shown to nobody, is not a reading of that person
    rows = [SealedSection(**row) for row in mine.values()[: CASELOAD + 1]]
    if len(rows) > CASELOAD:
        raise Refused((_("more than 5,000 persons: search by full name and year of birth, by document number or by telephone"),))
    found = []
    for row, body in zip(rows, sealing.open_many(rows), strict=True):
        known = blind.all_names(body)
        score = max((names.matches(asked, names.tokens(name)) for name in known), default=0)
        if score:
            found.append((-score, known[0], Found(row.case_id, row.person_id, known[0])))
    best = [one for _score, _name, one in sorted(found, key=lambda each: each[:2])[:SHOWN]]
    if best:
        context.log.add(Section.IDENTITY, [one.person_id for one in best], opened=True)
        _used(by, [(one.case_id, one.person_id) for one in best])
    return best


@act("identity.search")
def search_country(
    *,
    by: Actor,
    purpose: Purpose,
    name: str = "",
    birth_year: int | None = None,
    document: str = "",
    phone: str = "",
) -> list[UUID]:
    """The ids of the cases, among those whose identity this actor may read, that hold exactly this compound.

    One compound a search: full name and year of birth, or a document's number, or a telephone. A case that is hidden, sealed or
    another service's is absent, and nothing tells it from one that does not exist.
    Raises: Refused without the right, for another purpose than one's own, or after 20 searches in an hour or 60 in a day; Invalid.
    """
    policy.require_in_house(by, Act.SEARCH)
    _fresh(by)
    if purpose != by.purpose or purpose not in ROLE_PURPOSES[by.role]:
        raise Refused((_("state the purpose for which you act now"),), status=403)
    index, asked = _compound(name, birth_year, document, phone)
    _count_search(by, index, purpose)
    codes: dict[str, str | int] = {"index": index, "purpose": purpose.value}
    audit.record(event="identity.search", by=by, codes=codes)
    keys = blind.IndexKeys()
    digests = [keys.digest(index, one) for one in asked]
    hits = BlindIndex.objects.visible_to(by).filter(index=index, digest__in=digests)
    return sorted({hit.case_id for hit in hits})


def _compound(name: str, birth_year: int | None, document: str, phone: str) -> tuple[str, list[str]]:
    given = [code for code, value in (("name", name or birth_year), ("document", document), ("phone", phone)) if value]
    if len(given) != 1:
        raise Invalid(_("search by one thing: full name with year of birth, a document's number, or a telephone"))
    problems: dict[str, Any] = {}
    asked: list[str] = []
    index = {"name": BlindIndex.Index.NAME_YEAR, "document": BlindIndex.Index.DOCUMENT, "phone": BlindIndex.Index.PHONE}[given[0]]
    if given == ["name"]:
        year = names.year(birth_year)
        asked = sorted(blind.name_year(name, year)) if year else []
        if year is None:
            problems["birth_year"] = [_("a name alone is not searched: add the year of birth, four digits")]
        elif not asked:
            problems["name"] = [_("give the first and the family name")]
    elif given == ["document"]:
        asked = [one for one in [names.document(document)] if one]
        problems = {} if asked else {"document": [_("a document's number has at least four letters or digits")]}
    else:
        asked = [one for one in [names.phone(phone)] if one]
        problems = {} if asked else {"phone": [_("a telephone number has at least six digits")]}
    if problems:
        raise Invalid(problems)
    return index.value, asked


def _count_search(by: Actor, index: str, purpose: Purpose) -> None:
    """Count this search. Raises: Refused when there were too many; two at once wait for each other on the user's row."""
    User.objects.select_for_update().get(pk=by.user.pk)
    mine = CountrySearch.objects.filter(user=by.user)
    for hours, most in ((1, HOURLY), (24, DAILY)):
        if mine.filter(at__gt=by.at - timedelta(hours=hours)).count() >= most:
            words = _("%(most)s searches of the country in %(hours)s h are the limit: wait, or ask your supervisor")
            raise Refused((words % {"most": most, "hours": hours},))
    CountrySearch.objects.create(user=by.user, at=by.at, index=index, purpose=purpose)


def _fresh(by: Actor) -> None:
    if not by.factor_is_fresh:
        raise Refused((When.FACTOR_STALE.words,), status=403)


def _used(by: Actor, opened: list[tuple[UUID, UUID]]) -> None:
    """Note the use of granted requests among these (case, person) names: those which the actor's job does not open by itself."""
    if not opened or not asked_for(by, [case for case, _person in opened]):
        return
    alone = [
        (case, person)
        for case, person in opened
        if set(policy.decide(by, Act.READ, Section.IDENTITY, case, person_id=person).rows) <= BY_REQUEST
    ]
    note_use(by, alone)


def _allow(by: Actor, act: Act, section: Section, case_id: UUID, person_id: UUID) -> tuple[str, ...]:
    """Ask the policy, and give the rows that allow it; a refusal leaves its row. A case that is not there for the actor is missing, not
    refused.
    """
    decision = policy.decide(by, act, section, case_id, person_id=person_id)
    if decision.allowed:
        return decision.rows
    audit.refuse(event=f"identity.{act.value}", by=by, subject=case_id, rows=decision.rows)
    if not policy.decide(by, Act.READ, Section.CASE, case_id).allowed:
        raise Missing
    label = SECTION_LABELS[section]
    reasons = tuple(_("%(section)s: %(reason)s") % {"section": label, "reason": reason} for reason in decision.reasons)
    refused = Refused(reasons, status=403, rows=decision.rows)
    refused.written = True
    raise refused


def _is_identity(plain: Plain) -> bool:
    return plain.kind == IDENTITY and plain.section is Section.IDENTITY


def _check(plain: Plain) -> None:
    if plain.section not in tuple(Section):
        raise Invalid(_("a sealed body belongs to exactly one section"))
    if not 1 <= len(plain.kind) <= KIND_LETTERS:
        raise Invalid(_("a sealed body needs a kind of 1 to 24 characters"))
    if plain.kind == IDENTITY and plain.record_id != plain.person_id:
        raise Invalid(_("a person has one identity: its record is the person"))


def _standing(plain: Plain) -> SealedSection | None:
    """The row that this one replaces. Raises: Missing when it, or the person, is another case's."""
    _no_stranger([plain])
    before = _all(SealedSection).select_for_update().filter(kind=plain.kind, record_id=plain.record_id).first()
    if before is None:
        return None
    if (before.case_id, before.person_id, before.section_bit) != (plain.case_id, plain.person_id, int(plain.section)):
        raise Missing
    return before


def _no_stranger(rows: Sequence[Plain]) -> None:
    """A person's sealed sections stand in one case: nobody seals, under a case of their own, for somebody in another."""
    cases = {plain.person_id: plain.case_id for plain in rows}
    if any(cases[plain.person_id] != plain.case_id for plain in rows):
        raise Invalid(_("a batch names one person in two cases"))
    persons = list(cases)
    for start in range(0, len(persons), 10_000):
        chunk = persons[start : start + 10_000]
        for person, case in _all(SealedSection).filter(person_id__in=chunk).values_list("person_id", "case_id").distinct():
            if cases[person] != case:
                raise Missing


def _all(model: Any) -> Any:
    return model.objects.for_house("vault")


def _insert(model: Any, rows: list[Any]) -> None:
    bulk.insert(model, map(vars, rows))
