"""What the desk takes in: an order to publish, the words of one text, the numbers of a training."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from havre import standards
from havre.publishing.languages import NAMES
from havre.publishing.models import Learners
from havre.publishing.outputs import FORMATS
from havre.publishing.revisions import LONGEST
from havre.publishing.sources import LANGUAGES, document, editions

FORMAT_NAMES = {
    "pdf": _("PDF"),
    "web": _("Pages that open from a stick"),
    "epub": _("EPUB"),
    "scorm12": _("SCORM 1.2"),
    "scorm2004": _("SCORM 2004"),
    "cmi5": _("cmi5"),
}


class PublishForm(forms.Form):
    """The choices of `havre publish`. What is left open means all that is promised."""

    edition = forms.ChoiceField(label=_("Edition"))
    documents = forms.MultipleChoiceField(label=_("Documents"), required=False, help_text=_("None chosen: all of the edition."))
    countries = forms.MultipleChoiceField(label=_("Countries"), widget=forms.CheckboxSelectMultiple)
    languages = forms.MultipleChoiceField(label=_("Languages"), required=False, widget=forms.CheckboxSelectMultiple)
    formats = forms.MultipleChoiceField(label=_("Formats"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = editions().values()
        shown = [one for one in every if one.documents]
        self._choose("edition", [(one.id, one.title) for one in shown])
        self._choose("documents", [(id, document(one.id, id).title) for one in shown for id in one.documents])
        self._choose("countries", [(code, standards.profile(code).name.text(get_language() or "en")) for code in standards.country_codes()])
        self._choose("languages", [(code, NAMES[code]) for code in LANGUAGES])
        self._choose("formats", [(code, FORMAT_NAMES.get(code, code)) for code in FORMATS])
        self.fields["countries"].initial = [settings.HAVRE_COUNTRY.lower()]

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


class WordsForm(forms.Form):
    """The words of one text in a language."""

    text = forms.CharField(label=_("Words"), max_length=LONGEST, strip=False, widget=forms.Textarea(attrs={"rows": 5}))


class TrainingForm(forms.Form):
    """One group of one training. Whoever attended had enrolled; whoever passed had attended."""

    edition = forms.ChoiceField(label=_("Edition"))
    held_on = forms.DateField(label=_("Day of the training"), widget=forms.DateInput(attrs={"type": "date"}))
    region = forms.CharField(label=_("Region"), max_length=60)
    audience = forms.ChoiceField(label=_("Service of the learners"), choices=Learners.choices)
    enrolled = forms.IntegerField(label=_("Enrolled"), min_value=1, max_value=10_000)
    attended = forms.IntegerField(label=_("Attended to the end"), min_value=0, max_value=10_000)
    passed = forms.IntegerField(label=_("Passed the test"), min_value=0, max_value=10_000)

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields["edition"].choices = [(one.id, one.title) for one in editions().values()]  # type: ignore[attr-defined]

    def clean_held_on(self) -> Any:
        if self.cleaned_data["held_on"] > timezone.localdate():
            raise forms.ValidationError(_("The day lies ahead: enter the training once it was held."))
        return self.cleaned_data["held_on"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if {"enrolled", "attended", "passed"} <= set(found) and not found["passed"] <= found["attended"] <= found["enrolled"]:
            raise forms.ValidationError(_("No more may have attended than enrolled, nor passed than attended: check the numbers."))
        return found
