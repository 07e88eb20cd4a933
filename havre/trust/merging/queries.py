"""What the pages of mergers show: organisations and counts, never a case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from havre.trust.accounts import rules
from havre.trust.actors import Actor
from havre.trust.errors import Missing, Words
from havre.trust.merging.services import side_of
from havre.trust.models import Grant, Membership, Merger, Organisation
from havre.trust.models.mergers import MergerState

# the codes of the report, in the order of the page
WHAT: dict[str, Words] = {
    "jobs": _("Jobs"),
    "nominations": _("Jobs that wait for a second person"),
    "resets": _("Resets of a second factor"),
    "accesses": _("Accesses to cases"),
    "conflicts": _("Conflicts of interest"),
    "restrictions": _("Lines of restriction lists"),
    "agreements": _("Sharing agreements"),
    "accreditations": _("Accreditations (to be confirmed by whoever gave them)"),
    "leads": _("Cases led"),
    "consents": _("Consents that name the service (the person is asked again)"),
    "imports": _("Imported sheets"),
    "mappings": _("Saved mappings of sheets"),
    "charges": _("Workers in charge"),
    "houses": _("Houses"),
    "beside": _("Persons beside (guardian, advocate)"),
    "services": _("Services provided"),
    "returns": _("Returns received"),
    "groups": _("Groups taken in"),
    "papers": _("Blank papers with a serial"),
    "parcels": _("Screenings sent from phones"),
    "offers_between": _("Offers and shares between the two"),
    "offers_twice": _("Offers made to both for the same person"),
    "leads_between": _("Leads proposed between the two"),
    "sent": _("Referrals sent"),
    "received": _("Referrals received"),
    "leads_proposed": _("Leads proposed to others"),
    "leads_awaited": _("Leads that others proposed"),
    "conferences": _("Conferences"),
    "seats": _("Seats at conferences"),
    "notices": _("Unread notices"),
    "entries": _("Entries in the directory"),
    "outside_keys": _("Keys of a service without an account"),
    "proceedings": _("Proceedings"),
    "exhibits": _("Exhibits kept"),
    "exhibits_offered": _("Exhibits offered"),
}
HOW: dict[str, Words] = {
    "stays": _("stay under the old name"),
    "held_there_already": _("the other organisation held the same already"),
    "waits_there_already": _("waits there already: stays under the old name"),
    "persons_only": _("kept for the persons who move; their new job holds the case by itself"),
    "ended_between_the_two": _("ended: nothing is shared between the two any more"),
    "closed_between_the_two": _("closed between the two; what the person agreed to stays open until the same day"),
    "same_offer_there": _("ended: the other organisation was asked for the same person"),
    "imported_there_already": _("the other imported the same file: stays under the old name"),
    "name_taken_there": _("the name is taken there: stays under the old name"),
    "somebody_in_charge_there": _("somebody of the other organisation is in charge of the same case"),
    "label_taken_there": _("the label is taken there: stays under the old name"),
    "seated_there_already": _("the other organisation has the same seat"),
    "listed_there_already": _("the other organisation is listed: the old entry is closed"),
}


def every() -> QuerySet[Merger]:
    """Every merger, the newest first."""
    return Merger.objects.select_related("first", "second", "proposed_by").order_by("-proposed_at")


def visible(by: Actor, merger_id: UUID) -> Merger:
    """One merger, for its proposer and for heads and administrators of either side. Raises: Missing."""
    found = every().prefetch_related("approvals__by", "approvals__organisation").filter(pk=merger_id).first()
    if found is None:
        raise Missing
    near = [found.first, found.second]
    if by.user.pk != found.proposed_by_id and not any(rules.administers(by, one) or rules.heads(by, one.pk) for one in near):
        raise Missing
    return found


def to_approve(by: Actor) -> list[Merger]:
    """The proposals that wait for this actor. One query where there are none."""
    rows = every().filter(Q(first=by.organisation_id) | Q(second=by.organisation_id), state=MergerState.PROPOSED)
    return [row for row in rows.prefetch_related("approvals") if side_of(row, by) is not None]


def size(organisation: Organisation, by: Actor) -> dict[str, int]:
    """How much would go on: people, jobs, accesses."""
    jobs = Membership.objects.filter(organisation=organisation, ended_at=None)
    live = Grant.objects.filter(holder__organisation=organisation, ends_at__gt=by.at)
    return {
        "people": jobs.values("user_id").distinct().count(),
        "accesses": live.count(),
        "cases": live.values("case_id").distinct().count(),
    }


def lines(merger: Merger) -> list[dict[str, Any]]:
    """The report in words."""
    return [{**line, "words": WHAT.get(line["what"], line["what"]), "how_words": HOW.get(line["how"], "")} for line in merger.report]
