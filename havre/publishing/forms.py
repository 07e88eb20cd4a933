"""What the desk takes in: an order to publish, the words of one text, the numbers of a training."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from havre import standards
from havre.publishing.languages import NAMES
from havre.publishing.models import Learners
from havre.publishing.outputs import FORMATS
from havre.publishing.results import LARGEST
from havre.publishing.revisions import LONGEST
from havre.publishing.sources import LANGUAGES, editions
from havre.publishing.titles import title_of
from havre.trust.forms import DayField

FORMAT_NAMES = {
    "pdf": _("PDF"),
    "web": _("Pages that open from a stick"),
    "epub": _("EPUB"),
    "scorm12": _("SCORM 1.2"),
    "scorm2004": _("SCORM 2004"),
    "cmi5": _("cmi5"),
    "po": _("PO, for translators"),
    "xliff": _("XLIFF, for translators"),
}


class PublishForm(forms.Form):
    """The choices of `havre publish`. What is left open means all that is promised."""

    edition = forms.ChoiceField(label=_("Edition"))
    documents = forms.MultipleChoiceField(
        label=_("Documents"),
        required=False,
        help_text=_("None chosen: all of the edition."),
        widget=forms.SelectMultiple(attrs={"size": 10}),
    )
    countries = forms.MultipleChoiceField(label=_("Countries"), widget=forms.CheckboxSelectMultiple)
    languages = forms.MultipleChoiceField(label=_("Languages"), required=False, widget=forms.CheckboxSelectMultiple)
    formats = forms.MultipleChoiceField(label=_("Formats"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = editions().values()
        shown = [one for one in every if one.documents]
        self._choose("edition", [(one.id, title_of(one.id)) for one in shown])
        self._choose("documents", [(str(title_of(one.id)), [(id, title_of(one.id, id)) for id in one.documents]) for one in shown])
        self._choose("countries", [(code, standards.profile(code).name.text(get_language() or "en")) for code in standards.country_codes()])
        self._choose("languages", [(code, NAMES[code]) for code in LANGUAGES])
        self._choose("formats", [(code, FORMAT_NAMES.get(code, code)) for code in FORMATS])
        self.fields["countries"].initial = [settings.HAVRE_COUNTRY.lower()]

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


class BoardForm(forms.Form):
    """What the board shows of its rows; what is left open shows all."""

    edition = forms.ChoiceField(label=_("Edition"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, states: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = [(one.id, title_of(one.id)) for one in editions().values() if one.documents]
        known: dict[str, Sequence[tuple[str, Any]]] = {
            "edition": shown,
            "language": [(code, NAMES[code]) for code in LANGUAGES],
            "state": states,
        }
        for name, choices in known.items():
            self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]


class WordsForm(forms.Form):
    """The words of one text in a language."""

    text = forms.CharField(label=_("Words"), max_length=LONGEST, strip=False, widget=forms.Textarea(attrs={"rows": 5}))


class RegionInput(forms.TextInput):
    """A line to type in, with the regions that the house has written so far to choose from; it works without script."""

    known: Sequence[str] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        found = super().get_context(name, value, attrs)
        found["widget"]["attrs"]["list"] = f"known-{name}"
        return found

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        known = format_html_join("", '<option value="{}"></option>', ((region,) for region in self.known))
        return format_html('{}<datalist id="known-{}">{}</datalist>', super().render(name, value, attrs, renderer), name, known)


class RegionField(forms.CharField):
    """A first-level region. The standards list none, so it is free within bounds: letters, two to sixty, in the spelling already written here.

    Numbers are counted by region: two spellings of one would be two regions.
    """

    known: Sequence[str] = ()
    widget = RegionInput

    def offer(self, known: Sequence[str]) -> None:
        """Offer these regions, and write each as it stands among them."""
        self.known = self.widget.known = known

    def clean(self, value: Any) -> str:
        text = " ".join(super().clean(value).split())
        # letters with their marks: vowels of Thai stand above and below
        if len(text) < 2 or not all(unicodedata.category(one)[0] in "LM" or one in " '’.-" for one in text):
            raise forms.ValidationError(_("A region has two to sixty letters: write its name alone, without figures."))
        return next((one for one in self.known if _plain(one) == _plain(text)), text)


def _plain(region: str) -> str:
    """A region without case, accents and hyphens, to compare."""
    letters = unicodedata.normalize("NFKD", region.casefold().replace("-", " "))
    return "".join(one for one in letters if not unicodedata.combining(one))


class GroupForm(forms.Form):
    """Which group of which training."""

    edition = forms.ChoiceField(label=_("Edition"))
    held_on = DayField(label=_("Day of the training"))
    region = RegionField(label=_("Region"), max_length=60)
    audience = forms.ChoiceField(label=_("Service of the learners"), choices=Learners.choices)

    def __init__(self, *args: Any, regions: Sequence[str] = (), **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields["edition"].choices = [(one.id, title_of(one.id)) for one in editions().values()]  # type: ignore[attr-defined]
        self.fields["region"].offer(regions)  # type: ignore[attr-defined]

    def clean_held_on(self) -> Any:
        if self.cleaned_data["held_on"] > timezone.localdate():
            raise forms.ValidationError(_("The day lies ahead: enter the training once it was held."))
        return self.cleaned_data["held_on"]


class TrainingForm(GroupForm):
    """One group of one training. Whoever attended had enrolled; whoever passed had attended."""

    enrolled = forms.IntegerField(label=_("Enrolled"), min_value=1, max_value=10_000)
    attended = forms.IntegerField(label=_("Attended to the end"), min_value=0, max_value=10_000)
    passed = forms.IntegerField(label=_("Passed the test"), min_value=0, max_value=10_000)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if {"enrolled", "attended", "passed"} <= set(found) and not found["passed"] <= found["attended"] <= found["enrolled"]:
            raise forms.ValidationError(_("No more may have attended than enrolled, nor passed than attended: check the numbers."))
        return found


class ResultsForm(GroupForm):
    """The same group, its numbers from the results that a learning platform exports."""

    content = forms.FileField(
        label=_("Results as CSV"),
        help_text=_(
            "One row an attempt, with the columns learner, and lesson_status (SCORM 1.2), completion_status and success_status (SCORM 2004) "
            "or verb (cmi5). The names are read once to count persons, and not kept."
        ),
    )

    def clean_content(self) -> bytes:
        sent = self.cleaned_data["content"]
        if sent.size > LARGEST:
            raise forms.ValidationError(_("the file is larger than 2 MB: export one group and one training at a time"))
        return sent.read()
