"""Notes: who may see them is a section like any other; their words are sealed."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from havre.register.models.cases import Case, Person
from havre.trust.ids import new_id
from havre.trust.models import Organisation, User
from havre.trust.records import ProtectedModel


class Note(ProtectedModel):
    """A dated note in one section. Its words are a sealed section of kind `note`, under this row's id."""

    section = None

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    # the row's own section, as a bit of trust.enums.Section; the class attribute above says "look at the row"
    section_bit = models.PositiveSmallIntegerField(db_column="section")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
