"""Forms of care, made from the columns that a step writes: a field left empty is not written down."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from havre.protection.enums import Profession
from havre.protection.enums_care import ForWhom
from havre.protection.forms import optional, yes_no
from havre.protection.kinds import WORDS, Kind
from havre.protection.models import Shelter
from havre.register.tongues import TongueField
from havre.trust.actors import Actor
from havre.trust.enums import Role
from havre.trust.forms import DayField, MomentField, PastMomentField
from havre.trust.models import Membership, Organisation, User

# what is planned; every other moment is of something that was done
AHEAD = frozenset({"due_at", "starts_at", "ends_at"})


class RecordStepForm(forms.Form):
    """One step of one kind of record: `record` and `words` give what was filled in, and nothing else."""

    def __init__(self, *args: Any, kind: Kind, step: str, by: Actor, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.names = kind.records.get(step, ())
        self.needed = kind.needs.get(step, ())
        for name in self.names:
            if name == "members":
                self.fields |= _members()
                continue
            column = kind.model._meta.get_field(name)
            self.fields[name] = _field(column, by)
            self.fields[name].required = name in self.needed and not isinstance(column, models.BooleanField)
        self.sealed = kind.words.get(step, ())
        for name in self.sealed:
            self.fields[f"words_{name}"] = forms.CharField(
                widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=4000, label=str(WORDS[name])
            )

    def record(self) -> dict[str, Any]:
        """The filled-in columns that this step writes."""
        found = {name: self.cleaned_data[name] for name in self.names if self.cleaned_data.get(name) not in (None, "", [])}
        if "members" in self.names and (organisations := list(self.cleaned_data["organisations"])):
            # the lists are paired in order; fewer professions than organisations: the last one stands for the rest
            professions = self.cleaned_data["professions"] or [""]
            padded = [*professions, *[professions[-1]] * len(organisations)]
            several = max(len(organisations), len(professions))
            homes = [*organisations, *[organisations[-1]] * several]
            found["members"] = [{"organisation": str(homes[n].pk), "profession": padded[n]} for n in range(several)]
        return found

    def words(self) -> dict[str, str]:
        """What is to be sealed."""
        return {name: self.cleaned_data[f"words_{name}"] for name in self.sealed}


def _members() -> dict[str, forms.Field]:
    active = Organisation.objects.filter(active=True)
    return {
        "organisations": forms.ModelMultipleChoiceField(active, required=False, label=_("Organisations that take part")),
        "professions": forms.MultipleChoiceField(
            choices=Profession.choices, required=False, label=_("Professions"), widget=forms.CheckboxSelectMultiple
        ),
    }


def _field(column: Any, by: Actor) -> forms.Field:
    """The field in which one column is filled in."""
    label = str(column.verbose_name)[:1].upper() + str(column.verbose_name)[1:]
    found: forms.Field
    if isinstance(column, models.ForeignKey):
        found = forms.ModelChoiceField(_choices(column, by), label=label, required=False)
    elif column.choices:
        found = optional(column.choices, label)
    elif isinstance(column, models.BooleanField):
        found = yes_no(label) if column.null else forms.BooleanField(label=label, required=False)
    elif column.name == "language":
        found = TongueField(required=False, label=_("Language"))
    elif isinstance(column, models.DateTimeField):
        kind = MomentField if column.name in AHEAD else PastMomentField
        found = kind(required=False, label=label)
    elif isinstance(column, models.DateField):
        found = DayField(required=False, label=label)
    elif isinstance(column, models.PositiveSmallIntegerField):
        found = forms.IntegerField(label=label, min_value=0, max_value=130, required=False)
    else:
        found = column.formfield()
        found.label = label
    return found


def _choices(column: Any, by: Actor) -> Any:
    """Whom or what a column may name: open houses, interpreters, people of one's own service and job, organisations."""
    if column.related_model is Shelter:
        return Shelter.objects.filter(open=True).order_by("label")
    if column.related_model is Organisation:
        return Organisation.objects.filter(active=True)
    live = Membership.objects.filter(ended_at=None)
    job = live.filter(role=Role.INTERPRETER) if column.name == "interpreter" else live.filter(organisation_id=by.organisation_id)
    if column.name in {"owner", "worker"}:
        job = job.filter(role=by.role)
    return User.objects.filter(pk__in=job.values("user_id")).order_by("name")


class ShelterForm(forms.ModelForm):
    """A house of one's own service: places, for whom, languages; never where."""

    for_whom = forms.MultipleChoiceField(choices=ForWhom.choices, required=False, widget=forms.CheckboxSelectMultiple, label=_("For whom"))

    class Meta:
        model = Shelter
        fields = ("label", "places", "for_whom", "languages", "step_free", "open")


class HandoverForm(forms.Form):
    """Who hands over the whole caseload, and to whom."""

    giver = forms.ModelChoiceField(User.objects.none(), label=_("Who leaves"))
    taker = forms.ModelChoiceField(User.objects.none(), label=_("Who takes over"))

    def __init__(self, *args: Any, by: Actor, **fields: Any) -> None:
        super().__init__(*args, **fields)
        job = Membership.objects.filter(organisation_id=by.organisation_id, role=by.role)
        self.fields["giver"].queryset = User.objects.filter(pk__in=job.values("user_id"))  # type: ignore[attr-defined]
        live = job.filter(ended_at=None).values("user_id")
        self.fields["taker"].queryset = User.objects.filter(pk__in=live)  # type: ignore[attr-defined]
