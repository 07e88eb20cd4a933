"""What is asked for a new publication."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from havre.evidence import sources


class DraftForm(forms.Form):
    """Title, source, tables (one a line), threshold."""

    title = forms.CharField(label=_("Title"), max_length=200)
    source = forms.ChoiceField(label=_("Source"))
    tables = forms.CharField(
        label=_("Tables"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One table a line, columns with a comma between them: detected_year, gender, age_group"),
    )
    k = forms.IntegerField(label=_("Smallest group shown"), min_value=3, max_value=1000, initial=11)

    def __init__(self, *args: object, **fields: object) -> None:
        super().__init__(*args, **fields)  # type: ignore[arg-type]
        choices = [(one.key, f"{one.title} ({one.rows})") for one in sources.known()]
        self.fields["source"].choices = choices  # type: ignore[attr-defined]

    def clean_tables(self) -> list[list[str]]:
        lines = [line for line in self.cleaned_data["tables"].splitlines() if line.strip()]
        return [[column.strip() for column in line.split(",") if column.strip()] for line in lines]
