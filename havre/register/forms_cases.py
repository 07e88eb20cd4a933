"""Forms that open a case and search the country."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.register import wording
from havre.register.enums import AgeBasis, Channel
from havre.trust.eras import our_year
from havre.trust.forms import MomentField

GENDERS = (
    ("", "—"),
    ("Feminine", _("Woman or girl")),
    ("Masculine", _("Man or boy")),
    ("TransgenderFeminine", _("Trans woman")),
    ("TransgenderMasculine", _("Trans man")),
    ("NonConforming", _("Another, as the person says")),
)
DOORS = tuple((channel.value, channel.label) for channel in Channel if channel != Channel.IMPORT)


def languages() -> list[tuple[str, Any]]:
    """ISO 639-3 codes with their words, by the alphabet of the reader; nothing chosen first."""
    return [("", "—"), *sorted(wording.LANGUAGES.items(), key=lambda one: str(one[1]))]


class OpenForm(forms.Form):
    """A case without a screening: what every holder of the file may know, and a name where the person gave one."""

    channel = forms.ChoiceField(label=_("How the person came to you"), choices=DOORS)
    happened_at = MomentField(label=_("When"))
    gender = forms.ChoiceField(label=_("Gender, as the person says it"), choices=GENDERS, required=False)
    age_on_opening = forms.IntegerField(label=_("Age"), min_value=0, max_value=130, required=False)
    age_basis = forms.ChoiceField(label=_("The age rests on"), choices=AgeBasis.choices, initial=AgeBasis.NOT_RECORDED)
    presumed_minor = forms.BooleanField(label=_("Age in doubt: presumed a child"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=languages, required=False)
    urgent = forms.BooleanField(label=_("Urgent"), required=False)
    first_name = forms.CharField(label=_("First name"), max_length=80, required=False, help_text=_("Sealed. A case needs no name."))
    family_name = forms.CharField(label=_("Family name"), max_length=80, required=False)

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields["happened_at"].initial = timezone.localtime().replace(second=0, microsecond=0)

    def arguments(self) -> dict[str, Any]:
        """The arguments of `services.open_case`."""
        told = self.cleaned_data
        names = {"prs_FirstName": told["first_name"], "prs_SecondName": told["family_name"]}
        person = {name: told[name] for name in ("gender", "age_on_opening", "age_basis", "presumed_minor")}
        return {
            "person": {**person, "languages": [told["language"]] if told["language"] else []},
            "channel": told["channel"],
            "happened_at": told["happened_at"],
            "urgent": told["urgent"],
            "identity": {name: words for name, words in names.items() if words} or None,
        }


class CountryForm(forms.Form):
    """One compound: full name with year of birth, or a document's number, or a telephone."""

    all_optional = True

    name = forms.CharField(label=_("Full name"), max_length=120, required=False)
    birth_year = forms.IntegerField(label=_("Year of birth"), min_value=1900, max_value=2100, required=False, validators=[our_year])
    document = forms.CharField(label=_("Number of a document"), max_length=60, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
