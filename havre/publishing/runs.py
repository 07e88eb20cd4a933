"""Orders to publish: asked for on the page, worked off in the background, one artefact after the other, with what came of each."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre import standards, trust
from havre.publishing import documents, services
from havre.publishing.models import PublishRun, RunState
from havre.publishing.outputs import FORMATS
from havre.publishing.services import Asked
from havre.trust import audit, policy
from havre.trust.actors import Actor
from havre.trust.enums import Act
from havre.trust.errors import Invalid, Refused

MOST_WAITING = 5


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
    policy.require_in_house(by, Act.PUBLISH)
    if PublishRun.objects.exclude(state=RunState.DONE).count() >= MOST_WAITING:
        raise Refused((_("five orders wait already: come back when one is done"),))
    every = tuple(countries) or standards.country_codes()
    asked = Asked(edition, every, tuple(documents), tuple(languages), tuple(formats), address)
    total = len(list(services.wanted(asked)))
    if not total:
        raise Invalid({"edition": [_("no document fits: choose another language, format or document")]})
    kept = {"edition": edition, "countries": every, "documents": documents, "languages": languages, "formats": formats, "address": address}
    plain = {name: list(value) if not isinstance(value, str) else value for name, value in kept.items()}
    run = PublishRun.objects.create(asked=plain, total=total, by=by.user, asked_at=by.at)
    audit.record(event="publishing.run", by=by, subject=run.pk, codes={"edition": edition, "wanted": total})
    from havre.publishing.tasks import make_run

    transaction.on_commit(lambda: make_run.enqueue(str(run.pk)))
    return run


def work_off(run_id: UUID) -> int:
    """Make what an order asks for. What a check refuses is written down with its mend; the rest is made. Gives how many artefacts."""
    run = PublishRun.objects.filter(pk=run_id, state=RunState.WAITING).first()
    if run is None:
        return 0
    run.state = RunState.RUNNING
    run.save(update_fields=["state"])
    known: documents.Known = {}
    asked, on = _asked(run), timezone.localdate()
    for id, country, language, format in services.wanted(asked):
        what = {"document": id, "country": country, "language": language, "format": format}
        try:
            document = documents.build(asked.edition, id, country=country, language=language, on=on, known=known)
        except Invalid as invalid:
            run.refused.append({**what, "why": list(map(str, invalid.problems["blocks"]))})
        else:
            for output in FORMATS[format][0](document, asked.address):
                row = services.record(output, at=timezone.now())
                run.made.append({**what, "edition": asked.edition, "shape": row.shape, "code": row.code, "size": row.size})
        run.done += 1
        run.save(update_fields=["done", "made", "refused"])
    run.state, run.ended_at = RunState.DONE, timezone.now()
    run.save(update_fields=["state", "ended_at"])
    return len(run.made)
