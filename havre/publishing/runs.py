"""Orders to publish: asked for on the page, worked off in the background, one artefact after the other, with what came of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre import standards, trust
from havre.publishing import documents, rebuilding, services, stepping
from havre.publishing.ahead import in_order
from havre.publishing.models import ENDED, PublishRun, RunState
from havre.publishing.nodes import Document
from havre.publishing.outputs import SET, Output, made_in
from havre.publishing.services import Asked
from havre.trust import audit, policy
from havre.trust.actors import Actor
from havre.trust.enums import Act
from havre.trust.errors import Invalid, Refused

MOST_WAITING = 5
# a part of an order takes seconds: whoever said nothing for so long was killed, or the queue lost the order
SILENT = timedelta(minutes=10)
# an order that stops its worker each time must not do so for ever
MOST_TIMES = 3

# what an order holds that asks for no document by name: everything that was made and no longer holds
CHANGED = "changed"


def _asked(run: PublishRun) -> Asked:
    given, lists = run.asked, ("countries", "documents", "languages", "formats")
    countries, documents_, languages, formats = (tuple(given[name]) for name in lists)
    return Asked(given["edition"], countries, documents_, languages, formats, given["address"])


@trust.act("publishing.run")
def ask(
    *,
    edition: str,
    countries: Sequence[str],
    documents: Sequence[str],
    languages: Sequence[str],
    formats: Sequence[str],
    address: str,
    by: Actor,
) -> PublishRun:
    """Order documents of an edition. The background makes them; a second order waits for the first.

    Args: empty sequences mean all that is promised; address, where the codes on paper are answered.
    Raises: Refused (403 for the role; 409 when five orders wait); Invalid when nothing fits; Missing for an unknown edition.
    """
    _may_order(by)
    every = tuple(countries) or standards.country_codes()
    asked = Asked(edition, every, tuple(documents), tuple(languages), tuple(formats), address)
    total = len(list(services.wanted(asked)))
    if not total:
        raise Invalid({"edition": [_("no document fits: choose another language, format or document")]})
    kept = {"edition": edition, "countries": every, "documents": documents, "languages": languages, "formats": formats, "address": address}
    plain = {name: list(value) if not isinstance(value, str) else value for name, value in kept.items()}
    return _ordered(plain, total, edition, by)


@trust.act("publishing.run")
def ask_changed(*, address: str, by: Actor) -> PublishRun:
    """Order everything again that was made and no longer holds. The background makes it, and names what a check refuses.

    Raises: Refused (403 for the role; 409 when five orders wait, or when everything that was made still holds).
    """
    _may_order(by)
    total = sum(1 for _one in stepping.superseded(on=timezone.localdate()))
    if not total:
        raise Refused((_("everything that was made still holds: there is nothing to make again"),))
    return _ordered({CHANGED: True, "address": address}, total, CHANGED, by)


def _may_order(by: Actor) -> None:
    policy.require_in_house(by, Act.PUBLISH)
    if PublishRun.objects.exclude(state__in=ENDED).count() >= MOST_WAITING:
        raise Refused((_("five orders wait already: come back when one is done"),))


def _ordered(asked: dict[str, Any], total: int, edition: str, by: Actor) -> PublishRun:
    run = PublishRun.objects.create(asked=asked, total=total, by=by.user, asked_at=by.at)
    audit.record(event="publishing.run", by=by, subject=run.pk, codes={"edition": edition, "wanted": total})
    from havre.publishing.tasks import make_run

    transaction.on_commit(lambda: make_run.enqueue(str(run.pk)))
    return run


def work_off(run_id: UUID) -> int:
    """Make what an order asks for, from where its last worker was stopped. What a check refuses is written down with its mend; the rest is made.

    Gives how many artefacts the order has made; 0 when another worker has it, or when it has ended.
    """
    waiting = PublishRun.objects.filter(pk=run_id, state=RunState.WAITING)
    if not waiting.update(state=RunState.RUNNING, taken=F("taken") + 1, beat_at=timezone.now()):
        return 0
    run = PublishRun.objects.get(pk=run_id)
    for one in _again(run) if CHANGED in run.asked else _every(run):
        what = one.what
        if one.why:
            run.refused.append({**what, "why": list(one.why)})
        for output in one.outputs:
            row = services.record(output, at=timezone.now())
            run.made.append({**what, "shape": row.shape, "code": row.code, "size": row.size})
        run.done, run.beat_at = run.done + 1, timezone.now()
        run.save(update_fields=["done", "made", "refused", "beat_at"])
    run.state, run.ended_at = RunState.DONE, timezone.now()
    run.save(update_fields=["state", "ended_at"])
    return len(run.made)


def take_up(now: datetime) -> int:
    """Give every order whose worker was killed back to the queue, and end what was stopped three times. Gives how many orders moved."""
    from havre.publishing.tasks import make_run

    silent = PublishRun.objects.exclude(state__in=ENDED).annotate(heard=Coalesce("beat_at", "asked_at")).filter(heard__lt=now - SILENT)
    for run in silent:
        if run.taken >= MOST_TIMES:
            run.state, run.ended_at = RunState.STOPPED, now
        else:
            run.state = RunState.WAITING
        run.beat_at = now
        run.save(update_fields=["state", "ended_at", "beat_at"])
        if run.state == RunState.WAITING:
            make_run.enqueue(str(run.pk))
    return len(silent)


@dataclass(frozen=True, slots=True)
class Step:
    """One part of an order as it was worked off: what it is (edition, document, country, language, format), what came of it, or why nothing."""

    what: dict[str, str]
    outputs: tuple[Output, ...]
    why: tuple[str, ...] = ()


def _every(run: PublishRun) -> Iterator[Step]:
    """What an order names, one document and format after the other."""
    for _what, step in in_order(_jobs(run)):
        yield step


def _jobs(run: PublishRun) -> Iterator[tuple[dict[str, str], Callable[[], Step], bool]]:
    known: documents.Known = {}
    asked, on = _asked(run), timezone.localdate()
    for id, country, language, format in islice(services.wanted(asked), run.done, None):
        what = {"edition": asked.edition, "document": id, "country": country, "language": language, "format": format}
        try:
            document = documents.build(asked.edition, id, country=country, language=language, on=on, known=known)
        except Invalid as invalid:
            yield what, partial(_stopped, what, invalid), False
        else:
            yield what, partial(_step, what, document, asked.address), format in SET


def _step(what: dict[str, str], document: Document, address: str) -> Step:
    try:
        return Step(what, made_in(document, what["format"], address))
    except Invalid as invalid:
        return _stopped(what, invalid)


def _stopped(what: dict[str, str], invalid: Invalid) -> Step:
    return Step(what, (), tuple(map(str, invalid.problems["blocks"])))


def _again(run: PublishRun) -> Iterator[Step]:
    """What no longer holds, one artefact after the other; not again what an earlier worker of this order found refused."""
    names = ("edition", "document", "country", "language", "format")
    told = {tuple(one[name] for name in names) for one in run.refused}
    for again in rebuilding.remade(on=timezone.localdate(), address=run.asked["address"]):
        row = again.old.artefact
        what = {name: getattr(row, name) for name in names}
        if tuple(what.values()) not in told:
            yield Step(what, (again.output,) if again.output else (), again.problems)
