"""Forms of group, emergency, paper and calls. Codes throughout; nothing here takes a name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.protection import indicators
from havre.protection.enums import (
    AgeBand,
    Answer,
    CallEnd,
    Caller,
    CallSubject,
    KeptBecause,
    Need,
    Origin,
    PaperKind,
    PlaceKind,
    Profile,
    Situation,
    Tie,
    VitalGround,
)
from havre.protection.forms import StartForm, TongueField, optional
from havre.protection.services.intake import Row
from havre.protection.services.screening import Given
from havre.trust.forms import DayField, MomentField

# what cannot wait until morning, in the order in which a hand ticks it
URGENT = (Need.MEDICAL, Need.SAFE_HOUSING, Need.INTERPRETER, Need.CHILDCARE)


class WhenField(MomentField):
    """A moment of the past, now unless said otherwise."""

    def __init__(self, **fields: Any) -> None:
        super().__init__(initial=timezone.localtime, **fields)


class GroupForm(forms.Form):
    """The event itself: when, what kind of place, and what was seen of everybody there."""

    happened_at = WhenField(label=_("When"))
    place = forms.ChoiceField(choices=PlaceKind.choices, label=_("Kind of place"))
    situation = forms.ChoiceField(choices=Situation.choices, label=_("Cards to put later"))
    shared_signs = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False, label=_("Seen of everybody there"))

    def __init__(self, *args: Any, language: str = "en", **fields: Any) -> None:
        super().__init__(*args, **fields)
        known = indicators.of_profile(Profile.ADULT_LABOUR).values()
        seen = [one for one in known if one.until is None and one.set in {"field_observation", indicators.PLACE}]
        self.fields["shared_signs"].choices = [(one.code, one.statement(language)) for one in seen]  # type: ignore[attr-defined]


class LineForm(forms.Form):
    """One person on one line; a line without an age is an empty line."""

    age_band = optional(AgeBand.choices, _("Age"))
    gender = forms.CharField(max_length=40, required=False, label=_("Gender, as the person says it"))
    # the page holds the known languages once, for every line
    language = TongueField(required=False, label=_("Language"), help_text="", widget=forms.TextInput(attrs={"list": "tongues"}))
    needs = forms.MultipleChoiceField(
        choices=[(one.value, one.label) for one in URGENT], widget=forms.CheckboxSelectMultiple, required=False, label=_("Needed now")
    )
    tie = optional(Tie.choices, _("Belongs to somebody"))
    tie_to = forms.IntegerField(min_value=1, required=False, label=_("Number of the other"))

    def row(self) -> Row:
        """The line as the service takes it."""
        told = self.cleaned_data
        return Row(told["age_band"], told["gender"], told["language"], tuple(told["needs"]), told["tie"], told["tie_to"])


class UrgentForm(forms.Form):
    """One screen: what is needed now. Everything else is asked afterwards."""

    ground = forms.ChoiceField(
        choices=[(one.value, one.label) for one in (VitalGround.EMERGENCY, VitalGround.CHILD)],
        widget=forms.RadioSelect,
        label=_("Why it cannot wait"),
    )
    needs = forms.MultipleChoiceField(choices=Need.choices, widget=forms.CheckboxSelectMultiple, label=_("Needed now"))
    age_band = optional(AgeBand.choices, _("Age"))
    gender = forms.CharField(max_length=40, required=False, label=_("Gender, as the person says it"))
    language = TongueField(required=False, label=_("Language"))


class AskForm(forms.Form):
    """What the person said when they were asked."""

    step = forms.ChoiceField(
        choices=[
            ("agree", _("The person agrees")),
            ("refuse", _("The person does not agree")),
            ("unreachable", _("The person cannot be reached")),
        ],
        widget=forms.RadioSelect,
        label=_("What the person says"),
    )
    language = TongueField(required=False, label=_("Asked in this language"))


class PrintForm(forms.Form):
    """Which blank forms, and how many; place and set are those of the cards, and what a group is asked later."""

    kind = forms.ChoiceField(choices=PaperKind.choices, initial=PaperKind.CARDS, required=False, label=_("Which paper"))
    situation = forms.ChoiceField(choices=Situation.choices, label=_("Place"))
    profile = forms.ChoiceField(choices=Profile.choices, label=_("Set of cards"))
    count = forms.IntegerField(min_value=1, max_value=50, initial=1, label=_("How many"))

    def clean_kind(self) -> str:
        """Cards, unless another paper was chosen."""
        return self.cleaned_data["kind"] or PaperKind.CARDS


class SerialForm(forms.Form):
    serial = forms.CharField(max_length=16, label=_("Serial at the head of the paper"))


class PaperTypedForm(StartForm):
    """A paper as it was filled in: its officer, moment and place, the rights, and every card; an empty line was not asked."""

    officer = forms.ChoiceField(label=_("Who held the talk"))
    happened_at = WhenField(label=_("When, as the paper says"))
    place = optional(PlaceKind.choices, _("Where you talk"))
    kept_because = forms.ChoiceField(choices=[("", "—"), *KeptBecause.choices], required=False, label=_("Kept because"))

    field_order = ("officer", "happened_at", "place")

    def __init__(self, *args: Any, officers: Iterable[Any], signs: Iterable[indicators.Indicator], language: str, **fields: Any) -> None:
        super().__init__(*args, **fields)
        for name in ("situation", "profile", "practice", "number"):
            del self.fields[name]
        self.fields["officer"].choices = [(str(one.pk), one.name) for one in officers]  # type: ignore[attr-defined]
        self.signs = tuple(signs)
        for one in self.signs:
            self.fields[f"a-{one.code}"] = optional(Answer.choices, one.statement(language))
            self.fields[f"o-{one.code}"] = optional(Origin.choices, _("Said or seen"))

    def clean(self) -> dict[str, Any]:
        """A yes or a no says where it comes from: what is missing is asked beside its own card."""
        told = super().clean()
        for one in self.signs:
            if told.get(f"a-{one.code}") in {Answer.YES, Answer.NO} and not told.get(f"o-{one.code}"):
                self.add_error(f"o-{one.code}", _("Choose whether it was said or seen."))
        return told

    def given(self) -> list[Given]:
        """Every card's answer; a card left empty on the paper is "not asked", which is no refusal."""
        told = self.cleaned_data
        return [Given(one.code, told[f"a-{one.code}"] or Answer.NOT_ASKED, told[f"o-{one.code}"]) for one in self.signs]


