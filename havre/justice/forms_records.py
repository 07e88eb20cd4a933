"""Forms of what hangs on a proceeding. The fields of a step are those that its kind writes down."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from havre.justice import enums_records as codes
from havre.justice.enums import HearingMode, Measure, Verdict
from havre.justice.forms import RecordForm, _day, _list, _moment, _past, _past_day
from havre.justice.models.exhibits import SEAL, SHA256
from havre.justice.models.parties import COUNTRY, CURRENCY, FILE_NUMBER
from havre.justice.services.lost_wages import Offer, within
from havre.justice.wages import Rate, Stretch
from havre.trust.forms import PastDayField


def _money(label: Any) -> forms.DecimalField:
    return forms.DecimalField(min_value=0, max_digits=14, decimal_places=2, required=False, label=label)


def _short(label: Any, check: Any, most: int, words: Any = "") -> forms.CharField:
    return forms.CharField(max_length=most, required=False, label=label, validators=[check], help_text=words)


def _code(choices: Any, label: Any) -> Any:
    return lambda: _list(choices.choices, label)


# field name -> how it is asked for; a kind's `kind` is named with its code before it
FIELDS: dict[str, Any] = {
    "suspects.kind": _code(codes.SuspectKind, _("Who")),
    "hearings.kind": _code(codes.HearingPurpose, pgettext_lazy("hearing", "Purpose")),
    "assets.kind": _code(codes.AssetKind, _("Kind of asset")),
    "exhibits.kind": _code(codes.ExhibitKind, _("Kind of exhibit")),
    "assistance.kind": _code(codes.AidKind, _("What is asked for")),
    "links.kind": _code(codes.LinkKind, _("Link")),
    "role": _code(codes.SuspectRole, _("Part in the chain")),
    "file_number": lambda: _short(_("File number"), FILE_NUMBER, 40, _("Capitals, digits, / . and -; no name.")),
    "starts_at": lambda: _moment(_("Day and hour")),
    "court": _code(codes.Court, _("Court")),
    "purpose": _code(codes.HearingPurpose, pgettext_lazy("hearing", "Purpose")),
    "mode": _code(HearingMode, _("Hearing")),
    "measures": lambda: forms.MultipleChoiceField(
        choices=Measure.choices, required=False, widget=forms.CheckboxSelectMultiple, label=_("Protection measures")
    ),
    "person_heard": lambda: forms.BooleanField(required=False, label=_("The person is heard on that day")),
    "adjourned_because": _code(codes.AdjournReason, _("Put off because")),
    "amount": lambda: _money(_("Value")),
    "currency": lambda: _short(_("Currency"), CURRENCY, 3, _("Three capitals, for example USD.")),
    "suspect": lambda: _list((), _("Suspect")),
    "claim": lambda: _list((), _("Claim that it pays")),
    "frozen_on": lambda: _past_day(_("Frozen on")),
    "confiscated_on": lambda: _past_day(_("Confiscated on")),
    "source": _code(codes.ExhibitSource, _("Where it comes from")),
    "taken_at": lambda: _past(_("Taken into custody")),
    "seal_number": lambda: _short(_("Seal number"), SEAL, 20),
    "sha256": lambda: _short(_("SHA-256"), SHA256, 64, _("64 digits 0-9 a-f; made here where a file is given.")),
    "offered_to": lambda: _list((), _("Service that receives")),
    "given_at": lambda: _past(_("Handed over")),
    "received_at": lambda: _past(_("Received")),
    "seal_whole": lambda: forms.NullBooleanField(required=False, label=_("Seal unbroken")),
    "ground": _code(codes.AskGround, _("Ground")),
    "kept_because": _code(codes.KeepReason, _("Reason of the refusal")),
    "basis": _code(codes.AidBasis, _("Legal basis")),
    "country": lambda: _short(_("Country"), COUNTRY, 2, _("Two capitals, for example NG.")),
    "until": lambda: _day(_("Until")),
    "sent_on": lambda: _past_day(_("Sent on")),
    "answer_by": lambda: _day(_("Answer expected by")),
    "first": lambda: _list((), pgettext_lazy("link", "From")),
    "second": lambda: _list((), pgettext_lazy("link", "To")),
    "origin": _code(codes.LinkOrigin, _("Known from")),
    "seen_on": lambda: _past_day(_("First seen on")),
    "second_origin": _code(codes.LinkOrigin, _("Corroborated by")),
    "verdict": _code(Verdict, _("Verdict")),
}


class PartForm(RecordForm):
    """The fields of one step of one kind of record."""

    def __init__(
        self,
        *args: Any,
        kind: str,
        written: frozenset[str],
        choices: dict[str, list[tuple[str, str]]],
        needed: Collection[str] = (),
        **named: Any,
    ) -> None:
        super().__init__(*args, **named)
        for name in (one for one in FIELDS if one.rpartition(".")[2] in written and (("." not in one) or one.startswith(f"{kind}."))):
            plain = name.rpartition(".")[2]
            if plain not in self.fields:
                self.fields[plain] = FIELDS[name]()
        for name in set(choices) & set(self.fields):
            self.fields[name].choices = [("", "—"), *choices[name]]  # type: ignore[attr-defined]
        for name in set(needed) & set(self.fields):
            self.fields[name].required = True
        self.order_fields(["step", "first", "kind", "second", "origin", "seen_on"])

    def record(self, allowed: frozenset[str]) -> dict[str, Any]:
        """What was filled in; a seal that was found broken is written down too."""
        found = super().record(allowed)
        if self.cleaned_data.get("seal_whole") is False and "seal_whole" in allowed:
            found["seal_whole"] = False
        return found


class RowStepForm(PartForm):
    """One step of one row."""

    step = forms.ChoiceField(label=_("Step"))

    def __init__(self, *args: Any, steps: list[tuple[str, str]], **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["step"].choices = steps  # type: ignore[attr-defined]
        if len(steps) == 1:
            self.fields["step"].initial = steps[0][0]
            self.fields["step"].widget = forms.HiddenInput()


class ExhibitFileForm(forms.Form):
    file = forms.FileField(
        required=False, label=pgettext_lazy("upload", "File"), help_text=_("Its original is sealed with its hash; a clean copy is made.")
    )


class NodeForm(forms.Form):
    suspect = _list((), _("Suspect"))
    node_kind = _list(codes.NodeKind.choices, _("Or something else"))
    words = forms.CharField(max_length=120, required=False, label=_("What it is"), help_text=_("Sealed. Never where a victim is."))


class SentenceForm(RecordForm):
    charge = forms.ChoiceField(label=_("Offence"), error_messages={"required": _("choose the offence")})
    verdict = _list(Verdict.choices, _("Verdict"))
    kind = _list(codes.SentenceKind.choices, _("Penalty"))
    months = forms.IntegerField(min_value=1, max_value=1200, required=False, label=_("Months"))
    amount = _money(_("Amount"))
    currency = _short(_("Currency"), CURRENCY, 3)
    imposed_on = _past_day(_("Imposed on"))


class WageForm(forms.Form):
    """One stretch of work."""

    first = _day(_("First day"), required=True)
    # a wage is lost on days that have been
    last = PastDayField(label=_("Last day"))
    days_a_week = forms.IntegerField(min_value=1, max_value=7, label=_("Days a week"))
    hours_a_week = forms.DecimalField(min_value=Decimal("0.5"), max_value=168, decimal_places=1, label=_("Hours a week"))
    normal_hours = forms.DecimalField(min_value=1, max_value=168, decimal_places=1, initial=48, label=_("Of these normal, before overtime"))
    overtime_factor = forms.DecimalField(
        min_value=1, max_value=5, decimal_places=2, initial=Decimal("1.5"), label=_("Overtime is paid times")
    )
    agreed = forms.DecimalField(min_value=0, max_digits=12, decimal_places=2, required=False, label=_("Agreed wage"))
    legal = forms.DecimalField(min_value=0, max_digits=12, decimal_places=2, required=False, label=_("Legal minimum"))
    unit = forms.ChoiceField(choices=(("month", _("a month")), ("day", _("a day")), ("hour", _("an hour"))), label=_("Both are for"))
    paid = forms.DecimalField(min_value=0, max_digits=12, decimal_places=2, initial=0, label=_("Really paid in all"))
    deducted = forms.DecimalField(
        min_value=0,
        max_digits=12,
        decimal_places=2,
        initial=0,
        label=_("Taken off without right"),
        help_text=_("Food, lodging, debt, fines."),
    )
    currency = forms.CharField(max_length=3, validators=[CURRENCY], label=_("Currency"))
    known = _list((), _("Legal minimum on record"))
    known_interest = _list((), _("Interest on record"))

    def __init__(self, *args: Any, wages: Collection[Offer] = (), interests: Collection[Offer] = (), **named: Any) -> None:
        super().__init__(*args, **named)
        self.offered = {one.code: one for one in (*wages, *interests)}
        for name, found in (("known", wages), ("known_interest", interests)):
            self.fields[name].choices = [("", "—"), *((one.code, one.words) for one in found)]  # type: ignore[attr-defined]
            if not found:
                del self.fields[name]
        self.order_fields(
            ["first", "last", "days_a_week", "hours_a_week", "normal_hours", "overtime_factor", "agreed", "legal", "unit", "known"]
        )

    def interest(self) -> Rate | None:
        """The interest that was chosen; none is added by itself."""
        found = self.offered.get(self.cleaned_data.get("known_interest", ""))
        return found.rate if found else None

    def stretch(self) -> Stretch:
        """The stretch, with the rate chosen from the record where no legal one was typed. Raises: Invalid when it does not hold then."""
        told = self.cleaned_data
        chosen = None if told["legal"] else self.offered.get(told.get("known", ""))
        typed = {name: Rate(told[name], told["unit"]) for name in ("agreed", "legal") if told[name]}
        rest = {name: told[name] for name in ("first", "last", "days_a_week", "hours_a_week", "normal_hours", "overtime_factor")}
        legal = typed.get("legal", chosen.rate if chosen else None)
        found = Stretch(**rest, paid=told["paid"], deducted=told["deducted"], agreed=typed.get("agreed"), legal=legal)
        if chosen:
            within(chosen, found, told["currency"])
        return found
