"""What every record of care has in common, and a field that keeps several codes of one list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.register.models import Case, Person
from havre.trust.enums import Section
from havre.trust.ids import new_id
from havre.trust.models import User
from havre.trust.records import ProtectedModel


class CodesField(models.JSONField):
    """Several codes of one list, kept as a sorted list. The list is not part of the schema: a new code needs no migration."""

    def __init__(self, *args: Any, codes: type[models.TextChoices] | None = None, **fields: Any) -> None:
        self.codes = codes
        super().__init__(*args, default=fields.pop("default", list), blank=fields.pop("blank", True), **fields)

    def validate(self, value: Any, model_instance: Any) -> None:
        """Raises: ValidationError naming every code that the list does not have."""
        known = self.codes.values if self.codes else []
        strange = [str(one) for one in value if one not in known] if isinstance(value, list) else [str(value)]
        if strange:
            raise ValidationError(_("not in the list: %(codes)s"), params={"codes": ", ".join(strange)})

    def formfield(self, **_fields: Any) -> forms.Field:  # type: ignore[override]
        """Boxes to tick."""
        choices = self.codes.choices if self.codes else []
        return forms.MultipleChoiceField(
            choices=choices, required=False, label=self.verbose_name.capitalize(), widget=forms.CheckboxSelectMultiple
        )

    def words(self, value: list[str]) -> list[str]:
        """The codes as people read them."""
        return [str(self.codes(one).label) for one in value if one in self.codes.values] if self.codes else []


class KeptRecord(ProtectedModel):
    """One record about one person of a case: by whom and when; its words, where it has any, are sealed under its id."""

    section = Section.PROTECTION

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

    @property
    def is_child(self) -> bool | None:
        """None when no age is recorded: a child's rights are then shown as gaps, and nobody is kept waiting."""
        return None if self.person.age_on_opening is None and not self.person.presumed_minor else self.person.is_child
