"""What the desk takes in: an order to publish, the words of one text."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from havre import standards
from havre.publishing.languages import NAMES
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
