"""What the pages of exchange take in: a sheet, what its columns hold, whom a copy is for, whose the published data are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from havre.register.exchange import vocabulary
from havre.register.exchange.mapping import IGNORE, Options
from havre.register.exchange.staging import Shape
from havre.register.exchange.tables import FORMS
from havre.register.models import SavedMapping
from havre.register.models.exchange import ExportReason
from havre.trust.forms import DayField


class UploadForm(forms.Form):
    """A sheet to look at. Nothing is written before it was checked."""

    file = forms.FileField(
        label=_("Sheet"),
        help_text=_("CSV, Excel (.xlsx) or OpenDocument, at most 8 MB and 5,000 rows; or a copy made by Havre."),
        allow_empty_file=True,
    )


class MappingForm(forms.Form):
    """One choice for each column of the sheet, and the habits of the sheet as a whole."""

    sheet = forms.ChoiceField(label=_("Sheet of the workbook"), required=False)
    mapping = forms.ModelChoiceField(
        label=_("Saved mapping"), queryset=SavedMapping.objects.none(), required=False, help_text=_("Takes the place of the choices below.")
    )
    names_from = forms.ChoiceField(
        label=_("Where two header rows contradict each other"),
        choices=(("", _("ask me")), ("names", _("the first row holds (names)")), ("labels", _("the second row holds (labels)"))),
        required=False,
    )
    month_first = forms.BooleanField(label=_("Dates put the month before the day"), required=False)
    save_as = forms.CharField(label=_("Keep this mapping under the name"), required=False, max_length=80)

    def __init__(self, *arguments: Any, shape: Shape, options: Options, mappings: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.header = tuple(name for name in shape.header if name)
        self.fields["sheet"].choices = [(name, name) for name in shape.sheets]  # type: ignore[attr-defined]
        self.fields["mapping"].queryset = mappings  # type: ignore[attr-defined]
        if len(shape.sheets) < 2:
            del self.fields["sheet"]
        self.initial.update({"names_from": options.names_from, "month_first": options.month_first, "sheet": options.sheet})
        choices = _targets()
        for number, name in enumerate(self.header):
            sample = next((row[shape.header.index(name)] for row in shape.samples if len(row) > shape.header.index(name)), "")
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=name[:80],
                choices=choices,
                required=False,
                help_text=_("for example: %(sample)s") % {"sample": sample[:40]} if sample else "",
            )
            self.initial[f"column_{number}"] = options.columns.get(name, "")

    def options(self) -> dict[str, Any]:
        """The choices as a saved mapping holds them; a column left to Havre is not among them."""
        said = self.cleaned_data
        if said.get("mapping"):
            return {**said["mapping"].options, "sheet": said.get("sheet", "")}
        columns = {name: said[f"column_{number}"] for number, name in enumerate(self.header) if said[f"column_{number}"]}
        return {
            "columns": columns,
            "names_from": said["names_from"],
            "month_first": said["month_first"],
            "sheet": said.get("sheet", ""),
        }


def _targets() -> list[tuple[str, Any]]:
    named: Iterable[vocabulary.Field] = vocabulary.fields().values()
    return [("", _("recognise it")), (IGNORE, _("leave it out")), *((field.name, f"{field.label} ({field.name})") for field in named)]


class ExportForm(forms.Form):
    """Why a copy leaves, for whom, until when and in which form."""

    reason = forms.ChoiceField(label=_("Reason"), choices=ExportReason.choices)
    recipient = forms.CharField(
        label=_("Recipient's age public key"), max_length=120, help_text=_("It begins with age1. Only its owner can open the copy.")
    )
    expires_on = DayField(label=_("To be destroyed by"), help_text=_("At most 90 days from now."))
    form = forms.ChoiceField(label=_("Form"), choices=[(form, form.upper()) for form in FORMS])

    @property
    def expires_at(self) -> datetime:
        """The end of the chosen day, UTC."""
        return datetime.combine(self.cleaned_data["expires_on"], time(23, 59, 59), UTC)


class ExternalForm(forms.Form):
    """A published file with what a figure made from it must say."""

    file = forms.FileField(label=_("Published file"), help_text=_("As it was published, unchanged."), allow_empty_file=True)
    title = forms.CharField(label=_("Title"), max_length=200)
    origin = forms.CharField(label=_("Published by, and where"), max_length=300)
    licence = forms.CharField(label=_("Licence"), max_length=120)
