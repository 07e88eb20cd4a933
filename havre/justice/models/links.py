"""What an investigator knows of a network: things and the typed, sourced, dated links between them. Nothing of it points to a victim.

The words of a node (a number, a name of a company, a place of the offence) are a sealed section of justice, kind `node`. No foreign key
leads from here to a person of the register: the wall to protection is that there is no door.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from havre.justice.enums_records import LinkKind, LinkOrigin, LinkStatus, NodeKind
from havre.justice.models.parties import OfProceeding, Suspect
from havre.justice.models.proceedings import new_pseudonym


def node_label() -> str:
    """A short label that says nothing."""
    return "N" + new_pseudonym()[1:6]


class LinkNode(OfProceeding):
    """A suspect, a company, a telephone, a place of the offence, an event, a vehicle."""

    label = models.CharField(max_length=8, default=node_label, editable=False)
    kind = models.CharField(max_length=16, choices=NodeKind)
    suspect = models.ForeignKey(Suspect, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="node_label_once", fields=["proceeding", "label"])]

    def __str__(self) -> str:
        return self.suspect.pseudonym if self.suspect else self.label


class SourcedLink(OfProceeding):
    """That `first` is linked to `second` in this way, known from `origin`, from one day to another."""

    status = models.CharField(max_length=16, choices=LinkStatus, default=LinkStatus.ASSERTED)
    kind = models.CharField(max_length=12, choices=LinkKind)
    first = models.ForeignKey(LinkNode, models.PROTECT, related_name="links_out")
    second = models.ForeignKey(LinkNode, models.PROTECT, related_name="links_in")
    origin = models.CharField(max_length=16, choices=LinkOrigin)
    seen_on = models.DateField()
    until = models.DateField(null=True, blank=True)
    second_origin = models.CharField(max_length=16, choices=LinkOrigin, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="sourcedlink_two_nodes", condition=~Q(first=F("second"))),
            models.CheckConstraint(name="sourcedlink_days_in_order", condition=Q(until=None) | Q(until__gte=F("seen_on"))),
            models.CheckConstraint(
                name="sourcedlink_corroborated_by_another_origin",
                condition=~Q(status=LinkStatus.CORROBORATED) | (~Q(second_origin="") & ~Q(second_origin=F("origin"))),
            ),
            models.UniqueConstraint(name="sourcedlink_once", fields=["first", "second", "kind", "origin"]),
        ]
