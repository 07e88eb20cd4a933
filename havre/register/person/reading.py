"""What the person's page shows, read with the access of the job that opened it; others' data is left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import translation

from havre.register.enums import ConsentState
from havre.register.models import ClosedShare, Consent, ConsentEvent, Note, Person, PersonRequest, RemoteCode
from havre.register.person.words import Words
from havre.register.workflow import ANSWER
from havre.trust import clocks, policy
from havre.trust.actors import Actor
from havre.trust.asking import queries as names
from havre.trust.contracts import contracts
from havre.trust.enums import Act, Section
from havre.trust.history.queries import Access, Consultation, accesses, name_of, who_read
from havre.trust.models import BlindIndex

# the house's own book-keeping, and what the page tells of elsewhere
ASIDE = (ConsentEvent, ClosedShare, PersonRequest, RemoteCode, BlindIndex, Consent, Note)
NEWEST = 50
# the address under which the person reads from afar, as the audit trail names it
FAR = "person:far"


@dataclass(frozen=True, slots=True)
class Part:
    """One section of the file as the person is told of it."""

    section: Section
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page, in the person's words."""

    parts: Sequence[Part]
    notes: bool
    readers: Sequence[dict[str, str]]
    shares: Sequence[dict[str, str]]
    asked: Sequence[dict[str, str]]
    consents: Sequence[dict[str, Any]]
    requests: Sequence[dict[str, Any]]


def page(actor: Actor, case_id: UUID, person: Person, words: Words) -> Page:
    """The page of one person. Raises: Unscoped outside `acting`."""
    with translation.override("fr" if words.language == "fr" else "en"):
        rows = who_read(person.pk, [case_id], neutral=True, limit=NEWEST)
        return Page(
            parts=parts(actor, case_id, person.pk, words),
            notes=Note.objects.visible_to(actor).filter(person_id=person.pk).exists(),
            readers=_readers(rows, words),
            shares=_once([_share(line, words) for line in accesses(case_id, at=actor.at, person_id=person.pk)]),
            asked=[_asked(line, words) for line in names.lines(names.of_persons(case_id, [person.pk]), at=actor.at)],
            consents=[_consent(one, actor, words) for one in consents_of(actor, person.pk)],
            requests=[_request(one, words) for one in requests_of(actor, person.pk)],
        )


def _once(lines: list[dict[str, str]]) -> list[dict[str, str]]:
    """The same service, in plain words the same job, until the same day: one line, however many grants stand behind it."""
    found: list[dict[str, str]] = []
    for line in lines:
        if line not in found:
            found.append(line)
    return found


def parts(actor: Actor, case_id: UUID, person_id: UUID, words: Words) -> list[Part]:
    """Each section: how many entries about this person, that there are none, or that this service cannot open it."""
    ground = policy.ground_of(actor, case_id)
    counts = dict.fromkeys(Section, 0)
    for model in held_models():
        rows = model.objects.visible_to(actor).filter(person_id=person_id)
        if model.section is not None:
            counts[model.section] += len(rows.values_list("pk"))
            continue
        for (bit,) in rows.values_list("section_bit"):
            counts[Section(bit)] += 1
    counts[Section.CASE] += 1
    found = []
    for section in Section:
        if not policy.decide(actor, Act.READ, section, case_id, ground=ground).allowed:
            said = words["held_closed"]
        else:
            said = words.say("held_some", n=counts[section]) if counts[section] else words["held_none"]
        found.append(Part(section, words[section.code], said))
    return found


def held_models() -> Iterable[Any]:
    """The protected models with rows about one person, whatever part they belong to."""
    for contract in contracts():
        for model in contract.models:
            names = {field.attname for field in model._meta.concrete_fields}
            if "person_id" in names and model not in ASIDE:
                yield model


def consents_of(actor: Actor, person_id: UUID) -> list[Consent]:
    """What this person agreed to, refused and took back, newest first."""
    return list(Consent.objects.visible_to(actor).filter(person_id=person_id).select_related("recipient").order_by("-recorded_at", "-pk"))


def requests_of(actor: Actor, person_id: UUID) -> list[PersonRequest]:
    """What this person asked about their data, newest first."""
    return list(PersonRequest.objects.visible_to(actor).filter(person_id=person_id).order_by("-received_at", "-pk"))


def _sections(bits: int, words: Words) -> str:
    found = [words[one.code] for one in Section(bits) if one != Section.CASE]
    return ", ".join(found or [words["case"]])


def _readers(rows: Iterable[Consultation], words: Words) -> list[dict[str, str]]:
    """One line for what one job read of the same parts on one day, with how often; the newest reading stands for them."""
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for row in rows:
        line = _reader(row, words)
        key = tuple(value for name, value in line.items() if name != "no")
        kept = found.setdefault(key, {**line, "times": "0"})
        kept["times"] = str(int(kept["times"]) + 1)
    return list(found.values())


def _reader(row: Consultation, words: Words) -> dict[str, str]:
    afar = row.route == FAR
    return {
        "no": str(row.no),
        "who": words["by_you"] if afar else f"{row.organisation}, {words.role(row.role_code)}",
        "what": _sections(row.section_bits, words),
        "when": words.day(row.at),
        "why": "" if afar else words.purpose(row.purpose_code),
    }


def _share(line: Access, words: Words) -> dict[str, str]:
    if line.live:
        until = words.say("until", day=line.ends_at) if line.ends_at else words["no_end"]
    else:
        until = words.say("ended", day=line.ends_at) if line.ends_at else ""
    return {
        "who": f"{line.organisation}, {words.role(line.role_code)}",
        "what": _sections(line.section_bits, words),
        "until": until,
        "live": "yes" if line.live else "",
    }


def _asked(line: dict[str, Any], words: Words) -> dict[str, str]:
    """Who asked for the name, when, and what came of it: neither the staff's name nor the reason's words."""
    one = line["asked"]
    opened = sum(event.kind == "used" for event in line["events"])
    said = {
        "waiting": words["name_waits"],
        "open": words.say("until", day=line["ends"]) if line["ends"] else "",
        "refused": words["name_refused"],
        "ended": words.say("ended", day=line["ends"]) if line["ends"] else words["name_waits_no_more"],
    }[line["state"]]
    return {
        "who": f"{name_of(one.organisation, neutral=True)}, {words.role(one.role)}",
        "when": words.day(one.asked_at),
        "said": said,
        "times": str(opened),
        "live": "yes" if line["state"] == "open" else "",
    }


def _consent(one: Consent, actor: Actor, words: Words) -> dict[str, Any]:
    live = one.live(at=actor.at)
    state = "expired" if one.state == ConsentState.GIVEN and not live else one.state
    return {
        "pk": one.pk,
        "who": str(name_of(one.recipient, neutral=True)) if one.recipient else words["gone"],
        "what": _sections(one.sections, words),
        "why": words.purpose(one.purpose),
        "state": words[state],
        "until": words.say("until", day=one.ends_at) if live else "",
        "live": live,
        "kind": {"given": "done", "refused": "own-choice", "withdrawn": "own-choice", "offered": "doing"}.get(state, "none"),
    }


def _request(one: PersonRequest, words: Words) -> dict[str, Any]:
    clock = clocks.latest(one.pk, ANSWER.name)
    due = clocks.due_at(clock) if clock else None
    said = words.say("due", day=due) if due else ""
    if one.answered_at:
        said = words.say("answered", day=one.answered_at)
    return {"pk": one.pk, "number": one.number, "kind": words[one.kind], "said": said}