def as_the_paper_says(officers: Iterable[Any]) -> dict[str, forms.Field]:
    """Who was there, when and where, as the paper says: the same three fields for every paper."""
    return {
        "officer": forms.ChoiceField(choices=[(str(one.pk), one.name) for one in officers], label=_("Who was there")),
        "happened_at": WhenField(label=_("When, as the paper says")),
        "place": forms.ChoiceField(choices=PlaceKind.choices, label=_("Kind of place")),
    }


class PaperGroupForm(GroupForm):
    """A group's paper: its officer, moment and place, and what was seen of everybody there."""

    def __init__(self, *args: Any, officers: Iterable[Any], language: str, **fields: Any) -> None:
        super().__init__(*args, language=language, **fields)
        self.fields |= as_the_paper_says(officers)
        del self.fields["situation"]
        self.order_fields(["officer", "happened_at", "place"])


class PaperUrgentForm(UrgentForm):
    """A paper on what could not wait: its officer, moment and place, and what was needed."""

    def __init__(self, *args: Any, officers: Iterable[Any], **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields |= as_the_paper_says(officers)
        self.order_fields(["officer", "happened_at", "place"])


class CallForm(forms.Form):
    """One call, in codes."""

    happened_on = DayField(initial=lambda: timezone.localdate(), label=_("Day"))
    caller = forms.ChoiceField(choices=Caller.choices, label=_("Who calls"))
    subject = forms.ChoiceField(choices=CallSubject.choices, label=_("About"))
    ended = forms.ChoiceField(choices=CallEnd.choices, label=_("How it ended"))
    language = TongueField(required=False, label=_("Language"))
