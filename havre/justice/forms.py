"""Forms of justice. A field left empty is not written down."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havre import standards
from havre.justice.enums import Against, ClaimKind, ClaimRefusal, CloseReason, HearingMode, Measure, Nexus, NonPunishment, Verdict
from havre.justice.enums_records import Court
from havre.justice.models.proceedings import ARTICLE
from havre.register.tongues import TongueField
from havre.trust.forms import DayField, MomentField, PastDayField, PastMomentField


def _moment(label: Any) -> MomentField:
    return MomentField(required=False, label=label)


def _past(label: Any) -> PastMomentField:
    return PastMomentField(required=False, label=label)


def _day(label: Any, required: bool = False) -> DayField:
    return DayField(required=required, label=label)


def _past_day(label: Any) -> PastDayField:
    return PastDayField(required=False, label=label)


def _list(choices: Any, label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(choices=[("", "—"), *choices], required=False, label=label)


class RecordForm(forms.Form):
    """What the steps rest on; `record` gives what was filled in."""

    def record(self, allowed: frozenset[str]) -> dict[str, Any]:
        """The filled-in fields that this step records."""
        return {name: value for name, value in self.cleaned_data.items() if name in allowed and value not in (None, "", [], False)}


class ProceedingForm(RecordForm):
    # no field is called optional: it may be the one that a condition of the step asks for
    all_optional = True
    against = forms.ChoiceField(choices=[("", "—"), *Against.choices], label=_("Against"))
    measures = forms.MultipleChoiceField(
        choices=Measure.choices, required=False, widget=forms.CheckboxSelectMultiple, label=_("Protection measures")
    )
    hearing_mode = _list(HearingMode.choices, _("Hearing"))
    lawyer_at = _past(_("Lawyer advised the person"))
    threats_assessed_at = _past(_("Danger of retaliation assessed"))
    informed_at = _past(_("Rights explained"))
    language = TongueField(required=False, label=_("In this language"))
    privacy_confirmed = forms.BooleanField(required=False, label=_("Heard without the accused, with an independent interpreter"))
    interview_recorded = forms.BooleanField(required=False, label=_("The interview is recorded"))
    repeat_justified = forms.BooleanField(required=False, label=_("Another interview is strictly necessary"))
    nexus = _list(Nexus.choices, _("Link of the act with the trafficking"))
    nexus_assessed_at = _past(_("Link assessed"))
    non_punishment = _list([(NonPunishment.MAINTAINED.value, NonPunishment.MAINTAINED.label)], _("Answer to the request"))
    hearing_on = _day(_("Hearing on"))
    court = _list(Court.choices, _("Court"))
    court_number = forms.CharField(
        max_length=40, required=False, label=_("File number"), help_text=_("Capitals, digits, / . and -; no name.")
    )  # fmt: skip
    verdict = _list(Verdict.choices, _("Verdict"))
    close_reason = _list(CloseReason.choices, _("Ends because"))


class StepForm(ProceedingForm):
    """One step, with what the steps open to the actor write down and nothing else."""

    step = forms.ChoiceField(label=_("Step"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, steps: list[tuple[str, str]], written: Collection[str], **fields: Any) -> None:
        super().__init__(*args, **fields)
        for name in set(self.fields) - {"step", *written}:
            del self.fields[name]
        self.fields["step"].choices = steps  # type: ignore[attr-defined]
        self.order_fields(["step"])


class ChargeForm(forms.Form):
    """An offence, chosen from the country's list; another article is cited, and then its category is chosen."""

    article_code = _list((), _("Article of national law"))
    article = forms.CharField(
        max_length=60, required=False, validators=[ARTICLE], label=_("Another article"), help_text=_("As it is cited, for example s. 12(3).")
    )  # fmt: skip
    iccs = _list((), _("ICCS category"))
    suspect_id = _list((), _("Held against"))

    def __init__(self, *args: Any, country: str = "", suspects: Collection[tuple[str, str]] = (), **fields: Any) -> None:
        super().__init__(*args, **fields)
        book = standards.offences()
        articles = [(one.code, f"{one.article} – {one.label}") for one in book.of(country).values()]
        categories = [(code, f"{code} {words}") for code, words in book.labels.items()]
        for name, choices in (("article_code", articles), ("iccs", categories), ("suspect_id", suspects)):
            self.fields[name].choices = [("", "—"), *choices]  # type: ignore[attr-defined]
        if not articles:
            del self.fields["article_code"]


class ClaimForm(RecordForm):
    all_optional = True
    step = forms.ChoiceField(label=_("Step"), widget=forms.RadioSelect)
    kind = _list(ClaimKind.choices, _("Kind of claim"))
    wanted_at = _past(_("The person decided to claim"))
    lawyer_at = _past(_("Lawyer advised the person"))
    limitation_on = _day(_("To be claimed before"))
    currency = forms.CharField(max_length=3, required=False, label=_("Currency"))
    claimed = forms.DecimalField(min_value=0, max_digits=14, decimal_places=2, required=False, label=_("Amount claimed"))
    awarded = forms.DecimalField(min_value=0, max_digits=14, decimal_places=2, required=False, label=_("Amount awarded"))
    rejected_because = _list(ClaimRefusal.choices, _("Rejected because"))
    paid = forms.DecimalField(min_value=0, max_digits=14, decimal_places=2, required=False, label=_("Amount paid in all"))

    def __init__(self, *args: Any, steps: list[tuple[str, str]], written: Collection[str], **fields: Any) -> None:
        super().__init__(*args, **fields)
        for name in set(self.fields) - {"step", *written}:
            del self.fields[name]
        self.fields["step"].choices = steps  # type: ignore[attr-defined]


class InformForm(forms.Form):
    # left empty, the table refuses with its reason
    language = TongueField(required=False, label=_("In this language"))
    kind = _list(ClaimKind.choices, _("Kind of claim"))
    limitation_on = _day(_("To be claimed before"))
